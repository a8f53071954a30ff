/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts, watches and reads one guest. Only vm/ knows QEMU. */
#ifndef PCPUBENCH_VM_VM_H
#define PCPUBENCH_VM_VM_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "vm/spec.h"
#include "vm/vcpu.h"

/*
 * A guest and its results. @failed is "" when the guest reported that it
 * measured everything; only then @cells are valid.
 */
struct vm {
	pid_t pid;
	int pidfd;
	int initrd_fd, console_fd, results_fd;
	int profile_fd;		/* the plugin's output, -1 without it */
	off_t profile_most;	/* bytes of it */
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
	bool garbled;		/* what it sent is of no use: do not wait for more */
	off_t parsed, seen;	/* bytes of its results: taken, looked at */
	size_t taken;		/* bytes of memory for what was taken */
	char cmdline[VM_CMDLINE];
	char failed[512];
	json_t *guest;		/* the guest's own record, or NULL */
	json_t *cells;		/* array */
	json_t *lines;		/* array: text of the guest's `tap` records */
};

/* MiB that this machine could give to guests now. */
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

/**
 * vm_hear - take the whole records that the guest sent since the last call
 *
 * For vm_poll(). A guest may send anything, and is not trusted: sets @vm's @garbled and
 * @failed for what is no record, of an unknown type or after the last one, and for
 * more bytes than a guest has to send, on its console too.
 */
void vm_hear(struct vm *vm);

/* The whole console so far, for free(); or NULL. */
char *vm_console(const struct vm *vm);

/*
 * The last @lines lines of the console, oldest first, as a JSON array; of a line the
 * first 1000 bytes.
 */
json_t *vm_console_tail(const struct vm *vm, unsigned int lines);

void vm_free(struct vm *vm);

#endif
