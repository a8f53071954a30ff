// SPDX-License-Identifier: GPL-2.0-or-later
/* Loading two sides, and finding what in them belongs together. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "compare/compare.h"
#include "results/record.h"

void compare_options_init(struct compare_options *opt)
{
	*opt = (struct compare_options){ .alpha = 0.05, .confidence = 0.95 };
}

/* FILE[,FILE...][:KERNEL] taken apart. */
struct side {
	char *text;		/* owns the rest */
	char **files;
	size_t nr_files;
	const char *kernel;	/* or NULL */
};

static void free_side(struct side *s)
{
	free(s->text);
	free(s->files);
}

static int split_files(struct side *s, char *text)
{
	char *save = NULL, *file;

	for (file = strtok_r(text, ",", &save); file;
	     file = strtok_r(NULL, ",", &save)) {
		if (array_room(&s->files, s->nr_files, sizeof(*s->files)))
			return EX_FAIL;
		s->files[s->nr_files++] = file;
	}
	return 0;
}

/* A path may have commas and colons in it: what exists is taken as it is. */
static int parse_side(struct side *s, const char *arg, const struct side *base)
{
	char *colon;
	int e;

	*s = (struct side){ .text = strdup(arg) };
	if (!s->text)
		return no_memory();
	if (access(arg, F_OK)) {
		colon = strrchr(s->text, ':');
		if (colon) {
			*colon = '\0';
			s->kernel = colon + 1;
		}
	}
	if (s->kernel && !*s->kernel)
		return err(EX_USE, "'%s': no kernel after the colon: give FILE:KERNEL",
			   arg);
	if (!access(s->text, F_OK)) {
		if (array_room(&s->files, 0, sizeof(*s->files)))
			return EX_FAIL;
		s->files[s->nr_files++] = s->text;
		return 0;
	}
	e = split_files(s, s->text);
	if (e || s->nr_files)
		return e;
	if (!base)
		return err(EX_USE, "'%s': no results file: give FILE[:KERNEL]",
			   arg);
	for (; s->nr_files < base->nr_files; s->nr_files++) {
		if (array_room(&s->files, s->nr_files, sizeof(*s->files)))
			return EX_FAIL;
		s->files[s->nr_files] = base->files[s->nr_files];
	}
	return 0;
}

/* ---------------------------------------------------------------- kernels */

static int find_kernel(const struct table *t, const char *name,
		       unsigned int *index)
{
	for (*index = 0; *index < t->nr_kernels; (*index)++)
		if (!strcmp(t->kernels[*index].name, name))
			return 0;
	*index = COMPARE_NO_KERNEL;
	return EX_USE;
}

static int no_such_kernel(const struct table *t, const struct side *s)
{
	char names[256] = "";
	size_t i, len = 0;

	for (i = 0; i < t->nr_kernels && len < sizeof(names); i++)
		len += snprintf(names + len, sizeof(names) - len, "%s%s",
				i ? ", " : "", t->kernels[i].name);
	return err(EX_USE, "%s has no kernel '%s': there %s %s", s->files[0],
		   s->kernel, t->nr_kernels == 1 ? "is" : "are",
		   t->nr_kernels ? names : "none");
}

static int add_pair(struct compare *c, unsigned int old, unsigned int new)
{
	struct compare_pair p = { .old = old, .new = new };

	if (old != COMPARE_NO_KERNEL)
		p.old_name = c->old.kernels[old].name;
	if (new != COMPARE_NO_KERNEL)
		p.new_name = c->new.kernels[new].name;
	if (!p.old_name)
		p.old_name = p.new_name;
	if (!p.new_name)
		p.new_name = p.old_name;
	if (array_room(&c->pairs, c->nr_pairs, sizeof(p)))
		return EX_FAIL;
	c->pairs[c->nr_pairs++] = p;
	return 0;
}

/* The kernel of one side when only the other's was named. */
static int only_or_named(const struct table *t, const struct side *s,
			 const char *name, unsigned int *index)
{
	*index = 0;
	if (t->nr_kernels == 1 || !find_kernel(t, name, index))
		return 0;
	return err(EX_USE, "%s has %zu kernels and no '%s': say which with FILE:KERNEL",
		   s->files[0], t->nr_kernels, name);
}

