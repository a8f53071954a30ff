// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many tasks that allocate and free at once, and the window in which their
 * operations count. The caller of PCPU_BENCH_CONTEND holds the meeting; each
 * task that calls PCPU_BENCH_JOIN is a guest of one window.
 */
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "bench.h"
#include "contend.h"

/* A task that has not come after so long will not come. */
#define PATIENCE	(10 * HZ)

/* Of those that do not join only their waits are of interest. */
static bool others_are_valid(const struct pcpu_bench_contend *arg)
{
	return arg->flags == (PCPU_BENCH_CONTEND_WATCH |
			      PCPU_BENCH_CONTEND_OTHERS) &&
	       !arg->bytes && !arg->batch && !arg->order && !arg->seed;
}

static bool objects_are_valid(const struct pcpu_bench_contend *arg)
{
	const u32 known = PCPU_BENCH_ALLOC_ACCOUNT | PCPU_BENCH_ALLOC_ATOMIC |
			  PCPU_BENCH_CONTEND_WATCH;

	return arg->bytes && !(arg->bytes % 4) &&
	       arg->bytes <= PCPU_MIN_UNIT_SIZE && !(arg->flags & ~known) &&
	       (u64)arg->batch * arg->threads <= PCPU_BENCH_MAX_PAIRS &&
	       arg->order < PCPU_BENCH_NR_ORDERS &&
	       (arg->order != PCPU_BENCH_FREE_RANDOM || arg->seed);
}

static bool is_valid(const struct pcpu_bench_contend *arg)
{
	return (arg->flags & PCPU_BENCH_CONTEND_OTHERS ?
		others_are_valid(arg) : objects_are_valid(arg)) &&
	       arg->threads && arg->threads <= nr_cpu_ids && !arg->reserved &&
	       arg->window_ns >= PCPU_BENCH_MIN_WINDOW &&
	       arg->window_ns <= PCPU_BENCH_MAX_WINDOW &&
	       (arg->flags & PCPU_BENCH_CONTEND_WATCH ?
		arg->locks[0] && arg->locks[1] && arg->locks[0] != arg->locks[1] :
		!arg->locks[0] && !arg->locks[1]);
}

/* A failing allocation is a result and needs no warning. */
static gfp_t gfp_of(u32 flags)
{
	gfp_t gfp = flags & PCPU_BENCH_ALLOC_ATOMIC ? GFP_NOWAIT : GFP_KERNEL;

	if (flags & PCPU_BENCH_ALLOC_ACCOUNT)
		gfp |= __GFP_ACCOUNT;
	return gfp | __GFP_NOWARN;
}

/*
 * With the lock nobody takes a seat once a meeting that does not take place has
 * stopped: its holder frees the seats when all who have one are gone.
 */
static void set_phase(struct contend *c, enum contend_phase phase)
{
	spin_lock(&c->lock);
	WRITE_ONCE(c->phase, phase);
	spin_unlock(&c->lock);
	/* Of no use to a task that works, which looks by itself. */
	wake_up_all(&c->wait);
}

/* A seat for the calling task, NULL if there is none for its CPU now. */
static struct seat *take_seat(struct contend *c)
{
	const int cpu = raw_smp_processor_id();
	struct seat *seat = NULL;

	spin_lock(&c->lock);
	if (READ_ONCE(c->phase) == CONTEND_GATHER && !c->at_cpu[cpu] &&
	    atomic_read(&c->came) < c->nr) {
		seat = &c->seats[atomic_read(&c->came)];
		seat->task = current;
		seat->cpu = cpu;
		/* Probes of this CPU, and the holder, read these without the lock. */
		WRITE_ONCE(c->at_cpu[cpu], seat);
		WRITE_ONCE(c->here, c->here + 1);
		atomic_inc(&c->came);
	}
	spin_unlock(&c->lock);
	return seat;
}

static void leave(struct contend *c, bool early)
{
	spin_lock(&c->lock);
	/* The holder looks at both without the lock, and then takes it. */
	WRITE_ONCE(c->here, c->here - 1);
	if (early)
		WRITE_ONCE(c->lost, true);
	spin_unlock(&c->lock);
	wake_up_all(&c->wait);
}

static void count_in(struct contend *c, atomic_t *nr)
{
	if (atomic_inc_return(nr) == c->nr)
		wake_up_all(&c->wait);
}

/* A pair is over: does it count? */
static enum contend_phase count_pair(struct contend *c, struct seat *seat,
				     bool done)
{
	const enum contend_phase phase = READ_ONCE(c->phase);

	if (phase == CONTEND_COUNT) {
		if (done)
			seat->ops++;
		else
			seat->failed++;
	} else if (!seat->first_ns) {
		seat->first_ns = ktime_get_ns();
		count_in(c, &c->started);
	} else if (phase == CONTEND_COOL && !seat->last_ns) {
		seat->last_ns = ktime_get_ns();
		count_in(c, &c->cooled);
	}
	return phase;
}

