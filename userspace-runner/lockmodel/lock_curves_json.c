// SPDX-License-Identifier: GPL-2.0-or-later
/* Computed contention as JSON. */
#include "base/output.h"
#include "lockmodel/lock_curves.h"

static json_t *locks_json(const double val[LOCK_MODEL_LOCKS])
{
	json_t *locks = json_object();

	for (unsigned int which = 0; which < LOCK_MODEL_LOCKS; which++)
		json_object_set_new(locks, lock_name[which],
				    json_number(val[which]));
	return locks;
}

static json_t *steps_json(const struct lock_curve *k)
{
	json_t *steps = json_array();

	for (size_t i = 0; i < k->nr_steps; i++)
		json_array_append_new(steps, json_pack("[i, f]",
			(int)k->steps[i].held, k->steps[i].insns));
	return steps;
}

static json_t *points_json(const struct lock_curves *c,
			   const struct lock_curve *k)
{
	json_t *points = json_array();

	for (size_t i = 0; i < c->choice.nr; i++) {
		const struct lock_point *p = &k->points[i];

		json_array_append_new(points, json_pack(
			"{s:i, s:f, s:f, s:o, s:o, s:f, s:o}",
			"threads", (int)c->choice.threads[i],
			"relative", p->relative, "rate", p->model.rate,
			"waits", locks_json(p->model.waits),
			"busy", locks_json(p->model.busy),
			"fairness", p->model.fairness,
			"measured", json_number(p->measured)));
	}
	return points;
}

json_t *lock_curves_json(const struct lock_curves *c)
{
	const struct table *t = c->table;
	const struct lock_curve *base = lock_curves_base(c, c->curves), *k;
	json_t *curves = json_array();

	for (k = c->curves; k < c->curves + c->nr; k++)
		json_array_append_new(curves, json_pack(
			"{s:s, s:s, s:s, s:I, s:s, s:f, s:o, s:f, s:o, s:s, s:i, s:o}",
			"kernel", t->kernels[k->cell->kernel].name,
			"topology", t->topologies.name[k->cell->topology],
			"bench", t->benches.name[k->cell->bench],
			"param", (json_int_t)k->cell->param,
			"arm", c->choice.on ? "on" : "off",
			"insns", k->insns, "held", locks_json(k->held),
			"free", k->free, "steps", steps_json(k),
			"busiest", lock_name[k->busiest],
			"most_at", (int)k->most_at,
			"points", points_json(c, k)));
	return json_pack("{s:b, s:f, s:s, s:o}", "model", 1,
			 "transfer", c->choice.transfer,
			 "base", t->kernels[base->cell->kernel].name,
			 "curves", curves);
}
