// SPDX-License-Identifier: GPL-2.0-or-later
/* Boots of a comparison that gave no numbers. */
#include "report/lost.h"

static void put_boots(struct doc *d, const char *name, const struct table *t,
		      unsigned int kernel, const struct table_block *place)
{
	const struct table_tally *tally = table_tally(t, place, kernel);
	const struct table_boot *b, *first = NULL;
	size_t all = tally ? tally->nr : 0, lost = 0, i;

	for (i = 0; i < all; i++) {
		b = &t->boots[tally->boots[i]];
		if (b->status == BOOT_OK)
			continue;
		first = first ? first : b;
		lost++;
	}
	if (lost)
		doc_put(d, DOC_ITEM, "%s: %zu of %zu boots failed: %s", name,
			lost, all, first->status == BOOT_FAILED ?
			first->reason : "interrupted before its end");
}

void put_lost(struct doc *d, const char *name, const struct compare *c,
	      const struct compare_group *g, bool new)
{
	const struct compare_pair *p = &c->pairs[g->pair];
	const struct table_cell *cell;
	size_t i;

	put_boots(d, name, new ? &c->new : &c->old, new ? p->new : p->old,
		  new ? &g->new : &g->old);
	for (i = 0; i < g->nr_cells; i++) {
		cell = new ? g->cells[i].new : g->cells[i].old;
		/* The reason of an invalid cell is printed with the cell. */
		if (cell && cell->valid && cell->nr_invalid)
			doc_put(d, DOC_ITEM, "%s, %lld: %zu of %zu boots do not count: %s",
				name, g->cells[i].param, cell->nr_invalid,
				cell->nr_invalid + cell->nr_values,
				cell->reason ? cell->reason : "no reason given");
	}
}
