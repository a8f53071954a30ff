// SPDX-License-Identifier: GPL-2.0-or-later
/* Results of one kernel on one machine, in a file that grows boot by boot. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "results/boots.h"
#include "results/store.h"

/* FNV-1a, 32 bits: enough to tell builds of one release on one host apart. */
static uint32_t hash_text(uint32_t hash, const char *text)
{
	for (; text && *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619U;
	return hash;
}

void store_path(const json_t *kernel, const char *cmdline, char *path,
		size_t room)
{
	uint32_t hash = 2166136261U;
	char host[64];

	if (gethostname(host, sizeof(host)))
		snprintf(host, sizeof(host), "host");
	host[sizeof(host) - 1] = '\0';
	host[strcspn(host, "./")] = '\0';
	hash = hash_text(hash, record_string(kernel, "kernel"));
	hash = hash_text(hash, record_string(kernel, "build_id"));
	hash = hash_text(hash, record_string(kernel, "source"));
	hash = hash_text(hash, record_string(kernel, "module_sha256"));
	hash = hash_text(hash, cmdline);
	snprintf(path, room, "results/metal-%s-%s-%08x.jsonl", host,
		 record_string(kernel, "release"), hash);
}

static int check_same(const struct results *file, const json_t *kernel)
{
	const json_t *had;
	const char *field;
	size_t i;

	json_array_foreach(file->records, i, had) {
		if (!record_is(had, "kernel"))
			continue;
		field = strcmp(record_string(had, "kernel"),
			       record_string(kernel, "kernel")) ?
			"name" : kernel_difference(had, kernel);
		if (field)
			return err(EX_USE, "%s holds another kernel, its %s differs: choose another name with --output",
				   file->path, field);
	}
	return 0;
}

static int go_on(struct recorder *r, const char *path, const json_t *kernel)
{
	struct boots had;
	int ret = boots_read(path, &had);

	if (ret)
		return ret;
	*r = (struct recorder){ .last = 0 };
	ret = check_same(&had.file, kernel);
	if (!ret)
		ret = results_append(&r->w, path);
	if (!ret) {
		ret = boots_go_on(&had, r);
		/* The run that began the file may have been killed here. */
		if (!ret && !boots_kernel(&had, record_string(kernel, "kernel")))
			ret = recorder_write(r, kernel);
		if (ret)
			recorder_end(r, ret);
	}
	boots_free(&had);
	return ret;
}

/* @left: by a run that was killed before it had written a record. */
static int begin(struct recorder *r, const char *path, bool left,
		 const json_t *kernel, int argc, char **argv)
{
	int ret;

	*r = (struct recorder){ .last = 0 };
	ret = left ? results_append(&r->w, path) : results_create(&r->w, path);
	if (ret)
		return ret;
	ret = recorder_begin(r, NULL, argc, argv);
	if (!ret)
		ret = recorder_write(r, kernel);
	return ret ? recorder_end(r, ret) : 0;
}

int store_append(const char *path, const json_t *kernel, const json_t *boot,
		 json_t *cells, int argc, char **argv)
{
	const bool left = boots_blank(path);
	struct recorder r;
	int ret;

	ret = left || access(path, F_OK) ?
	      begin(&r, path, left, kernel, argc, argv) :
	      go_on(&r, path, kernel);
	if (ret)
		return ret;
	ret = recorder_boot(&r, boot, cells);
	if (!ret)
		ret = results_sync(&r.w);
	return recorder_end(&r, ret);
}