/*
 * Allocate and free until the meeting stops. A failed allocation is fast, so it
 * is no operation and is counted apart.
 */
static int work(struct contend *c, struct seat *seat)
{
	void __percpu *obj, *last = NULL;
	enum contend_phase phase;
	u32 i;

	do {
		for (i = 0; i < c->batch; i++) {
			seat->objects[i] = __alloc_percpu_gfp(c->bytes,
							      BENCH_ALIGN,
							      c->gfp);
			cond_resched();
		}
		for (i = 0; i < c->batch; i++) {
			obj = seat->objects[c->order[i]];
			free_percpu(obj);
			if (obj)
				last = obj;
			phase = count_pair(c, seat, obj);
			cond_resched();
		}
		if (signal_pending(current))
			return -ERESTARTSYS;
		/* Its CPU went offline, or somebody moved the task. */
		if (raw_smp_processor_id() != seat->cpu)
			return -EINVAL;
	} while (phase != CONTEND_STOP);
	seat->outside = last && chunk_is_first(last);
	return 0;
}

/**
 * contend_join - be one of the tasks of the next window
 *
 * Returns 0 after the window, -EINVAL if the task may run on several CPUs or was
 * moved to another one, or -ERESTARTSYS; an error ends the window for all.
 */
long contend_join(struct bench_ctx *ctx)
{
	struct contend *c = &ctx->contend;
	struct seat *seat;
	int err;

	if (cpumask_weight(current->cpus_ptr) != 1)
		return -EINVAL;
	err = wait_event_interruptible(c->wait, (seat = take_seat(c)));
	if (err)
		return err;
	wake_up_all(&c->wait);
	err = wait_event_interruptible(c->wait, READ_ONCE(c->phase) !=
				       CONTEND_GATHER);
	if (!err && READ_ONCE(c->phase) != CONTEND_STOP)
		err = work(c, seat);
	leave(c, err);
	return err;
}

/* Wait until @nr is all, a task leaves early, or PATIENCE is over. */
static int wait_for(struct contend *c, const atomic_t *nr)
{
	long left = wait_event_interruptible_timeout(c->wait,
					atomic_read(nr) == c->nr ||
					READ_ONCE(c->lost), PATIENCE);

	if (left < 0)
		return left;
	if (READ_ONCE(c->lost))
		return -ESRCH;
	return left ? 0 : -ETIMEDOUT;
}

static int sleep_until(u64 ns)
{
	ktime_t end = ns_to_ktime(ns);

	while (ktime_get_ns() < ns) {
		if (signal_pending(current))
			return -ERESTARTSYS;
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_hrtimeout(&end, HRTIMER_MODE_ABS);
	}
	return 0;
}

/*
 * Read the clock and let what it reads begin. An interrupt in between would be
 * a part of the window at one end only.
 */
static u64 next_phase(struct contend *c, enum contend_phase phase)
{
	u64 now;

	local_irq_disable();
	now = ktime_get_ns();
	WRITE_ONCE(c->phase, phase);
	local_irq_enable();
	return now;
}

/*
 * All tasks have done an operation before the window begins, and none stops
 * before each of them has seen that it is over.
 */
static int hold_window(struct contend *c, u64 window_ns)
{
	int err;

	set_phase(c, CONTEND_GATHER);
	err = wait_for(c, &c->came);
	if (err)
		return err;
	set_phase(c, CONTEND_START);
	err = wait_for(c, &c->started);
	if (err)
		return err;
	c->start_ns = next_phase(c, CONTEND_COUNT);
	err = sleep_until(c->start_ns + window_ns);
	if (err)
		return err;
	c->end_ns = next_phase(c, CONTEND_COOL);
	return wait_for(c, &c->cooled);
}

/* Keep the pages of all objects: GFP_NOWAIT populates none. */
static int make_room(struct bench_ctx *ctx, const struct pcpu_bench_contend *arg)
{
	struct contend *c = &ctx->contend;
	const struct pcpu_bench_run all = {
		.param = arg->bytes, .pairs = c->nr * c->batch,
		.shape = { .batch = c->nr * c->batch },
	};
	int err;
	u32 i;

	ctx->bench = &bench_percpu_alloc;
	ctx->param = arg->bytes;
	c->order = kvcalloc(c->batch, sizeof(*c->order), GFP_KERNEL);
	err = c->order ? shape_begin(ctx, &all) : -ENOMEM;
	if (err)
		return err;
	shape_order(c->order, c->batch, arg->order, arg->seed);
	for (i = 0; i < c->nr; i++)
		c->seats[i].objects = ctx->batch.objects + i * c->batch;
	return 0;
}

