// SPDX-License-Identifier: GPL-2.0-or-later
/* bpf-percpu-map and bpf-percpu-map-ops: the life of a BPF percpu map. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/benches/benches.h"
#include "measure/benches/guarded.h"
#include "measure/benches/map_cell.h"
#include "measure/benches/map_rounds.h"
#include "measure/benches/workers.h"

/*
 * A map's life is mostly clearing, at some 3 bytes an instruction: this many
 * bytes take 22 of the 55 M instructions between two ticks (guest_slow_tick()).
 * A kernel that walks all pages to account them may need as many again.
 */
#define LONG_LIFE	(64LL << 20)

/*
 * Are maps alike, so that arms can be compared? Not if chance decides how much
 * is allocated for a map.
 */
static void judge_fit(struct life *l, const struct charge *c)
{
	if (bpf_map_values(l->kind, l->entries,
			   l->t->info.possible_cpus) < 0)
		snprintf(l->unfit, sizeof(l->unfit),
			 "before 6.8 such a map gets as many values as an atomic allocation finds: maps differ");
	l->long_life = c->uses * l->plan->pairs > LONG_LIFE;
}

/*
 * As for percpu-alloc: MEMCG_CHARGE_BATCH pages until the memcg's statistics
 * have settled after a flush; and some rounds for slab caches, kworkers and
 * chunks.
 */
static unsigned int warmup_of(const struct life *l, long long uses)
{
	long long pages = uses / l->t->info.page_size;

	return 4 + 64 / (2 * (pages > 0 ? pages : 1)) / l->plan->pairs;
}

struct weighed {
	struct life *life;
	struct proof *proof;
	struct charge *charge;
};

static int weigh(void *arg)
{
	struct weighed *w = arg;

	return map_charge_prove(w->life, w->proof, w->charge);
}

static int measure_kind(struct life *l, const char *unusable)
{
	char reason[PROOF_REASON_LEN] = "";
	struct charge c = { 0 };
	struct proof p = { 0 };
	struct weighed w = { l, &p, &c };
	int ret;

	ret = life_init(l);
	if (!ret)
		ret = guarded_weigh(l->guard, &p, weigh, &w);
	l->warmup = warmup_of(l, c.uses);
	judge_fit(l, &c);
	if (!ret)
		ret = map_rounds(l);
	if (life_go_to(l, PCPU_BENCH_ARM_ON) && !ret)
		ret = EX_FAIL;
	if (!ret)
		ret = cgroup_percpu_bytes(&l->t->cg, &p.after);
	if (ret == EX_INVALID)
		bpf_map_refused(l->kind, l->size, l->entries, l->error,
				reason, sizeof(reason));
	else if (!ret && unusable[0])
		snprintf(reason, sizeof(reason), "%s", unusable);
	else if (!ret)
		proof_broken(&p, reason);
	if (!ret || ret == EX_INVALID)
		ret = map_cells_emit(l, &p, &c, reason);
	life_free(l);
	return ret;
}

static int measure_kinds(const struct target *t, const struct plan *plan,
			 unsigned int size, bool ops, int guard,
			 const char *unusable)
{
	const struct bpf_map_kind *kind;
	char name[PLAN_BENCH_LEN];
	unsigned int i;
	int ret = 0;

	for (i = 0; (kind = bpf_map_kind(i)) && !ret; i++) {
		struct life l = {
			.t = t, .plan = plan, .kind = kind, .size = size,
			.entries = plan->options.val[BENCH_ENTRIES],
			.ops = ops, .guard = guard,
		};

		life_name(&l, NULL, name);
		if (bench_covers(plan->bench, name) ||
		    bench_covers(name, plan->bench))
			ret = measure_kind(&l, unusable);
	}
	return ret;
}

static int measure_size(const struct target *t, const struct plan *plan,
			unsigned int size, bool ops)
{
	char unusable[PROOF_REASON_LEN];
	int ret, guard;

	ret = bpf_map_usable(unusable, sizeof(unusable));
	/*
	 * It made a map, which is waited for. Maps have percpu objects down to 4
	 * bytes: leave no hole.
	 */
	if (!ret)
		ret = device_guard(&guard);
	if (ret)
		return ret;
	ret = run_before_workers(true);
	if (!ret) {
		ret = measure_kinds(t, plan, size, ops, guard, unusable);
		if (run_before_workers(false) && !ret)
			ret = EX_FAIL;
	}
	close(guard);
	return ret;
}

int measure_bpf_map(const struct target *t, const struct plan *plan,
		    unsigned int size)
{
	return measure_size(t, plan, size, false);
}

int measure_bpf_map_ops(const struct target *t, const struct plan *plan,
			unsigned int size)
{
	return measure_size(t, plan, size, true);
}
