/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the function at an address of the guest. */
#ifndef PCPUBENCH_PROFILE_SYMBOLS_H
#define PCPUBENCH_PROFILE_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

/* Names of the module's functions begin with this. */
#define SYMBOLS_MODULE	"pcpu_bench:"

/* User space is below (Documentation/arch/x86/x86_64/mm.rst). */
#define SYMBOLS_KERNEL_HALF	0x8000000000000000ULL

struct symbol {
	uint64_t addr;
	char *name;
};

/*
 * @sym: functions and other symbols of System.map, by address
 * @module: functions of the module, likewise
 * @module_base, @module_end: of its .text, 0 before symbols_module()
 */
struct symbols {
	struct symbol *sym;
	size_t nr;
	struct symbol *module;
	size_t nr_module;
	uint64_t module_base, module_end;
};

/**
 * symbols_kernel - read the symbols of a kernel that runs without KASLR
 * @image: from the System.map beside it, or its own symbol table
 *
 * 0, or EX_USE when neither is there; then @s holds nothing.
 */
int symbols_kernel(struct symbols *s, const char *image);

/* A mark (kmod-bench/mark.h), its number and where it was met in the guest. */
struct symbols_mark {
	unsigned int what;
	uint64_t addr;
};

/**
 * symbols_base - where code lies in the guest, from the marks that were met in it
 * @text: the code, @size bytes of it
 * @marks: all of them, one at least
 *
 * A mark's number may be in several places of the code, but only at one address
 * all marks are where they were met. 0 if there is none.
 */
uint64_t symbols_base(const void *text, size_t size,
		      const struct symbols_mark *marks, size_t nr);

/**
 * symbols_module - add those of pcpu_bench.ko
 * @path: the file
 * @marks: those met in it
 *
 * 0, or EX_USE when the file is no module with such marks.
 */
int symbols_module(struct symbols *s, const char *path,
		   const struct symbols_mark *marks, size_t nr);

/**
 * symbols_name - the function at @addr
 *
 * Without the suffix of a clone or a part (.isra, .part, .cold), the module's
 * after SYMBOLS_MODULE. "[module]", "[user]" or "[unknown]" without a symbol.
 */
const char *symbols_name(const struct symbols *s, uint64_t addr);

/* symbols_address() in the image's own symbol table; 0 also without symbols. */
uint64_t symbols_find(const char *image, const char *name);

/* Address of a kernel symbol, 0 when there is none of that name. */
uint64_t symbols_address(const struct symbols *s, const char *name);

void symbols_free(struct symbols *s);

#endif
