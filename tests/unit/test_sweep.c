// SPDX-License-Identifier: GPL-2.0-or-later
/* Grids, shards, descriptions of a sweep; two of one file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/progress.h"
#include "boot/order.h"
#include "boot/resume.h"
#include "plan/grid.h"
#include "sweep/describe.h"
#include "sweep/shards.h"

static void is_list(const char *text, const char *want)
{
	struct grid_list list;
	char got[512] = "";

	assert_int_equal(grid_list_parse("cpus", text, 1, 4096, &list), 0);
	for (size_t i = 0; i < list.nr; i++)
		sprintf(got + strlen(got), "%s%u", i ? " " : "", list.vals[i]);
	grid_list_free(&list);
	assert_string_equal(got, want);
}

static void test_list(void **state)
{
	(void)state;
	is_list("7", "7");
	is_list("3,1", "3 1");
	is_list("1..5", "1 2 3 4 5");
	is_list("4..4", "4");
	is_list("1,2,4,..,64", "1 2 4 8 16 32 64");
	is_list("1,2,4,...,64", "1 2 4 8 16 32 64");
	is_list("1,2,4,\xe2\x80\xa6,64", "1 2 4 8 16 32 64");
	is_list("1...3", "1 2 3");
	is_list("3,9,27,..,243", "3 9 27 81 243");
	is_list("1,2,3,..,6", "1 2 3 4 5 6");
	is_list("2,4,..,10", "2 4 6 8 10");
	is_list("80,256,1..3", "80 256 1 2 3");
	is_list("1,2,4,..,16,20,24,..,32", "1 2 4 8 16 20 24 28 32");
	is_list("1,2,4,..,4", "1 2 4");
}

static void is_no_list(const char *text, const char *why)
{
	struct grid_list list;

	assert_int_equal(grid_list_parse("cpus", text, 1, 4096, &list), EX_USE);
	assert_non_null(strstr(err_message(), why));
	assert_null(list.vals);
}

static void test_no_list(void **state)
{
	(void)state;
	is_no_list("", "no cpus given");
	is_no_list(",1", "has a comma too many");
	is_no_list("1,,2", "has a comma too many");
	is_no_list("1, ", "has a comma too many");
	is_no_list("1,2,..", "does not end in a number");
	is_no_list("..,4", "two numbers at least");
	is_no_list("1,..,4", "two numbers at least");
	is_no_list("1,2,5,..,9", "has neither equal");
	is_no_list("4,2,..,1", "has neither equal");
	is_no_list("2,2,..,2", "has neither equal");
	is_no_list("1,2,4,..,63", "does not reach 63");
	is_no_list("1,2,4,..,2", "does not reach 2");
	is_no_list("5..4", "goes down");
	is_no_list("1..", "not a number");
	is_no_list("..3", "not a number");
	is_no_list("0..3", "not a number");
	is_no_list("1....3", "not a number");
	is_no_list("4097", "not a number");
	is_no_list("1,2,x,..,9", "not a number");
}

static void is_grid(const struct grid *grid, const char *want)
{
	char got[1024] = "";

	for (size_t i = 0; i < grid->nr; i++)
		sprintf(got + strlen(got), "%s%s", i ? " " : "",
			grid->topos[i].name);
	assert_string_equal(got, want);
}

static void test_grid(void **state)
{
	struct grid_axes axes = { { "1,2,4", "1..2", NULL, "0,6" } };
	struct grid grid = { 0 };

	(void)state;
	assert_int_equal(grid_add_product(&grid, &axes), 0);
	is_grid(&grid, "1c1n 1c1n+6m 2c1n 2c1n+6m 2c2n 2c2n+6m 4c1n 4c1n+6m 4c2n 4c2n+6m");
	assert_int_equal(grid.left_out, 2);
	grid_free(&grid);

	axes = (struct grid_axes){ { "4,16", "1..4", "0..2", "0,1" } };
	assert_int_equal(grid_add_product(&grid, &axes), 0);
	is_grid(&grid, "4c1n 4c1n+1m 4c1n-1m+1m 4c2n 4c2n+1m 4c2n-1m 4c2n-1m+1m 4c2n-2m+1m 4c3n 4c3n+1m 4c3n-1m 4c3n-1m+1m 4c3n-2m 4c3n-2m+1m 4c4n 4c4n+1m 4c4n-1m 4c4n-1m+1m 4c4n-2m 4c4n-2m+1m 16c1n 16c1n+1m 16c1n-1m+1m 16c2n 16c2n+1m 16c2n-1m 16c2n-1m+1m 16c2n-2m+1m 16c3n 16c3n+1m 16c3n-1m 16c3n-1m+1m 16c3n-2m 16c3n-2m+1m 16c4n 16c4n+1m 16c4n-1m 16c4n-1m+1m 16c4n-2m 16c4n-2m+1m");
	/* Each: one node less one, less two, less two and one; two less two. */
	assert_int_equal(grid.left_out, 2 * 4);
	grid_free(&grid);

	axes = (struct grid_axes){ { "4" } };
	assert_int_equal(grid_add_product(&grid, &axes), 0);
	assert_int_equal(grid_add_names(&grid, "4c1n,8c2n, 8c2n"), 0);
	is_grid(&grid, "4c1n 8c2n");
	axes = (struct grid_axes){ { "1", "2" } };
	assert_int_equal(grid_add_product(&grid, &axes), EX_USE);
	axes = (struct grid_axes){ { "2", "2", "2" } };
	assert_int_equal(grid_add_product(&grid, &axes), EX_USE);
	assert_non_null(strstr(err_message(), "or no memory"));
	axes = (struct grid_axes){ { NULL, NULL, "1" } };
	assert_int_equal(grid_add_product(&grid, &axes), EX_USE);
	axes = (struct grid_axes){ { "64", "60", NULL, "5" } };
	assert_int_equal(grid_add_product(&grid, &axes), EX_USE);
	assert_non_null(strstr(err_message(), "at most 64 nodes"));
	assert_int_equal(grid_axes_set(&axes, GRID_NODES, "1"), EX_USE);
	assert_non_null(strstr(err_message(), "nodes is given twice"));
	assert_int_equal(grid_add_names(&grid, ","), EX_USE);
	grid_free(&grid);
}

