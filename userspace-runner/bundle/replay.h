/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measures what a bundle has once more, and judges it cell by cell. */
#ifndef PCPUBENCH_BUNDLE_REPLAY_H
#define PCPUBENCH_BUNDLE_REPLAY_H

#include "bundle/again.h"
#include "kernel/kernel.h"
#include "results/differ.h"

/* A kernel of the bundle; @built: an array of one, NULL if it does not build. */
struct replay_kernel {
	const char *name;
	const json_t *then;	/* its record in the bundle */
	struct kernel *built;
	size_t nr_built;
};

enum replay_state {
	REPLAY_SAME,		/* every field of the record */
	REPLAY_COUNTS,		/* every count, but not another field */
	REPLAY_DIFFERS,
	REPLAY_MISSING,		/* the boot failed, or did not measure it */
	REPLAY_UNRECORDED,	/* measured here; the bundle's boot does not have it */
	NR_REPLAY_STATES
};

/*
 * A cell that was to be measured again.
 * @then, @now: its records, of the bundle and of this machine; one may be NULL
 * @what: the first difference, as boots_differ() tells it, or ""
 */
struct replay_cell {
	const struct again *of;
	const json_t *then, *now;
	enum replay_state state;
	char what[DIFFER_LEN];
};

/* What says which cell it is. */
static inline const json_t *replay_cell_record(const struct replay_cell *c)
{
	return c->then ? c->then : c->now;
}

/*
 * @again: what the bundle's boots were; for each
 * @kernel_of: its kernel, NULL if the bundle has none of that name
 * @now_cmdline: the command line that it has here
 * @output: path of the results file, NULL: nothing was measured
 */
struct replay {
	struct bundle bundle;
	struct again_set again;
	struct replay_kernel *kernels, **kernel_of;
	size_t nr_kernels;
	char *output;
	struct boots now;
	char (*now_cmdline)[VM_CMDLINE];
	struct replay_cell *cells;
	size_t nr_cells;
	size_t count[NR_REPLAY_STATES];
};

/* Open the bundle at @path and find what is to be measured. */
int replay_open(struct replay *r, const char *path);

/* How many patches the bundle's kernels have: code of who made the bundle. */
size_t replay_patches(const struct replay *r);

/**
 * replay_measure - build the kernels, boot, and judge
 * @output: the results file to make, NULL for a new one
 * @jobs: guests at once, 0 for one a core
 *
 * A kernel that does not build and a boot that fails are no errors: they are in
 * @r. 0, or an exit code when nothing could be tried or recorded.
 */
int replay_measure(struct replay *r, const char *output, unsigned int jobs,
		   int argc, char **argv);

/* Judge the cells of @r->now, for replay_measure(). 0 or EX_FAIL. */
int replay_judge(struct replay *r);

/**
 * replay_verdict - is what was recorded what is measured here?
 *
 * 0; EX_FAIL when a cell is not; EX_INVALID when nothing was measured, or not all
 * that should have been, or when the bundle lacks cells of its own boots.
 */
int replay_verdict(const struct replay *r);

/* 0 or EX_FAIL with err(): the bundle's folder could not be removed. */
int replay_free(struct replay *r);

/* "same", "differs" and so on. */
extern const char *const replay_state_name[NR_REPLAY_STATES];

/* ------------------------------------------------------ what it was made of */

/**
 * replay_facts - compare source, compiler, config, image, QEMU, topology
 *
 * An array of {`what`, `then`, `now`, `same`, `of`: names}; of a config that
 * differs also `symbols`: an array of {`symbol`, `then`, `now`}. NULL with err()
 * when memory ran out.
 */
json_t *replay_facts(const struct replay *r);

#endif
