/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running machine, as a campaign's steps use it. */
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
 * Both must hold twice, 5 s apart.
 */
int quiet_wait(double load, unsigned int wait_s);

/* The results file of boot @number of @c. */
void boot_path(const struct campaign *c, const char *dir, size_t number,
	       char *path, size_t room);

/**
 * campaign_collect - write c->output with all boots, failed ones too
 * @narrow: set if every interval is as narrow as c->until_ci asks
 *
 * Writes it whole or not at all, and the same again when repeated. Writes
 * nothing if no boot was measured. 0; EX_FAIL if it may be possible later; EX_USE or
 * EX_INVALID if the boots do not fit together, or the file cannot be there.
 */
int campaign_collect(const struct campaign *c, const char *dir, bool *narrow);

/**
 * campaign_same_kernel - is the kernel in this file that of its earlier boots?
 * @number: of the boot whose results @path has
 *
 * Its module may have been built again of changed source, or by another compiler: the
 * boots would not fit together. EX_FAIL with err() that names what differs, and if a
 * file cannot be read.
 */
int campaign_same_kernel(const struct campaign *c, const char *dir, size_t number,
			 const char *path);

/**
 * interval_widest - half the widest interval over the cells of c->output
 *
 * Without those of kernels that are given up: they get no more boots. The interval of
 * the median ACCT COST over the boots, in percentage points, at 95 %:
 * median_interval_of(), so infinite below MEDIAN_INTERVAL_LEAST boots. NAN with err()
 * if there is no valid cell.
 */
double interval_widest(const struct campaign *c);

/* The first boots of a kernel, whose spread tells how many more are needed. */
#define LEAST_BOOTS	5

/**
 * boots_to_find - boots of each kernel that find a difference of ACCT COST
 *
 * The difference between two kernels is c->find percentage points, above 0. So many
 * that mann_whitney() at 5 % finds it in 80 % of all campaigns, in the cell that
 * scatters most: boots_for() of the variance of the first LEAST_BOOTS boots of each
 * kernel. Later boots do not change that, so the size does not depend on the result: a
 * sample in two stages (C. Stein, Ann. Math. Statist. 16 (1945) 243). At least
 * LEAST_BOOTS; SIZE_MAX if c->output cannot be read, or a kernel that is not given up
 * has fewer boots. One that is given up is left out.
 */
size_t boots_to_find(const struct campaign *c);

/**
 * boots_for - boots of each kernel that find @find, above 0, with this @variance
 * @freedom: degrees of freedom that it was estimated with
 *
 * mann_whitney_boots() with P(y > x) of normal distributions. As the variance is an
 * estimate, Student's quantiles are in the place of the normal ones (Stein, as above):
 * without them 75 % of campaigns of two kernels find it.
 */
size_t boots_for(double find, double variance, double freedom);

/**
 * watchdog_install - have a watchdog, if any, end boots that do not come up
 *
 * After c->boot_wait_s s, from the next reload of systemd on. With kexec it
 * keeps counting if every kernel of the campaign has its driver. 0 or EX_FAIL
 * with err().
 */
int watchdog_install(const struct campaign *c);

/* Wait for the driver, which a machine may load some time after boot. */
void watchdog_wait(void);

/* Does it keep counting when kexec leaves this kernel? */
bool watchdog_counts_on(void);

/* Words for the command line of the next kernel and a blank, or "". */
const char *watchdog_args(void);

/*
 * Remove systemd's settings; when it has reloaded, let reboots stop the watchdog again,
 * or warn. 0 or EX_FAIL with err().
 */
int watchdog_remove(void);
int watchdog_reset(void);

/* Install and remove units and watchdog. EX_FAIL with err(). */
int units_install(const struct campaign *c);
int units_remove(void);
/* Are there files that units_remove() has still to remove? */
bool units_present(void);

#endif