/* Every job is in one shard, and shards take about equally long. */
static void test_shards(void **state)
{
	const struct kernel kernels[3] = { 0 };
	struct session_options opt;
	const struct grid_axes axes = { { "1,2,4,..,4096" } };
	double cost, least, most;
	struct grid grid = { 0 };
	struct boot_job *jobs;
	unsigned int of;
	size_t nr, sum, i;
	int seen[3][64];

	(void)state;
	session_options_init(&opt);
	assert_int_equal(grid_add_product(&grid, &axes), 0);
	for (of = 1; of <= 50; of++) {
		memset(seen, 0, sizeof(seen));
		sum = 0;
		least = 1e9;
		most = 0;
		for (unsigned int k = 1; k <= of; k++) {
			const struct shard shard = { k, of };

			assert_int_equal(session_jobs(&opt, kernels, 3,
						      grid.topos, grid.nr,
						      &jobs, &nr), 0);
			assert_int_equal(order_shard(jobs, &nr, &shard), 0);
			sum += nr;
			cost = 0;
			for (i = 0; i < nr; i++) {
				cost += jobs[i].cost;
				seen[jobs[i].kernel - kernels]
				    [__builtin_ctz(jobs[i].spec.topo.cpus)]++;
			}
			if (cost < least)
				least = cost;
			if (cost > most)
				most = cost;
			free(jobs);
		}
		assert_int_equal(sum, 3 * grid.nr);
		for (i = 0; i < 3 * grid.nr; i++)
			assert_int_equal(seen[i / grid.nr][i % grid.nr], 1);
		/* With few shards no single boot is more than a share. */
		if (of <= 3)
			assert_true(most < 1.25 * least);
	}
	grid_free(&grid);
}

static void test_shard_text(void **state)
{
	static const char *const wrong[] = { "", "1", "0/2", "3/2", "a/2",
					     "1/b", "1/2/3", "1/0", "/2", "1/",
					     "-1/2", "1/10001" };
	struct shard shard;

	(void)state;
	assert_int_equal(shard_parse("2/3", &shard), 0);
	assert_int_equal(shard.nr, 2);
	assert_int_equal(shard.of, 3);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(shard_parse(wrong[i], &shard), EX_USE);
}

static void test_time(void **state)
{
	char text[40];

	(void)state;
	progress_time(8.6, text, sizeof(text));
	assert_string_equal(text, "9 s");
	progress_time(80, text, sizeof(text));
	assert_string_equal(text, "1 min 20 s");
	progress_time(7500, text, sizeof(text));
	assert_string_equal(text, "2 h 05 min");
}

static int sweep_of(struct sweep *s, const char *text)
{
	char path[] = "/tmp/test_sweep.XXXXXX";
	int fd = mkstemp(path), ret;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	session_options_init(&s->opt);
	ret = sweep_read_file(s, path);
	unlink(path);
	return ret;
}

