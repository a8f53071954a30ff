// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests from instructions to profiles, without QEMU: opcodes, the plugin's
 * regions and stream, symbols, and the sums.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../tcg-plugin/lines.h"
#include "../../tcg-plugin/region.h"
#include "../../tcg-plugin/x86.h"
#include "base/err.h"
#include "mark.h"
#include "profile/lock_steps.h"
#include "profile/print.h"
#include "profile/profile.h"
#include "profile/sampled.h"
#include "profile/set.h"
#include "profile/stream.h"
#include "profile/symbols.h"

static enum x86_kind kind(const char *hex)
{
	uint8_t bytes[16];
	unsigned int mark, val;
	size_t n = 0;

	while (sscanf(hex + 2 * n, "%2x", &val) == 1)
		bytes[n++] = val;
	return x86_kind(bytes, n, &mark);
}

static void opcodes(void **state)
{
	const uint8_t mark_on[] = { 0x0f, 0x1f, 0x80, 2, 0x3e, 0x7b, 0x9c };
	unsigned int mark = 99;

	(void)state;
	assert_int_equal(kind("e811223344"), X86_CALL);
	assert_int_equal(kind("ffd0"), X86_CALL);		/* *%rax */
	assert_int_equal(kind("41ffd3"), X86_CALL);		/* *%r11 */
	assert_int_equal(kind("ff1425a0b0c0d0"), X86_CALL);	/* *mem */
	assert_int_equal(kind("2e41ffd3"), X86_CALL);
	assert_int_equal(kind("ffe0"), X86_OTHER);		/* jmp */
	assert_int_equal(kind("ff05a0b0c0d0"), X86_OTHER);	/* inc */
	assert_int_equal(kind("c3"), X86_RET);
	assert_int_equal(kind("f3c3"), X86_RET);
	assert_int_equal(kind("c20800"), X86_RET);
	assert_int_equal(kind("48cf"), X86_IRET);
	assert_int_equal(kind("0f31"), X86_TSC);
	assert_int_equal(kind("0f01f9"), X86_TSC);
	assert_int_equal(kind("0f01f8"), X86_OTHER);		/* swapgs */
	assert_int_equal(kind("f00fb117"), X86_CMPXCHG);
	assert_int_equal(kind("3e0fb117"), X86_CMPXCHG);	/* no SMP */
	assert_int_equal(kind("c60700"), X86_STORE_BYTE);
	assert_int_equal(kind("8807"), X86_STORE_BYTE);
	assert_int_equal(kind("c70700000000"), X86_OTHER);
	assert_int_equal(kind("0f1f8002000000"), X86_OTHER);	/* a NOP */
	assert_int_equal(kind("66"), X86_OTHER);
	assert_int_equal(x86_kind(mark_on, 7, &mark), X86_MARK);
	assert_int_equal(mark, 2);
}

/* A guest of four blocks: run_loop, a function it calls, one that calls on. */
struct guest {
	FILE *out;
	int fd;
	struct region *r;
	struct block *loop, *call, *callee, *ret, *end;
};

#define LOCK	0xffffffff82000040ULL
#define MUTEX	0xffffffff82000080ULL

static void guest_start(struct guest *g)
{
	const uint8_t sizes[] = { 1, 2, 3, 4, 5, 6 };

	g->fd = memfd_create("stream", 0);
	g->out = fdopen(dup(g->fd), "w");
	g->r = region_new(g->out, true, LOCK, MUTEX);
	assert_non_null(g->r);
	region_mark_at(g->r, 2, 0xffffffffa0000010);
	g->loop = region_block(g->r, 0x1000, 2, sizes, BLOCK_FALLS);
	g->call = region_block(g->r, 0x1100, 3, sizes, BLOCK_CALLS);
	g->callee = region_block(g->r, 0x2000, 6, sizes, BLOCK_FALLS);
	g->ret = region_block(g->r, 0x2100, 1, sizes, BLOCK_RETURNS);
	g->end = region_block(g->r, 0x1200, 4, sizes, BLOCK_FALLS);
}

