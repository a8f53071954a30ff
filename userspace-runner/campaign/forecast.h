/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a campaign takes: builds and boots. */
#ifndef PCPUBENCH_CAMPAIGN_FORECAST_H
#define PCPUBENCH_CAMPAIGN_FORECAST_H

#include <stddef.h>

#include "campaign/campaign.h"

/* Mean seconds of a boot, from choice to end; 0 before one has ended. */
double campaign_boot_s(const struct campaign *c);

/* Boots that are still to be measured, if none fails. */
unsigned int campaign_boots_left(const struct campaign *c);

/**
 * forecast_left - seconds that builds and boots of @c still take
 *
 * From what has been built and booted; 0 while that is not known of all that is
 * left.
 */
double forecast_left(const struct campaign *c);

/**
 * forecast_print - print what a campaign is going to do, and for how long
 * @before: the last campaign on this machine, NULL: none
 * @to_build: kernels that are not in the cache
 *
 * Boots take as long as those of @before; without it the time is that of this
 * machine's last boot, and measuring is not in it.
 */
void forecast_print(const struct campaign *c, const struct campaign *before,
		    size_t to_build);

#endif
