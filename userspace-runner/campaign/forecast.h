/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a campaign takes: builds and boots. */
#ifndef PCPUBENCH_CAMPAIGN_FORECAST_H
#define PCPUBENCH_CAMPAIGN_FORECAST_H

#include <stddef.h>

#include "campaign/campaign.h"

/* How long one part of it takes, and where that is known from. */
struct forecast_part {
	double s;		/* of all of the part; 0: not known */
	const char *from;
};

/* The boots of each kernel that find c->find; SIZE_MAX while that is not known. */
size_t campaign_boots_found(const struct campaign *c);

/* Boots that are still to be measured, if none fails. */
unsigned int campaign_boots_left(const struct campaign *c);

/* Have @c begin with what is known from the campaign @before it. */
void forecast_learn(struct campaign *c, const struct campaign *before);

/* How long @nr builds and boots take that are still to be made. */
struct forecast_part forecast_builds(const struct campaign *c, size_t nr);
struct forecast_part forecast_boots(const struct campaign *c, unsigned int nr);

/* Print what is left of a campaign. */
void forecast_left(const struct campaign *c);

/**
 * forecast_print - print what a campaign is going to do, and for how long
 * @to_build: kernels that are not in the cache
 */
void forecast_print(const struct campaign *c, size_t to_build);

#endif