static void guest_sample(struct guest *g, unsigned int arm, int calls)
{
	region_exec(g->loop);		/* before: not counted */
	region_mark(g->r, arm, true);
	region_exec(g->loop);		/* between mark and clock: neither */
	region_tsc(g->r);
	while (calls--) {
		region_exec(g->call);
		region_exec(g->callee);
		region_cmpxchg(g->r, 4, LOCK);	/* left in it */
		region_exec(g->ret);
		region_exec(g->loop);
		region_store(g->r, 1, LOCK);		/* of 2 */
	}
	region_exec(g->end);
	region_tsc(g->r);
	region_exec(g->loop);		/* after the clock: not counted */
	region_mark(g->r, MARK_END, true);
	region_exec(g->loop);
}

static void guest_end(struct guest *g, struct stream *s)
{
	region_end(g->r);
	fclose(g->out);
	assert_int_equal(stream_read(s, g->fd), 0);
	close(g->fd);
	region_free(g->r);
	free(g->loop);
	free(g->call);
	free(g->callee);
	free(g->ret);
	free(g->end);
}

static void regions(void **state)
{
	const struct stream_counter *c;
	struct stream s;
	struct guest g;
	uint64_t in_callee = 0, locked = 0;
	size_t i;

	(void)state;
	guest_start(&g);
	guest_sample(&g, 1, 3);
	guest_sample(&g, 2, 0);
	guest_end(&g, &s);
	assert_int_equal(s.nr_samples, 2);
	assert_int_equal(s.nr_marks, 1);
	assert_int_equal(s.marks[0].addr, 0xffffffffa0000010);
	assert_int_equal(s.samples[0].arm, 1);
	assert_int_equal(s.samples[0].insns, 3 * (3 + 6 + 1 + 2) + 4);
	assert_int_equal(s.samples[0].holds, 3);
	/* The rest of the block, the return, and the store itself. */
	assert_int_equal(s.samples[0].longest, 4 + 1 + 1);
	assert_int_equal(s.samples[1].arm, 2);
	assert_int_equal(s.samples[1].insns, 4);
	assert_int_equal(s.samples[1].holds, 0);
	for (i = 0; i < s.samples[0].nr_counters; i++) {
		c = &s.counters[s.samples[0].counter + i];
		locked += c->locked;
		if (!c->frame)
			continue;
		/* Called from the call's last instruction, and back again. */
		assert_int_equal(s.frames[c->frame].callsite, 0x1100 + 1 + 2);
		assert_int_equal(s.frames[c->frame].parent, 0);
		in_callee += c->times * strlen(s.blocks[c->block].sizes);
	}
	assert_int_equal(in_callee, 3 * (6 + 1));
	assert_int_equal(locked, 3 * 6);
	stream_free(&s);
}

/* Instructions of the first sample of @s, in frame 0 or in its callees. */
static uint64_t insns_of(const struct stream *s, bool callee)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->samples[0].nr_counters; i++) {
		const struct stream_counter *c =
			&s->counters[s->samples[0].counter + i];

		if (!!c->frame == callee)
			sum += c->times * strlen(s->blocks[c->block].sizes);
	}
	return sum;
}

#define FAULT	0xffffffff81000040ULL

static void fault(struct guest *g, struct block *handler, struct block *next)
{
	region_exec(handler);
	region_iret(g->r);
	region_exec(next);
}

