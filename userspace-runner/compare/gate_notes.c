// SPDX-License-Identifier: GPL-2.0-or-later
/* Notes of a gate beside its checks: the compared kernels, and the rules. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/text_stream.h"
#include "compare/gate.h"

static int note(struct gate *g, const char *about, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int note(struct gate *g, const char *about, const char *fmt, ...)
{
	struct gate_note n = { .about = about };
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&n.text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return no_memory();
	if (array_room(&g->notes, g->nr_notes, sizeof(n))) {
		free(n.text);
		return EX_FAIL;
	}
	g->notes[g->nr_notes++] = n;
	return 0;
}

/* ----------------------------------------------------------------- kernels */

/* Of a pair: how many cells there are, and those with numbers on both sides. */
struct cells {
	size_t all, nr;
};

static void count_cells(const struct compare *c, struct cells *of)
{
	const struct compare_group *g;

	for (size_t i = 0; i < c->nr_groups; i++) {
		g = &c->groups[i];
		of[g->pair].all += g->nr_cells;
		for (size_t k = 0; k < g->nr_cells; k++)
			of[g->pair].nr += !g->cells[k].reason[0];
	}
}

static const char *release(const struct table_kernel *k)
{
	return k->release ? k->release : "of an unknown release";
}

static int note_pair(struct gate *g, size_t pair, struct cells cells)
{
	const struct compare *c = g->compare;
	const struct compare_pair *p = &c->pairs[pair];
	const struct table_kernel *old, *new;
	char old_name[COMPARE_NAME_LEN], new_name[COMPARE_NAME_LEN];

	if (p->old == COMPARE_NO_KERNEL || p->new == COMPARE_NO_KERNEL)
		return note(g, "compared", "%s with nothing: it is only in %s",
			    p->old_name,
			    p->old == COMPARE_NO_KERNEL ? "NEW" : "OLD");
	old = &c->old.kernels[p->old];
	new = &c->new.kernels[p->new];
	compare_name(c, p, true, old_name);
	compare_name(c, p, false, new_name);
	return note(g, "compared", "%s %s with %s %s%s: %zu of %zu %s",
		    old_name, release(old), new_name, release(new),
		    compare_same_build(old, new) ? ", the same build" : "",
		    cells.nr, cells.all, cells.all == 1 ? "cell" : "cells");
}

static int note_kernels(struct gate *g)
{
	const struct compare *c = g->compare;
	struct cells *of = calloc(c->nr_pairs + 1, sizeof(*of));
	size_t i;
	int e = of ? 0 : no_memory();

	if (of)
		count_cells(c, of);
	for (i = 0; i < c->nr_pairs && !e; i++)
		e = note_pair(g, i, of[i]);
	free(of);
	for (i = 0; i < c->nr_controls && !e; i++)
		e = note(g, "control", "%s, without accounting: no cell of it may count",
			 c->controls[i].old_name);
	for (i = 0; i < c->nr_unknown && !e; i++)
		e = note(g, "taken to be equal, as neither side tells", "%s",
			 c->unknown[i]);
	return e;
}

/* ------------------------------------------------------------------- rules */

/* The rule as understood: "1,5%" can be misread. */
static void allowed(char text[64], const struct threshold *rule)
{
	if (rule->ignore)
		snprintf(text, 64, "ignored");
	else if (rule->absolute > 0 && rule->percent > 0)
		snprintf(text, 64, "%.10g or %.10g%% allowed, the larger",
			 rule->absolute, rule->percent);
	else
		snprintf(text, 64, "%.10g%s allowed",
			 fmax(rule->absolute, rule->percent),
			 rule->percent > 0 ? "%" : "");
}

static int note_rule(struct gate *g, const struct threshold *rule, size_t nr)
{
	char text[64], line[32] = "";

	allowed(text, rule);
	if (rule->line)
		snprintf(line, sizeof(line), "line %zu ", rule->line);
	return note(g, "rules", "%s(%s %s %s %s): %s, %zu %s", line,
		    rule->instrument, rule->bench, rule->topology,
		    quantity_name(rule->quantity), text, nr,
		    nr == 1 ? "check" : "checks");
}

static bool matches(const struct compare *c, const struct threshold *rule)
{
	size_t i, k;

	for (i = 0; i < c->nr_groups; i++)
		for (k = 0; k < c->groups[i].nr_cells; k++)
			if (compare_has(&c->groups[i].cells[k],
					rule->quantity) &&
			    threshold_matches(rule, &c->groups[i],
					      c->groups[i].cells[k].param,
					      rule->quantity))
				return true;
	return false;
}

/* Note a file's rules that decided nothing, and @matched cells or did not. */
static int note_idle(struct gate *g, size_t source, bool matched,
		     const char *what)
{
	const struct thresholds *t = g->thresholds;
	char *text = NULL;
	size_t i, len, nr = 0;
	FILE *out = text_stream(&text, &len);
	int e = 0;

	if (!out)
		return no_memory();
	for (i = 0; i < t->nr; i++)
		if (t->rules[i].source == source && t->rules[i].line &&
		    !g->judged[i] &&
		    matches(g->compare, &t->rules[i]) == matched)
			fprintf(out, "%s%zu", nr++ ? ", " : "",
				t->rules[i].line);
	if (fclose(out))
		e = no_memory();
	else if (nr)
		e = note(g, "rules", "line%s %s: %s", nr == 1 ? "" : "s", text,
			 what);
	free(text);
	return e;
}

static int note_source(struct gate *g, size_t source)
{
	const struct thresholds *t = g->thresholds;
	int e = note(g, "rules", "%s", t->sources[source]);

	for (size_t i = 0; i < t->nr && !e; i++)
		if (t->rules[i].source == source && g->judged[i])
			e = note_rule(g, &t->rules[i], g->judged[i]);
	if (!e)
		e = note_idle(g, source, true,
			      "overruled by later rules wherever they match");
	return e ? e : note_idle(g, source, false, "matched nothing");
}

int gate_notes(struct gate *g)
{
	int e = note_kernels(g);

	for (size_t i = 0; i < g->thresholds->nr_sources && !e; i++)
		e = note_source(g, i);
	return e;
}
