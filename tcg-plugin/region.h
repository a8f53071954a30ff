/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code that runs in the measured regions: each block, its callers, how
 * often it ran, how much of it under the watched lock, and how many cache lines
 * it wrote; or only the instructions, in all and under the lock. Independent of
 * QEMU.
 *
 * Its output, line by line, numbers in decimal if not said otherwise:
 *
 *	profile 3			first line: version of this format; or
 *	lock 2				without blocks
 *	M mark address			a mark and its address (hex, both)
 *	B id address sizes		a block; sizes has a hex digit for the
 *					bytes of each instruction
 *	N id parent address		a frame: called by frame parent, from the
 *					call instruction at address (hex); frame 0
 *					is where the region begins
 *	S arm instructions		a sample that has ended, then its counters
 *	C frame block times locked lines
 *	T held insns [held insns...]	the sample's steps: instructions while the
 *					same locks were held, a sum of REGION_*
 *	L times longest locked		holds of the lock in the sample, and the
 *					instructions of the longest and of all
 *	? arm				a sample that went by unwatched
 *	E samples			last line; without it something is missing
 *	X why				instead of E: why there is nothing
 *
 * `locked` counts the block's instructions that ran while the lock was held,
 * `lines` the lines of 64 bytes that it was the first to write in a call of the
 * measured loop. Such a call comes from code that is near a mark: the module's.
 * Without blocks there are no lines B, N and C. Without the mutex's address, or
 * after more than REGION_STEPS steps, a sample has no line T.
 */
#ifndef PCPUBENCH_REGION_H
#define PCPUBENCH_REGION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct region;
struct counter;

#define REGION_MUTEX	1U	/* the mutex is held */
#define REGION_LOCK	2U	/* the spinlock is held */
#define REGION_STEPS	4096	/* of a sample: some 600 pairs */

enum block_end { BLOCK_FALLS, BLOCK_CALLS, BLOCK_RETURNS };

/* A translated block. Never freed: QEMU may run an old one again. */
struct block {
	struct region *region;
	uint32_t id;
	uint32_t n;		/* instructions */
	uint64_t vaddr;
	uint64_t last_vaddr;	/* of its last instruction */
	enum block_end end;
	bool written;
	uint32_t last_frame;	/* frame of @last; ~0: none yet */
	struct counter *last;
	struct block *cut;	/* the same with fewer instructions; and so on */
	char sizes[];		/* hex digits */
};

/**
 * region_new - watch samples and write the output to @out
 * @blocks: record blocks and callers; else the caller only adds instructions to
 *	*region_count()
 * @lock: address of the spinlock to watch, 0 for none
 * @mutex: address of the mutex to watch, likewise
 */
struct region *region_new(FILE *out, bool blocks, uint64_t lock,
			  uint64_t mutex);

/*
 * A page fault's code begins at @vaddr: the block before it has not run to its end.
 * Where it went on tells how much of it had run, and is counted.
 */
void region_faults_at(struct region *r, uint64_t vaddr);

/* Instructions of all blocks begun so far; only used while a sample is open. */
uint64_t *region_count(struct region *r);

/* Free all but the blocks; QEMU ends at the same time. */
void region_free(struct region *r);

/* Write the line E and flush. */
void region_end(struct region *r);

/* The samples are not usable: write @why as the last line instead of E. */
void region_broken(struct region *r, const char *why);

/* A mark at @vaddr has been translated. */
void region_mark_at(struct region *r, unsigned int what, uint64_t vaddr);

/* A new block of @n instructions, sizes in bytes. NULL: out of memory. */
struct block *region_block(struct region *r, uint64_t vaddr, uint32_t n,
			   const uint8_t *sizes, enum block_end end);

/* Events, in order: a block starts, and in it ... */
void region_exec(struct block *b);
/* ... a mark is passed; @watched false: the sample will not be watched */
void region_mark(struct region *r, unsigned int what, bool watched);
/* ... the TSC is about to be read, by its last instruction */
void region_tsc(struct region *r);
/*
 * ... an instruction, with @left more after it in its block, may take a lock at
 * @vaddr or release a mutex there, or has stored a byte there
 */
void region_cmpxchg(struct region *r, uint32_t left, uint64_t vaddr);
void region_store(struct region *r, uint32_t left, uint64_t vaddr);
/* ... it ends with iret: the next block may be where a fault was */
void region_iret(struct region *r);
/* ... @bytes are stored at @vaddr, by any instruction */
void region_written(struct region *r, uint64_t vaddr, unsigned int bytes);
/*
 * ... the kernel stores a task's stack pointer at @vaddr, and loads the next
 * one's from there: calls and returns continue where that task left off
 */
void region_leave_task(struct region *r, uint64_t vaddr);
void region_enter_task(struct region *r, uint64_t vaddr);

#endif
