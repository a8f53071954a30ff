// SPDX-License-Identifier: GPL-2.0-or-later
/* The test of RSS: schedules that make it wrong, against the bound. */
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "guest/guest.h"
#include "guest/rss.h"
#include "guest/rss_crew.h"
#include "plan/rss_bound.h"

#define FLUSHES		3	/* the first one may come at another count */
#define NEVER		4096	/* pages: a count this far off is never flushed */
#define HELD		1024	/* pages: more than FLUSHES of any batch */
#define STEPS		1500
#define LARGEST_STEP	40	/* pages: more than a batch of up to 16 CPUs */
#define SEED		0x9e3779b97f4a7c15ULL

struct schedule {
	const char *name;
	int (*run)(struct rss_crew *c, const int *cpus);
	bool reaches;		/* the bound */
	bool outside;		/* by processes of their own */
};

/* What a schedule's process leaves. */
struct outcome {
	struct rss_error most, end;
	int ret;
	char message[256];
};

/* xorshift64*, as of run.c in the module: 0 to @below - 1. */
static unsigned int draw(uint64_t *state, unsigned int below)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * 0x2545f4914f6cdd1dULL >> 32) % below;
}

/*
 * One page after the other in the direction @step, until @task's count is as far off
 * as it ever was. That is known after some flushes.
 */
static int push(struct rss_crew *c, struct rss_task *task, int step)
{
	long before = 0, off, most = 0;
	int ret, flushes = 0;

	ret = rss_crew_flush(c, task);
	const long start = c->last.stat;

	for (int n = 0; n < NEVER && !ret && (step > 0 || task->held); n++) {
		ret = rss_crew_do(c, task, step);
		off = labs(c->last.stat - start);
		if (off < before)
			flushes++;
		if (off > most)
			most = off;
		if (off == most && flushes >= FLUSHES)
			break;
		before = off;
	}
	return ret;
}

/* Each task one page before it would give away its count, in one direction. */
static int one_below(struct rss_crew *c, const int *cpus)
{
	int ret = 0;

	(void)cpus;
	for (unsigned int i = 0; i < c->nr && !ret; i++)
		ret = push(c, &c->task[i], 1);
	return ret;
}

static int one_above(struct rss_crew *c, const int *cpus)
{
	int ret = 0;

	(void)cpus;
	for (unsigned int i = 0; i < c->nr && !ret; i++)
		ret = rss_crew_do(c, &c->task[i], HELD);
	for (unsigned int i = 0; i < c->nr && !ret; i++)
		ret = push(c, &c->task[i], -1);
	return ret;
}

/* Some pages more or fewer, while there is room. */
static int step_of(const struct rss_task *task, uint64_t *state)
{
	int n = 1 + draw(state, LARGEST_STEP);

	if (task->held < (unsigned int)n ||
	    (draw(state, 2) && task->held + n <= RSS_ROOM))
		return n;
	return -n;
}

static int at_random(struct rss_crew *c, const int *cpus)
{
	uint64_t state = SEED;
	int ret = 0;

	(void)cpus;
	for (int n = 0; n < STEPS && !ret; n++) {
		struct rss_task *task = &c->task[draw(&state, c->nr)];

		ret = rss_crew_do(c, task, step_of(task, &state));
	}
	return ret;
}

static int one_migrates(struct rss_crew *c, const int *cpus)
{
	uint64_t state = SEED;
	int ret = 0;

	for (int n = 0; n < STEPS && !ret; n++) {
		ret = rss_crew_move(&c->task[0], cpus[draw(&state, c->nr)]);
		if (!ret)
			ret = rss_crew_do(c, &c->task[0],
					  step_of(&c->task[0], &state));
	}
	return ret;
}

/* If they disturb each other, RSS is not exact in the end. */
static int all_at_once(struct rss_crew *c, const int *cpus)
{
	(void)cpus;
	return rss_crew_rush(c);
}

static const struct schedule schedules[] = {
	{ "each task one page below its batch", one_below, .reaches = true },
	{ "each task one page above its batch, below 0", one_above, .reaches = false },
	{ "tasks at random", at_random, .reaches = false },
	{ "one task that migrates", one_migrates, .reaches = false },
	{ "all tasks at once", all_at_once, .reaches = false },
	{ "one task, and others from outside, at random", at_random, .outside = true },
};

