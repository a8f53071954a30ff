/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fuzzer's programs: some calls of the module in a row, drawn by chance from
 * fuzz_calls[], and changed.
 */
#ifndef PCPUBENCH_TESTS_FUZZ_PROGRAM_H
#define PCPUBENCH_TESTS_FUZZ_PROGRAM_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "fuzz_calls.h"

#define FUZZ_CALLS	6	/* of a program, at most */
#define FUZZ_FILES	4	/* two of the task's own, two that all have */
#define FUZZ_OWN_FILES	2
#define FUZZ_OWNERS	3	/* that a call names at most, if it is to work */
#define FUZZ_ANSWERS	4	/* of a call, at most, each with its room */
#define FUZZ_ROOM	(256UL << 10)

/* Operations that are no call of the module. */
enum {
	FUZZ_REOPEN = FUZZ_NR_CALLS,
	FUZZ_UNLOAD,
	FUZZ_LIMIT,
	FUZZ_MOVE,
	FUZZ_FORK,
	FUZZ_NR_OPS,
};

struct fuzz_step {
	uint8_t op, file;
	uint8_t fail;		/* the nth allocation fails, 0: none */
	uint8_t more;		/* times that it is called again, changed each time */
	bool raced;		/* with an argument that others change meanwhile */
	unsigned char arg[FUZZ_BYTES] __attribute__((aligned(8)));
};

struct fuzz_program {
	unsigned int nr;
	struct fuzz_step step[FUZZ_CALLS];
};

/* What arguments point to; the same addresses in all tasks. */
static struct {
	char *room;		/* FUZZ_ANSWERS of FUZZ_ROOM, and then nothing */
	struct pcpu_bench_area *areas, *wrong;
	unsigned int nr_areas;	/* of each */
	int group;		/* file descriptor of a cgroup */
	int *groups;		/* FUZZ_OWNERS times the same, and then none */
	unsigned long long lock[PCPU_BENCH_NR_LOCKS];
} fuzz_world;

static uint64_t fuzz_state;

static uint64_t draw(uint64_t n)
{
	/* xorshift64*: G. Marsaglia, Xorshift RNGs, 2003; S. Vigna, 2016 */
	fuzz_state ^= fuzz_state >> 12;
	fuzz_state ^= fuzz_state << 25;
	fuzz_state ^= fuzz_state >> 27;
	return n ? (fuzz_state * 0x2545f4914f6cdd1dULL >> 11) % n : 0;
}

/* For another task: it draws other numbers. */
static uint64_t draw_seed(void)
{
	return draw(1ULL << 53);
}

static bool one_in(unsigned int n)
{
	return !draw(n);
}

static uint64_t any_number(void)
{
	static const uint64_t edge[] = {
		0, 1, 2, 3, 7, 4095, 4096, 0x7fff, 0x8000, 0xffff, 0x10000,
		0xfffff, 0x100000, 0x100001, 0x7fffffff, 0x80000000,
		0xfffffffe, 0xffffffff, 0x7fffffffffffffffULL, ~0ULL,
	};

	return one_in(3) ? draw(1ULL << 53) << draw(12) :
	       edge[draw(sizeof(edge) / sizeof(edge[0]))];
}

static uint64_t bad_address(void)
{
	char *end = fuzz_world.room + FUZZ_ANSWERS * FUZZ_ROOM;
	/* The first crosses the end of what may be written. */
	const uint64_t bad[] = {
		(uintptr_t)end - 8, 0, 8, (uintptr_t)fuzz_calls,
		0xffffffff81000000ULL, ~0ULL, (uintptr_t)end,
	};

	return bad[draw(sizeof(bad) / sizeof(bad[0]))];
}

/* Which of a call's answers @f is. */
static unsigned int answer_of(const struct fuzz_call *c,
			      const struct fuzz_field *f)
{
	unsigned int nr = 0;

	for (const struct fuzz_field *g = c->field; g < f; g++)
		nr += g->kind == FUZZ_ANSWER;
	return nr;
}

static char *answer_room(const struct fuzz_call *c, const struct fuzz_field *f)
{
	return fuzz_world.room + answer_of(c, f) * FUZZ_ROOM;
}

