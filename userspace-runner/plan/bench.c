// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of benches, and of the options that only some of them have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/near.h"
#include "pcpu_bench.h"
#include "plan/bench.h"
#include "plan/depth.h"
#include "plan/shape.h"

/* PCPU_MIN_UNIT_SIZE: the largest size of __alloc_percpu_gfp(), 6.1 to 6.12. */
#define BENCH_MAX_OBJECT	32768

/* More than any kernel allows: a refused map is a result, too. */
#define BENCH_MAX_VALUE		(1U << 20)

/* At 4096 CPUs a map of one entry has one more element for each CPU. */
#define BENCH_MAX_ENTRIES	(1U << 16)

/*
 * Under icount a round is exact, but the remainder of a page in the memcg's
 * stock changes from pair to pair, with a short period. 24 is a multiple of the
 * short periods (docs/method.md has the figures).
 */
#define BENCH_ROUNDS		24

/* With 4 counters at once, they fill half a page of a CPU's. */
#define BENCH_MAX_COUNTERS	128

/* KMALLOC_MAX_CACHE_SIZE of 4 KiB pages: kmalloc() takes more from pages. */
#define BENCH_MAX_SLAB		8192

/* Of pairs, if each is of PCPU_BENCH_BULK objects or one on each of 64 nodes. */
#define BENCH_MAX_SLAB_TURNS	64

/* Windows of 100 ms. */
#define BENCH_WINDOWS		10

/* Enough for a median that varies far less than the samples. */
#define BENCH_TIME_ROUNDS	200

/* NR_CPUS of the largest configs. */
#define BENCH_MAX_THREADS	8192

/* Maps held at once, each with a descriptor: half of a process's limit. */
#define BENCH_MAX_MAPS		512

/* A map's life has thousands of times the instructions of a pair; odd, as the
 * median of an odd number is one of them.
 */
#define BENCH_MAP_ROUNDS	7

/* With 4 MiB of it in use by each of 4096 CPUs... */
#define BENCH_MAX_LIFE		65536

/* ...and a life of each of as many cgroups in that of one. */
#define BENCH_MAX_GENERATIONS	4096
/* Each takes up to 4 MiB on the largest machines. */
#define BENCH_MAX_BESIDE	10000

/* A life is watched for some 50 M instructions. */
#define BENCH_LIFE_ROUNDS	5

/* More would take minutes: a life waits for grace periods of some ms each. */
#define BENCH_MAP_TIME_ROUNDS	31

static const char *const array_operations[] = {
	"create", "destroy", "destroy-wait", NULL
};

static const char *const hash_operations[] = {
	"create", "update", "delete", "destroy", "destroy-wait", NULL
};

#define MAP_KINDS(of_array, of_hash)					\
	{ "array", "PERCPU_ARRAY", of_array },				\
	{ "hash", "PERCPU_HASH", of_hash },				\
	{ "hash-noprealloc", "PERCPU_HASH, BPF_F_NO_PREALLOC", of_hash }, \
	{ "lru-hash", "LRU_PERCPU_HASH", of_hash },			\
	{ 0 }

static const char *const empty_life[] = {
	"mkdir", "enter", "leave", "rmdir", "settle", "whole", NULL
};

static const char *const life[] = {
	"mkdir", "enter", "hold", "leave", "rmdir", "settle", "free", "whole",
	NULL
};

static const char *const gfp_words[] = { "kernel", "nowait", NULL };

static const struct bench_kind map_kinds[] = { MAP_KINDS(NULL, NULL) };
static const struct bench_kind map_ops_kinds[] = {
	MAP_KINDS(array_operations, hash_operations)
};

static const struct bench_kind load_kinds[] = {
	{ "exec", "start a small program, and wait for its end", NULL },
	{ "maps", "make a PERCPU_HASH, BPF_F_NO_PREALLOC, and close it", NULL },
	{ 0 }
};

