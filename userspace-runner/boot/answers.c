// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks what a guest answered. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/index.h"
#include "boot/answers.h"
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

/* A bench without sizes says there what else it measured. */
static bool is_size(const struct plan *plan, long long param)
{
	if (!bench_find(plan->bench)->max)
		return true;
	for (unsigned int i = 0; i < plan->nr_sizes; i++)
		if (plan->sizes[i] == param)
			return true;
	return !param;
}

static bool is_asked(const json_t *cell, const struct plan *plan)
{
	const char *beside = bench_find(plan->bench)->beside;
	char name[CELL_NAME_LEN];

	cell_name(cell, name);
	return (bench_covers(plan->bench, name) ||
		(beside && bench_covers(beside, name))) &&
	       is_size(plan, record_int(cell, "param"));
}

/* Does @cell measure @size with the plan's own bench, or say why no size can be? */
static bool is_of(const json_t *cell, const struct plan *plan, unsigned int size)
{
	long long param = record_int(cell, "param");
	char name[CELL_NAME_LEN];

	return bench_covers(plan->bench, cell_name(cell, name)) &&
	       (!param || param == size);
}

/* Each size that was asked for has a cell, valid or not, unless a bench has none. */
static int check_all(const json_t *cells, const struct plan *plan)
{
	const json_t *cell;
	unsigned int i;
	size_t k;

	for (i = 0; bench_find(plan->bench)->max && i < plan->nr_sizes; i++) {
		json_array_foreach(cells, k, cell)
			if (is_of(cell, plan, plan->sizes[i]))
				break;
		if (k == json_array_size(cells))
			return err(EX_FAIL, WHERE ": there is no cell of %u B",
				   plan->sizes[i]);
	}
	return 0;
}

/* @had: the cells before it */
static int check_cell(const json_t *cell, size_t i, const struct vm_spec *spec,
		      struct index *had)
{
	char key[CELL_KEY_LEN];
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
	if (!is_asked(cell, &spec->plan))
		return err(EX_FAIL, WHERE ": cell %zu is none that was asked for",
			   i + 1);
	if (index_add(had, cell_key(cell, key), i, &k))
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
	struct index had = { NULL };
	int ret = 0;
	size_t i;

	if (vm->guest && check_guest(vm->guest, spec)) {
		json_decref(vm->guest);
		vm->guest = NULL;
		ret = EX_FAIL;
	}
	for (i = 0; i < json_array_size(vm->cells) && !ret && !vm->failed[0]; i++)
		ret = check_cell(json_array_get(vm->cells, i), i, spec, &had);
	index_free(&had);
	if (!ret && !i && !vm->failed[0])
		ret = err(EX_FAIL, WHERE ": there is no cell");
	if (!ret && !vm->failed[0])
		ret = check_all(vm->cells, &spec->plan);
	if (ret && !vm->failed[0])
		snprintf(vm->failed, sizeof(vm->failed), "%s", err_message());
}
