// SPDX-License-Identifier: GPL-2.0-or-later
/* Computed contention for people. Each table says whether it is a model's. */
#include <math.h>

#include "base/memory.h"
#include "doc/doc.h"
#include "doc/figures.h"
#include "report/lock_curves_doc.h"
#include "report/report.h"

/* Curves of one block and size. */
struct group {
	const struct lock_curves *c;
	const struct lock_curve *first, *end;
};

static const char *kernel_of(const struct group *g,
			     const struct lock_curve *k)
{
	return g->c->table->kernels[k->cell->kernel].name;
}

static void put_counted(struct doc *d, const struct group *g)
{
	char text[FIGURE_LEN];

	doc_put(d, DOC_TITLE, "counted: instructions of a pair; MODEL: the lock that limits");
	doc_row(d, "%s", "");
	doc_cell(d, "mutex");
	doc_cell(d, "lock");
	doc_cell(d, "neither");
	doc_cell(d, "busiest");
	doc_cell(d, "busy");
	doc_cell(d, "most at");
	for (const struct lock_curve *k = g->first; k < g->end; k++) {
		const struct lock_model_result *last =
			&k->points[g->c->choice.nr - 1].model;

		doc_row(d, "%s", kernel_of(g, k));
		for (unsigned int which = 0; which < LOCK_MODEL_LOCKS; which++)
			doc_cell(d, "%s", figure_amount(text, k->held[which],
							false));
		doc_cell(d, "%s", figure_amount(text, k->free, false));
		doc_cell(d, "%s", lock_name[k->busiest]);
		doc_cell(d, "%.0f%%", 100 * last->busy[k->busiest]);
		doc_cell(d, "%u", k->most_at);
	}
	doc_table(d);
}

static void throughput(char text[FIGURE_LEN], const struct lock_point *p)
{
	figure_amount(text, p->relative, false);
}

static void waits(char text[FIGURE_LEN], const struct lock_point *p)
{
	snprintf(text, FIGURE_LEN, "%.0f%%",
		 100 * (p->model.waits[LOCK_MODEL_MUTEX] +
			p->model.waits[LOCK_MODEL_SPIN]));
}

static void measured(char text[FIGURE_LEN], const struct lock_point *p)
{
	figure_amount(text, p->measured, false);
}

static void error(char text[FIGURE_LEN], const struct lock_point *p)
{
	figure_percent(text, 100 * (p->relative / p->measured - 1));
}

static void put_threads(struct doc *d, const struct group *g)
{
	doc_row(d, "threads");
	for (size_t i = 0; i < g->c->choice.nr; i++)
		doc_cell(d, "%u", g->c->choice.threads[i]);
}

static void put_points(struct doc *d, const struct group *g, bool only_measured,
		       void (*put)(char text[FIGURE_LEN],
				   const struct lock_point *p))
{
	put_threads(d, g);
	for (const struct lock_curve *k = g->first; k < g->end; k++) {
		doc_row(d, "%s", kernel_of(g, k));
		for (size_t i = 0; i < g->c->choice.nr; i++) {
			char text[FIGURE_LEN] = "-";

			if (!only_measured || isfinite(k->points[i].measured))
				put(text, &k->points[i]);
			doc_cell(d, "%s", text);
		}
	}
	doc_table(d);
}

static bool has_measured(const struct group *g)
{
	for (const struct lock_curve *k = g->first; k < g->end; k++)
		for (size_t i = 0; i < g->c->choice.nr; i++)
			if (isfinite(k->points[i].measured))
				return true;
	return false;
}

static void put_group(struct doc *d, const struct group *g)
{
	const struct table *t = g->c->table;
	const struct table_cell *cell = g->first->cell;
	const char *base = kernel_of(g, lock_curves_base(g->c, g->first));

	doc_put(d, DOC_HEADING, "MODEL of contention: %s, %s %lld B, accounting %s",
		t->topologies.name[cell->topology],
		t->benches.name[cell->bench], cell->param,
		g->c->choice.on ? "on" : "off");
	put_counted(d, g);
	doc_put(d, DOC_TITLE, "MODEL: throughput, 1 is %s with one thread",
		base);
	put_points(d, g, false, throughput);
	doc_put(d, DOC_TITLE, "MODEL: the part of its time that a thread waits");
	put_points(d, g, false, waits);
	if (!has_measured(g))
		return;
	doc_put(d, DOC_TITLE, "measured by percpu-contend: throughput, 1 is %s with one thread",
		base);
	put_points(d, g, true, measured);
	doc_put(d, DOC_TITLE, "error of the MODEL");
	put_points(d, g, true, error);
}

static double least_fair(const struct lock_curves *c)
{
	double least = 1;

	for (size_t k = 0; k < c->nr; k++)
		for (size_t i = 0; i < c->choice.nr; i++)
			if (c->curves[k].points[i].model.fairness < least)
				least = c->curves[k].points[i].model.fairness;
	return least;
}

static void put_notes(struct doc *d, const struct lock_curves *c)
{
	doc_put(d, DOC_TEXT, "A model, not a measurement: each thread has a CPU of its own, also where the topology has fewer; a lock's cache line moves to another CPU in the time of %g instructions (--transfer), all else in none. A hold is as long as its instructions, so only ratios of these figures mean something; what is between holds differs by up to a fifth, so that threads do not fall into step. mutex: with pcpu_alloc_mutex held; lock: with pcpu_lock held, also inside of the mutex. busy: the part of the time in which the busiest lock is held or on its way with the most threads; most at: the number of threads with %g %% of their throughput. Threads get equal shares: Jain's index is %.2f or more.",
		c->choice.transfer, 100 * LOCK_CURVES_MOST, least_fair(c));
	if (c->without)
		doc_put(d, DOC_TEXT, "left out: %zu cells without the holds of their locks",
			c->without);
}

int lock_curves_text(FILE *out, const struct lock_curves *c)
{
	struct doc d = { .out = out };
	struct group g = { .c = c, .first = c->curves };

	for (; g.first < c->curves + c->nr; g.first = g.end) {
		g.end = g.first;
		while (g.end < c->curves + c->nr &&
		       lock_curves_alike(g.end, g.first))
			g.end++;
		put_group(&d, &g);
	}
	put_notes(&d, c);
	report_provenance(&d, c->table);
	return d.failed ? no_memory() : 0;
}
