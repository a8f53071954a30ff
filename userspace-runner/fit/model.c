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

/* Pages of [@start, @start + @size) */
static long long spanned(long long start, long long size)
{
	return (start + size + PAGE - 1) / PAGE - start / PAGE;
}

/* obj_exts has a pointer of 8 bytes for each 4 of an object. */
#define EXTS		2

void model_place(struct model_at *at, long long offset)
{
	if (offset < 0)
		offset = 0;
	at->pages = spanned(offset, at->size);
	at->exts_pages = spanned(EXTS * offset, EXTS * at->size);
}

static double extra_pages(const struct model_at *at)
{
	return at->pages - spanned(at->size, at->size);
}

static double extra_exts(const struct model_at *at)
{
	return at->exts_pages - spanned(EXTS * at->size, EXTS * at->size);
}

bool model_crosses(const struct model_at *at)
{
	return extra_pages(at) > 0 || extra_exts(at) > 0;
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

static double cpus_extra_pages(const struct model_at *at)
{
	return at->topo.cpus * extra_pages(at);
}

static double ids_extra_pages(const struct model_at *at)
{
	return topology_all_nodes(&at->topo) * extra_pages(at);
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

static double many_extra_pages(const struct model_at *at)
{
	return many(at) * cpus_extra_pages(at);
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
#define UPDATED	"memcg_rstat_updated() tells the memcg of every 64 pages"

const struct model_term model_terms[] = {
	{ "constant", "a pair", "", one },
	{ "CPUs", "a possible CPU", "", cpus },
	{ "nodes", "a node with CPUs", "", nodes },
	{ "words", "64 possible CPUs, or a part",
	  "num_possible_cpus() weighs a mask word by word (CPUMASK_OFFSTACK)",
	  words },
	{ "mem-nodes", "a memory-only node", "loops over all nodes",
	  mem_nodes },
	{ "extra pages", "a page more, by a boundary", "", extra_pages },
	{ "CPUs x extra pages", "a CPU and page more, by a boundary",
	  "an object that crosses a boundary is on one page more",
	  cpus_extra_pages },
	{ "node ids x extra pages", "a node and page more, by a boundary",
	  "an object that crosses a boundary is on one page more",
	  ids_extra_pages },
	{ "extra obj_exts", "a page more of obj_exts, by a boundary",
	  "a page of obj_exts serves 2 KiB of an object", extra_exts },
	{ "many", "more than one node", "", many },
	{ "many x CPUs", "a possible CPU, with more than one node", "",
	  many_cpus },
	{ "many x words", "64 possible CPUs, with more than one node", "",
	  many_words },
	{ "many x extra pages",
	  "a CPU and page more, with more than one node", "",
	  many_extra_pages },
	{ "over stock", "a charge above 64 pages", STOCK, over_stock },
	{ "charges", "a charge that takes new pages", LEFT, charges },
	{ "rests", "new pages, the last not used up", LEFT, rests },
	{ "part word", "CPUs that are no multiple of 64",
	  "bitmap_weight() masks the last word", part_word },
	{ "below a word", "less than 64 CPUs",
	  "bitmap_weight() has no whole word to loop over", below_word },
	{ "batch", "a charge's 64 pages told", UPDATED, batch },
	{ "node batches", "a node's 64 pages told", UPDATED, node_batches },
	{ "many x node batches",
	  "a node's 64 pages told, more than one node", UPDATED,
	  many_node_batches },
};

const size_t model_nr_terms = sizeof(model_terms) / sizeof(model_terms[0]);
