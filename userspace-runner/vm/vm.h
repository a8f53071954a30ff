/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts, watches and reads one guest. Only vm/ knows QEMU. */
#ifndef PCPUBENCH_VM_VM_H
#define PCPUBENCH_VM_VM_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "plan/plan.h"
#include "plan/topology.h"
#include "vm/vcpu.h"

#define VM_MAX_ONLINE	8

struct vm_spec {
	const char *init;	/* static /init, NULL: the measuring one */
	const char *image;	/* vmlinux (PVH) or bzImage */
	const char *module;	/* pcpu_bench.ko for it */
	const char *cmdline;	/* added by the series, may be NULL */
	const char *append;	/* added by the user, may be NULL */
	struct topology topo;
	struct plan plan;
	/*
	 * Number of real vCPUs, 0 for one, at most VM_MAX_ONLINE. Several are
	 * on each node with CPUs in turn and run at the same time, so guest
	 * time is not a count of instructions. The guest turns all but the boot
	 * CPU on.
	 */
	unsigned int online;
	const char *guest_args;	/* more arguments for /init, may be NULL */
	unsigned int memory_mib;	/* 0: what the topology needs */
	unsigned int deadline_s;	/* 0: by topology and plan */
	const char *machine;		/* for the model */
	int cpu;		/* `time`: of the host, for the first vCPU; -1: any */
	bool watch;		/* by the plugin; no profile: only the lock */
	unsigned long long lock;	/* address of pcpu_lock, 0: unknown */
};

/*
 * A guest and its results. @failed is "" when the guest reported that it
 * measured everything; only then @cells are valid.
 */
struct vm {
	pid_t pid;
	int pidfd;
	int initrd_fd, console_fd, results_fd;
	char *machine;		/* file of the model, or NULL */
	int profile_fd;		/* the plugin's output, -1 without it */
	int gate_fd[2];		/* a pipe, full but for one byte; or -1 */
	unsigned int memory_mib, deadline_s;
	double started_s, init_s, wall_s;	/* init_s, wall_s: from started_s */
	struct vcpu vcpu;	/* of the instrument `time` */
	/*
	 * Seconds since /init that others ran while the vCPU was ready; NaN:
	 * unknown.
	 */
	double stolen_s, waited_s;
	bool done;
	off_t parsed;
	char cmdline[2048];
	char failed[512];
	json_t *guest;		/* the guest's own record, or NULL */
	json_t *cells;		/* array */
	json_t *lines;		/* array: text of the guest's `tap` records */
};

/* Name of the CPU model of @instrument's guests. */
const char *vm_cpu_model(enum instrument instrument);

/* MiB of memory that this machine has for guests now. */
unsigned int vm_free_mib(void);

/* MiB of memory of @spec's guest. EX_FAIL when this machine has less free. */
int vm_memory(const struct vm_spec *spec, unsigned int *mib);

/**
 * vm_start - start the guest
 *
 * 0, or an exit code when QEMU cannot be started. Afterwards call vm_poll()
 * until it returns true, then vm_free().
 */
int vm_start(struct vm *vm, const struct vm_spec *spec);

/* Watch the guest: true when it has ended, by itself or at its deadline. */
bool vm_poll(struct vm *vm);

/* The whole console so far, for free(); or NULL. */
char *vm_console(const struct vm *vm);

/* The last @lines lines of the console, oldest first, as a JSON array. */
json_t *vm_console_tail(const struct vm *vm, unsigned int lines);

void vm_free(struct vm *vm);

#endif
