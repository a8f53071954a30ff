/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One task of a fuzzer: its files, its calls, and the code of the module they ran. */
#ifndef PCPUBENCH_TESTS_FUZZ_TASK_H
#define PCPUBENCH_TESTS_FUZZ_TASK_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "fuzz_answers.h"
#include "measure/cgroup.h"

#define DEVICE		"/dev/" PCPU_BENCH_DEVICE
#define WORKERS		4
#define TASKS		(WORKERS + 2)	/* the last ones mostly join windows */
#define PROGRAMS	1024
#define TEXT		(1 << 20)	/* bytes of the module's code, at most */
#define MAX_ERRNO	134
enum { UNSEEN, NEW, TOLD };	/* a place in the code */
#define TRIES		20	/* of a call that is refused while others run, ms */
#define ALONE_S		0.1	/* that others wait for one that wants to be alone */

/* Linux's kcov.h */
#define KCOV		"/sys/kernel/debug/kcov"
#define KCOV_INIT_TRACE	_IOR('c', 1, unsigned long)
#define KCOV_ENABLE	_IO('c', 100)
#define KCOV_PCS	(1 << 16)

/* Seen by all tasks. */
static struct shared {
	struct fuzz_program program[PROGRAMS];
	unsigned int nr_programs;
	unsigned long calls[FUZZ_NR_CALLS], ok[FUZZ_NR_CALLS];
	unsigned long timed[FUZZ_NR_CALLS], us[FUZZ_NR_CALLS];	/* of some */
	unsigned long errors[MAX_ERRNO];
	double alone;		/* until when a task wants to call without others */
	unsigned long text;	/* where the module's code begins */
	unsigned char seen[TEXT];
	unsigned long scanned;	/* bytes of answers */
	unsigned long leaks;	/* addresses in them, and the first one */
	char leak[80];
	unsigned long killed, unloaded, gone;	/* tasks, module, CPU */
	struct pcpu_bench_area areas[PCPU_BENCH_MAX_AREAS];
} *all;

static struct cgroup cg[2];
static int common[FUZZ_FILES - FUZZ_OWN_FILES];
static int cpus[2];
static unsigned int nr_cpus;
static bool checked, has_kcov;

static void keep(const struct fuzz_program *p)
{
	unsigned int at = __atomic_fetch_add(&all->nr_programs, 1,
					     __ATOMIC_ACQ_REL);

	/* When it is full, a new one takes the place of an old one. */
	all->program[at < PROGRAMS ? at : draw(PROGRAMS)] = *p;
}

static void add(unsigned long *sum, unsigned long more)
{
	__atomic_fetch_add(sum, more, __ATOMIC_RELAXED);
}

/* One task: its files, and where the kernel writes which code it ran. */
struct task {
	int file[FUZZ_FILES];
	int fail;
	uint64_t *pcs;		/* NULL without KCOV */
};

static bool new_code(struct task *t)
{
	uint64_t nr, i, at;
	bool fresh = false;

	if (!t->pcs)
		return false;
	nr = __atomic_load_n(t->pcs, __ATOMIC_RELAXED);
	for (i = 1; i <= nr && i < KCOV_PCS; i++) {
		at = t->pcs[i] - all->text;
		/* Others are those of callers: see coverage.py. */
		if (at < TEXT && !all->seen[at]) {
			all->seen[at] = NEW;
			fresh = true;
		}
	}
	__atomic_store_n(t->pcs, 0, __ATOMIC_RELAXED);
	return fresh;
}

static void set_limit(const struct cgroup *group, const char *bytes)
{
	char path[CGROUP_PATH + 16];

	snprintf(path, sizeof(path), "%s/memory.max", group->path);
	write_file(path, bytes);
}

static void fail_nth(struct task *t, unsigned int nth)
{
	char number[8];

	snprintf(number, sizeof(number), "%u", nth);
	if (t->fail >= 0 && pwrite(t->fail, number, strlen(number), 0) < 0)
		return;
}

