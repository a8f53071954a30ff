// SPDX-License-Identifier: GPL-2.0-or-later
/* Timed cells with every sample, as JSON. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "results/cell.h"
#include "results/record.h"
#include "results/repeats.h"
#include "results/times.h"
#include "stats/stats.h"

/* Add to @all one quantity: the boots' values, their median and interval. */
static int put_quantity(json_t *all, const char *name,
			const struct table_cell *c, value_fn of)
{
	double median, low, high, *x = calloc(c->nr_values, sizeof(*x));
	json_t *values = json_array();
	int ret = x ? 0 : no_memory();

	for (size_t i = 0; i < c->nr_values && !ret; i++) {
		x[i] = of(&c->values[i]);
		json_array_append_new(values, json_real(x[i]));
	}
	if (!ret)
		ret = median_interval_of(x, c->nr_values, TIMES_LEVEL, &low,
					 &high);
	median = ret ? 0 : median_of(x, c->nr_values);
	free(x);
	if (ret) {
		json_decref(values);
		return ret;
	}
	return json_object_set_new(all, name, json_pack(
			"{s:o, s:f, s:o, s:o}", "values", values,
			"median", median,
			"low", isfinite(low) ? json_real(low) : json_null(),
			"high", isfinite(high) ? json_real(high) :
						 json_null())) ?
	       no_memory() : 0;
}

/* Append the clean samples of @arm to @list, and count the others. */
static int add_samples(json_t *list, const json_t *record, const char *arm,
		       json_int_t *disturbed)
{
	const json_t *ticks = record_at(record_at(record_at(record, "arms"),
						  arm), "ticks");
	size_t i, nr, all = json_array_size(ticks);
	double *values = calloc(all, sizeof(*values));
	int ret = values ? cell_samples(record, arm, values, &nr) : no_memory();

	for (i = 0; !ret && i < nr; i++)
		json_array_append_new(list, json_real(values[i]));
	if (!ret)
		*disturbed += all - nr;
	free(values);
	return ret;
}

/* All samples of one boot: @value's and those of its repeats. */
static int boot_json(const struct table *t, const struct table_cell *c,
		     const struct table_value *value, json_t **to)
{
	json_t *off = json_array(), *on = json_array();
	size_t first = t->boots[value->boot].first, i;
	json_int_t disturbed = 0;
	const json_t *record;
	int ret = 0;

	for (i = 0; i < c->nr_each && !ret; i++) {
		if (t->boots[c->each[i].boot].first != first)
			continue;
		record = c->each[i].record;
		ret = add_samples(off, record, "off", &disturbed);
		if (!ret)
			ret = add_samples(on, record, "on", &disturbed);
	}
	*to = json_pack("{s:o, s:o, s:I}", "off", off, "on", on,
			"disturbed", disturbed);
	return ret;
}

static const char *known(const char *text)
{
	return text ? text : "";
}

static int cell_json(const struct table *t, const struct table_cell *c,
		     json_t *list)
{
	const struct table_kernel *k = &t->kernels[c->kernel];
	const struct table_boot *b = &t->boots[c->values[0].boot];
	json_t *boots = json_array(), *boot, *all;
	int ret = 0;

	all = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:o}",
			"kernel", k->name, "release", known(k->release),
			"host", known(t->runs[b->run].host_cpu),
			"topology", t->topologies.name[c->topology],
			"instrument", t->instruments.name[c->instrument],
			"bench", t->benches.name[c->bench],
			"param", (json_int_t)c->param, "unit", c->unit,
			"per", bench_op(t->benches.name[c->bench]),
			"boots", boots);
	json_array_append_new(list, all);
	for (size_t i = 0; i < c->nr_values && !ret; i++) {
		ret = boot_json(t, c, &c->values[i], &boot);
		json_array_append_new(boots, boot);
	}
	if (!ret)
		ret = put_quantity(all, "off", c, value_off);
	if (!ret)
		ret = put_quantity(all, "on", c, value_on);
	if (!ret)
		ret = put_quantity(all, "cost", c, value_cost);
	return ret;
}

int times_json(const struct table *t, json_t **list)
{
	const struct table_cell *c;
	int ret = 0;

	*list = json_array();
	for (c = t->cells; c < t->cells + t->nr_cells && !ret; c++)
		if (c->valid &&
		    !table_instrument(t, c->instrument)->exact)
			ret = cell_json(t, c, *list);
	if (ret)
		json_decref(*list);
	return ret;
}
