// SPDX-License-Identifier: GPL-2.0-or-later
/* Measures an instruction and a cleared cache line of this machine. */
#include <math.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "metal/calibrate.h"
#include "stats/stats.h"

#define ROUNDS		11
#define LOOPS		2000000UL
#define LOOP_INSNS	8		/* of the loop below */
#define LINE_INSNS	11		/* of clear_lines(), a line */
#define LINE		64UL
#define OBJECT		1024UL		/* the size of the calibrating cell */
#define STRIDE		4096UL		/* each CPU's copy is on a page of its own */
#define LEAST_BYTES	(64UL << 20)
#define MOST_BYTES	(512UL << 20)
#define PAIR_PAGES	256UL		/* copies, and a power of two */

/* Loads that hit, a compare and arithmetic, as in a walk over a CPU mask. */
static double insn_ns(void)
{
	uint64_t word = 1, sum = 0, n = LOOPS, x;
	double start = clock_now();

	asm volatile("1:	mov	(%[word]), %[x]\n"
		     "	add	%[x], %[sum]\n"
		     "	shl	$1, %[x]\n"
		     "	xor	%[x], %[sum]\n"
		     "	test	%[sum], %[sum]\n"
		     "	lea	1(%[x]), %[x]\n"
		     "	dec	%[n]\n"
		     "	jnz	1b\n"
		     : [n] "+r" (n), [sum] "+r" (sum), [x] "=&r" (x)
		     : [word] "r" (&word) : "cc", "memory");
	return (clock_now() - start) * 1e9 / (LOOPS * LOOP_INSNS);
}

/* Clear @len bytes at @at by stores of eight: memset() of 7.3 without FSRS. */
static void clear_lines(char *at, unsigned long len)
{
	char *end = at + len;

	asm volatile("1:	mov	%[zero], 0(%[at])\n"
		     "	mov	%[zero], 8(%[at])\n"
		     "	mov	%[zero], 16(%[at])\n"
		     "	mov	%[zero], 24(%[at])\n"
		     "	mov	%[zero], 32(%[at])\n"
		     "	mov	%[zero], 40(%[at])\n"
		     "	mov	%[zero], 48(%[at])\n"
		     "	mov	%[zero], 56(%[at])\n"
		     "	add	$64, %[at]\n"
		     "	cmp	%[end], %[at]\n"
		     "	jne	1b\n"
		     : [at] "+r" (at)
		     : [end] "r" (end), [zero] "r" (0UL) : "cc", "memory");
}

/* One object on each page, in an order that no prefetcher follows. */
static double line_ns(char *room, unsigned long pages, unsigned long n)
{
	unsigned long page = 0, i;
	double start = clock_now();

	for (i = 0; i < n; i++) {
		clear_lines(room + page * STRIDE, OBJECT);
		/* All pages once: Hull and Dobell, 1962, for a power of two. */
		page = (page * 1664525 + 1013904223) & (pages - 1);
	}
	return (clock_now() - start) * 1e9 / (n * (OBJECT / LINE));
}

static struct spread spread_of(double *x)
{
	struct spread s = { .least = x[0], .most = x[0] };

	for (int i = 1; i < ROUNDS; i++) {
		s.least = fmin(s.least, x[i]);
		s.most = fmax(s.most, x[i]);
	}
	s.median = median_of(x, ROUNDS);
	return s;
}

/* By the median time of an instruction, whose own spread is printed beside. */
static struct spread k_of(const struct spread *line, const struct spread *insn)
{
	return (struct spread){
		.median = line->median / insn->median - LINE_INSNS,
		.least = line->least / insn->median - LINE_INSNS,
		.most = line->most / insn->median - LINE_INSNS,
	};
}

/* A power of two: twice the largest cache or more, but at most MOST_BYTES. */
static unsigned long enough_bytes(void)
{
	long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
	unsigned long bytes = LEAST_BYTES;

	while (cache > 0 && bytes < 2 * (unsigned long)cache &&
	       bytes < MOST_BYTES)
		bytes *= 2;
	return bytes;
}

int calibrate(struct calibration *c)
{
	double insn[ROUNDS], cold[ROUNDS], warm[ROUNDS];
	unsigned long pages;
	char *room;

	c->bytes = enough_bytes();
	room = mmap(NULL, c->bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		return err_errno(EX_FAIL, "no %lu MiB to clear: free some memory",
				 c->bytes >> 20);
	/* Warm: the pages are there, and the CPU is at its speed. */
	pages = c->bytes / STRIDE;
	line_ns(room, pages, pages);
	for (int i = 0; i < ROUNDS; i++) {
		insn[i] = insn_ns();
		cold[i] = line_ns(room, pages, pages);
		line_ns(room, PAIR_PAGES, PAIR_PAGES);
		warm[i] = line_ns(room, PAIR_PAGES, 32 * PAIR_PAGES);
	}
	munmap(room, c->bytes);
	c->insn_ns = spread_of(insn);
	c->cold_ns = spread_of(cold);
	c->warm_ns = spread_of(warm);
	c->k_cold = k_of(&c->cold_ns, &c->insn_ns);
	c->k_warm = k_of(&c->warm_ns, &c->insn_ns);
	return 0;
}
