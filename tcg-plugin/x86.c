// SPDX-License-Identifier: GPL-2.0-or-later
/* Opcodes: Intel SDM volume 2, appendix A. */
#include <stdbool.h>

#include "../kmod-bench/mark.h"
#include "x86.h"

/*
 * Legacy prefixes, then REX. The kernel patches `lock` to 3e for a single CPU;
 * 3e and f2 also precede branches for CET and MPX.
 */
static bool is_prefix(uint8_t b)
{
	switch (b) {
	case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64: case 0x65:
	case 0x66: case 0x67: case 0xf0: case 0xf2: case 0xf3:
		return true;
	default:
		return (b & 0xf0) == 0x40;
	}
}

static bool is_mark(const uint8_t *p, size_t len, unsigned int *mark)
{
	uint32_t number;

	if (len != 7 || p[0] != MARK_NOP_0 || p[1] != MARK_NOP_1 ||
	    p[2] != MARK_NOP_2)
		return false;
	number = p[3] | p[4] << 8 | p[5] << 16 | (uint32_t)p[6] << 24;
	*mark = number & 0xff;
	return number >> 8 == MARK_MAGIC;
}

enum x86_kind x86_kind(const uint8_t *p, size_t len, unsigned int *mark)
{
	if (is_mark(p, len, mark))
		return X86_MARK;
	/* mov %rsp,disp32(%rdi), mov disp32(%rsi),%rsp: in __switch_to_asm() */
	if (len == 7 && p[0] == 0x48 && p[1] == 0x89 && p[2] == 0xa7)
		return X86_STACK_SAVE;
	if (len == 7 && p[0] == 0x48 && p[1] == 0x8b && p[2] == 0xa6)
		return X86_STACK_LOAD;
	while (len > 1 && is_prefix(*p)) {
		p++;
		len--;
	}
	if (!len)
		return X86_OTHER;
	switch (p[0]) {
	case 0xe8:
		return X86_CALL;
	case 0xc2: case 0xc3:
		return X86_RET;
	case 0xcf:
		return X86_IRET;
	case 0xff:
		return len > 1 && (p[1] >> 3 & 7) == 2 ? X86_CALL : X86_OTHER;
	case 0x88:
		return X86_STORE_BYTE;
	case 0xc6:
		return len > 1 && (p[1] >> 3 & 7) == 0 ? X86_STORE_BYTE :
							 X86_OTHER;
	case 0x0f:
		break;
	default:
		return X86_OTHER;
	}
	if (len == 2 && p[1] == 0x31)
		return X86_TSC;
	if (len == 3 && p[1] == 0x01 && p[2] == 0xf9)
		return X86_TSC;
	if (len > 1 && (p[1] == 0xb0 || p[1] == 0xb1))
		return X86_CMPXCHG;
	return X86_OTHER;
}
