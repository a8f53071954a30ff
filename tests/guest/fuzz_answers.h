/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks for addresses of the kernel's in what calls of the module answer. */
#ifndef PCPUBENCH_TESTS_FUZZ_ANSWERS_H
#define PCPUBENCH_TESTS_FUZZ_ANSWERS_H

#include "fuzz_program.h"

/* A call's argument before it, and how much of each answer it may write. */
struct fuzz_asked {
	unsigned char arg[FUZZ_BYTES];
	size_t bytes[FUZZ_ANSWERS];
};

/*
 * The kernel's half of the addresses, without its last 4 TiB: there are small
 * negative numbers, such as times in ns, but in the last 2 GiB its code, too
 * (Documentation/arch/x86/x86_64/mm.rst).
 */
static bool is_kernel_address(uint64_t v)
{
	return (v >= 0xffff800000000000ULL && v < 0xfffffc0000000000ULL) ||
	       (v >= 0xffffffff80000000ULL && v < 0xfffffffffff00000ULL);
}

/*
 * The first address in @bytes of @at that is not also in @had, or NULL: none. If its
 * upper half is what the caller had, it is no address: a number was written before it.
 */
static const unsigned char *find_address(const unsigned char *at,
					 const unsigned char *had, size_t bytes)
{
	uint64_t v, was = 0;
	size_t i;

	for (i = 0; i + sizeof(v) <= bytes; i += 4) {
		memcpy(&v, at + i, sizeof(v));
		if (had)
			memcpy(&was, had + i, sizeof(was));
		if (is_kernel_address(v) && (!had || v >> 32 != was >> 32))
			return at + i;
	}
	return NULL;
}

static uint32_t number_at(const unsigned char *arg, uint64_t at)
{
	uint32_t v;

	memcpy(&v, arg + at, sizeof(v));
	return v;
}

/* Clear the room for answers. */
static void before_call(struct fuzz_asked *a, const struct fuzz_call *c,
			const unsigned char *arg)
{
	const struct fuzz_field *f = c->field;
	unsigned int nr = 0, i;
	uint64_t bytes;

	memset(a->bytes, 0, sizeof(a->bytes));
	memcpy(a->arg, arg, sizeof(a->arg));
	for (; f < c->field + FUZZ_FIELDS && f->nr; f++) {
		if (f->kind != FUZZ_ANSWER)
			continue;
		bytes = f->good[0];
		for (i = 1; i < f->nr; i++) {
			bytes *= number_at(arg, f->good[i]);
			if (bytes > FUZZ_ROOM)
				bytes = FUZZ_ROOM;
		}
		memset(fuzz_world.room + nr * FUZZ_ROOM, 0, bytes);
		a->bytes[nr++] = bytes;
	}
}

/* What a call that failed wrote, if anything, is at the begin. */
#define FUZZ_FAILED	4096UL

/* An address in the argument or an answer, or NULL. @sum: bytes that were read. */
static const unsigned char *after_call(const struct fuzz_asked *a,
				       const struct fuzz_call *c,
				       const unsigned char *arg, bool failed,
				       unsigned long *sum)
{
	const unsigned char *found = find_address(arg, a->arg, c->bytes);
	const unsigned char *room = (unsigned char *)fuzz_world.room;
	unsigned int i;
	size_t bytes;

	*sum += c->bytes;
	for (i = 0; i < FUZZ_ANSWERS && !found; i++) {
		bytes = a->bytes[i];
		if (failed && bytes > FUZZ_FAILED)
			bytes = FUZZ_FAILED;
		found = find_address(room + i * FUZZ_ROOM, NULL, bytes);
		*sum += bytes;
	}
	return found;
}

#endif
