/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checks of a gate. Each must pass; a cell that was not measured, is not
 * valid or has no clear result does not pass.
 */
#ifndef PCPUBENCH_COMPARE_GATE_H
#define PCPUBENCH_COMPARE_GATE_H

#include "compare/compare.h"
#include "compare/thresholds.h"

enum gate_state {
	GATE_PASS,
	GATE_IMPROVED,		/* passes too */
	GATE_IGNORED,		/* by a rule; neither passes nor fails */
	GATE_INCONCLUSIVE,
	GATE_REGRESSION,
	NR_GATE_STATES,
};

/*
 * @name: unique, such as "176c1n insn percpu-alloc 64 a: off"
 * @text: figures or reason, one line
 * @above: of a regression: percent of the scale above the limit
 */
struct gate_check {
	char *name;
	char *text;
	enum gate_state state;
	double above;
};

/*
 * A fact beside the checks: a line of @text under the title @about, such as
 * "compared".
 */
struct gate_note {
	const char *about;
	char *text;
};

/*
 * @judged: for each rule, the checks that it decided
 * @old_plans, @new_plans: how many good boots of each plan a side has
 */
struct gate {
	const struct compare *compare;
	const struct thresholds *thresholds;
	struct gate_check *checks;
	size_t nr;
	size_t count[NR_GATE_STATES];
	size_t *judged;
	struct index old_plans, new_plans;
	struct gate_note *notes;
	size_t nr_notes;
};

/* Mark the quantities to judge; between compare_load() and compare_judge(). */
void gate_select(struct compare *c, const struct thresholds *t);

/**
 * gate_judge - make the checks of a judged comparison
 *
 * Returns 0 or EX_FAIL with err() when memory ran out.
 */
int gate_judge(struct gate *g, const struct compare *c,
	       const struct thresholds *t);

/*
 * Fill in g->notes after all checks; called by gate_judge(). 0 or EX_FAIL with
 * err().
 */
int gate_notes(struct gate *g);

void gate_free(struct gate *g);

/* 0; 1 for a regression, even with other failures; 3 without a clear result. */
int gate_exit(const struct gate *g);

const char *gate_state_name(enum gate_state state);

#endif
