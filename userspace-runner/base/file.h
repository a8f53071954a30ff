/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files: read, written, and replaced. */
#ifndef PCPUBENCH_BASE_FILE_H
#define PCPUBENCH_BASE_FILE_H

#include <stdbool.h>
#include <stdio.h>

/* Takes one line without its newline, which it may change: 0, or an exit code. */
typedef int (*line_fn)(char *line, void *arg);

/* The text of @path, as much as fits into @room with a NUL. EX_FAIL. */
int read_file(const char *path, char *buf, size_t room);

/* The first line of @path without the newline; "" and false if unreadable. */
bool read_first(const char *path, char *line, size_t room);

/* All text of @path, for free(); NULL with errno if unreadable. */
char *read_text(const char *path);

/* The rest of an open file, as read_text(). */
char *read_stream(FILE *in);

/*
 * Make a file without a name, which is gone when closed and which other
 * programs do not inherit. NULL with err().
 */
FILE *scratch_file(void);

/*
 * Each line to @take, until it returns not 0. Returns that, or -1 with errno.
 */
int read_lines(const char *path, line_fn take, void *arg);

/* The rest of an open file, as read_lines(). */
int take_lines(FILE *in, line_fn take, void *arg);

/**
 * read_field - the value after a key, such as "MemAvailable" in meminfo
 * @key: the line begins with it; then come spaces and : or = before the value
 * @val: receives the value without quotes, "" when there is no such line
 */
bool read_field(const char *path, const char *key, char *val, size_t room);

/* Write @text to the existing file @path. EX_FAIL with the kernel's error. */
int write_file(const char *path, const char *text);

/* write() all, also after signals. -1 with errno. */
int write_all(int fd, const char *data, size_t len);

/**
 * replace_file - replace the content of @path by @text, whole or not at all
 *
 * On return the file and its name are on the disk. Its mode stays, and its owner where
 * that is permitted; a link is replaced by a file. Two writers come in turn. If @path
 * is not a plain file, such as /dev/null, @text is written to it. 0 or EX_FAIL with
 * err().
 */
int replace_file(const char *path, const char *text);

/* As replace_file(), and make its folders if need be. */
int install_file(const char *path, const char *text);

/* Remove a file, its name synced. Does nothing for "" or a missing file. */
int remove_file(const char *path);

/* Make all folders on the way to @path. 0 or EX_USE with err(). */
int make_parents(const char *path);

/* Sync the file system of @path. */
int sync_system(const char *path);

#endif
