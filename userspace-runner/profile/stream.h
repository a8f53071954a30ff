/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the plugin's output; tcg-plugin/region.h has the format. */
#ifndef PCPUBENCH_PROFILE_STREAM_H
#define PCPUBENCH_PROFILE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/symbols.h"

struct stream_block {
	uint64_t addr;
	char *sizes;		/* NULL: no such block */
};

struct stream_frame {
	uint32_t parent;
	uint64_t callsite;
	bool there;
};

struct stream_counter {
	uint32_t frame, block;
	uint64_t times;
	int64_t locked;
	uint64_t lines;
};

/* Instructions while the same locks were held: a sum of REGION_*. */
struct stream_step {
	unsigned int held;
	uint64_t insns;
};

/* @watched: false when the plugin missed it; then there are no counters. */
struct stream_sample {
	unsigned int arm;
	bool watched;
	uint64_t insns;
	size_t counter, nr_counters;	/* in the stream's @counters */
	size_t step, nr_steps;		/* in its @steps; none: not recorded */
	uint64_t holds, longest, locked;	/* of the lock */
};

/* @blocks_told: false when only the lock was watched; then no counters */
struct stream {
	bool blocks_told;
	struct stream_block *blocks;
	size_t nr_blocks;
	struct stream_frame *frames;
	size_t nr_frames;
	struct stream_counter *counters;
	size_t nr_counters;
	struct stream_step *steps;
	size_t nr_steps;
	struct stream_sample *samples;
	size_t nr_samples;
	bool marked;			/* a mark was met */
	struct symbols_mark *marks;	/* in the module */
	size_t nr_marks;
};

/**
 * stream_read - read all output from @fd
 *
 * Every block and frame that a counter names is there, and the counters and the
 * steps of a sample add up to its instructions. 0 or EX_FAIL with err(); then @s holds
 * nothing.
 */
int stream_read(struct stream *s, int fd);

/* Address of instruction @i of a block; strlen(sizes) gives its end. */
uint64_t stream_insn(const struct stream_block *b, size_t i);

void stream_free(struct stream *s);

#endif
