// SPDX-License-Identifier: GPL-2.0-or-later
/* campaign status: prints how far a campaign is. */
#include <jansson.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/output.h"
#include "base/progress.h"
#include "campaign/campaign.h"
#include "campaign/forecast.h"
#include "campaign/host.h"
#include "campaign/made.h"
#include "campaign/status.h"
#include "report/report.h"
#include "results/table_load.h"

/* What is made now: the kernel, and how far make is. */
static const char *making(const struct campaign *c, const char *doing,
			  char *text, size_t room)
{
	char line[256];
	size_t at = 0, nr = 0;

	for (size_t i = 0; i < c->nr_kernels; i++) {
		enum campaign_made made = c->kernels[i].made;

		nr += made != MADE_NOT;
		if (c->phase == PHASE_BUILDING ? made == MADE_WANTED :
		    made == MADE_BUILT || made == MADE_INSTALLING) {
			at = i;
			break;
		}
	}
	read_first(MADE_PROGRESS, line, sizeof(line));
	snprintf(text, room, "%s %s, kernel %zu of %zu%s%s", doing,
		 c->kernels[at].name, nr, campaign_nr_made(c),
		 line[0] ? ": " : "", line);
	return text;
}

static const char *what_now(const struct campaign *c, char *text, size_t room)
{
	const struct campaign_boot *b = c->nr ? &c->list[c->nr - 1] : NULL;

	switch (c->phase) {
	case PHASE_BUILDING:
		return making(c, "building", text, room);
	case PHASE_INSTALLING:
		return making(c, "installing", text, room);
	case PHASE_CHOOSE:
		return "choosing the next kernel";
	case PHASE_BOOTING:
		snprintf(text, room, "boot %zu: booting %s", c->nr,
			 c->kernels[b->kernel].name);
		return text;
	case PHASE_MEASURING:
		snprintf(text, room, "boot %zu: measuring %s", c->nr,
			 c->kernels[b->kernel].name);
		return text;
	case PHASE_RETURNING:
		snprintf(text, room, "going back to %s", c->home);
		return text;
	default:
		if (units_present())
			return "cleaning up";
		snprintf(text, room, "over%s%s%s", c->stopped ? ", stopped" :
			 c->narrow ? ", as narrow as asked" : "",
			 c->note ? ": " : "", c->note ? c->note : "");
		return text;
	}
}

static void print_made(const struct campaign *c)
{
	char text[32];

	if (campaign_nr_made(c))
		printf("made of series:\n");
	for (size_t i = 0; i < c->nr_kernels; i++) {
		const struct campaign_kernel *k = &c->kernels[i];

		if (k->made == MADE_NOT)
			continue;
		progress_time(k->built_s, text, sizeof(text));
		printf("  %s, %s%s%s\n", k->release, campaign_made_name(k->made),
		       k->built_s ? ", built in " : "", k->built_s ? text : "");
	}
	if (c->from.differs)
		printf("config, other than in %s: %s\n", c->home,
		       c->from.differs);
}

static void print_left(const struct campaign *c)
{
	size_t find;

	if (c->phase >= PHASE_RETURNING)
		return;
	find = campaign_boots_found(c);
	if (find < SIZE_MAX)
		printf("a %g-point difference of ACCT COST takes %zu boots of each kernel\n",
		       c->find, find);
	forecast_left(c);
}

/* The table, where all boots are measured. */
static int print_table(const struct campaign *c)
{
	char *paths[] = { c->output };
	struct table t;
	struct report r = { .table = &t, .parts = REPORT_SCREEN };
	int ret;

	if (access(c->output, R_OK))
		return 0;
	ret = table_load(&t, paths, 1);
	if (ret)
		return ret;
	putchar('\n');
	ret = report_text(stdout, &r);
	table_free(&t);
	return ret;
}

