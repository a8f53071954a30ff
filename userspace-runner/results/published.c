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

#define HEADING	"topology\tmachine\tkernel\tsize\tacct_cost_pct"
#define COLUMNS	5

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

/* Split @line in place. */
static bool split(char *line, char **field)
{
	size_t i;

	for (i = 0; i < COLUMNS; i++) {
		field[i] = strsep(&line, "\t");
		if (!field[i] || !*field[i])
			return false;
	}
	return !line;
}

static int add_line(struct published *p, const char *line, bool *headed)
{
	char *copy, *field[COLUMNS];
	int e;

	if (*line == '#')
		return 0;
	if (!*headed) {
		*headed = true;
		return strcmp(line, HEADING) ? EX_USE : 0;
	}
	copy = strdup(line);
	if (!copy)
		return no_memory();
	e = split(copy, field) ? add_row(p, copy, field) : EX_USE;
	if (e)
		free(copy);
	return e;
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

const struct published_row *published_machine(const struct published *p,
					      const struct published_row *row)
{
	const struct published_row *next = row ? row + 1 : p->rows;

	/* The rows of a machine stand together. */
	while (next < p->rows + p->nr_rows && row &&
	       !strcmp(next->machine, row->machine))
		next++;
	return next < p->rows + p->nr_rows ? next : NULL;
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
