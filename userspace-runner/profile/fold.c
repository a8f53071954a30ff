// SPDX-License-Identifier: GPL-2.0-or-later
/* Matches the plugin's samples with the guest's, cell by cell. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "profile/fold.h"
#include "profile/lock_steps.h"
#include "profile/profile.h"
#include "profile/stream.h"
#include "profile/symbols.h"
#include "results/cell_name.h"
#include "results/record.h"

#define NOWHERE	UINT32_MAX

struct fold {
	struct stream stream;
	struct symbols symbols;
	struct profile profile;
	uint32_t *node_of;	/* the caller's node of each frame, or NOWHERE */
	uint32_t *block_of;	/* the profile's of each block, or NOWHERE */
	size_t next;		/* sample of the stream */
	/* Of a cell, within @found. */
	json_t *locked[PROFILE_ARMS], *cleared[PROFILE_ARMS];
	struct lock_steps steps[PROFILE_ARMS];
};

/* The node of the caller of frame @i. */
static int frame_node(struct fold *f, uint32_t i, uint32_t *node)
{
	const struct stream_frame *frame = &f->stream.frames[i];
	uint32_t above, function;
	int e;

	*node = PROFILE_ROOT;
	if (!i)
		return 0;
	if (f->node_of[i] != NOWHERE) {
		*node = f->node_of[i];
		return 0;
	}
	e = frame_node(f, frame->parent, &above);
	if (!e)
		e = profile_function(&f->profile,
				     symbols_name(&f->symbols, frame->callsite),
				     &function);
	if (!e)
		e = profile_node(&f->profile, above, function, node);
	if (!e)
		f->node_of[i] = *node;
	return e;
}

/* Add instructions @from to @to of @c's block to their function. */
static int add_part(struct fold *f, const struct stream_counter *c, int arm,
		    const char *name, size_t n, bool first)
{
	struct profile_node *node;
	uint32_t above, function, number;
	int e;

	e = frame_node(f, c->frame, &above);
	if (!e)
		e = profile_function(&f->profile, name, &function);
	if (!e)
		e = profile_node(&f->profile, above, function, &number);
	if (e)
		return e;
	node = &f->profile.nodes[number];
	node->insns[arm] += c->times * n;
	/* A block that runs on into another function counts for the first. */
	if (!first)
		return 0;
	node->locked[arm] += c->locked;
	node->lines[arm] += c->lines;
	return 0;
}

static int add_block(struct fold *f, const struct stream_counter *c, int arm)
{
	const struct stream_block *b = &f->stream.blocks[c->block];
	struct profile *p = &f->profile;
	uint32_t *at = &f->block_of[c->block];

	if (*at == NOWHERE) {
		if (array_room(&p->blocks, p->nr_blocks, sizeof(*p->blocks)))
			return EX_FAIL;
		p->blocks[p->nr_blocks] = (struct profile_block){
			.addr = b->addr, .sizes = strdup(b->sizes),
		};
		if (!p->blocks[p->nr_blocks].sizes)
			return no_memory();
		*at = p->nr_blocks++;
	}
	p->blocks[*at].times[arm] += c->times;
	return 0;
}

static int add_counter(struct fold *f, const struct stream_counter *c, int arm)
{
	const struct stream_block *b = &f->stream.blocks[c->block];
	size_t i, from = 0, n = strlen(b->sizes);
	const char *name = symbols_name(&f->symbols, b->addr), *here;
	int e = add_block(f, c, arm);

	if (e)
		return e;
	if (symbols_name(&f->symbols, stream_insn(b, n - 1)) == name)
		return add_part(f, c, arm, name, n, true);
	for (i = 1; i <= n; i++) {
		here = i < n ? symbols_name(&f->symbols, stream_insn(b, i)) :
			       NULL;
		if (here == name)
			continue;
		e = add_part(f, c, arm, name, i - from, !from);
		if (e)
			return e;
		name = here;
		from = i;
	}
	return 0;
}

