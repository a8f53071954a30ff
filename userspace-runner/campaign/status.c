// SPDX-License-Identifier: GPL-2.0-or-later
/* campaign status: prints how far a campaign is. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/output.h"
#include "campaign/campaign.h"
#include "campaign/host.h"
#include "campaign/status.h"

static const char *what_now(const struct campaign *c, char *text, size_t room)
{
	const struct campaign_boot *b = c->nr ? &c->list[c->nr - 1] : NULL;

	switch (c->phase) {
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

/* Mean seconds of a boot, from choice to end; 0 before one has ended. */
static double mean_s(const struct campaign *c)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < c->nr; i++) {
		if (!c->list[i].ended || c->list[i].ended < c->list[i].chosen)
			continue;
		sum += c->list[i].ended - c->list[i].chosen;
		n++;
	}
	return n ? sum / n : 0;
}

static unsigned int left(const struct campaign *c)
{
	unsigned int n = 0;

	for (size_t i = 0; i < c->nr_kernels; i++)
		if (!campaign_given_up(c, i))
			n += c->boots - campaign_count(c, i).ok;
	return n;
}

static void print_failures(const struct campaign *c)
{
	size_t shown = 0;

	for (size_t i = c->nr; i-- && shown < 5; ) {
		if (c->list[i].outcome != OUTCOME_FAILED)
			continue;
		printf("%sboot %zu, %s: %s\n", shown++ ? "  " :
		       "failed, the newest first:\n  ", i + 1,
		       c->kernels[c->list[i].kernel].name, c->list[i].reason);
	}
}

static void print_text(const struct campaign *c)
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
	if (c->phase < PHASE_RETURNING && mean_s(c) && left(c))
		printf("left: %u boots, about %.0f min\n", left(c),
		       left(c) * mean_s(c) / 60);
	printf("results: %s\n", c->output);
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
			 "{s:s, s:s, s:I, s:i, s:s, s:b, s:s, s:o}",
			 "id", c->id, "via", c->via,
			 "seed", (json_int_t)c->seed, "boots", (int)c->boots,
			 "now", what_now(c, text, sizeof(text)),
			 "over", c->phase == PHASE_OVER && !units_present(),
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
		print_text(&c);
	campaign_free(&c);
	return ret;
}