/* What a page fault cuts off is counted once, when it runs. */
static void faults(void **state)
{
	const uint8_t sizes[] = { 2, 3, 4, 5, 6, 7 };
	struct block *handler, *rest, *again, *far;
	struct stream s;
	struct guest g;

	(void)state;
	guest_start(&g);
	region_faults_at(g.r, FAULT);
	handler = region_block(g.r, FAULT, 5, sizes, BLOCK_FALLS);
	rest = region_block(g.r, 0x1100 + 1, 2, sizes, BLOCK_CALLS);
	again = region_block(g.r, 0x2000, 6, sizes, BLOCK_FALLS);
	far = region_block(g.r, 0x5000, 4, sizes, BLOCK_FALLS);
	region_mark(g.r, 1, true);
	region_tsc(g.r);
	region_exec(g.call);		/* the first of its 3 has run: 1 */
	fault(&g, handler, rest);	/* 5 and 2 */
	region_exec(g.callee);		/* none of it has run */
	fault(&g, handler, again);	/* 5 and 6, called */
	region_exec(g.ret);		/* 1 */
	region_exec(g.loop);		/* all of it has run, and code is missing: 2 */
	fault(&g, handler, far);	/* 5 and 4 */
	region_exec(g.loop);		/* 2 */
	region_iret(g.r);		/* from a switch to another task */
	region_exec(g.loop);		/* 2 */
	region_tsc(g.r);
	region_mark(g.r, MARK_END, true);
	free(g.call->cut);
	guest_end(&g, &s);
	free(handler);
	free(rest);
	free(again);
	free(far);
	assert_int_equal(s.samples[0].insns, 1 + 7 + 11 + 1 + 2 + 9 + 2 + 2);
	assert_int_equal(insns_of(&s, true), 5 + 6 + 1);
	assert_int_equal(insns_of(&s, false), 1 + 7 + 2 + 9 + 2 + 2);
	stream_free(&s);
}

/* Lines of the first sample of @s, written from frame 0 or from its callees. */
static uint64_t lines_of(const struct stream *s, bool callee)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->samples[0].nr_counters; i++) {
		const struct stream_counter *c =
			&s->counters[s->samples[0].counter + i];

		if (!!c->frame == callee)
			sum += c->lines;
	}
	return sum;
}

/* Each line counts once a call from near the mark, for who wrote it first. */
static void lines(void **state)
{
	const uint8_t sizes[] = { 1, 2, 3 };
	struct block *module;
	struct stream s;
	struct guest g;
	uint64_t at;

	(void)state;
	guest_start(&g);
	module = region_block(g.r, 0xffffffffa0000100, 3, sizes, BLOCK_CALLS);
	region_exec(g.loop);
	region_written(g.r, 0x5000, 8);		/* before: not counted */
	region_mark(g.r, 1, true);
	region_tsc(g.r);
	for (int call = 0; call < 2; call++) {
		region_exec(module);
		region_exec(g.callee);
		/* 8 KiB, as memset() and as rep stosb store it, and again. */
		for (at = 0x10000; at < 0x12000; at += 8)
			region_written(g.r, at, 8);
		for (at = 0x10000; at < 0x12000; at++)
			region_written(g.r, at, 1);
		region_written(g.r, 0x1203f, 2);	/* over a line's end */
		/* Another call that is not the loop's: no new lines. */
		region_exec(g.call);
		region_written(g.r, 0x10000, 8);
		region_written(g.r, 0xffffc90000000000, 16);
		region_exec(g.ret);
		region_exec(g.ret);
	}
	region_exec(g.end);
	region_written(g.r, 0x10000, 8);	/* still the second call's */
	region_tsc(g.r);
	region_written(g.r, 0x6000, 8);		/* after: neither */
	region_mark(g.r, MARK_END, true);
	guest_end(&g, &s);
	free(module);
	assert_int_equal(lines_of(&s, true), 2 * (128 + 2 + 1));
	assert_int_equal(lines_of(&s, false), 0);
	stream_free(&s);
}

/* Far more lines than the table begins with, in calls that share it. */
static void many_lines(void **state)
{
	struct lines *l = lines_new();
	uint64_t sum = 0;

	(void)state;
	for (int call = 0; call < 5; call++) {
		lines_next_call(l);
		for (int again = 0; again < 2; again++)
			for (uint64_t i = 0; i < 100000; i++)
				sum += lines_store(l, 4096 * i + (call << 6), 8);
	}
	assert_int_equal(sum, 5 * 100000);
	lines_free(l);
}

