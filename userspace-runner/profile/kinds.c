// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Splits the cost by kind, kernels side by side: how much is walking page
 * tables, and how much would be left without that.
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
 * By linked functions; an inlined one belongs to its caller. The loop is the
 * patches' own code and for_each_possible_cpu(), also to know the charge. Names
 * of 6.1 to 7.3, and of posted patches.
 */
static const struct {
	const char *function;
	int kind;
} kinds[] = {
	{ "vmalloc_to_page", WALK },
	{ "pcpu_memcg_account", LOOP },
	{ "pcpu_memcg_accumulate", LOOP },
	{ "pcpu_memcg_accumulate_obj_exts", LOOP },
	{ "pcpu_memcg_accumulate_pages", LOOP },
	{ "is_vmalloc_addr", LOOP },
	{ "_find_next_bit", LOOP },
	{ "_find_first_bit", LOOP },
	{ "obj_cgroup_account_kmem", STATISTICS },
	{ "obj_cgroup_account_percpu", STATISTICS },
	{ "__mod_memcg_lruvec_state", STATISTICS },
	{ "mod_memcg_lruvec_state", STATISTICS },
	{ "__mod_memcg_state", STATISTICS },
	{ "mod_memcg_state", STATISTICS },
	{ "memcg_state_val_in_pages", STATISTICS },
	{ "mod_node_page_state", STATISTICS },
	{ "__cgroup_rstat_updated", STATISTICS },
	{ "__css_rstat_updated", STATISTICS },
	{ "obj_cgroup_charge", CHARGE },
	{ "obj_cgroup_charge_pages", CHARGE },
	{ "obj_cgroup_precharge", CHARGE },
	{ "obj_cgroup_unprecharge", CHARGE },
	{ "obj_cgroup_uncharge", CHARGE },
	{ "obj_cgroup_uncharge_pages", CHARGE },
	{ "__refill_obj_stock", CHARGE },
	{ "refill_obj_stock", CHARGE },
	{ "refill_stock", CHARGE },
	{ "trylock_stock", CHARGE },
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

/* The text of a kernel in a row; "-" if @text is left alone. */
typedef void (*text_fn)(char text[FIGURE_LEN], const struct column *c);

static void off_text(char text[FIGURE_LEN], const struct column *c)
{
	figure_amount(text, c->total.off, false);
}

static void cost_text(char text[FIGURE_LEN], const struct column *c)
{
	figure_amount(text, c->total.cost, true);
}

static void percent_of_off(char text[FIGURE_LEN], const struct column *c,
			   double part)
{
	figure_percent(text, c->total.off > 0 ? 100 * part / c->total.off : 0);
}

static void percent_text(char text[FIGURE_LEN], const struct column *c)
{
	percent_of_off(text, c, c->total.cost);
}

static void no_walk_text(char text[FIGURE_LEN], const struct column *c)
{
	percent_of_off(text, c, c->total.cost - c->kinds[WALK]);
}

/* perf's samples do not tell the lock. */
static void locked_text(char text[FIGURE_LEN], const struct column *c)
{
	if (!c->p->event)
		figure_amount(text, c->total.locked_on - c->total.locked_off,
			      true);
}

static void hold_off_text(char text[FIGURE_LEN], const struct column *c)
{
	if (!c->p->event)
		snprintf(text, FIGURE_LEN, "%lld",
			 (long long)c->p->longest[PROFILE_OFF]);
}

static void hold_on_text(char text[FIGURE_LEN], const struct column *c)
{
	if (!c->p->event)
		snprintf(text, FIGURE_LEN, "%lld",
			 (long long)c->p->longest[PROFILE_ON]);
}

static void put_row(struct doc *d, const char *label, const struct column *c,
		    size_t nr, text_fn fn)
{
	doc_row(d, "%s", label);
	for (size_t i = 0; i < nr; i++) {
		char text[FIGURE_LEN] = "-";

		fn(text, &c[i]);
		doc_cell(d, "%s", text);
	}
}

static void put_kind(struct doc *d, int kind, const struct column *c, size_t nr)
{
	doc_row(d, "%s", kind_name[kind]);
	for (size_t i = 0; i < nr; i++)
		if (c[i].total.cost == 0)
			doc_cell(d, "-");
		else
			doc_cell(d, "%.1f%%",
				 100 * c[i].kinds[kind] / c[i].total.cost);
}

static void put_columns(struct doc *d, const struct column *c, size_t nr)
{
	doc_row(d, "%s", "");
	for (size_t i = 0; i < nr; i++)
		doc_cell(d, "%.*s", FIGURE_LEN - 1, c[i].p->kernel);
	put_row(d, "off", c, nr, off_text);
	put_row(d, "on - off", c, nr, cost_text);
	put_row(d, "  of off", c, nr, percent_text);
	for (int kind = 0; kind < NR_KINDS; kind++)
		put_kind(d, kind, c, nr);
	put_row(d, "of off, walk free", c, nr, no_walk_text);
	put_row(d, "under pcpu_lock", c, nr, locked_text);
	put_row(d, "longest hold, off", c, nr, hold_off_text);
	put_row(d, "longest hold, on", c, nr, hold_on_text);
	doc_table(d);
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
	size_t nr = 0;
	int e = columns ? 0 : no_memory();

	for (size_t i = first; i < set->nr && !e; i++)
		if (same_block(&set->profiles[i], like))
			e = fill(&columns[nr++], &set->profiles[i]);
	if (!e) {
		doc_put(d, DOC_HEADING, "%s, %s %lld B: what on - off is made of, %s",
			like->topology, like->bench, like->param,
			like->event ? "ns, sampled" : "instructions");
		put_columns(d, columns, nr);
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
