/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps the noise of a campaign's boots low, and of no other boot. */
#ifndef PCPUBENCH_CAMPAIGN_TUNE_H
#define PCPUBENCH_CAMPAIGN_TUNE_H

#include "campaign/campaign.h"

/**
 * tune_kernels - add to the command line of all kernels what isolates one CPU
 * @root: put in front of /sys; "" except in tests
 *
 * The last one that stays online without SMT, of a fast core if there are two types:
 * no other task, no device's interrupt, no tick while one task runs, and no sleep deeper
 * than the first. `run` takes an isolated CPU by itself. EX_USE with err() if there is no
 * second CPU, or where a command line isolates others: @c's home_cmdline, a kernel's args.
 */
int tune_kernels(const char *root, struct campaign *c);

/* Fix in this boot what `doctor --tune` does. EX_FAIL with err(). */
int tune_boot(const struct campaign *c);

#endif
