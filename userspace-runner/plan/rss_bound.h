/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The largest error of an RSS that a kernel admits. */
#ifndef PCPUBENCH_PLAN_RSS_BOUND_H
#define PCPUBENCH_PLAN_RSS_BOUND_H

/**
 * rss_bound - the largest error admitted, in pages
 * @text: a number, N*cpus, N*tasks (there is one for each CPU) or N*nodes; or
 *	"kernel": of the counters that a kernel of the running release has
 * @online: CPUs
 *
 * EX_USE with err() if it is none of these.
 */
int rss_bound(const char *text, unsigned int online, unsigned int nodes,
	      unsigned int *bound);

#endif
