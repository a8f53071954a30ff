/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folder that a bundle is packed from, or unpacked to. */
#ifndef PCPUBENCH_BUNDLE_FOLDER_H
#define PCPUBENCH_BUNDLE_FOLDER_H

#define FOLDER_LEN	64

/* @path: "" where there is none; @fd: keeps it locked, for as long as we live */
struct own_folder {
	char path[FOLDER_LEN];
	int fd;
};

/**
 * folder_make - make an empty folder that only this user reads
 *
 * Removes those of processes that were killed. 0 or EX_FAIL with err(); in any
 * case call folder_remove().
 */
int folder_make(struct own_folder *folder);

/* Remove it, with all that is in it. 0 or EX_FAIL with err(). */
int folder_remove(struct own_folder *folder);

#endif
