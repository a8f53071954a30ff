// SPDX-License-Identifier: GPL-2.0-or-later
/* How long a campaign takes: builds and boots. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "base/progress.h"
#include "campaign/forecast.h"
#include "campaign/host.h"
#include "campaign/made.h"
#include "stats/stats.h"

#define FROM_THIS	"as so far"
#define FROM_BEFORE	"as in the last campaign"
#define FROM_MACHINE	"as this machine's last boot, and the time to measure"
#define FROM_NOTHING	"how long is known after the first"

/* ---------------------------------------------------------------------- pace */

/* What this campaign has shown itself. */
static struct campaign_pace own_pace(const struct campaign *c)
{
	struct campaign_pace pace = { 0 };
	double builds = 0, boots = 0;
	size_t nr_builds = 0, nr_boots = 0, i;

	for (i = 0; i < c->nr_kernels; i++) {
		builds += c->kernels[i].built_s;
		nr_builds += c->kernels[i].built_s > 0;
		if (c->kernels[i].built_s > pace.first)
			pace.first = c->kernels[i].built_s;
	}
	if (nr_builds > 1)
		pace.later = (builds - pace.first) / (nr_builds - 1);
	for (i = 0; i < c->nr; i++) {
		if (!c->list[i].ended || c->list[i].ended < c->list[i].chosen)
			continue;
		boots += c->list[i].ended - c->list[i].chosen;
		nr_boots++;
	}
	if (nr_boots)
		pace.boot = boots / nr_boots;
	return pace;
}

void forecast_learn(struct campaign *c, const struct campaign *before)
{
	struct campaign_pace own = own_pace(before);

	c->before = before->before;
	if (own.first)
		c->before.first = own.first;
	if (own.later)
		c->before.later = own.later;
	if (own.boot)
		c->before.boot = own.boot;
}

struct forecast_part forecast_builds(const struct campaign *c, size_t nr)
{
	struct campaign_pace own = own_pace(c);
	double later = own.later ? own.later : c->before.later;

	if (!nr)
		return (struct forecast_part){ 0, "" };
	if (own.first && (own.later || !c->before.later))
		return (struct forecast_part){
			nr * (own.later ? own.later : own.first), FROM_THIS
		};
	if (own.first)
		return (struct forecast_part){ nr * later, FROM_BEFORE };
	if (!c->before.first)
		return (struct forecast_part){ 0, FROM_NOTHING };
	return (struct forecast_part){
		c->before.first +
		(nr - 1) * (later ? later : c->before.first), FROM_BEFORE
	};
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

struct forecast_part forecast_boots(const struct campaign *c, unsigned int nr)
{
	double s = own_pace(c).boot;

	if (s)
		return (struct forecast_part){ nr * s, FROM_THIS };
	if (c->before.boot)
		return (struct forecast_part){ nr * c->before.boot, FROM_BEFORE };
	s = machine_boot_s();
	return (struct forecast_part){ nr * s, s ? FROM_MACHINE : FROM_NOTHING };
}

/* --------------------------------------------------------------------- boots */

size_t campaign_boots_found(const struct campaign *c)
{
	return c->find && c->nr && !access(c->output, R_OK) ? boots_to_find(c) :
							      SIZE_MAX;
}

unsigned int campaign_boots_left(const struct campaign *c)
{
	size_t wanted = campaign_boots_found(c), ok;
	unsigned int n = 0;

	if (wanted > c->boots)
		wanted = c->boots;
	for (size_t i = 0; i < c->nr_kernels; i++) {
		ok = campaign_count(c, i).ok;
		if (!campaign_given_up(c, i) && ok < wanted)
			n += wanted - ok;
	}
	return n;
}

/* ------------------------------------------------------------------ printing */

static void print_part(struct forecast_part part)
{
	char text[32];

	progress_time(part.s, text, sizeof(text));
	if (part.s)
		printf(", about %s", text);
	printf(", %s", part.from);
}

/* Where there are both, and each is known. */
static void print_sum(const char *what, struct forecast_part builds,
		      struct forecast_part boots)
{
	char text[32];

	if (!builds.s || !boots.s)
		return;
	progress_time(builds.s + boots.s, text, sizeof(text));
	printf("%s: about %s\n", what, text);
}

void forecast_left(const struct campaign *c)
{
	size_t to_build = made_to_build(c);
	unsigned int nr = campaign_boots_left(c);
	struct forecast_part builds = forecast_builds(c, to_build);
	struct forecast_part boots = forecast_boots(c, nr);
	/* The boots are as many, unless the numbers end it sooner. */
	bool most = c->until_ci ||
		    (c->find && campaign_boots_found(c) == SIZE_MAX);

	if (to_build) {
		printf("left: %zu build%s", to_build, to_build == 1 ? "" : "s");
		print_part(builds);
		putchar('\n');
	}
	printf("left: %s%u boot%s", most ? "at most " : "", nr,
	       nr == 1 ? "" : "s");
	if (nr)
		print_part(boots);
	putchar('\n');
	print_sum("left in all", builds, boots);
}

static void print_builds(const struct campaign *c, size_t to_build)
{
	if (!campaign_nr_made(c))
		return;
	printf("kernels of series: %zu, of which %zu are to be built",
	       campaign_nr_made(c), to_build);
	if (to_build)
		print_part(forecast_builds(c, to_build));
	putchar('\n');
	for (size_t i = 0; i < c->nr_kernels; i++)
		if (c->kernels[i].made != MADE_NOT)
			printf("  %s: %s\n", c->kernels[i].name,
			       c->kernels[i].release);
}

static void print_rooms(const struct campaign *c)
{
	struct made_room rooms[MADE_ROOMS];

	if (made_rooms(c, "", rooms))
		return;
	for (size_t i = 0; i < MADE_ROOMS; i++)
		printf("room: %s needs at least %llu MB, and has %llu MB free\n",
		       rooms[i].where, rooms[i].needed >> 20,
		       rooms[i].has >> 20);
}

void forecast_print(const struct campaign *c, size_t to_build)
{
	unsigned int nr = campaign_boots_left(c);
	struct forecast_part boots = forecast_boots(c, nr);

	print_builds(c, to_build);
	printf("boots: %u, %u of each of %zu kernels", nr, c->boots,
	       c->nr_kernels);
	print_part(boots);
	putchar('\n');
	print_sum("in all", forecast_builds(c, to_build), boots);
	if (campaign_nr_made(c))
		print_rooms(c);
	if (c->boots < SPLIT_LEAST)
		printf("no A/A floor, which takes %d boots of a kernel: no difference can be told from noise\n",
		       SPLIT_LEAST);
	if (c->tune)
		printf("tuned: %s\n", c->kernels[0].args);
	if (c->find)
		printf("fewer, if fewer find a %g-point difference of ACCT COST\n",
		       c->find);
}
