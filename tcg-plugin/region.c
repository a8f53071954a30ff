// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts a sample's blocks, calls and lock holds, and writes them out. */
#include <stdlib.h>
#include <string.h>

#include "../kmod-bench/mark.h"
#include "lines.h"
#include "region.h"

struct counter {
	uint32_t frame;
	uint32_t block;
	struct block *b;
	uint64_t times;
	int64_t locked;
	uint64_t lines;
	bool touched;
	struct counter *next;	/* next one used in this sample */
	struct counter *chain;	/* of the hash */
};

struct frame {
	uint32_t parent;
	uint64_t callsite;
	bool written;
	uint32_t child;		/* first one, 0: none */
	uint32_t sibling;
};

enum state {
	CLOSED,		/* no sample */
	ARMED,		/* marked, before the clock is read */
	OPEN,		/* the clock has been read */
};

#define HASH_SIZE	65536U
#define MAX_TASKS	64	/* tasks that run in one sample */
#define MAX_FAULTS	8	/* one in the code of another */
#define MAX_INSNS	512	/* of QEMU's blocks */
#define NEAR_MARK	65536	/* bytes: more than the module's code */

struct region {
	FILE *out;
	uint64_t lock, mutex;
	struct lines *lines;
	uint64_t mark_addr;	/* of one in the module, or the last one */
	enum state state;
	unsigned int arm;
	uint32_t nr_blocks;
	unsigned long nr_samples;
	bool failed;

	struct frame *frames;
	uint32_t nr_frames, room_frames;
	uint32_t frame;		/* the next block's */
	/* Frames where tasks were left in this sample; others: frame 0. */
	struct task {
		uint64_t vaddr;
		uint32_t frame;
	} tasks[MAX_TASKS];
	unsigned int nr_tasks;

	struct counter *hash[HASH_SIZE];
	struct counter *touched;
	struct counter *now;	/* of the block that runs */

	uint64_t fault_addr;	/* of the code of page faults, 0: unknown */
	/* Blocks that faults have left, the last one on top. */
	struct counter *faulted[MAX_FAULTS];
	unsigned int nr_faulted;
	bool returned;		/* by iret */

	uint64_t count, start;	/* instructions now and at the start */
	/* The lock: @taken is @count when it was taken. */
	uint64_t taken, holds, longest, locked;
	/* Steps that have ended, and what the one that runs began with. */
	struct step {
		unsigned int held;
		uint64_t insns;
	} steps[REGION_STEPS];
	unsigned int nr_steps;
	unsigned int held;	/* REGION_* */
	uint64_t since;		/* @count then */

	/* The sample as of the last read of the clock. */
	char *text;
	size_t len;
};

struct region *region_new(FILE *out, bool blocks, uint64_t lock,
			  uint64_t mutex)
{
	struct region *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->out = out;
	r->lock = lock;
	r->mutex = mutex;
	r->room_frames = 256;
	r->frames = calloc(r->room_frames, sizeof(*r->frames));
	r->lines = lines_new();
	if (!r->frames || !r->lines) {
		region_free(r);
		return NULL;
	}
	r->nr_frames = 1;
	r->frames[0].written = true;
	fprintf(out, blocks ? "profile 3\n" : "lock 2\n");
	return r;
}

uint64_t *region_count(struct region *r)
{
	return &r->count;
}

void region_end(struct region *r)
{
	/* Without this line a reader knows that the file is incomplete. */
	if (!r->failed)
		fprintf(r->out, "E %lu\n", r->nr_samples);
	fflush(r->out);
}

void region_free(struct region *r)
{
	struct counter *c, *next;

	for (unsigned int i = 0; i < HASH_SIZE; i++)
		for (c = r->hash[i]; c; c = next) {
			next = c->chain;
			free(c);
		}
	if (r->lines)
		lines_free(r->lines);
	free(r->frames);
	free(r->text);
	free(r);
}

void region_broken(struct region *r, const char *why)
{
	if (!r->failed)
		fprintf(r->out, "X %s\n", why);
	r->failed = true;
}

void region_mark_at(struct region *r, unsigned int what, uint64_t vaddr)
{
	r->mark_addr = vaddr;
	fprintf(r->out, "M %x %llx\n", what, (unsigned long long)vaddr);
}

