// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes a results file, record by record. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "results/writer.h"

int results_dump_line(const json_t *record, char **line, size_t *len)
{
	const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(15);
	size_t size = json_dumpb(record, NULL, 0, flags);

	/* 0 also when the record is not an object or not valid UTF-8. */
	*line = size ? malloc(size + 1) : NULL;
	if (!*line || json_dumpb(record, *line, size, flags) != size) {
		free(*line);
		*line = NULL;
		return err(EX_FAIL, "a record cannot be written as JSON: out of memory, or a bug to report");
	}
	(*line)[size] = '\n';
	*len = size + 1;
	return 0;
}

static int open_writer(struct results_writer *w, const char *path, int flags)
{
	memset(w, 0, sizeof(*w));
	w->path = strdup(path);
	if (!w->path) {
		w->fd = -1;
		return no_memory();
	}
	w->fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC | flags, 0666);
	if (w->fd < 0 && errno == EEXIST)
		return err(EX_USE, "%s exists already: choose another name or remove it",
			   path);
	if (w->fd < 0)
		return err(EX_USE, "cannot open %s: %m: choose another place",
			   path);
	/*
	 * The first writer could truncate a second one's records. On a file
	 * system without locks, go on without.
	 */
	if (flock(w->fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return err(EX_USE, "%s is being written by another process: wait for it",
			   path);
	return 0;
}

static void give_up(struct results_writer *w)
{
	if (w->fd >= 0)
		close(w->fd);
	free(w->path);
	memset(w, 0, sizeof(*w));
	w->fd = -1;
}

int results_create(struct results_writer *w, const char *path)
{
	int e = make_parents(path);

	if (e) {
		memset(w, 0, sizeof(*w));
		w->fd = -1;
		return e;
	}
	e = open_writer(w, path, O_CREAT | O_EXCL);
	if (e)
		give_up(w);
	return e;
}

/* Sets w->whole to the end of the last newline of the file. */
static int find_whole(struct results_writer *w)
{
	off_t end = lseek(w->fd, 0, SEEK_END);
	char block[4096];

	if (end < 0)
		return -1;
	while (end) {
		size_t want = end % (off_t)sizeof(block);
		const char *newline;
		ssize_t got;

		want = want ? want : sizeof(block);
		end -= (off_t)want;
		got = pread(w->fd, block, want, end);
		if (got != (ssize_t)want)
			return -1;
		newline = memrchr(block, '\n', want);
		if (newline) {
			w->whole = end + (newline - block) + 1;
			return 0;
		}
	}
	w->whole = 0;
	return 0;
}

int results_append(struct results_writer *w, const char *path)
{
	int e = open_writer(w, path, 0);

	if (!e && (find_whole(w) || ftruncate(w->fd, w->whole)))
		e = err(EX_FAIL, "cannot continue %s: %m: start a new run",
			path);
	if (e)
		give_up(w);
	return e;
}

int results_write(struct results_writer *w, const json_t *record)
{
	char *line;
	size_t len = 0;
	int e;

	if (w->torn)
		return err(EX_FAIL, "%s ends in an incomplete line: start a new run",
			   w->path);
	e = results_dump_line(record, &line, &len);
	if (e)
		return e;
	if (!write_all(w->fd, line, len)) {
		w->whole += (off_t)len;
	} else {
		e = err(EX_FAIL, "cannot write to %s: %m: its whole records are kept, make room and run again",
			w->path);
		w->torn = ftruncate(w->fd, w->whole) != 0;
	}
	free(line);
	return e;
}

int results_sync(struct results_writer *w)
{
	/* A pipe cannot be synced. */
	if (fdatasync(w->fd) && errno != EINVAL && errno != EROFS)
		return err(EX_FAIL, "cannot sync %s: %m: check its disk and run again",
			   w->path);
	return 0;
}

int results_keep(struct results_writer *w, size_t lines)
{
	char block[65536], *p, *newline;
	off_t pos = 0, end = 0;
	ssize_t got = 1;

	while (lines && got > 0) {
		got = pread(w->fd, block, sizeof(block), pos);
		for (p = block; lines && got > 0; p = newline + 1, lines--) {
			newline = memchr(p, '\n', block + got - p);
			if (!newline)
				break;
			end = pos + (newline - block) + 1;
		}
		pos += got;
	}
	if (lines || ftruncate(w->fd, end))
		return err(EX_FAIL, "cannot continue %s: %m: start a new run",
			   w->path);
	w->whole = end;
	return 0;
}

int results_close(struct results_writer *w)
{
	int e = 0;

	if (close(w->fd))
		e = err(EX_FAIL, "%s may be incomplete: %m: check its disk and run again",
			w->path);
	w->fd = -1;
	give_up(w);
	return e;
}
