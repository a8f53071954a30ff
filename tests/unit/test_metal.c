// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of `run` and `doctor` in a folder that looks like a machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "root.h"
#include "measure/cpu.h"
#include "measure/timed.h"
#include "metal/kernel_info.h"
#include "metal/smi.h"
#include "metal/state.h"
#include "metal/undo.h"
#include "metal/where.h"
#include "campaign/made.h"
#include "campaign/tune.h"
#include "results/counters.h"
#include "results/record.h"
#include "results/repeats.h"
#include "results/store.h"
#include "results/table_load.h"

#define DATA	"tests/unit/data/"

static const char *in_root(const char *path)
{
	static char full[512];

	snprintf(full, sizeof(full), "%s%s", root, path);
	return full;
}

static void put(const char *path, const char *text)
{
	char cmd[1024];
	FILE *f;

	snprintf(cmd, sizeof(cmd), "mkdir -p \"$(dirname '%s')\"",
		 in_root(path));
	assert_int_equal(system(cmd), 0);
	f = fopen(in_root(path), "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void holds(const char *path, const char *text)
{
	char buf[4096];

	assert_int_equal(read_file(in_root(path), buf, sizeof(buf)), 0);
	assert_string_equal(buf, text);
}

/* ------------------------------------------------------------------ undo */

static void puts_back_newest_first(void **state)
{
	struct undo undo;

	(void)state;
	put("/setting", "old");
	mkdir(in_root("/group"), 0755);
	assert_int_equal(undo_begin(&undo, root, "order", false), 0);
	assert_int_equal(undo_write(&undo, in_root("/setting"), "first"), 0);
	assert_int_equal(undo_write(&undo, in_root("/setting"), "newer"), 0);
	assert_int_equal(undo_rmdir(&undo, in_root("/group")), 0);
	assert_int_equal(undo_all(&undo), 0);
	undo_end(&undo);
	holds("/setting", "first");
	assert_int_not_equal(access(in_root("/group"), F_OK), 0);
	assert_int_not_equal(access(in_root("/order.json"), F_OK), 0);
}

static void cleans_up_after_a_kill(void **state)
{
	struct undo undo;
	int status;
	pid_t pid;

	(void)state;
	mkdir(in_root("/left"), 0755);
	put("/setting", "new");
	pid = fork();
	if (!pid) {
		if (undo_begin(&undo, root, "kill", false) ||
		    undo_rmdir(&undo, in_root("/left")) ||
		    undo_write(&undo, in_root("/setting"), "old"))
			_exit(1);
		/* As after kill -9: no code of ours runs. */
		_exit(9);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 9);
	assert_int_equal(access(in_root("/left"), F_OK), 0);
	assert_int_equal(undo_begin(&undo, root, "kill", false), 0);
	assert_int_not_equal(access(in_root("/left"), F_OK), 0);
	holds("/setting", "old");
	assert_int_equal(json_array_size(undo.list), 0);
	undo_end(&undo);
}

static void one_at_a_time(void **state)
{
	struct undo first, second;

	(void)state;
	assert_int_equal(undo_begin(&first, root, "lock", false), 0);
	assert_int_equal(undo_begin(&second, root, "lock", false), EX_FAIL);
	assert_non_null(strstr(err_message(), "another pcpubench"));
	undo_end(&first);
	assert_int_equal(undo_begin(&second, root, "lock", false), 0);
	undo_end(&second);
}

static void keeps_what_cannot_be_put_back(void **state)
{
	struct undo undo;

	(void)state;
	put("/setting", "new");
	assert_int_equal(undo_begin(&undo, root, "keep", false), 0);
	assert_int_equal(undo_write(&undo, in_root("/none/such"), "x"), 0);
	assert_int_equal(undo_write(&undo, in_root("/setting"), "old"), 0);
	assert_int_equal(undo_all(&undo), EX_FAIL);
	assert_non_null(strstr(err_message(), "/none/such"));
	holds("/setting", "old");
	undo_end(&undo);
	assert_int_equal(undo_begin(&undo, root, "keep", true), 0);
	assert_int_equal(json_array_size(undo.list), 1);
	undo_end(&undo);
}

static void forgets_another_boot(void **state)
{
	struct undo undo;

	(void)state;
	put("/setting", "as it came up");
	put("/boot.json", "{\"boot_id\": \"another\", \"undo\": [{\"write\": "
	    "\"/nowhere\", \"text\": \"old\"}]}");
	assert_int_equal(undo_begin(&undo, root, "boot", false), 0);
	assert_int_equal(json_array_size(undo.list), 0);
	undo_end(&undo);
	holds("/setting", "as it came up");
}

/* ----------------------------------------------------------------- state */

#define CPU	"/sys/devices/system/cpu/"

static void make_machine(void)
{
	put("/proc/cmdline", "root=/dev/sda ro quiet cgroup.memory=nosocket,nokmem\n");
	put("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu tsc constant_tsc nonstop_tsc\n");
	put("/proc/loadavg", "0.02 0.10 0.20 1/100 999\n");
	put("/proc/stat", "cpu  1 2 3 4 5 6 7 0 0 0\n");
	put("/proc/sys/kernel/numa_balancing", "1\n");
	put("/proc/sys/kernel/nmi_watchdog", "0\n");
	put(CPU "cpu0/cpufreq/scaling_governor", "powersave\n");
	put(CPU "cpu1/cpufreq/scaling_governor", "performance\n");
	/* Siblings that are off: reading a governor of theirs fails. */
	put(CPU "online", "0-1,3\n");
	put(CPU "cpu2/cpufreq/scaling_governor/unreadable", "");
	put(CPU "cpu4/cpufreq/scaling_governor/unreadable", "");
	put(CPU "intel_pstate/no_turbo", "0\n");
	put(CPU "smt/active", "1\n");
	put(CPU "smt/control", "on\n");
	put(CPU "isolated", "2-4\n");
	put(CPU "vulnerabilities/meltdown", "Not affected\n");
	put(CPU "vulnerabilities/retbleed", "Mitigation: untrained return thunk\n");
	put("/sys/devices/system/clocksource/clocksource0/current_clocksource",
	    "hpet\n");
}

static const struct state_fact *fact(const struct state_fact *facts,
				     const char *name)
{
	for (size_t i = 0; i < STATE_FACTS; i++)
		if (!strcmp(facts[i].name, name))
			return &facts[i];
	fail_msg("no fact %s", name);
	return NULL;
}

static void is(const struct state_fact *facts, const char *name,
	       enum state_verdict verdict, const char *value)
{
	assert_string_equal(fact(facts, name)->value, value);
	assert_int_equal(fact(facts, name)->verdict, verdict);
	assert_true(fact(facts, name)->say[0]);
}

static void looks_at_a_machine(void **state)
{
	struct state_fact facts[STATE_FACTS];

	(void)state;
	make_machine();
	state_look(root, 0, facts);
	is(facts, "governor", STATE_BAD, "powersave");
	is(facts, "turbo", STATE_BAD, "on");
	is(facts, "smt", STATE_BAD, "on");
	is(facts, "isolated", STATE_GOOD, "2-4");
	assert_non_null(strstr(fact(facts, "isolated")->say, "CPU 3"));
	is(facts, "numa", STATE_BAD, "on");
	is(facts, "watchdog", STATE_GOOD, "off");
	is(facts, "mitigated", STATE_NOTE, "retbleed");
	is(facts, "debug", STATE_NOTE, "unknown");
	is(facts, "kmem", STATE_BAD, "nokmem");
	is(facts, "clock", STATE_BAD, "hpet");
	is(facts, "virt", STATE_GOOD, "none");
	is(facts, "kaslr", STATE_GOOD, "on");
	is(facts, "load", STATE_GOOD, "0.02");
	/* No word of the command line gives KASLR to a kernel that is built without. */
	put("/proc/config.gz", "CONFIG_SMP=y\n# CONFIG_RANDOMIZE_BASE is not set\n");
	state_look(root, 1, facts);
	is(facts, "kaslr", STATE_NOTE, "off");
	is(facts, "debug", STATE_GOOD, "none");
	put("/proc/config.gz", "CONFIG_SMP=y\nCONFIG_RANDOMIZE_BASE=y\n");
	state_look(root, 1, facts);
	is(facts, "kaslr", STATE_GOOD, "on");
	unlink(in_root("/proc/config.gz"));
	is(facts, "governor", STATE_GOOD, "performance");
}

static void looks_at_a_guest(void **state)
{
	struct state_fact facts[STATE_FACTS];

	(void)state;
	make_machine();
	put("/proc/cmdline", "nokaslr cgroup.memory=nosocket\n");
	put("/proc/cpuinfo", "flags\t\t: fpu tsc hypervisor\n");
	put("/proc/stat", "cpu  1 2 3 4 5 6 7 8 0 0\n");
	put("/proc/loadavg", "3.50 0.10 0.20 1/100 999\n");
	put("/sys/devices/system/clocksource/clocksource0/current_clocksource",
	    "kvm-clock\n");
	state_look(root, 0, facts);
	is(facts, "kmem", STATE_GOOD, "kmem");
	is(facts, "clock", STATE_NOTE, "kvm-clock");
	is(facts, "virt", STATE_BAD, "guest,steal");
	is(facts, "kaslr", STATE_NOTE, "off");
	is(facts, "load", STATE_BAD, "3.50");
}

static void tunes_and_restores(void **state)
{
	struct undo undo;
	unsigned int nr;

	(void)state;
	make_machine();
	assert_int_equal(undo_begin(&undo, root, "tune", true), 0);
	assert_int_equal(state_tune(root, &undo, &nr), 0);
	assert_int_equal(nr, 4);
	holds(CPU "cpu0/cpufreq/scaling_governor", "performance");
	holds(CPU "intel_pstate/no_turbo", "1");
	holds(CPU "smt/control", "off");
	holds("/proc/sys/kernel/numa_balancing", "0");
	/* Right settings are left alone; a setting is written only once. */
	holds(CPU "cpu1/cpufreq/scaling_governor", "performance\n");
	assert_int_equal(state_tune(root, &undo, &nr), 0);
	assert_int_equal(nr, 0);
	undo_end(&undo);

	/* Another process, later. */
	assert_int_equal(undo_begin(&undo, root, "tune", true), 0);
	assert_int_equal(undo_all(&undo), 0);
	undo_end(&undo);
	holds(CPU "cpu0/cpufreq/scaling_governor", "powersave");
	holds(CPU "intel_pstate/no_turbo", "0");
	holds(CPU "smt/control", "on");
	holds("/proc/sys/kernel/numa_balancing", "1");
}

/* --------------------------------------------------------------- kernels */

static void takes_a_banner_apart(void **state)
{
	char compiler[256], build[256];

	(void)state;
	kernel_banner("Linux version 6.1.0-39-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.148-1 (2025-08-26)\n",
		      compiler, build, sizeof(build));
	assert_string_equal(compiler, "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40");
	assert_string_equal(build, "#1 SMP PREEMPT_DYNAMIC Debian 6.1.148-1 (2025-08-26)");
	kernel_banner("Linux version 6", compiler, build, sizeof(build));
	assert_string_equal(compiler, "");
	assert_string_equal(build, "");
}

static void leaves_out_the_boot_loaders_words(void **state)
{
	char *text = kernel_cmdline("BOOT_IMAGE=/boot/vmlinuz-6 root=UUID=1 ro  quiet pcpubench.campaign=1.2 isolcpus=3\n");

	(void)state;
	assert_string_equal(text, "ro quiet isolcpus=3");
	free(text);
}

static void finds_the_last_cpu(void **state)
{
	(void)state;
	assert_int_equal(cpu_list_last("0-3\n"), 3);
	assert_int_equal(cpu_list_last("0,2-5,9\n"), 9);
	assert_int_equal(cpu_list_last("0\n"), 0);
	assert_int_equal(cpu_list_last("\n"), -1);
}

static void chooses_a_cpu(void **state)
{
	(void)state;
	put(CPU "online", "0-3,6\n");
	put(CPU "isolated", "\n");
	assert_int_equal(cpu_choose(root, -1), 6);
	assert_int_equal(cpu_choose(root, 2), 2);
	assert_int_equal(cpu_isolated(root), -1);
	assert_null(cpu_type(root, 6));
	/* Only those that are online count. */
	put(CPU "isolated", "2,4-5\n");
	assert_int_equal(cpu_choose(root, -1), 2);
	put(CPU "isolated", "4-5\n");
	assert_int_equal(cpu_choose(root, -1), 6);
	/* Of a cpuset, which has no isolated one either. */
	put("/proc/self/status", "Cpus_allowed_list:\t0-2\n");
	assert_int_equal(cpu_choose(root, -1), 2);
	assert_true(cpu_usable(root, 2));
	assert_false(cpu_usable(root, 3));
	assert_false(cpu_usable(root, 4));
	put(CPU "isolated", "3\n");
	assert_int_equal(cpu_choose(root, -1), 3);
	put(CPU "isolated", "4-5\n");
	unlink(in_root("/proc/self/status"));
	/* A fast one, but an isolated one first. */
	put("/sys/devices/cpu_core/cpus", "0-1\n");
	put("/sys/devices/cpu_atom/cpus", "2-3,6\n");
	assert_int_equal(cpu_choose(root, -1), 1);
	assert_string_equal(cpu_type(root, 1), "core");
	assert_string_equal(cpu_type(root, 6), "atom");
	assert_null(cpu_type(root, 4));
	put(CPU "isolated", "1-2\n");
	assert_int_equal(cpu_choose(root, -1), 1);
	put(CPU "isolated", "2-3\n");
	assert_int_equal(cpu_choose(root, -1), 3);
	unlink(in_root("/sys/devices/cpu_core/cpus"));
	unlink(in_root("/sys/devices/cpu_atom/cpus"));
	/* More CPUs than a cpu_set_t has. */
	put(CPU "isolated", "\n");
	put(CPU "online", "0-1535\n");
	assert_int_equal(cpu_choose(root, -1), 1535);
	put(CPU "isolated", "1100-1200,1300\n");
	put("/proc/self/status", "Cpus_allowed_list:\t0-1250\n");
	assert_int_equal(cpu_choose(root, -1), 1300);
	unlink(in_root("/proc/self/status"));
	/* No machine of tests has such a one. */
	assert_int_equal(cpu_go_to(5000), EX_USE);
}

/* ---------------------------------------------------------------- timed */

static void knows_a_stable_block(void **state)
{
	double a[16], b[16], c[16], d[16];

	(void)state;
	for (int i = 0; i < 16; i++) {
		a[i] = 1000 + (i % 4);
		b[i] = 1005 + (i % 4);		/* half a percent on */
		c[i] = 1050 + (i % 4);		/* five, and no noise */
		d[i] = 1020 + 40 * (i % 4);	/* three, and all noise */
	}
	assert_true(timed_is_stable(a, b, 16));
	assert_false(timed_is_stable(a, c, 16));
	assert_false(timed_is_stable(c, a, 16));
	assert_true(timed_is_stable(c, d, 16));
}

static void marks_another_speed(void **state)
{
	unsigned long long counts[6][PCPU_BENCH_NR_COUNTERS] = { { 0 } };
	struct pcpu_bench_sample samples[6] = { { 0 } };

	(void)state;
	for (int i = 0; i < 6; i++) {
		counts[i][PCPU_BENCH_MPERF] = 100000;
		counts[i][PCPU_BENCH_APERF] = 125000 + 100 * i;
	}
	counts[3][PCPU_BENCH_APERF] = 80000;	/* it dropped */
	samples[4].disturbed = PCPU_BENCH_IRQ;
	counts[5][PCPU_BENCH_MPERF] = 0;	/* too short to tell */
	assert_float_equal(timed_speed(samples, counts, 6), 1.2505, 0.001);
	assert_int_equal(samples[0].disturbed, 0);
	assert_int_equal(samples[3].disturbed, TIMED_SPEED);
	assert_int_equal(samples[4].disturbed, PCPU_BENCH_IRQ);
	assert_int_equal(samples[5].disturbed, 0);
	assert_true(isnan(timed_speed(samples, counts, 0)));
}

static void says_why_nothing_counts(void **state)
{
	(void)state;
	assert_non_null(strstr(timed_why_not(-ENOENT), "no PMU"));
	assert_non_null(strstr(timed_why_not(-EOPNOTSUPP), "no PMU"));
	assert_non_null(strstr(timed_why_not(-EBUSY), "watchdog"));
	assert_non_null(strstr(timed_why_not(-EIO), "unsupported"));
}

/* ---------------------------------------------------------------- store */

static json_t *line_of(const char *file, const char *type)
{
	struct results r;
	json_t *record = NULL, *rec;
	size_t i;

	assert_int_equal(results_read(file, &r), 0);
	json_array_foreach(r.records, i, rec)
		if (!record && record_is(rec, type))
			record = json_deep_copy(rec);
	results_free(&r);
	assert_non_null(record);
	return record;
}

static void append(const char *path, json_t *kernel, int want)
{
	char *argv[] = { (char *)"pcpubench run", NULL };
	json_t *boot = line_of(DATA "metal.jsonl", "boot");
	json_t *cells = json_array();

	json_array_append_new(cells, line_of(DATA "metal.jsonl", "cell"));
	assert_int_equal(store_append(path, kernel, boot, cells, 1, argv), want);
	json_decref(boot);
	json_decref(cells);
}

static size_t lines_of(const char *path, bool *ended)
{
	struct results r;
	size_t n;

	assert_int_equal(results_read(path, &r), 0);
	n = json_array_size(r.records);
	*ended = r.ended;
	results_free(&r);
	return n;
}

static void gathers_boots_in_a_file(void **state)
{
	json_t *kernel = line_of(DATA "metal.jsonl", "kernel"), *other;
	char path[256], *paths = path;
	struct table t;
	bool ended;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s", in_root("/new/results.jsonl"));
	append(path, kernel, 0);
	append(path, kernel, 0);
	/* run, kernel, twice cell and boot, end */
	assert_int_equal(lines_of(path, &ended), 7);
	assert_true(ended);

	/* The power was cut after a cell, before its boot. */
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(unlink(path), 0);
	append(path, kernel, 0);
	f = fopen(path, "r+");
	assert_non_null(f);
	other = line_of(DATA "metal.jsonl", "cell");
	json_object_set_new(other, "boot", json_integer(2));
	for (int c, n = 0; n < 4 && (c = fgetc(f)) != EOF;)
		n += c == '\n';
	fflush(f);
	assert_int_equal(ftruncate(fileno(f), ftell(f)), 0);
	fseek(f, 0, SEEK_END);
	json_dumpf(other, f, JSON_COMPACT);
	fprintf(f, "\n{\"type\":\"bo");
	fclose(f);
	json_decref(other);
	append(path, kernel, 0);
	assert_int_equal(lines_of(path, &ended), 7);
	assert_true(ended);
	assert_int_equal(table_load(&t, &paths, 1), 0);
	assert_int_equal(t.nr_boots, 2);
	assert_int_equal(t.boots[1].number, 2);
	table_free(&t);

	json_object_set_new(kernel, "build_id", json_string("other"));
	append(path, kernel, EX_USE);
	assert_non_null(strstr(err_message(), "another kernel"));
	json_decref(kernel);
}

/* Whatever a run that was killed at once left of its file, the next goes on. */
static void goes_on_after_any_cut(void **state)
{
	json_t *kernel = line_of(DATA "metal.jsonl", "kernel");
	char path[256], *text, *line;
	size_t begun, len;
	bool ended;

	(void)state;
	snprintf(path, sizeof(path), "%s", in_root("/new/cut.jsonl"));
	append(path, kernel, 0);
	text = read_text(path);
	assert_non_null(text);
	line = strchr(strchr(text, '\n') + 1, '\n') + 1;
	/* From nothing to the records of run and kernel. */
	begun = line - text;
	free(text);
	for (len = 0; len <= begun; len++) {
		assert_int_equal(truncate(path, len), 0);
		append(path, kernel, 0);
		assert_int_equal(lines_of(path, &ended), 5);
		assert_true(ended);
	}
	json_decref(kernel);
}

/* ---------------------------------------------------------------- table */

static double cost(const struct table_value *v)
{
	return v->on - v->off;
}

static void counts_boots_and_not_repeats(void **state)
{
	char *paths = (char *)DATA "metal.jsonl";
	const struct table_cell *c;
	struct table_count count;
	double low, high, off, on;
	struct table t;

	(void)state;
	assert_int_equal(table_load(&t, &paths, 1), 0);
	count = table_count(&t, &t.blocks[0], 0);
	assert_int_equal(count.ok, 3);
	assert_int_equal(count.repeats, 5);
	c = table_find(&t, &t.blocks[0], 0, 64);
	assert_int_equal(c->nr_values, 3);
	assert_int_equal(c->nr_each, 5);
	/* Medians of the three repeats of the first boot: 1020, and 1074. */
	assert_float_equal(c->values[0].off, 1020, 1e-9);
	assert_float_equal(c->values[0].on, 1078, 1e-9);
	/* Layout 0: 50, 54, 58 and 60; layout 5: 124. */
	assert_int_equal(layout_spread(&t, c, cost, &low, &high), 2);
	assert_float_equal(low, 56, 1e-9);
	assert_float_equal(high, 124, 1e-9);
	assert_int_equal(counters_of(c, "cycles", &off, &on), 0);
	assert_float_equal(off, 3 * 1020, 1e-9);
	assert_int_equal(counters_of(c, "instructions", &off, &on),
			 EX_INVALID);
	table_free(&t);
}

#define CPUS	"/sys/devices/system/cpu/"

static void test_tune_kernels(void **state)
{
	char home[64] = "ro quiet noisolcpus=1 isolcpus=domain,3 nohz_full=3\n";
	struct campaign c = { .nr_kernels = 2, .home_cmdline = home };
	static const char *const others[] = {
		"isolcpus=2", "isolcpus=managed_irq,domain,2-3", "ro nohz_full=3,5",
		"isolcpus=3 nohz_full=2 ro", "isolcpus=domain", "isolcpus=3 isolcpus=1",
	};
	char path[128];

	(void)state;
	c.kernels[0].args = strdup("");
	c.kernels[1].args = strdup("nokaslr");
	put(CPUS "online", "0\n");
	put(CPUS "cpu0/topology/thread_siblings_list", "0\n");
	assert_int_equal(tune_kernels(root, &c), EX_USE);
	assert_string_equal(c.kernels[1].args, "nokaslr");

	/* Four cores of two threads: without SMT the last CPU is 3. */
	put(CPUS "online", "0-7\n");
	for (int cpu = 0; cpu < 8; cpu++) {
		snprintf(path, sizeof(path),
			 CPUS "cpu%d/topology/thread_siblings_list", cpu);
		put(path, (const char *[]){ "0,4", "1,5", "2,6", "3,7" }[cpu % 4]);
	}
	assert_int_equal(tune_kernels(root, &c), 0);
	assert_true(c.tune);
	assert_string_equal(c.kernels[0].args,
			    "isolcpus=managed_irq,domain,3 nohz_full=3 rcu_nocbs=3 irqaffinity=0-2 processor.max_cstate=1 intel_idle.max_cstate=1");
	assert_true(!strncmp(c.kernels[1].args, "nokaslr isolcpus=", 17));

	/* The kernel ignores ours beside other CPUs: refused, nothing is changed. */
	c.kernels[0].args[0] = c.kernels[1].args[0] = '\0';
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		strcpy(home, others[i]);
		assert_int_equal(tune_kernels(root, &c), EX_USE);
		assert_non_null(strstr(err_message(), "already has "));
		assert_string_equal(c.kernels[0].args, "");
	}
	strcpy(home, "ro");
	strcpy(c.kernels[1].args, "nohz_full=1");
	assert_int_equal(tune_kernels(root, &c), EX_USE);
	assert_non_null(strstr(err_message(), "has nohz_full=1, and"));
	c.kernels[1].args[0] = '\0';

	/* Cores 2 and 3 are the slow ones: CPU 1. If all are, the last. */
	put("/sys/devices/cpu_core/cpus", "0-1,4-5\n");
	put("/sys/devices/cpu_atom/cpus", "2-3,6-7\n");
	assert_int_equal(tune_kernels(root, &c), 0);
	assert_non_null(strstr(c.kernels[0].args, "nohz_full=1 "));
	put("/sys/devices/cpu_core/cpus", "0,4\n");
	put("/sys/devices/cpu_atom/cpus", "1-3,5-7\n");
	c.kernels[0].args[0] = c.kernels[1].args[0] = '\0';
	assert_int_equal(tune_kernels(root, &c), 0);
	assert_non_null(strstr(c.kernels[0].args, "nohz_full=3 "));
	unlink(in_root("/sys/devices/cpu_core/cpus"));
	unlink(in_root("/sys/devices/cpu_atom/cpus"));
	free(c.kernels[0].args);
	free(c.kernels[1].args);
}

#define MSR_DIR	"/sys/bus/event_source/devices/msr/"

static void test_smi_event(void **state)
{
	unsigned long long config;
	unsigned int type;

	(void)state;
	assert_int_equal(smi_event(root, &type, &config), -1);
	/* AMD's CPUs have the PMU, and not this event. */
	put(MSR_DIR "type", "9\n");
	put(MSR_DIR "events/tsc", "event=0x00\n");
	assert_int_equal(smi_event(root, &type, &config), -1);
	put(MSR_DIR "events/smi", "event=0x04\n");
	assert_int_equal(smi_event(root, &type, &config), 0);
	assert_int_equal(type, 9);
	assert_int_equal(config, 4);
	assert_int_equal(smi_count(-1), -1);
}

/* ---------------------------------------------------------- not signed */

#define LOCKDOWN	"/sys/kernel/security/lockdown"
#define ENFORCE		"/sys/module/module/parameters/sig_enforce"
#define FIRMWARE	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* Four bytes of attributes, and a byte that is the value. */
static void put_secure_boot(char value)
{
	const char var[] = { 6, 0, 0, 0, value };
	FILE *f;

	put(FIRMWARE, "");
	f = fopen(in_root(FIRMWARE), "w");
	assert_non_null(f);
	assert_int_equal(fwrite(var, 1, sizeof(var), f), sizeof(var));
	fclose(f);
}

static void refuses_what_nobody_signed(void **state)
{
	(void)state;
	/* A machine without any of it. */
	assert_null(where_signed(root));
	assert_int_equal(made_signed(root), 0);
	put(LOCKDOWN, "[none] integrity confidentiality\n");
	put(ENFORCE, "N\n");
	put_secure_boot(0);
	assert_null(where_signed(root));
	assert_int_equal(made_signed(root), 0);

	put_secure_boot(1);
	assert_int_equal(made_signed(root), EX_USE);
	assert_null(where_signed(root));
	put(LOCKDOWN, "none [integrity] confidentiality\n");
	assert_non_null(where_signed(root));
	put(LOCKDOWN, "[none] integrity confidentiality\n");
	put(ENFORCE, "Y\n");
	assert_non_null(where_signed(root));
	/* Half of the variable is none. */
	put(FIRMWARE, "\6");
	assert_int_equal(made_signed(root), 0);
	put("/proc/sys/crypto/fips_enabled", "0\n");
	assert_int_equal(made_signed(root), 0);
	put("/proc/sys/crypto/fips_enabled", "1\n");
	assert_int_equal(made_signed(root), EX_USE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_back_newest_first),
		cmocka_unit_test(cleans_up_after_a_kill),
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(keeps_what_cannot_be_put_back),
		cmocka_unit_test(forgets_another_boot),
		cmocka_unit_test(looks_at_a_machine),
		cmocka_unit_test(looks_at_a_guest),
		cmocka_unit_test(tunes_and_restores),
		cmocka_unit_test(takes_a_banner_apart),
		cmocka_unit_test(leaves_out_the_boot_loaders_words),
		cmocka_unit_test(finds_the_last_cpu),
		cmocka_unit_test(chooses_a_cpu),
		cmocka_unit_test(knows_a_stable_block),
		cmocka_unit_test(marks_another_speed),
		cmocka_unit_test(says_why_nothing_counts),
		cmocka_unit_test(gathers_boots_in_a_file),
		cmocka_unit_test(goes_on_after_any_cut),
		cmocka_unit_test(counts_boots_and_not_repeats),
		cmocka_unit_test(test_tune_kernels),
		cmocka_unit_test(test_smi_event),
		cmocka_unit_test(refuses_what_nobody_signed),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
