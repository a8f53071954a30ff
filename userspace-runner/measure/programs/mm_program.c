// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The process that bench mm-life measures: it forks, executes itself, starts
 * threads, and touches pages. It has no library and is linked statically, so its
 * mappings are few, and a fork copies the same of them on every host.
 */
#include <linux/futex.h>
#include <linux/mman.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/time.h>
#include <linux/types.h>
#include <asm/unistd.h>

#include "measure/benches/mm_program.h"
#include "measure/benches/stamp.h"

#define CANNOT_MOVE	13	/* EACCES */
#define CANNOT_READ	5	/* EIO */
#define EXITS		42	/* with this code, if all went well */
#define SIGCHLD		17
#define AT_EMPTY_PATH	0x1000
#define O_RDONLY	0
#define PAGE		4096UL
/* Its page tables are made by the first page of these. */
#define REGION		0x200000000UL

#define THREAD_FLAGS	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | \
			 CLONE_THREAD | CLONE_SYSVSEM | CLONE_PARENT_SETTID | \
			 CLONE_CHILD_CLEARTID)

static struct mm_order order;
static int statm;		/* descriptor of the process's own */
static volatile int thread_ids[MM_NR_THREADS];	/* 0 when the thread has ended */
static __u32 threads_ran;
static char thread_stacks[MM_NR_THREADS][2 * PAGE] __attribute__((aligned(16)));

static inline __attribute__((always_inline)) long
call6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

#define call(nr, a, b, c)	call6(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)

static void __attribute__((noreturn)) leave(int code)
{
	for (;;)
		call(__NR_exit_group, code, 0, 0);
}

static void input_ends(void)
{
	char c;

	while (call(__NR_read, 0, &c, 1) > 0)
		;
}