/* The same with blocks that are only counted. */
static void lock_only(void **state)
{
	int fd = memfd_create("stream", 0);
	FILE *out = fdopen(dup(fd), "w");
	struct region *r = region_new(out, false, LOCK, MUTEX);
	uint64_t *count = region_count(r);
	struct stream s;

	(void)state;
	*count += 9;
	region_cmpxchg(r, 3, LOCK);		/* before the sample */
	region_mark(r, 2, true);
	region_tsc(r);
	*count += 5;
	region_cmpxchg(r, 3, LOCK + 4);		/* another one */
	region_cmpxchg(r, 2, LOCK);
	*count += 7;
	region_store(r, 6, LOCK);
	region_tsc(r);
	region_mark(r, MARK_END, true);
	region_end(r);
	region_free(r);
	fclose(out);
	assert_int_equal(stream_read(&s, fd), 0);
	close(fd);
	assert_int_equal(s.nr_samples, 1);
	assert_int_equal(s.samples[0].insns, 12);
	assert_int_equal(s.samples[0].locked, 2 + 1);
	assert_int_equal(s.samples[0].longest, 3);
	assert_int_equal(s.samples[0].holds, 1);
	stream_free(&s);
}

/* A sample of @pairs pairs of 60 instructions and 4 after the last one. */
static void pairs_sample(struct region *r, int pairs, bool odd)
{
	uint64_t *count = region_count(r);

	region_mark(r, 2, true);
	region_tsc(r);
	while (pairs--) {
		*count += 10;
		region_cmpxchg(r, 3, MUTEX);	/* 7 before it is held */
		*count += 20;
		region_cmpxchg(r, 15, LOCK);	/* 3 + 5 */
		region_store(r, 5, LOCK);	/* 10 */
		*count += 5;
		if (!odd || pairs)
			region_cmpxchg(r, 4, MUTEX);	/* 5 + 1 */
		*count += 15;
		region_cmpxchg(r, 10, LOCK);	/* 4 + 5 */
		region_store(r, 2, LOCK);	/* 8 */
		*count += 10;			/* 2 + 10 */
	}
	*count += 4;
	region_tsc(r);
	region_mark(r, MARK_END, true);
}

static char *steps_of(const struct stream *s, size_t sample, long long pairs,
		      int times)
{
	struct lock_steps l = { .nr = 0 };
	json_t *json;
	char *text;

	while (times--)
		lock_steps_add(&l, s, &s->samples[sample], pairs);
	json = lock_steps_json(&l);
	text = json ? json_dumps(json, JSON_COMPACT) : strdup("none");
	json_decref(json);
	return text;
}

/* The steps of a pair: any number of pairs and samples is laid on one. */
static void steps(void **state)
{
	static const struct {
		size_t sample;
		long long pairs;
		int times;
		const char *steps;
	} want[] = {
		{ 0, 1, 1, "[[0,23],[1,8],[3,10],[1,6],[0,9],[2,8]]" },
		{ 1, 3, 2, "[[0,122],[1,48],[3,60],[1,36],[0,54],[2,48]]" },
		{ 1, 2, 1, "none" },	/* 19 steps are not two pairs' */
		{ 2, 1, 1, "[[0,4]]" },
		{ 3, 2, 1, "none" },	/* its last pair keeps the mutex */
		{ 4, 1000, 1, "none" },	/* too many to be recorded */
	};
	int fd = memfd_create("stream", 0);
	FILE *out = fdopen(dup(fd), "w");
	struct region *r = region_new(out, false, LOCK, MUTEX);
	struct stream s;

	(void)state;
	pairs_sample(r, 1, false);
	pairs_sample(r, 3, false);
	pairs_sample(r, 0, false);
	pairs_sample(r, 2, true);
	pairs_sample(r, 1000, false);
	region_end(r);
	region_free(r);
	fclose(out);
	assert_int_equal(stream_read(&s, fd), 0);
	close(fd);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		char *text = steps_of(&s, want[i].sample, want[i].pairs,
				      want[i].times);

		assert_string_equal(text, want[i].steps);
		free(text);
	}
	stream_free(&s);
}

