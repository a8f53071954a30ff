// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "paths.h"
#include "published.h"
#include "results/memory.h"

#define COLUMNS	5

static const char heading[] = "topology\tmachine\tkernel\tsize\tacct_cost_pct";

/* Takes @line apart in place; it belongs to the row from then on. */
static bool parse_row(char *line, struct published_row *row)
{
	char *field[COLUMNS], *end;
	size_t i;

	for (i = 0; i < COLUMNS; i++) {
		field[i] = strsep(&line, "\t");
		if (!field[i] || !*field[i])
			return false;
	}
	if (line)
		return false;
	row->line = field[0];
	row->topology = field[0];
	row->machine = field[1];
	row->kernel = field[2];
	errno = 0;
	row->size = strtoll(field[3], &end, 10);
	if (errno || *end || row->size <= 0)
		return false;
	row->cost_pct = strtod(field[4], &end);
	return !*end && isfinite(row->cost_pct);
}

static int add_line(struct published *p, const char *line, bool *headed)
{
	struct published_row row;
	char *copy;

	if (*line == '#')
		return 0;
	if (!*headed) {
		*headed = true;
		return strcmp(line, heading) ? EX_USE : 0;
	}
	if (array_room(&p->rows, p->nr_rows, sizeof(row)))
		return EX_FAIL;
	copy = strdup(line);
	if (!copy)
		return no_memory();
	if (!parse_row(copy, &row)) {
		free(copy);
		return EX_USE;
	}
	p->rows[p->nr_rows++] = row;
	return 0;
}

static int read_lines(struct published *p, FILE *in, const char *path)
{
	bool headed = false;
	char *line = NULL;
	size_t room = 0, nr;
	ssize_t len;
	int e = 0;

	for (nr = 1; !e && (len = getline(&line, &room, in)) > 0; nr++) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		e = add_line(p, line, &headed);
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

int published_read(struct published *p)
{
	char path[PATH_MAX];
	FILE *in;
	int e;

	memset(p, 0, sizeof(*p));
	snprintf(path, sizeof(path), "%s/results/published/acct-cost.tsv",
		 path_data());
	in = fopen(path, "re");
	if (!in)
		return err(EX_USE, "cannot open %s: %m: set PCPUBENCH_DATADIR to the source tree of pcpubench",
			   path);
	e = read_lines(p, in, path);
	fclose(in);
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
	memset(p, 0, sizeof(*p));
}

const struct published_row *published_find(const struct published *p,
					   const char *topology,
					   const char *kernel, long long size)
{
	const struct published_row *row;

	for (row = p->rows; row < p->rows + p->nr_rows; row++)
		if (row->size == size && !strcmp(row->topology, topology) &&
		    !strcmp(row->kernel, kernel))
			return row;
	return NULL;
}
