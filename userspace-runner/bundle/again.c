// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the guest of a recorded boot, from what the record says of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/text.h"
#include "bundle/again.h"
#include "bundle/pack.h"
#include "pcpu_bench.h"

/* What makes two boots of one file boots of one guest. */
static const char *const same[] = {
	"kernel", "topology", "instrument", "cpu_model", "memory_mib", "cmdline",
	"layout",
};

/* The same text for two boots of one guest, for free(); NULL with err(). */
static char *guest_key(const json_t *record)
{
	json_t *all = json_object();
	char *key;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		json_object_set(all, same[i], json_object_get(record, same[i]));
	key = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(all);
	if (!key)
		no_memory();
	return key;
}

/* Options of /init that are the guest's own, and no part of the plan. */
static bool is_guests(const char *word)
{
	static const char *const names[] = {
		"--instrument=", "--topology=", "--online=", "--locks=",
		"--cpu=",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(word, names[i], strlen(names[i])))
			return true;
	return false;
}

/* One of plan_args()'s words. */
static int take_word(struct plan *plan, const char *word)
{
	if (!strncmp(word, "--bench=", 8))
		return plan_bench(plan, word + 8);
	if (!strncmp(word, "--sizes=", 8)) {
		plan->sizes_given = true;
		return plan_sizes(plan, word + 8);
	}
	if (!strncmp(word, "--rounds=", 9)) {
		plan->rounds_given = true;
		return parse_count("rounds", word + 9, 1, PCPU_BENCH_MAX_ROUNDS,
				   &plan->rounds);
	}
	if (!strncmp(word, "--pairs=", 8)) {
		plan->pairs_given = true;
		return parse_count("pairs", word + 8, 1, PCPU_BENCH_MAX_PAIRS,
				   &plan->pairs);
	}
	return strncmp(word, "--", 2) ? err(EX_USE, "'%s'", word) :
	       plan_option(plan, word + 2);
}

/* The words after " -- " are /init's: they say what was measured. */
static int read_plan(struct plan *plan, const char *cmdline)
{
	const char *words = strstr(cmdline, " -- ");
	char text[VM_CMDLINE], *save = NULL, *word;
	int ret = 0;

	if (!words)
		return err(EX_USE, "its command line does not say what was measured");
	snprintf(text, sizeof(text), "%s", words + 4);
	for (word = strtok_r(text, " ", &save); word && !ret;
	     word = strtok_r(NULL, " ", &save))
		if (!is_guests(word))
			ret = take_word(plan, word);
	return ret ? ret : plan_check(plan);
}

/* What the user had added: words that neither we nor the series would put. */
static void find_append(struct again *a, const char *cmdline, const char *ours,
			const char *series)
{
	const char *end = strstr(cmdline, " -- ");
	size_t len, had = 0;

	for (; cmdline < end; cmdline += len) {
		cmdline += strspn(cmdline, " ");
		len = strcspn(cmdline, " ");
		if (cmdline >= end || text_has_word(ours, cmdline, len) ||
		    text_has_word(series, cmdline, len) ||
		    had + len + 2 > sizeof(a->append))
			continue;
		had += snprintf(a->append + had, sizeof(a->append) - had,
				"%s%.*s", had ? " " : "", (int)len, cmdline);
	}
	if (a->append[0])
		a->spec.append = a->append;
}

/* The model is ours, with what the user had added behind it. */
static int find_features(struct again *a, const char *model)
{
	char ours[VM_CPU_MODEL];
	size_t len = strlen(vm_cpu_model(&a->spec, ours));

	if (!model || strncmp(model, ours, len) ||
	    (model[len] && model[len] != ','))
		return err(EX_USE, "its CPU was %s, and is %s now",
			   text_known(model), ours);
	if (!model[len])
		return 0;
	snprintf(a->features, sizeof(a->features), "%s", model + len + 1);
	if (a->features[strspn(a->features, "abcdefghijklmnopqrstuvwxyz"
			       "0123456789+-_.,")])
		return err(EX_USE, "its CPU has features that QEMU does not know");
	a->spec.cpu_features = a->features;
	return 0;
}