static void expect_refused(const char *text, const char *why)
{
	int fd = memfd_create("stream", 0);
	struct stream s;

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(stream_read(&s, fd), EX_FAIL);
	assert_non_null(strstr(err_message(), why));
	close(fd);
}

static void damaged_streams(void **state)
{
	(void)state;
	expect_refused("", "cut off");
	expect_refused("profile 3\nS 1 5\n", "cut off");
	expect_refused("profile 2\nE 0\n", "not a line of a profile");
	expect_refused("profile 3\nB 0 ff 11\nS 1 5\nC 0 0 2 0 0\nL 0 0 0\nE 1\n",
		       "add up to 4 instead of 5");
	expect_refused("profile 3\nB 0 ff 11\nS 1 4\nC 0 0 2 1 0\nL 1 1 2\nE 1\n",
		       "under the lock add up to 1 instead of 2");
	expect_refused("profile 3\nS 1 5\nC 0 7 2 0 0\nL 0 0 0\nE 1\n",
		       "not a line of a profile");
	expect_refused("profile 3\nB 0 ff 11\nS 1 4\nC 9 0 2 0 0\nE 1\n",
		       "not a line of a profile");
	expect_refused("profile 3\nN 3 7 ff\nE 0\n", "not a line of a profile");
	expect_refused("profile 3\nC 0 0 1 0 0\nE 0\n", "not a line of a profile");
	expect_refused("lock 2\nS 1 5\nT 0 4\nL 0 0 0\nE 1\n",
		       "steps of a sample add up to 4 instead of 5");
	expect_refused("lock 2\nS 1 5\nT 0 3 2 2\nL 1 1 1\nE 1\n",
		       "under the lock to 2 instead of 1");
	expect_refused("lock 2\nS 1 5\nT 0 3 4 2\nL 0 0 0\nE 1\n",
		       "not a line of a profile");
	expect_refused("profile 3\nX no icount\n", "no icount");
}

/* The compiler may have copied marks: only all of them together tell the place. */
static void module_base(void **state)
{
	const uint8_t on[] = { 0x0f, 0x1f, 0x80, 2, 0x3e, 0x7b, 0x9c };
	const uint8_t end[] = { 0x0f, 0x1f, 0x80, 0xff, 0x3e, 0x7b, 0x9c };
	const struct symbols_mark marks[] = {
		{ 2, 0xffffffffa0000020 }, { MARK_END, 0xffffffffa0000034 },
		{ 2, 0xffffffffa0000020 },
	};
	uint8_t text[64] = { 0 };

	(void)state;
	memcpy(text + 4, on, sizeof(on));
	memcpy(text + 32, on, sizeof(on));
	memcpy(text + 52, end, sizeof(end));
	assert_int_equal(symbols_base(text, sizeof(text), marks, 3),
			 0xffffffffa0000000);
	assert_int_equal(symbols_base(text, 54, marks, 3), 0);
	assert_int_equal(symbols_base(text, 38, marks, 1), 0xffffffffa000001c);
	assert_int_equal(symbols_base(text, 10, marks, 1), 0);
}

