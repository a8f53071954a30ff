/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others published for the same loop, kept in results/published/. */
#ifndef PCPUBENCH_PUBLISHED_H
#define PCPUBENCH_PUBLISHED_H

#include <stddef.h>

/* The one bench that was published. */
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

/* Frees what published_read() put there; harmless on a zeroed @p. */
void published_free(struct published *p);

/* The published figure for a kernel's name, or NULL. */
const struct published_row *published_find(const struct published *p,
					   const char *topology,
					   const char *kernel, long long size);

#endif