static void put_name(unsigned char *to, size_t width, unsigned int which)
{
	memset(to, 0, width);
	snprintf((char *)to, width, "%s", fuzz_names[which]);
}

static void put_field(unsigned char *arg, const struct fuzz_call *c,
		      const struct fuzz_field *f)
{
	uint64_t v = f->good[draw(f->nr)];

	switch (f->kind) {
	case FUZZ_NAME:
		if (one_in(40))
			memset(arg + f->at, 'x', f->width);
		else
			put_name(arg + f->at, f->width,
				 one_in(40) ? FUZZ_NOTHING : v);
		return;
	case FUZZ_ANSWER:
		v = one_in(16) ? bad_address() :
		    (uintptr_t)answer_room(c, f);
		break;
	case FUZZ_AREAS:
		v = one_in(16) ? bad_address() :
		    (uintptr_t)(one_in(6) ? fuzz_world.wrong :
				fuzz_world.areas);
		break;
	case FUZZ_FILE:
		v = one_in(12) ? any_number() : (uint64_t)fuzz_world.group;
		break;
	case FUZZ_GROUPS:
		v = one_in(16) ? bad_address() :
		    (uintptr_t)(fuzz_world.groups + one_in(8));
		break;
	case FUZZ_LOCK:
		v = one_in(12) ? any_number() : fuzz_world.lock[v - 1];
		break;
	default:
		if (one_in(16))
			v = one_in(4) ? v + 1 : any_number();
	}
	memcpy(arg + f->at, &v, f->width);
}

static unsigned int bench_named(const char *name)
{
	unsigned int i;

	for (i = 0; i < FUZZ_NOTHING; i++)
		if (!strncmp(name, fuzz_names[i], PCPU_BENCH_NAME_LEN))
			break;
	return i;
}

static uint32_t slab_size(void)
{
	static const uint32_t size[] = { 8, 64, 256, 1024, 4096, 8192 };

	return size[draw(6)];
}

/* The fields of a shape that no batch has are 0. */
static void suit_shape(struct pcpu_bench_run *r)
{
	struct pcpu_bench_shape *s = &r->shape;

	if (!s->batch) {
		memset(s, 0, sizeof(*s));
		return;
	}
	if (s->batch > 64)
		s->batch = 1 + draw(64);
	s->order %= PCPU_BENCH_NR_ORDERS;
	s->cold %= 2;
	s->owners %= 3;
	s->free_from %= PCPU_BENCH_NR_FREE_FROM;
	s->seed = 9;
	s->other = fuzz_world.group;
	if (s->owners == 2 && s->batch % 2)
		s->batch++;
	r->pairs = s->batch * (1 + draw(3));
}

/*
 * More pairs than one call of the loop takes (run.c: SLICE_BYTES), of the fastest
 * operation: one call cannot be killed, and others take minutes with KASAN.
 */
static void suit_slices(struct pcpu_bench_run *r)
{
	r->param = 4;
	r->op = PCPU_BENCH_COUNTER_ADD;
	r->pairs = 300000;
	r->rounds = 1;
	r->warmup = 0;
}

/* Change @r so that its fields suit each other: it may work. */
static void suit_run(struct pcpu_bench_run *r)
{
	const char *room = fuzz_world.room;
	unsigned int bench = bench_named(r->bench);

	if (bench == FUZZ_COUNTER) {
		r->param = 4 * (1 + draw(4));
		r->op = draw(PCPU_BENCH_COUNTER_NR_OPS);
		r->shape.batch = 0;
	} else if (bench == FUZZ_SLAB) {
		r->param = slab_size();
		r->op = draw(PCPU_BENCH_SLAB_NR_OPS);
		r->shape.batch = 1 + draw(40);
		r->shape.cold = r->shape.free_from = 0;
	} else {
		r->op = 0;
	}
	suit_shape(r);
	if (bench == FUZZ_SLAB && r->op == PCPU_BENCH_SLAB_FIRST)
		r->pairs = r->shape.batch;
	if (bench == FUZZ_COUNTER && one_in(60))
		suit_slices(r);
	if (r->shape.batch && one_in(30)) {
		/* More than there is memory for. */
		r->param = bench == FUZZ_SLAB ? 8192 : 32768;
		r->shape.batch = r->pairs = PCPU_BENCH_MAX_PAIRS;
	}
	r->samples = (uintptr_t)room;
	r->counts = one_in(2) ? (uintptr_t)room + FUZZ_ROOM : 0;
	r->counters = r->counts ? 1 + draw(31) : 0;
	r->reserved = r->reserved2 = r->reserved3 = 0;
}