/* In a process of its own, for an mm whose counters are known. */
static void run_alone(const struct schedule *s, const int *cpus,
		      unsigned int nr, struct outcome *o)
{
	static struct rss_crew c;
	int ret;

	/* Its page is in RSS, too: from here on. */
	o->ret = EX_FAIL;
	/*
	 * So are the program's, and which of them a fault maps besides its own depends
	 * on what others of them do at that moment: have all now.
	 */
	ret = mlockall(MCL_CURRENT) ?
	      err_errno(EX_FAIL, "cannot lock the program's pages") : 0;
	if (!ret)
		ret = rss_crew_start(&c, cpus, nr, s->outside);
	/* A rehearsal: what the code touches for the first time is in RSS, too. */
	if (!ret)
		ret = s->run(&c, cpus);
	if (!ret)
		ret = rss_crew_zero(&c);
	if (!ret)
		ret = s->run(&c, cpus);
	o->most = c.most;
	if (!ret)
		ret = rss_crew_stop(&c, &o->end);
	if (ret)
		snprintf(o->message, sizeof(o->message), "%s", err_message());
	o->ret = ret;
	_exit(0);
}

static int run_schedule(const struct schedule *s, const int *cpus,
			unsigned int nr, struct outcome *o)
{
	pid_t pid;

	*o = (struct outcome){ .ret = EX_FAIL, .message = "its process was killed" };
	pid = fork();
	if (pid < 0)
		return err_errno(EX_FAIL, "cannot fork");
	if (!pid)
		run_alone(s, cpus, nr, o);
	waitpid(pid, NULL, 0);
	return o->ret ? err(o->ret, "%s: %s", s->name, o->message) : 0;
}

static json_t *say(unsigned int nr, bool good, const char *fmt, ...)
{
	char what[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return json_pack("{s:s, s:o}", "type", "tap", "line", json_sprintf(
			 "%sok %u - %s", good ? "" : "not ", nr, what));
}

static int on_first_cpu(const int *cpus)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpus[0], &set);
	return sched_setaffinity(0, sizeof(set), &set) ?
	       err_errno(EX_FAIL, "cannot stay on a CPU") : 0;
}

static int run_all(const int *cpus, unsigned int nr, long bound, emit_fn emit,
		   void *arg)
{
	const size_t count = sizeof(schedules) / sizeof(schedules[0]);
	struct outcome *o = mmap(NULL, sizeof(*o), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long reached = 0;
	int ret = 0;

	if (o == MAP_FAILED)
		return no_memory();
	for (size_t i = 0; i < count && !ret; i++) {
		const struct rss_error *most = &o->most;
		char end[80] = "";
		bool exact;

		ret = run_schedule(&schedules[i], cpus, nr, o);
		if (ret)
			break;
		exact = !o->end.stat && !o->end.statm;
		if (!exact)
			snprintf(end, sizeof(end), "; in the end %ld and %ld are missing",
				 o->end.stat, o->end.statm);
		ret = emit(say(i + 1, exact && most->stat <= bound &&
			       most->statm <= bound,
			       "%s: stat off by %ld, statm by %ld of at most %ld pages%s",
			       schedules[i].name, most->stat, most->statm, bound,
			       end), arg);
		if (schedules[i].reaches && most->stat > reached)
			reached = most->stat;
	}
	return ret ? ret : emit(say(count + 1, reached == bound,
				    "the bound on %u CPU%s is reached: %ld of %ld pages",
				    nr, nr > 1 ? "s" : "", reached, bound), arg);
}

int rss_test(const char *topology, unsigned int online, const char *bound,
	     emit_fn emit, void *arg)
{
	struct topology topo;
	unsigned int pages = 0;
	int cpus[RSS_MAX_CPUS], ret;

	ret = topology_parse(topology, &topo);
	if (!ret)
		ret = guest_start_cpus(&topo, online, cpus);
	if (!ret)
		ret = rss_bound(bound, online, topo.nodes, &pages);
	if (!ret)
		ret = on_first_cpu(cpus);
	return ret ? ret : run_all(cpus, online, pages, emit, arg);
}
