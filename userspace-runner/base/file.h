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

/* Its first line, without the newline; "" and false when it cannot be read. */
bool read_first(const char *path, char *line, size_t room);

/* All of it, for free(); NULL with errno when it cannot be read. */
char *read_text(const char *path);

/* The same of an open file, from where it is. */
char *read_stream(FILE *in);

/*
 * A file that has no name, is gone when it is closed, and that other programs do
 * not inherit. NULL with err().
 */
FILE *scratch_file(void);

/* Each line to @take. What that returned; -1 with errno when it cannot be read. */
int read_lines(const char *path, line_fn take, void *arg);

/* The same of an open file, from where it is. */
int take_lines(FILE *in, line_fn take, void *arg);

/**
 * read_field - what stands behind a word, such as "MemAvailable" in meminfo
 * @key: what its line begins with; then come spaces and : or = before the value
 * @val: receives it without quotes, "" when there is no such line
 */
bool read_field(const char *path, const char *key, char *val, size_t room);

/* Write @text to @path, which is there. EX_FAIL with what the kernel said. */
int write_file(const char *path, const char *text);

/* write(), undisturbed by signals. -1 with errno. */
int write_all(int fd, const char *data, size_t len);

/**
 * replace_file - have @path hold @text, or what it held
 *
 * On return it is on the disk, and so is its name. What is no file, such as
 * /dev/null, is written to. 0 or EX_FAIL with err().
 */
int replace_file(const char *path, const char *text);

/* The same, in a folder that is made if need be. */
int install_file(const char *path, const char *text);

/* As replace_file(); "" and a file that is not there need nothing. */
int remove_file(const char *path);

/* Make all folders on the way to @path. 0 or EX_USE with err(). */
int make_parents(const char *path);

/* Have what was written to the file system that @path is on, be on the disk. */
int sync_system(const char *path);

#endif
