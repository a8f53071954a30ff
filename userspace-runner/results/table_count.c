// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts the boots of a table. */
#include <stdlib.h>

#include "base/err.h"
#include "base/memory.h"
#include "results/table_count.h"

static int order_places(const struct table_boot *a, const struct table_boot *b)
{
	int diff = table_order(a->topology, b->topology);

	return diff ? diff : table_order(a->instrument, b->instrument);
}

static int order_kernels(const struct table_boot *a, const struct table_boot *b)
{
	int diff = order_places(a, b);

	return diff ? diff : table_order(a->kernel, b->kernel);
}

struct order {
	const struct table_boot *boots;
	int (*fn)(const struct table_boot *a, const struct table_boot *b);
};

/* Those alike stay as they are in the file. */
static int compare(const void *x, const void *y, void *arg)
{
	const size_t *a = x, *b = y;
	const struct order *o = arg;
	int diff = o->fn(&o->boots[*a], &o->boots[*b]);

	return diff ? diff : (*a > *b) - (*a < *b);
}

static void count_boot(struct table_tally *tally, const struct table *t,
		       const struct table_boot *b)
{
	struct table_count *count = &tally->count;

	tally->nr++;
	count->ok += b->status == BOOT_OK && b == t->boots + b->first;
	count->taken += b->status == BOOT_OK && b->taken;
	count->repeats += b->status == BOOT_OK;
	count->failed += b->status == BOOT_FAILED;
	count->unfinished += b->status == BOOT_UNFINISHED;
}

int table_count_boots(struct table *t)
{
	struct order by_place = { t->boots, order_places };
	struct order by_kernel = { t->boots, order_kernels };
	const struct table_boot *b, *before = NULL;
	size_t i;

	t->places = calloc(t->nr_boots + 1, sizeof(*t->places));
	t->of_kernels = calloc(t->nr_boots + 1, sizeof(*t->of_kernels));
	if (!t->places || !t->of_kernels)
		return no_memory();
	for (i = 0; i < t->nr_boots; i++)
		t->places[i] = t->of_kernels[i] = i;
	qsort_r(t->places, t->nr_boots, sizeof(*t->places), compare, &by_place);
	qsort_r(t->of_kernels, t->nr_boots, sizeof(*t->of_kernels), compare,
		&by_kernel);
	/* From the last on, so that each list is in the boots' order. */
	for (i = 0; i < t->nr_kernels; i++)
		t->kernels[i].first_boot = INDEX_NONE;
	for (i = t->nr_boots; i--;) {
		t->boots[i].next = t->kernels[t->boots[i].kernel].first_boot;
		t->kernels[t->boots[i].kernel].first_boot = i;
	}
	for (i = 0; i < t->nr_boots; i++, before = b) {
		b = &t->boots[t->of_kernels[i]];
		if (!before || order_kernels(before, b)) {
			if (array_room(&t->tallies, t->nr_tallies,
				       sizeof(*t->tallies)))
				return EX_FAIL;
			t->tallies[t->nr_tallies++] = (struct table_tally){
				.topology = b->topology,
				.instrument = b->instrument,
				.kernel = b->kernel,
				.boots = &t->of_kernels[i],
			};
		}
		count_boot(&t->tallies[t->nr_tallies - 1], t, b);
	}
	return 0;
}
