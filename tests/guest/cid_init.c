// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The concurrency ids (mm_cid) that the kernel writes into rseq areas, as the /init of
 * a guest whose CPUs are all on: no two tasks of an mm that run at once have the same,
 * and none is as high as there are CPUs, or tasks. Each case is a process of its own:
 * this program, executed anew without the C library's rseq areas.
 */
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "tap.h"

#define MAX_TASKS	24
#define MAX_CPUS	64	/* a power of 2 */
#define STACK		65536
#define HOLDS		30	/* of each task, at least */
#define SPINS		3000	/* of a hold: others come meanwhile */
#define PATIENCE_S	60

/* What a case's exit code has. */
#define TWICE		1	/* two tasks had the same cid */
#define BEYOND		2	/* a cid was too high */
#define NEVER		4	/* a task never held its cid undisturbed */
#define APART		8	/* they did not run at once */
#define FAILED		16	/* a system call failed */
#define FAULTS		31
#define TOGETHER	32	/* no fault: they did run at once */

static const char *const faults[] = {
	"two had the same", "one was too high", "a task held none",
	"not at once", "a call failed",
};

/* struct rseq; headers of before Linux 6.3 do not have all of it. */
struct area {
	uint32_t cpu_id_start;
	uint32_t cpu_id;
	uint64_t rseq_cs;
	uint32_t flags;
	uint32_t node_id;
	uint32_t mm_cid;
} __attribute__((aligned(32)));

#define SIGNATURE	0x53053053

struct task {
	struct area area;
	unsigned int me;	/* its number, from 1 */
	int cpu;		/* that it is bound to, or -1 */
	pid_t tid;		/* 0 when it has ended */
	unsigned int held;	/* how often */
	char *stack;
};

/* Tasks of an mm share this; after a fork each process has its own. */
static struct {
	unsigned int owner[MAX_CPUS];
	struct task task[MAX_TASKS];
	unsigned int nr, limit, top;
	unsigned int fault, end;
} all;

static unsigned int cpus = 1;

enum hold { INTERRUPTED, HELD, TAKEN };

/*
 * Write @me beside the cid, and look whether it stays for a while. It does if no other
 * task has the cid. This is a restartable sequence, as a task that is interrupted may
 * have another cid afterwards: it is then INTERRUPTED.
 */
static enum hold hold(struct area *area, unsigned int me, unsigned int *cid)
{
	unsigned int n = SPINS, slot;
	int ret = INTERRUPTED;

	asm volatile(".pushsection __rseq_cs, \"aw\"\n"
		     ".balign 32\n"
		     "1:	.long 0, 0\n"
		     "	.quad 2f, 3f - 2f, 4f\n"
		     "	.popsection\n"
		     "	leaq 1b(%%rip), %%rax\n"
		     "	movq %%rax, %c[rseq_cs](%[area])\n"
		     "2:	movl %c[mm_cid](%[area]), %[cid]\n"
		     "	movl %[cid], %[slot]\n"
		     "	andl %[mask], %[slot]\n"
		     "	movl %[me], (%[owner], %q[slot], 4)\n"
		     "5:	cmpl %[me], (%[owner], %q[slot], 4)\n"
		     "	jne 6f\n"
		     "	decl %[n]\n"
		     "	jnz 5b\n"
		     "	movl %[held], %[ret]\n"
		     "3:	jmp 7f\n"
		     "6:	movl %[taken], %[ret]\n"
		     "	jmp 7f\n"
		     "	.byte 0x0f, 0xb9, 0x3d\n"
		     "	.long %c[signature]\n"
		     "4:\n"
		     "7:\n"
		     : [n] "+r" (n), [ret] "+r" (ret), [cid] "=&r" (*cid),
		       [slot] "=&r" (slot)
		     : [area] "r" (area), [me] "r" (me),
		       [owner] "r" (all.owner), [mask] "i" (MAX_CPUS - 1),
		       [held] "i" (HELD), [taken] "i" (TAKEN),
		       [signature] "i" (SIGNATURE),
		       [rseq_cs] "i" (offsetof(struct area, rseq_cs)),
		       [mm_cid] "i" (offsetof(struct area, mm_cid))
		     : "rax", "cc", "memory");
	return ret;
}