static int copy_seats(const struct contend *c, void __user *to)
{
	struct pcpu_bench_seat out;
	const struct seat *seat;
	u32 i;

	for (i = 0; i < c->nr; i++) {
		seat = &c->seats[i];
		out = (struct pcpu_bench_seat){
			.ops = seat->ops,
			.failed = seat->failed,
			.early_ns = c->start_ns - seat->first_ns,
			.late_ns = seat->last_ns - c->end_ns,
			.cpu = seat->cpu,
			.outside = seat->outside,
		};
		memcpy(out.waits, seat->waits, sizeof(out.waits));
		if (copy_to_user(to + i * sizeof(out), &out, sizeof(out)))
			return -EFAULT;
	}
	return 0;
}

/* All others have their seats from the start; their probes run already. */
static void seat_cpus(struct contend *c)
{
	u32 cpu;

	for (cpu = 0; cpu < c->nr; cpu++) {
		c->seats[cpu].cpu = cpu;
		/* With its CPU: pairs with the READ_ONCE() of seat_of(). */
		smp_store_release(&c->at_cpu[cpu], &c->seats[cpu]);
	}
}

static bool one_waits(const struct contend *c)
{
	u32 i, which;

	for (i = 0; i < c->nr; i++)
		for (which = 0; which < PCPU_BENCH_NR_LOCKS; which++)
			if (READ_ONCE(c->seats[i].since_ns[which]))
				return true;
	return false;
}

/* See the others for @window_ns, and the end of each wait that began in it. */
static int watch_others(struct contend *c, u64 window_ns)
{
	unsigned long late;
	int err;

	seat_cpus(c);
	c->start_ns = next_phase(c, CONTEND_COUNT);
	err = sleep_until(c->start_ns + window_ns);
	c->end_ns = next_phase(c, CONTEND_COOL);
	late = jiffies + PATIENCE;
	while (!err && one_waits(c)) {
		if (time_after(jiffies, late))
			err = -ETIMEDOUT;
		else if (schedule_timeout_interruptible(1))
			err = -ERESTARTSYS;
	}
	return err;
}

static int hold_meeting(struct contend *c, struct pcpu_bench_contend *arg)
{
	int err = 0;

	if (arg->flags & PCPU_BENCH_CONTEND_WATCH)
		err = contend_watch(c);
	if (err)
		return err;
	err = arg->flags & PCPU_BENCH_CONTEND_OTHERS ?
	      watch_others(c, arg->window_ns) :
	      hold_window(c, arg->window_ns);
	set_phase(c, CONTEND_STOP);
	wait_event(c->wait, !READ_ONCE(c->here));
	/* The last one has woken this task and may still have the lock. */
	spin_lock(&c->lock);
	WRITE_ONCE(c->phase, CONTEND_CLOSED);
	spin_unlock(&c->lock);
	if (arg->flags & PCPU_BENCH_CONTEND_WATCH)
		contend_unwatch(c);
	return err;
}

/**
 * contend_run - hold one window with @arg->threads tasks that join
 *
 * Returns 0, -EINVAL, -ENOMEM, -ENOSPC as ballast_guard(), -EOPNOTSUPP when
 * the kernel cannot tell of contention, -ETIMEDOUT when tasks do not come,
 * -ESRCH when one left early, -ERESTARTSYS, -EFAULT.
 */
long contend_run(struct bench_ctx *ctx, struct pcpu_bench_contend *arg)
{
	struct contend *c = &ctx->contend;
	int err = 0;

	if (!is_valid(arg))
		return -EINVAL;
	if (arg->bytes)
		err = ballast_place(ctx, arg->bytes);
	if (err)
		return err;
	c->nr = arg->threads;
	c->lost = false;
	atomic_set(&c->came, 0);
	atomic_set(&c->started, 0);
	atomic_set(&c->cooled, 0);
	c->bytes = arg->bytes;
	c->batch = arg->batch ?: 1;
	c->order = NULL;
	c->gfp = gfp_of(arg->flags);
	c->lock_at[0] = (void *)(unsigned long)arg->locks[0];
	c->lock_at[1] = (void *)(unsigned long)arg->locks[1];
	c->seats = kvcalloc(c->nr, sizeof(*c->seats), GFP_KERNEL);
	c->at_cpu = kvcalloc(nr_cpu_ids, sizeof(*c->at_cpu), GFP_KERNEL);
	err = c->seats && c->at_cpu ? 0 : -ENOMEM;
	if (!err && c->bytes)
		err = make_room(ctx, arg);
	if (!err)
		err = hold_meeting(c, arg);
	arg->came = atomic_read(&c->came);
	if (!err) {
		arg->window_ns = c->end_ns - c->start_ns;
		err = copy_seats(c, u64_to_user_ptr(arg->seats));
	}
	shape_end(ctx);
	kvfree(c->order);
	kvfree(c->at_cpu);
	kvfree(c->seats);
	return err;
}

void contend_init(struct bench_ctx *ctx)
{
	init_waitqueue_head(&ctx->contend.wait);
	spin_lock_init(&ctx->contend.lock);
}