struct block *region_block(struct region *r, uint64_t vaddr, uint32_t n,
			   const uint8_t *sizes, enum block_end end)
{
	struct block *b = malloc(sizeof(*b) + n + 1);
	uint32_t i;

	if (!b) {
		r->failed = true;
		return NULL;
	}
	*b = (struct block){
		.region = r,
		.id = r->nr_blocks++,
		.n = n,
		.vaddr = vaddr,
		.last_vaddr = vaddr,
		.end = end,
		.last_frame = ~0U,
	};
	for (i = 0; i < n; i++) {
		b->sizes[i] = "0123456789abcdef"[sizes[i] & 15];
		if (i + 1 < n)
			b->last_vaddr += sizes[i];
	}
	b->sizes[n] = '\0';
	return b;
}

static struct counter *find_counter(struct region *r, struct block *b)
{
	uint32_t key = (r->frame * 2654435761U ^ b->id * 40503U) % HASH_SIZE;
	struct counter *c;

	for (c = r->hash[key]; c; c = c->chain)
		if (c->frame == r->frame && c->block == b->id)
			goto found;
	c = calloc(1, sizeof(*c));
	if (!c) {
		r->failed = true;
		return NULL;
	}
	c->frame = r->frame;
	c->block = b->id;
	c->b = b;
	c->chain = r->hash[key];
	r->hash[key] = c;
found:
	b->last_frame = r->frame;
	b->last = c;
	return c;
}

/* It is in this sample. */
static void touch(struct region *r, struct counter *c)
{
	if (c->touched)
		return;
	c->touched = true;
	c->next = r->touched;
	r->touched = c;
}

/* Bytes of the @i'th instruction. */
static uint8_t size_of(const struct block *b, uint32_t i)
{
	return b->sizes[i] <= '9' ? b->sizes[i] - '0' : b->sizes[i] - 'a' + 10;
}

/* The frame of the function called from @callsite in frame @parent. */
static uint32_t enter(struct region *r, uint32_t parent, uint64_t callsite)
{
	uint32_t i;

	for (i = r->frames[parent].child; i; i = r->frames[i].sibling)
		if (r->frames[i].callsite == callsite)
			return i;
	if (r->nr_frames == r->room_frames) {
		size_t room = 2 * (size_t)r->room_frames;
		struct frame *more = realloc(r->frames, room * sizeof(*more));

		if (!more) {
			r->failed = true;
			return parent;
		}
		r->frames = more;
		r->room_frames = room;
	}
	i = r->nr_frames++;
	r->frames[i] = (struct frame){
		.parent = parent,
		.callsite = callsite,
		.sibling = r->frames[parent].child,
	};
	r->frames[parent].child = i;
	return i;
}

/* Is this the code that measures? */
static bool is_near_mark(const struct region *r, uint64_t addr)
{
	return addr - r->mark_addr + NEAR_MARK < 2 * NEAR_MARK;
}

/* The first @n instructions of @b, as a block; NULL if there are none. */
static struct block *cut(struct region *r, struct block *b, uint32_t n)
{
	uint8_t sizes[MAX_INSNS];
	struct block *less = b->cut;

	for (; less && less->n != n; less = less->cut)
		;
	if (less || !n || n > MAX_INSNS)
		return less;
	for (uint32_t i = 0; i < n; i++)
		sizes[i] = size_of(b, i);
	less = region_block(r, b->vaddr, n, sizes, BLOCK_FALLS);
	if (less) {
		less->cut = b->cut;
		b->cut = less;
	}
	return less;
}

/* A fault has left the block that was counted last. */
static void leave_block(struct region *r)
{
	if (!r->now || r->nr_faulted == MAX_FAULTS)
		return;
	r->faulted[r->nr_faulted++] = r->now;
	/* A call or return at its end did not happen. */
	r->frame = r->now->frame;
}

/*
 * A fault's code has ended, and @vaddr runs next. If that is in the block that
 * the fault left, the block ran up to there; else it had run to its end.
 */
