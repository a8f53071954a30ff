// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of results/boots.c: reads, continues, counts once. Run in the root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/err.h"
#include "profile/set.h"
#include "results/boots.h"
#include "results/table_load.h"
#include "run_file.h"
#include "sweep/merge.h"

#define DATA	"tests/unit/data/"

static char *argv[] = { (char *)"test", NULL };

static size_t known_of(const char *name, json_t *known)
{
	struct boots b;
	size_t dropped, had;

	assert_int_equal(boots_read(name, &b), 0);
	had = b.nr;
	assert_int_equal(boots_drop_known(&b, known, &dropped), 0);
	assert_int_equal(b.nr + dropped, had);
	boots_free(&b);
	return dropped;
}

static void test_known(void **state)
{
	json_t *known = json_object();

	(void)state;
	assert_int_equal(known_of(DATA "simulated.jsonl", known), 0);
	assert_int_equal(known_of(DATA "simulated.jsonl", known), 16);
	/* Two of its boots failed alike. */
	assert_int_equal(known_of(DATA "troubles.jsonl", known), 0);
	assert_int_equal(known_of(DATA "troubles.jsonl", known), 10);
	/* Times of another machine are different boots; counts are the same. */
	assert_int_equal(known_of(DATA "times.jsonl", known), 0);
	assert_int_equal(known_of(DATA "times-elsewhere.jsonl", known), 0);
	json_decref(known);
}

/* Copy the first @lines of @from to @path; false when it has fewer. */
static bool cut(const char *from, size_t lines)
{
	FILE *in = fopen(from, "r"), *out = fopen(path, "w");
	char *line = NULL;
	size_t room = 0;

	assert_true(in && out);
	while (lines && getline(&line, &room, in) > 0) {
		fputs(line, out);
		lines--;
	}
	free(line);
	fclose(in);
	fclose(out);
	return !lines;
}

/* Continue the file, and measure the boot @again once more. */
static void go_on(const struct boot_records *again)
{
	struct recorder r = { .last = 0 };
	struct boots b;
	json_t *cells;

	assert_int_equal(boots_read(path, &b), 0);
	assert_int_equal(results_append(&r.w, path), 0);
	assert_int_equal(boots_go_on(&b, &r), 0);
	for (size_t i = 0; i < b.nr; i++)
		if (b.list[i].record)
			assert_true(b.list[i].number <= r.last);
	boots_free(&b);
	cells = json_deep_copy(again->cells);
	assert_int_equal(recorder_boot(&r, again->record, cells), 0);
	json_decref(cells);
	assert_int_equal(recorder_end(&r, 0), 0);
}

/* Wherever a file was cut off, continuing it keeps all whole boots. */
static void test_every_cut(void **state)
{
	const char *from = "results/reference/profile-6.12.jsonl";
	struct boots whole, b;
	size_t lines, boots, i;

	(void)state;
	assert_int_equal(boots_read(from, &whole), 0);
	/* Its run and its kernels. */
	for (lines = 7; cut(from, lines); lines++) {
		for (boots = 0, i = 0; i < lines; i++)
			boots += record_is(json_array_get(whole.file.records,
							  i), "boot");
		go_on(&whole.list[0]);
		assert_int_equal(boots_read(path, &b), 0);
		assert_true(b.file.ended);
		assert_int_equal(b.nr, boots + 1);
		for (i = 0; i < b.nr; i++) {
			assert_non_null(b.list[i].record);
			assert_int_equal(json_array_size(b.list[i].cells),
					 json_array_size(whole.list[0].cells));
		}
		boots_free(&b);
	}
	assert_int_equal(lines, json_array_size(whole.file.records) + 1);
	boots_free(&whole);
}

static void test_damaged(void **state)
{
	struct recorder r;
	struct boots b;
	json_t *cell;

	(void)state;
	assert_int_equal(boots_read(DATA "simulated.jsonl", &b), 0);
	cell = json_deep_copy(json_array_get(b.list[0].cells, 0));
	boots_free(&b);

	assert_int_equal(recorder_create(&r, path, NULL, 1, argv), 0);
	recorder_write(&r, cell);
	assert_int_equal(recorder_end(&r, 0), 0);
	assert_int_equal(boots_read(path, &b), EX_USE);
	assert_non_null(strstr(err_message(), "has no record"));
	json_decref(cell);
}

/* Merge @files into the file, and return the boots that it has. */
static size_t merge(char *const *files, size_t nr, size_t twice)
{
	struct merge m;
	struct boots b;
	size_t boots;

	unlink(path);
	if (merge_files(&m, path, files, nr, 1, argv))
		fail_msg("%s", err_message());
	assert_int_equal(m.twice, twice);
	merge_free(&m);
	assert_int_equal(boots_read(path, &b), 0);
	boots = b.nr;
	boots_free(&b);
	return boots;
}

/* Write to @name what a shard has measured: a boot that took @wall_s. */
static void write_shard(const char *name, int shard, int wall_s,
			const char *id)
{
	char text[16], word[16], *words[] = { word };
	json_t *more, *boot, *cells;
	struct recorder r;
	struct boots b;

	snprintf(text, sizeof(text), "%d/2", shard);
	snprintf(word, sizeof(word), "%d", wall_s);
	more = json_pack("{s:{s:s, s:[s], s:[s], s:s, s:i}}", "sweep",
			 "shard", text, "kernels", "baseline", "topologies",
			 "176c1n", "instrument", "insn", "boots", 2);
	if (id)
		json_object_set_new(more, "id", json_string(id));
	unlink(name);
	assert_int_equal(boots_read(DATA "typical.jsonl", &b), 0);
	assert_int_equal(recorder_create(&r, name, more, 1, words), 0);
	recorder_write(&r, boots_kernel(&b, "baseline"));
	boot = json_deep_copy(b.list[0].record);
	cells = json_deep_copy(b.list[0].cells);
	json_object_set_new(boot, "wall_s", json_integer(wall_s));
	assert_int_equal(recorder_boot(&r, boot, cells), 0);
	assert_int_equal(recorder_end(&r, 0), 0);
	json_decref(boot);
	json_decref(cells);
	json_decref(more);
	boots_free(&b);
}

