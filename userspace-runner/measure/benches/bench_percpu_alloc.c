// SPDX-License-Identifier: GPL-2.0-or-later
/* percpu-alloc: runs the module's loop, and proves that it was accounted. */
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/benches.h"
#include "measure/cell_record.h"
#include "measure/timed.h"
#include "results/cell_name.h"

/* Discarded rounds. Two more of them settle chunk hints and stock. */
static unsigned int warmup_of(const struct target *t, const struct plan *plan,
			      unsigned int size)
{
	/* Of each owner. */
	unsigned int pairs = target_warmup(t, size) *
			     plan->options.val[BENCH_OWNERS];

	/* The module runs a batch before it begins. */
	return (plan_shape(plan).batch ? 0 : 2) +
	       (pairs + plan->pairs - 1) / plan->pairs;
}

/* Does the batch fit into the 7/8 of free memory that the module allows? */
static int check_room(const struct target *t, const struct shape *shape,
		      unsigned int size)
{
	unsigned long long room, take;
	char kib[32];
	int ret;

	if (!shape->batch)
		return 0;
	/* What an earlier batch took. */
	ret = device_settle(t->fd, PCPU_BENCH_SETTLE_ALL);
	if (ret || !read_field("/proc/meminfo", "MemAvailable", kib,
			       sizeof(kib)))
		return ret;
	room = strtoull(kib, NULL, 10) * 1024 / 8 * 7;
	take = pcpu_bench_memory(size, shape_objects(shape, size),
				 t->info.possible_cpus);
	if (take <= room)
		return 0;
	return err(EX_FAIL,
		   "--shape=batch:%u: %u B on %u CPUs take %llu MiB of memory, and %llu may be used: at most batch:%llu fits",
		   shape->batch, size, t->info.possible_cpus, take >> 20,
		   room >> 20, room / (take / shape->batch + 1));
}

#define DRAWN_SEED	1	/* any: one order is as good as another */

/* The module has owners and places to free for batches: a pair is one of 1. */
static struct pcpu_bench_shape shape_for(const struct plan *plan)
{
	const struct shape shape = plan_shape(plan);
	const unsigned int owners = plan->options.val[BENCH_OWNERS];
	const unsigned int from = plan->options.val[BENCH_FREE_FROM];

	return (struct pcpu_bench_shape){
		.batch = shape.batch ? shape.batch : owners > 1 || from,
		.order = shape.order, .cold = shape.cold,
		.owners = owners, .free_from = from, .other = -1,
		.seed = shape.order == PCPU_BENCH_FREE_RANDOM ? DRAWN_SEED : 0,
	};
}

/*
 * Nobody shall take a turn in a batch. It leaves work to the percpu allocator's
 * balance worker, which must wait until the sample is over; and under insn a
 * large batch is longer than a tick's period.
 */
static int undisturbed(const struct target *t, bool begin)
{
	const struct sched_param param = { .sched_priority = begin };

	if (t->env->tick)
		t->env->tick(begin ? TICK_STOPPED : TICK_SLOW);
	if (sched_setscheduler(0, begin ? SCHED_FIFO : SCHED_OTHER, &param))
		return err_errno(EX_FAIL, "cannot change the task's priority");
	return 0;
}

static int run_samples(const struct target *t, const struct plan *plan,
		       struct pcpu_bench_run *run, json_t **more)
{
	const bool batch = run->shape.batch;
	int ret = batch ? undisturbed(t, true) : 0, ret2 = 0;

	if (!ret)
		ret = module_run(t, plan, run, more);
	if (batch)
		ret2 = undisturbed(t, false);
	return ret ? ret : ret2;
}

/* What one cell holds, has found, and proves, for each owner. */
struct held {
	struct target_held objects;
	struct target_bytes before, off, on, after;
	struct proof proof[2];
};

static long long distance(long long a, long long b)
{
	return a > b ? a - b : b - a;
}

/* By how much the levels above differ from their owners, @now against before. */
static long long astray(const struct target *t, const struct held *h,
			const struct target_bytes *now)
{
	long long below = now->own - h->before.own +
			  now->other - h->before.other, most = 0, away;

	for (unsigned int i = 1; i < t->cg.depth; i++) {
		away = distance(now->above[i] - h->before.above[i], below);
		if (away > most)
			most = away;
	}
	return most;
}

