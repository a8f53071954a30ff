// SPDX-License-Identifier: GPL-2.0-or-later
/* The result of `bisect` as text and JSON. */
#include <jansson.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/output.h"
#include "doc/doc.h"
#include "doc/figures.h"
#include "report/bisect_doc.h"
#include "results/record.h"

static const char *instrument(const struct bisect *b)
{
	return instruments[b->opt.plan.instrument].name;
}

/* The quantities that are told: bytes only if they were asked for. */
static enum quantity end(const struct bisect *b)
{
	return b->quantity == QUANTITY_BYTES ? NR_QUANTITIES : NR_SAMPLED;
}

static void put_step(struct doc *d, const struct bisect *b, const char *what,
		     size_t step)
{
	const struct table_cell *cell = &b->at[step].cell;
	char text[FIGURE_LEN];

	doc_row(d, "%-7s %s", what, b->steps[step].kernel);
	for (enum quantity q = 0; q < end(b); q++)
		doc_cell(d, "%s", figure_exact(text, compare_quantity(cell, q),
					       q == QUANTITY_COST));
	doc_cell(d, "%s", figure_exact(text, compare_exact(
			&b->at[b->from].cell, cell, b->quantity), true));
}

/* The ends of the range, and the two steps found. */
static void put_steps(struct doc *d, const struct bisect *b)
{
	doc_row(d, "%s", "");
	for (enum quantity q = 0; q < end(b); q++)
		doc_cell(d, "%s", quantity_name(q));
	doc_cell(d, "against GOOD");
	put_step(d, b, "GOOD", b->from);
	put_step(d, b, "before", b->good);
	put_step(d, b, "after", b->bad);
	put_step(d, b, "BAD", b->to);
	doc_table(d);
}

int bisect_text(FILE *out, const struct bisect *b)
{
	struct doc d = { .out = out };
	char allowed[FIGURE_LEN];
	size_t i;

	figure_exact(allowed, b->allowed, false);
	if (b->good + 1 == b->bad)
		doc_put(&d, DOC_HEADING, "first bad, %zu of %zu:",
			b->bad - b->from, b->to - b->from);
	else
		doc_put(&d, DOC_HEADING, "first bad, one of these %zu:",
			b->bad - b->good);
	for (i = b->good + 1; i <= b->bad; i++) {
		doc_put(&d, DOC_ITEM, "%s %s", b->steps[i].kernel,
			b->steps[i].subject);
		if (i < b->bad)
			doc_put(&d, DOC_ITEM, "  skipped: %s", b->at[i].why);
	}
	doc_put(&d, DOC_HEADING, "%s, %s, %s, %u B: %s per %s; %s may be %s more",
		b->topo.name, b->opt.plan.bench, instrument(b),
		b->opt.plan.sizes[0],
		instruments[b->opt.plan.instrument].words,
		bench_op(b->opt.plan.bench), quantity_name(b->quantity), allowed);
	put_steps(&d, b);
	doc_put(&d, DOC_HEADING, "%u of %zu kernels were tried",
		b->tested, b->to - b->from + 1);
	doc_put(&d, DOC_HEADING, "results: %s", b->path);
	return d.failed ? no_memory() : 0;
}

static json_t *step_json(const struct bisect *b, size_t step)
{
	const struct bisect_step *at = &b->at[step];
	json_t *o = json_pack("{s:i, s:s, s:s, s:s}", "step", (int)step,
			      "kernel", b->steps[step].kernel,
			      "subject", b->steps[step].subject,
			      "id", b->steps[step].id);

	if (at->why[0]) {
		json_object_set_new(o, "skipped", json_string(at->why));
		return o;
	}
	for (enum quantity q = 0; q < end(b); q++)
		json_object_set_new(o, quantity_name(q), json_real(
			compare_quantity(&at->cell, q)));
	return o;
}

int bisect_json(FILE *out, const struct bisect *b)
{
	json_t *suspects = json_array();

	for (size_t i = b->good + 1; i <= b->bad; i++)
		json_array_append_new(suspects, step_json(b, i));
	return output_json(out, json_pack(
		      "{s:s, s:s, s:s, s:i, s:s, s:s, s:f, s:b, s:i, s:o, s:o, s:o, s:o, s:o}",
		      "topology", b->topo.name, "bench", b->opt.plan.bench,
		      "instrument", instrument(b),
		      "param", (int)b->opt.plan.sizes[0],
		      "quantity", quantity_name(b->quantity),
		      "results", b->path, "allowed", b->allowed,
		      "found", b->good + 1 == b->bad,
		      "tried", (int)b->tested, "suspects", suspects,
		      "before", step_json(b, b->good),
		      "after", step_json(b, b->bad),
		      "good", step_json(b, b->from),
		      "bad", step_json(b, b->to)));
}
