// SPDX-License-Identifier: GPL-2.0-or-later
/* Known boots: what they are found by, how they are drawn, damage and difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "boot/known.h"
#include "results/differ.h"

#define SHA(c)	c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c \
		c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c

static char dir[] = "/tmp/pcpubench-test.XXXXXX";

/* One more than 32 known boots: two of them are measured again. */
#define NR	33

static struct kernel kernel = { .name = (char *)"v1", .cmdline = (char *)"" };
static struct recorder rec;

static int begin(void **state)
{
	char path[64];

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	setenv("XDG_CACHE_HOME", dir, 1);
	snprintf(path, sizeof(path), "%s/vmlinux", dir);
	kernel.module = strdup(path);
	kernel.record = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
				  "type", "kernel", "kernel", "v1",
				  "release", "6.12", "compiler", "gcc",
				  "source", "linux",
				  "image_sha256", SHA("a"),
				  "module_sha256", SHA("b"));
	rec.run = json_pack("{s:s, s:i, s:s, s:s, s:s, s:{s:s, s:i, s:s, s:s}}",
			    "type", "run", "version", 1, "id", "20261126T010203Z",
			    "started", "2026-11-26T01:02:03Z",
			    "tool", "pcpubench", "host", "cpu", "EPYC",
			    "cpus", 2, "kernel", "6.1", "os", "Debian");
	return 0;
}

static int end(void **state)
{
	char command[64];

	(void)state;
	free(kernel.module);
	json_decref(kernel.record);
	json_decref(rec.run);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static struct boot_job job_of(unsigned int nr)
{
	struct boot_job job = { .kernel = &kernel, .nr = nr };

	plan_init(&job.spec.plan);
	plan_check(&job.spec.plan);
	topology_parse("2c1n", &job.spec.topo);
	job.spec.init = "/bin/true";
	job.spec.image = "vmlinux";
	job.spec.module = kernel.module;
	return job;
}

static json_t *cells_of(long long ticks, bool valid)
{
	json_t *samples = json_pack("{s:[I, i], s:[i, i]}", "ticks",
				    (json_int_t)ticks, 100, "disturbed", 0, 0);
	json_t *cell = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:i, s:s, s:i, s:b, s:s}",
				 "type", "cell", "boot", 7, "kernel", "v1",
				 "topology", "2c1n", "instrument", "insn",
				 "bench", "percpu-alloc", "param", 64,
				 "unit", "insn", "pairs", 1, "valid", valid,
				 "reason", "not proved");

	json_object_set_new(cell, "arms", json_pack("{s:O, s:O, s:o}", "empty",
						    samples, "off", samples,
						    "on", samples));
	json_object_set_new(cell, "chunk", json_pack("{s:i}", "outside", 0));
	json_object_set_new(cell, "proof", json_pack(
		"{s:i, s:i, s:i, s:i, s:i, s:i}", "expected", 256, "before", 0,
		"held", 256, "after", 0, "off_held", 0, "first_chunk", 0));
	return json_pack("[o]", cell);
}

static json_t *boot_of(void)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:f}", "type", "boot",
			 "kernel", "v1", "topology", "2c1n", "instrument",
			 "insn", "status", "ok", "wall_s", 1.25);
}

/* Find what is known of @jobs, and keep a boot for each that is not. */
static void keep(struct boot_job *jobs, size_t nr, long long ticks, bool valid)
{
	struct known known = { .again = true };

	known_find(&known, jobs, nr, &rec);
	for (size_t i = 0; i < nr; i++) {
		json_t *boot = boot_of(), *cells = cells_of(ticks, valid);

		known_keep(&jobs[i], &rec, boot, cells);
		json_decref(boot);
		json_decref(cells);
	}
	known_free(jobs, nr);
}

static bool is_known(struct boot_job job)
{
	struct known known = { .again = false };
	bool found;

	known_find(&known, &job, 1, &rec);
	found = job.known.nr;
	/* A single one is always measured again. */
	assert_false(job.taken);
	known_free(&job, 1);
	return found;
}

static void test_key(void **state)
{
	struct boot_job job = job_of(1), other = job;
	struct kernel twin = kernel, control = kernel;

	(void)state;
	assert_false(is_known(job));
	keep(&job, 1, 1000, true);
	assert_true(is_known(job));
	/* By another name it is the same. */
	twin.name = (char *)"worktree";
	other.kernel = &twin;
	assert_true(is_known(other));

#define DIFFERS(field, value) do {			\
		other = job;				\
		other.field = value;			\
		assert_false(is_known(other));		\
	} while (0)
	DIFFERS(nr, 2);
	DIFFERS(spec.append, "quiet");
	DIFFERS(spec.cmdline, "cgroup.memory=nobpf");
	DIFFERS(spec.memory_mib, 2048);
	DIFFERS(spec.watch, true);
	DIFFERS(spec.plan.rounds, 7);
	DIFFERS(spec.plan.pairs, 7);
	DIFFERS(spec.plan.sizes[0], 68);
	DIFFERS(spec.init, "/bin/false");
	DIFFERS(spec.guest_args, "--selftest");
	other = job;
	topology_parse("3c1n", &other.spec.topo);
	assert_false(is_known(other));
	control.layout = json_pack("{s:s, s:s}", "image_sha256", SHA("c"),
				   "module_sha256", SHA("b"));
	DIFFERS(kernel, &control);
	json_decref(control.layout);
	control.layout = json_pack("{s:s, s:s}", "image_sha256", SHA("a"),
				   "module_sha256", SHA("d"));
	DIFFERS(kernel, &control);
	json_decref(control.layout);
	/* The same guest, of which the plugin tells more. */
	job.spec.watch = true;
	keep(&job, 1, 1000, true);
	assert_true(is_known(job));
	DIFFERS(spec.plan.instrument, INSTRUMENT_PROFILE);
}

