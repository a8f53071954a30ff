/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * May this go in? A list of checks, each of which has to pass: nothing that was
 * not measured, does not count or cannot be told passes.
 */
#ifndef PCPUBENCH_COMPARE_GATE_H
#define PCPUBENCH_COMPARE_GATE_H

#include "compare/compare.h"
#include "compare/thresholds.h"

enum gate_state {
	GATE_PASS,
	GATE_IMPROVED,		/* passes too */
	GATE_IGNORED,		/* a rule says so; neither passes nor fails */
	GATE_INCONCLUSIVE,
	GATE_REGRESSION,
	NR_GATE_STATES,
};

/*
 * @name: unique, such as "176c1n insn percpu-alloc 64 a: off"
 * @text: figures or reason, one line
 * @above: of a regression: percent of the scale above what is allowed
 */
struct gate_check {
	char *name;
	char *text;
	enum gate_state state;
	double above;
};

/*
 * What was judged by what, which no check says: a line of @text under @about,
 * "compared" for one.
 */
struct gate_note {
	const char *about;
	char *text;
};

/* @judged: for each rule, checks that it counted for */
struct gate {
	const struct compare *compare;
	const struct thresholds *thresholds;
	struct gate_check *checks;
	size_t nr;
	size_t count[NR_GATE_STATES];
	size_t *judged;
	struct gate_note *notes;
	size_t nr_notes;
};

/* Mark what is judged; between compare_load() and compare_judge(). */
void gate_select(struct compare *c, const struct thresholds *t);

/**
 * gate_judge - the checks of a comparison that is judged
 *
 * Returns 0 or EX_FAIL with err() when memory ran out.
 */
int gate_judge(struct gate *g, const struct compare *c,
	       const struct thresholds *t);

/*
 * Fill in g->notes, when all checks are there; gate_judge() does. 0 or EX_FAIL
 * with err().
 */
int gate_notes(struct gate *g);

void gate_free(struct gate *g);

/* 0, 1 for a regression, 3 where it cannot be told; a regression wins. */
int gate_exit(const struct gate *g);

const char *gate_state_name(enum gate_state state);

#endif