static void symbols(void **state)
{
	char dir[] = "/tmp/pcpubench-symbols-XXXXXX", path[64], image[64];
	struct symbols s;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/System.map", dir);
	snprintf(image, sizeof(image), "%s/vmlinux", dir);
	assert_int_equal(symbols_kernel(&s, image), EX_USE);
	assert_non_null(strstr(err_message(), "System.map"));
	f = fopen(path, "w");
	fputs("ffffffff81000000 T _text\nffffffff81000100 t foo.cold\n"
	      "ffffffff81000100 t __pfx_bar\nffffffff81000200 T bar.isra.0\n"
	      "ffffffff81000300 D pcpu_lock\n0000000000000007 A gone\n", f);
	fclose(f);
	assert_int_equal(symbols_kernel(&s, image), 0);
	assert_string_equal(symbols_name(&s, 0xffffffff810000ff), "_text");
	assert_string_equal(symbols_name(&s, 0xffffffff81000100), "foo");
	assert_string_equal(symbols_name(&s, 0xffffffff810002ff), "bar");
	assert_string_equal(symbols_name(&s, 0x401000), "[user]");
	assert_string_equal(symbols_name(&s, 0xffffffffa0000000), "[module]");
	assert_int_equal(symbols_address(&s, "pcpu_lock"), 0xffffffff81000300);
	assert_int_equal(symbols_address(&s, "gone"), 0);
	assert_int_equal(symbols_module(&s, path, NULL, 0), EX_USE);
	symbols_free(&s);
	unlink(path);
	rmdir(dir);
}

/* pair_loop calls f, f calls g; 2 clean samples of off, 4 of on. */
static void make_profile(struct profile *p)
{
	uint32_t loop, f, g, n;

	*p = (struct profile){
		.kernel = "k", .topology = "1c1n", .bench = "b", .param = 64,
		.pairs = 2, .samples = { 1, 2, 4 },
		.insns = { 10, 220, 1240 },
	};
	profile_function(p, SYMBOLS_MODULE "pair_loop", &loop);
	profile_function(p, "f", &f);
	profile_function(p, "g", &g);
	profile_node(p, PROFILE_ROOT, loop, &n);
	memcpy(p->nodes[n].insns, (int64_t[]){ 10, 20, 40 }, 24);
	profile_node(p, n, f, &n);
	memcpy(p->nodes[n].insns, (int64_t[]){ 0, 200, 400 }, 24);
	profile_node(p, n, g, &n);
	memcpy(p->nodes[n].insns, (int64_t[]){ 0, 0, 800 }, 24);
	memcpy(p->nodes[n].locked, (int64_t[]){ 0, 0, 400 }, 24);
	p->blocks = calloc(2, sizeof(*p->blocks));
	p->nr_blocks = 2;
	p->blocks[0] = (struct profile_block){
		.addr = 0xffffffffa0000010, .sizes = strdup("5"),
		.times = { 10, 20, 40 },
	};
	p->blocks[1] = (struct profile_block){
		.addr = 0xffffffff81000100, .sizes = strdup("3f"),
		.times = { 0, 100, 600 },
	};
}

static void sums(void **state)
{
	struct profile_row *rows, total;
	struct profile p, q;
	json_t *record;
	size_t nr;

	(void)state;
	make_profile(&p);
	assert_int_equal(profile_check(&p), 0);
	assert_int_equal(profile_rows(&p, &rows, &nr), 0);
	assert_int_equal(nr, 3);
	assert_string_equal(rows[0].function, "g");
	assert_true(rows[0].off == 0 && rows[0].on == 100);
	assert_true(rows[0].locked_on == 50);
	assert_string_equal(rows[1].function, "f");
	assert_true(rows[1].off == 50 && rows[1].cost == 0);
	assert_string_equal(rows[2].function, PROFILE_LOOP);
	assert_true(rows[2].off == 0 && rows[2].on == 0);
	total = profile_total(rows, nr);
	assert_true(total.off == 50 && total.on == 150 && total.cost == 100);
	free(rows);

	/* There and back. */
	record = profile_json(&p);
	json_object_set_new(record, "kernel", json_string("k"));
	json_object_set_new(record, "topology", json_string("1c1n"));
	json_object_set_new(record, "boot", json_integer(1));
	assert_int_equal(profile_read(&q, record, "file"), 0);
	assert_int_equal(q.nr_nodes, p.nr_nodes);
	assert_memory_equal(q.nodes, p.nodes, p.nr_nodes * sizeof(*p.nodes));
	assert_int_equal(q.nr_blocks, 2);
	assert_int_equal(q.blocks[0].addr, p.blocks[0].addr);
	assert_string_equal(q.blocks[1].sizes, "3f");
	assert_memory_equal(q.blocks[1].times, p.blocks[1].times, 24);
	profile_free(&q);

	/* Blocks may be absent, but not of other instructions than the nodes. */
	p.blocks[1].times[PROFILE_ON]--;
	assert_int_equal(profile_check(&p), EX_USE);
	assert_non_null(strstr(err_message(), "blocks 1238"));
	p.blocks[1].times[PROFILE_ON]++;

	/* One instruction less is a damaged file. */
	json_object_set_new(json_object_get(record, "insns"), "on",
			    json_integer(1239));
	assert_int_equal(profile_read(&q, record, "file"), EX_USE);
	assert_non_null(strstr(err_message(), "does not add up"));
	json_decref(record);
	profile_free(&p);
}

