/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of the machine a campaign runs on. */
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

#endif