static inline __u64 now(void)
{
	struct __kernel_timespec ts;

	if (order.insn)
		return stamp_insn();
	call(__NR_clock_gettime, 4 /* CLOCK_MONOTONIC_RAW */, &ts, 0);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static __u32 page_faults(void)
{
	struct rusage self, children;

	call(__NR_getrusage, RUSAGE_SELF, &self, 0);
	call(__NR_getrusage, RUSAGE_CHILDREN, &children, 0);
	return self.ru_minflt + children.ru_minflt;
}

/* The child @pid ended well; or it is held, and shall not end yet. */
static __u32 child_ran(long pid)
{
	int status = 0;

	if (order.hold)
		return pid > 0;
	return call(__NR_wait4, pid, &status, 0) == pid && pid > 0 &&
	       status == EXITS << 8;
}

static __u32 do_nothing(void)
{
	return 0;
}

static __u32 do_fork(void)
{
	long pid = call(__NR_clone, SIGCHLD, 0, 0);

	if (!pid) {
		if (order.hold)
			input_ends();
		leave(EXITS);
	}
	return child_ran(pid);
}

/* Until it executes, the child is in this function, on this stack. */
static __u32 do_exec(void)
{
	const char *argv[] = { "mm_program", order.hold ? "hold" : "exit", 0 };
	const char *env[] = { 0 };
	long pid = call(__NR_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0);

	if (!pid) {
		call6(__NR_execveat, order.program, (long)"", (long)argv,
		      (long)env, AT_EMPTY_PATH, 0);
		leave(1);
	}
	return child_ran(pid);
}

static void __attribute__((noreturn, used)) thread_main(void)
{
	__atomic_fetch_add(&threads_ran, 1, __ATOMIC_RELAXED);
	if (order.hold)
		input_ends();
	for (;;)
		call(__NR_exit, 0, 0, 0);
}

/* The thread begins on a stack of its own, without a frame to return to. */
static long thread_start(__u32 nr)
{
	register volatile int *r10 __asm__("r10") = &thread_ids[nr];
	register long r8 __asm__("r8") = 0;
	long ret;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "call thread_main\n"
			 "1:"
			 : "=a"(ret)
			 : "a"(__NR_clone), "D"(THREAD_FLAGS),
			   "S"(thread_stacks[nr + 1]),
			   "d"(&thread_ids[nr]), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return ret;
}

static __u32 do_some_threads(__u32 nr)
{
	const __u32 before = threads_ran;
	__u32 i;
	int id;

	for (i = 0; i < nr; i++)
		if (thread_start(i) < 0)
			return 0;
	if (order.hold)
		return nr;
	for (i = 0; i < nr; i++)
		while ((id = thread_ids[i]))
			call(__NR_futex, &thread_ids[i], FUTEX_WAIT, id);
	return threads_ran - before;
}

static __u32 do_thread(void)
{
	return do_some_threads(1);
}

static __u32 do_threads(void)
{
	return do_some_threads(MM_NR_THREADS);
}

static __u32 do_fault(void)
{
	volatile char *page = (volatile char *)REGION;
	__u32 i;

	for (i = 1; i <= MM_FAULTS; i++)
		page[i * PAGE] = 1;
	return MM_FAULTS;
}

static __u32 do_statm(void)
{
	char text[100];

	return call6(__NR_pread64, statm, (long)text, sizeof(text), 0, 0, 0) > 0;
}

/* The first read takes memory for the text, which stays. */
static int open_statm(void)
{
	statm = call(__NR_open, "/proc/self/statm", O_RDONLY, 0);
	if (statm < 0)
		return -statm;
	return do_statm() ? 0 : CANNOT_READ;
}

/* A huge page would make one fault of all. */
static int make_region(void)
{
	const unsigned long bytes = (MM_FAULTS + 1) * PAGE;
	long at = call6(__NR_mmap, REGION, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (at < 0)
		return -at;
	call(__NR_madvise, at, bytes, MADV_NOHUGEPAGE);
	*(volatile char *)REGION = 1;
	return 0;
}

/* Threads touch their stacks, which are of the process's memory. */
static void touch_stacks(unsigned long nr)
{
	volatile char *stack = thread_stacks[0];

	for (unsigned long i = 0; i < nr * sizeof(thread_stacks[0]); i += PAGE)
		stack[i] = 1;
	stack[nr * sizeof(thread_stacks[0]) - 1] = 1;
}

/* What the operation finds made, and is not measured. */
static int prepare(void)
{
	const __u32 hold = order.hold;

	touch_stacks(order.op == MM_THREADS ? MM_NR_THREADS : 1);
	if (order.procs >= 0 && call(__NR_write, order.procs, "0", 1) != 1)
		return CANNOT_MOVE;
	if (order.op == MM_FAULT || order.op == MM_STATM)
		return make_region() ?: order.op == MM_STATM ? open_statm() : 0;
	if (order.op != MM_THREAD)
		return 0;
	order.hold = 0;
	do_thread();
	order.hold = hold;
	return 0;
}

static void operate(struct mm_answer *answer)
{
	static __u32 (*const ops[NR_MM_OPS])(void) = {
		[MM_FORK] = do_fork,
		[MM_EXEC] = do_exec,
		[MM_THREAD] = do_thread,
		[MM_FIRST_THREAD] = do_thread,
		[MM_THREADS] = do_threads,
		[MM_FAULT] = do_fault,
		[MM_STATM] = do_statm,
	};
	__u32 (*op)(void) = order.arm == PCPU_BENCH_ARM_EMPTY ? do_nothing :
			    ops[order.op];
	__u64 start;

	/* Not measured: the page tells whose memory this is. */
	if (order.op == MM_STATM)
		((volatile char *)REGION)[PAGE] = 1;
	if (order.hold) {
		answer->ran = op();
		return;
	}
	answer->faults = page_faults();
	stamp_mark(order.arm);
	start = now();
	answer->ran = op();
	answer->ticks = now() - start;
	mark(MARK_END);
	answer->faults = page_faults() - answer->faults;
}

static void __attribute__((noreturn, used)) begin(const long *stack)
{
	const char *const *argv = (const char *const *)(stack + 1);
	struct mm_answer answer = { .error = 0 };
	char c;

	/* It has been executed by itself. */
	if (stack[0] > 1) {
		if (argv[1][0] == 'h')
			input_ends();
		leave(EXITS);
	}
	if (call(__NR_read, 0, &order, sizeof(order)) != sizeof(order) ||
	    order.op >= NR_MM_OPS)
		leave(1);
	answer.error = prepare();
	call(__NR_write, 1, &answer, sizeof(answer));
	if (answer.error || call(__NR_read, 0, &c, 1) != 1)
		leave(1);
	operate(&answer);
	call(__NR_write, 1, &answer, sizeof(answer));
	/* Held children end at the same end of input. */
	input_ends();
	while (call(__NR_wait4, -1, 0, 0) > 0)
		;
	leave(0);
}

__asm__(".globl _start\n"
	"_start:\n\t"
	"mov %rsp, %rdi\n\t"
	"and $-16, %rsp\n\t"
	"call begin\n");