static void fault(unsigned int bits)
{
	__atomic_or_fetch(&all.fault, bits, __ATOMIC_SEQ_CST);
}

static unsigned int load(const unsigned int *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void set(unsigned int *word, unsigned int value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static void hold_once(struct task *t)
{
	unsigned int cid, top;

	switch (hold(&t->area, t->me, &cid)) {
	case HELD:
		set(&t->held, t->held + 1);
		break;
	case TAKEN:
		fault(TWICE);
		break;
	case INTERRUPTED:
		return;
	}
	if (cid >= load(&all.limit))
		fault(BEYOND);
	for (top = load(&all.top); cid > top && cid < MAX_CPUS;)
		__atomic_compare_exchange_n(&all.top, &top, cid, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static void bind(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (unsigned int i = 0; i < cpus; i++)
		if (cpu < 0 || (int)i == cpu)
			CPU_SET(i, &set);
	if (syscall(SYS_sched_setaffinity, 0, sizeof(set), &set) < 0)
		fault(FAILED);
}

static void enlist(struct task *t)
{
	if (syscall(SYS_rseq, &t->area, sizeof(t->area), 0, SIGNATURE))
		fault(FAILED);
	bind(t->cpu);
}

/* It shares thread-local storage with others: nothing but system calls. */
static int hold_on(void *arg)
{
	struct task *t = arg;

	enlist(t);
	while (load(&all.end) < t->me)
		hold_once(t);
	return 0;
}

/* The next task, to be bound to @cpu. */
static struct task *next(int cpu)
{
	struct task *t = &all.task[all.nr];

	if (!t->stack)
		t->stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(&t->area, 0, sizeof(t->area));
	t->me = ++all.nr;
	t->cpu = cpu;
	t->held = 0;
	t->tid = -1;
	return t;
}

static struct task *start(int cpu, unsigned int flags, int (*work)(void *))
{
	struct task *t = next(cpu);

	if (clone(work, t->stack + STACK,
		  CLONE_VM | CLONE_CHILD_CLEARTID | flags, t, NULL, NULL,
		  &t->tid) < 0)
		fault(FAILED);
	return t;
}

#define THREAD	(CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | \
		 CLONE_SYSVSEM)

static time_t now(void)
{
	struct timespec t;

	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* @t holds its cid until the tasks from @lo on and before @hi have, @holds times more. */
static void hold_with(struct task *t, unsigned int lo, unsigned int hi,
		      unsigned int holds)
{
	const time_t end = now() + PATIENCE_S;
	unsigned int from[MAX_TASKS], i;

	for (i = lo; i < hi; i++)
		from[i] = load(&all.task[i].held);
	for (i = lo; i < hi && now() < end;) {
		hold_once(t);
		while (i < hi && load(&all.task[i].held) - from[i] >= holds)
			i++;
	}
	if (i < hi)
		fault(NEVER);
}

/* End all tasks before @hi; those before @lo do so by themselves. */
static void end_before(unsigned int lo, unsigned int hi)
{
	const time_t end = now() + PATIENCE_S;

	set(&all.end, hi);
	for (unsigned int i = lo; i < hi; i++)
		while (__atomic_load_n(&all.task[i].tid, __ATOMIC_ACQUIRE)) {
			if (now() >= end) {
				fault(NEVER);
				return;
			}
			syscall(SYS_sched_yield);
		}
}

/* Begin with this task as the first, on @cpu. */
static struct task *first(int cpu)
{
	static bool listed;	/* and so is a child of fork() */

	all.nr = 1;
	all.end = 0;
	all.top = 0;
	all.limit = 1;
	all.task[0].me = 1;
	all.task[0].cpu = cpu;
	if (listed)
		bind(cpu);
	else
		enlist(&all.task[0]);
	listed = true;
	return &all.task[0];
}

static void ran_at_once(unsigned int nr)
{
	if (load(&all.top) + 1 < nr)
		fault(APART);
}

/* What was found in @pid, a process of its own, or any child: -1. */
static int wait_for(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, __WALL) < 0 || !WIFEXITED(status)) {
		fault(FAILED);
		return FAILED;
	}
	fault(WEXITSTATUS(status) & FAULTS);
	return WEXITSTATUS(status);
}

static int in_fork(void (*work)(void))
{
	pid_t pid = fork();

	if (!pid) {
		all.fault = 0;
		work();
		_exit(all.fault);
	}
	return wait_for(pid);
}

/*
 * The thread takes a cid while the first task has one from before it was there, and
 * runs on: the thread is free to begin on another CPU.
 */
static void pair(void)
{
	struct task *t = first(-1);

	hold_with(t, 0, 1, 1);
	all.limit = 2;
	start(-1, THREAD, hold_on);
	hold_with(t, 1, 2, 1);
	hold_with(t, 0, 2, 5);
	if (load(&all.top))
		fault(TOGETHER);
	end_before(1, 2);
}

/* One task, on all CPUs in turn. */
static void alone(void)
{
	struct task *t = first(0);

	for (unsigned int i = 0; i < 4 * cpus; i++) {
		bind(i % cpus);
		hold_with(t, 0, 1, HOLDS / 10);
	}
}

static void threads_of_new_processes(void)
{
	bool together = false;

	for (int i = 0; i < 60; i++)
		together |= in_fork(pair) & TOGETHER;
	if (!together)
		fault(APART);
}

/* A task for each CPU. */
static void each(void)
{
	struct task *t = first(0);

	all.limit = cpus;
	for (unsigned int i = 1; i < cpus; i++)
		start(i, THREAD, hold_on);
	hold_with(t, 0, cpus, HOLDS);
	ran_at_once(cpus);
	end_before(1, cpus);
}

/* More tasks than CPUs, which come and go one by one, and move. */
static void crowd(void)
{
	const unsigned int nr = 3 * cpus;
	struct task *t = first(-1);

	all.limit = cpus;
	for (unsigned int i = 1; i < nr; i++) {
		start(i % 2 ? -1 : (int)(i % cpus), THREAD, hold_on);
		bind(i % cpus);
		hold_with(t, 0, i + 1, 1);
	}
	hold_with(t, 0, nr, HOLDS / 5);
	ran_at_once(cpus);
	for (unsigned int i = 2; i <= nr; i++) {
		end_before(i - 1, i);
		bind(i % cpus);
		hold_with(t, 0, 1, HOLDS / 5);
	}
}

/* More tasks than CPUs, and all end at once: CPUs may still own cids then. */
static void crowd_that_exits(void)
{
	const unsigned int nr = 3 * cpus;
	struct task *t = first(0);

	all.limit = cpus;
	for (unsigned int i = 1; i < nr; i++)
		start(i % cpus, THREAD, hold_on);
	hold_with(t, 0, nr, HOLDS / 10);
	ran_at_once(cpus);
}

/* Each new process may have the memory of the one before. */
static void crowds(void)
{
	for (int i = 0; i < 10; i++) {
		in_fork(crowd_that_exits);
		in_fork(pair);
	}
}

/* One pair of threads after the other. */
static void churn(void)
{
	struct task *t = first(0);

	all.limit = cpus;
	for (int i = 0; i < 60; i++) {
		all.nr = 1;
		all.end = 0;
		start(1, THREAD, hold_on);
		start(-1, THREAD, hold_on);
		hold_with(t, 0, 3, 2);
		end_before(1, 3);
	}
}

/* Children of a process with threads, which have one task first. */
static void forks(void)
{
	struct task *t = first(0);

	all.limit = cpus;
	start(1, THREAD, hold_on);
	start(2, THREAD, hold_on);
	for (int i = 0; i < 10; i++) {
		hold_with(t, 0, 3, 1);
		in_fork(alone);
		in_fork(pair);
	}
	end_before(1, 3);
}

/* A child of vfork(), whose parent waits: alone, then with a thread. */
static int vforked(void *arg)
{
	struct task *t = arg;

	enlist(t);
	hold_with(t, 1, 2, HOLDS);
	all.limit = 3;
	start(2, THREAD, hold_on);
	hold_with(t, 1, 3, HOLDS);
	end_before(2, 3);
	return 0;
}

static void vforks_once(void)
{
	struct task *t = first(0);

	hold_with(t, 0, 1, 1);
	all.limit = 2;
	start(1, CLONE_VFORK | SIGCHLD, vforked);
	wait_for(-1);
	hold_with(t, 0, 1, 1);
}

static void vforks(void)
{
	for (int i = 0; i < 5; i++)
		in_fork(vforks_once);
}

static int kills_its_parent(void *arg)
{
	struct task *t = arg;

	enlist(t);
	hold_with(t, 2, 3, 1);
	syscall(SYS_kill, syscall(SYS_getppid), SIGKILL);
	while (load(&all.end) < t->me)
		hold_once(t);
	return 0;
}

static int vforks_too(void *arg)
{
	enlist(arg);
	start(2, CLONE_VFORK | SIGCHLD, kills_its_parent);
	return FAILED;
}

/*
 * Of a chain of two vfork() the task in the middle is killed. Then the first one goes
 * on while the last one runs, without a thread that was made as one.
 */
static void orphan(void)
{
	struct task *t = first(0);
	int status;

	hold_with(t, 0, 1, 1);
	all.limit = 3;
	start(1, CLONE_VFORK | SIGCHLD, vforks_too);
	hold_with(t, 2, 3, HOLDS);
	ran_at_once(2);
	end_before(2, 3);
	if (waitpid(-1, &status, __WALL) < 0 || !WIFSIGNALED(status))
		fault(FAILED);
}

static void become(const char *what)
{
	char number[8];
	char *const argv[] = { "/init", (char *)what, number, NULL };
	/* Its tasks register areas of their own. */
	char *const envp[] = { "GLIBC_TUNABLES=glibc.pthread.rseq=0", NULL };

	snprintf(number, sizeof(number), "%u", cpus);
	execve("/proc/self/exe", argv, envp);
	fault(FAILED);
}

/* A process with threads becomes one without. */
static void execs(void)
{
	struct task *t = first(0);

	all.limit = cpus;
	start(1, THREAD, hold_on);
	start(-1, THREAD, hold_on);
	hold_with(t, 0, 3, HOLDS);
	if (!all.fault)
		become("executed");
}

static void executed(void)
{
	alone();
	pair();
}

static const struct {
	const char *name;
	void (*work)(void);
	const char *what;
} cases[] = {
	{ "alone", alone, "a process of one task" },
	{ "first", threads_of_new_processes, "the first threads of processes" },
	{ "each", each, "a task for each CPU" },
	{ "crowd", crowd, "more tasks than CPUs" },
	{ "crowds", crowds, "crowds that end at once, one after the other" },
	{ "churn", churn, "threads that come and go" },
	{ "fork", forks, "children of a process with threads" },
	{ "vfork", vforks, "a child of vfork, and its thread" },
	{ "orphan", orphan, "a chain of vfork with one killed" },
	{ "exec", execs, "a process with threads executes" },
	{ "executed", executed, NULL },
};

static int in_case(const char *name)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!strcmp(cases[i].name, name))
			cases[i].work();
	return all.fault & FAULTS;
}