static int pair_by_name(struct compare *c, const struct side *old,
			const struct side *new)
{
	unsigned int i, other, both = 0;
	int e = 0;

	for (i = 0; i < c->old.nr_kernels && !e; i++) {
		if (!find_kernel(&c->new, c->old.kernels[i].name, &other))
			both++;
		e = add_pair(c, i, other);
	}
	for (i = 0; i < c->new.nr_kernels && !e; i++)
		if (find_kernel(&c->old, c->new.kernels[i].name, &other))
			e = add_pair(c, COMPARE_NO_KERNEL, i);
	if (!e && !both)
		e = err(EX_USE, "%s and %s have no kernel of the same name: say which with FILE:KERNEL",
			old->files[0], new->files[0]);
	return e;
}

static int pair_kernels(struct compare *c, const struct side *old,
			const struct side *new)
{
	unsigned int o = 0, n = 0;
	int e = 0;

	if (!c->old.nr_kernels || !c->new.nr_kernels)
		return err(EX_USE, "%s has no kernel in it: nothing was measured",
			   c->old.nr_kernels ? new->files[0] : old->files[0]);
	if (old->kernel && find_kernel(&c->old, old->kernel, &o))
		return no_such_kernel(&c->old, old);
	if (new->kernel && find_kernel(&c->new, new->kernel, &n))
		return no_such_kernel(&c->new, new);
	if (old->kernel && !new->kernel)
		e = only_or_named(&c->new, new, old->kernel, &n);
	else if (new->kernel && !old->kernel)
		e = only_or_named(&c->old, old, new->kernel, &o);
	else if (!old->kernel &&
		 (c->old.nr_kernels != 1 || c->new.nr_kernels != 1))
		return pair_by_name(c, old, new);
	return e ? e : add_pair(c, o, n);
}

/* ------------------------------------------------------------------ cells */

static const struct table_block *same_block(const struct table *t,
					    const struct compare_group *g)
{
	const struct table_block *b;

	for (b = t->blocks; b < t->blocks + t->nr_blocks; b++)
		if (b->bench != TABLE_NO_BENCH &&
		    !strcmp(t->topologies.name[b->topology], g->topology) &&
		    !strcmp(t->instruments.name[b->instrument], g->instrument) &&
		    !strcmp(t->benches.name[b->bench], g->bench))
			return b;
	return NULL;
}

static const struct table_cell *cell_at(const struct table *t,
					const struct table_block *b,
					unsigned int kernel, long long param)
{
	return b && kernel != COMPARE_NO_KERNEL ?
		table_find(t, b, kernel, param) : NULL;
}

static size_t valid_boots(const struct table_cell *cell)
{
	return cell && cell->valid ? cell->nr_values : 0;
}

static int add_cell(struct compare_group *g, const struct table_cell *old,
		    const struct table_cell *new,
		    const struct table_cell *control, long long param)
{
	struct compare_cell cell = {
		.old = old,
		.new = new,
		.control = control,
		.param = param,
		.exact = instrument_is_exact(g->instrument),
		.nr_old = valid_boots(old),
		.nr_new = valid_boots(new),
		.judged = { true, true, true },
	};
	size_t i;

	for (i = 0; i < g->nr_cells; i++)
		if (g->cells[i].param == param)
			return 0;
	if (!old && !new)
		return 0;
	g->unit = old ? old->unit : new->unit;
	if (array_room(&g->cells, g->nr_cells, sizeof(cell)))
		return EX_FAIL;
	g->cells[g->nr_cells++] = cell;
	return 0;
}

static int compare_params(const void *x, const void *y)
{
	const struct compare_cell *a = x, *b = y;

	return (a->param > b->param) - (a->param < b->param);
}

