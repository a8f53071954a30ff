/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One step of a campaign: from whatever a boot finds to the next reboot. What it
 * does to the machine is behind functions, so that a test can take the power
 * away between any two of them.
 */
#ifndef PCPUBENCH_CAMPAIGN_STEP_H
#define PCPUBENCH_CAMPAIGN_STEP_H

#include "campaign/campaign.h"

/* What came of a step that did not fail. */
enum step_result {
	STEP_REBOOTS,	/* the machine is going down */
	STEP_OVER,	/* it is back home and nothing of the campaign is left */
};

/* All return 0, or EX_* with err(). */
struct campaign_machine {
	/* Of this boot: its id, and what the kernel was given. */
	int (*boot_id)(void *ctx, char id[BOOT_ID_LEN]);
	int (*cmdline)(void *ctx, char *cmdline, size_t room);
	int (*release)(void *ctx, char *release, size_t room);
	/* Put the state on the disk. */
	int (*save)(void *ctx, const struct campaign *c);
	/*
	 * Have the next boot be @release, once; with @args and what makes a
	 * crash end, or, where it is NULL, as it always boots.
	 */
	int (*arm)(void *ctx, const struct campaign *c, const char *release,
		   const char *args);
	/* Go down; @armed: to what arm() said, else as the machine boots. */
	int (*reboot)(void *ctx, const struct campaign *c, bool armed);
	/* Is the measurement of boot @number there, whole? */
	bool (*measured)(void *ctx, const struct campaign *c, size_t number);
	/* Wait until nothing else runs. */
	int (*quiet)(void *ctx, const struct campaign *c);
	int (*measure)(void *ctx, const struct campaign *c, size_t number);
	/* Make the results file of what there is; is the interval narrow? */
	int (*collect)(void *ctx, const struct campaign *c, bool *narrow);
	/* Remove everything that was installed. */
	int (*clean)(void *ctx, const struct campaign *c);
	/* Tell, in one line. */
	void (*say)(void *ctx, const char *line);
};

/**
 * campaign_step - go on with @c until the machine reboots or it is over
 *
 * May be called again whenever it was ended, by anything, at any place. An error
 * is one of the machine (a disk that is full): the state is as it was, and a
 * later call tries again.
 */
int campaign_step(struct campaign *c, const struct campaign_machine *m,
		  void *ctx, enum step_result *result);

#endif
