// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints a replay: a table for each topology and bench, and what differs. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/groups.h"
#include "base/memory.h"
#include "base/text.h"
#include "bundle/replay_doc.h"
#include "doc/doc.h"
#include "doc/figures.h"
#include "results/cell.h"
#include "results/cell_name.h"

#define MOST_SYMBOLS	8
#define MOST_NAMES	4

/* off, and on - off; @ok: false of a cell that is not valid */
struct value {
	bool ok;
	double off, cost;
};

static struct value value_of(const json_t *cell)
{
	char reason[CELL_REASON_LEN];
	struct value v = { 0 };
	double on;

	if (!cell || cell_measure(cell, &v.off, &on, reason))
		return v;
	v.ok = true;
	v.cost = on - v.off;
	return v;
}

/* ------------------------------------------------------------------ the cells */

static bool same_block(const struct replay_cell *a, const struct replay_cell *b)
{
	const json_t *x = replay_cell_record(a), *y = replay_cell_record(b);
	char x_name[CELL_NAME_LEN], y_name[CELL_NAME_LEN];

	return same_text(record_string(x, "topology"),
			 record_string(y, "topology")) &&
	       same_text(record_string(x, "instrument"),
			 record_string(y, "instrument")) &&
	       !strcmp(cell_name(x, x_name), cell_name(y, y_name));
}

static void put_value(struct doc *d, struct value v)
{
	char off[FIGURE_LEN], cost[FIGURE_LEN];

	if (!v.ok) {
		doc_cell(d, "invalid");
		doc_cell(d, "-");
		return;
	}
	doc_cell(d, "%s", figure_exact(off, v.off, false));
	doc_cell(d, "%s", figure_exact(cost, v.cost, true));
}

/* What is other here; "-" where the figure is the same, but not a sample. */
static void put_change(struct doc *d, double then, double now)
{
	char text[FIGURE_LEN];

	doc_cell(d, "%s", then == now ? "-" :
		 figure_exact(text, now - then, true));
}

static void put_cell(struct doc *d, const struct replay_cell *c)
{
	struct value then = value_of(c->then), now = value_of(c->now);
	const json_t *cell = replay_cell_record(c);
	long long param = record_int(cell, "param");

	if (param)
		doc_row(d, "%s, %lld B", record_string(cell, "kernel"), param);
	else
		doc_row(d, "%s", record_string(cell, "kernel"));
	if (c->then) {
		put_value(d, then);
	} else {
		doc_cell(d, "-");
		doc_cell(d, "-");
	}
	doc_cell(d, "%s", replay_state_name[c->state]);
	if (c->state != REPLAY_DIFFERS || !then.ok || !now.ok) {
		doc_cell(d, "%s", c->state == REPLAY_DIFFERS && then.ok ?
			 "invalid" : "-");
		doc_cell(d, "-");
		return;
	}
	put_change(d, then.off, now.off);
	put_change(d, then.cost, now.cost);
}

static void put_blocks(struct doc *d, const struct replay *r)
{
	const struct replay_cell *c, *first, *end = r->cells + r->nr_cells;
	char name[CELL_NAME_LEN];
	const json_t *cell;

	for (first = r->cells; first < end; first++) {
		for (c = r->cells; c < first && !same_block(c, first); c++)
			;
		if (c < first)
			continue;
		cell = replay_cell_record(first);
		doc_put(d, DOC_HEADING, "%s, %s, %s: recorded, and the change here",
			record_string(cell, "topology"), cell_name(cell, name),
			record_string(cell, "instrument"));
		doc_row(d, "cell");
		doc_cell(d, "off");
		doc_cell(d, "on-off");
		doc_cell(d, "here");
		doc_cell(d, "off");
		doc_cell(d, "on-off");
		for (c = first; c < end; c++)
			if (same_block(c, first))
				put_cell(d, c);
		doc_table(d);
	}
}

static void put_sum(struct doc *d, const struct replay *r)
{
	static const char *const words[NR_REPLAY_STATES] = {
		[REPLAY_SAME] = "the same",
		[REPLAY_COUNTS] = "with the same counts and another field",
		[REPLAY_DIFFERS] = "with other counts",
		[REPLAY_MISSING] = "missing",
		[REPLAY_UNRECORDED] = "measured here and not recorded",
	};
	const char *between = ":";

	doc_begin(d, DOC_TEXT);
	doc_print(d, "%zu %s", r->nr_cells, r->nr_cells == 1 ? "cell" : "cells");
	for (int i = 0; i < NR_REPLAY_STATES; i++) {
		if (!r->count[i])
			continue;
		doc_print(d, "%s %zu %s", between, r->count[i], words[i]);
		between = ",";
	}
	doc_end(d);
}