/* Boots of a sweep are replicates, in whichever shards they are. */
static void test_merge_replicates(void **state)
{
	char names[3][80], *files[] = { names[0], names[1], names[2] };
	struct merge m;
	struct boots b;

	(void)state;
	for (int i = 0; i < 3; i++) {
		snprintf(names[i], sizeof(names[i]), "%s.%d", path, i);
		write_shard(names[i], i % 2 + 1, i + 1, NULL);
	}
	for (size_t nr = 2; nr <= 3; nr++) {
		unlink(path);
		assert_int_equal(merge_files(&m, path, files, nr, 1, argv), 0);
		assert_int_equal(m.nr_wanted, 2);
		assert_int_equal(m.nr_missing, 0);
		assert_int_equal(m.agreed, nr - 2);
		merge_free(&m);
		assert_int_equal(boots_read(path, &b), 0);
		assert_int_equal(b.nr, 2);
		boots_free(&b);
	}
	for (int i = 0; i < 3; i++)
		unlink(names[i]);
}

/* Runs that begin in one second are two runs; an older file has their second alone. */
static void test_same_second(void **state)
{
	char names[2][80], *files[] = { names[0], names[1] };
	char *twice[] = { names[0], names[0] };
	struct table t;

	(void)state;
	for (int old = 0; old < 2; old++) {
		for (int i = 0; i < 2; i++) {
			snprintf(names[i], sizeof(names[i]), "%s.%d", path, i);
			write_shard(names[i], i + 1, i + 1,
				    old ? "20260701T120000Z" : NULL);
		}
		if (table_load(&t, files, 2))
			fail_msg("%s", err_message());
		assert_int_equal(t.nr_runs, 2);
		assert_int_equal(t.nr_boots, 2);
		assert_true(old || strcmp(t.runs[0].id, t.runs[1].id));
		table_free(&t);
		assert_int_equal(table_load(&t, twice, 2), EX_USE);
	}
	unlink(names[0]);
	unlink(names[1]);
}

static void test_merge(void **state)
{
	char *one = DATA "simulated.jsonl", *thrice[] = { one, one, one };
	char merged[80], *again[] = { one, merged, one };
	struct boots b;

	(void)state;
	assert_int_equal(merge(thrice, 3, 32), 16);
	snprintf(merged, sizeof(merged), "%s.merged", path);
	assert_int_equal(rename(path, merged), 0);
	assert_int_equal(merge(again, 3, 32), 16);
	assert_int_equal(boots_read(path, &b), 0);
	assert_int_equal(json_array_size(record_at(
			json_array_get(b.file.records, 0), "merged")), 1);
	boots_free(&b);
	unlink(merged);
}

/* A file beside a merged file that contains it adds nothing. */
static void test_part_and_merged(void **state)
{
	char *times = DATA "simulated.jsonl", *both[] = { times, path };
	char *sampled = "results/reference/metal-profile.jsonl";
	const struct profile_filter all = { .param = -1 };
	struct profile_set one, two;
	struct table t;

	(void)state;
	merge(both, 1, 0);
	assert_int_equal(table_load(&t, both, 2), 0);
	assert_int_equal(t.nr_runs, 2);
	assert_int_equal(t.nr_boots, 16);
	table_free(&t);

	both[0] = sampled;
	merge(both, 1, 0);
	assert_int_equal(profile_set_load(&one, both, 1, &all), 0);
	assert_int_equal(profile_set_load(&two, both, 2, &all), 0);
	assert_int_equal(two.nr, one.nr);
	assert_true(one.profiles[0].insns[PROFILE_ON]);
	assert_int_equal(two.profiles[0].insns[PROFILE_ON],
			 one.profiles[0].insns[PROFILE_ON]);
	profile_set_free(&one);
	profile_set_free(&two);
}

static const json_t *host_of(const struct boots *b)
{
	return record_at(json_array_get(b->file.records, 0), "host");
}

static void test_merge_machines(void **state)
{
	char *times[] = { DATA "times.jsonl", DATA "times-elsewhere.jsonl" };
	struct boots b, from;
	struct merge m;

	(void)state;
	assert_int_equal(merge_files(&m, path, times, 2, 1, argv),
			 EX_USE);
	assert_non_null(strstr(err_message(), "another machine"));
	assert_int_equal(access(path, F_OK), -1);
	/* A merged file keeps the machine that measured. */
	assert_int_equal(merge(&times[1], 1, 0), 5);
	assert_int_equal(boots_read(path, &b), 0);
	assert_int_equal(boots_read(times[1], &from), 0);
	assert_true(json_equal(host_of(&b), host_of(&from)));
	boots_free(&b);
	boots_free(&from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test_teardown(test_every_cut, drop_file),
		cmocka_unit_test_teardown(test_damaged, drop_file),
		cmocka_unit_test_teardown(test_merge, drop_file),
		cmocka_unit_test_teardown(test_merge_replicates, drop_file),
		cmocka_unit_test_teardown(test_same_second, drop_file),
		cmocka_unit_test_teardown(test_part_and_merged, drop_file),
		cmocka_unit_test_teardown(test_merge_machines, drop_file),
	};

	return cmocka_run_group_tests_name("boots", tests, make_dir, drop_dir);
}
