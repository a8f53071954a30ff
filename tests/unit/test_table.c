// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of cells, their proofs, and merged boots. Run in the root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "results/cell.h"
#include "results/record.h"
#include "results/table_load.h"
#include "results/writer.h"
#include "run_file.h"

#define DATA		"tests/unit/data/"

/* --- what every field of a cell must be --- */

/* times.jsonl with @field of its first cell changed, or gone without @value. */
static int load_changed(struct table *t, const char *field, json_t *value)
{
	struct results_writer w;
	struct results r;
	json_t *record, *parent = NULL;
	char *file = path;
	const char *dot;
	size_t i;

	assert_int_equal(results_read(DATA "times.jsonl", &r), 0);
	json_array_foreach(r.records, i, record)
		if (record_is(record, "cell") && !parent)
			parent = record;
	while ((dot = strchr(field, '.'))) {
		parent = json_object_getn(parent, field, dot - field);
		field = dot + 1;
	}
	if (value)
		json_object_set_new(parent, field, value);
	else
		json_object_del(parent, field);
	/* Its counts are of the file as it was. */
	json_array_remove(r.records, json_array_size(r.records) - 1);

	unlink(path);
	assert_int_equal(results_create(&w, path), 0);
	json_array_foreach(r.records, i, record)
		assert_int_equal(results_write(&w, record), 0);
	assert_int_equal(results_close(&w), 0);
	results_free(&r);
	return table_load(t, &file, 1);
}

/* A boot with other options has measured another cell. */
static void test_options(void **state)
{
	struct table t;

	(void)state;
	assert_int_equal(load_changed(&t, "options",
				      json_pack("{s:i}", "entries", 3)), 0);
	assert_int_equal(t.benches.nr, 2);
	assert_string_equal(t.benches.name[0], "percpu-alloc entries=3");
	assert_string_equal(t.benches.name[1], "percpu-alloc");
	table_free(&t);
	assert_int_equal(load_changed(&t, "options",
				      json_pack("{s:i}", "entries", 1)), 0);
	assert_int_equal(t.benches.nr, 1);
	table_free(&t);
}

static void test_cell_fields(void **state)
{
	static const char * const needed[] = {
		"boot", "kernel", "topology", "instrument", "bench", "param",
		"unit", "pairs", "valid", "arms", "chunk", "proof", "arms.off",
		"arms.empty.ticks", "arms.on.disturbed", "chunk.outside",
		"proof.expected", "proof.before", "proof.held", "proof.after",
		"proof.off_held", "proof.first_chunk",
	};
	struct table t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		assert_int_equal(load_changed(&t, needed[i], NULL), EX_USE);
		assert_int_equal(load_changed(&t, needed[i], json_array()),
				 EX_USE);
		assert_int_equal(load_changed(&t, needed[i], json_null()),
				 EX_USE);
		assert_non_null(strstr(err_message(), "line 4"));
	}
	assert_int_equal(load_changed(&t, "proof.held", json_integer(-1)),
			 EX_USE);
	assert_int_equal(load_changed(&t, "proof.held",
				      json_integer((1LL << 53) + 1)), EX_USE);
	assert_int_equal(load_changed(&t, "pairs", json_integer(0)), EX_USE);
	assert_int_equal(load_changed(&t, "unit", json_string("insn")), EX_USE);
	assert_int_equal(load_changed(&t, "valid", json_false()), EX_USE);
	assert_int_equal(load_changed(&t, "bench", json_string("a\033[2J")),
			 EX_USE);
	assert_int_equal(load_changed(&t, "arms.on.ticks",
				      json_pack("[i, i]", 1, 2)), EX_USE);
	assert_int_equal(load_changed(&t, "arms.on.ticks",
				      json_pack("[I, I, I]",
						(json_int_t)1 << 52,
						(json_int_t)1 << 52,
						(json_int_t)1)), EX_USE);
	assert_int_equal(load_changed(&t, "kernel", json_string("other")),
			 EX_USE);
	assert_int_equal(load_changed(&t, "boot", json_integer(2)), EX_USE);
}

