// SPDX-License-Identifier: GPL-2.0-or-later
/* Fits as JSON, with the curves that pictures draw. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/output.h"
#include "fit/json.h"

#define CURVE_STEPS	12	/* points from one power of two to the next */
#define JUMP		0.005	/* relative, from one CPU to the next */

static const char *const verdicts[] = {
	[FIT_HOLDS] = "holds", [FIT_ROUGH] = "rough", [FIT_FAILS] = "fails",
};

static json_t *json_model(const struct fit_model *m, const struct fit *f)
{
	char fit[FIT_AT_LEN], held[FIT_AT_LEN];
	json_t *terms = json_array();

	for (size_t j = 0; j < m->lsq.nr_terms; j++) {
		const struct model_term *t = &model_terms[m->terms[j]];

		json_array_append_new(terms, json_pack("{s:s, s:s, s:f, s:o}",
			"name", t->name, "what", t->what,
			"coef", m->lsq.coef[j], "half_interval",
			json_number(m->lsq.half[j])));
	}
	return json_pack("{s:o, s:f, s:s, s:f, s:s, s:i}", "terms", terms,
			 "fit_worst", m->fit_worst,
			 "fit_worst_at", fit_at(&f->points[m->fit_worst_at], fit),
			 "held_worst", m->held_worst,
			 "held_worst_at", fit_at(&f->points[m->held_worst_at], held),
			 "held_within_1pct", (int)m->held_within);
}

static double predict(const struct fit *f, unsigned int cpus,
		      unsigned int nodes)
{
	struct model_at at = {
		.topo = topology_of(cpus, nodes, 0, 0), .size = f->param,
		.above = f->points[0].at.above,
		.in_mm = f->points[0].at.in_mm,
	};

	return fit_predict(&f->model, &at);
}

/* Range of a picture: up to the largest CPUs and nodes that were measured. */
struct range {
	unsigned int least_cpus, most_cpus, most_nodes;
};

static struct range range_of(const struct fit *f, unsigned int nodes)
{
	struct range r = { .least_cpus = -1U };

	for (size_t i = 0; i < f->nr_points; i++) {
		const struct topology *topo = &f->points[i].at.topo;

		if (nodes && topology_all_nodes(topo) != nodes)
			continue;
		if (topo->cpus < r.least_cpus)
			r.least_cpus = topo->cpus;
		if (topo->cpus > r.most_cpus)
			r.most_cpus = topo->cpus;
		if (topo->nodes > r.most_nodes)
			r.most_nodes = topo->nodes;
	}
	return r;
}

/*
 * [CPUs, cost] on one node: even steps, and both ends of each jump, so that
 * lines do not smooth it.
 */
static json_t *by_cpus(const struct fit *f)
{
	struct range r = range_of(f, 1);
	json_t *list = json_array();
	double here, next, due = 0;
	bool jumped = false, jumps;
	unsigned int cpus;

	for (cpus = r.least_cpus; cpus <= r.most_cpus; cpus++) {
		here = predict(f, cpus, 1);
		next = cpus < r.most_cpus ? predict(f, cpus + 1, 1) : here;
		jumps = fit_error(next, here) > JUMP;
		if (cpus >= due || jumps || jumped || cpus == r.most_cpus) {
			json_array_append_new(list, json_pack("[if]",
				(int)cpus, here));
			due = cpus * exp2(1.0 / CURVE_STEPS);
		}
		jumped = jumps;
	}
	return list;
}

/* [CPUs, nodes, cost] for powers of two of both, and the measured CPUs. */
static json_t *by_nodes(const struct fit *f)
{
	struct range r = range_of(f, 0);
	json_t *list = json_array();
	unsigned int cpus, nodes;
	size_t i;

	for (cpus = 1; cpus <= r.most_cpus; cpus *= 2)
		for (nodes = 1; cpus >= r.least_cpus && nodes <= cpus &&
		     nodes <= r.most_nodes; nodes *= 2)
			json_array_append_new(list, json_pack("[iif]",
				(int)cpus, (int)nodes,
				predict(f, cpus, nodes)));
	/* Points are in the order of their CPUs. */
	for (i = 0; i < f->nr_points; i++) {
		cpus = f->points[i].at.topo.cpus;
		if (i && cpus == f->points[i - 1].at.topo.cpus)
			continue;
		for (nodes = 1; nodes <= 16 && nodes <= r.most_nodes &&
		     nodes <= cpus; nodes++)
			json_array_append_new(list, json_pack("[iif]",
				(int)cpus, (int)nodes,
				predict(f, cpus, nodes)));
	}
	return list;
}

static json_t *json_fit(const struct fit *f, const struct table *t)
{
	const struct table_kernel *k = &t->kernels[f->kernel];
	json_t *points = json_array();
	char worst[FIT_AT_LEN];

	for (const struct fit_point *p = f->points;
	     p < f->points + f->nr_points; p++)
		json_array_append_new(points, json_pack(
			"{s:s, s:i, s:i, s:i, s:i, s:i, s:f, s:f, s:f, s:b}",
			"topology", p->at.topo.name, "cpus", (int)p->at.topo.cpus,
			"nodes", (int)p->at.topo.nodes,
			"empty_nodes", (int)p->at.topo.empty_nodes,
			"mem_nodes", (int)p->at.topo.mem_nodes,
			"depth", (int)p->at.above + 1,
			"cost", p->cost, "off", p->off,
			 "predicted", p->predicted,
			"held_out", p->held_out));
	return json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:f, s:s, s:o, s:o, s:o, s:o, s:o}",
			 "kernel", k->name,
			 "bench", f->name,
			 "instrument", t->instruments.name[f->instrument],
			 "param", (json_int_t)f->param, "unit", f->unit,
			 "release", k->release ? k->release : "",
			 "config", k->config_sha256 ? k->config_sha256 : "",
			 "subject", k->subject,
			 "per", bench_op(f->name),
			 "nr_held_out", (int)f->nr_held,
			 "verdict", verdicts[f->verdict],
			 "worst", f->worst,
			 "worst_at", fit_at(&f->points[f->worst_at], worst),
			 "model", json_model(&f->model, f),
			 "plain", json_model(&f->plain, f),
			 "points", points, "by_cpus", by_cpus(f),
			 "by_nodes", by_nodes(f));
}

json_t *fit_json(const struct fit_set *set, const struct table *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < set->nr; i++)
		json_array_append_new(list, json_fit(&set->fits[i], t));
	return list;
}
