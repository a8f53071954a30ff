// SPDX-License-Identifier: GPL-2.0-or-later
/* The processes of bench mm-life and what it checks, as the /init of a guest. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/page_size.h"
#include "measure/benches/kernel_log.h"
#include "measure/benches/lru_batch.h"
#include "measure/benches/mm_worker.h"
#include "measure/device.h"
#include "measure/measure.h"
#include "measure/stock.h"
#include "pcpu_bench.h"
#include "tap.h"

#define BAD	"BUG: Bad rss-counter state mm:0 type:MM_ANONPAGES val:1\n"

static void log_line(const char *line)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	ok(fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line),
	   "a line goes to the kernel's log");
	close(fd);
}

static void reads_the_log(void)
{
	int fd;

	log_line(BAD);
	same(kernel_log_open(&fd), 0, "the kernel's log opens");
	ok(!kernel_log_has(fd, "Bad rss"), "what was there is not new");
	log_line(BAD);
	log_line("a later line\n");
	ok(kernel_log_has(fd, "Bad rss"), "what comes is found");
	ok(!kernel_log_has(fd, "Bad rss"), "and once");
	close(fd);
}

static int operate(const struct mm_order *order, struct mm_answer *answer)
{
	struct mm_worker w;
	int ret = mm_worker_start(&w, order, true);

	ok(ret || w.pid % 64 < 45, "the next pids are in the same node");
	if (!ret)
		ret = mm_worker_go(&w, order, answer);
	same(mm_worker_end(&w, 0), 0, "the process ends");
	return ret;
}

static void works(int program)
{
	static const __u32 faults[NR_MM_OPS] = { 3, 2, 0, 0, 0, MM_FAULTS, 0 };
	struct mm_order order = {
		.arm = PCPU_BENCH_ARM_OFF, .insn = 1, .program = program,
		.procs = -1,
	};
	struct mm_answer answer;

	for (order.op = 0; order.op < NR_MM_OPS; order.op++) {
		same(operate(&order, &answer), 0, "an operation works");
		same(answer.faults, faults[order.op], "its page faults");
		ok(answer.ticks > 100, "its instructions: %llu",
		   (unsigned long long)answer.ticks);
	}
	order.op = MM_FORK;
	order.arm = PCPU_BENCH_ARM_EMPTY;
	same(operate(&order, &answer), 0, "no operation works");
	ok(answer.ticks < 50 && !answer.faults, "and takes nothing");
}

static __u64 statm(int program)
{
	const struct mm_order order = {
		.op = MM_STATM, .arm = PCPU_BENCH_ARM_OFF, .insn = 1,
		.program = program, .procs = -1,
	};
	struct mm_answer answer = { 0 };

	same(operate(&order, &answer), 0, "statm is read");
	return answer.ticks;
}

/* statm adds up three counters. One CPU is online, and four are possible. */
static void sums(int program)
{
	const __u64 one = statm(program);
	int fd = -1, other = -1;
	__u64 all;

	same(device_open(&fd), 0, "the device opens");
	same(device_open(&other), 0, "and again");
	same(ioctl(fd, PCPU_BENCH_SUMS, 2UL) ? errno : 0, EINVAL,
	     "SUMS: for nothing known");
	same(device_sum_all(fd), 0, "all CPUs take part in sums");
	all = statm(program);
	ok(all > one + 3 * 3 * 10, "which takes more: %llu, not %llu",
	   (unsigned long long)all, (unsigned long long)one);
	same(device_sum_all(fd), 0, "twice is once");
	same(device_sum_all(other), 0, "so is another file");
	close(other);
	same(statm(program), all, "which ends with the last close");
	close(fd);
	same(statm(program), one, "of all files");
}

