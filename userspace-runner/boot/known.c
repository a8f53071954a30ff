// SPDX-License-Identifier: GPL-2.0-or-later
/* Boots kept in the cache: found by all that they are a function of, and checked. */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/paths.h"
#include "boot/known.h"
#include "kernel/kept.h"
#include "plan/instrument.h"
#include "results/boot_file.h"
#include "results/differ.h"
#include "results/table.h"
#include "vm/inputs.h"

/* Of so many known boots, or fewer, one is measured again. */
#define CHECKED_OF	32

/* Hash of the sources that make records of what a guest and the plugin say. */
#ifndef PCPUBENCH_BOOT_CODE
#define PCPUBENCH_BOOT_CODE "unknown"
#endif

static const char *hash_of(const struct kernel *kernel, const char *field)
{
	const char *hash = record_string(kernel->layout ? kernel->layout :
					 kernel->record, field);

	return hash && *hash ? hash : NULL;
}

/*
 * The one place that says what a boot is a function of: the image and the module,
 * all that QEMU is started with, what makes records of it, and which of several
 * boots of the same it is, as those are replicates. NULL where that is not all:
 * times are of the machine and of the moment.
 */
static json_t *make_key(const struct boot_job *job)
{
	const char *image = hash_of(job->kernel, "image_sha256");
	const char *module = hash_of(job->kernel, "module_sha256");
	json_t *guest;

	if (!instruments[job->spec.plan.instrument].exact || !image || !module)
		return NULL;
	guest = inputs_identity(&job->spec);
	if (!guest)
		return NULL;
	return json_pack("{s:s, s:s, s:o, s:s, s:i}", "image", image,
			 "module", module, "guest", guest,
			 "code", PCPUBENCH_BOOT_CODE, "boot", (int)job->nr);
}

/* boots/IMAGE/KEY.jsonl: an entry of the cache has all boots of one image. */
static void path_of(const json_t *key, char path[PATH_MAX])
{
	char *text = json_dumps(key, JSON_COMPACT | JSON_SORT_KEYS);

	snprintf(path, PATH_MAX, "%s/boots/%.16s/%016" PRIx64 ".jsonl",
		 path_cache(), record_string(key, "image"),
		 hash_text(HASH_START, text ? text : ""));
	free(text);
}

/* A file beside @path. */
static void beside(const char *path, const char *name, char other[PATH_MAX])
{
	snprintf(other, PATH_MAX, "%.*s/%s",
		 (int)(strrchr(path, '/') - path), path, name);
}