static int add_sample(struct fold *f, const struct stream_sample *s)
{
	struct profile *p = &f->profile;
	size_t i;
	int e;

	p->samples[s->arm]++;
	p->insns[s->arm] += s->insns;
	p->holds[s->arm] += s->holds;
	if ((int64_t)s->longest > p->longest[s->arm])
		p->longest[s->arm] = s->longest;
	for (i = 0; i < s->nr_counters; i++) {
		e = add_counter(f, &f->stream.counters[s->counter + i],
				s->arm);
		if (e)
			return e;
	}
	return 0;
}

static long long nth(const json_t *cell, int arm, const char *what, size_t i)
{
	const json_t *samples = json_object_get(record_at(cell, "arms"),
						profile_arm_name[arm]);

	return json_integer_value(json_array_get(json_object_get(samples, what),
						 i));
}

/* The lines that memset() and its like cleared in a sample. */
static long long cleared(const struct fold *f, const struct stream_sample *s)
{
	const struct stream_counter *c = &f->stream.counters[s->counter];
	const struct stream_counter *const end = c + s->nr_counters;
	long long sum = 0;

	for (; c < end; c++)
		if (c->lines &&
		    profile_clears(symbols_name(&f->symbols,
						f->stream.blocks[c->block].addr)))
			sum += c->lines;
	return sum;
}

static int one_sample(struct fold *f, const json_t *cell, long long round,
		      long long warmup, int place)
{
	static const int order[2][PROFILE_ARMS] = PCPU_BENCH_ORDER;
	const struct stream_sample *s = &f->stream.samples[f->next];
	int arm = order[round % 2][place];
	long long ticks;

	if (f->next >= f->stream.nr_samples)
		return err(EX_FAIL, "the plugin saw %zu samples, and the guest took more",
			   f->stream.nr_samples);
	f->next++;
	if ((int)s->arm != arm)
		return err(EX_FAIL, "sample %zu is of arm %u to the plugin, of %d to the guest",
			   f->next, s->arm, arm);
	if (round < warmup)
		return 0;
	ticks = nth(cell, arm, "ticks", round - warmup);
	if (json_array_append_new(f->locked[arm], json_integer(s->locked)))
		return no_memory();
	if (f->stream.blocks_told &&
	    json_array_append_new(f->cleared[arm], json_integer(cleared(f, s))))
		return no_memory();
	/*
	 * The cell does not count it either. QEMU runs some instructions of
	 * interrupts twice (device access in mid-block) and counts them once.
	 */
	if (nth(cell, arm, "disturbed", round - warmup))
		return 0;
	if (!s->watched || (long long)s->insns != ticks)
		return err(EX_FAIL, "sample %zu (%lld B, %s): the plugin counted %llu instructions, the guest's clock %lld",
			   f->next, record_int(cell, "param"),
			   profile_arm_name[arm],
			   (unsigned long long)s->insns, ticks);
	lock_steps_add(&f->steps[arm], &f->stream, s,
		       record_int(cell, "pairs"));
	return f->stream.blocks_told ? add_sample(f, s) : 0;
}

/* Begin the fields found for a cell: room for its samples' values. */
static int begin_found(struct fold *f, json_t *found)
{
	json_t *arms = json_object();

	for (int arm = 0; arm < PROFILE_ARMS; arm++) {
		f->steps[arm] = (struct lock_steps){ .nr = 0 };
		f->locked[arm] = json_array();
		f->cleared[arm] = f->stream.blocks_told ? json_array() : NULL;
		json_object_set_new(arms, profile_arm_name[arm],
				    json_pack("{s:o, s:o*}",
					      "locked", f->locked[arm],
					      "cleared", f->cleared[arm]));
	}
	return json_array_append_new(found, json_pack("{s:o}", "arms", arms)) ?
	       no_memory() : 0;
}

/* Add the steps of a pair to the fields found last. */
static void end_found(const struct fold *f, const json_t *found)
{
	const json_t *arms = record_at(json_array_get(found,
						      json_array_size(found) - 1),
				       "arms");

	for (int arm = 0; arm < PROFILE_ARMS; arm++) {
		json_t *steps = lock_steps_json(&f->steps[arm]);

		if (steps)
			json_object_set_new(json_object_get(arms,
							    profile_arm_name[arm]),
					    "steps", steps);
	}
}

