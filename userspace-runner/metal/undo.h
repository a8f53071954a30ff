/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has to be put back on this machine, whatever happens: each change is
 * written down before it is made, so that a process that was killed leaves a list
 * for the next one. The list is in /run, which goes with the boot as the changes
 * do.
 */
#ifndef PCPUBENCH_METAL_UNDO_H
#define PCPUBENCH_METAL_UNDO_H

#include <jansson.h>
#include <stdbool.h>

#define UNDO_DIR	"/run/pcpubench"

struct undo {
	char dir[192], path[256];
	json_t *list;
	int lock;		/* held while this process changes things */
};

/**
 * undo_begin - take the list @name, put back what somebody left in it
 * @dir: NULL for UNDO_DIR
 * @keep: leave what is there, for undo_end() by another process later
 *
 * Returns 0 with the lock held; EX_FAIL when another process has it, or when
 * what was left cannot be put back, with err(). What is put back is told on
 * stderr.
 */
int undo_begin(struct undo *u, const char *dir, const char *name, bool keep);

/* Before the deed. EX_FAIL, and the deed had better not be done. */
int undo_rmmod(struct undo *u, const char *module);
int undo_rmdir(struct undo *u, const char *path);

/* @text is to be written to @path again. */
int undo_write(struct undo *u, const char *path, const char *text);

/**
 * undo_all - put everything back, the newest first, and forget it
 *
 * What fails stays on the list; the others are put back all the same. EX_FAIL
 * with the first thing that failed.
 */
int undo_all(struct undo *u);

/* Let go of the list; what is still on it stays written down. */
void undo_end(struct undo *u);

#endif