/* Two pairs a sample; the second of `off` is disturbed. */
static void test_locked(void **state)
{
	json_t *cell = json_pack("{s:i, s:{s:{s:[i,i], s:[i,i], s:[i,i]},"
				 " s:{s:[i,i], s:[i,i], s:[i,i]},"
				 " s:{s:[i,i], s:[i,i], s:[i,i]}}}",
		"pairs", 2, "arms",
		"empty", "ticks", 10, 10, "disturbed", 0, 0, "locked", 0, 0,
		"off", "ticks", 50, 99, "disturbed", 0, 1, "locked", 20, 70,
		"on", "ticks", 80, 80, "disturbed", 0, 0, "locked", 41, 40);
	json_t *on = json_object_get(json_object_get(cell, "arms"), "on");
	struct cell_part locked;
	struct table t;

	(void)state;
	locked = cell_part(cell, "locked");
	assert_true(locked.off == 10 && locked.on == 20.25);
	assert_true(isnan(cell_part(cell, "cleared").on));
	json_object_del(on, "locked");
	locked = cell_part(cell, "locked");
	assert_true(isnan(locked.off) && isnan(locked.on));
	json_decref(cell);

	/* As many as samples, and none above its sample. */
	assert_int_equal(load_changed(&t, "arms.on.locked",
				      json_pack("[i, i]", 0, 0)), EX_USE);
	assert_int_equal(load_changed(&t, "arms.on.locked", json_null()),
			 EX_USE);
	assert_int_equal(load_changed(&t, "arms.empty.locked",
				      json_pack("[i, i, i]", 1 << 30, 0, 0)),
			 EX_USE);
	assert_int_equal(load_changed(&t, "arms.on.locked",
				      json_pack("[i, i, i]", 0, 0, 0)), 0);
	table_free(&t);
}

/* --- the proof --- */

/* `valid` is true in the file all the same. */
static void test_proof_is_recomputed(void **state)
{
	static const struct {
		const char *field;
		int value;
	} lies[] = {
		{ "proof.expected", 1156 }, { "proof.before", 4 },
		{ "proof.held", 0 }, { "proof.after", 4 },
		{ "proof.off_held", 4 }, { "proof.first_chunk", 1 },
		{ "chunk.outside", 1 },
	};
	struct table t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		assert_int_equal(load_changed(&t, lies[i].field,
					      json_integer(lies[i].value)), 0);
		assert_int_equal(t.cells[0].nr_values, 3);
		assert_int_equal(t.cells[0].nr_invalid, 2);
		assert_int_equal(t.cells[0].invalid[0].boot, 0);
		table_free(&t);
	}
}

/* --- the model --- */

static const struct table_cell *cell_of(const struct table *t, size_t block,
					const char *kernel, long long param)
{
	unsigned int k;

	for (k = 0; k < t->nr_kernels; k++)
		if (!strcmp(t->kernels[k].name, kernel))
			return table_find(t, &t->blocks[block], k, param);
	return NULL;
}

static void invalid_for(const struct table *t, const char *kernel,
			long long param, const char *reason)
{
	const struct table_cell *c = cell_of(t, 0, kernel, param);

	assert_non_null(c);
	assert_false(c->valid);
	assert_string_equal(c->reason, reason);
	assert_true(isnan(c->off) && isnan(c->on));
	assert_true(isnan(c->cost) && isnan(c->cost_pct));
}