static void resume_block(struct region *r, uint64_t vaddr)
{
	struct counter *c, *part;
	struct block *less;
	uint64_t at;
	uint32_t n;

	r->returned = false;
	if (!r->nr_faulted)
		return;
	c = r->faulted[--r->nr_faulted];
	at = c->b->vaddr;
	for (n = 0; n < c->b->n && at != vaddr; n++)
		at += size_of(c->b, n);
	if (n == c->b->n)
		return;
	r->frame = c->frame;
	c->times--;
	r->count -= c->b->n - n;
	if (r->held & REGION_LOCK)
		c->locked -= c->b->n;
	less = cut(r, c->b, n);
	if (!less)
		return;
	part = find_counter(r, less);
	if (part) {
		part->times++;
		touch(r, part);
		if (r->held & REGION_LOCK)
			part->locked += n;
	}
}

void region_exec(struct block *b)
{
	struct region *r = b->region;
	struct counter *c;

	if (r->state != OPEN)
		return;
	if (b->vaddr == r->fault_addr)
		leave_block(r);
	else if (r->returned)
		resume_block(r, b->vaddr);
	c = b->last_frame == r->frame ? b->last : find_counter(r, b);
	r->now = c;
	if (!c)
		return;
	touch(r, c);
	c->times++;
	r->count += b->n;
	if (r->held & REGION_LOCK)
		c->locked += b->n;
	if (b->end == BLOCK_CALLS && is_near_mark(r, b->last_vaddr))
		lines_next_call(r->lines);
	if (b->end == BLOCK_CALLS)
		r->frame = enter(r, r->frame, b->last_vaddr);
	else if (b->end == BLOCK_RETURNS)
		r->frame = r->frames[r->frame].parent;
}

/* The locks that are held change, with @left instructions left in the block. */
static void next_step(struct region *r, uint32_t left, unsigned int held)
{
	if (r->nr_steps < REGION_STEPS)
		r->steps[r->nr_steps] = (struct step){
			.held = r->held,
			.insns = r->count - left - r->since,
		};
	r->nr_steps++;
	r->held = held;
	r->since = r->count - left;
}

void region_cmpxchg(struct region *r, uint32_t left, uint64_t vaddr)
{
	if (r->state != OPEN || !vaddr)
		return;
	/* A mutex is released by one, too. */
	if (vaddr == r->mutex)
		next_step(r, left, r->held ^ REGION_MUTEX);
	if (vaddr != r->lock || r->held & REGION_LOCK)
		return;
	next_step(r, left, r->held | REGION_LOCK);
	r->holds++;
	/* The rest of the block runs under the lock. */
	r->taken = r->count - left;
	if (r->now)
		r->now->locked += left;
}

void region_store(struct region *r, uint32_t left, uint64_t vaddr)
{
	uint64_t insns;

	if (r->state != OPEN || !r->lock || vaddr != r->lock ||
	    !(r->held & REGION_LOCK))
		return;
	next_step(r, left, r->held & ~REGION_LOCK);
	insns = r->count - left - r->taken;
	r->locked += insns;
	if (insns > r->longest)
		r->longest = insns;
	if (r->now)
		r->now->locked -= left;
}

static struct task *find_task(struct region *r, uint64_t vaddr)
{
	unsigned int i;

	for (i = 0; i < r->nr_tasks; i++)
		if (r->tasks[i].vaddr == vaddr)
			return &r->tasks[i];
	return NULL;
}

void region_leave_task(struct region *r, uint64_t vaddr)
{
	struct task *t = find_task(r, vaddr);

	if (r->state != OPEN)
		return;
	if (!t && r->nr_tasks == MAX_TASKS) {
		region_broken(r, "more tasks take turns in a sample than are followed");
		return;
	}
	if (!t)
		t = &r->tasks[r->nr_tasks++];
	*t = (struct task){ .vaddr = vaddr, .frame = r->frame };
}

void region_enter_task(struct region *r, uint64_t vaddr)
{
	const struct task *t = find_task(r, vaddr);

	if (r->state == OPEN)
		r->frame = t ? t->frame : 0;
}

void region_faults_at(struct region *r, uint64_t vaddr)
{
	r->fault_addr = vaddr;
}

