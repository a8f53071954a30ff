// SPDX-License-Identifier: GPL-2.0-or-later
/* The model of the percpu allocator's locks under contention. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/memory.h"
#include "lockmodel/lock_model.h"

#define NOBODY	UINT32_MAX

struct thread {
	size_t step;
	unsigned int wants;	/* a lock, while it waits */
	bool waits;
	double since;		/* when it began to wait */
	uint32_t behind;	/* who waits behind it */
	uint64_t ops;		/* in the window */
};

/*
 * @steals: who has its cache line may take it before those who wait
 * @moving: the line is on its way to the first of these, who has it at @due
 */
struct lock {
	bool steals, moving;
	double due;
	uint32_t owner, last;
	uint32_t first, rear;	/* of those who wait */
	double since;		/* when it was given to the owner */
};

/* The end of a thread's step, or, if it waits, a line's arrival. One a thread. */
struct event {
	double at;
	uint64_t order;		/* of events at one time: first come */
	uint32_t thread;
};

struct sim {
	const struct lock_model *m;
	struct thread *threads;
	uint32_t nr_threads;
	struct lock locks[LOCK_MODEL_LOCKS];
	struct event *heap;
	uint32_t nr_events;
	uint64_t order;
	double now, from;	/* @from: the window began */
	uint64_t ops;
	double waited[LOCK_MODEL_LOCKS], busy[LOCK_MODEL_LOCKS];
};

/* -------------------------------------------------- a heap of the next events */

static bool earlier(const struct event *a, const struct event *b)
{
	return a->at < b->at || (a->at == b->at && a->order < b->order);
}