static const struct bench_kind memcg_kinds[] = {
	{ "mkdir", "make a cgroup with the memory controller", NULL },
	{ "rmdir", "remove it, until the syscall returns", NULL },
	{ "stat", "read memory.stat after objects came, accounted or not", NULL },
	{ "numa-stat", "the same of memory.numa_stat", NULL },
	{ 0 }
};

static const struct bench_kind life_kinds[] = {
	{ "none", "a cgroup that holds no objects", empty_life },
	{ "percpu", "one with percpu objects of 64 B", life },
	{ "slab", "one with slab objects of 64 B", life },
	{ "both", "one with as many of each", life },
	{ 0 }
};

static const struct bench_kind mm_kinds[] = {
	{ "fork", "fork a small process, and wait for the child's exit", NULL },
	{ "exec", "vfork, execute a small program, and wait for its exit", NULL },
	{ "thread", "create a thread that is not the first, and wait for its exit", NULL },
	{ "first-thread", "the same of the first thread of a process", NULL },
	{ "threads", "create the first 16 threads of a process, and wait for them", NULL },
	{ "fault", "touch a page that is not there", NULL },
	{ "statm", "read statm of its own, which adds up three counters", NULL },
	{ 0 }
};

static const struct bench_kind counter_kinds[] = {
	{ "init", "percpu_counter_init(), one counter", NULL },
	{ "init-many", "percpu_counter_init_many() of 4, as an mm has", NULL },
	{ "destroy", "percpu_counter_destroy(), one counter", NULL },
	{ "destroy-many", "percpu_counter_destroy_many() of 4", NULL },
	{ "add", "percpu_counter_add() that stays below the batch", NULL },
	{ "flush", "percpu_counter_add() that reaches it", NULL },
	{ "sum", "percpu_counter_sum() over all CPUs", NULL },
	{ 0 }
};

static const struct bench_kind slab_kinds[] = {
	{ "alloc", "kmem_cache_alloc() and kmem_cache_free()", NULL },
	{ "node", "kmem_cache_alloc_node() on each node with memory in turn", NULL },
	{ "bulk", "kmem_cache_alloc_bulk() and kmem_cache_free_bulk() of 16", NULL },
	{ "kmalloc", "kmalloc() and kfree()", NULL },
	{ "root", "the same by a task of the root's memory cgroup", NULL },
	{ "first", "kmem_cache_alloc() that has to make a slab", NULL },
	{ 0 }
};

/* How many memory cgroups. */
static const char *const owners[] = { "1", "8", "64", "256", NULL };

static const struct bench_kind share_kinds[] = {
	{ "shared", "objects of 1 to 256 memory cgroups in one cache", owners },
	{ "own", "in a cache of each", owners },
	{ 0 }
};

static const struct bench_kind zswap_kinds[] = {
	{ "out", "madvise(MADV_PAGEOUT) of 256 pages that compress", NULL },
	{ "in", "write to each of them, so that it comes back", NULL },
	{ 0 }
};

static const struct bench benches[] = {
#define BENCH(id, ...)	{ __VA_ARGS__ },
#include "plan/bench_table.h"
#undef BENCH
};

static int set_shape(const char *arg, void *into)
{
	struct bench_options *o = into;
	struct shape shape;
	int ret = shape_parse(arg, &shape);

	o->val[BENCH_SHAPE] = shape_pack(&shape);
	return ret;
}

static void print_shape(FILE *out, const void *into)
{
	const struct bench_options *o = into;
	const struct shape shape = shape_of(o->val[BENCH_SHAPE]);
	char text[SHAPE_LEN];

	fputs(shape_text(&shape, text), out);
}

static int set_depth(const char *arg, void *into)
{
	return depth_parse(arg, &((struct bench_options *)into)->val[BENCH_DEPTH]);
}

static void print_depth(FILE *out, const void *into)
{
	depth_print(out, ((const struct bench_options *)into)->val[BENCH_DEPTH]);
}

static const char *const free_from[PCPU_BENCH_NR_FREE_FROM + 1] = {
	[PCPU_BENCH_FREE_SELF] = "self",
	[PCPU_BENCH_FREE_OTHER] = "other",
	[PCPU_BENCH_FREE_SOFTIRQ] = "softirq",
};

