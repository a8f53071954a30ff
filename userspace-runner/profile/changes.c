// SPDX-License-Identifier: GPL-2.0-or-later
/* The functions of two profiles side by side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/changes.h"

static int compare(const void *x, const void *y)
{
	const struct profile_change *a = x, *b = y;
	double da = fabs(a->new - a->old), db = fabs(b->new - b->old);

	if (da != db)
		return da > db ? -1 : 1;
	if (fabs(a->off) != fabs(b->off))
		return fabs(a->off) > fabs(b->off) ? -1 : 1;
	return strcmp(a->function, b->function);
}

static struct profile_change *find(struct profile_change *list, size_t *nr,
				   const char *name)
{
	size_t i;

	for (i = 0; i < *nr && strcmp(list[i].function, name); i++)
		;
	if (i == *nr)
		list[(*nr)++] = (struct profile_change){ .function = name };
	return &list[i];
}

int profile_changes(const struct profile *a, const struct profile *b,
		    struct profile_change **list, size_t *nr)
{
	struct profile_row *ra = NULL, *rb = NULL;
	struct profile_change *c;
	size_t i, nr_a = 0, nr_b = 0;
	int ret = profile_rows(a, &ra, &nr_a);

	*list = NULL;
	*nr = 0;
	if (!ret)
		ret = profile_rows(b, &rb, &nr_b);
	if (!ret) {
		*list = calloc(nr_a + nr_b + 1, sizeof(**list));
		ret = *list ? 0 : no_memory();
	}
	for (i = 0; !ret && i < nr_a; i++) {
		c = find(*list, nr, ra[i].function);
		c->off -= ra[i].off;
		c->old += ra[i].cost;
	}
	for (i = 0; !ret && i < nr_b; i++) {
		c = find(*list, nr, rb[i].function);
		c->off += rb[i].off;
		c->new += rb[i].cost;
	}
	if (!ret)
		qsort(*list, *nr, sizeof(**list), compare);
	free(ra);
	free(rb);
	return ret;
}
