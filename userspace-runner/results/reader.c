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
/* Far above any run and its records, below any harm. */
#define MOST_TEXT	(1UL << 30)
#define MOST_LINE	(64UL << 20)
/* Bytes of memory for each of a record. Ours take less than 20; "{}," would take 80. */
#define MOST_SPREAD	40
#define MOST_SMALL	(64UL << 10)	/* which any record may take */

/*
 * Of numbers in a row that are alike keep one: most samples are, and each number
 * would take five times the room that it has in the file.
 */
static void share_numbers(json_t *value)
{
	json_t *item, *before = NULL;
	const char *key;
	size_t i;

	json_object_foreach(value, key, item)
		if (json_is_object(item) || json_is_array(item))
			share_numbers(item);
	json_array_foreach(value, i, item) {
		if (json_is_object(item) || json_is_array(item))
			share_numbers(item);
		else if (before && json_is_integer(item) &&
			 json_equal(before, item))
			json_array_set(value, i, before);
		before = json_array_get(value, i);
	}
}

static int add_line(struct results *r, const char *line, size_t len)
{
	size_t nr = json_array_size(r->records) + 1;
	json_error_t why;
	json_t *record;
	bool is_run;
	int e;

	if (record_memory(line, len) > MOST_SPREAD * len + MOST_SMALL)
		return err(EX_USE, "%s: line %zu has more lists than values: give a file that pcpubench wrote",
			   r->path, nr);
	record = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);
	/* Without a reason it is want of memory. */
	if (!record && !why.text[0])
		return no_memory();
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
	share_numbers(record);
	if (!e && json_array_append(r->records, record))
		e = no_memory();
	json_decref(record);
	return e;
}

/* What was read and is not a whole line yet. */
struct text {
	char *buf;
	size_t len, room, all;
};

static int read_more(struct text *t, int fd, const char *path, ssize_t *got)
{
	char *bigger;

	if (t->len == t->room) {
		if (t->room >= MOST_LINE)
			return err(EX_USE, "%s has a line over 64 MiB: give a file that pcpubench wrote",
				   path);
		t->room = t->room ? 2 * t->room : FIRST_ROOM;
		bigger = realloc(t->buf, t->room);
		if (!bigger)
			return no_memory();
		t->buf = bigger;
	}
	do {
		*got = read(fd, t->buf + t->len, t->room - t->len);
	} while (*got < 0 && errno == EINTR);
	if (*got < 0)
		return err(EX_USE, "cannot read %s: %m: give a results file",
			   path);
	t->len += (size_t)*got;
	t->all += (size_t)*got;
	if (t->all > MOST_TEXT)
		return err(EX_USE, "%s is over 1 GiB: give a file that pcpubench wrote",
			   path);
	return 0;
}

/* Add the whole lines of @t, and leave the rest in it. */
static int add_lines(struct results *r, struct text *t)
{
	char *line = t->buf, *end = t->buf + t->len, *newline;
	int e = 0;

	while (!e && line < end && (newline = memchr(line, '\n', end - line))) {
		e = add_line(r, line, newline - line);
		line = newline + 1;
	}
	t->len = end - line;
	if (t->len && line > t->buf)
		memmove(t->buf, line, t->len);
	return e;
}

/* Text and records together would be twice the memory. */
static int read_fd(struct results *r, int fd)
{
	struct text t = { .buf = NULL };
	ssize_t got;
	int e;

	do {
		e = read_more(&t, fd, r->path, &got);
		if (!e && got)
			e = add_lines(r, &t);
	} while (!e && got);
	/*
	 * Torn even if it parses: the writer writes a record and its newline at
	 * once, and cuts off such a tail before it appends.
	 */
	r->torn = t.len;
	if (!e && !t.all)
		e = err(EX_USE, "%s is empty: give a results file", r->path);
	free(t.buf);
	return e;
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
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int e = 0;

	memset(r, 0, sizeof(*r));
	if (fd < 0)
		return err(EX_USE, "cannot open %s: %m: give a results file",
			   path);
	r->path = strdup(path);
	r->records = json_array();
	if (!r->path || !r->records)
		e = no_memory();
	if (!e)
		e = read_fd(r, fd);
	close(fd);
	if (!e && !json_array_size(r->records))
		e = err(EX_USE, "%s has no complete line: it was cut off before its first record, measure again",
			path);
	if (!e)
		e = check_end(r);
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
