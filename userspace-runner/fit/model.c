// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>

#include "fit/model.h"

#define PAGE		4096
/* MEMCG_CHARGE_BATCH, include/linux/memcontrol.h, in pages */
#define BATCH		64

double model_charge(const struct model_at *at)
{
	return (double)at->size * at->topo.cpus + at->size / 4 * 8;
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

static double nodes(const struct model_at *at)
{
	return at->topo.nodes;
}

static double words(const struct model_at *at)
{
	return (at->topo.cpus + 63) / 64;
}

static double mem_nodes(const struct model_at *at)
{
	return at->topo.mem_nodes;
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
 * A memcg keeps what is left of a page (obj_cgroup_charge(), mm/memcontrol.c).
 * An object that fits there is charged without new pages, and as its bytes come
 * back when it is freed, every object of the loop then is. Any other leaves as
 * much as there was. cgroup_charge_half() sees to it how much that is.
 */
#define LEFT_OVER	2040

static double charges(const struct model_at *at)
{
	return model_charge(at) > LEFT_OVER;
}

static double rests(const struct model_at *at)
{
	return charges(at) && fmod(model_charge(at), PAGE) != 0;
}

/*
 * Times that an object's bytes, uncharged page by page, make more than a page of
 * what is left, which is then returned: refill_obj_stock(), mm/memcontrol.c. It
 * returns one page at a time, as many as were charged; but all of two at the
 * first one, where so much was left over by the charge. (Exact for sizes up to a
 * page and of whole pages; of others, a last piece that fills the page to the
 * brim makes one less.)
 */
static double returns(const struct model_at *at)
{
	double charge = model_charge(at), part = fmod(charge, PAGE), left;

	if (!charges(at))
		return 0;
	left = LEFT_OVER + (part ? PAGE - part : 0) + fmin(at->size, PAGE);
	return ceil(charge / PAGE) - (left >= 2 * PAGE);
}

/* obj_cgroup_uncharge_pages() and what it calls are more than 50 instructions. */
#define LEAST_RETURN	50
/* What is done more often cannot take less. */
#define WORK		1

static double part_word(const struct model_at *at)
{
	return at->topo.cpus % 64 != 0;
}

static double below_word(const struct model_at *at)
{
	return at->topo.cpus < 64;
}

/* Share of updates of @bytes that bring a CPU's sum to a batch. */
static double batches(double bytes)
{
	double pages = fmax(floor(bytes / PAGE), 1);

	return 1 / ceil(BATCH / pages);
}

static double batch(const struct model_at *at)
{
	return 2 * batches(model_charge(at));
}

static double node_batches(const struct model_at *at)
{
	double node = (double)at->size * at->topo.cpus / at->topo.nodes;

	return 2 * at->topo.nodes * batches(node);
}

static double many_node_batches(const struct model_at *at)
{
	return many(at) * node_batches(at);
}

#define STOCK	"consume_stock() has up to 64 pages (MEMCG_CHARGE_BATCH)"
#define LEFT	\
	"obj_cgroup_charge() first uses what is left of a page"
#define RETURNED \
	"refill_obj_stock() returns what is left above a page"
#define UPDATED	"memcg_rstat_updated() tells the memcg of every 64 pages"

const struct model_term model_terms[] = {
	{ "constant", "a pair", "", one, 0 },
	{ "CPUs", "a possible CPU", "", cpus, 0 },
	{ "nodes", "a node with CPUs", "", nodes, 0 },
	{ "words", "64 possible CPUs, or a part",
	  "num_possible_cpus() weighs a mask word by word (CPUMASK_OFFSTACK)",
	  words, 0 },
	{ "mem-nodes", "a memory-only node", "loops over all nodes",
	  mem_nodes, 0 },
	{ "many", "more than one node", "", many, 0 },
	{ "many x CPUs", "a possible CPU, with more than one node", "",
	  many_cpus, 0 },
	{ "many x words", "64 possible CPUs, with more than one node", "",
	  many_words, 0 },
	{ "over stock", "a charge above 64 pages", STOCK, over_stock, 0 },
	{ "charges", "a charge that takes new pages", LEFT, charges, 0 },
	{ "rests", "new pages, the last not used up", LEFT, rests, 0 },
	{ "returns", "a return of pages, uncharged page by page", RETURNED,
	  returns, LEAST_RETURN },
	{ "part word", "CPUs that are no multiple of 64",
	  "bitmap_weight() masks the last word", part_word, 0 },
	{ "below a word", "less than 64 CPUs",
	  "bitmap_weight() has no whole word to loop over", below_word, 0 },
	{ "batch", "a charge's 64 pages told", UPDATED, batch, WORK },
	{ "node batches", "a node's 64 pages told", UPDATED, node_batches, WORK },
	{ "many x node batches",
	  "a node's 64 pages told, more than one node", UPDATED,
	  many_node_batches, WORK },
};

const size_t model_nr_terms = sizeof(model_terms) / sizeof(model_terms[0]);
