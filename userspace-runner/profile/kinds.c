// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the cost is made of, kernels side by side: which part is walking page
 * tables, and what would be left without.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "doc/doc.h"
#include "doc/figures.h"
#include "profile/print.h"

enum { WALK, LOOP, STATISTICS, CHARGE, COUNTING, REST, NR_KINDS };

static const char *const kind_name[NR_KINDS] = {
	[WALK] = "vmalloc_to_page()",
	[LOOP] = "loop around it",
	[STATISTICS] = "statistics",
	[CHARGE] = "charge and stock",
	[COUNTING] = "counting CPUs",
	[REST] = "the rest",
};

/*
 * As linked: what is inlined belongs to its caller. The loop is the patches'
 * own code and for_each_possible_cpu(); CPUs are counted to know the charge.
 */
static const struct {
	const char *function;
	int kind;
} kinds[] = {
	{ "vmalloc_to_page", WALK },
	{ "pcpu_memcg_account", LOOP },
	{ "is_vmalloc_addr", LOOP },
	{ "_find_next_bit", LOOP },
	{ "_find_first_bit", LOOP },
	{ "obj_cgroup_account_percpu", STATISTICS },
	{ "__mod_memcg_lruvec_state", STATISTICS },
	{ "mod_memcg_lruvec_state", STATISTICS },
	{ "__mod_memcg_state", STATISTICS },
	{ "mod_memcg_state", STATISTICS },
	{ "__cgroup_rstat_updated", STATISTICS },
	{ "obj_cgroup_charge", CHARGE },
	{ "obj_cgroup_uncharge", CHARGE },
	{ "obj_cgroup_uncharge_pages", CHARGE },
	{ "refill_obj_stock", CHARGE },
	{ "drain_obj_stock", CHARGE },
	{ "try_charge_memcg", CHARGE },
	{ "__refill_stock", CHARGE },
	{ "drain_stock", CHARGE },
	{ "page_counter_try_charge", CHARGE },
	{ "page_counter_uncharge", CHARGE },
	{ "page_counter_cancel", CHARGE },
	{ "propagate_protected_usage", CHARGE },
	{ "current_obj_cgroup", CHARGE },
	{ "pcpu_obj_full_size", COUNTING },
	{ "__bitmap_weight", COUNTING },
};

/* The rows of the table; kinds begin at ROW_KINDS. */
enum {
	ROW_OFF,
	ROW_COST,
	ROW_PERCENT,
	ROW_KINDS,
	ROW_NO_WALK = ROW_KINDS + NR_KINDS,
	ROW_LOCKED,
	ROW_HOLD_OFF,
	ROW_HOLD_ON,
	NR_ROWS
};

/* One kernel of the table. */
struct column {
	const struct profile *p;
	struct profile_row total;
	double kinds[NR_KINDS];
};

static int kind_of(const char *function)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].function, function))
			return kinds[i].kind;
	return REST;
}

static int fill(struct column *c, const struct profile *p)
{
	struct profile_row *rows;
	size_t nr, i;
	int e = profile_rows(p, &rows, &nr);

	if (e)
		return e;
	*c = (struct column){ .p = p, .total = profile_total(rows, nr) };
	for (i = 0; i < nr; i++)
		c->kinds[kind_of(rows[i].function)] += rows[i].cost;
	free(rows);
	return 0;
}

static const char *label(const void *ctx, size_t row)
{
	(void)ctx;
	switch (row) {
	case ROW_OFF:
		return "off";
	case ROW_COST:
		return "on - off";
	case ROW_PERCENT:
		return "  of off";
	case ROW_NO_WALK:
		return "of off, walk free";
	case ROW_LOCKED:
		return "under pcpu_lock";
	case ROW_HOLD_OFF:
		return "longest hold, off";
	case ROW_HOLD_ON:
		return "longest hold, on";
	default:
		return kind_name[row - ROW_KINDS];
	}
}

static void percent_of(char text[GRID_CELL_LEN], double part, double whole)
{
	if (whole == 0)
		snprintf(text, GRID_CELL_LEN, "-");
	else
		snprintf(text, GRID_CELL_LEN, "%.1f%%", 100 * part / whole);
}

static void cell(const void *ctx, size_t row, size_t col,
		 char text[GRID_CELL_LEN])
{
	const struct column *c = (const struct column *)ctx + col;
	double off = c->total.off, cost = c->total.cost;

	if (c->p->event && row >= ROW_LOCKED && row < NR_ROWS) {
		snprintf(text, GRID_CELL_LEN, "-");
		return;
	}
	switch (row) {
	case GRID_HEAD:
		snprintf(text, GRID_CELL_LEN, "%s", c->p->kernel);
		return;
	case ROW_OFF:
		figure_amount(text, off, false);
		return;
	case ROW_COST:
		figure_amount(text, cost, true);
		return;
	case ROW_PERCENT:
		figure_percent(text, off > 0 ? 100 * cost / off : 0);
		return;
	case ROW_NO_WALK:
		figure_percent(text, off > 0 ?
			       100 * (cost - c->kinds[WALK]) / off : 0);
		return;
	case ROW_LOCKED:
		figure_amount(text, c->total.locked_on - c->total.locked_off,
			      true);
		return;
	case ROW_HOLD_OFF:
	case ROW_HOLD_ON:
		snprintf(text, GRID_CELL_LEN, "%lld", (long long)
			 c->p->longest[row == ROW_HOLD_ON ? PROFILE_ON :
							    PROFILE_OFF]);
		return;
	default:
		percent_of(text, c->kinds[row - ROW_KINDS], cost);
	}
}

static bool same_block(const struct profile *a, const struct profile *b)
{
	return !strcmp(a->topology, b->topology) &&
	       !strcmp(a->bench, b->bench) && a->param == b->param &&
	       !a->event == !b->event;
}

static int one_block(struct doc *d, const struct profile_set *set, size_t first)
{
	const struct profile *like = &set->profiles[first];
	struct column *columns = calloc(set->nr, sizeof(*columns));
	struct grid g = {
		.corner = "",
		.nr_rows = NR_ROWS,
		.label = label,
		.cell = cell,
		.ctx = columns,
	};
	int e = columns ? 0 : no_memory();

	for (size_t i = first; i < set->nr && !e; i++)
		if (same_block(&set->profiles[i], like))
			e = fill(&columns[g.nr_cols++], &set->profiles[i]);
	if (!e) {
		doc_put(d, DOC_HEADING, "%s, %s %lld B: what on - off is made of, %s",
			like->topology, like->bench, like->param,
			like->event ? "ns, sampled" : "instructions");
		doc_grid(d, &g);
	}
	free(columns);
	return e;
}

int profile_kinds(FILE *out, const struct profile_set *set)
{
	struct doc d = { .out = out };
	size_t i, j;
	int e = 0;

	for (i = 0; i < set->nr && !e; i++) {
		for (j = 0; j < i && !same_block(&set->profiles[j],
						 &set->profiles[i]); j++)
			;
		if (j == i)
			e = one_block(&d, set, i);
	}
	return e ? e : d.failed ? no_memory() : 0;
}