static void test_table_insn(void **state)
{
	char *file = DATA "typical.jsonl";
	const struct table_cell *c;
	struct table t;

	(void)state;
	assert_int_equal(table_load(&t, &file, 1), 0);
	assert_int_equal(t.nr_kernels, 7);
	assert_string_equal(t.kernels[1].name, "nokmem");
	assert_int_equal(t.nr_blocks, 2);
	assert_string_equal(t.topologies.name[t.blocks[0].topology], "176c1n");
	assert_string_equal(t.topologies.name[t.blocks[1].topology], "80c2n");
	assert_int_equal(t.blocks[0].nr_params, 5);
	assert_int_equal(t.blocks[0].params[0], 64);
	assert_int_equal(t.blocks[0].params[4], 8192);
	/* The disturbed sample is 900 a pair above the others. */
	c = cell_of(&t, 0, "baseline", 64);
	assert_true(c->valid && c->off == 15382 && c->on == 16360);
	assert_true(c->cost == 978 && fabs(c->cost_pct - 6.35808) < 1e-5);
	assert_int_equal(c->nr_values, 1);
	assert_int_equal(t.boots[c->values[0].boot].number, 1);
	invalid_for(&t, "nokmem", 64, "nothing was charged: 0 of 11392 B");
	table_free(&t);
}

static void test_table_troubles(void **state)
{
	char *file = DATA "troubles.jsonl";
	const struct table_cell *cell;
	struct table_count count;
	struct table t;

	(void)state;
	assert_int_equal(table_load(&t, &file, 1), 0);
	/* Its cells come as 1024, 64, 256. */
	assert_int_equal(t.blocks[0].nr_params, 3);
	assert_int_equal(t.blocks[0].params[0], 64);
	assert_int_equal(t.blocks[0].params[2], 1024);
	invalid_for(&t, "baseline", 64, "boots differ: on 16360 and 16361");
	invalid_for(&t, "baseline", 256, "boots differ: 1 valid, 1 not: every sample was disturbed by an interrupt");
	assert_true(cell_of(&t, 0, "baseline", 1024)->valid);
	assert_int_equal(cell_of(&t, 0, "baseline", 1024)->nr_values, 2);
	invalid_for(&t, "v1", 64, "the object lies in the first chunk, which is never accounted");
	invalid_for(&t, "v1", 256, "2 samples in the first chunk, which is never accounted");
	invalid_for(&t, "b", 64, "ENOMEM at the limit of the memory cgroup");

	count = table_count(&t, &t.blocks[0], 1);
	assert_true(count.ok == 1 && count.failed == 1 && !count.unfinished);
	assert_int_equal(table_state(&t, &t.blocks[0], 1, 1024, &cell),
			 TABLE_VALID);
	assert_int_equal(table_state(&t, &t.blocks[0], 1, 64, &cell),
			 TABLE_INVALID);
	assert_int_equal(table_state(&t, &t.blocks[0], 2, 64, &cell),
			 TABLE_FAILED);
	assert_null(cell);
	assert_int_equal(table_state(&t, &t.blocks[0], 3, 256, &cell),
			 TABLE_MISSING);
	/* Cells of a boot without a record are none. */
	assert_int_equal(table_state(&t, &t.blocks[0], 4, 64, &cell),
			 TABLE_MISSING);
	count = table_count(&t, &t.blocks[0], 4);
	assert_true(!count.ok && !count.failed && count.unfinished == 1);
	/* All boots of 80c2n failed, which is reported, too. */
	assert_int_equal(t.nr_blocks, 2);
	assert_int_equal(t.blocks[1].bench, TABLE_NO_BENCH);
	table_free(&t);
}

static void test_table_time(void **state)
{
	char *files[] = { DATA "times.jsonl", DATA "times-more.jsonl" };
	char *apart[] = { DATA "times.jsonl", DATA "times-elsewhere.jsonl" };
	const struct table_cell *c;
	struct table t;

	(void)state;
	/* Medians of 1000 1010 1020 1030: one of five boots proves nothing. */
	assert_int_equal(table_load(&t, files, 1), 0);
	c = cell_of(&t, 0, "baseline", 64);
	assert_true(c->valid && c->off == 1015 && c->on == 1066);
	assert_int_equal(c->nr_values, 4);
	assert_int_equal(c->nr_invalid, 1);
	assert_string_equal(c->reason, "nothing was charged: 0 of 1152 B");
	table_free(&t);

	assert_int_equal(table_load(&t, files, 2), 0);
	c = cell_of(&t, 0, "baseline", 64);
	assert_true(c->valid && c->off == 1065 && c->cost == 51);
	assert_int_equal(c->nr_values, 8);
	assert_int_equal(t.boots[c->values[7].boot].run, 1);
	table_free(&t);

	assert_int_equal(table_load(&t, apart, 2), 0);
	c = cell_of(&t, 0, "baseline", 64);
	assert_false(c->valid);
	assert_non_null(strstr(c->reason, "two machines"));
	table_free(&t);
}