/* The first of each kind of difference: most cells differ in the same way. */
static void put_differences(struct doc *d, const struct replay *r)
{
	bool told[NR_REPLAY_STATES] = { false };

	for (size_t i = 0; i < r->nr_cells; i++) {
		const struct replay_cell *c = &r->cells[i];

		if (!c->what[0] || told[c->state])
			continue;
		told[c->state] = true;
		doc_put(d, DOC_ITEM, "the first cell with %s: %s %s, %s",
			c->state == REPLAY_COUNTS ?
			"the same counts and another field" : "other counts",
			record_string(c->then, "kernel"),
			record_string(c->then, "topology"), c->what);
	}
}

/* ------------------------------------------------------------- what it is of */

static void put_json(struct doc *d, const json_t *value)
{
	const char *text = json_string_value(value);
	size_t len = text ? strlen(text) : 0;

	if (json_is_integer(value))
		doc_print(d, "%lld", (long long)json_integer_value(value));
	else if (len >= 40 && strspn(text, "0123456789abcdef") == len)
		doc_print(d, "%.12s", text);
	else
		doc_print(d, "%s", text && *text ? text : "none");
}

static void put_names(struct doc *d, const json_t *names)
{
	const json_t *name;
	size_t i;

	json_array_foreach(names, i, name) {
		if (i == MOST_NAMES) {
			doc_print(d, " and %zu more", json_array_size(names) - i);
			break;
		}
		doc_print(d, "%s%s", i ? ", " : "", json_string_value(name));
	}
}

static void put_symbols(struct doc *d, const json_t *symbols)
{
	const json_t *symbol;
	size_t i;

	json_array_foreach(symbols, i, symbol) {
		if (i == MOST_SYMBOLS) {
			doc_print(d, "; and %zu more",
				  json_array_size(symbols) - i);
			break;
		}
		doc_print(d, "%s%s ", i ? "; " : ": ",
			  record_string(symbol, "symbol"));
		put_json(d, json_object_get(symbol, "then"));
		doc_print(d, " there, ");
		put_json(d, json_object_get(symbol, "now"));
		doc_print(d, " here");
	}
}

static bool is_same(const json_t *fact)
{
	return json_is_true(json_object_get(fact, "same"));
}

/* The values that are the same, of all kernels or boots, each once, in one item. */
static void put_same(struct doc *d, const json_t *facts, size_t first)
{
	const json_t *fact = json_array_get(facts, first);
	const char *what = record_string(fact, "what"), *between = ", ";
	size_t i;

	for (i = 0; i < first; i++)
		if (is_same(json_array_get(facts, i)) &&
		    same_text(record_string(json_array_get(facts, i), "what"),
			      what))
			return;
	doc_begin(d, DOC_ITEM);
	doc_print(d, "%s: the same", what);
	for (; i < json_array_size(facts); i++) {
		fact = json_array_get(facts, i);
		if (!is_same(fact) ||
		    !same_text(record_string(fact, "what"), what) ||
		    json_is_null(json_object_get(fact, "then")))
			continue;
		doc_print(d, "%s", between);
		put_json(d, json_object_get(fact, "then"));
	}
	doc_end(d);
}

static void put_other(struct doc *d, const json_t *fact)
{
	doc_begin(d, DOC_ITEM);
	doc_print(d, "%s: ", record_string(fact, "what"));
	put_json(d, json_object_get(fact, "then"));
	doc_print(d, " there, ");
	put_json(d, json_object_get(fact, "now"));
	doc_print(d, " here (");
	put_names(d, json_object_get(fact, "of"));
	doc_print(d, ")");
	put_symbols(d, json_object_get(fact, "symbols"));
	doc_end(d);
}

static void put_facts(struct doc *d, const json_t *facts)
{
	const json_t *fact;
	size_t i;

	doc_put(d, DOC_TITLE, "there and here");
	json_array_foreach(facts, i, fact)
		if (is_same(fact))
			put_same(d, facts, i);
		else
			put_other(d, fact);
}

static void put_machine(struct doc *d, const char *which, const json_t *run)
{
	doc_put(d, DOC_ITEM, "%s: %s, %lld CPUs, Linux %s, %s, %s", which,
		text_known(record_string(run, "host.cpu")),
		record_int(run, "host.cpus"),
		text_known(record_string(run, "host.kernel")),
		text_known(record_string(run, "host.os")),
		text_known(record_string(run, "started")));
}

static int group_guests(struct groups *g, const struct replay *r)
{
	char *key;
	int ret = 0;

	for (size_t i = 0; i < r->again.nr && !ret; i++) {
		const struct again *a = &r->again.list[i];

		if (asprintf(&key, "%s\t%s\t%s\t%s",
			     record_string(a->then->record, "kernel"),
			     record_string(a->then->record, "topology"),
			     record_string(a->then->record, "instrument"),
			     a->why) < 0)
			return no_memory();
		ret = groups_add(g, key);
		free(key);
	}
	return ret ? ret : groups_end(g);
}

