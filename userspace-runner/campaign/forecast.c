// SPDX-License-Identifier: GPL-2.0-or-later
/* How long a campaign takes: builds and boots. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/progress.h"
#include "campaign/forecast.h"
#include "stats/stats.h"

/*
 * Seconds of a build: the first compiles all, later ones what differs. 0: not
 * known.
 */
static double build_s(const struct campaign *c, bool first)
{
	unsigned int longest = 0, shortest = 0;

	for (size_t i = 0; i < c->nr_kernels; i++) {
		unsigned int s = c->kernels[i].built_s;

		if (!s)
			continue;
		if (s > longest)
			longest = s;
		if (!shortest || s < shortest)
			shortest = s;
	}
	return first ? longest : shortest;
}

double forecast_left(const struct campaign *c)
{
	double boots = campaign_boots_left(c) * campaign_boot_s(c), builds = 0;
	size_t wanted = 0;

	for (size_t i = 0; i < c->nr_kernels; i++)
		wanted += c->kernels[i].made == MADE_WANTED;
	if (wanted)
		builds = wanted * build_s(c, false);
	if ((wanted && !builds) || (campaign_boots_left(c) && !boots))
		return 0;
	return builds + boots;
}

/* systemd's "NAME=MICROSECONDS" */
static double stamp(const char *out, const char *name)
{
	const char *at = strstr(out, name);

	return at ? strtod(at + strlen(name), NULL) / 1e6 : 0;
}

/* Seconds that this machine's last boot took, firmware and all; 0: not known. */
static double machine_boot_s(void)
{
	const char *argv[] = {
		"systemctl", "show", "--property=FirmwareTimestampMonotonic",
		"--property=FinishTimestampMonotonic", NULL
	};
	char out[256];

	if (process_run(argv, out, sizeof(out), 10))
		return 0;
	return stamp(out, "FirmwareTimestampMonotonic=") +
	       stamp(out, "FinishTimestampMonotonic=");
}

static void print_builds(const struct campaign *c,
			 const struct campaign *before, size_t to_build)
{
	char text[32];
	double s = 0;

	if (!campaign_nr_made(c))
		return;
	printf("kernels of series: %zu, of which %zu are to be built",
	       campaign_nr_made(c), to_build);
	if (before && to_build)
		s = build_s(before, true) +
		    (to_build - 1) * build_s(before, false);
	progress_time(s, text, sizeof(text));
	if (to_build)
		printf(", %s%s", s ? "about " :
		       "how long is known after the first", s ? text : "");
	putchar('\n');
	for (size_t i = 0; i < c->nr_kernels; i++)
		if (c->kernels[i].made != MADE_NOT)
			printf("  %s: %s\n", c->kernels[i].name,
			       c->kernels[i].release);
}

void forecast_print(const struct campaign *c, const struct campaign *before,
		    size_t to_build)
{
	double s = before ? campaign_boot_s(before) : 0;
	bool measured = s > 0;
	char text[32];

	print_builds(c, before, to_build);
	if (!measured)
		s = machine_boot_s();
	progress_time(s * campaign_boots_left(c), text, sizeof(text));
	printf("boots: %u, %u of each of %zu kernels%s%s%s\n",
	       campaign_boots_left(c), c->boots, c->nr_kernels,
	       s ? ", about " : "", s ? text : "",
	       s && !measured ? " and the time to measure" : "");
	if (c->boots < SPLIT_LEAST)
		printf("no A/A floor, which takes %d boots of a kernel: no difference can be told from noise\n",
		       SPLIT_LEAST);
	if (c->tune)
		printf("tuned: %s\n", c->kernels[0].args);
	if (c->find)
		printf("fewer, if fewer find a %g-point difference of ACCT COST\n",
		       c->find);
}
