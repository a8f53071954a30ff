/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decodes x86-64 instructions as far as the plugin needs. */
#ifndef PCPUBENCH_X86_H
#define PCPUBENCH_X86_H

#include <stddef.h>
#include <stdint.h>

enum x86_kind {
	X86_OTHER,
	X86_CALL,		/* near call, direct or not */
	X86_RET,		/* near return */
	X86_IRET,		/* from an interrupt or a fault */
	X86_TSC,		/* rdtsc, rdtscp */
	X86_MARK,		/* kmod-bench/mark.h */
	X86_CMPXCHG,		/* may take a spinlock */
	X86_STORE_BYTE,		/* may release one */
	X86_STACK_SAVE,		/* the stack pointer into the task: __switch_to_asm() */
	X86_STACK_LOAD,		/* and from the next one */
};

/**
 * x86_kind - the kind of the instruction of @len bytes at @insn
 * @mark: receives the number in an X86_MARK
 *
 * Assumes 64-bit mode. Unknown instructions are X86_OTHER.
 */
enum x86_kind x86_kind(const uint8_t *insn, size_t len, unsigned int *mark);

#endif
