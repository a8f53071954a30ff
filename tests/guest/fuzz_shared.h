/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tasks of a fuzzer share, and what each has of its own. */
#ifndef PCPUBENCH_TESTS_FUZZ_SHARED_H
#define PCPUBENCH_TESTS_FUZZ_SHARED_H

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
#include "fuzz_program.h"
#include "measure/cgroup.h"

#define DEVICE		"/dev/" PCPU_BENCH_DEVICE
#define WORKERS		4
#define TASKS		(WORKERS + 2)	/* the last ones mostly join windows */
#define PROGRAMS	1024
#define TEXT		(1 << 20)	/* bytes of the module's code, at most */
#define MAX_ERRNO	134
enum { UNSEEN, NEW, TOLD };	/* a place in the code */

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
	unsigned long errors[FUZZ_NR_CALLS][MAX_ERRNO];
	double alone;		/* until when a task wants to call without others, or 0 */
	/* An argument that all tasks change while others call with it. */
	unsigned char raced[FUZZ_BYTES] __attribute__((aligned(8)));
	unsigned long text;	/* where the module's code begins */
	unsigned char seen[TEXT];
	unsigned long scanned;	/* bytes of answers */
	unsigned long leaks;	/* addresses in them, and the first one */
	char leak[80];
	unsigned long killed, unloaded, gone;	/* tasks, module, CPU */
	struct pcpu_bench_area areas[PCPU_BENCH_MAX_AREAS];
	struct pcpu_bench_area wrong[PCPU_BENCH_MAX_AREAS];
	int groups[FUZZ_OWNERS + 1];
} *all;

static struct cgroup cg[2];
static int common[FUZZ_FILES - FUZZ_OWN_FILES];
static int cpus[2];
static unsigned int nr_cpus;
static bool checked, has_kcov, looks_for_leaks, looks_for_races;

/* One task: its files, and where the kernel writes which code it ran. */
struct task {
	int file[FUZZ_FILES];
	int fail;
	uint64_t *pcs;		/* NULL without KCOV */
};

#endif
