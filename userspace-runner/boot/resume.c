// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "boot/resume.h"
#include "results/reader.h"
#include "results/record.h"

#define LOCK_TRIES	10
#define LOCK_PAUSE_US	100000

/* The first thing in which two descriptions of a sweep differ, or NULL. */
static const char *difference(const json_t *a, const json_t *b)
{
	const char *key;
	json_t *val;

	json_object_foreach((json_t *)a, key, val)
		if (!json_equal(val, json_object_get(b, key)))
			return key;
	json_object_foreach((json_t *)b, key, val)
		if (!json_object_get(a, key))
			return key;
	return NULL;
}

static int check_sweep(const struct results *file, const json_t *sweep)
{
	const json_t *had = json_object_get(json_array_get(file->records, 0),
					    "sweep");
	const char *key;

	if (!json_is_object(had))
		return err(EX_USE, "%s exists already and is not a sweep's: choose another name or remove it",
			   file->path);
	key = difference(sweep, had);
	if (key)
		return err(EX_USE, "%s holds another sweep, with other %s: choose another name, or remove it",
			   file->path, key);
	return 0;
}

static int check_kernel(const struct results *file, const json_t *record,
			const struct kernel *kernels, size_t nr)
{
	static const char *const same[] = { "image_sha256", "module_sha256",
					    "cmdline" };
	const char *name = record_string(record, "kernel");

	for (size_t i = 0; i < nr; i++) {
		if (strcmp(kernels[i].name, name))
			continue;
		for (size_t j = 0; j < sizeof(same) / sizeof(same[0]); j++)
			if (!json_equal(json_object_get(record, same[j]),
					json_object_get(kernels[i].record,
							same[j])))
				return err(EX_USE, "%s was measured with another %s, its %s differs: choose another name, or remove it",
					   file->path, name, same[j]);
	}
	return 0;
}

static struct boot_job *find_job(const json_t *boot, struct boot_job *jobs,
				 size_t nr)
{
	const char *kernel = record_string(boot, "kernel");
	const char *topology = record_string(boot, "topology");

	for (size_t i = 0; i < nr; i++)
		if (!jobs[i].done && !strcmp(jobs[i].kernel->name, kernel) &&
		    !strcmp(jobs[i].spec.topo.name, topology))
			return &jobs[i];
	return NULL;
}

/* Everything up to the last record that says something is whole. */
static size_t whole_records(const struct results *file)
{
	size_t n = json_array_size(file->records);
	const json_t *last;

	for (; n > 1; n--) {
		last = json_array_get(file->records, n - 1);
		if (!record_is(last, "cell") && !record_is(last, "profile") &&
		    !record_is(last, "end"))
			break;
	}
	return n;
}

static void take_boot(const json_t *record, struct boot_job *jobs, size_t nr,
		      struct resume *r)
{
	struct boot_job *job = find_job(record, jobs, nr);
	bool failed = !strcmp(record_string(record, "status"), "failed");

	r->counts.boots++;
	r->counts.failed += failed;
	if (!job)
		return;
	if (failed) {
		job->failed++;
	} else {
		job->done = true;
		r->had++;
	}
}

static int take_all(const struct results *file, size_t whole,
		    const struct kernel *kernels, size_t nr_kernels,
		    struct boot_job *jobs, size_t nr_jobs, struct resume *r)
{
	int ret = 0;

	for (size_t i = 0; i < whole && !ret; i++) {
		const json_t *rec = json_array_get(file->records, i);

		if (record_is(rec, "kernel")) {
			json_object_set_new(r->kernels,
					    record_string(rec, "kernel"),
					    json_true());
			ret = check_kernel(file, rec, kernels, nr_kernels);
		} else if (record_is(rec, "boot")) {
			take_boot(rec, jobs, nr_jobs, r);
		} else if (record_is(rec, "cell")) {
			r->counts.cells++;
			r->counts.invalid +=
				!json_is_true(json_object_get(rec, "valid"));
		}
		if (record_is(rec, "boot") || record_is(rec, "cell"))
			if (record_int(rec, "boot") >= r->next_boot)
				r->next_boot = record_int(rec, "boot") + 1;
	}
	return ret;
}

int resume_read(const char *path, struct results_writer *w,
		const json_t *sweep, const struct kernel *kernels,
		size_t nr_kernels, struct boot_job *jobs, size_t nr_jobs,
		unsigned int tries, struct resume *r)
{
	struct results file;
	size_t whole, i;
	int ret;

	*r = (struct resume){ .next_boot = 1, .kernels = json_object() };
	ret = results_read(path, &file);
	if (ret)
		return ret;
	whole = whole_records(&file);
	r->ended = file.ended;
	ret = check_sweep(&file, sweep);
	if (!ret)
		ret = take_all(&file, whole, kernels, nr_kernels, jobs,
			       nr_jobs, r);
	for (i = 0; i < nr_jobs && file.ended; i++)
		if (jobs[i].failed >= tries)
			jobs[i].failed = tries - 1;
	if (!ret && w && !(file.ended && r->had == nr_jobs))
		ret = results_keep(w, whole);
	results_free(&file);
	if (ret)
		resume_free(r);
	return ret;
}

/* Was the last sweep killed before its first record was whole? */
static bool is_blank(const char *path)
{
	static const char begin[] = "{\"type\":\"run\"";
	char text[4096];
	FILE *f = fopen(path, "re");
	size_t len;

	if (!f)
		return false;
	len = fread(text, 1, sizeof(text), f);
	fclose(f);
	return len < sizeof(text) && !memchr(text, '\n', len) &&
	       !memcmp(text, begin, len < sizeof(begin) - 1 ? len :
		       sizeof(begin) - 1);
}

int resume_open(struct results_writer *w, const char *path,
		const json_t *sweep, bool *fresh)
{
	struct results file;
	int ret;

	*fresh = access(path, F_OK) != 0;
	if (*fresh)
		return results_create(w, path);
	*fresh = is_blank(path);
	if (!*fresh) {
		ret = results_read(path, &file);
		if (ret)
			return ret;
		ret = check_sweep(&file, sweep);
		results_free(&file);
		if (ret)
			return ret;
	}
	/*
	 * A guest that dies with its runner may hold the runner's lock for a
	 * moment: it was forked and had not become QEMU yet.
	 */
	for (int i = 0; i < LOCK_TRIES; i++) {
		ret = results_append(w, path);
		if (!ret)
			break;
		usleep(LOCK_PAUSE_US);
	}
	return ret;
}

void resume_free(struct resume *r)
{
	json_decref(r->kernels);
	r->kernels = NULL;
}
