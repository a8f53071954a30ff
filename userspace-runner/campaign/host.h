/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This machine, as a campaign's steps see it. */
#ifndef PCPUBENCH_CAMPAIGN_HOST_H
#define PCPUBENCH_CAMPAIGN_HOST_H

#include "campaign/step.h"
#include "campaign/way.h"

/* The context of campaign_machine_real. */
struct real_machine {
	const char *dir;	/* of the state */
	const struct way *way;
};

extern const struct campaign_machine campaign_machine_real;

/**
 * quiet_wait - wait until the system is up and its load is low
 * @load: 1-minute load average that counts as low
 * @wait_s: EX_FAIL after so many seconds
 *
 * Both have to hold twice, 5 s apart.
 */
int quiet_wait(double load, unsigned int wait_s);

/* Where boot @number of @c is measured into. */
void boot_path(const struct campaign *c, const char *dir, size_t number,
	       char *path, size_t room);

/**
 * campaign_collect - make c->output of all boots there are, failed ones too
 * @narrow: set if every interval is as narrow as c->until_ci asks
 *
 * Whole or not at all, and the same when called again. Nothing where no boot was
 * measured.
 */
int campaign_collect(const struct campaign *c, const char *dir, bool *narrow);

/**
 * interval_widest - half the widest interval over all cells of a results file
 * @least: boots of a cell below which the interval is infinite
 *
 * Of the median ACCT COST over the boots, in percentage points, at 95 %:
 * median_interval_of() of stats.h. NAN where there is no valid cell, with err().
 */
double interval_widest(const char *path, size_t least);

/**
 * watchdog_install - have boots that do not come up ended, where a watchdog can
 *
 * By c->boot_wait_s s, from the next reload of systemd on; where there is none by
 * the kernel's own. By kexec it goes on counting if every kernel of the campaign
 * has its driver. 0 or EX_FAIL with err().
 */
int watchdog_install(const struct campaign *c);

/* A machine that has just come up may not have loaded its driver yet. */
void watchdog_wait(void);

/* Does it go on counting when this kernel is left by kexec? */
bool watchdog_counts_on(void);

/* For the command line of the next kernel, with a blank behind, or "". */
const char *watchdog_args(void);

/* The files away; then, when systemd has read them, the driver as it was. */
int watchdog_remove(void);
void watchdog_reset(void);

/* Units, watchdog; and all of that away again. EX_FAIL with err(). */
int units_install(const struct campaign *c);
int units_remove(void);
/* units_remove() has not come to its end. */
bool units_present(void);

#endif
