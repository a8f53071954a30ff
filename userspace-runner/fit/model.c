// SPDX-License-Identifier: GPL-2.0-or-later
/* The terms of a fit: mechanisms in the kernel that cost may depend on. */
#include <math.h>
#include <stdbool.h>

#include "base/page_size.h"
#include "fit/model.h"

/* MEMCG_CHARGE_BATCH, include/linux/memcontrol.h, in pages */
#define BATCH		64

/* Sizes are multiples of 4. */
static long long full_size(long long size, unsigned int cpus)
{
	return size * cpus + size / 4 * 8;
}

double model_charge(const struct model_at *at)
{
	return full_size(at->size, at->topo.cpus);
}

long long model_size(long long bytes, unsigned int cpus)
{
	return bytes / (cpus + 2);
}

static double one(const struct model_at *at)
{
	(void)at;
	return 1;
}

static double cpus(const struct model_at *at)
{
	return at->topo.cpus;
}

/* CPUs whose memory is on @node. */
static unsigned int cpus_served(const struct topology *topo, unsigned int node)
{
	unsigned int other, n = 0;

	for (other = 0; other < topo->nodes; other++)
		if (topology_memory_node(topo, other) == node)
			n += topology_cpus_of(topo, other);
	return n;
}

static unsigned int touched(const struct topology *topo)
{
	unsigned int node, n = 0;

	for (node = 0; node < topology_all_nodes(topo); node++)
		n += cpus_served(topo, node) > 0;
	return n;
}

static double nodes(const struct model_at *at)
{
	return touched(&at->topo);
}

static double words(const struct model_at *at)
{
	return (at->topo.cpus + 63) / 64;
}

static double other_nodes(const struct model_at *at)
{
	return topology_all_nodes(&at->topo) - touched(&at->topo);
}

static double many(const struct model_at *at)
{
	return topology_all_nodes(&at->topo) > 1;
}

static double many_cpus(const struct model_at *at)
{
	return many(at) * at->topo.cpus;
}

static double many_words(const struct model_at *at)
{
	return many(at) * words(at);
}

static double over_stock(const struct model_at *at)
{
	return model_charge(at) > BATCH * PAGE;
}

/*
 * A memcg keeps the rest of a page (obj_cgroup_charge(), mm/memcontrol.c). An
 * object that fits there needs no new pages, and as its bytes come back when it
 * is freed, the loop's next objects need none either. A larger object leaves
 * the same rest. cgroup_charge_half() sets the rest.
 */
#define LEFT_OVER	2040

static double charges(const struct model_at *at)
{
	return model_charge(at) > LEFT_OVER;
}

static double above_page(const struct model_at *at)
{
	return full_size(at->in_mm, at->topo.cpus) > PAGE;
}

static double rests(const struct model_at *at)
{
	return charges(at) && fmod(model_charge(at), PAGE) != 0;
}

/*
 * Number of returns: an object's bytes, uncharged page by page, fill up the
 * rest, and when it exceeds a page that page is returned (refill_obj_stock(),
 * mm/memcontrol.c). One page is returned at a time, as many as were charged;
 * but two at the first return, if the charge left that much. (Exact for sizes
 * up to a page and of whole pages; for others, a last piece that fills the page
 * exactly makes one less.)
 */
static double returns(const struct model_at *at)
{
	double charge = model_charge(at), part = fmod(charge, PAGE), left;

	if (!charges(at))
		return 0;
	left = LEFT_OVER + (part ? PAGE - part : 0) + fmin(at->size, PAGE);
	return ceil(charge / PAGE) - (left >= 2 * PAGE);
}

static double part_word(const struct model_at *at)
{
	return at->topo.cpus % 64 != 0;
}

static double below_word(const struct model_at *at)
{
	return at->topo.cpus < 64;
}

/*
 * The sum of memcg_rstat_updated(), mm/memcontrol.c, on a CPU, in pages. At
 * BATCH the memcg is told and the sum starts at 0: the excess is lost.
 */
struct updates {
	unsigned int sum, told;
};

static void update(struct updates *u, double pages)
{
	u->sum += fmin(pages, BATCH);
	if (u->sum < BATCH)
		return;
	u->sum = 0;
	u->told++;
}

/*
 * memcg_state_val_in_pages() rounds added bytes down to whole pages, at least
 * one, and removed bytes up, since it divides them as unsigned.
 */
static void update_bytes(struct updates *u, double bytes, bool added)
{
	update(u, added ? fmax(floor(bytes / PAGE), 1) : ceil(bytes / PAGE));
}

/* Update for an object's pages, taken or returned, and @bytes on @nr nodes. */
static void update_object(struct updates *u, const struct model_at *at,
			  const double *bytes, unsigned int nr, bool added)
{
	if (charges(at))
		update(u, ceil(model_charge(at) / PAGE));
	for (unsigned int i = 0; i < nr; i++)
		update_bytes(u, bytes[i], added);
}