/* The samples of @cell, which are the next ones in the stream. */
static int all_samples(struct fold *f, const json_t *cell, json_t *found)
{
	long long warmup = record_int(cell, "warmup"), round, rounds;
	int i, e;

	/* A map that the kernel refused has no samples. */
	if (!record_at(cell, "arms"))
		return json_array_append_new(found, json_object()) ?
		       no_memory() : 0;
	e = begin_found(f, found);
	rounds = warmup + json_array_size(record_at(cell, "arms.off.ticks"));
	for (round = 0; round < rounds && !e; round++)
		for (i = 0; i < PROFILE_ARMS && !e; i++)
			e = one_sample(f, cell, round, warmup, i);
	if (!e)
		end_found(f, found);
	return e;
}

static int one_cell(struct fold *f, const json_t *cell, json_t *profiles,
		    json_t *found)
{
	struct profile *p = &f->profile;
	char name[CELL_NAME_LEN];
	json_t *record;
	int e;

	memset(p, 0, sizeof(*p));
	memset(f->node_of, 0xff, f->stream.nr_frames * sizeof(*f->node_of));
	memset(f->block_of, 0xff, f->stream.nr_blocks * sizeof(*f->block_of));
	p->bench = cell_name(cell, name);
	p->param = record_int(cell, "param");
	p->pairs = record_int(cell, "pairs");
	p->has_lines = true;
	e = all_samples(f, cell, found);
	if (!e)
		e = profile_check(p);
	/* An arm without a clean sample: the cell is invalid and says so. */
	if (!e && p->samples[0] && p->samples[1] && p->samples[2]) {
		record = profile_json(p);
		if (!record || json_array_append_new(profiles, record))
			e = EX_FAIL;
	}
	profile_free(p);
	return e;
}

static int check_end(const struct fold *f)
{
	if (f->next == f->stream.nr_samples)
		return 0;
	return err(EX_FAIL, "the plugin saw %zu samples, and the guest took %zu",
		   f->stream.nr_samples, f->next);
}

int fold_lock(int fd, const json_t *cells, json_t *found)
{
	struct fold f = { .next = 0 };
	const json_t *cell;
	size_t i;
	int e;

	e = stream_read(&f.stream, fd);
	if (e)
		return e;
	json_array_foreach(cells, i, cell)
		if (!e)
			e = all_samples(&f, cell, found);
	if (!e)
		e = check_end(&f);
	stream_free(&f.stream);
	return e;
}

static int fold(struct fold *f, const char *module, const json_t *cells,
		json_t *profiles, json_t *found)
{
	const json_t *cell;
	size_t i;
	int e = 0;

	if (!f->stream.marked)
		return err(EX_FAIL, "the plugin met no mark: the module is older than the program, build it again");
	/* Without a mark the module's functions are all "[module]". */
	if (f->stream.nr_marks)
		e = symbols_module(&f->symbols, module, f->stream.marks,
				   f->stream.nr_marks);
	f->node_of = calloc(f->stream.nr_frames, sizeof(*f->node_of));
	f->block_of = calloc(f->stream.nr_blocks + 1, sizeof(*f->block_of));
	if (!e && (!f->node_of || !f->block_of))
		e = no_memory();
	json_array_foreach(cells, i, cell)
		if (!e)
			e = one_cell(f, cell, profiles, found);
	return e ? e : check_end(f);
}

int fold_boot(int fd, const char *image, const char *module,
	      const json_t *cells, json_t *profiles, json_t *found)
{
	struct fold f = { .next = 0 };
	int e;

	e = symbols_kernel(&f.symbols, image);
	if (e)
		return e;
	e = stream_read(&f.stream, fd);
	if (!e) {
		e = fold(&f, module, cells, profiles, found);
		stream_free(&f.stream);
	}
	symbols_free(&f.symbols);
	free(f.node_of);
	free(f.block_of);
	return e;
}
