/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The beginning of a campaign: what is asked for, checked, written and started. */
#ifndef PCPUBENCH_CMD_CAMPAIGN_START_H
#define PCPUBENCH_CMD_CAMPAIGN_START_H

#include <stdbool.h>

#include "base/options.h"
#include "campaign/campaign.h"

#define CAMPAIGN_UNIT	CAMPAIGN_NAME ".service"

/*
 * @c: its options and installed kernels
 * @series, @config: NULL if not given
 * @run_args: of `run`, whose name is the first
 */
struct campaign_wish {
	struct campaign c;
	const char *via, *output, *series, *config;
	struct words run_args;
	bool localmod, dry_run;
};

/**
 * campaign_begin - start a campaign, or print what it would do
 *
 * 0, or an exit code with err(); the builder's errors are without.
 */
int campaign_begin(struct campaign_wish *wish);

#endif
