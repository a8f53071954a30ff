/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One task of a fuzzer: its files, its calls, and the code of the module they ran. */
#ifndef PCPUBENCH_TESTS_FUZZ_TASK_H
#define PCPUBENCH_TESTS_FUZZ_TASK_H

#include "fuzz_answers.h"
#include "fuzz_events.h"
#include "fuzz_shared.h"

#define TRIES		20	/* of a call that is refused while others run */
#define TRY_US		5000	/* between them */
#define ALONE_S		0.15	/* that others wait for one that wants to be alone */

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

static void forget_code(struct task *t)
{
	if (t->pcs)
		__atomic_store_n(t->pcs, 0, __ATOMIC_RELAXED);
}

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
	forget_code(t);
	return fresh;
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
	if (s->raced)
		memcpy(all->raced, s->arg, c->bytes);
	ret = ioctl(t->file[s->file], c->cmd, !c->bytes ? value :
		    (uintptr_t)(s->raced ? all->raced : s->arg));
	error = ret ? errno : 0;
	if (error == EBADF)	/* the file could not be opened */
		return error;
	if (begin > 0 && error != EBUSY) {
		add(&all->us[s->op], (clock_now() - begin) * 1e6);
		add(&all->timed[s->op], 1);
	}
	add(&all->calls[s->op], 1);
	if (!error)
		add(&all->ok[s->op], 1);
	else if (error < MAX_ERRNO)
		add(&all->errors[s->op][error], 1);
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
	while (error == EBUSY && tries-- && !usleep(TRY_US));
	if (s->fail)
		fail_nth(t, 0);
	if (error == EBADF || !c->bytes)
		return;
	/* Of one that was raced s->arg is as it was. */
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

/* Calls that RUN and CONTEND are refused beside. */
static bool in_the_way(unsigned int op)
{
	return op == CALL_HOLD || op == CALL_RELEASE || op == CALL_ALLOC ||
	       op == CALL_FREE || op == CALL_WALK || op == CALL_GUARD ||
	       op == CALL_RUN || op == CALL_CONTEND;
}

/* Others call all the time, so that one that must be alone hardly ever is. */
static void let_pass(unsigned int op)
{
	while (in_the_way(op) && all->alone > 0 && clock_now() < all->alone)
		usleep(1000);
}

static void call_alone(struct task *t, struct fuzz_step *s)
{
	let_pass(s->op);
	all->alone = clock_now() + ALONE_S;
	do_call(t, s, TRIES);
	all->alone = 0;
}

/* The call, and then others like it: what each leaves is there for the next. */
static void do_calls(struct task *t, struct fuzz_step *s)
{
	const bool exclusive = s->op == CALL_RUN || s->op == CALL_CONTEND;
	struct fuzz_step other = *s;
	unsigned int i;

	/* While a window waits for tasks most other calls are refused. */
	if (s->op == CALL_CONTEND && !one_in(16))
		set_timer(20000 + draw(200000));
	if (s->op == CALL_RUN)
		set_timer(one_in(5) ? 2000 + draw(100000) : 5000000);
	for (i = 0; i <= s->more; i++) {
		if (i && one_in(4))
			other = *s;
		if (i)
			change_field(&other);
		if (i && one_in(2))
			suit(&other);
		if (exclusive && !one_in(3)) {
			call_alone(t, &other);
			continue;
		}
		let_pass(s->op);
		do_call(t, &other, one_in(16) ? TRIES : 0);
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
	case FUZZ_MOVE:
		move_task();
		return;
	case FUZZ_FORK:
		fork_some();
		return;
	default:
		do_calls(t, s);
	}
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
			if (one_in(8))
				fork_some();
			else
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
