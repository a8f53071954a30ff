/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Computed contention: the lock model, run on the holds that cells counted. */
#ifndef PCPUBENCH_LOCKMODEL_LOCK_CURVES_H
#define PCPUBENCH_LOCKMODEL_LOCK_CURVES_H

#include <jansson.h>
#include <stdbool.h>

#include "lockmodel/lock_model.h"
#include "results/table.h"

#define LOCK_CURVES_THREADS	8192	/* as many as percpu-contend takes */
#define LOCK_CURVES_POINTS	32	/* numbers of threads */

/*
 * Times without a lock differ by up to this part, evenly: with all times fixed,
 * threads fall into step, and meet at a lock always or never.
 */
#define LOCK_CURVES_VARIES	0.2

/* More threads than those who have this part of the most throughput gain little. */
#define LOCK_CURVES_MOST	0.95

/*
 * @threads: ascending
 * @transfer: of struct lock_model
 * @on: of the arm with accounting, else of that without
 */
struct lock_choice {
	unsigned int threads[LOCK_CURVES_POINTS];
	size_t nr;
	double transfer;
	bool on;
};

/*
 * @relative: throughput, as a multiple of the base kernel's with one thread
 * @measured: the same by percpu-contend on this topology; NaN without
 */
struct lock_point {
	struct lock_model_result model;
	double relative;
	double measured;
};

/*
 * A kernel's cell.
 * @insns: of a pair; @held: under each lock; @free: under neither
 * @busiest: the lock that the most threads keep busy for the longest time
 * @base: place of the curve that @relative is relative to
 * @most_at: the least number of threads with LOCK_CURVES_MOST of their throughput
 */
struct lock_curve {
	const struct table_cell *cell;
	struct cell_step steps[CELL_STEPS];
	size_t nr_steps;
	double insns, held[LOCK_MODEL_LOCKS], free;
	struct lock_point points[LOCK_CURVES_POINTS];
	size_t base;
	unsigned int busiest, most_at;
};

/*
 * Curves of one block and size follow each other.
 * @without: cells whose holds were not recorded
 */
struct lock_curves {
	const struct table *table;
	struct lock_choice choice;
	struct lock_curve *curves;
	size_t nr;
	size_t without;
};

/* As in a table: "pcpu_alloc_mutex", "pcpu_lock". */
extern const char *const lock_name[LOCK_MODEL_LOCKS];

/* Are both curves of one topology, bench and size? */
bool lock_curves_alike(const struct lock_curve *a,
		       const struct lock_curve *b);

/* The kernel that @relative is relative to: baseline, or else the first. */
const struct lock_curve *
lock_curves_base(const struct lock_curves *c, const struct lock_curve *of);

/**
 * lock_curves_make - run the model on each valid counted cell of @t
 *
 * 0; EX_INVALID with err() if no cell has its holds; EX_FAIL. Call
 * lock_curves_free() in any case.
 */
int lock_curves_make(struct lock_curves *c, const struct table *t,
		     const struct lock_choice *choice);

/* What the model and the cells say, for other programs and for the picture. */
json_t *lock_curves_json(const struct lock_curves *c);

void lock_curves_free(struct lock_curves *c);

#endif