static void make_proofs(const struct target *t, struct held *h,
			long long outside)
{
	const long long held = astray(t, h, &h->on);
	const long long after = astray(t, h, &h->after);
	const unsigned int others = h->objects.count *
				    (h->objects.owners - 1) / 2;
	const long long charge = target_charge(t, h->objects.size);

	h->proof[0].expected = (h->objects.count - others) * charge;
	h->proof[0].before = h->before.own;
	h->proof[0].off_held = h->off.own;
	h->proof[0].held = h->on.own;
	h->proof[0].after = h->after.own;
	h->proof[0].beyond = t->beyond;
	h->proof[0].astray = held > after ? held : after;
	h->proof[0].outside = outside;
	h->proof[1] = h->proof[0];
	h->proof[1].expected = others * charge;
	h->proof[1].before = h->before.other;
	h->proof[1].off_held = h->off.other;
	h->proof[1].held = h->on.other;
	h->proof[1].after = h->after.other;
}

/* Hold the objects in each arm. */
static int hold(const struct target *t, struct held *h)
{
	long long *first_chunk = &h->proof[0].first_chunk;
	int ret = target_percpu(t, &h->before);

	if (!ret)
		ret = target_hold(t, &h->objects, PCPU_BENCH_ARM_OFF, &h->off,
				  first_chunk);
	return ret ? ret : target_hold(t, &h->objects, PCPU_BENCH_ARM_ON,
				       &h->on, first_chunk);
}

static json_t *describe(const struct plan *plan,
			const struct pcpu_bench_run *run, const struct held *h,
			const char *reason)
{
	const struct pcpu_bench_sample *samples =
		(void *)(uintptr_t)run->samples;
	json_t *cell = cell_record(plan, plan->bench, run->param, run->pairs,
				   run->warmup, reason);

	cell_record_samples(cell, samples,
			    (size_t)run->rounds * PCPU_BENCH_NR_ARMS,
			    &h->proof[0]);
	if (h->objects.owners > 1)
		cell_record_other(cell, &h->proof[1]);
	json_object_set_new(cell, "chunk", json_pack(
			    "{s:i, s:i, s:I, s:i}",
			    "offset", (int)run->chunk_offset,
			    "moved", (int)run->moved,
			    "pin_bytes", (json_int_t)run->pin_bytes,
			    "outside", (int)run->outside));
	if (run->shape.seed)
		json_object_set_new(cell, "free_seed",
				    json_integer(run->shape.seed));
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
		.shape = shape_for(plan),
		.flags = plan->options.val[BENCH_GFP] ? PCPU_BENCH_NOWAIT : 0,
	};
	const struct shape shape = plan_shape(plan);
	struct held h = { .objects = {
		.size = size, .count = plan_step(plan),
		.owners = run.shape.owners, .batch = shape.batch,
		.flags = run.flags,
	} };
	size_t nr = (size_t)plan->rounds * PCPU_BENCH_NR_ARMS;
	char reason[PROOF_REASON_LEN] = "", name[CELL_NAME_LEN];
	json_t *cell, *more = NULL;
	int ret;

	samples = calloc(nr, sizeof(*samples));
	if (!samples)
		return err(EX_FAIL, "out of memory for %zu samples", nr);
	strcpy(run.bench, bench_find(plan->bench)->name);
	run.samples = (uintptr_t)samples;

	ret = check_room(t, &shape, size);
	if (!ret)
		ret = hold(t, &h);
	if (!ret && plan_needs_other(plan))
		ret = target_open_other(t, &run.shape.other);
	if (!ret)
		ret = run_samples(t, plan, &run, &more);
	if (!ret)
		ret = target_percpu(t, &h.after);
	if (ret)
		goto out;

	make_proofs(t, &h, run.outside);
	if (!proof_broken(&h.proof[0], reason) && h.objects.owners > 1)
		proof_broken(&h.proof[1], reason);
	cell = describe(plan, &run, &h, reason);
	if (more)
		json_object_update(cell, more);
	cell_name(cell, name);
	ret = target_emit(t, cell);
	if (!ret && t->env->more && !reason[0])
		ret = t->env->more(t, &run, name);
out:
	if (run.shape.other >= 0)
		close(run.shape.other);
	json_decref(more);
	free(samples);
	return ret;
}
