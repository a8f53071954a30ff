// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes profiles of perf's samples. */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "profile/sampled.h"
#include "profile/symbols.h"

/*
 * The module's loop (kmod-bench/bench_percpu_alloc.c). By its name alone: if
 * perf finds a vmlinux, it takes the module's functions for that file's.
 */
#define LOOP		"pair_loop"
#define MOST_FRAMES	128		/* kernel.perf_event_max_stack is 127 */
#define NAME_LEN	128
#define NS_PER_S	1000000000LL

struct frame {
	char name[NAME_LEN];
	bool loop;
};

/* A sample while it is read: frames innermost first. */
struct chain {
	int64_t time;
	struct frame frames[MOST_FRAMES];
	size_t nr;
};

/* "  26283.454634452: " */
static bool parse_time(const char *line, int64_t *time)
{
	long long s, ns;
	int end = 0;

	if (sscanf(line, " %lld.%9lld: %n", &s, &ns, &end) != 2 || !end ||
	    line[end])
		return false;
	*time = s * NS_PER_S + ns;
	return true;
}

/* "	ffffffff8160eebc unlink_file_vma_batch ([kernel.kallsyms])" */
static bool parse_frame(char *line, struct frame *f)
{
	char *dso = strrchr(line, '('), *name;
	size_t len;

	strtoull(line, &name, 16);
	if (name == line || *name != ' ' || !dso || dso < name + 2 ||
	    dso[-1] != ' ')
		return false;
	dso[-1] = '\0';
	name += strspn(name, " ");
	/* Cut off the suffix of clones and parts; a first dot stays. */
	len = *name ? 1 + strcspn(name + 1, ".") : 0;
	f->loop = len == strlen(LOOP) && !strncmp(name, LOOP, len);
	snprintf(f->name, sizeof(f->name), "%s%.*s",
		 f->loop ? SYMBOLS_MODULE : "", (int)len, name);
	return true;
}

/* Is a time before, in or after a window? */
static int compare_time(const void *time, const void *window)
{
	const struct sampled_window *w = window;
	const int64_t *t = time;

	return *t < w->from ? -1 : *t >= w->to;
}

static int add_chain(struct profile *p, const struct chain *c, size_t from,
		     enum profile_arm arm)
{
	uint32_t node = PROFILE_ROOT, function;
	int e = 0;

	for (size_t i = from + 1; i-- && !e;) {
		e = profile_function(p, c->frames[i].name, &function);
		if (!e)
			e = profile_node(p, node, function, &node);
	}
	if (e)
		return e;
	p->nodes[node].insns[arm]++;
	p->insns[arm]++;
	return 0;
}

static int add_sample(struct profile *p, const struct chain *c,
		      const struct sampled_window *windows, size_t nr,
		      size_t *outside)
{
	const struct sampled_window *w = bsearch(&c->time, windows, nr,
						 sizeof(*w), compare_time);
	size_t i;

	for (i = 0; i < c->nr && !c->frames[i].loop; i++)
		;
	if (!w || i == c->nr) {
		++*outside;
		return 0;
	}
	return add_chain(p, c, i, w->arm);
}

/* The empty loop's time all belongs to the loop. */
static void add_empty(struct profile *p)
{
	for (size_t i = 0; i < p->nr_nodes; i++) {
		if (p->nodes[i].parent != PROFILE_ROOT)
			continue;
		p->nodes[i].insns[PROFILE_EMPTY] = 1;
		p->insns[PROFILE_EMPTY] = 1;
		return;
	}
}

int sampled_fold(FILE *script, const struct sampled_window *windows,
		 size_t nr, struct profile *p, size_t *outside)
{
	struct chain *c = calloc(1, sizeof(*c));
	bool in_sample = false;
	char *line = NULL;
	size_t room = 0;
	int e = c ? 0 : no_memory();

	*outside = 0;
	while (!e && getline(&line, &room, script) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!line[strspn(line, " \t")]) {
			if (in_sample)
				e = add_sample(p, c, windows, nr, outside);
			in_sample = false;
		} else if (!in_sample) {
			in_sample = parse_time(line, &c->time);
			c->nr = 0;
			if (!in_sample)
				e = err(EX_FAIL, "perf script printed no sample but '%.60s'",
					line);
		} else if (c->nr < MOST_FRAMES) {
			if (!parse_frame(line, &c->frames[c->nr++]))
				e = err(EX_FAIL, "perf script printed no call but '%.60s'",
					line);
		}
	}
	if (!e && in_sample)
		e = add_sample(p, c, windows, nr, outside);
	free(line);
	free(c);
	if (e)
		return e;
	if (!p->insns[PROFILE_OFF] || !p->insns[PROFILE_ON])
		return err(EX_FAIL, "perf took no sample in the loop (%zu elsewhere): see whether 'perf record -e cycles:k -g' works here",
			   *outside);
	add_empty(p);
	return 0;
}

double sampled_error(const struct profile *p, const int64_t sum[PROFILE_ARMS])
{
	double square = 0;

	for (int arm = PROFILE_OFF; arm < PROFILE_ARMS; arm++) {
		double n = (double)p->insns[arm], share = sum[arm] / n;

		square += p->ns[arm] * p->ns[arm] * share * (1 - share) / n;
	}
	return 1.96 * sqrt(square);
}

/* Add the tree of @from to @p's. */
static int add_tree(struct profile *p, const struct profile *from)
{
	uint32_t *node_of, function, parent;
	int e = 0;

	node_of = calloc(from->nr_nodes + 1, sizeof(*node_of));
	if (!node_of)
		return no_memory();
	for (size_t i = 0; i < from->nr_nodes && !e; i++) {
		const struct profile_node *n = &from->nodes[i];

		parent = n->parent == PROFILE_ROOT ? n->parent :
			 node_of[n->parent];
		e = profile_function(p, from->functions[n->function],
				     &function);
		if (!e)
			e = profile_node(p, parent, function, &node_of[i]);
		for (int arm = 0; arm < PROFILE_ARMS && !e; arm++)
			p->nodes[node_of[i]].insns[arm] += n->insns[arm];
	}
	free(node_of);
	return e;
}

int sampled_merge(struct profile *p, const struct profile *more)
{
	struct profile sum = *p;
	int e;

	/* Arrays read from a file cannot grow. */
	sum.functions = NULL;
	sum.nodes = NULL;
	sum.blocks = NULL;
	sum.nr_functions = sum.nr_nodes = sum.nr_blocks = 0;
	e = add_tree(&sum, p);
	if (!e)
		e = add_tree(&sum, more);
	for (int arm = 0; arm < PROFILE_ARMS; arm++) {
		double a = (double)p->insns[arm], b = (double)more->insns[arm];

		sum.ns[arm] = (p->ns[arm] * a + more->ns[arm] * b) / (a + b);
		sum.insns[arm] += more->insns[arm];
	}
	if (e) {
		profile_free(&sum);
		return e;
	}
	profile_free(p);
	*p = sum;
	return 0;
}
