// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is read from a file takes time in proportion to the file: eight times the
 * cells take eight times the steps, whatever there is many of. Steps are counted, so
 * that the test knows no machine's speed. Run in the root.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "bundle/replay.h"
#include "cmd/cmd.h"
#include "run_file.h"
#include "steps.h"

#define FEW	12
#define TIMES	8
/* Sorting takes n log n, a hash table is enlarged by doubling. A square is 64. */
#define MOST	12

/* A fit draws a point for each number of CPUs up to the most. */
#define MOST_CPUS	1000

/* How many there are of each. */
struct amounts {
	const char *name;
	int kernels, topologies, benches, sizes, boots, runs;
	bool layouts;		/* each boot has one of its own */
	bool reasons;		/* no cell is valid, each for a reason of its own */
	bool failed;		/* no boot succeeds, likewise */
	bool chain;		/* each kernel is the one before with a patch more */
};

static const char arms[] =
	"\"arms\":{\"empty\":{\"ticks\":[40],\"disturbed\":[0]},"
	"\"off\":{\"ticks\":[1040],\"disturbed\":[0]},"
	"\"on\":{\"ticks\":[1540],\"disturbed\":[0]}},"
	"\"proof\":{\"expected\":64,\"before\":0,\"held\":64,\"after\":0,"
	"\"off_held\":0,\"first_chunk\":0},\"chunk\":{\"outside\":0},";

static void put_cells(FILE *out, const struct amounts *s, int boot,
		      const char *where, int *nr)
{
	char reason[60];

	for (int b = 0; b < s->benches; b++)
		for (int i = 0; i < s->sizes; i++) {
			snprintf(reason, sizeof(reason),
				 "\"reason\":\"%d of boot %d\",", i, boot);
			fprintf(out, "{\"type\":\"cell\",\"bench\":\"percpu-alloc\",\"options\":{\"depth\":%d},\"param\":%d,\"unit\":\"insn\",\"pairs\":1,\"valid\":%s,%s%s}\n",
				b + 1, 8 * (i + 1), s->reasons ? "false" : "true",
				s->reasons ? reason : arms, where);
			(*nr)++;
		}
}

/* @id: in what a boot's time ends, as no boot of two runs is the same */
static void put_boots(FILE *out, const struct amounts *s, char id, int *boots,
		      int *cells)
{
	char where[200], layout[60] = "", status[60] = "\"ok\"";

	for (int b = 0; b < s->boots; b++)
		for (int t = 0; t < s->topologies; t++)
			for (int k = 0; k < s->kernels; k++) {
				snprintf(where, sizeof(where),
					 "\"boot\":%d,\"kernel\":\"k%s%d\",\"topology\":\"%dc1n\",\"instrument\":\"insn\"",
					 ++*boots, s->chain ? "@" : "", k, MOST_CPUS - t);
				if (s->layouts)
					snprintf(layout, sizeof(layout),
						 ",\"layout\":{\"seed\":%d}",
						 *boots);
				if (s->failed)
					snprintf(status, sizeof(status),
						 "\"failed\",\"reason\":\"%d\"",
						 *boots);
				put_cells(out, s, *boots, where, cells);
				fprintf(out, "{\"type\":\"boot\",%s,\"status\":%s,\"wall_s\":%d.%d%s,\"guest\":{\"possible_cpus\":%d}}\n",
					where, status, *boots, id, layout, t + 1);
			}
}

static void write_run(const char *name, const char *id, const struct amounts *s)
{
	FILE *out = fopen(name, "w");
	int boots = 0, cells = 0;

	assert_non_null(out);
	fprintf(out, "{\"type\":\"run\",\"version\":1,\"id\":\"%s\",\"started\":\"2026-01-01T00:00:00Z\",\"command\":[\"pcpubench\"],\"host\":{\"cpu\":\"x\",\"cpus\":1,\"kernel\":\"x\",\"os\":\"x\"}%s",
		id, s->runs > 1 ? ",\"merged\":[" : "");
	/* A merged run is one text, which takes few steps of all. */
	for (int i = 0; i < 10 * s->runs && s->runs > 1; i++)
		fprintf(out, "%s{\"id\":\"%s%d\"}", i ? "," : "", id, i);
	fprintf(out, "%s}\n", s->runs > 1 ? "]" : "");
	for (int k = 0; k < s->kernels; k++)
		fprintf(out, "{\"type\":\"kernel\",\"kernel\":\"k%s%d\",\"release\":\"6.12.%d\",\"compiler\":\"x\"}\n",
			s->chain ? "@" : "", k, k);
	put_boots(out, s, id[0], &boots, &cells);
	fprintf(out, "{\"type\":\"end\",\"boots\":%d,\"failed\":%d,\"cells\":%d,\"invalid\":%d}\n",
		boots, s->failed ? boots : 0, cells, s->reasons ? cells : 0);
	assert_int_equal(fclose(out), 0);
}

/* Commands in their order; %o, %n and %m stand for OLD, NEW and a file to make. */
static const struct {
	const struct command *command;
	const char *argv[6];
} asked[] = {
	{ &cmd_report, { "report", "--all", "%o" } },
	{ &cmd_report, { "report", "%o", "%n" } },
	{ &cmd_report, { "report", "--format=csv", "%o" } },
	{ &cmd_report, { "report", "--format=json", "%o" } },
	{ &cmd_compare, { "compare", "%o", "%n" } },
	{ &cmd_gate, { "gate", "%o", "%n" } },
	{ &cmd_merge, { "merge", "--output=%m", "%o", "%n" } },
	{ &cmd_page, { "page", "--output=%m", "%o" } },
	{ &cmd_lkml, { "lkml", "%o" } },
	{ &cmd_fit, { "fit", "%o" } },
};