/* The plugin adds fields to a cell; without it they would be missing. */
static bool was_watched(const struct boot_records *boot)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(boot->cells, i, cell)
		if (record_at(cell, "arms.off.locked"))
			return true;
	return false;
}

static int find_guest(struct again *a, const json_t *kernel)
{
	const json_t *record = a->then->record;
	const char *cmdline = record_string(record, "cmdline");
	const char *series = record_string(kernel, "cmdline");
	long long mib = record_int(record, "memory_mib");
	struct vm_inputs in;
	int ret;

	plan_init(&a->spec.plan);
	ret = instrument_parse(record_string(record, "instrument"),
			       &a->spec.plan.instrument);
	if (!ret)
		ret = topology_parse(record_string(record, "topology"),
				     &a->spec.topo);
	if (!ret)
		ret = read_plan(&a->spec.plan, cmdline);
	if (!ret)
		ret = find_features(a, record_string(record, "cpu_model"));
	if (ret)
		return ret;
	a->spec.watch = was_watched(a->then);
	a->spec.memory_mib = mib > 0 && mib <= 1 << 24 ? mib : 0;
	ret = inputs_make(&in, &a->spec);
	if (!ret)
		find_append(a, cmdline, in.cmdline, series ? series : "");
	inputs_free(&in);
	return ret;
}

/* Sets @why if the boot is not to be measured again. */
static void look_at(struct again *a, const struct bundle *b)
{
	const json_t *record = a->then->record;
	const char *name = record_string(record, "kernel");
	const char *instrument = record_string(record, "instrument");
	const json_t *kernel = boots_kernel(&b->then, name);
	enum instrument known;
	const char *why = NULL;

	if (record_string(record, "boot_id") || !record_string(record, "qemu") ||
	    !record_string(record, "cmdline"))
		why = "measured on a machine as it ran: its figures are that machine's";
	else if (!instrument_parse(instrument, &known) && !instruments[known].exact)
		why = "times are those of their machine, and differ from boot to boot";
	else if (record_at(record, "layout"))
		why = "its code was laid out in another order";
	else if (!json_object_get(b->kernels, name) && !bundle_can_build(kernel))
		why = "its kernel was given as an image, and is not in the bundle";
	if (!why && !json_object_get(b->kernels, name))
		a->lost = err(EX_USE, "its kernel was built, but what it was built of is not in the bundle");
	else if (!why)
		a->lost = find_guest(a, kernel);
	if (a->lost)
		why = err_message();
	snprintf(a->why, sizeof(a->why), "%s", why ? why : "");
}

/* Add boot @i to the guests. */
static int add_boot(struct again_set *set, struct index *had,
		    const struct boot_records *boot, size_t i)
{
	char *key = guest_key(boot->record);
	size_t place;
	int ret = key ? index_add(had, key, set->nr, &place) : EX_FAIL;

	free(key);
	if (ret)
		return ret;
	if (place == set->nr) {
		if (array_room(&set->list, set->nr, sizeof(*set->list)))
			return EX_FAIL;
		set->list[set->nr++] = (struct again){
			.then = boot, .first = i, .now = INDEX_NONE,
		};
	} else {
		set->next[set->list[place].last] = i;
	}
	set->list[place].last = i;
	set->list[place].boots++;
	return 0;
}

int again_find(const struct bundle *b, struct again_set *set)
{
	struct index had = { NULL };
	int ret = 0;
	size_t i;

	*set = (struct again_set){
		.next = calloc(b->then.nr + 1, sizeof(*set->next)),
	};
	if (!set->next)
		return no_memory();
	for (i = 0; i < b->then.nr && !ret; i++) {
		set->next[i] = INDEX_NONE;
		if (boot_is_ok(&b->then.list[i]))
			ret = add_boot(set, &had, &b->then.list[i], i);
	}
	index_free(&had);
	/* The array does not move any more, so its texts may be pointed to. */
	for (i = 0; i < set->nr && !ret; i++)
		look_at(&set->list[i], b);
	return ret;
}

void again_free(struct again_set *set)
{
	free(set->list);
	free(set->next);
}
