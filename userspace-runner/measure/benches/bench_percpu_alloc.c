// SPDX-License-Identifier: GPL-2.0-or-later
/* percpu-alloc: runs the module's loop, and proves that it was accounted. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "measure/benches/benches.h"
#include "measure/cell_record.h"
#include "measure/timed.h"

/*
 * Discarded rounds. After a flush the first 64 pages of changes to the memcg's
 * statistics cost more (MEMCG_CHARGE_BATCH, mm/memcontrol.c); a pair changes
 * twice its bytes. Two more rounds settle chunk hints and stock.
 */
static unsigned int warmup_of(const struct target *t, const struct plan *plan,
			      unsigned int size)
{
	long long pages = target_charge(t, size) / t->info.page_size;
	long long pairs = 64 / (2 * (pages > 0 ? pages : 1)) + 1;

	return 2 + (pairs + plan->pairs - 1) / plan->pairs;
}

static json_t *describe(const struct plan *plan,
			const struct pcpu_bench_run *run, const struct proof *p,
			const char *reason)
{
	const struct pcpu_bench_sample *samples =
		(void *)(uintptr_t)run->samples;
	json_t *cell = cell_record(plan, plan->bench, run->param, run->pairs,
				   run->warmup, reason);

	cell_record_samples(cell, samples,
			    (size_t)run->rounds * PCPU_BENCH_NR_ARMS, p);
	json_object_set_new(cell, "chunk", json_pack(
			    "{s:i, s:i, s:I, s:i}",
			    "offset", (int)run->chunk_offset,
			    "moved", (int)run->moved,
			    "pin_bytes", (json_int_t)run->pin_bytes,
			    "outside", (int)run->outside));
	return cell;
}

int measure_percpu_alloc(const struct target *t, const struct plan *plan,
			 unsigned int size)
{
	struct pcpu_bench_sample *samples;
	struct pcpu_bench_run run = {
		.param = size,
		.pairs = plan->pairs,
		.rounds = plan->rounds,
		.warmup = warmup_of(t, plan, size),
	};
	struct proof p = {
		.expected = target_charge(t, size),
		.beyond = t->beyond,
	};
	size_t nr = (size_t)plan->rounds * PCPU_BENCH_NR_ARMS;
	char reason[PROOF_REASON_LEN] = "";
	json_t *cell, *more = NULL;
	int ret;

	samples = calloc(nr, sizeof(*samples));
	if (!samples)
		return err(EX_FAIL, "out of memory for %zu samples", nr);
	strcpy(run.bench, bench_find(plan->bench)->name);
	run.samples = (uintptr_t)samples;

	ret = cgroup_percpu_bytes(&t->cg, &p.before);
	if (!ret)
		ret = target_hold(t, size, PCPU_BENCH_ARM_OFF, &p.off_held,
				  &p.first_chunk);
	if (!ret)
		ret = target_hold(t, size, PCPU_BENCH_ARM_ON, &p.held,
				  &p.first_chunk);
	if (!ret && plan->instrument == INSTRUMENT_TIME)
		ret = timed_run(t, plan, &run, &more);
	else if (!ret)
		ret = device_run(t->fd, &run);
	if (!ret)
		ret = cgroup_percpu_bytes(&t->cg, &p.after);
	if (ret)
		goto out;

	p.outside = run.outside;
	proof_broken(&p, reason);
	cell = describe(plan, &run, &p, reason);
	if (more)
		json_object_update(cell, more);
	ret = target_emit(t, cell);
	if (!ret && t->env->more && !reason[0])
		ret = t->env->more(t, &run);
out:
	json_decref(more);
	free(samples);
	return ret;
}
