// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables of a profile for people. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "plan/bench.h"
#include "profile/changes.h"
#include "profile/print.h"
#include "profile/sampled.h"
#include "profile/symbols.h"

#define NAME_WIDTH	26
#define WIDTH		72
#define MOST_CALLERS	3

/* A name too long for its column gets a line of its own. */
static void put_name(FILE *out, const char *name)
{
	if (strlen(name) >= NAME_WIDTH)
		fprintf(out, "%.71s\n%*s", name, NAME_WIDTH, "");
	else
		fprintf(out, "%-*s", NAME_WIDTH, name);
}

static double share(double part, double whole)
{
	return whole != 0 ? 100 * part / whole : 0;
}

/* The last column is the part under the lock, or the error of sampling. */
static void put_row(FILE *out, const struct profile *p,
		    const struct profile_row *r, double cost)
{
	put_name(out, r->function);
	fprintf(out, "%9.1f %9.1f %+9.1f %6.1f%%", r->off, r->on, r->cost,
		share(r->cost, cost));
	if (!p->event)
		fprintf(out, " %+8.1f\n", r->locked_on - r->locked_off);
	else if (r->error > 0)
		fprintf(out, " %8.1f\n", r->error);
	else
		fputc('\n', out);
}

static void put_sampled(FILE *out, const struct profile *p)
{
	fprintf(out, "sampled: %lld (off), %lld (on) of %s\n",
		(long long)p->insns[PROFILE_OFF],
		(long long)p->insns[PROFILE_ON], p->event);
}

/* A chain of callers, innermost first. */
static void put_chain(FILE *out, const struct profile *p, uint32_t node,
		      double cost)
{
	int col = fprintf(out, "  %+10.1f  from", cost);

	for (node = p->nodes[node].parent; node != PROFILE_ROOT;
	     node = p->nodes[node].parent) {
		const char *name = p->functions[p->nodes[node].function];

		if (!strncmp(name, SYMBOLS_MODULE, strlen(SYMBOLS_MODULE)))
			break;
		if (col + 3 + (int)strlen(name) > WIDTH)
			col = fprintf(out, "\n%*s", 17, "") - 1;
		col += fprintf(out, " %s", name);
		if (p->nodes[node].parent != PROFILE_ROOT)
			col += fprintf(out, " <");
	}
	fputs(" loop\n", out);
}

static double node_cost(const struct profile *p, uint32_t node)
{
	return profile_value(p, p->nodes[node].insns, PROFILE_ON) -
	       profile_value(p, p->nodes[node].insns, PROFILE_OFF);
}

/* The most expensive chains of callers of @function. */
static void put_callers(FILE *out, const struct profile *p, const char *function)
{
	double last = INFINITY, best;
	uint32_t at, i, done = PROFILE_ROOT;

	if (!strcmp(function, PROFILE_LOOP))
		return;
	for (int n = 0; n < MOST_CALLERS; n++) {
		at = PROFILE_ROOT;
		best = 0;
		for (i = 0; i < p->nr_nodes; i++) {
			double cost = fabs(node_cost(p, i));

			if (strcmp(p->functions[p->nodes[i].function], function))
				continue;
			/* Chains of equal cost in their order, each once. */
			if (cost > best && (cost < last ||
			    (cost == last && done != PROFILE_ROOT && i > done))) {
				best = cost;
				at = i;
			}
		}
		if (at == PROFILE_ROOT)
			return;
		put_chain(out, p, at, node_cost(p, at));
		last = best;
		done = at;
	}
}

/* In an exact cell the longest hold is the same in all samples. */
static void put_lock(FILE *out, const struct profile *p,
		     const struct profile_row *total)
{
	fprintf(out, "under pcpu_lock: off %.1f, on %.1f, on - off %+.1f;\n",
		total->locked_off, total->locked_on,
		total->locked_on - total->locked_off);
	fprintf(out, "  %.1f holds %s, the longest %lld (off), %lld (on) instructions\n",
		(double)p->holds[PROFILE_ON] / p->samples[PROFILE_ON] / p->pairs,
		bench_one(p->bench), (long long)p->longest[PROFILE_OFF],
		(long long)p->longest[PROFILE_ON]);
}