static void report(const char *what, unsigned int found)
{
	char text[120] = "";

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (found & 1U << i)
			snprintf(text + strlen(text),
				 sizeof(text) - strlen(text), "%s%s",
				 *text ? ", " : ": ", faults[i]);
	ok(!found, "%s%s", what, text);
}

static int test(int argc, char **argv)
{
	char topology[16] = "";
	struct topology topo;
	int ret = guest_mount();

	for (int i = 1; i < argc; i++) {
		sscanf(argv[i], "--online=%u", &cpus);
		sscanf(argv[i], "--topology=%15s", topology);
	}
	if (!ret)
		ret = topology_parse(topology, &topo);
	if (!ret)
		ret = guest_start_cpus(&topo, cpus, NULL);
	same(sysconf(_SC_NPROCESSORS_ONLN), cpus, "CPUs are on");
	for (size_t i = 0; !ret && cases[i].what; i++) {
		pid_t pid = fork();

		all.fault = 0;
		if (!pid) {
			become(cases[i].name);
			_exit(FAILED);
		}
		wait_for(pid);
		report(cases[i].what, all.fault);
	}
	return ret;
}

int main(int argc, char **argv)
{
	if (getpid() != 1) {
		cpus = argc > 2 ? atoi(argv[2]) : 1;
		return in_case(argc > 1 ? argv[1] : "");
	}
	guest_begin();
	guest_end(test(argc, argv));
}