#define NR_ASKED	(sizeof(asked) / sizeof(asked[0]))

static char new[80], made[80];

/* The steps of a command, whose output is thrown away. */
static unsigned long long steps_of(size_t nr)
{
	int had = dup(STDOUT_FILENO), null = open("/dev/null", O_WRONLY), argc;
	char *argv[6], merge[100];
	unsigned long long before;

	for (argc = 0; asked[nr].argv[argc]; argc++) {
		argv[argc] = (char *)asked[nr].argv[argc];
		if (!strcmp(argv[argc], "%o"))
			argv[argc] = path;
		else if (!strcmp(argv[argc], "%n"))
			argv[argc] = new;
		else if (strstr(argv[argc], "%m")) {
			snprintf(merge, sizeof(merge), "--output=%s", made);
			argv[argc] = merge;
		}
	}
	argv[argc] = NULL;
	unlink(made);
	fflush(stdout);
	assert_true(had >= 0 && null >= 0 && dup2(null, STDOUT_FILENO) >= 0);
	before = steps;
	/* Which code it ends with is not the question, but that it has read. */
	if (asked[nr].command->run(argc, argv) == EX_USE)
		fail_msg("%s: %s", argv[0], err_message());
	before = steps - before;
	fflush(stdout);
	dup2(had, STDOUT_FILENO);
	close(had);
	close(null);
	return before;
}

/* The steps of judging what a bundle with the one file had by the other. */
static unsigned long long replay_steps(void)
{
	struct replay r = { .nr_cells = 0 };
	unsigned long long before = steps;

	assert_int_equal(boots_read(path, &r.bundle.then), 0);
	assert_int_equal(boots_read(new, &r.now), 0);
	assert_int_equal(again_find(&r.bundle, &r.again), 0);
	/* As if each guest had been booted, with nothing on its command line. */
	r.now_cmdline = calloc(r.again.nr + 1, sizeof(*r.now_cmdline));
	for (size_t i = 0; i < r.again.nr; i++)
		r.again.list[i].why[0] = '\0';
	assert_int_equal(replay_judge(&r), 0);
	assert_int_equal(r.count[REPLAY_SAME], r.nr_cells);
	assert_int_equal(replay_free(&r), 0);
	return steps - before;
}

static void check_replay(const char *name, unsigned long long few,
			 unsigned long long many)
{
	print_message("# %s, replay: %.1f\n", name, (double)many / (double)few);
	assert_true(few > 1000);
	if (many > MOST * few)
		fail_msg("%d times as many %s: replay takes %.1f times the steps",
			 TIMES, name, (double)many / (double)few);
}

/* A mail about no number is refused. */
static bool is_asked(size_t nr, const struct amounts *s)
{
	return asked[nr].command != &cmd_lkml || !(s->reasons || s->failed);
}

static void check_shape(const struct amounts *few, const struct amounts *many)
{
	unsigned long long some[NR_ASKED], all, replayed;

	write_run(path, "old", few);
	write_run(new, "new", few);
	replayed = replay_steps();
	for (size_t i = 0; i < NR_ASKED; i++)
		some[i] = is_asked(i, few) ? steps_of(i) : 0;
	write_run(path, "old", many);
	write_run(new, "new", many);
	check_replay(few->name, replayed, replay_steps());
	for (size_t i = 0; i < NR_ASKED; i++) {
		if (!is_asked(i, many))
			continue;
		all = steps_of(i);
		print_message("# %s, %s %s: %.1f\n", few->name,
			      asked[i].argv[0], asked[i].argv[1],
			      (double)all / (double)some[i]);
		assert_true(some[i] > 1000);
		if (all > MOST * some[i])
			fail_msg("%d times as many %s: %s %s takes %.1f times the steps",
				 TIMES, few->name, asked[i].argv[0],
				 asked[i].argv[1],
				 (double)all / (double)some[i]);
	}
	unlink(new);
	unlink(made);
}

static void test_shapes(void **state)
{
	static const struct amounts shapes[] = {
		{ "kernels", 0, 1, 1, 2, 1, 1, false, false, false, false },
		{ "kernels in a chain", 0, 1, 1, 2, 1, 1, false, false, false, true },
		{ "topologies", 2, 0, 1, 2, 1, 1, false, false, false, false },
		{ "benches", 2, 1, 0, 2, 1, 1, false, false, false, false },
		{ "sizes", 2, 1, 1, 0, 1, 1, false, false, false, false },
		{ "boots", 2, 1, 1, 2, 0, 1, false, false, false, false },
		{ "merged runs", 2, 1, 1, 2, 1, 0, false, false, false, false },
		{ "layouts", 2, 1, 1, 2, 0, 1, true, false, false, false },
		{ "reasons", 2, 1, 1, 0, 1, 1, false, true, false, false },
		{ "failures", 2, 1, 1, 2, 0, 1, false, false, true, false },
	};
	struct amounts few, many;

	(void)state;
	snprintf(new, sizeof(new), "%s/new.jsonl", dir);
	snprintf(made, sizeof(made), "%s/made", dir);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		few = many = shapes[i];
		for (int axis = 0; axis < 6; axis++) {
			int *f = &few.kernels + axis, *m = &many.kernels + axis;

			if (*f)
				continue;
			*f = FEW;
			*m = FEW * TIMES;
		}
		check_shape(&few, &many);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_shapes, drop_file),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
