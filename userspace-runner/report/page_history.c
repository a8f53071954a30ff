// SPDX-License-Identifier: GPL-2.0-or-later
/* The history of a page: chains of kernels, and what each step changed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/groups.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/text_stream.h"
#include "compare/compare.h"
#include "doc/figures.h"
#include "report/page_parts.h"
#include "results/record.h"

/* ------------------------------------------------------------------ steps */

/* The number of @g's table on the page, -1 if it has none. */
static int table_of(const struct table *t, const struct compare_group *g)
{
	for (size_t i = 0; i < t->nr_blocks; i++) {
		const struct table_block *b = &t->blocks[i];

		if (b->bench != TABLE_NO_BENCH &&
		    !strcmp(t->topologies.name[b->topology], g->topology) &&
		    !strcmp(t->instruments.name[b->instrument], g->instrument) &&
		    !strcmp(t->benches.name[b->bench], g->bench))
			return (int)i;
	}
	return -1;
}

/* A verdict: is it a step, one word for it, and the figures. */
static json_t *change_json(const struct compare_group *g,
			   const struct compare_cell *cell, enum quantity q)
{
	const struct compare_diff *d = &cell->diff[q];
	bool none = d->verdict == VERDICT_INVALID || d->verdict == VERDICT_MISSING;
	char amount[FIGURE_LEN], percent[FIGURE_LEN];
	char text[COMPARE_REASON_LEN + 64] = "";

	figure(amount, d->diff, true, cell->exact);
	figure_percent(percent, compare_percent(d, d->diff));
	if (none)
		snprintf(text, sizeof(text), "%s", cell->reason);
	else if (d->verdict != VERDICT_SAME)
		snprintf(text, sizeof(text), "%s %s (%s)", amount,
			 compare_unit(g), percent);
	return json_pack("{s:b, s:s, s:o, s:s}", "step",
			 d->verdict == VERDICT_MORE || d->verdict == VERDICT_LESS,
			 "verdict", verdict_name(d->verdict, cell->exact),
			 "text", page_text(text), "amount", none ? "" : amount);
}

static json_t *changes_json(const struct table *t, const struct compare *c)
{
	json_t *list = json_array();
	size_t i, k;
	int table;

	for (i = 0; i < c->nr_groups; i++) {
		const struct compare_group *g = &c->groups[i];

		table = table_of(t, g);
		for (k = 0; table >= 0 && k < g->nr_cells; k++)
			json_array_append_new(list, json_pack(
				"{s:i, s:I, s:o, s:o}", "table", table,
				"size", (json_int_t)g->cells[k].param,
				"cost", change_json(g, &g->cells[k], QUANTITY_COST),
				"off", change_json(g, &g->cells[k], QUANTITY_OFF)));
	}
	return list;
}

/*
 * What `compare --force` says of two kernels; @unlike: what differs between
 * them but their source, or why they were not compared.
 */
static json_t *step_json(const struct table *t, size_t from, size_t to)
{
	json_t *unlike = json_array(), *changes = NULL;
	struct compare_options opt;
	struct compare c;

	compare_options_init(&opt);
	if (!compare_kernels(&c, t, (unsigned int)from, (unsigned int)to, &opt)) {
		for (size_t i = 0; i < c.nr_differs; i++)
			json_array_append_new(unlike, page_text(c.differs[i]));
		if (!compare_judge(&c))
			changes = changes_json(t, &c);
		compare_free(&c);
	} else {
		json_array_append_new(unlike, page_text(err_message()));
	}
	return json_pack("{s:o, s:o}", "unlike", unlike, "changes",
			 changes ? changes : json_array());
}

/* ----------------------------------------------------------------- chains */

/* A kernel's name without "@N", the number of its patches. */
static size_t stem_len(const char *name)
{
	const char *at = strrchr(name, '@');

	return at && at[1] && at[1 + strspn(at + 1, "0123456789")] == '\0' ?
	       (size_t)(at - name) : strlen(name);
}

static char *stem_of(const struct table_kernel *k)
{
	return strndup(k->given, stem_len(k->given));
}

/*
 * Kernels of one stem are a chain. A commit that has another name than all others is
 * in the chain of commits.
 */
static int find_chains(const struct table *t, struct groups *stems,
		       struct groups *chains)
{
	char *stem, *key;
	size_t i, group;
	bool lone;
	int e = 0;

	for (i = 0; i < t->nr_kernels && !e; i++) {
		stem = stem_of(&t->kernels[i]);
		e = stem ? groups_add(stems, stem) : no_memory();
		free(stem);
	}
	if (!e)
		e = groups_end(stems);
	for (i = 0; i < t->nr_kernels && !e; i++) {
		group = stems->of[i];
		lone = stems->first[group + 1] - stems->first[group] == 1 &&
		       record_string(t->kernels[i].record, "commit");
		if (asprintf(&key, "%zu", lone ? SIZE_MAX : group) < 0)
			key = NULL;
		e = key ? groups_add(chains, key) : no_memory();
		free(key);
	}
	return e ? e : groups_end(chains);
}

/* @nr kernels in @list, the first of which gives the chain its name. */
static json_t *chain_json(const struct table *t, const size_t *list, size_t nr,
			  bool commits)
{
	const struct table_kernel *k = &t->kernels[list[0]];
	size_t before = SIZE_MAX;
	json_t *kernels = json_array(), *steps = json_array();

	for (size_t i = 0; i < nr; i++) {
		if (table_is_control(&t->kernels[list[i]]))
			continue;
		json_array_append_new(kernels, json_integer(list[i]));
		if (before != SIZE_MAX)
			json_array_append_new(steps, step_json(t, before, list[i]));
		before = list[i];
	}
	return json_pack("{s:s%, s:o, s:o}",
			 "name", commits ? "commits" : k->given,
			 commits ? strlen("commits") : stem_len(k->given),
			 "kernels", kernels, "steps", steps);
}

json_t *page_history(const struct table *t)
{
	struct groups stems = { .nr = 0 }, chains = { .nr = 0 };
	json_t *list = json_array(), *chain;
	const size_t *of;
	size_t i, nr, stem;
	int e = find_chains(t, &stems, &chains);

	for (i = 0; i < chains.nr && !e; i++) {
		of = chains.list + chains.first[i];
		nr = chains.first[i + 1] - chains.first[i];
		if (table_is_control(&t->kernels[of[0]]))
			continue;
		/* A stem of its own, and no other name in it. */
		stem = stems.of[of[0]];
		chain = chain_json(t, of, nr, nr > stems.first[stem + 1] -
						   stems.first[stem]);
		if (json_array_size(json_object_get(chain, "steps")))
			json_array_append(list, chain);
		json_decref(chain);
	}
	groups_free(&stems);
	groups_free(&chains);
	if (!e)
		return list;
	json_decref(list);
	return NULL;
}