/* Most lines are the object's, which are cleared as it is allocated. */
static void put_lines(FILE *out, const struct profile_row *rows, size_t nr)
{
	struct profile_row all = profile_total(rows, nr);
	double off = 0, on = 0;

	for (size_t i = 0; i < nr; i++) {
		if (!profile_clears(rows[i].function))
			continue;
		off += rows[i].lines_off;
		on += rows[i].lines_on;
	}
	fprintf(out, "cache lines written: off %.1f, on %.1f;\n  of these cleared by memset(): off %.1f, on %.1f\n",
		all.lines_off, all.lines_on, off, on);
}

static int one_table(FILE *out, const struct profile *p, size_t top,
		     bool callers)
{
	struct profile_row *rows, total, rest;
	size_t nr, i, shown;
	int e;

	e = profile_rows(p, &rows, &nr);
	if (e)
		return e;
	total = profile_total(rows, nr);
	for (shown = 0; shown < nr && (!top || shown < top); shown++)
		if (rows[shown].cost == 0)
			break;
	fprintf(out, "%s %s %s %lld B: %s per %s\n", p->kernel, p->topology,
		p->bench, p->param, p->event ? "ns" : "instructions",
		bench_op(p->bench));
	fprintf(out, "%-*s%9s %9s %9s %7s %8s\n", NAME_WIDTH, "function", "off",
		"on", "on-off", "share", p->event ? "+/-" : "locked");
	for (i = 0; i < shown; i++) {
		put_row(out, p, &rows[i], total.cost);
		if (callers)
			put_callers(out, p, rows[i].function);
	}
	if (shown < nr) {
		char name[32];

		rest = profile_total(rows + shown, nr - shown);
		if (p->event)
			rest.error = sampled_error(p, rest.samples);
		snprintf(name, sizeof(name), "%zu others", nr - shown);
		rest.function = name;
		put_row(out, p, &rest, total.cost);
	}
	put_row(out, p, &total, total.cost);
	if (p->event)
		put_sampled(out, p);
	else
		put_lock(out, p, &total);
	if (p->has_lines)
		put_lines(out, rows, nr);
	free(rows);
	return 0;
}

int profile_text(FILE *out, const struct profile_set *set, size_t top,
		 bool callers)
{
	bool sampled = false, counted = false;
	int e = 0;

	for (size_t i = 0; i < set->nr && !e; i++) {
		if (i)
			fputc('\n', out);
		e = one_table(out, &set->profiles[i], top, callers);
		sampled |= set->profiles[i].event != NULL;
		counted |= !set->profiles[i].event;
	}
	if (!e && sampled)
		fprintf(out, "\nSampled by perf, no exact counts. +/-: 95 %% interval of on-off, by the\nnumber of samples alone; the time of %s is that of the cell.\n",
			bench_one(set->profiles[0].bench));
	if (!e && counted)
		fputs("\nlocked: of on-off, under pcpu_lock. Exact instruction counts (TCG),\nfunctions add up to the cell.\n",
		      out);
	return e;
}

static void put_change(FILE *out, const struct profile_change *c)
{
	put_name(out, c->function);
	fprintf(out, "%+9.1f %+10.1f %+11.1f %+10.1f\n", c->off, c->old, c->new,
		c->new - c->old);
}

int profile_diff(FILE *out, const struct profile *a, const struct profile *b,
		 const char *name_a, const char *name_b, size_t top)
{
	struct profile_change *list, total = { .function = "total" };
	struct profile_change rest = { .off = 0 };
	size_t i, nr, nr_rest = 0;
	char name[32];
	int e = profile_changes(a, b, &list, &nr);

	if (e)
		return e;
	fprintf(out, "%s -> %s, %s %s %lld B: %s per %s\n", name_a,
		name_b, a->topology, a->bench, a->param,
		a->event ? "ns, sampled" : "instructions",
		bench_op(a->bench));
	fprintf(out, "%-*s%9s %10s %11s %10s\n", NAME_WIDTH, "function",
		"off +/-", "cost then", "cost now", "change");
	for (i = 0; i < nr; i++) {
		total.off += list[i].off;
		total.old += list[i].old;
		total.new += list[i].new;
		if ((!top || i < top) && (list[i].old != list[i].new ||
					  list[i].off != 0)) {
			put_change(out, &list[i]);
			continue;
		}
		rest.off += list[i].off;
		rest.old += list[i].old;
		rest.new += list[i].new;
		nr_rest++;
	}
	snprintf(name, sizeof(name), "%zu others", nr_rest);
	rest.function = name;
	if (nr_rest)
		put_change(out, &rest);
	put_change(out, &total);
	free(list);
	return 0;
}
