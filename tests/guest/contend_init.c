// SPDX-License-Identifier: GPL-2.0-or-later
/* Windows of many tasks (PCPU_BENCH_CONTEND), as the /init of a guest. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/cgroup.h"
#include "measure/device.h"
#include "tap.h"

#define MAX_CPUS	8
#define OTHERS		(PCPU_BENCH_CONTEND_WATCH | PCPU_BENCH_CONTEND_OTHERS)
#define LATE_S		3
#define WINDOW_NS	50000000
#define WINDOWS		40
#define GIVES_UP_S	3
#define SMALL		GUEST_CGROUP "/small"

static unsigned int cpus;
static struct pcpu_bench_seat seats[MAX_CPUS];
static unsigned long long locks[PCPU_BENCH_NR_LOCKS];
static struct cgroup cg;

static struct pcpu_bench_contend good(unsigned int threads)
{
	memset(seats, 0, sizeof(seats));
	return (struct pcpu_bench_contend){
		.size = sizeof(struct pcpu_bench_contend),
		.bytes = 64,
		.threads = threads,
		.window_ns = WINDOW_NS,
		.seats = (uintptr_t)seats,
	};
}

/* errno of a window, 0 when it works. */
static int hold(int fd, struct pcpu_bench_contend *c)
{
	return ioctl(fd, PCPU_BENCH_CONTEND, c) ? errno : 0;
}

static bool all_did(const struct pcpu_bench_contend *c)
{
	for (unsigned int i = 0; i < c->threads; i++)
		if (!seats[i].ops && !seats[i].failed)
			return false;
	return true;
}

/*
 * Hold windows until each task has done something in one: on a busy machine an
 * emulated CPU may have no turn in a whole window.
 */
