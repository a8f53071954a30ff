// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "boot/session.h"
#include "results/reader.h"
#include "results/record.h"
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

static int check_same(const char *path, const json_t *had, const json_t *kernel)
{
	static const char *const same[] = {
		"kernel", "release", "build_id", "image_sha256",
		"module_sha256",
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (!json_equal(json_object_get(had, same[i]),
				json_object_get(kernel, same[i])))
			return err(EX_USE, "%s holds another kernel, its %s differs: choose another name with --output",
				   path, same[i]);
	return 0;
}

/* What the file has: @next boot's number, @whole records, @counts. */
static int look(const char *path, const json_t *kernel, size_t *whole,
		long long *next, struct boot_counts *counts)
{
	struct results file;
	const json_t *rec;
	size_t i, nr_cells = 0, nr_invalid = 0;
	int ret;

	ret = results_read(path, &file);
	if (ret)
		return ret;
	*whole = 1;
	*next = 1;
	json_array_foreach(file.records, i, rec) {
		if (record_is(rec, "kernel"))
			ret = ret ? ret : check_same(path, rec, kernel);
		if (record_is(rec, "cell")) {
			nr_cells++;
			nr_invalid += !json_is_true(record_at(rec, "valid"));
		}
		if (record_is(rec, "boot")) {
			counts->boots++;
			counts->failed += !strcmp(record_string(rec, "status"),
						  "failed");
			counts->cells += nr_cells;
			counts->invalid += nr_invalid;
			nr_cells = nr_invalid = 0;
			if (record_int(rec, "boot") >= *next)
				*next = record_int(rec, "boot") + 1;
		}
		if (record_is(rec, "boot") || record_is(rec, "kernel"))
			*whole = i + 1;
	}
	results_free(&file);
	return ret;
}

static int begin(struct results_writer *w, const char *path, json_t *kernel,
		 int argc, char **argv)
{
	int ret = session_create(w, path, NULL, argc, argv);

	if (ret)
		return ret;
	ret = results_write(w, kernel);
	if (ret)
		results_close(w);
	return ret;
}

static int go_on(struct results_writer *w, const char *path, size_t whole)
{
	int ret = results_append(w, path);

	if (ret)
		return ret;
	ret = results_keep(w, whole);
	if (ret)
		results_close(w);
	return ret;
}

int store_append(const char *path, json_t *kernel, json_t *boot, json_t *cells,
		 int argc, char **argv)
{
	struct boot_counts counts = { 0 };
	struct results_writer w;
	long long number = 1;
	size_t whole = 0, i;
	json_t *cell;
	int ret = 0;

	if (access(path, F_OK)) {
		ret = begin(&w, path, kernel, argc, argv);
	} else {
		ret = look(path, kernel, &whole, &number, &counts);
		if (!ret)
			ret = go_on(&w, path, whole);
	}
	if (ret)
		return ret;
	json_array_foreach(cells, i, cell) {
		json_object_set_new(cell, "boot", json_integer(number));
		if (!ret)
			ret = results_write(&w, cell);
		if (!record_is(cell, "cell"))
			continue;
		counts.cells++;
		counts.invalid += !json_is_true(record_at(cell, "valid"));
	}
	json_object_set_new(boot, "boot", json_integer(number));
	counts.boots++;
	if (!ret)
		ret = results_write(&w, boot);
	if (!ret)
		ret = results_sync(&w);
	if (ret) {
		results_close(&w);
		return ret;
	}
	return session_end(&w, &counts);
}
