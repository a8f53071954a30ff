// SPDX-License-Identifier: GPL-2.0-or-later
/* The model of time, and the constants of published machines. */
#include <math.h>
#include <string.h>

#include "results/line_model.h"

/*
 * The cell was chosen before any other was looked at: of the middle size, and of
 * the design with fewer operations on hot lines. tests/unit/test_line_model.c
 * computes k from it again.
 */
static const struct line_machine machines[] = {
	{ "176c1n", 28, "posted-a", 1024 },
	{ "80c2n", 71, "posted-a", 1024 },
};

const struct line_machine *line_machine_find(const char *topology)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (!strcmp(machines[i].topology, topology))
			return &machines[i];
	return NULL;
}

bool line_model_has(const struct table_cell *c)
{
	return c && c->valid && !isnan(c->cleared.on);
}

double line_model_pct(const struct table_cell *c, double k)
{
	double off = c->off + k * c->cleared.off;
	double on = c->on + k * c->cleared.on;

	return 100 * (on - off) / off;
}

double line_model_k(const struct table_cell *c, double pct)
{
	double p = pct / 100;
	double k = (c->cost - p * c->off) /
		   (p * c->cleared.off - (c->cleared.on - c->cleared.off));

	return k >= 0 && isfinite(k) ? k : NAN;
}
