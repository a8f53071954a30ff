/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernels that a campaign makes of series: planned, built as packages by
 * kernel-patches/build-kernel, installed and removed by
 * kernel-patches/install-kernel.
 */
#ifndef PCPUBENCH_CAMPAIGN_MADE_H
#define PCPUBENCH_CAMPAIGN_MADE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "campaign/campaign.h"

/* make's last line of progress is in this file while a kernel is built. */
#define MADE_PROGRESS	"/run/" CAMPAIGN_NAME ".progress"

/**
 * made_signed - will this machine start a kernel of ours?
 * @root: put in front of /sys and /proc; "" except in tests
 *
 * EX_USE with err() if its firmware starts only signed ones, or FIPS mode halts others.
 */
int made_signed(const char *root);

/**
 * made_config - have copies of what the kernels are built from
 * @dir: folder for them, which exists
 * @config: a kernel's config, NULL: of the running kernel
 * @local: without the modules that are not loaded now
 *
 * Sets c->from.config and c->from.modules. EX_USE with err().
 */
int made_config(struct campaign *c, const char *dir, const char *config,
		bool local);

/**
 * made_plan - add a kernel to @c for each of the series
 * @series: names as for build-kernel, with blanks or commas in between
 * @to_build: receives how many of the kernels are not in the cache
 *
 * Applies every patch, so that what does not apply is known before anything is
 * built. Returns 0; EX_USE or EX_FAIL, the builder's errors without err().
 */
int made_plan(struct campaign *c, const char *series, size_t *to_build);

/* Is the package of @k in the cache? */
bool made_cached(const struct campaign_kernel *k);

/* How many kernels are still to be built: not those that are in the cache. */
size_t made_to_build(const struct campaign *c);

/* The path of install-kernel. */
void made_installer(char path[PATH_MAX]);

/* Run a program, and have its last line as the error. */
int made_must(const char *const *argv, char *out, size_t room);

/* Room for the kernels: a file system, and bytes there. */
struct made_room {
	char where[256];
	unsigned long long needed, has;
};

#define MADE_ROOMS	3

/**
 * made_rooms - the room in /boot, /usr and the cache, before anything is built
 * @root: as of made_signed(), for /boot and /usr
 *
 * In the cache: of the build tree. Where two of them are one file system, each needs
 * what both do. An exit code with err().
 */
int made_rooms(const struct campaign *c, const char *root,
	       struct made_room rooms[MADE_ROOMS]);

/**
 * made_fits - is there about as much room as the kernels will take?
 *
 * Of made_rooms(). EX_USE with err().
 */
int made_fits(const struct campaign *c, const char *root);

/* Is @release one of them? */
bool made_is(const struct campaign *c, const char *release);

/* Of struct campaign_machine. */
int made_build(void *ctx, struct campaign *c, size_t nr);
int made_install(void *ctx, const struct campaign *c, size_t nr);
int made_remove(void *ctx, const struct campaign *c, size_t nr);
int made_room(void *ctx, const struct campaign *c);

/**
 * made_differs - the settings that are not the same in two configs
 * @differs: receives "NAME is X, not Y", with commas in between, for free(); ""
 *	if all are
 *
 * Of those only that change the measured path: kernel-patches/config/recorded,
 * and the compiler. 0 or EX_FAIL with err().
 */
int made_differs(const char *config, const char *running, char **differs);

#endif