static void test_not_kept(void **state)
{
	struct boot_job job = job_of(50), timed = job_of(51);
	struct kernel control = kernel;

	(void)state;
	timed.spec.plan.instrument = INSTRUMENT_TIME;
	keep(&timed, 1, 1000, true);
	assert_false(is_known(timed));
	keep(&job, 1, 1000, false);
	assert_false(is_known(job));
	/* Of a control it is the other way round. */
	control.cmdline = (char *)"cgroup.memory=nokmem";
	job.kernel = &control;
	keep(&job, 1, 1000, true);
	assert_false(is_known(job));
	keep(&job, 1, 1000, false);
	assert_true(is_known(job));
}

static void fill(struct boot_job jobs[NR])
{
	for (size_t i = 0; i < NR; i++)
		jobs[i] = job_of(100 + i);
}

/* Which of 33 are measured again: a bit for each. */
static uint64_t drawn(struct boot_job jobs[NR], const char *id)
{
	struct known known = { .again = false };
	uint64_t bits = 0;

	json_object_set_new(rec.run, "id", json_string(id));
	fill(jobs);
	known_find(&known, jobs, NR, &rec);
	for (size_t i = 0; i < NR; i++)
		bits |= (uint64_t)!jobs[i].taken << i;
	assert_int_equal(known.taken, NR - 2);
	assert_int_equal(known.checked, 2);
	known_free(jobs, NR);
	return bits;
}

static void test_draw(void **state)
{
	struct known bisect = { .again = false };
	struct boot_job jobs[NR];
	uint64_t first, all = 0;
	char id[32];

	(void)state;
	fill(jobs);
	keep(jobs, NR, 1000, true);
	first = drawn(jobs, "20261126T010203Z");
	assert_int_equal(drawn(jobs, "20261126T010203Z"), first);
	for (int i = 0; i < 200; i++) {
		snprintf(id, sizeof(id), "20261127T%06dZ", i);
		all |= drawn(jobs, id);
	}
	assert_int_equal(all, (1ULL << NR) - 1);

	/* One by one it is one of 32 as well. */
	fill(jobs);
	for (size_t i = 0; i < NR; i++)
		known_find(&bisect, &jobs[i], 1, &rec);
	assert_int_equal(bisect.taken, NR - 2);
	assert_false(jobs[0].taken);
	assert_true(jobs[1].taken);
	known_free(jobs, NR);
}

static void test_differs(void **state)
{
	struct boot_job job = job_of(200);
	struct known known = { .again = false };
	json_t *boot = boot_of(), *cells = cells_of(1000, true);

	(void)state;
	keep(&job, 1, 1000, true);
	known_find(&known, &job, 1, &rec);
	assert_int_equal(known_check(&job, boot, cells), 0);
	assert_non_null(record_string(boot, "again.run"));
	json_decref(cells);
	cells = cells_of(1001, true);
	assert_int_equal(known_check(&job, boot, cells), EX_INVALID);
	assert_non_null(strstr(err_message(), "v1 2c1n"));
	assert_non_null(strstr(err_message(),
			       "percpu-alloc 64, arms.empty.ticks[0]: 1000 and 1001"));
	known_free(&job, 1);
	assert_false(is_known(job));
	json_decref(boot);
	json_decref(cells);
}

/* As it stands in a file that goes on: the same boot is not taken twice. */
static void test_had(void **state)
{
	struct boot_job job = job_of(300);
	struct known known = { .again = false };
	json_t *had = json_object();
	char *identity;

	(void)state;
	keep(&job, 1, 1000, true);
	known_find(&known, &job, 1, &rec);
	assert_int_equal(job.known.nr, 1);
	identity = boot_identity(&job.known, job.known.list[0].record,
				 job.known.list[0].cells);
	known_free(&job, 1);
	json_object_set_new(had, identity, json_true());
	free(identity);
	known.had = had;
	known_find(&known, &job, 1, &rec);
	assert_int_equal(job.known.nr, 0);
	known_free(&job, 1);
	json_decref(had);
}

/* What differs is named down to the value, however deep it is. */
static void test_difference(void **state)
{
	json_t *a = cells_of(5, true), *b = json_deep_copy(a);
	const struct boot_records x = { .cells = a }, y = { .cells = b };
	json_t *cell = json_array_get(b, 0);
	char what[DIFFER_LEN];

	(void)state;
	json_object_set_new(cell, "boot", json_integer(8));
	json_object_set_new(cell, "kernel", json_string("worktree"));
	assert_false(boots_differ(&x, &y, what));
	json_array_append_new(record_at(cell, "arms.on.ticks") ?
			      (json_t *)record_at(cell, "arms.on.ticks") : NULL,
			      json_integer(6));
	assert_true(boots_differ(&x, &y, what));
	assert_string_equal(what, "cell percpu-alloc 64, arms.on.ticks: [5,100] and [5,100,6]");
	json_object_del(cell, "arms");
	assert_true(boots_differ(&x, &y, what));
	assert_non_null(strstr(what, "and nothing"));
	/* Other cells are no difference. */
	json_object_set_new(cell, "param", json_integer(128));
	assert_false(boots_differ(&x, &y, what));
	json_decref(a);
	json_decref(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_not_kept),
		cmocka_unit_test(test_draw),
		cmocka_unit_test(test_differs),
		cmocka_unit_test(test_had),
		cmocka_unit_test(test_difference),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