static void suit_hold(struct pcpu_bench_hold *h)
{
	unsigned int bench = bench_named(h->bench);

	h->op = 0;
	h->nodes = 0;
	if (bench == FUZZ_COUNTER) {
		h->param = 4 * (1 + draw(4));
		h->op = draw(PCPU_BENCH_COUNTER_NR_OPS);
	} else if (bench == FUZZ_SLAB) {
		h->param = slab_size();
		h->op = draw(PCPU_BENCH_SLAB_NR_OPS);
		h->nodes = one_in(2) ? (uintptr_t)fuzz_world.room : 0;
	}
	if (h->param > 1024 && h->count > 100)
		h->count = 100;
	if (h->param == 32768 && one_in(4))
		h->count = PCPU_BENCH_MAX_HELD;
	h->other = fuzz_world.group;
	h->reserved = 0;
}

static void suit_contend(struct pcpu_bench_contend *c)
{
	const bool watch = c->flags & PCPU_BENCH_CONTEND_WATCH;

	if (c->flags & PCPU_BENCH_CONTEND_OTHERS) {
		c->flags = OTHERS;
		c->bytes = c->batch = c->order = c->seed = 0;
	} else if (c->order == PCPU_BENCH_FREE_RANDOM) {
		c->seed = 5;
	}
	for (int i = 0; i < PCPU_BENCH_NR_LOCKS; i++)
		c->locks[i] = watch ? fuzz_world.lock[i] : 0;
	c->reserved = 0;
}

/* Each owner with a cache of its own makes one, which takes long. */
static void suit_share(struct pcpu_bench_share *s)
{
	s->cgroups = (uintptr_t)fuzz_world.groups;
	s->owners = 1 + draw(FUZZ_OWNERS);
	if (s->most > 1000)
		s->most = 1000;
	if (!s->seed)
		s->seed = 1;
}

/* Most calls are to work: have the fields of @s suit each other. */
static void suit(struct fuzz_step *s)
{
	struct pcpu_bench_alloc *alloc = (void *)s->arg;
	struct pcpu_bench_walk *walk = (void *)s->arg;

	switch (s->op) {
	case CALL_RUN:
		suit_run((void *)s->arg);
		break;
	case CALL_HOLD:
		suit_hold((void *)s->arg);
		break;
	case CALL_CONTEND:
		suit_contend((void *)s->arg);
		break;
	case CALL_ALLOC:
		if (alloc->flags & PCPU_BENCH_ALLOC_SLAB)
			alloc->align = 0;
		else if (!alloc->align)
			alloc->align = 8;
		if (!(alloc->flags & PCPU_BENCH_ALLOC_OTHER))
			alloc->cgroup = 0;
		break;
	case CALL_WALK:
		if (!one_in(8))
			walk->areas = (uintptr_t)fuzz_world.areas;
		walk->nr_areas = fuzz_world.nr_areas;
		break;
	case CALL_SHARE:
		suit_share((void *)s->arg);
		break;
	default:
		break;
	}
}

static void put_size(unsigned char *arg, uint32_t bytes)
{
	uint32_t size = !one_in(40) ? bytes : one_in(2) ?
			draw(FUZZ_BYTES - 8) : any_number();

	memcpy(arg, &size, sizeof(size));
}

static unsigned int draw_call(void)
{
	unsigned int sum = 0, i, at;

	for (i = 0; i < FUZZ_NR_CALLS; i++)
		sum += fuzz_calls[i].weight;
	at = draw(sum);
	for (i = 0; at >= fuzz_calls[i].weight; i++)
		at -= fuzz_calls[i].weight;
	return i;
}

static unsigned int draw_fail(void)
{
	return 1 + draw(one_in(2) ? 12 : one_in(2) ? 100 : 1000);
}