static void note_leak(const struct fuzz_call *c, const unsigned char *at,
		      const unsigned char *arg)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	if (!__atomic_fetch_add(&all->leaks, 1, __ATOMIC_RELAXED))
		snprintf(all->leak, sizeof(all->leak), "%s: %llx at %s%td",
			 c->name, (unsigned long long)v,
			 at >= arg && at < arg + FUZZ_BYTES ? "" : "answer ",
			 at >= arg && at < arg + FUZZ_BYTES ? at - arg :
			 at - (unsigned char *)fuzz_world.room);
}

/* 0 or the error. */
static int call_once(const struct task *t, struct fuzz_step *s)
{
	const struct fuzz_call *c = &fuzz_calls[s->op];
	/* In a guest it may take longer to read the clock than to call. */
	const double begin = one_in(16) ? clock_now() : 0;
	unsigned long value;
	int ret, error;

	memcpy(&value, s->arg, sizeof(value));
	ret = c->bytes ? ioctl(t->file[s->file], c->cmd, s->arg) :
	      ioctl(t->file[s->file], c->cmd, value);
	error = ret ? errno : 0;
	if (error == EBADF)	/* the file could not be opened */
		return error;
	if (begin > 0) {
		add(&all->us[s->op], (clock_now() - begin) * 1e6);
		add(&all->timed[s->op], 1);
	}
	add(&all->calls[s->op], 1);
	if (!error)
		add(&all->ok[s->op], 1);
	else if (error < MAX_ERRNO)
		add(&all->errors[error], 1);
	return error;
}