/* Boots that are left out for one reason are one line. */
static void put_left_out(struct doc *d, const struct replay *r)
{
	struct groups g = { .nr = 0 };
	size_t i, k, boots;

	d->failed |= group_guests(&g, r) != 0;
	for (i = 0; i < g.nr && !d->failed; i++) {
		const struct again *a = &r->again.list[g.list[g.first[i]]];

		if (!a->why[0])
			continue;
		boots = 0;
		for (k = g.first[i]; k < g.first[i + 1]; k++)
			boots += r->again.list[g.list[k]].boots;
		doc_put(d, DOC_ITEM, "not measured again: %s %s, %s, %zu %s: %s",
			record_string(a->then->record, "kernel"),
			record_string(a->then->record, "topology"),
			record_string(a->then->record, "instrument"), boots,
			boots == 1 ? "boot" : "boots", a->why);
	}
	groups_free(&g);
}

static void put_origin(struct doc *d, const struct replay *r)
{
	const json_t *then = json_array_get(r->bundle.then.file.records, 0);
	const json_t *now = json_array_get(r->now.file.records, 0);

	doc_put(d, DOC_TEXT, "run %s, %s", record_string(then, "id"),
		r->bundle.signer);
	put_machine(d, "recorded on", then);
	if (now)
		put_machine(d, "here", now);
	put_left_out(d, r);
}

int replay_text(FILE *out, const struct replay *r)
{
	struct doc d = { .out = out };
	json_t *facts = replay_facts(r);

	if (!facts)
		return EX_FAIL;
	put_origin(&d, r);
	if (json_array_size(facts))
		put_facts(&d, facts);
	if (r->nr_cells)
		put_blocks(&d, r);
	if (r->nr_cells)
		put_sum(&d, r);
	put_differences(&d, r);
	json_decref(facts);
	return d.failed ? no_memory() : 0;
}

int replay_plan_text(FILE *out, const struct replay *r)
{
	struct doc d = { .out = out };
	const char *name;
	json_t *member;
	size_t i;

	put_origin(&d, r);
	doc_put(&d, DOC_TITLE, "files, of kernels those that are built");
	json_object_foreach(json_object_get(r->bundle.manifest, "members"),
			    name, member)
		doc_put(&d, DOC_ITEM, "%s, %lld B", name,
			record_int(member, "size"));
	doc_put(&d, DOC_TITLE, "to be measured again");
	for (i = 0; i < r->again.nr; i++)
		if (!r->again.list[i].why[0])
			doc_put(&d, DOC_ITEM, "%s %s, %s, %s, %zu cells",
				record_string(r->again.list[i].then->record, "kernel"),
				r->again.list[i].spec.topo.name,
				instruments[r->again.list[i].spec.plan.instrument].name,
				r->again.list[i].spec.plan.bench,
				json_array_size(r->again.list[i].then->cells));
	return d.failed ? no_memory() : 0;
}

/* ------------------------------------------------------------------------ JSON */

static json_t *value_json(const json_t *cell)
{
	struct value v = value_of(cell);

	return v.ok ? json_pack("{s:f, s:f}", "off", v.off, "cost", v.cost) :
	       json_null();
}

static json_t *cells_json(const struct replay *r)
{
	json_t *cells = json_array();
	char name[CELL_NAME_LEN];

	for (size_t i = 0; i < r->nr_cells; i++) {
		const struct replay_cell *c = &r->cells[i];
		const json_t *cell = replay_cell_record(c);

		json_array_append_new(cells, json_pack(
			"{s:s, s:s, s:s, s:s, s:I, s:s, s:o, s:o, s:s}",
			"kernel", record_string(cell, "kernel"),
			"topology", record_string(cell, "topology"),
			"instrument", record_string(cell, "instrument"),
			"bench", cell_name(cell, name),
			"param", (json_int_t)record_int(cell, "param"),
			"state", replay_state_name[c->state],
			"then", value_json(c->then), "now", value_json(c->now),
			"difference", c->what));
	}
	return cells;
}

static json_t *left_out_json(const struct replay *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->again.nr; i++) {
		const struct again *a = &r->again.list[i];

		if (a->why[0])
			json_array_append_new(list, json_pack(
				"{s:s, s:s, s:s, s:I, s:s}",
				"kernel", record_string(a->then->record, "kernel"),
				"topology", record_string(a->then->record,
							  "topology"),
				"instrument", record_string(a->then->record,
							    "instrument"),
				"boots", (json_int_t)a->boots, "why", a->why));
	}
	return list;
}

json_t *replay_json(const struct replay *r)
{
	const json_t *then = json_array_get(r->bundle.then.file.records, 0);
	const json_t *now = json_array_get(r->now.file.records, 0);
	json_t *facts = replay_facts(r);

	return facts ? json_pack("{s:s, s:O, s:O?, s:o, s:o, s:o}",
				 "signer", r->bundle.signer,
				 "then", json_object_get(then, "host"),
				 "now", json_object_get(now, "host"),
				 "facts", facts, "cells", cells_json(r),
				 "left_out", left_out_json(r)) : NULL;
}