/* What `perf script` of perf 6.1 prints. */
static const char script[] =
	"   12.000000100: \n"
	"\tffffffff812ec35c vmalloc_to_page.part.0 ([kernel.kallsyms])\n"
	"\tffffffff816c6ad3 pcpu_alloc_noprof ([kernel.kallsyms])\n"
	"\tffffffffc0a01010 pair_loop ([pcpu_bench])\n"
	"\tffffffffc0a01020 run_loop ([pcpu_bench])\n"
	"\tffffffff821ef691 do_syscall_64 ([kernel.kallsyms])\n"
	"\t          1098ec ioctl (/usr/lib/x86_64-linux-gnu/libc.so.6)\n"
	"\n"
	"   12.000000199: \n"
	"\tffffffff816c6ad3 pcpu_alloc_noprof ([kernel.kallsyms])\n"
	"\tffffffffc0a01010 pair_loop ([pcpu_bench])\n"
	"\n"
	"   12.000000250: \n"		/* between the windows */
	"\tffffffff816c6ad3 pcpu_alloc_noprof ([kernel.kallsyms])\n"
	"\tffffffffc0a01010 pair_loop ([pcpu_bench])\n"
	"\n"
	"   12.000000301: \n"		/* somebody else */
	"\tffffffff816c6ad3 do_idle ([kernel.kallsyms])\n"
	"\n"
	"   12.000000302: \n"
	"\tffffffff816c6ad3 pcpu_alloc_noprof ([kernel.kallsyms])\n"
	"\tffffffffc0a01010 pair_loop (/lib/modules/1/build/vmlinux)\n"
	"\n"
	"   12.000000399: \n"
	"\tffffffff816c6ad3 pcpu_alloc_noprof ([kernel.kallsyms])\n"
	"\tffffffffc0a01010 pair_loop ([pcpu_bench])\n";

static const struct sampled_window windows[] = {
	{ 12000000100, 12000000200, PROFILE_ON },
	{ 12000000300, 12000000400, PROFILE_OFF },
};

static int fold_text(const char *text, struct profile *p, size_t *outside)
{
	FILE *f = fmemopen((char *)text, strlen(text), "r");
	int e = sampled_fold(f, windows, 2, p, outside);

	fclose(f);
	return e;
}