/* How often a pair tells the memcg, averaged over the period of the sum. */
static double told_by(const struct model_at *at, const double *bytes,
		      unsigned int nr)
{
	unsigned int began[BATCH] = { 0 }, told[BATCH] = { 0 }, pair, i;
	struct updates u = { 0 };

	for (pair = 0; ; pair++) {
		for (i = 0; i < pair; i++)
			if (began[i] == u.sum)
				return (double)(u.told - told[i]) / (pair - i);
		began[pair] = u.sum;
		told[pair] = u.told;
		update_object(&u, at, bytes, nr, true);
		update_object(&u, at, bytes, nr, false);
	}
}

/* Each level is told, and the root: two at depth 1. */
static double told_levels(const struct model_at *at)
{
	return (at->above + 2) / 2.0;
}

static double told(const struct model_at *at)
{
	double bytes = model_charge(at);

	return told_levels(at) * told_by(at, &bytes, 1);
}

static double told_by_node(const struct model_at *at)
{
	double bytes[TOPOLOGY_MAX_NODES] = { 0 };
	unsigned int node, cpus, nr = 0;

	for (node = 0; node < topology_all_nodes(&at->topo); node++) {
		cpus = cpus_served(&at->topo, node);
		if (!cpus)
			continue;
		bytes[nr] = (double)at->size * cpus;
		/*
		 * The kernel runs, with its obj_exts, on the first CPU's node.
		 */
		if (node == topology_memory_node(&at->topo, 0))
			bytes[nr] += at->size / 4 * 8;
		nr++;
	}
	return told_levels(at) * told_by(at, bytes, nr);
}

static double levels(const struct model_at *at)
{
	return at->above;
}

static double levels_charges(const struct model_at *at)
{
	return at->above * charges(at);
}

static double levels_over_stock(const struct model_at *at)
{
	return at->above * over_stock(at);
}

static double levels_cpus(const struct model_at *at)
{
	return at->above * cpus(at);
}

static double levels_nodes(const struct model_at *at)
{
	return at->above * nodes(at);
}

static double levels_returns(const struct model_at *at)
{
	return at->above * returns(at);
}

#define STOCK	"consume_stock() has up to 64 pages (MEMCG_CHARGE_BATCH)"
#define LEFT	\
	"obj_cgroup_charge() first uses what is left of a page"
#define RETURNED \
	"refill_obj_stock() returns what is left above a page"
#define UPDATED	"memcg_rstat_updated() tells the memcg of every 64 pages"
#define WALKED	"memcg_rstat_updated() goes up to the root at each update"
#define COUNTED	\
	"try_charge_memcg() charges the page counter of every level"

/*
 * Each mechanism's cost in the reference results lies well inside its range; a
 * cost outside has another cause. A return is obj_cgroup_uncharge_pages() with
 * its callees. The words of the mask are counted four times a pair, in 24
 * instructions, or 120 without `popcnt`.
 */
const struct model_term model_terms[] = {
	{ "constant", "a pair", "", one, 0, 0 },
	{ "charges", "a charge that takes new pages", LEFT, charges, 100,
	  1000 },
	{ "above a page", "percpu memory of more than a page", RETURNED,
	  above_page, 50, 600 },
	{ "over stock", "a charge above 64 pages", STOCK, over_stock, 60,
	  600 },
	{ "rests", "new pages, the last not used up", LEFT, rests, 10, 150 },
	{ "words", "64 possible CPUs, or a part",
	  "num_possible_cpus() weighs a mask word by word (CPUMASK_OFFSTACK)",
	  words, 1, 250 },
	{ "below a word", "less than 64 CPUs",
	  "bitmap_weight() has no whole word to loop over", below_word, -30,
	  -1 },
	{ "part word", "CPUs that are no multiple of 64",
	  "bitmap_weight() masks the last word", part_word, 1, 20 },
	{ "told", "64 pages told", UPDATED, told, 1, 60 },
	{ "told by node", "64 pages told, accounted node by node", UPDATED,
	  told_by_node, 1, 60 },
	{ "CPUs", "a possible CPU", "", cpus, 0, 0 },
	{ "nodes", "a node that CPUs have memory on", "", nodes, 0, 0 },
	{ "returns", "a return of pages, uncharged page by page", RETURNED,
	  returns, 50, 600 },
	{ "mem-nodes", "another node", "loops over all nodes", other_nodes,
	  0, 0 },
	{ "many", "more than one node", "", many, 0, 0 },
	{ "many x CPUs", "a possible CPU, with more than one node", "",
	  many_cpus, 0, 0 },
	{ "many x words", "64 possible CPUs, with more than one node", "",
	  many_words, 0, 0 },
	{ "levels", "a level above", WALKED, levels, 0, 0 },
	{ "levels x charges", "a level above, if a charge takes new pages",
	  WALKED, levels_charges, 0, 0 },
	{ "levels over stock", "a level above, if a charge is above 64 pages",
	  COUNTED, levels_over_stock, 0, 0 },
	{ "levels x nodes", "a level above, for each node of CPUs' memory",
	  WALKED, levels_nodes, 0, 0 },
	{ "levels x CPUs", "a level above, for each possible CPU", WALKED,
	  levels_cpus, 0, 0 },
	{ "levels x returns", "a level above, for each return of pages", WALKED,
	  levels_returns, 0, 0 },
};

const size_t model_nr_terms = sizeof(model_terms) / sizeof(model_terms[0]);

bool model_is_plain(const struct model_term *t)
{
	return t->value == one || t->value == cpus || t->value == nodes;
}
