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

/* Create and destroy a BPF percpu map, the full series against baseline. */
struct published_map {
	char *line;		/* owns the texts */
	const char *topology;
	const char *machine;
	long long size;		/* bytes of a value */
	double delta_pct;	/* 100 * (series - baseline) / baseline */
};

struct published {
	struct published_row *rows;
	size_t nr_rows;
	struct published_map *maps;
	size_t nr_maps;
};

/**
 * published_read - read acct-cost.tsv and bpf-map.tsv in results/published/
 *	below path_data()
 *
 * Returns 0, EX_USE or EX_FAIL with err(); then @p holds nothing.
 */
int published_read(struct published *p);

/* Free what published_read() read; @p may be zeroed. */
void published_free(struct published *p);

/*
 * The published figure for a kernel's name, or NULL. It is of the posted patches:
 * posted-NAME are these, and NAME is this project's design of the same.
 */
const struct published_row *published_find(const struct published *p,
					   const char *topology,
					   const char *kernel, long long size);

/* The published figure for a map, or NULL. */
const struct published_map *published_map_find(const struct published *p,
					       const char *topology,
					       long long size);

#endif
