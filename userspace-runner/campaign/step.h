/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One step of a campaign: from a boot to the next reboot. All effects on the
 * machine are behind functions, so that a test can cut the power between any
 * two of them.
 */
#ifndef PCPUBENCH_CAMPAIGN_STEP_H
#define PCPUBENCH_CAMPAIGN_STEP_H

#include "campaign/campaign.h"

/* Results of a step that did not fail. */
enum step_result {
	STEP_REBOOTS,	/* the machine is going down */
	STEP_OVER,	/* the machine is back home and cleaned up */
};

/* All return 0, or EX_* with err(). */
struct campaign_machine {
	/* This boot's ID and command line. */
	int (*boot_id)(void *ctx, char id[BOOT_ID_LEN]);
	int (*cmdline)(void *ctx, char *cmdline, size_t room);
	int (*release)(void *ctx, char *release, size_t room);
	/* Put the state on the disk. */
	int (*save)(void *ctx, const struct campaign *c);
	/*
	 * Make the next boot @release, once: with @args and WAY_ARGS or, if
	 * @args is NULL, as it always boots.
	 */
	int (*arm)(void *ctx, const struct campaign *c, const char *release,
		   const char *args);
	/* Undo arm(), where it was done. */
	int (*disarm)(void *ctx, const struct campaign *c);
	/* Reboot; @armed: to arm()'s kernel, else by default. */
	int (*reboot)(void *ctx, const struct campaign *c, bool armed);
	/* Is there a complete measurement of boot @number? */
	bool (*measured)(void *ctx, const struct campaign *c, size_t number);
	/*
	 * Build the package of kernel @nr, with its folder; install all of it, or
	 * what of it is missing; remove whatever of it is installed. Each may be
	 * called again after it was interrupted.
	 */
	int (*build)(void *ctx, struct campaign *c, size_t nr);
	int (*install)(void *ctx, const struct campaign *c, size_t nr);
	int (*remove)(void *ctx, const struct campaign *c, size_t nr);
	/* Is there room for all that is built and not installed? EX_FAIL. */
	int (*room)(void *ctx, const struct campaign *c);
	/* Wait until nothing else runs. */
	int (*quiet)(void *ctx, const struct campaign *c);
	int (*measure)(void *ctx, const struct campaign *c, size_t number);
	/*
	 * Write the results file so far; is the interval narrow? EX_FAIL: a later
	 * call may succeed.
	 */
	int (*collect)(void *ctx, const struct campaign *c, bool *narrow);
	/* Remove everything that was installed. */
	int (*clean)(void *ctx, const struct campaign *c);
	/* Log one line. */
	void (*say)(void *ctx, const char *line);
};

/**
 * campaign_step - continue @c until the machine reboots or it is over
 *
 * May be called again after it was interrupted at any place. After an error of
 * the machine (a full disk) the state is unchanged, and a later call tries
 * again.
 */
int campaign_step(struct campaign *c, const struct campaign_machine *m,
		  void *ctx, enum step_result *result);

#endif
