// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads published figures. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/paths.h"
#include "results/published.h"

#define MAX_COLUMNS	5

/* A file of rows: its head, and the function that reads a row. */
struct source {
	const char *name, *heading;
	size_t columns;
	int (*add)(struct published *p, char *line, char **field);
};

/* Parse all of @text as a number. */
static bool parse_size(const char *text, long long *size)
{
	char *end;

	errno = 0;
	*size = strtoll(text, &end, 10);
	return !errno && !*end && *size > 0;
}

static bool parse_pct(const char *text, double *pct)
{
	char *end;

	*pct = strtod(text, &end);
	return !*end && isfinite(*pct);
}

static int add_row(struct published *p, char *line, char **field)
{
	struct published_row row = {
		.line = line, .topology = field[0], .machine = field[1],
		.kernel = field[2],
	};

	if (!parse_size(field[3], &row.size) ||
	    !parse_pct(field[4], &row.cost_pct))
		return EX_USE;
	if (array_room(&p->rows, p->nr_rows, sizeof(row)))
		return EX_FAIL;
	p->rows[p->nr_rows++] = row;
	return 0;
}

static int add_map(struct published *p, char *line, char **field)
{
	struct published_map map = {
		.line = line, .topology = field[0], .machine = field[1],
	};

	if (!parse_size(field[2], &map.size) ||
	    !parse_pct(field[3], &map.delta_pct))
		return EX_USE;
	if (array_room(&p->maps, p->nr_maps, sizeof(map)))
		return EX_FAIL;
	p->maps[p->nr_maps++] = map;
	return 0;
}

static const struct source sources[] = {
	{ "acct-cost.tsv", "topology\tmachine\tkernel\tsize\tacct_cost_pct", 5,
	  add_row },
	{ "bpf-map.tsv", "topology\tmachine\tsize\tdelta_pct", 4, add_map },
};

/* Split @line in place. */
static bool split(char *line, char **field, size_t columns)
{
	size_t i;

	for (i = 0; i < columns; i++) {
		field[i] = strsep(&line, "\t");
		if (!field[i] || !*field[i])
			return false;
	}
	return !line;
}

static int add_line(struct published *p, const struct source *s,
		    const char *line, bool *headed)
{
	char *copy, *field[MAX_COLUMNS];
	int e;

	if (*line == '#')
		return 0;
	if (!*headed) {
		*headed = true;
		return strcmp(line, s->heading) ? EX_USE : 0;
	}
	copy = strdup(line);
	if (!copy)
		return no_memory();
	e = split(copy, field, s->columns) ? s->add(p, copy, field) : EX_USE;
	if (e)
		free(copy);
	return e;
}

static int read_lines(struct published *p, const struct source *s, FILE *in,
		      const char *path)
{
	bool headed = false;
	char *line = NULL;
	size_t room = 0, nr;
	ssize_t len;
	int e = 0;

	for (nr = 1; !e && (len = getline(&line, &room, in)) > 0; nr++) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		e = add_line(p, s, line, &headed);
		if (e == EX_USE)
			err(EX_USE, "%s: line %zu is not the table it was: take the file from the source tree again",
			    path, nr);
	}
	if (!e && ferror(in))
		e = err(EX_USE, "cannot read %s: %m: take the file from the source tree again",
			path);
	free(line);
	return e;
}

static int read_source(struct published *p, const struct source *s)
{
	char path[PATH_MAX];
	FILE *in;
	int e;

	snprintf(path, sizeof(path), "%s/results/published/%s", path_data(),
		 s->name);
	in = fopen(path, "re");
	if (!in)
		return err(EX_USE, "cannot open %s: %m: set PCPUBENCH_DATADIR to the source tree of pcpubench",
			   path);
	e = read_lines(p, s, in, path);
	fclose(in);
	return e;
}

int published_read(struct published *p)
{
	size_t i;
	int e = 0;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < sizeof(sources) / sizeof(sources[0]) && !e; i++)
		e = read_source(p, &sources[i]);
	if (e)
		published_free(p);
	return e;
}

void published_free(struct published *p)
{
	size_t i;

	for (i = 0; i < p->nr_rows; i++)
		free(p->rows[i].line);
	free(p->rows);
	for (i = 0; i < p->nr_maps; i++)
		free(p->maps[i].line);
	free(p->maps);
	memset(p, 0, sizeof(*p));
}

const struct published_row *published_find(const struct published *p,
					   const char *topology,
					   const char *kernel, long long size)
{
	static const char posted[] = "posted-";
	const struct published_row *row;

	if (!strncmp(kernel, posted, strlen(posted)))
		kernel += strlen(posted);
	for (row = p->rows; row < p->rows + p->nr_rows; row++)
		if (row->size == size && !strcmp(row->topology, topology) &&
		    !strcmp(row->kernel, kernel))
			return row;
	return NULL;
}

const struct published_map *published_map_find(const struct published *p,
					       const char *topology,
					       long long size)
{
	const struct published_map *map;

	for (map = p->maps; map < p->maps + p->nr_maps; map++)
		if (map->size == size && !strcmp(map->topology, topology))
			return map;
	return NULL;
}
