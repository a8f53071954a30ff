/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks what a guest answered: it may run anything, and is not trusted. */
#ifndef PCPUBENCH_BOOT_ANSWERS_H
#define PCPUBENCH_BOOT_ANSWERS_H

#include "vm/vm.h"

/**
 * answers_check - may the guest's records go into a results file?
 *
 * There has to be every cell that @spec asked for, once, and no other. Each has to pass the
 * rules of results files; it may not name its own kernel, machine or instrument. Else sets
 * @vm->failed. It has to say what machine it found, which is dropped if it
 * breaks the rules.
 */
void answers_check(struct vm *vm, const struct vm_spec *spec);

#endif
