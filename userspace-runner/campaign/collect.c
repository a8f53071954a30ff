// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes one results file of all boots of a campaign. */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "campaign/host.h"
#include "results/boots.h"
#include "stats/stats.h"
#include "sweep/merge.h"

void boot_path(const struct campaign *c, const char *dir, size_t number,
	       char *path, size_t room)
{
	snprintf(path, room, "%s/%s/%04zu.jsonl", dir, c->id, number);
}

/* ------------------------------------------------------------- failed boots */

/*
 * Fields to copy into the records of failed boots: each kernel's record, and
 * the plan.
 */
struct known {
	json_t *kernels;	/* name: record */
	char topology[64], instrument[32];
};

static int learn(struct known *k, const char *path)
{
	struct boots boots;
	json_t *rec;
	size_t i;
	int ret;

	ret = boots_read(path, &boots);
	if (ret)
		return ret;
	json_array_foreach(boots.file.records, i, rec)
		if (record_is(rec, "kernel"))
			json_object_set(k->kernels,
					record_string(rec, "kernel"), rec);
	for (i = 0; i < boots.nr && boots.list[i].record; i++) {
		rec = boots.list[i].record;
		snprintf(k->topology, sizeof(k->topology), "%s",
			 record_string(rec, "topology"));
		snprintf(k->instrument, sizeof(k->instrument), "%s",
			 record_string(rec, "instrument"));
	}
	boots_free(&boots);
	return 0;
}

static int write_kernels(const struct campaign *c, const struct known *k,
			 struct recorder *r)
{
	json_t *rec;
	int ret = 0;

	for (size_t i = 0; i < c->nr_kernels && !ret; i++) {
		if (!campaign_count(c, i).failed)
			continue;
		rec = json_incref(json_object_get(k->kernels,
						  c->kernels[i].name));
		/* It never came up, so there is no other record. */
		if (!rec)
			rec = json_pack("{s:s, s:s, s:s, s:s}", "type", "kernel",
					"kernel", c->kernels[i].name,
					"release", c->kernels[i].release,
					"compiler", "");
		ret = recorder_write(r, rec);
		json_decref(rec);
	}
	return ret;
}

static int write_failed(const struct campaign *c, const struct known *k,
			const char *path)
{
	char *argv[] = { (char *)"campaign", NULL }, ended[32];
	struct recorder r;
	json_t *rec;
	int ret;

	remove(path);
	ret = recorder_create(&r, path, NULL, 1, argv);
	if (ret)
		return ret;
	ret = write_kernels(c, k, &r);
	for (size_t i = 0; i < c->nr && !ret; i++) {
		if (c->list[i].outcome != OUTCOME_FAILED)
			continue;
		clock_utc(c->list[i].ended, CLOCK_RECORD, ended, sizeof(ended));
		rec = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s}",
				"type", "boot",
				"kernel", c->kernels[c->list[i].kernel].name,
				"topology", k->topology,
				"instrument", k->instrument,
				"status", "failed",
				"reason", c->list[i].reason,
				"boot_id", c->list[i].id[0] ?
				c->list[i].id : NULL, "ended", ended);
		ret = recorder_boot(&r, rec, NULL);
		json_decref(rec);
	}
	return recorder_end(&r, ret);
}

/* ------------------------------------------------------------------ together */

static int merge(const struct campaign *c, char **files, size_t nr)
{
	char part[PATH_MAX], *argv[] = { (char *)"campaign", NULL };
	struct merge m;
	int ret;

	snprintf(part, sizeof(part), "%s.new", c->output);
	remove(part);
	ret = merge_files(&m, part, files, nr, 1, argv);
	if (ret)
		return ret;
	merge_free(&m);
	ret = sync_system(part);
	if (!ret && rename(part, c->output))
		ret = err_errno(EX_FAIL, "cannot name %s", c->output);
	return ret;
}

/* The first measured boot of @kernel, or c->nr. */
static size_t first_ok(const struct campaign *c, unsigned int kernel)
{
	size_t i;

	for (i = 0; i < c->nr; i++)
		if (c->list[i].kernel == kernel &&
		    c->list[i].outcome == OUTCOME_OK)
			break;
	return i;
}

static void add_file(const struct campaign *c, const char *dir, size_t boot,
		     char **files, size_t *nr)
{
	char path[PATH_MAX];

	boot_path(c, dir, boot + 1, path, sizeof(path));
	files[(*nr)++] = strdup(path);
}

/*
 * The files of the measured boots, in their order, but before all each kernel's
 * first, in the order of the kernels: that makes the order of a table's rows, and
 * the first is the one that the others are compared with.
 */
static size_t name_files(const struct campaign *c, const char *dir, char **files)
{
	size_t nr = 0, i;

	for (i = 0; i < c->nr_kernels; i++)
		if (first_ok(c, i) < c->nr)
			add_file(c, dir, first_ok(c, i), files, &nr);
	for (i = 0; i < c->nr; i++)
		if (c->list[i].outcome == OUTCOME_OK &&
		    first_ok(c, c->list[i].kernel) != i)
			add_file(c, dir, i, files, &nr);
	return nr;
}

int campaign_same_kernel(const struct campaign *c, const char *dir, size_t number,
			 const char *path)
{
	unsigned int kernel = c->list[number - 1].kernel;
	size_t first = first_ok(c, kernel);
	const char *name = c->kernels[kernel].name, *field = NULL;
	struct boots before, now;
	char had[PATH_MAX];
	int ret;

	if (first == c->nr)
		return 0;
	boot_path(c, dir, first + 1, had, sizeof(had));
	ret = boots_read(had, &before);
	if (!ret) {
		ret = boots_read(path, &now);
		if (!ret)
			field = kernel_difference(boots_kernel(&before, name),
						  boots_kernel(&now, name));
		boots_free(&now);
	}
	boots_free(&before);
	if (field)
		return err(EX_FAIL, "%s is another build than in its first boot: its %s differs",
			   name, field);
	return ret ? EX_FAIL : 0;
}

int campaign_collect(const struct campaign *c, const char *dir, bool *narrow)
{
	struct known known = { .kernels = json_object() };
	char **files = calloc(c->nr + 1, sizeof(*files));
	char path[PATH_MAX];
	size_t i, nr = 0, nr_failed = 0, least;
	int ret = 0;

	*narrow = false;
	if (!files)
		return no_memory();
	for (i = 0; i < c->nr; i++)
		nr_failed += c->list[i].outcome == OUTCOME_FAILED;
	nr = name_files(c, dir, files);
	for (i = 0; i < nr && !ret; i++)
		ret = learn(&known, files[i]);
	if (!nr || ret)
		goto out;
	if (nr_failed) {
		snprintf(path, sizeof(path), "%s/%s/failed.jsonl", dir, c->id);
		ret = write_failed(c, &known, path);
		files[nr++] = strdup(path);
	}
	if (!ret)
		ret = merge(c, files, nr);
	if (ret || (!c->until_ci && !c->find))
		goto out;
	/* All kernels that are not given up must be in it. */
	least = c->find ? boots_to_find(c) : MEDIAN_INTERVAL_LEAST;
	*narrow = c->find || interval_widest(c) <= c->until_ci;
	for (i = 0; i < c->nr_kernels; i++)
		if (!campaign_given_up(c, i) &&
		    campaign_count(c, i).ok < least)
			*narrow = false;
out:
	for (i = 0; i < nr; i++)
		free(files[i]);
	free(files);
	json_decref(known.kernels);
	return ret;
}