static void test_file(void **state)
{
	struct sweep s = { .shard = { 1, 1 } };
	json_t *json;

	(void)state;
	assert_int_equal(sweep_of(&s, "# all\n\nkernels=baseline,v1 boots=3\r\n"
				   "sizes=64 topologies=5c1n # two\n"
				   "\tcpus=2,4 nodes=2"), 0);
	is_grid(&s.grid, "5c1n 2c2n 4c2n");
	json = sweep_json(&s);
	assert_int_equal(json_integer_value(json_object_get(json, "boots")), 3);
	assert_int_equal(json_array_size(json_object_get(json, "kernels")), 2);
	assert_null(json_object_get(json, "shard"));
	json_decref(json);
	s.shard = (struct shard){ 2, 3 };
	json = sweep_json(&s);
	assert_string_equal(json_string_value(json_object_get(json, "shard")),
			    "2/3");
	json_decref(json);
	sweep_free(&s);
}

static void test_bad_file(void **state)
{
	static const char *const wrong[][2] = {
		{ "kernel=x", "line 1: unknown key 'kernel'" },
		{ "\nnodes=2", "line 2: nodes without cpus" },
		{ "cpus", "'cpus' is not KEY=VALUE" },
		{ "cpus=", "'cpus=' is not KEY=VALUE" },
		{ "sizes=63", "multiples of 4" },
		{ "boots=0", "not a number from 1" },
		{ "boots=2\nsizes=64\nboots=2", "line 3: boots is given twice" },
		{ "sizes=64 sizes=64", "sizes is given twice" },
		{ "cpus=1 cpus=2", "cpus is given twice" },
		{ "kernels=a,b\nkernels=c,a", "line 2: kernel a is given twice" },
		{ "\xef\xbb\xbf" "boots=2", "line 1: unknown key" },
		{ "topologies=x", "unknown topology 'x': at 'x' there should be CPUs" },
		{ "cpus=5000", "not a number" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct sweep s = { 0 };

		assert_int_equal(sweep_of(&s, wrong[i][0]), EX_USE);
		assert_non_null(strstr(err_message(), wrong[i][1]));
		sweep_free(&s);
	}
}

/* Two begin a file at once: the second waits, and finds what the first wrote. */
static void test_two_begin(void **state)
{
	static const char text[] = "{\"type\":\"run\"}\n";
	char path[] = "/tmp/test_sweep-XXXXXX";
	json_t *sweep = json_object();
	int fd = mkstemp(path), code;
	struct recorder r;
	bool fresh;
	pid_t pid;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		usleep(250000);
		_exit(write(fd, text, strlen(text)) < 0);
	}
	close(fd);
	assert_int_equal(resume_open(&r, path, sweep, &fresh), 0);
	assert_false(fresh);
	assert_int_equal(r.w.whole, strlen(text));
	assert_int_equal(results_close(&r.w), 0);
	assert_int_equal(waitpid(pid, &code, 0), pid);
	assert_int_equal(code, 0);
	remove(path);
	json_decref(sweep);
}

static int add_shard(struct shards *s, const char *shard, const char *last)
{
	json_t *records = json_pack("[{s:s, s:{s:s}}, {s:s}]", "type", "run",
				    "sweep", "shard", shard, "type", last);
	int ret = shards_add(s, records, "a file");

	json_decref(records);
	return ret;
}

/* Killed, never begun, begun again by somebody else, and not of one array. */
static void test_open_shards(void **state)
{
	static struct shards s, other;
	char *open;

	(void)state;
	assert_null(shards_open(&s));
	assert_int_equal(add_shard(&s, "1/7", "end"), 0);
	assert_int_equal(add_shard(&s, "3/7", "boot"), 0);
	assert_int_equal(add_shard(&s, "4/7", "boot"), 0);
	assert_int_equal(add_shard(&s, "4/7", "end"), 0);
	open = shards_open(&s);
	assert_string_equal(open, "2-3,5-7");
	free(open);
	assert_int_equal(add_shard(&s, "8/7", "end"), EX_USE);
	assert_int_equal(add_shard(&s, "1/2", "boot"), 0);
	assert_null(shards_open(&s));

	assert_int_equal(add_shard(&other, "1/2", "end"), 0);
	assert_int_equal(add_shard(&other, "2/2", "end"), 0);
	assert_null(shards_open(&other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_no_list),
		cmocka_unit_test(test_grid),
		cmocka_unit_test(test_shards),
		cmocka_unit_test(test_shard_text),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_bad_file),
		cmocka_unit_test(test_two_begin),
		cmocka_unit_test(test_open_shards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
