// SPDX-License-Identifier: GPL-2.0-or-later
/* Estimates how long boots take, and deals them out to shards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "boot/order.h"
#include "plan/plan.h"

/*
 * Fitted by hand to boots of `baseline` on a 2-core AMD EPYC: a constant, a
 * part for each CPU and for each pair of CPUs (workqueues look for siblings in
 * every pair), and the page structures of each node. Then the samples.
 */
#define BASE_S		0.8
#define CPU_S		0.8e-3
#define CPU_PAIR_S	1.2e-7
#define NODE_S		0.01

double order_cost(const struct topology *topo, const struct plan *plan)
{
	double cpus = topo->cpus;

	return BASE_S + cpus * CPU_S + cpus * cpus * CPU_PAIR_S +
	       topology_all_nodes(topo) * NODE_S + plan_seconds(plan, topo->cpus);
}

int shard_parse(const char *text, struct shard *shard)
{
	char *copy = strdup(text), *slash;
	int ret;

	if (!copy)
		return no_memory();
	slash = strchr(copy, '/');
	if (!slash) {
		ret = err(EX_USE, "shard: '%s' is not K/N, such as 1/4", text);
		goto out;
	}
	*slash = '\0';
	ret = parse_count("shard", slash + 1, 1, SHARDS_MOST, &shard->of);
	if (!ret)
		ret = parse_count("shard", copy, 1, shard->of, &shard->nr);
out:
	free(copy);
	return ret;
}

struct place {
	double cost;
	size_t job;
};

static int longer_first(const void *a, const void *b)
{
	const struct place *p = a, *q = b;

	if (p->cost != q->cost)
		return p->cost < q->cost ? 1 : -1;
	return p->job < q->job ? -1 : 1;
}

/*
 * Dealt out like cards, the longest first and every other round backwards, so
 * that no share has the longest of each round.
 */
int order_shard(struct boot_job *jobs, size_t *nr, const struct shard *shard)
{
	struct place *places = calloc(*nr, sizeof(*places));
	bool *mine = calloc(*nr, sizeof(*mine));
	size_t i, round, seat, kept = 0;
	int ret = 0;

	if (!places || !mine) {
		ret = no_memory();
		goto out;
	}
	for (i = 0; i < *nr; i++)
		places[i] = (struct place){ jobs[i].cost, i };
	qsort(places, *nr, sizeof(*places), longer_first);
	for (i = 0; i < *nr; i++) {
		round = i / shard->of;
		seat = i % shard->of;
		if (round % 2)
			seat = shard->of - 1 - seat;
		mine[places[i].job] = seat == shard->nr - 1;
	}
	for (i = 0; i < *nr; i++)
		if (mine[i])
			jobs[kept++] = jobs[i];
	*nr = kept;
out:
	free(places);
	free(mine);
	return ret;
}
