// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: what this machine can do, what is missing, and how to get it. */
#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/output.h"
#include "base/paths.h"
#include "base/process.h"
#include "boot/session.h"
#include "cmd/cmd.h"
#include "kernel/builder.h"
#include "metal/calibrate.h"
#include "metal/state.h"
#include "metal/undo.h"
#include "metal/where.h"
#include "vm/accel.h"
#include "vm/libraries.h"
#include "vm/qemu.h"
#include "vm/vm.h"

struct arguments {
	bool json, again, tune, restore, calibrate;
	const char *asked;	/* NULL: the question is not where */
};

static int check(void *into)
{
	const struct arguments *args = into;

	return args->tune + args->restore + args->calibrate > 1 ?
	       err(EX_USE, "one of --tune, --restore and --calibrate") : 0;
}

static const struct opt options[] = {
	{ "json", 0, NULL, "Print JSON", OPT_FLAG(struct arguments, json) },
	{ "retry-kvm", 'k', NULL,
	  "Try a guest under KVM even if the answer is cached",
	  OPT_FLAG(struct arguments, again) },
	{ "tune", 0, NULL,
	  "Set the governor, turbo, SMT, NUMA balancing and the NMI watchdog for steady times, until --restore or the next boot",
	  OPT_FLAG(struct arguments, tune) },
	{ "restore", 0, NULL, "Undo the changes of --tune",
	  OPT_FLAG(struct arguments, restore) },
	{ "calibrate", 0, NULL,
	  "Only measure ns an instruction and ns a cleared cache line, for two seconds, and print their ratio: k of 'report --k'",
	  OPT_FLAG(struct arguments, calibrate) },
	{ "where", 0, "WHAT",
	  "Only tell whether 'make bench' measures on metal or in qemu, and why; WHAT: its options that need QEMU",
	  OPT_TEXT(struct arguments, asked) },
	{ OPT_CHECK(check) },
	{ 0 }
};

static json_t *spread_json(const struct spread *s)
{
	return json_pack("{s:f, s:f, s:f}", "median", s->median, "least",
			 s->least, "most", s->most);
}

static void put_spread(const char *what, const struct spread *s)
{
	printf("%s: %.4g (%.4g to %.4g)\n", what, s->median, s->least, s->most);
}

static int print_calibration(bool json)
{
	struct calibration c;
	int ret = calibrate(&c);

	if (ret)
		return ret;
	if (json)
		return output_json(stdout, json_pack("{s:o, s:o, s:o, s:o, s:o, s:I}",
				"insn_ns", spread_json(&c.insn_ns),
				"cold_ns", spread_json(&c.cold_ns),
				"warm_ns", spread_json(&c.warm_ns),
				"k_cold", spread_json(&c.k_cold),
				"k_warm", spread_json(&c.k_warm),
				"bytes", (json_int_t)c.bytes));
	put_spread("ns for an instruction", &c.insn_ns);
	put_spread("ns to clear a cache line that is in memory only", &c.cold_ns);
	put_spread("ns to clear a cache line that the last pair cleared", &c.warm_ns);
	put_spread("k for lines in memory only", &c.k_cold);
	put_spread("k for lines that the last pair cleared", &c.k_warm);
	printf("k is the number of instructions that take as long as clearing a line, for\n"
	       "'report --k=N'; a pair is between the two. Medians (least to most) of rounds\n"
	       "that clear 1 KiB of each page, of %lu MiB and of 256 pages.\n",
	       c.bytes >> 20);
	return 0;
}

static void add(json_t *list, const char *what, bool ok, const char *say)
{
	json_array_append_new(list, json_pack("{s:s, s:b, s:s}", "what", what,
					      "ok", ok, "say", say));
}

/* A line of ci/deps: a group, "ok" or "no", and a text, with tabs between. */
static int take_group(char *line, void *list)
{
	char *group = strsep(&line, "\t"), *state = strsep(&line, "\t");
	bool ok = state && !strcmp(state, "ok");
	char say[400];

	if (!line)
		return 0;
	snprintf(say, sizeof(say), ok ? "%s" : "%s: run '%s'", line, path_deps());
	add(list, group, ok, say);
	return 0;
}

/* Which of what is installed later, or for some features, is there? */
static int examine_packages(json_t *list)
{
	char path[PATH_MAX];
	const char *const argv[] = {
		path, "--state", "kernels", "pictures", "checks", NULL
	};
	const struct process deps = { .argv = argv };

	snprintf(path, sizeof(path), "%s/ci/deps", path_data());
	return process_lines(&deps, take_group, list);
}

/* Can all be measured in QEMU without @what? */
static bool can_do_without(const char *what)
{
	return !strcmp(what, "kvm") || !strcmp(what, "pictures") ||
	       !strcmp(what, "checks") || !strcmp(what, "sandbox");
}

/* What confines a stranger's series while it is built, and its kernel as a guest. */
static void examine_sandbox(json_t *list)
{
	char why[300], say[400];
	bool qemu = qemu_has_sandbox();

	if (builder_sandbox(why, sizeof(why)))
		snprintf(why, sizeof(why), "the builder does not run here");
	snprintf(say, sizeof(say), "%s%s; %s",
		 why[0] ? "strangers' series are built without: " :
			  "strangers' series are built in bubblewrap", why,
		 qemu ? "QEMU has -sandbox" : "this QEMU has no -sandbox");
	add(list, "sandbox", !why[0] && qemu, say);
}

