// SPDX-License-Identifier: GPL-2.0-or-later
/* Depths: how many levels below the root the memory cgroup that pays lies. */
#include "base/err.h"
#include "plan/depth.h"
#include "plan/grid.h"

int depth_parse(const char *text, int *set)
{
	struct grid_list list = { NULL, 0 };
	int ret = grid_list_parse("depth", text, 1, DEPTH_MAX, &list);

	*set = 0;
	for (size_t i = 0; i < list.nr && !ret; i++) {
		if (*set & 1 << list.vals[i])
			ret = err(EX_USE, "depth %u is given twice: name each depth once",
				  list.vals[i]);
		*set |= 1 << list.vals[i];
	}
	grid_list_free(&list);
	return ret;
}

unsigned int depth_next(int set, unsigned int from)
{
	for (; from <= DEPTH_MAX; from++)
		if (set & 1 << from)
			return from;
	return 0;
}

void depth_print(FILE *out, int set)
{
	const char *comma = "";

	for (unsigned int d = 0; (d = depth_next(set, d + 1)); comma = ",")
		fprintf(out, "%s%u", comma, d);
}
