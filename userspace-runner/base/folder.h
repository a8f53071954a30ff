/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Temporary folders of this process, of which none outlives the next one's. */
#ifndef PCPUBENCH_BASE_FOLDER_H
#define PCPUBENCH_BASE_FOLDER_H

#define FOLDER_LEN	64

/* @path: "" where there is none; @fd: keeps it locked, for as long as we live */
struct own_folder {
	char path[FOLDER_LEN];
	int fd;
};

/**
 * folder_make - make an empty folder /tmp/pcpubench-NAME.* that only this user reads
 * @name: what it is for, at most 20 characters
 *
 * Removes those of processes that were killed. 0 or EX_FAIL with err(); in any
 * case call folder_remove().
 */
int folder_make(struct own_folder *folder, const char *name);

/* Remove it, with all that is in it. 0 or EX_FAIL with err(). */
int folder_remove(struct own_folder *folder);

#endif