/* The guest's /init, and the libraries that it gets from this system. */
static void add_guest(json_t *list)
{
	const char *init = path_guest_init();
	char say[PATH_MAX + 64];
	json_t *paths;

	if (access(init, R_OK)) {
		add(list, "guest", false,
		    "the guest's /init is not built: run 'make'");
		return;
	}
	paths = libraries_of(init);
	snprintf(say, sizeof(say), "%s, with %zu libraries of this system",
		 init, json_array_size(paths));
	add(list, "guest", paths, paths ? say : err_message());
	json_decref(paths);
}

static void examine(json_t *list, bool again)
{
	const char *version = qemu_version();
	struct topology topo;
	struct vm_spec spec = { 0 };
	unsigned int mib;
	char say[400];
	bool ok;

	snprintf(say, sizeof(say), version[0] ?
		 "QEMU %s: insn counts instructions exactly" :
		 "no qemu-system-x86_64, so nothing is counted: run '%s'",
		 version[0] ? version : path_deps());
	add(list, "qemu", version[0], say);

	ok = accel_kvm(say, sizeof(say), again);
	strncat(say, ok ? ": time can be measured in guests" :
		": insn does not need KVM; time needs bare metal",
		sizeof(say) - strlen(say) - 1);
	add(list, "kvm", ok, say);

	add_guest(list);

	plan_init(&spec.plan);
	topology_parse("176c1n", &topo);
	spec.topo = topo;
	ok = !vm_memory(&spec, &mib);
	snprintf(say, sizeof(say), "enough for 176c1n (%u MiB)", mib);
	add(list, "memory", ok, ok ? say : err_message());

	ok = !access(path_cache(), W_OK);
	snprintf(say, sizeof(say), ok ? "%s" :
		 "cannot write to %s: set XDG_CACHE_HOME", path_cache());
	add(list, "cache", ok, say);
}

/* Print "metal: why" or "qemu: why", for `make bench`. */
static void say_where(const char *asked)
{
	char why[300];

	if (*asked)
		printf("qemu: %s is for kernels that are booted\n", asked);
	else if (where_metal(why, sizeof(why)))
		printf("metal: %s\n", why);
	else
		printf("qemu: the running kernel cannot be measured: %s\n",
		       why);
}

/* The kind of changed settings in the list of things to undo. */
#define TUNED	"tune"

static int tune(bool restore)
{
	unsigned int nr;
	struct undo undo = { .lock = -1 };
	int ret;

	ret = undo_begin(&undo, NULL, TUNED, true);
	if (ret)
		return ret;
	if (restore) {
		nr = json_array_size(undo.list);
		ret = undo_all(&undo);
		if (!ret)
			printf("%u settings put back\n", nr);
	} else {
		ret = state_tune("", &undo, &nr);
		if (!ret)
			printf("%u settings changed%s\n", nr, nr ?
			       ", until 'pcpubench doctor --restore' or the next boot" :
			       ": everything that can be set is");
	}
	undo_end(&undo);
	return ret;
}

static const char *verdict_word(const json_t *item)
{
	const json_t *ok = json_object_get(item, "ok");

	return json_is_null(ok) ? "-" : json_is_true(ok) ? "ok" : "no";
}

static void add_facts(json_t *list)
{
	struct state_fact facts[STATE_FACTS], *f;
	json_t *item;
	char say[512];

	state_look("", -1, facts);
	for (f = facts; f < facts + STATE_FACTS; f++) {
		snprintf(say, sizeof(say), "%s%s%s", f->value,
			 f->value[0] ? ": " : "", f->say);
		add(list, f->name, f->verdict == STATE_GOOD, say);
		item = json_array_get(list, json_array_size(list) - 1);
		if (f->verdict == STATE_NOTE)
			json_object_set_new(item, "ok", json_null());
		json_object_set_new(item, "value", json_string(f->value));
	}
}

static void print(const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		printf("%-9s %-3s %s\n",
		       json_string_value(json_object_get(item, "what")),
		       verdict_word(item),
		       json_string_value(json_object_get(item, "say")));
}

static int run(int argc, char **argv)
{
	struct arguments args = { 0 };
	bool able = true, metal;
	json_t *list, *state, *item;
	const char *what;
	char say[400];
	size_t i;
	int ret;

	ret = options_parse(&cmd_doctor, argc, argv, &args);
	if (ret)
		return ret;
	if (args.asked) {
		say_where(args.asked);
		return 0;
	}
	if (args.calibrate)
		return print_calibration(args.json);
	if (args.tune || args.restore)
		return tune(args.restore);
	list = json_array();
	state = json_array();
	examine(list, args.again);
	ret = examine_packages(list);
	examine_sandbox(list);
	json_array_foreach(list, i, item) {
		what = json_string_value(json_object_get(item, "what"));
		able &= json_is_true(json_object_get(item, "ok")) ||
			can_do_without(what);
	}
	metal = where_metal(say, sizeof(say));
	add(list, "metal", metal, say);
	add_facts(state);
	if (!ret && args.json) {
		json_array_extend(list, state);
		ret = output_json(stdout, json_incref(list));
	} else if (!ret) {
		print(list);
		printf("\nWhat affects times measured on this machine (\"-\": does; may be intended):\n");
		print(state);
		if (!access(UNDO_DIR "/" TUNED ".json", F_OK))
			printf("--tune has changed settings: 'pcpubench doctor --restore' puts them back\n");
	}
	json_decref(list);
	json_decref(state);
	if (ret)
		return ret;
	return able || metal ? 0 : err(EX_FAIL, "something that 'make bench' needs is missing, see above");
}

const struct command cmd_doctor = {
	.name = "doctor",
	.what = "what this machine can do and what is missing",
	.doc = "Tell what this machine can measure, what is missing, and which of its settings affect times measured here.",
	.example = "  pcpubench doctor\n",
	.options = options,
	.run = run,
};
