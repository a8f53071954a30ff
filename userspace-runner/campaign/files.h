/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and programs of the machine a campaign runs on. */
#ifndef PCPUBENCH_CAMPAIGN_FILES_H
#define PCPUBENCH_CAMPAIGN_FILES_H

#include <stddef.h>

/**
 * file_replace - have @path hold @text, or what it held
 *
 * On return it is on the disk, and so is its name. Makes the directory it is in.
 * 0 or EX_FAIL with err().
 */
int file_replace(const char *path, const char *text);

/* Make all folders on the way to @path. 0 or EX_FAIL with err(). */
int file_make_parents(const char *path);

/* As file_replace(); "" and a file that is not there need nothing. */
int file_remove(const char *path);

/* The text of a file, for free(); NULL when it cannot be read. */
char *file_read(const char *path);

/* Have what was written to the file system that @path is on, be on the disk. */
int file_sync_system(const char *path);

/**
 * program_run - run a program and wait for it
 * @argv: NULL-terminated, found by $PATH
 * @out: receives up to @room bytes of standard output and error, or NULL: then
 *	these are the caller's own
 * @deadline_s: after so many seconds it is killed with all it has started, 0:
 *	never
 *
 * Its exit code, 127 when it is not there, -1 when a signal or the deadline
 * ended it, both with err() that names it.
 */
int program_run(char *const argv[], char *out, size_t room,
		unsigned int deadline_s);

/* program_run() of something that has to end in 0, else EX_FAIL with err(). */
int program_must(char *const argv[]);

#endif
