// SPDX-License-Identifier: GPL-2.0-or-later
/* Sums a cell's instructions by allocator: percpu, slab, neither. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "profile/parts.h"

static const char *const part_name[PROFILE_PARTS] = {
	[PART_PERCPU] = "percpu", [PART_SLAB] = "slab", [PART_REST] = "rest",
};

/* Entry functions of the allocators, in 6.1 to 6.12; '*' matches any ending. */
static const struct entry {
	const char *name;
	enum profile_part part;
} entries[] = {
	{ "pcpu_alloc", PART_PERCPU },
	{ "pcpu_alloc_noprof", PART_PERCPU },
	{ "pcpu_alloc_dirty_noprof", PART_PERCPU },
	{ "__alloc_percpu*", PART_PERCPU },
	{ "free_percpu", PART_PERCPU },
	{ "pcpu_balance_workfn", PART_PERCPU },
	{ "kmem_cache_alloc*", PART_SLAB },
	{ "__kmem_cache_alloc*", PART_SLAB },
	{ "kmem_cache_free*", PART_SLAB },
	{ "kmalloc*", PART_SLAB },
	{ "__kmalloc*", PART_SLAB },
	{ "kfree*", PART_SLAB },
};

static enum profile_part entered(const char *function)
{
	const char *star;
	size_t i;

	for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		star = strchr(entries[i].name, '*');
		if (star ? !strncmp(function, entries[i].name,
				    star - entries[i].name) :
		    !strcmp(function, entries[i].name))
			return entries[i].part;
	}
	return PART_REST;
}

int profile_sum_parts(const struct profile *p, struct profile_sums *sums)
{
	enum profile_part *parts;
	const struct profile_node *n;
	size_t i;

	*sums = (struct profile_sums){ 0 };
	parts = calloc(p->nr_nodes + 1, sizeof(*parts));
	if (!parts)
		return no_memory();
	/* Parents come before their children. */
	for (i = 0; i < p->nr_nodes; i++) {
		n = &p->nodes[i];
		parts[i] = n->parent == PROFILE_ROOT ? PART_REST :
			   parts[n->parent];
		if (parts[i] == PART_REST)
			parts[i] = entered(p->functions[n->function]);
		sums->off[parts[i]] += profile_value(p, n->insns, PROFILE_OFF);
		sums->on[parts[i]] += profile_value(p, n->insns, PROFILE_ON);
	}
	free(parts);
	return 0;
}

static void totals(const struct profile_sums *s, double *off, double *on)
{
	*off = 0;
	*on = 0;
	for (int i = 0; i < PROFILE_PARTS; i++) {
		*off += s->off[i];
		*on += s->on[i];
	}
}

static double share(double part, double whole)
{
	return whole != 0 ? 100 * part / whole : 0;
}

static void put_row(FILE *out, const char *name, double off, double on,
		    double all_off, double all_on)
{
	fprintf(out, "%-8s %12.1f %6.2f%% %12.1f %6.2f%% %+11.1f %+6.2f%%\n",
		name, off, share(off, all_off), on, share(on, all_on),
		on - off, share(on - off, all_on));
}

int profile_parts_text(FILE *out, const struct profile_set *set)
{
	const struct profile *p;
	struct profile_sums s;
	double off, on;
	int e, part;

	for (p = set->profiles; p < set->profiles + set->nr; p++) {
		e = profile_sum_parts(p, &s);
		if (e)
			return e;
		totals(&s, &off, &on);
		fprintf(out, "%s %s %s %lld B\n",
			p->kernel, p->topology, p->bench, p->param);
		fprintf(out, "%-8s %12s %7s %12s %7s %11s %7s\n", "insn/op", "off",
			"share", "on", "share", "on - off", "of on");
		for (part = 0; part < PROFILE_PARTS; part++)
			put_row(out, part_name[part], s.off[part],
				s.on[part], off, on);
		put_row(out, "total", off, on, off, on);
		fputc('\n', out);
	}
	fputs("A call is of the allocator that it enters first; what that takes more\nin on is its accounting. Means of the samples, not medians as in report.\nExact instruction counts (TCG), parts add up to the cell.\n",
	      out);
	return 0;
}

int profile_parts_csv(FILE *out, const struct profile_set *set)
{
	const struct profile *p;
	struct profile_sums s;
	double off, on;
	int e, part;

	fputs("kernel,topology,bench,param,part,off,off_pct,on,on_pct,cost,cost_pct_of_on\n",
	      out);
	for (p = set->profiles; p < set->profiles + set->nr; p++) {
		e = profile_sum_parts(p, &s);
		if (e)
			return e;
		totals(&s, &off, &on);
		for (part = 0; part < PROFILE_PARTS; part++) {
			text_csv(out, p->kernel);
			fprintf(out, ",%s,%s,%lld,%s,%.10g,%.10g,%.10g,%.10g,%.10g,%.10g\n",
				p->topology, p->bench, p->param,
				part_name[part], s.off[part],
				share(s.off[part], off), s.on[part],
				share(s.on[part], on),
				s.on[part] - s.off[part],
				share(s.on[part] - s.off[part], on));
		}
	}
	return 0;
}