/* What a call with good fields may have besides: one wrong thing. */
static void spoil(struct fuzz_step *s)
{
	const struct fuzz_call *c = &fuzz_calls[s->op];

	if (!one_in(5))
		suit(s);
	if (c->bytes)
		put_size(s->arg, c->bytes);
	if (c->bytes && one_in(40))
		s->arg[draw(FUZZ_BYTES)] = draw(256);
}

/* A call, or another operation. */
static unsigned int draw_op(void)
{
	return one_in(30) ? FUZZ_NR_CALLS + draw(FUZZ_NR_OPS - FUZZ_NR_CALLS) :
	       draw_call();
}

/* Most steps of a program are of one file: what one leaves is there for the next. */
static void new_step(struct fuzz_step *s, unsigned int op, unsigned int file)
{
	const struct fuzz_call *c;
	unsigned int i;

	memset(s, 0, sizeof(*s));
	s->file = one_in(5) ? draw(FUZZ_FILES) : file;
	s->op = op;
	if (s->op >= FUZZ_NR_CALLS)
		return;
	/* Who joins is mostly at the first file that all have. */
	if (s->op == CALL_CONTEND && !one_in(8))
		s->file = FUZZ_OWN_FILES + one_in(8);
	s->fail = one_in(6) ? draw_fail() : 0;
	c = &fuzz_calls[s->op];
	s->more = draw(c->more + 1);
	s->raced = c->bytes && one_in(8);
	for (i = 0; i < FUZZ_FIELDS && c->field[i].nr; i++)
		put_field(s->arg, c, &c->field[i]);
	spoil(s);
}

/* Another value for one field; a call with fields that may not suit each other. */
static void change_field(struct fuzz_step *s)
{
	const struct fuzz_call *c = &fuzz_calls[s->op];
	unsigned int nr = 0;

	while (nr < FUZZ_FIELDS && c->field[nr].nr)
		nr++;
	if (nr)
		put_field(s->arg, c, &c->field[draw(nr)]);
	if (c->bytes)
		put_size(s->arg, c->bytes);
	if (c->bytes && one_in(4))
		s->arg[draw(c->bytes)] = draw(256);
}

static void change_step(struct fuzz_step *s)
{
	if (s->op >= FUZZ_NR_CALLS || one_in(8)) {
		new_step(s, draw_op(), s->file);
	} else if (!one_in(6)) {
		change_field(s);
		spoil(s);
	} else if (one_in(3)) {
		s->file = draw(FUZZ_FILES);
	} else {
		s->fail = one_in(2) ? 0 : draw_fail();
	}
}

/* A program of its own, or one of @nr in @from that is changed. */
static void new_program(struct fuzz_program *p, const struct fuzz_program *from,
			unsigned int nr)
{
	const unsigned int file = draw(one_in(3) ? FUZZ_FILES : FUZZ_OWN_FILES);
	unsigned int i, at;

	if (!nr || one_in(4)) {
		p->nr = 1 + draw(FUZZ_CALLS);
		for (i = 0; i < p->nr; i++) {
			/* Owners are there for waves alone. */
			if (i && p->step[i - 1].op == CALL_SHARE)
				new_step(&p->step[i], CALL_WAVES,
					 p->step[i - 1].file);
			else
				new_step(&p->step[i], draw_op(), file);
		}
		return;
	}
	*p = from[draw(nr)];
	/* Another task may be writing it. */
	p->nr %= FUZZ_CALLS + 1;
	for (i = 0; i < p->nr; i++) {
		p->step[i].op %= FUZZ_NR_OPS;
		p->step[i].file %= FUZZ_FILES;
	}
	for (i = 1 + draw(3); i; i--) {
		at = draw(p->nr + 1);
		if (at < p->nr && !one_in(4)) {
			change_step(&p->step[at]);
		} else if (p->nr < FUZZ_CALLS) {
			memmove(&p->step[at + 1], &p->step[at],
				(p->nr - at) * sizeof(p->step[0]));
			new_step(&p->step[at], draw_op(), p->step[0].file);
			p->nr++;
		}
	}
}

#endif
