/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures that others published for the same loops, in results/published/. */
#ifndef PCPUBENCH_RESULTS_PUBLISHED_H
#define PCPUBENCH_RESULTS_PUBLISHED_H

#include <stddef.h>

/* The bench whose ACCT COST was published. */
#define PUBLISHED_BENCH	"percpu-alloc"

struct published_row {
	char *line;		/* owns the texts */
	const char *topology;
	const char *machine;
	const char *kernel;
	long long size;		/* bytes */
	double cost_pct;	/* 100 * (on - off) / off */
};

struct published {
	struct published_row *rows;
	size_t nr_rows;
};

/**
 * published_read - read results/published/acct-cost.tsv below path_data()
 *
 * Returns 0, EX_USE or EX_FAIL with err(); then @p holds nothing.
 */
int published_read(struct published *p);

/* Free what published_read() read; @p may be zeroed. */
void published_free(struct published *p);

/* The row after @row that is of another machine, or NULL; of NULL the first one. */
const struct published_row *published_machine(const struct published *p,
					      const struct published_row *row);

/*
 * The published figure of a kernel, or NULL. It is of "baseline" and of the posted
 * patches, "posted-v1" to "posted-c": this project's v1 to d are other code.
 */
const struct published_row *published_find(const struct published *p,
					   const char *topology,
					   const char *kernel, long long size);

#endif