/* The cache removes first what was not used for longest. */
static void note_use(const char *path)
{
	char used[PATH_MAX];
	int fd;

	beside(path, "used", used);
	fd = open(used, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return;
	futimens(fd, NULL);
	close(fd);
}

/* The run that measured what is known. */
static json_t *measured_by(const struct boot_job *job)
{
	const json_t *run = json_array_get(job->known.file.records, 0);

	return json_pack("{s:O, s:O}", "run", json_object_get(run, "id"),
			 "started", json_object_get(run, "started"));
}

/* As this run records it: by its kernel's name, and with where it is from. */
static json_t *taken_record(const struct boot_job *job)
{
	json_t *record = json_copy(job->known.list[0].record);

	json_object_set_new(record, "kernel", json_string(job->kernel->name));
	if (job->kernel->layout)
		json_object_set(record, "layout", job->kernel->layout);
	json_object_set_new(record, "taken", measured_by(job));
	json_object_del(record, "boot");
	return record;
}

/* Is it in the file of this run already, as a boot with another number? */
static bool is_had(const struct known *known, const struct boot_job *job)
{
	const json_t *name = json_object_get(job->kernel->record, "kernel");
	json_t *cells, *record, *cell;
	char *identity;
	bool had;
	size_t i;

	if (!json_object_size(known->had))
		return false;
	cells = json_array();
	record = taken_record(job);
	json_array_foreach(job->known.list[0].cells, i, cell) {
		cell = json_copy(cell);
		json_object_set(cell, "kernel", (json_t *)name);
		json_array_append_new(cells, cell);
	}
	identity = boot_identity(&job->known, record, cells);
	had = !identity || json_object_get(known->had, identity);
	free(identity);
	json_decref(record);
	json_decref(cells);
	return had;
}

static void look_up(const struct known *known, struct boot_job *job,
		    const char *seed)
{
	char path[PATH_MAX];

	path_of(job->key, path);
	job->lot = hash_text(hash_text(HASH_START, seed), strrchr(path, '/'));
	if (access(path, F_OK))
		return;
	if (boot_file_read(path, &job->known)) {
		fprintf(stderr, "%s %s is measured and not taken: %s\n",
			job->kernel->name, job->spec.topo.name, err_message());
		return;
	}
	if (!json_equal(boot_file_key(&job->known), job->key) ||
	    is_had(known, job))
		boots_free(&job->known);
	else
		note_use(path);
}

/* Those with the least lots are measured again. */
static void draw(struct known *known, struct boot_job *jobs, size_t nr)
{
	struct boot_job *job, *least;
	size_t all = known->taken + known->checked;

	while (known->checked * CHECKED_OF < all && known->taken) {
		least = NULL;
		for (job = jobs; job < jobs + nr; job++)
			if (job->taken && (!least || job->lot < least->lot))
				least = job;
		if (!least)
			break;
		least->taken = false;
		known->taken--;
		known->checked++;
	}
}

void known_find(struct known *known, struct boot_job *jobs, size_t nr,
		const struct recorder *r)
{
	size_t wanted = 0, found = 0, taken = 0;
	struct boot_job *job;

	for (job = jobs; job < jobs + nr; job++) {
		if (job->done)
			continue;
		wanted++;
		job->key = make_key(job);
		if (!job->key || known->again)
			continue;
		look_up(known, job, record_string(r->run, "id"));
		job->taken = job->known.nr;
		found += job->taken;
	}
	known->taken += found;
	draw(known, jobs, nr);
	for (job = jobs; job < jobs + nr; job++)
		taken += job->taken;
	if (taken)
		fprintf(stderr, "%zu of %zu boots known, %zu measured, and %zu of the known again (--again measures all)\n",
			found, wanted, wanted - found, found - taken);
}

int known_check(const struct boot_job *job, json_t *boot, json_t *cells)
{
	const struct boot_records now = { .record = boot, .cells = cells };
	const json_t *run = json_array_get(job->known.file.records, 0);
	char what[DIFFER_LEN], path[PATH_MAX];

	if (!job->known.nr)
		return 0;
	if (!boots_differ(job->known.list, &now, what)) {
		json_object_set_new(boot, "again", measured_by(job));
		return 0;
	}
	path_of(job->key, path);
	unlink(path);
	return err(EX_INVALID, "%s %s: run %s measured another count, and this is known no more: %s: nothing known is sure until --again has measured it",
		   job->kernel->name, job->spec.topo.name,
		   record_string(run, "id"), what);
}

/* What a user wants to look into is measured anew. A control is never valid. */
static bool is_sound(const struct boot_job *job, const json_t *cells)
{
	bool valid = !cmdline_is_control(job->kernel->cmdline);
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
		if (record_is(cell, "cell") &&
		    json_is_true(record_at(cell, "valid")) != valid)
			return false;
	return json_array_size(cells);
}

/* For people: "baseline of linux-source-6.12" */
static void put_name(const struct boot_job *job, const char *path)
{
	const char *source = record_string(job->kernel->record, "source");
	char name[PATH_MAX], text[512];

	beside(path, "name", name);
	if (!access(name, F_OK))
		return;
	snprintf(text, sizeof(text), "boots of %s of %s\n", job->kernel->name,
		 source ? source : "an image");
	replace_file(name, text);
}

void known_keep(const struct boot_job *job, const struct recorder *r,
		const json_t *boot, const json_t *cells)
{
	json_t *key = job->key ? make_key(job) : NULL;
	char path[PATH_MAX];
	int held;

	/* A file may have been made anew while the guest ran. */
	if (key && json_equal(key, job->key) && !job->known.nr &&
	    is_sound(job, cells)) {
		path_of(key, path);
		held = kept_hold(path);
		if (boot_file_write(path, r->run, key, job->kernel->record,
				    boot, cells))
			fprintf(stderr, "not kept for later runs: %s\n",
				err_message());
		else
			put_name(job, path);
		note_use(path);
		if (held >= 0)
			close(held);
	}
	json_decref(key);
}

int known_write(struct boot_job *jobs, size_t nr, struct recorder *r)
{
	struct boot_job *job;
	json_t *record;
	size_t wrote = 0;
	int ret = 0;

	for (job = jobs; job < jobs + nr && !ret; job++) {
		if (!job->taken)
			continue;
		record = taken_record(job);
		ret = recorder_boot(r, record, job->known.list[0].cells);
		json_decref(record);
		job->done = true;
		wrote++;
	}
	return ret || !wrote ? ret : results_sync(&r->w);
}

void known_free(struct boot_job *jobs, size_t nr)
{
	for (struct boot_job *job = jobs; job < jobs + nr; job++) {
		json_decref(job->key);
		job->key = NULL;
		boots_free(&job->known);
		job->taken = false;
	}
}