static int hold_busy(int fd, const struct pcpu_bench_contend *want)
{
	struct pcpu_bench_contend c;
	int ret, i;

	for (i = 0; i < WINDOWS; i++) {
		c = *want;
		ret = hold(fd, &c);
		if (ret || all_did(&c))
			return ret;
	}
	return 0;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* A task on @cpu that joins windows, after @late seconds; in @group or NULL. */
static pid_t join(int fd, int cpu, unsigned int late, const char *group)
{
	char path[64];
	pid_t pid = fork();

	if (pid)
		return pid;
	signal(SIGALRM, SIG_DFL);
	pin(cpu);
	if (group) {
		snprintf(path, sizeof(path), "%s/cgroup.procs", group);
		write_file(path, "0");
	}
	sleep(late);
	while (!ioctl(fd, PCPU_BENCH_JOIN))
		;
	_exit(errno);
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void checks_arguments(int fd)
{
	struct pcpu_bench_contend c;

#define BAD(what, error, change) do {					\
		c = good(1);						\
		change;							\
		same(hold(fd, &c), error, "CONTEND: " what);		\
	} while (0)
	BAD("size of no version", EINVAL, c.size = 8);
	BAD("0 bytes", EINVAL, c.bytes = 0);
	BAD("66 bytes", EINVAL, c.bytes = 66);
	BAD("32772 bytes", EINVAL, c.bytes = 32772);
	BAD("no task", EINVAL, c.threads = 0);
	BAD("more tasks than any machine has CPUs", EINVAL, c.threads = 65536);
	BAD("an unknown flag", EINVAL, c.flags = 8);
	BAD("a window of no length", EINVAL, c.window_ns = 0);
	BAD("one too long", EINVAL, c.window_ns = PCPU_BENCH_MAX_WINDOW + 1);
	BAD("locks that nobody watches", EINVAL, c.locks[0] = 1);
	BAD("to watch one lock", EINVAL, c.flags = PCPU_BENCH_CONTEND_WATCH;
	    c.locks[0] = 1);
	BAD("to watch the same lock twice", EINVAL,
	    c.flags = PCPU_BENCH_CONTEND_WATCH; c.locks[0] = c.locks[1] = 1);
	BAD("reserved field", EINVAL, c.reserved = 1);
	BAD("a batch of more than 1048576", EINVAL, c.batch = 1048577);
	BAD("a batch larger than the memory", EFBIG, c.batch = 1048576;
	    c.bytes = 32768);
	BAD("an unknown order", EINVAL, c.order = PCPU_BENCH_NR_ORDERS);
	BAD("a random order without a seed", EINVAL, c.batch = 4;
	    c.order = PCPU_BENCH_FREE_RANDOM);
	BAD("others that nobody watches", EINVAL, c.bytes = 0;
	    c.flags = PCPU_BENCH_CONTEND_OTHERS);
	BAD("others that allocate", EINVAL, c.flags = OTHERS;
	    c.locks[0] = 1; c.locks[1] = 2);
#undef BAD
	same(ioctl(fd, PCPU_BENCH_CONTEND, NULL) ? errno : 0, EFAULT,
	     "CONTEND: no argument");
	same(ioctl(fd, PCPU_BENCH_JOIN) ? errno : 0, EINVAL,
	     "JOIN: by a task that may run on several CPUs");
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* One task comes at once, another one later: neither begins before both are there. */
static void waits_for_the_late(int fd)
{
	struct pcpu_bench_contend c = good(2);
	pid_t early = join(fd, 1, 0, NULL), late = join(fd, 2, LATE_S, NULL);
	double start = now();

	same(hold(fd, &c), 0, "a late task: there is a window");
	ok(now() - start >= LATE_S, "it began when that had come");
	same(c.came, 2, "both came");
	for (int i = 0; i < 2; i++) {
		ok(seats[i].early_ns >= 0 && seats[i].late_ns >= 0,
		   "task %d worked before the window and after it", i);
		ok(seats[i].early_ns < LATE_S * 1000000000LL,
		   "but had not begun without the other one");
		same(seats[i].failed, 0, "nothing failed");
		same(seats[i].outside, 0, "outside of the first chunk");
	}
	ok(c.window_ns >= WINDOW_NS, "the window is as long as was asked for");
	c = good(2);
	same(hold(fd, &c), 0, "the same tasks come to a second window");
	end(late);
	c = good(2);
	same(hold(fd, &c), ETIMEDOUT, "without one of them there is none");
	same(c.came, 1, "one came");
	end(early);
}

static void all_work(int fd)
{
	struct pcpu_bench_contend c = good(cpus);
	pid_t pid[MAX_CPUS];
	long long before = 0, after = -1;
	unsigned int i, present = 0;
	int error;

	for (i = 0; i < cpus; i++)
		pid[i] = join(fd, i, 0, NULL);
	same(hold(fd, &c), 0, "as many tasks as CPUs");
	cgroup_percpu_bytes(&cg, &before);
	c = good(cpus);
	c.flags = PCPU_BENCH_ALLOC_ACCOUNT;
	same(hold(fd, &c), 0, "again, accounted");
	/* A task that ended before may be uncharged only now. */
	ok(!cgroup_percpu_bytes(&cg, &after) && after <= before,
	   "no charge is left: %lld B, %lld B before", after, before);
	for (i = 0; i < cpus; i++)
		present += seats[i].early_ns >= 0 && seats[i].late_ns >= 0;
	same(present, cpus, "all were in the window");

	c = good(cpus);
	c.flags = PCPU_BENCH_CONTEND_WATCH;
	memcpy(c.locks, locks, sizeof(c.locks));
	error = hold(fd, &c);
	/* Not every kernel has tracepoints. */
	ok(error == EOPNOTSUPP || !error, "waits are seen, or refused");
	for (i = 0; i < cpus && !error; i++)
		for (int l = 0; l < PCPU_BENCH_NR_LOCKS; l++)
			same(seats[i].waits[l].begun, seats[i].waits[l].ended,
			     "each wait has an end");
	for (i = 0; i < cpus; i++)
		end(pid[i]);
}

/* Each task has its own batch, whatever the order, and no page is taken meanwhile. */
static void works_in_batches(int fd)
{
	struct pcpu_bench_contend c;
	pid_t pid[2] = { join(fd, 0, 0, NULL), join(fd, 1, 0, NULL) };
	long long before = 0, after = -1;

	c = good(2);
	same(hold(fd, &c), 0, "two tasks come");
	cgroup_percpu_bytes(&cg, &before);
	for (int order = 0; order < PCPU_BENCH_NR_ORDERS; order++) {
		c = good(2);
		c.batch = 100;
		c.order = order;
		c.seed = 1;
		c.flags = PCPU_BENCH_ALLOC_ACCOUNT | PCPU_BENCH_ALLOC_ATOMIC;
		same(hold_busy(fd, &c), 0, "batches of 100, in each order");
		for (int i = 0; i < 2; i++) {
			ok(seats[i].ops > 0, "task %d did pairs", i);
			same(seats[i].failed, 0, "all had their pages");
			same(seats[i].outside, 0, "outside of the first chunk");
		}
	}
	ok(!cgroup_percpu_bytes(&cg, &after) && after <= before,
	   "no charge is left: %lld B, %lld B before", after, before);
	end(pid[0]);
	end(pid[1]);
}

/* Nobody joins, and nobody is waited for. */
static void watches_others(int fd)
{
	struct pcpu_bench_contend c = good(cpus);
	int error;

	c.bytes = 0;
	c.flags = OTHERS;
	memcpy(c.locks, locks, sizeof(c.locks));
	error = hold(fd, &c);
	ok(error == EOPNOTSUPP || !error, "others are watched, or refused");
	same(c.came, 0, "none of them comes");
	for (unsigned int i = 0; i < cpus && !error; i++) {
		same(seats[i].cpu, i, "a seat is of its CPU");
		for (int l = 0; l < PCPU_BENCH_NR_LOCKS; l++)
			same(seats[i].waits[l].begun, seats[i].waits[l].ended,
			     "each wait has an end");
	}
}

/*
 * In a cgroup that may not be charged for an object every GFP_NOWAIT fails: that
 * is no pair, however fast.
 */
static void counts_what_fails(int fd)
{
	struct pcpu_bench_contend c = good(1);
	char text[64];
	pid_t pid;

	mkdir(SMALL, 0755);
	pid = join(fd, 1, 0, SMALL);
	same(hold(fd, &c), 0, "a task in another cgroup");
	if (read_file(SMALL "/memory.current", text, sizeof(text)))
		text[0] = '\0';
	/* An object is charged 32768 * (CPUs + 2) bytes. */
	snprintf(text, sizeof(text), "%lld", atoll(text) + 131072);
	write_file(SMALL "/memory.max", text);
	c = good(1);
	c.bytes = 32768;
	c.flags = PCPU_BENCH_ALLOC_ACCOUNT | PCPU_BENCH_ALLOC_ATOMIC;
	same(hold_busy(fd, &c), 0, "there it allocates more than is allowed");
	same(seats[0].ops, 0, "no pair is counted");
	ok(seats[0].failed > 0, "the failed allocations are");
	c = good(1);
	c.bytes = 32768;
	same(hold_busy(fd, &c), 0, "the same unaccounted");
	ok(seats[0].ops > 0 && !seats[0].failed, "fails never");
	end(pid);
	rmdir(SMALL);
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* As when its CPU goes offline. */
static void is_moved(int fd)
{
	struct pcpu_bench_contend c = good(2);
	pid_t pid[2] = { join(fd, 1, 0, NULL), join(fd, 2, 0, NULL) }, mover;
	cpu_set_t first;
	int status = 0;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	same(hold(fd, &c), 0, "two tasks on their CPUs");
	mover = fork();
	if (!mover) {
		sleep(2);
		_exit(sched_setaffinity(pid[1], sizeof(first), &first));
	}
	c = good(2);
	c.window_ns = PCPU_BENCH_MAX_WINDOW;
	same(hold(fd, &c), ESRCH, "a task that is moved ends the window");
	waitpid(mover, NULL, 0);
	/* By then it has ended by itself. */
	sleep(1);
	kill(pid[1], SIGKILL);
	waitpid(pid[1], &status, 0);
	same(WIFEXITED(status) ? WEXITSTATUS(status) : -1, EINVAL,
	     "JOIN: it is told so");
	end(pid[0]);
}

static void ends_early(int fd)
{
	const struct sigaction sa = { .sa_handler = on_alarm };
	const struct itimerval soon = { .it_value = { .tv_sec = 2 } };
	struct pcpu_bench_contend c = good(2);
	pid_t pid[2] = { join(fd, 1, 0, NULL), join(fd, 2, 0, NULL) };
	pid_t killer;

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	c.window_ns = PCPU_BENCH_MAX_WINDOW;
	same(hold(fd, &c), EINTR, "a signal to who holds the window ends it");
	c = good(2);
	same(hold(fd, &c), 0, "and its tasks come to the next one");

	killer = fork();
	if (!killer) {
		sleep(2);
		kill(pid[1], SIGKILL);
		_exit(0);
	}
	c = good(2);
	c.window_ns = PCPU_BENCH_MAX_WINDOW;
	same(hold(fd, &c), ESRCH, "a task that is killed ends it");
	waitpid(killer, NULL, 0);
	end(pid[0]);
	end(pid[1]);
}

/*
 * A task comes at the moment when who holds the window gives up: it may not have a
 * seat then. A checked kernel tells if it sat down on freed memory. The signal is
 * sent earlier if the last time the task had a seat, else later: so it comes again
 * and again when the task is just about to sit down. An alarm that comes before the
 * call rings again.
 */
static void gives_up(int fd)
{
	struct itimerval ring = { .it_interval = { .tv_usec = 20000 } };
	const struct itimerval stop = { 0 };
	const double until = now() + GIVES_UP_S;
	pid_t pid = join(fd, 1, 0, NULL);
	int error = EINTR, with = 0, without = 0;
	long us = 1000, step = 500;
	struct pcpu_bench_contend c;

	while (error == EINTR && now() < until) {
		/* Two are asked for: it never begins. */
		c = good(2);
		ring.it_value.tv_usec = us;
		setitimer(ITIMER_REAL, &ring, NULL);
		error = hold(fd, &c);
		setitimer(ITIMER_REAL, &stop, NULL);
		with += c.came;
		without += !c.came;
		us += c.came ? -step : step;
		us = us < 1 ? 1 : us > 500000 ? 500000 : us;
		step = step > 8 ? step - step / 8 : 500;
	}
	same(error, EINTR, "signals end gatherings");
	ok(with && without, "some had come to %d, nobody to %d", with, without);
	same(waitpid(pid, NULL, WNOHANG), 0, "who came to one comes to the next");
	end(pid);
}

static int test(int argc, char **argv)
{
	char topology[16] = "";
	struct topology topo;
	int fd, ret = guest_mount();

	for (int i = 1; i < argc; i++) {
		sscanf(argv[i], "--online=%u", &cpus);
		sscanf(argv[i], "--topology=%15s", topology);
		sscanf(argv[i], "--locks=%llx,%llx", &locks[0], &locks[1]);
	}
	if (!ret)
		ret = guest_load_module();
	if (!ret)
		ret = topology_parse(topology, &topo);
	if (!ret)
		ret = guest_start_cpus(&topo, cpus, NULL);
	if (!ret)
		ret = cgroup_create(&cg, GUEST_CGROUP, 1);
	if (!ret)
		ret = cgroup_enter(&cg);
	if (!ret)
		ret = device_open(&fd);
	if (ret)
		return ret;
	checks_arguments(fd);
	waits_for_the_late(fd);
	all_work(fd);
	works_in_batches(fd);
	watches_others(fd);
	counts_what_fails(fd);
	is_moved(fd);
	ends_early(fd);
	gives_up(fd);
	close(fd);
	same(syscall(SYS_delete_module, "pcpu_bench", O_NONBLOCK), 0,
	     "the module can be unloaded");
	return cgroup_destroy(&cg);
}

int main(int argc, char **argv)
{
	guest_begin();
	guest_end(test(argc, argv));
}
