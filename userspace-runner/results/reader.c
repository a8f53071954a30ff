// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads and checks a results file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "results/reader.h"
#include "results/record.h"

#define FIRST_ROOM	(64UL << 10)
#define MOST_ROOM	(1UL << 30)	/* far above any run, below any harm */

static int slurp_fd(int fd, const char *path, char **text, size_t *len)
{
	size_t room = 0;
	ssize_t got;

	do {
		if (*len == room) {
			char *bigger;

			if (room == MOST_ROOM)
				return err(EX_USE, "%s is over 1 GiB: give a file that pcpubench wrote",
					   path);
			room = room ? 2 * room : FIRST_ROOM;
			bigger = realloc(*text, room);
			if (!bigger)
				return no_memory();
			*text = bigger;
		}
		got = read(fd, *text + *len, room - *len);
		if (got > 0)
			*len += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0)
		return err(EX_USE, "cannot read %s: %m: give a results file",
			   path);
	return 0;
}

static int slurp(const char *path, char **text, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int e;

	if (fd < 0)
		return err(EX_USE, "cannot open %s: %m: give a results file",
			   path);
	e = slurp_fd(fd, path, text, len);
	close(fd);
	if (e) {
		free(*text);
		*text = NULL;
	}
	return e;
}

static int add_line(struct results *r, const char *line, size_t len)
{
	size_t nr = json_array_size(r->records) + 1;
	json_error_t why;
	json_t *record;
	bool is_run;
	int e;

	record = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);
	if (!record)
		return err(EX_USE, "%s: line %zu is not JSON (column %d): give a file that pcpubench wrote",
			   r->path, nr, why.column);
	is_run = record_is(record, "run");
	if (nr == 1 && !is_run)
		e = err(EX_USE, "%s: the first record is not a 'run': give a file that pcpubench wrote",
			r->path);
	else if (nr > 1 && is_run)
		e = err(EX_USE, "%s: line %zu starts another run: give each run its own file",
			r->path, nr);
	else
		e = record_check(record, r->path, nr);
	if (!e && !record_make_safe(record))
		e = err(EX_USE, "%s: line %zu has a field whose name is no text: give a file that pcpubench wrote",
			r->path, nr);
	if (!e && json_array_append(r->records, record))
		e = no_memory();
	json_decref(record);
	return e;
}

static int add_lines(struct results *r, const char *text, size_t len)
{
	const char *end = text + len;
	const char *newline;

	while (text < end && (newline = memchr(text, '\n', end - text))) {
		int e = add_line(r, text, newline - text);

		if (e)
			return e;
		text = newline + 1;
	}
	/*
	 * Torn even if it parses: the writer writes a record and its newline at
	 * once, and cuts off such a tail before it appends.
	 */
	r->torn = text < end;
	return 0;
}

/* If the counts of `end` differ from the file's, lines were lost. */
static int check_end(struct results *r)
{
	struct record_counts n = { 0 };
	const json_t *record, *end = NULL;
	size_t i;

	json_array_foreach(r->records, i, record) {
		record_count(record, &n);
		end = record;
	}
	if (!record_is(end, "end"))
		return 0;
	r->ended = true;
	if (record_int(end, "boots") != n.boots ||
	    record_int(end, "failed") != n.failed ||
	    record_int(end, "cells") != n.cells ||
	    record_int(end, "invalid") != n.invalid)
		return err(EX_USE, "%s: its end counts other boots or cells than the file has, so lines were lost or changed: use the original file",
			   r->path);
	return 0;
}

int results_read(const char *path, struct results *r)
{
	char *text = NULL;
	size_t len = 0;
	int e;

	memset(r, 0, sizeof(*r));
	e = slurp(path, &text, &len);
	if (e)
		return e;
	r->path = strdup(path);
	r->records = json_array();
	if (!r->path || !r->records)
		e = no_memory();
	else if (!len)
		e = err(EX_USE, "%s is empty: give a results file", path);
	else
		e = add_lines(r, text, len);
	if (!e && !json_array_size(r->records))
		e = err(EX_USE, "%s has no complete line: it was cut off before its first record, measure again",
			path);
	if (!e)
		e = check_end(r);
	free(text);
	if (e)
		results_free(r);
	return e;
}

void results_free(struct results *r)
{
	free(r->path);
	json_decref(r->records);
	memset(r, 0, sizeof(*r));
}
