/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of changes to this machine that must always be undone. Each change
 * is written down before it is made, so that a killed process leaves a list for
 * the next one. The list is in /run, which a reboot clears, like the changes.
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
 * undo_begin - lock the list @name, and undo what is left in it
 * @dir: NULL for UNDO_DIR
 * @keep: undo nothing now; another process will do it later
 *
 * Returns 0 with the lock held; EX_FAIL with err() when another process has it,
 * or a change cannot be undone. Prints on stderr what is undone.
 */
int undo_begin(struct undo *u, const char *dir, const char *name, bool keep);

/* Call these before the change; on EX_FAIL do not make it. */
int undo_rmmod(struct undo *u, const char *module);

/* Remove @path, and "PATH.N" of each number N, if they are there. */
int undo_rmdir(struct undo *u, const char *path);

/* To undo, write @text to @path. */
int undo_write(struct undo *u, const char *path, const char *text);

/**
 * undo_all - undo all changes, the newest first, and clear the list
 *
 * A change that cannot be undone stays on the list; the others are undone.
 * EX_FAIL with the first failure.
 */
int undo_all(struct undo *u);

/* Unlock the list; the rest of it is kept. */
void undo_end(struct undo *u);

#endif