static const char *const memcgs[] = { "shared", "own", NULL };

#define COUNT(option, max) \
	OPT_COUNT(struct bench_options, val[option], 1, max), GIVEN(option)
#define GIVEN(option)	OPT_GIVEN(struct bench_options, given[option])

const struct opt bench_opts[] = {
	[BENCH_ENTRIES] = {
		"entries", 0, "N", "Entries of a map (1)",
		COUNT(BENCH_ENTRIES, BENCH_MAX_ENTRIES) },
	[BENCH_SHAPE] = {
		"shape", 0, "SHAPE",
		"Each object freed at once, or K allocated, then K freed: "
		SHAPE_FORM " (pair)",
		OPT_CALL(set_shape), OPT_PRINT(print_shape),
		GIVEN(BENCH_SHAPE) },
	[BENCH_GFP] = {
		"gfp", 0, "FLAGS",
		"Allocate with GFP_KERNEL, or with GFP_NOWAIT, which does not take pcpu_alloc_mutex: kernel or nowait (kernel)",
		OPT_WORD(struct bench_options, val[BENCH_GFP], gfp_words),
		GIVEN(BENCH_GFP) },
	[BENCH_DEPTH] = {
		"depth", 0, "N,...",
		"Levels of memory cgroups below the root, such as 1,2,4,8: each is measured (1)",
		OPT_CALL(set_depth), OPT_PRINT(print_depth), .min = DEPTH_USUAL,
		GIVEN(BENCH_DEPTH) },
	[BENCH_OWNERS] = {
		"owners", 0, "N",
		"Memory cgroups that are charged in turn: 1 or 2 (1)",
		COUNT(BENCH_OWNERS, 2) },
	[BENCH_FREE_FROM] = {
		"free-from", 0, "WHERE",
		"Free as the owner's task (self), while the task acts for another memory cgroup (other), or in a softirq: self, other or softirq (self)",
		OPT_WORD(struct bench_options, val[BENCH_FREE_FROM], free_from),
		GIVEN(BENCH_FREE_FROM) },
	[BENCH_THREADS] = {
		"threads", 0, "N",
		"Tasks at once, each on its own CPU; 0: first 1, then 2, 4 and so on up to all CPUs (0)",
		OPT_COUNT(struct bench_options, val[BENCH_THREADS], 0,
			  BENCH_MAX_THREADS), GIVEN(BENCH_THREADS) },
	[BENCH_MEMCGS] = {
		"memcgs", 0, "WHOSE",
		"All tasks in a shared memory cgroup, or each in its own: shared, own (shared)",
		OPT_WORD(struct bench_options, val[BENCH_MEMCGS], memcgs),
		GIVEN(BENCH_MEMCGS) },
	[BENCH_OBJECTS] = {
		"objects", 0, "N",
		"Objects held when a memory cgroup is removed (1)",
		COUNT(BENCH_OBJECTS, BENCH_MAX_LIFE) },
	[BENCH_GENERATIONS] = {
		"generations", 0, "N",
		"Memory cgroups made and removed in it before, each of which leaves an object (0)",
		OPT_COUNT(struct bench_options, val[BENCH_GENERATIONS], 0,
			  BENCH_MAX_GENERATIONS), GIVEN(BENCH_GENERATIONS) },
	[BENCH_BESIDE] = {
		"beside", 0, "N",
		"Memory cgroups that live beside it (0)",
		OPT_COUNT(struct bench_options, val[BENCH_BESIDE], 0,
			  BENCH_MAX_BESIDE), GIVEN(BENCH_BESIDE) },
	{ 0 }
};

void bench_options_init(struct bench_options *o)
{
	*o = (struct bench_options){ 0 };
	for (int i = 0; i < NR_BENCH_OPTIONS; i++)
		o->val[i] = bench_opts[i].min;
}