/* The number of the boot @at among those of its kernel. */
static size_t number_of(const struct campaign *c, size_t at)
{
	size_t n = 1;

	for (size_t i = 0; i < at; i++)
		n += c->list[i].kernel == c->list[at].kernel;
	return n;
}

/*
 * Not by the number that counts all boots: in the results the measured ones come
 * first, so it is another one there.
 */
static void print_failures(const struct campaign *c)
{
	size_t shown = 0;

	for (size_t i = c->nr; i-- && shown < 5; ) {
		if (c->list[i].outcome != OUTCOME_FAILED)
			continue;
		printf("%s%s, its boot %zu: %s\n", shown++ ? "  " :
		       "failed, the newest first:\n  ",
		       c->kernels[c->list[i].kernel].name, number_of(c, i),
		       c->list[i].reason);
	}
}

static int print_text(const struct campaign *c)
{
	struct campaign_count n;
	char text[512];
	int width = 6;

	for (size_t i = 0; i < c->nr_kernels; i++)
		if ((int)strlen(c->kernels[i].name) > width)
			width = strlen(c->kernels[i].name);
	printf("campaign %s, by %s, seed %llu\n", c->id, c->via, c->seed);
	printf("%-*s  measured  failed\n", width, "kernel");
	for (size_t i = 0; i < c->nr_kernels; i++) {
		n = campaign_count(c, i);
		snprintf(text, sizeof(text), "%u of %u", n.ok, c->boots);
		printf("%-*s  %8s  %6u%s\n", width, c->kernels[i].name, text,
		       n.failed, campaign_given_up(c, i) ? "  given up" : "");
	}
	print_failures(c);
	printf("now: %s\n", what_now(c, text, sizeof(text)));
	print_made(c);
	print_left(c);
	printf("results: %s\n", c->output);
	return c->phase == PHASE_OVER ? print_table(c) : 0;
}

/* Seconds as a record has them; null if not known. */
static json_t *part_json(size_t nr, struct forecast_part part)
{
	return json_pack("{s:I, s:o}", "nr", (json_int_t)nr,
			 "s", nr && !part.s ? json_null() : json_real(part.s));
}

/* What print_left() says. */
static json_t *left_json(const struct campaign *c)
{
	const bool over = c->phase >= PHASE_RETURNING;
	size_t to_build = over ? 0 : made_to_build(c);
	unsigned int boots = over ? 0 : campaign_boots_left(c);

	return json_pack("{s:o, s:o}", "builds",
			 part_json(to_build, forecast_builds(c, to_build)),
			 "boots", part_json(boots, forecast_boots(c, boots)));
}

static int print_json(const struct campaign *c)
{
	json_t *kernels = json_array();
	struct campaign_count n;
	char text[512];

	for (size_t i = 0; i < c->nr_kernels; i++) {
		n = campaign_count(c, i);
		json_array_append_new(kernels, json_pack(
			"{s:s, s:s, s:s, s:i, s:i, s:b}",
			"kernel", c->kernels[i].name,
			"release", c->kernels[i].release,
			"args", c->kernels[i].args, "measured", (int)n.ok,
			"failed", (int)n.failed,
			"given_up", campaign_given_up(c, i)));
	}
	return output_json(stdout, json_pack(
			 "{s:s, s:s, s:I, s:i, s:s, s:b, s:o, s:s, s:o}",
			 "id", c->id, "via", c->via,
			 "seed", (json_int_t)c->seed, "boots", (int)c->boots,
			 "now", what_now(c, text, sizeof(text)),
			 "over", c->phase == PHASE_OVER && !units_present(),
			 "left", left_json(c),
			 "results", c->output, "kernels", kernels));
}

int campaign_status(const char *dir, bool as_json)
{
	struct campaign c;
	int ret = campaign_load(&c, dir);

	if (ret)
		return ret;
	if (as_json)
		ret = print_json(&c);
	else
		ret = print_text(&c);
	campaign_free(&c);
	return ret;
}