/* All cells of one pair where a block of either side was measured. */
static int add_group(struct compare *c, size_t pair, const struct table *t,
		     const struct table_block *block)
{
	const struct compare_pair *p = &c->pairs[pair];
	struct compare_group g = {
		.topology = t->topologies.name[block->topology],
		.instrument = t->instruments.name[block->instrument],
		.bench = t->benches.name[block->bench],
		.pair = pair,
	};
	const struct table_block *b[2], *control;
	unsigned int k = COMPARE_NO_KERNEL;
	size_t side, i;

	for (i = 0; i < c->nr_groups; i++)
		if (c->groups[i].pair == pair &&
		    !strcmp(c->groups[i].topology, g.topology) &&
		    !strcmp(c->groups[i].instrument, g.instrument) &&
		    !strcmp(c->groups[i].bench, g.bench))
			return 0;
	b[0] = same_block(&c->old, &g);
	b[1] = same_block(&c->new, &g);
	control = same_block(&c->control, &g);
	/* The one asked for, the only one, or the one of the name. */
	if (c->control_kernel != COMPARE_NO_KERNEL)
		k = c->control_kernel;
	else if (c->control.nr_kernels == 1)
		k = 0;
	else
		find_kernel(&c->control, p->old_name, &k);
	for (side = 0; side < 2; side++)
		for (i = 0; b[side] && i < b[side]->nr_params; i++) {
			long long param = b[side]->params[i];

			if (add_cell(&g, cell_at(&c->old, b[0], p->old, param),
				     cell_at(&c->new, b[1], p->new, param),
				     cell_at(&c->control, control, k, param),
				     param))
				goto fail;
		}
	if (!g.nr_cells)
		return 0;
	qsort(g.cells, g.nr_cells, sizeof(*g.cells), compare_params);
	if (array_room(&c->groups, c->nr_groups, sizeof(g)))
		goto fail;
	c->groups[c->nr_groups++] = g;
	return 0;
fail:
	free(g.cells);
	return EX_FAIL;
}

static int add_groups(struct compare *c)
{
	const struct table *sides[] = { &c->old, &c->new };
	size_t s, i, p;

	for (s = 0; s < 2; s++)
		for (i = 0; i < sides[s]->nr_blocks; i++)
			for (p = 0; p < c->nr_pairs; p++)
				if (sides[s]->blocks[i].bench != TABLE_NO_BENCH &&
				    add_group(c, p, sides[s],
					      &sides[s]->blocks[i]))
					return EX_FAIL;
	return 0;
}

int compare_load(struct compare *c, const char *old, const char *new,
		 const struct compare_options *opt)
{
	struct side o = { NULL }, n = { NULL }, ctl = { NULL };
	int e;

	memset(c, 0, sizeof(*c));
	c->opt = *opt;
	c->control_kernel = COMPARE_NO_KERNEL;
	e = parse_side(&o, old, NULL);
	if (!e)
		e = parse_side(&n, new, &o);
	if (!e && opt->control)
		e = parse_side(&ctl, opt->control, NULL);
	if (!e)
		e = table_load(&c->old, o.files, o.nr_files);
	if (!e)
		e = table_load(&c->new, n.files, n.nr_files);
	if (!e && opt->control)
		e = table_load(&c->control, ctl.files, ctl.nr_files);
	if (!e && ctl.kernel &&
	    find_kernel(&c->control, ctl.kernel, &c->control_kernel))
		e = no_such_kernel(&c->control, &ctl);
	if (!e)
		e = pair_kernels(c, &o, &n);
	if (!e)
		e = add_groups(c);
	if (!e)
		e = compare_check(c);
	free_side(&o);
	free_side(&n);
	free_side(&ctl);
	if (e)
		compare_free(c);
	return e;
}

void compare_free(struct compare *c)
{
	size_t i;

	for (i = 0; i < c->nr_groups; i++)
		free(c->groups[i].cells);
	for (i = 0; i < c->nr_differs; i++)
		free(c->differs[i]);
	free(c->groups);
	free(c->differs);
	free(c->pairs);
	table_free(&c->old);
	table_free(&c->new);
	table_free(&c->control);
	memset(c, 0, sizeof(*c));
}
