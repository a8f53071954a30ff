// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the boots of a sweep that its file has, and continues the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/groups.h"
#include "base/index.h"
#include "base/memory.h"
#include "boot/resume.h"
#include "results/boots.h"
#include "results/record.h"

#define LOCK_TRIES	10
#define LOCK_PAUSE_US	100000

/* The first field in which two descriptions of a sweep differ, or NULL. */
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
	const char *name = record_string(record, "kernel"), *field;

	for (size_t i = 0; i < nr; i++) {
		if (strcmp(kernels[i].name, name))
			continue;
		field = kernel_difference(record, kernels[i].record);
		if (field)
			return err(EX_USE, "%s was measured with another %s, its %s differs: choose another name, or remove it",
				   file->path, name, field);
	}
	return 0;
}

/*
 * The jobs of each kernel and topology, in their order.
 * @next: of each group, the first that is not done
 */
struct open_jobs {
	struct boot_job *jobs;
	struct groups groups;
	size_t *next;
};

static char *job_key(const char *kernel, const char *topology)
{
	char *key;

	if (asprintf(&key, "%s\n%s", kernel, topology) >= 0)
		return key;
	no_memory();
	return NULL;
}

static int open_init(struct open_jobs *o, struct boot_job *jobs, size_t nr)
{
	char *key;
	int ret = 0;

	*o = (struct open_jobs){ .jobs = jobs };
	for (size_t i = 0; i < nr && !ret; i++) {
		key = job_key(jobs[i].kernel->name, jobs[i].spec.topo.name);
		ret = key ? groups_add(&o->groups, key) : EX_FAIL;
		free(key);
	}
	if (!ret)
		ret = groups_end(&o->groups);
	if (ret)
		return ret;
	o->next = calloc(o->groups.nr + 1, sizeof(*o->next));
	if (!o->next)
		return no_memory();
	memcpy(o->next, o->groups.first, o->groups.nr * sizeof(*o->next));
	return 0;
}

static void open_free(struct open_jobs *o)
{
	groups_free(&o->groups);
	free(o->next);
}

static int take_boot(struct open_jobs *o, const struct boot_records *boot,
		     struct resume *had)
{
	char *key = job_key(record_string(boot->record, "kernel"),
			    record_string(boot->record, "topology"));
	size_t group = key ? index_get(&o->groups.keys, key) : INDEX_NONE;
	struct boot_job *job;

	if (!key)
		return EX_FAIL;
	free(key);
	if (group == INDEX_NONE || o->next[group] == o->groups.first[group + 1])
		return 0;
	job = &o->jobs[o->groups.list[o->next[group]]];
	job->done = boot_is_ok(boot);
	job->failed += !job->done;
	had->had += job->done;
	o->next[group] += job->done;
	return 0;
}

static int note_boot(const struct boots *file, const struct boot_records *boot,
		     struct resume *had)
{
	char *identity = boot_identity(file, boot->record, boot->cells);
	int ret = !identity ? EX_FAIL :
		  json_object_set_new(had->boots, identity, json_true()) ?
		  no_memory() : 0;

	free(identity);
	return ret;
}

static int take_kernels(const struct results *file,
			const struct kernel *kernels, size_t nr,
			struct resume *had)
{
	const json_t *record;
	size_t i;
	int ret = 0;

	json_array_foreach(file->records, i, record) {
		if (!record_is(record, "kernel"))
			continue;
		json_object_set_new(had->kernels,
				    record_string(record, "kernel"),
				    json_true());
		if (!ret)
			ret = check_kernel(file, record, kernels, nr);
	}
	return ret;
}

int resume_read(const char *path, struct recorder *r, const json_t *sweep,
		const struct kernel *kernels, size_t nr_kernels,
		struct boot_job *jobs, size_t nr_jobs, unsigned int tries,
		struct resume *had)
{
	struct open_jobs open = { .jobs = NULL };
	struct boots boots;
	size_t i;
	int ret;

	*had = (struct resume){
		.kernels = json_object(), .boots = json_object(),
	};
	ret = boots_read(path, &boots);
	if (ret)
		return ret;
	had->ended = boots.file.ended;
	ret = check_sweep(&boots.file, sweep);
	if (!ret)
		ret = take_kernels(&boots.file, kernels, nr_kernels, had);
	if (!ret)
		ret = open_init(&open, jobs, nr_jobs);
	for (i = 0; i < boots.nr && boots.list[i].record && !ret; i++) {
		ret = take_boot(&open, &boots.list[i], had);
		if (!ret)
			ret = note_boot(&boots, &boots.list[i], had);
	}
	open_free(&open);
	for (i = 0; i < nr_jobs && had->ended; i++)
		if (jobs[i].failed >= tries)
			jobs[i].failed = tries - 1;
	if (!ret && r && !(had->ended && had->had == nr_jobs))
		ret = boots_go_on(&boots, r);
	boots_free(&boots);
	if (ret)
		resume_free(had);
	return ret;
}

int resume_open(struct recorder *r, const char *path, const json_t *sweep,
		bool *fresh)
{
	struct boots boots;
	int ret;

	*r = (struct recorder){ .last = 0 };
	*fresh = access(path, F_OK) != 0;
	if (*fresh)
		return results_create(&r->w, path);
	if (!boots_blank(path)) {
		ret = boots_read(path, &boots);
		if (ret)
			return ret;
		ret = check_sweep(&boots.file, sweep);
		boots_free(&boots);
		if (ret)
			return ret;
	}
	/*
	 * The child of a killed runner may hold its lock for a moment, before
	 * it executes QEMU.
	 */
	for (int i = 0; i < LOCK_TRIES; i++) {
		ret = results_append(&r->w, path);
		if (!ret)
			break;
		usleep(LOCK_PAUSE_US);
	}
	/* Who had the lock may have written it. */
	*fresh = !r->w.whole;
	return ret;
}

void resume_free(struct resume *had)
{
	json_decref(had->kernels);
	json_decref(had->boots);
	had->kernels = had->boots = NULL;
}
