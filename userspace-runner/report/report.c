// SPDX-License-Identifier: GPL-2.0-or-later
/* Code common to all formats of the report. */
#include <string.h>

#include "report/report.h"

const struct published_row *report_published(const struct report *r,
					     const struct table_block *block,
					     unsigned int kernel,
					     long long param)
{
	const struct table *t = r->table;

	if (!r->published || block->bench == TABLE_NO_BENCH ||
	    strcmp(t->benches.name[block->bench], PUBLISHED_BENCH))
		return NULL;
	return published_find(r->published,
			      t->topologies.name[block->topology],
			      t->kernels[kernel].name, param);
}
