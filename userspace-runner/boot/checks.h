/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests that check their kernels: run several at a time, told in their order. */
#ifndef PCPUBENCH_BOOT_CHECKS_H
#define PCPUBENCH_BOOT_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/kernel.h"
#include "vm/vm.h"

/* One kernel's guest. The rest is checks_run()'s. */
struct check {
	const struct kernel *kernel;
	struct vm vm;
	bool running, ended;
	unsigned int tries;
};

/* @check is the @nr-th, from 0; its guest has ended, as it should or not. */
typedef void (*check_fn)(const struct check *check, size_t nr, void *arg);

/**
 * checks_run - a guest of each kernel
 * @checks: @nr of them
 * @spec: of all guests, but what their kernels say
 * @jobs: guests at a time, 0 for one a core
 *
 * @ended is called for each in the order of @checks, as soon as it and those before
 * it have ended. 0, or an exit code when one cannot even be tried.
 */
int checks_run(struct check *checks, size_t nr, const struct vm_spec *spec,
	       size_t jobs, check_fn ended, void *arg);

#endif
