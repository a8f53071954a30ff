/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes that something takes: a cgroup, a process, a page, an object. */
#ifndef PCPUBENCH_RESULTS_CELL_BYTES_H
#define PCPUBENCH_RESULTS_CELL_BYTES_H

#include <jansson.h>

/*
 * @what: the object of a `cell` record that tells it, such as "footprint", or the
 *	part of it that earlier files had; NULL if it has none. Only the same mean the
 *	same.
 * @per: what takes them, such as "cgroup"
 * @bytes: all of its parts; NaN if there are none
 */
struct cell_bytes {
	const char *what;
	const char *per;
	double bytes;
};

/* Of a checked `cell` record. Of those that it has, the one that tells most. */
struct cell_bytes cell_bytes(const json_t *record);

/* The name of part @i of @of, a cell_bytes.what, NULL past the last. */
const char *cell_bytes_part(const char *of, size_t i);

/* The bytes of part @i of cell_bytes(@record); NaN if it has none. */
double cell_bytes_of_part(const json_t *record, size_t i);

#endif