const char *bench_option_text(const struct bench_options *o,
			      enum bench_option option,
			      char text[BENCH_VALUE_LEN])
{
	char *value = NULL;

	option_text(&bench_opts[option], o, &value);
	snprintf(text, BENCH_VALUE_LEN, "%s", value ? value : "");
	free(value);
	return text;
}

const char *bench_option_usual(const char *name, char text[BENCH_VALUE_LEN])
{
	struct bench_options usual;

	bench_options_init(&usual);
	for (int i = 0; i < NR_BENCH_OPTIONS; i++)
		if (!strcmp(bench_opts[i].name, name))
			return bench_option_text(&usual, i, text);
	return NULL;
}

const struct bench *bench_nth(unsigned int i)
{
	return i < sizeof(benches) / sizeof(benches[0]) ? &benches[i] : NULL;
}

const struct bench *bench_find(const char *name)
{
	size_t len = strcspn(name, "/ ");
	const struct bench *b;

	for (unsigned int i = 0; (b = bench_nth(i)); i++)
		if (strlen(b->name) == len && !strncmp(name, b->name, len))
			return b;
	return NULL;
}

const char *bench_one(const char *name)
{
	const struct bench *bench = bench_find(name);

	return bench ? bench->one : "an operation";
}

const char *bench_op(const char *name)
{
	return strchr(bench_one(name), ' ') + 1;
}

bool bench_takes(const struct bench *bench, unsigned int size)
{
	return size >= bench->min && size <= bench->max &&
	       !(size % bench->multiple);
}

bool bench_covers(const char *asked, const char *name)
{
	size_t len = strlen(asked);

	return !strncmp(asked, name, len) &&
	       (!name[len] || name[len] == '/' || name[len] == ' ');
}

#define MAX_NAMES	31

/* A part of @name that there is not: which of @names was meant? */
static int unknown(const char *name, const char *part,
		   const char *const *names)
{
	const char *near = nearest(part, names);
	char list[256] = "";

	if (near)
		return err(EX_USE, "unknown bench '%s': did you mean '%.*s%s'?",
			   name, (int)(strlen(name) - strlen(part)), name, near);
	for (; *names; names++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
			 "%s%s", list[0] ? ", " : "", *names);
	return err(EX_USE, "unknown bench '%s': there is no '%s', but %s", name,
		   part, list);
}

static int unknown_bench(const char *name)
{
	const char *names[MAX_NAMES + 1] = { NULL };
	const struct bench *b;

	for (int i = 0; i < MAX_NAMES && (b = bench_nth(i)); i++)
		names[i] = b->name;
	return unknown(name, name, names);
}

static int unknown_kind(const struct bench *bench, const char *name,
			const char *part)
{
	const char *names[MAX_NAMES + 1] = { NULL };

	for (int i = 0; i < MAX_NAMES && bench->kinds[i].name; i++)
		names[i] = bench->kinds[i].name;
	return unknown(name, part, names);
}

static int check_operation(const struct bench_kind *kind, const char *name,
			   const char *part)
{
	const char *const *op = kind->operations;

	if (!op)
		return err(EX_USE, "unknown bench '%s': there is nothing after %.*s: leave that out",
			   name, (int)(part - name - 1), name);
	for (; *op; op++)
		if (!strcmp(*op, part))
			return 0;
	return unknown(name, part, kind->operations);
}

int bench_check(const char *name)
{
	const struct bench *bench = bench_find(name);
	const char *part = strchr(name, '/'), *end;
	const struct bench_kind *kind;

	if (!bench)
		return unknown_bench(name);
	if (!part)
		return 0;
	if (!bench->kinds)
		return err(EX_USE, "unknown bench '%s': %s has no kinds: give it alone",
			   name, bench->name);
	part++;
	end = strchrnul(part, '/');
	for (kind = bench->kinds; kind->name; kind++)
		if (strlen(kind->name) == (size_t)(end - part) &&
		    !strncmp(kind->name, part, end - part))
			return *end ? check_operation(kind, name, end + 1) : 0;
	return unknown_kind(bench, name, part);
}