static void sampled(void **state)
{
	struct profile_row *rows;
	struct profile p = {
		.event = "cycles:k", .bench = "b", .pairs = 8,
		.samples = { 1, 1, 1 }, .ns = { 2, 102, 402 },
	}, q, more;
	size_t nr, outside;
	json_t *record;

	(void)state;
	assert_int_equal(fold_text(script, &p, &outside), 0);
	assert_int_equal(outside, 2);
	assert_int_equal(p.insns[PROFILE_OFF], 2);
	assert_int_equal(p.insns[PROFILE_ON], 2);
	assert_int_equal(profile_check(&p), 0);

	/* There and back, and twice the same adds up. */
	record = profile_json(&p);
	json_object_set_new(record, "kernel", json_string("k"));
	json_object_set_new(record, "topology", json_string("1c1n"));
	json_object_set_new(record, "boot", json_integer(1));
	assert_int_equal(profile_read(&q, record, "file"), 0);
	assert_string_equal(q.event, "cycles:k");
	memset(&more, 0, sizeof(more));
	assert_int_equal(fold_text(script, &more, &outside), 0);
	memcpy(more.ns, p.ns, sizeof(more.ns));
	for (char c = 'a'; c < 'z'; c++) {
		uint32_t function, node;

		assert_int_equal(profile_function(&more, (char[]){ c, 0 },
						  &function), 0);
		assert_int_equal(profile_node(&more, 0, function, &node), 0);
	}
	assert_int_equal(sampled_merge(&q, &more), 0);
	profile_free(&more);
	assert_int_equal(q.insns[PROFILE_ON], 4);
	assert_int_equal(q.nr_nodes, p.nr_nodes + 25);
	assert_true(q.ns[PROFILE_ON] == 402);

	/* Half of on's time is the walk's; the rest is pcpu_alloc_noprof's. */
	assert_int_equal(profile_rows(&q, &rows, &nr), 0);
	assert_int_equal(nr, 3 + 25);
	assert_string_equal(rows[0].function, "vmalloc_to_page");
	assert_true(rows[0].off == 0 && rows[0].on == 201);
	/* 1.96 * 402 * sqrt(1/2 * 1/2 / 4) */
	assert_true(fabs(rows[0].error - 196.98) < 0.001);
	assert_string_equal(rows[1].function, "pcpu_alloc_noprof");
	assert_true(rows[1].off == 102 && rows[1].on == 201);
	assert_true(rows[2].cost == 0 && rows[2].off == -2);
	assert_true(profile_total(rows, nr).off == 100);
	free(rows);
	profile_free(&q);
	json_object_set_new(json_object_get(record, "sampled"), "ns",
			    json_null());
	assert_int_equal(profile_read(&q, record, "file"), EX_USE);
	json_decref(record);
	profile_free(&p);

	/* Nothing of the loop, and no perf script at all. */
	assert_int_equal(fold_text("   12.000000301: \n\tff do_idle (k)\n\n",
				   &p, &outside), EX_FAIL);
	assert_non_null(strstr(err_message(), "no sample in the loop (1"));
	assert_int_equal(fold_text("perf: not found\n", &p, &outside), EX_FAIL);
	assert_non_null(strstr(err_message(), "no sample but 'perf: not"));
	assert_int_equal(fold_text("   12.000000301: \nff\n", &p, &outside),
			 EX_FAIL);
	assert_non_null(strstr(err_message(), "no call but 'ff'"));
	profile_free(&p);
}

static void stacks(void **state)
{
	char *text = NULL;
	struct profile p;
	size_t len;
	FILE *out;

	(void)state;
	make_profile(&p);
	out = open_memstream(&text, &len);
	assert_int_equal(profile_folded(out, &p, NULL, WEIGHT_ON), 0);
	fclose(out);
	assert_string_equal(text, "f 50\nf;g 100\n");
	free(text);
	out = open_memstream(&text, &len);
	assert_int_equal(profile_folded(out, &p, &p, WEIGHT_COST), 0);
	fclose(out);
	assert_string_equal(text, "f;g 100 100\n");
	free(text);
	profile_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opcodes),
		cmocka_unit_test(regions),
		cmocka_unit_test(faults),
		cmocka_unit_test(lines),
		cmocka_unit_test(many_lines),
		cmocka_unit_test(lock_only),
		cmocka_unit_test(steps),
		cmocka_unit_test(damaged_streams),
		cmocka_unit_test(module_base),
		cmocka_unit_test(symbols),
		cmocka_unit_test(sums),
		cmocka_unit_test(sampled),
		cmocka_unit_test(stacks),
	};

	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