void region_iret(struct region *r)
{
	r->returned = r->state == OPEN;
}

void region_written(struct region *r, uint64_t vaddr, unsigned int bytes)
{
	int fresh;

	if (r->state != OPEN || !r->now)
		return;
	fresh = lines_store(r->lines, vaddr, bytes);
	if (fresh < 0)
		r->failed = true;
	else
		r->now->lines += fresh;
}

static void forget_sample(struct region *r)
{
	struct counter *c;

	for (c = r->touched; c; c = c->next) {
		c->touched = false;
		c->times = 0;
		c->locked = 0;
		c->lines = 0;
	}
	lines_next_call(r->lines);
	r->touched = NULL;
	r->now = NULL;
	r->nr_faulted = 0;
	r->returned = false;
	r->frame = 0;
	r->start = r->count;
	r->nr_tasks = 0;
	r->held = 0;
	r->nr_steps = 0;
	r->since = r->count;
	r->holds = 0;
	r->longest = 0;
	r->locked = 0;
	free(r->text);
	r->text = NULL;
	r->len = 0;
}

static void write_frame(struct region *r, uint32_t i)
{
	struct frame *f = &r->frames[i];

	if (f->written)
		return;
	write_frame(r, f->parent);
	f->written = true;
	fprintf(r->out, "N %u %u %llx\n", i, f->parent,
		(unsigned long long)f->callsite);
}

/* Print a space and @val; fprintf() would take most of the wall time. */
static void put(FILE *f, int64_t val)
{
	uint64_t left = val < 0 ? -(uint64_t)val : (uint64_t)val;
	char digits[24];
	int n = 0;

	do {
		digits[n++] = '0' + left % 10;
		left /= 10;
	} while (left);
	putc_unlocked(' ', f);
	if (val < 0)
		putc_unlocked('-', f);
	while (n)
		putc_unlocked(digits[--n], f);
}

/* The steps so far, with the one that runs. */
static void put_steps(struct region *r, FILE *f)
{
	if (!r->mutex || r->nr_steps >= REGION_STEPS)
		return;
	putc_unlocked('T', f);
	for (unsigned int i = 0; i < r->nr_steps; i++) {
		put(f, r->steps[i].held);
		put(f, r->steps[i].insns);
	}
	put(f, r->held);
	put(f, r->count - r->since);
	putc_unlocked('\n', f);
}

/* Keep the sample so far, which is complete if the end mark comes next. */
static void keep_sample(struct region *r)
{
	struct counter *c;
	FILE *f;

	free(r->text);
	r->text = NULL;
	f = open_memstream(&r->text, &r->len);
	if (!f) {
		r->failed = true;
		return;
	}
	fprintf(f, "S %u %llu\n", r->arm, (unsigned long long)(r->count - r->start));
	for (c = r->touched; c; c = c->next) {
		write_frame(r, c->frame);
		if (!c->b->written) {
			c->b->written = true;
			fprintf(r->out, "B %u %llx %s\n", c->b->id,
				(unsigned long long)c->b->vaddr, c->b->sizes);
		}
		putc_unlocked('C', f);
		put(f, c->frame);
		put(f, c->block);
		put(f, c->times);
		put(f, c->locked);
		put(f, c->lines);
		putc_unlocked('\n', f);
	}
	put_steps(r, f);
	fprintf(f, "L %llu %llu %llu\n", (unsigned long long)r->holds,
		(unsigned long long)r->longest, (unsigned long long)r->locked);
	if (fclose(f))
		r->failed = true;
}

void region_tsc(struct region *r)
{
	if (r->state == ARMED) {
		forget_sample(r);
		r->state = OPEN;
	} else if (r->state == OPEN) {
		keep_sample(r);
	}
}

void region_mark(struct region *r, unsigned int what, bool watched)
{
	if (what != MARK_END) {
		r->arm = what;
		r->state = watched ? ARMED : CLOSED;
		if (!watched)
			fprintf(r->out, "? %u\n", what);
		return;
	}
	if (r->state == OPEN && r->text) {
		fwrite(r->text, 1, r->len, r->out);
		r->nr_samples++;
	}
	r->state = CLOSED;
}