static void test_table_refuses(void **state)
{
	char *twice[] = { DATA "typical.jsonl", DATA "typical.jsonl" };
	char *images[] = { DATA "typical.jsonl", DATA "other-image.jsonl" };
	struct table t;

	(void)state;
	assert_int_equal(table_load(&t, twice, 2), EX_USE);
	assert_non_null(strstr(err_message(), "same run"));
	assert_int_equal(table_load(&t, images, 2), EX_USE);
	assert_non_null(strstr(err_message(), "another build"));
	assert_int_equal(t.nr_runs, 0);
}

/* A name in two releases of Linux is two kernels; cells go to their own. */
static void test_table_releases(void **state)
{
	char *files[] = { "results/reference/bench-6.12.jsonl",
			  "results/reference/bench-7.3.jsonl" };
	const struct table_kernel *k;
	struct table each[2], both;
	size_t i;

	(void)state;
	assert_int_equal(table_load(&both, files, 2), 0);
	for (i = 0; i < 2; i++)
		assert_int_equal(table_load(&each[i], &files[i], 1), 0);
	assert_int_equal(both.nr_kernels,
			 each[0].nr_kernels + each[1].nr_kernels);
	assert_int_equal(both.nr_cells, each[0].nr_cells + each[1].nr_cells);
	k = &both.kernels[each[0].nr_kernels];
	assert_string_equal(both.kernels[0].name, "baseline-6.12");
	assert_string_equal(k->name, "baseline-7.3");
	assert_true(table_kernel(&both, "baseline-7.3") == k - both.kernels);
	assert_true(table_kernel(&both, "baseline") == TABLE_KERNELS);
	assert_true(table_kernel(&both, "none") == TABLE_NO_KERNEL);
	assert_string_equal(each[1].kernels[0].name, "baseline");
	for (i = 0; i < 2; i++)
		assert_true(cell_of(&each[i], 0, "baseline", 64)->cost ==
			    cell_of(&both, 0, i ? "baseline-7.3" :
				    "baseline-6.12", 64)->cost);
	for (i = 0; i < 2; i++)
		table_free(&each[i]);
	table_free(&both);
}

/* A record twice would be counted as two boots. */
static void test_table_refuses_copies(void **state)
{
	static const char * const types[] = { "boot", "cell" };
	char *file = path;
	struct results_writer w;
	struct results r;
	json_t *record;
	struct table t;
	size_t i, n;

	(void)state;
	for (n = 0; n < 2; n++) {
		unlink(path);
		assert_int_equal(results_read(DATA "times.jsonl", &r), 0);
		assert_int_equal(results_create(&w, path), 0);
		json_array_foreach(r.records, i, record) {
			if (record_is(record, "end"))
				continue;
			assert_int_equal(results_write(&w, record), 0);
			if (record_is(record, types[n]))
				assert_int_equal(results_write(&w, record), 0);
		}
		assert_int_equal(results_close(&w), 0);
		results_free(&r);
		assert_int_equal(table_load(&t, &file, 1), EX_USE);
		assert_non_null(strstr(err_message(), "is there twice"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_cell_fields, drop_file),
		cmocka_unit_test_teardown(test_options, drop_file),
		cmocka_unit_test_teardown(test_locked, drop_file),
		cmocka_unit_test_teardown(test_proof_is_recomputed, drop_file),
		cmocka_unit_test(test_table_insn),
		cmocka_unit_test(test_table_troubles),
		cmocka_unit_test(test_table_time),
		cmocka_unit_test(test_table_refuses),
		cmocka_unit_test(test_table_releases),
		cmocka_unit_test_teardown(test_table_refuses_copies, drop_file),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