static void do_call(struct task *t, struct fuzz_step *s, unsigned int tries)
{
	const struct fuzz_call *c = &fuzz_calls[s->op];
	const unsigned char *leak;
	struct fuzz_asked asked;
	unsigned long sum = 0;
	int error;

	if (c->bytes)
		before_call(&asked, c, s->arg);
	if (s->fail)
		fail_nth(t, s->fail);
	do
		error = call_once(t, s);
	while (error == EBUSY && tries-- && !usleep(1000));
	if (s->fail)
		fail_nth(t, 0);
	if (error == EBADF || !c->bytes)
		return;
	leak = after_call(&asked, c, s->arg, error, &sum);
	add(&all->scanned, sum);
	if (leak)
		note_leak(c, leak, s->arg);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void set_timer(long us)
{
	const struct itimerval timer = { { 0, 200000 },
					 { us / 1000000, us % 1000000 } };

	setitimer(ITIMER_REAL, &timer, NULL);
}

/*
 * Have a signal come in a while, and again while a call does not end; now and then
 * late, so that a call waits for as long as it ever does.
 */
static void set_alarm(void)
{
	set_timer(one_in(500) ? 12000000 : one_in(6) ? 500 + draw(20000) :
		  one_in(8) ? 1000000 + draw(1000000) : 100000 + draw(400000));
}

/* The call, and then others like it: what each leaves is there for the next. */
static void do_calls(struct task *t, struct fuzz_step *s)
{
	const bool exclusive = s->op == CALL_RUN || s->op == CALL_CONTEND;
	const bool alone = exclusive && !one_in(3);
	struct fuzz_step other = *s;
	unsigned int i;

	/* Others call all the time, so that one that must be alone hardly ever is. */
	while (s->op != CALL_JOIN && clock_now() < all->alone)
		usleep(1000);
	if (alone)
		all->alone = clock_now() + ALONE_S;
	/* While a window waits for tasks most other calls are refused. */
	if (s->op == CALL_CONTEND && !one_in(16))
		set_timer(20000 + draw(200000));
	if (s->op == CALL_RUN)
		set_timer(one_in(5) ? 2000 + draw(100000) : 5000000);
	do_call(t, s, exclusive || one_in(4) ? TRIES : 0);
	if (alone)
		all->alone = 0;
	for (i = 0; i < s->more; i++) {
		if (one_in(4))
			other = *s;
		change_field(&other);
		do_call(t, &other, 0);
	}
}

static void do_step(struct task *t, struct fuzz_step *s)
{
	static const char *const limit[] = {
		"max", "max", "max", "64M", "16M", "4M", "256K",
	};

	switch (s->op) {
	case FUZZ_REOPEN:
		if (s->file >= FUZZ_OWN_FILES)
			return;
		close(t->file[s->file]);
		t->file[s->file] = open(DEVICE, O_RDWR | O_CLOEXEC);
		return;
	case FUZZ_UNLOAD:
		syscall(SYS_delete_module, PCPU_BENCH_DEVICE, O_NONBLOCK);
		return;
	case FUZZ_LIMIT:
		set_limit(&cg[draw(2)], limit[draw(7)]);
		return;
	default:
		do_calls(t, s);
	}
}

/* Close a file while the task may be in a call of it, and have another in its place. */
static void *close_files(void *arg)
{
	unsigned int seed = (uintptr_t)&arg >> 4;
	struct task *t = arg;
	int fd;

	for (;;) {
		usleep(rand_r(&seed) % (rand_r(&seed) % 8 ? 800000 : 4000));
		fd = open(DEVICE, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		dup2(fd, t->file[rand_r(&seed) % FUZZ_OWN_FILES]);
		close(fd);
	}
	return NULL;
}

static void open_kcov(struct task *t)
{
	int kcov = open(KCOV, O_RDWR | O_CLOEXEC);

	t->pcs = MAP_FAILED;
	if (kcov >= 0 && !ioctl(kcov, KCOV_INIT_TRACE, KCOV_PCS))
		t->pcs = mmap(NULL, KCOV_PCS * sizeof(*t->pcs),
			      PROT_READ | PROT_WRITE, MAP_SHARED, kcov, 0);
	if (t->pcs == MAP_FAILED || ioctl(kcov, KCOV_ENABLE, 0))
		_exit(2);
}

static void bind_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void start_closer(struct task *t)
{
	sigset_t alarm;
	pthread_t id;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_BLOCK, &alarm, NULL);
	pthread_create(&id, NULL, close_files, t);
	sigprocmask(SIG_UNBLOCK, &alarm, NULL);
}

static void open_files(struct task *t)
{
	for (int i = 0; i < FUZZ_FILES; i++)
		t->file[i] = i < FUZZ_OWN_FILES ?
			     open(DEVICE, O_RDWR | O_CLOEXEC) :
			     common[i - FUZZ_OWN_FILES];
}

static void __attribute__((noreturn)) work(unsigned int nr, uint64_t seed)
{
	const struct sigaction alarm = { .sa_handler = on_alarm };
	struct fuzz_step join = { .op = CALL_JOIN };
	static struct fuzz_program p, kept;
	static struct task t;
	unsigned int i, known;
	bool fresh, joins;

	fuzz_state = seed * 2654435761U + nr + 1;
	sigaction(SIGALRM, &alarm, NULL);
	open_files(&t);
	t.fail = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (has_kcov)
		open_kcov(&t);
	start_closer(&t);
	if (cgroup_enter(&cg[nr % 2]))
		_exit(3);
	for (;;) {
		/* A CPU that went lost its tasks. */
		bind_to(cpus[nr % nr_cpus]);
		joins = nr >= WORKERS && !one_in(8);
		set_alarm();
		if (joins) {
			join.file = FUZZ_OWN_FILES + one_in(8);
			join.fail = one_in(8) ? draw_fail() : 0;
			do_step(&t, &join);
			new_code(&t);
			continue;
		}
		known = __atomic_load_n(&all->nr_programs, __ATOMIC_ACQUIRE);
		new_program(&p, all->program,
			    known < PROGRAMS ? known : PROGRAMS);
		/* A call writes its answer into the argument. */
		kept = p;
		fresh = false;
		for (i = 0; i < p.nr; i++) {
			do_step(&t, &p.step[i]);
			fresh |= new_code(&t);
		}
		if (fresh)
			keep(&kept);
	}
}

#endif
