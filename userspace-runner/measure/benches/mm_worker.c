// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts the small program of bench mm-life, which is linked into this one. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/personality.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/process.h"
#include "measure/benches/exec_file.h"
#include "measure/benches/mm_worker.h"
#include "pcpu_bench.h"

/* build/mm_program */
asm(".pushsection .rodata, \"a\"\n"
    "	.global mm_program, mm_program_bytes\n"
    "mm_program:\n"
    "	.incbin \"" PCPUBENCH_MM_PROGRAM "\"\n"
    "1:	.balign 8\n"
    "mm_program_bytes:\n"
    "	.quad 1b - mm_program\n"
    "	.popsection\n");

extern const char mm_program[];
extern const size_t mm_program_bytes;

int mm_program_open(int *fd)
{
	*fd = exec_file(mm_program, mm_program_bytes);
	return *fd < 0 ? err_errno(EX_FAIL, "cannot make a file to execute") : 0;
}

static int receive(struct mm_worker *w, struct mm_answer *answer)
{
	ssize_t len;

	do
		len = read(w->answers, answer, sizeof(*answer));
	while (len < 0 && errno == EINTR);
	return len == sizeof(*answer) ? 0 :
	       err(EX_FAIL, "mm-life: the measured process ended early");
}

static void close_pipes(struct mm_worker *w)
{
	if (w->orders >= 0)
		close(w->orders);
	if (w->answers >= 0)
		close(w->answers);
	w->orders = w->answers = -1;
}

/* The same addresses each time, as fork and exec copy and make page tables. */
static int start(struct mm_worker *w, const struct mm_order *order)
{
	const int keep[] = { order->program, order->procs };
	char path[64];
	const char *const argv[] = { path, NULL };
	struct process p = {
		.argv = argv, .keep = keep, .nr_keep = 2,
		.alone = true, .orphan_signal = SIGKILL,
	};
	int in[2], out[2], persona, ret;

	*w = (struct mm_worker){ -1, -1, -1 };
	if (pipe2(in, O_CLOEXEC))
		return err_errno(EX_FAIL, "cannot make a pipe");
	if (pipe2(out, O_CLOEXEC)) {
		close(in[0]);
		close(in[1]);
		return err_errno(EX_FAIL, "cannot make a pipe");
	}
	w->orders = in[1];
	w->answers = out[0];
	p.in = in[0];
	p.out = out[1];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", order->program);
	persona = personality(0xffffffff);
	personality(persona | ADDR_NO_RANDOMIZE);
	ret = process_start(&p, &w->pid);
	personality(persona);
	close(in[0]);
	close(out[1]);
	return ret ? EX_FAIL : 0;
}

/*
 * The kernel keeps pids in a tree, 64 in a node. The first pid of a node makes a
 * new one. So the process has a pid that has the next ones in its own node.
 */
#define PIDS_A_NODE	64
#define PIDS_NEEDED	(MM_NR_THREADS + 3)

static int start_at_pid(struct mm_worker *w, const struct mm_order *order,
			bool fixed_pid)
{
	int ret = start(w, order);

	while (!ret && fixed_pid &&
	       w->pid % PIDS_A_NODE >= PIDS_A_NODE - PIDS_NEEDED) {
		process_kill(w->pid);
		close_pipes(w);
		ret = start(w, order);
	}
	return ret;
}

int mm_worker_start(struct mm_worker *w, const struct mm_order *order,
		    bool fixed_pid)
{
	struct mm_answer ready = { 0 };
	int ret = start_at_pid(w, order, fixed_pid);

	if (!ret && write_all(w->orders, (const char *)order, sizeof(*order)))
		ret = err_errno(EX_FAIL, "mm-life: cannot reach the measured process");
	if (!ret)
		ret = receive(w, &ready);
	if (!ret && ready.error) {
		errno = ready.error;
		ret = err_errno(EX_FAIL, "mm-life: the measured process cannot get ready");
	}
	return ret;
}

int mm_worker_go(struct mm_worker *w, const struct mm_order *order,
		 struct mm_answer *answer)
{
	const __u32 must = order->arm == PCPU_BENCH_ARM_EMPTY ? 0 :
			   order->op == MM_FAULT ? MM_FAULTS :
			   order->op == MM_THREADS ? MM_NR_THREADS : 1;
	int ret;

	if (write_all(w->orders, "", 1))
		return err_errno(EX_FAIL, "mm-life: cannot reach the measured process");
	ret = receive(w, answer);
	if (!ret && answer->ran != must)
		ret = err(EX_FAIL, "mm-life: a child, a thread or an executed program did not run");
	return ret;
}

int mm_worker_end(struct mm_worker *w, int ret)
{
	close_pipes(w);
	if (w->pid < 0)
		return ret;
	if (ret) {
		process_kill(w->pid);
		return ret;
	}
	return process_wait(w->pid, 0) ?
	       err(EX_FAIL, "mm-life: the measured process failed") : 0;
}
