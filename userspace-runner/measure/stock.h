/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a CPU keeps of a memory cgroup's charge: pages that are charged already, the rest
 * of a page for objects, and bytes of slab objects that statistics do not have yet
 * (struct memcg_stock_pcp and struct obj_stock_pcp, mm/memcontrol.c).
 */
#ifndef PCPUBENCH_MEASURE_STOCK_H
#define PCPUBENCH_MEASURE_STOCK_H

#include "measure/cgroup.h"

/*
 * Have this CPU put down what it keeps of the child, so that memory.stat tells of each
 * byte; others do so a little later. 0 or EX_FAIL.
 */
int stock_drain(const struct cgroup *cg);

/**
 * stock_settle - have this CPU keep the same of the child, whatever came before
 *
 * A stock takes 64 pages from the memcg's counter at a time (MEMCG_CHARGE_BATCH), and
 * gives them back when it has more, in the time of whoever comes then. Now it has about
 * 48, and the rest of a page that the charges of the child leave. The caller leaves the
 * child. 0 or EX_FAIL.
 */
int stock_settle(const struct cgroup *cg);

#endif
