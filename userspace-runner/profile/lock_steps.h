/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of a pair: the instructions before, between and during its holds of
 * pcpu_lock and pcpu_alloc_mutex.
 */
#ifndef PCPUBENCH_PROFILE_LOCK_STEPS_H
#define PCPUBENCH_PROFILE_LOCK_STEPS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "profile/stream.h"

#define LOCK_STEPS	32	/* of a pair; seven are usual */

/*
 * Sums over the samples of an arm. Step 0 is from the last hold of a pair to the
 * first one of the next.
 * @unlike: the samples, or the pairs in one, have not all the same steps
 */
struct lock_steps {
	unsigned int nr;	/* 0: no sample yet */
	bool unlike;
	unsigned int held[LOCK_STEPS];
	uint64_t insns[LOCK_STEPS];
};

/* Add sample @s of @pairs pairs. */
void lock_steps_add(struct lock_steps *l, const struct stream *stream,
		    const struct stream_sample *s, long long pairs);

/* `steps` of a cell's arm (docs/results.md); NULL if there are none. */
json_t *lock_steps_json(const struct lock_steps *l);

#endif