static void fails(int program)
{
	struct mm_order order = {
		.op = MM_EXEC, .arm = PCPU_BENCH_ARM_OFF, .program = program,
		.procs = program,
	};
	struct mm_answer answer;
	struct mm_worker w;

	same(mm_worker_start(&w, &order, false), EX_FAIL,
	     "a cgroup that cannot be entered");
	ok(strstr(err_message(), "cannot get ready") != NULL, "is told");
	same(mm_worker_end(&w, 0), EX_FAIL, "its process ends, and has failed");
	order.procs = -1;
	same(mm_worker_start(&w, &order, false), 0, "a process starts");
	/* One child runs, and so many pages are not touched. */
	order.op = MM_FAULT;
	same(mm_worker_go(&w, &order, &answer), EX_FAIL,
	     "work that was not done");
	ok(strstr(err_message(), "did not run") != NULL, "is told");
	mm_worker_end(&w, 0);
}

/* The child's counter, in pages, with those that CPUs keep; freed ones may wait. */
static long long counted(const struct cgroup *cg)
{
	char path[CGROUP_PATH + 20], text[32];

	same(lru_batch_settle(), 0, "no page waits");
	snprintf(path, sizeof(path), "%s/memory.current", cg->path);
	ok(read_first(path, text, sizeof(text)), "the counter is read");
	return atoll(text) / PAGE;
}

/* Whatever the CPU kept before, and without a trace in the child's limits. */
static void stocks(void)
{
	char path[CGROUP_PATH + 20], text[32];
	long long empty, kept;
	struct cgroup cg;

	same(cgroup_create(&cg, GUEST_CGROUP, 1), 0, "a cgroup is made");
	same(stock_settle(&cg), 0, "its stock is settled");
	same(stock_drain(&cg), 0, "and drained");
	empty = counted(&cg);
	for (int i = 0; i < 3; i++) {
		same(stock_settle(&cg), 0, "it is settled");
		kept = counted(&cg) - empty;
		ok(kept >= 44 && kept <= 52, "the CPU keeps %lld pages", kept);
	}
	same(stock_drain(&cg), 0, "it is drained");
	same(counted(&cg), empty, "the CPU keeps none");
	snprintf(path, sizeof(path), "%s/memory.high", cg.path);
	ok(read_first(path, text, sizeof(text)) && !strcmp(text, "max"),
	   "memory.high is as it was: %s", text);
	same(cgroup_destroy(&cg), 0, "the cgroup is removed");
}

/* After the first cell the log has the line. */
static int take(json_t *record, void *arg)
{
	const char *reason = json_string_value(json_object_get(record, "reason"));
	int *cells = arg;

	if (!json_object_get(record, "bench")) {
		json_decref(record);
		return 0;
	}
	if (*cells == 1)
		ok(reason && strstr(reason, "Bad rss-counter"),
		   "a cell in whose time the kernel logged it is invalid");
	else
		ok(json_is_true(json_object_get(record, "valid")),
		   "a cell is valid: %s", reason ? reason : "");
	if (!*cells)
		log_line(BAD);
	++*cells;
	json_decref(record);
	return 0;
}

static void measures(void)
{
	int cells = 0;
	const struct measure_env env = {
		.cgroup_mount = GUEST_CGROUP, .emit = take, .arg = &cells,
	};
	struct plan plan;

	plan_init(&plan);
	same(plan_bench(&plan, "mm-life"), 0, "the bench is known");
	plan.rounds = 1;
	plan.rounds_given = true;
	same(plan_check(&plan), 0, "the plan is one");
	same(measure(&plan, &env), 0, "it is measured");
	same(cells, NR_MM_OPS, "cells");
}

static int test(void)
{
	int program, ret = guest_mount();

	if (!ret)
		ret = guest_load_module();
	if (!ret)
		ret = mm_program_open(&program);
	if (ret)
		return ret;
	reads_the_log();
	works(program);
	sums(program);
	fails(program);
	stocks();
	measures();
	return 0;
}

int main(void)
{
	guest_begin();
	guest_end(test());
}