static void push(struct sim *s, uint32_t thread, double at)
{
	const struct event e = { at, s->order++, thread };
	uint32_t i = s->nr_events++;

	for (; i && earlier(&e, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = e;
}

static struct event pop(struct sim *s)
{
	const struct event first = s->heap[0], e = s->heap[--s->nr_events];
	uint32_t i = 0, child;

	while ((child = 2 * i + 1) < s->nr_events) {
		if (child + 1 < s->nr_events &&
		    earlier(&s->heap[child + 1], &s->heap[child]))
			child++;
		if (!earlier(&s->heap[child], &e))
			break;
		s->heap[i] = s->heap[child];
		i = child;
	}
	s->heap[i] = e;
	return first;
}

/* ------------------------------------------------------------------ the locks */

/* The part of the time from @since to @to that is in the window. */
static double in_window(const struct sim *s, double since, double to)
{
	if (since < s->from)
		since = s->from;
	return to > since ? to - since : 0;
}

static void begin_step(struct sim *s, uint32_t thread, double at)
{
	const struct cell_step *step = &s->m->steps[s->threads[thread].step];

	push(s, thread, at + (s->m->draw ? s->m->draw(step, s->m->arg) :
					   step->insns));
}

/* @lock is the thread's, from @at on; nobody else can take it any more. */
static void give(struct sim *s, struct lock *lock, uint32_t thread, double at)
{
	struct thread *t = &s->threads[thread];
	double waited = in_window(s, t->since, at);

	t->waits = false;
	s->waited[t->wants] += waited;
	for (unsigned int which = 0; which < LOCK_MODEL_LOCKS; which++)
		if (s->locks[which].owner == thread)
			s->busy[which] -= waited;
	lock->owner = thread;
	lock->last = thread;
	lock->since = s->now;
	begin_step(s, thread, at);
}

static void enqueue(struct sim *s, struct lock *lock, uint32_t thread)
{
	s->threads[thread].behind = NOBODY;
	if (lock->first == NOBODY)
		lock->first = thread;
	else
		s->threads[lock->rear].behind = thread;
	lock->rear = thread;
}

static uint32_t dequeue(struct sim *s, struct lock *lock)
{
	uint32_t thread = lock->first;

	lock->first = s->threads[thread].behind;
	return thread;
}

static void ask(struct sim *s, unsigned int which, uint32_t thread)
{
	struct lock *lock = &s->locks[which];
	struct thread *t = &s->threads[thread];
	bool mine = lock->last == thread;

	t->wants = which;
	t->waits = true;
	t->since = s->now;
	if (lock->owner == NOBODY &&
	    (lock->first == NOBODY || (lock->steals && mine)))
		give(s, lock, thread, s->now + (mine || lock->last == NOBODY ?
						0 : s->m->transfer));
	else
		enqueue(s, lock, thread);
}

static void release(struct sim *s, unsigned int which)
{
	struct lock *lock = &s->locks[which];

	s->busy[which] += in_window(s, lock->since, s->now);
	lock->owner = NOBODY;
	if (lock->first == NOBODY)
		return;
	if (!lock->steals) {
		give(s, lock, dequeue(s, lock), s->now + s->m->transfer);
		return;
	}
	lock->due = s->now + s->m->transfer;
	if (!lock->moving)
		push(s, lock->first, lock->due);
	lock->moving = true;
}

/* The first one that waits has the released lock's line, unless it was stolen. */
static void arrive(struct sim *s, uint32_t thread)
{
	struct lock *lock = &s->locks[s->threads[thread].wants];

	lock->moving = lock->owner == NOBODY && s->now < lock->due;
	if (lock->moving)
		push(s, thread, lock->due);
	if (lock->moving || lock->owner != NOBODY)
		return;
	give(s, lock, dequeue(s, lock), s->now);
	/* It was on its way before. */
	lock->since -= s->m->transfer;
}

/* ---------------------------------------------------------------- the threads */

static void end_step(struct sim *s, uint32_t thread)
{
	struct thread *t = &s->threads[thread];
	unsigned int before = s->m->steps[t->step].held, held;

	t->step = (t->step + 1) % s->m->nr;
	if (!t->step) {
		t->ops++;
		s->ops++;
	}
	held = s->m->steps[t->step].held;
	for (unsigned int which = 0; which < LOCK_MODEL_LOCKS; which++)
		if (before & ~held & 1U << which)
			release(s, which);
	for (unsigned int which = 0; which < LOCK_MODEL_LOCKS; which++)
		if (held & ~before & 1U << which) {
			ask(s, which, thread);
			return;
		}
	begin_step(s, thread, s->now);
}

/* Until all threads together have @ops operations more. */
static void simulate(struct sim *s, uint64_t ops)
{
	struct event e;

	for (ops += s->ops; s->ops < ops;) {
		e = pop(s);
		s->now = e.at;
		if (s->threads[e.thread].waits)
			arrive(s, e.thread);
		else
			end_step(s, e.thread);
	}
}

static void open_window(struct sim *s)
{
	s->from = s->now;
	for (uint32_t i = 0; i < s->nr_threads; i++)
		s->threads[i].ops = 0;
	for (unsigned int which = 0; which < LOCK_MODEL_LOCKS; which++)
		s->waited[which] = s->busy[which] = 0;
}

static void close_window(struct sim *s, uint64_t ops,
			 struct lock_model_result *r)
{
	double time = s->now - s->from, squares = 0;

	for (struct thread *t = s->threads; t < s->threads + s->nr_threads; t++) {
		squares += (double)t->ops * (double)t->ops;
		if (t->waits)
			s->waited[t->wants] += in_window(s, t->since, s->now);
	}
	r->rate = (double)ops / time;
	r->fairness = (double)ops * (double)ops / (s->nr_threads * squares);
	for (unsigned int which = 0; which < LOCK_MODEL_LOCKS; which++) {
		struct lock *lock = &s->locks[which];

		if (lock->owner != NOBODY)
			s->busy[which] += in_window(s, lock->since, s->now);
		r->waits[which] = s->waited[which] / time / s->nr_threads;
		r->busy[which] = s->busy[which] / time;
	}
}

static int check(const struct lock_model *m)
{
	unsigned int held, before, taken;
	double sum = 0;

	for (size_t i = 0; i < m->nr; i++) {
		held = m->steps[i].held;
		before = m->steps[(i + m->nr - 1) % m->nr].held;
		taken = held & ~before;
		sum += m->steps[i].insns;
		if (held >> LOCK_MODEL_LOCKS || taken & (taken - 1) ||
		    !(m->steps[i].insns >= 0))
			return err(EX_USE, "step %zu is none of a thread with two locks",
				   i);
	}
	if (!(sum > 0) || m->steps[0].held)
		return err(EX_USE, "an operation begins without a lock and takes time");
	return 0;
}

int lock_model_run(const struct lock_model *m, unsigned int threads,
		   unsigned int ops, struct lock_model_result *result)
{
	struct sim s = { .m = m, .nr_threads = threads };
	int ret = check(m);

	if (ret)
		return ret;
	s.threads = calloc(threads, sizeof(*s.threads));
	s.heap = calloc(threads, sizeof(*s.heap));
	if (!s.threads || !s.heap) {
		ret = no_memory();
		goto out;
	}
	for (unsigned int which = 0; which < LOCK_MODEL_LOCKS; which++)
		s.locks[which] = (struct lock){
			.steals = which == LOCK_MODEL_MUTEX, .owner = NOBODY,
			.last = NOBODY, .first = NOBODY,
		};
	for (uint32_t i = 0; i < threads; i++)
		begin_step(&s, i, 0);
	simulate(&s, (uint64_t)threads * ops / 2);
	open_window(&s);
	simulate(&s, (uint64_t)threads * ops);
	close_window(&s, (uint64_t)threads * ops, result);
out:
	free(s.threads);
	free(s.heap);
	return ret;
}
