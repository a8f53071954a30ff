// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks what a guest answered. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/index.h"
#include "boot/answers.h"
#include "plan/depth.h"
#include "results/cell_name.h"
#include "results/record.h"

#define WHERE	"the guest's results"

/* What the recorder adds to each record. */
static const char *const origin[] = {
	"boot", "kernel", "topology", "instrument",
};

/* @record with a place in a file, so that the file's rules can be asked. */
static json_t *placed(const json_t *record, const struct vm_spec *spec)
{
	json_t *copy = json_copy((json_t *)record);

	json_object_set_new(copy, "boot", json_integer(1));
	json_object_set_new(copy, "kernel", json_string("kernel"));
	json_object_set_new(copy, "topology", json_string(spec->topo.name));
	json_object_set_new(copy, "instrument", json_string(
			    instruments[spec->plan.instrument].name));
	return copy;
}

#define TEXT_LEN	(CELL_NAME_LEN + 24)

/*
 * What @cell measures, in words that no other cell of the plan has. A bench without
 * sizes has in `param` what it likes.
 */
static const char *cell_text(const json_t *cell, char text[TEXT_LEN])
{
	char name[CELL_NAME_LEN];
	const struct bench *bench = bench_find(cell_name(cell, name));

	if (bench && bench->max)
		snprintf(text, TEXT_LEN, "%s, %lld B", name,
			 record_int(cell, "param"));
	else
		snprintf(text, TEXT_LEN, "%s", name);
	return text;
}

/* ------------------------------------------------------- what was asked for */

static int ask(struct index *asked, const struct plan *plan, const char *bench,
	       unsigned int size)
{
	json_t *cell = json_pack("{s:s, s:i}", "bench", bench, "param", (int)size);
	char text[TEXT_LEN];
	size_t had;
	int ret;

	cell_name_options(cell, bench_find(bench), &plan->options);
	ret = index_add(asked, cell_text(cell, text), index_size(asked), &had);
	json_decref(cell);
	return ret;
}

/* @online: CPUs that the guest has for tasks */
static int ask_threads(struct index *asked, struct plan plan, const char *bench,
		       unsigned int size, unsigned int online)
{
	const struct plan whole = plan;
	unsigned int n = 0;
	int ret = 0;

	if (!bench_find(bench)->parallel)
		return ask(asked, &plan, bench, size);
	while (!ret && (n = plan_next_threads(&whole, n, online))) {
		plan.options.val[BENCH_THREADS] = n;
		ret = ask(asked, &plan, bench, size);
	}
	return ret;
}

static int ask_kind(struct index *asked, const struct plan *plan,
		    const struct bench_kind *kind, unsigned int size,
		    unsigned int online)
{
	static const char *const whole[] = { "", NULL };
	const char *const *op = kind->operations ? kind->operations : whole;
	char name[2 * PLAN_BENCH_LEN];
	int ret = 0;

	for (; *op && !ret; op++) {
		snprintf(name, sizeof(name), "%s/%s%s%s",
			 bench_find(plan->bench)->name, kind->name,
			 **op ? "/" : "", *op);
		if (plan_has(plan, name))
			ret = ask_threads(asked, *plan, name, size, online);
	}
	return ret;
}

static int ask_size(struct index *asked, const struct plan *plan,
		    unsigned int size, unsigned int online)
{
	const struct bench *bench = bench_find(plan->bench);
	const struct bench_kind *kind = bench->kinds;
	struct plan beside;
	int ret = 0;

	if (bench->beside && bench_takes(bench_find(bench->beside), size)) {
		plan_init(&beside);
		ret = ask(asked, &beside, bench->beside, size);
	}
	if (!ret && !kind)
		ret = ask_threads(asked, *plan, plan->bench, size, online);
	for (; kind && kind->name && !ret; kind++)
		ret = ask_kind(asked, plan, kind, size, online);
	return ret;
}

/* Every cell that the guest has to send, valid or not. */
static int ask_all(struct index *asked, const struct vm_spec *spec)
{
	const int depths = spec->plan.options.val[BENCH_DEPTH];
	struct plan plan = spec->plan;
	int ret = 0;

	for (unsigned int d = 0; !ret && (d = depth_next(depths, d + 1));) {
		plan.options.val[BENCH_DEPTH] = 1 << d;
		for (unsigned int i = 0; i < plan.nr_sizes && !ret; i++)
			ret = ask_size(asked, &plan, plan.sizes[i],
				       spec->online ? spec->online : 1);
	}
	return ret;
}

/* ------------------------------------------------------------ what was sent */

static int check_all(const struct index *asked, const struct index *had)
{
	const char *text;
	json_t *number;

	json_object_foreach(asked->numbers, text, number)
		if (index_get(had, text) == INDEX_NONE)
			return err(EX_FAIL, WHERE ": there is no cell of %s", text);
	return 0;
}

/* @had: the cells before it */
static int check_cell(const json_t *cell, size_t i, const struct vm_spec *spec,
		      const struct index *asked, struct index *had)
{
	char text[TEXT_LEN];
	json_t *whole;
	size_t k;
	int ret;

	for (k = 0; k < sizeof(origin) / sizeof(origin[0]); k++)
		if (record_at(cell, origin[k]))
			return err(EX_FAIL, WHERE ": cell %zu says what its %s is",
				   i + 1, origin[k]);
	whole = placed(cell, spec);
	ret = record_check(whole, WHERE, i + 1);
	json_decref(whole);
	if (ret)
		return ret;
	if (index_get(asked, cell_text(cell, text)) == INDEX_NONE)
		return err(EX_FAIL, WHERE ": cell %zu is none that was asked for",
			   i + 1);
	if (index_add(had, text, i, &k))
		return EX_FAIL;
	return k == i ? 0 :
	       err(EX_FAIL, WHERE ": cell %zu is there twice", i + 1);
}

static int check_guest(const json_t *guest, const struct vm_spec *spec)
{
	json_t *boot = json_pack("{s:s, s:s, s:O}", "type", "boot", "status",
				 "ok", "guest", guest);
	json_t *whole = placed(boot, spec);
	int ret = record_check(whole, WHERE, 1);

	json_decref(whole);
	json_decref(boot);
	return ret;
}

void answers_check(struct vm *vm, const struct vm_spec *spec)
{
	struct index asked = { NULL }, had = { NULL };
	int ret = ask_all(&asked, spec);
	size_t i;

	if (vm->guest && check_guest(vm->guest, spec)) {
		json_decref(vm->guest);
		vm->guest = NULL;
		ret = EX_FAIL;
	}
	for (i = 0; i < json_array_size(vm->cells) && !ret && !vm->failed[0]; i++)
		ret = check_cell(json_array_get(vm->cells, i), i, spec, &asked,
				 &had);
	if (!ret && !i && !vm->failed[0])
		ret = err(EX_FAIL, WHERE ": there is no cell");
	if (!ret && !vm->failed[0])
		ret = check_all(&asked, &had);
	if (!ret && !vm->guest && !vm->failed[0])
		ret = err(EX_FAIL, WHERE ": it does not say what machine it found");
	index_free(&asked);
	index_free(&had);
	if (ret && !vm->failed[0])
		snprintf(vm->failed, sizeof(vm->failed), "%s", err_message());
}
