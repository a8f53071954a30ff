// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "boot/session.h"
#include "results/reader.h"
#include "results/record.h"
#include "sweep/merge.h"

/*
 * All boots that stay, by what they are of: "kernel\ttopology\tinstrument" is
 * an array of {boot, cells, file}. Its order is that of the output.
 */
struct pile {
	json_t *kernels;	/* name: record */
	json_t *boots;
	json_t *runs;		/* `run` records, without their `merged` */
	json_t *sweep;		/* what all files wanted, without shard; or NULL */
	bool mixed;		/* files with and without a sweep */
};

static json_t *without(const json_t *record, const char *key)
{
	json_t *copy = json_copy((json_t *)record);

	json_object_del(copy, key);
	return copy;
}

/* --------------------------------------------------------- one file's share */

static int add_kernel(struct pile *p, const json_t *rec, const char *path)
{
	static const char *const same[] = { "image_sha256", "module_sha256",
					    "cmdline" };
	const char *name = record_string(rec, "kernel");
	json_t *had = json_object_get(p->kernels, name);

	for (size_t i = 0; had && i < sizeof(same) / sizeof(same[0]); i++)
		if (!json_equal(json_object_get(had, same[i]),
				json_object_get(rec, same[i])))
			return err(EX_USE, "%s: its kernel %s is another one than in the files before, its %s differs: merge what was built alike",
				   path, name, same[i]);
	if (!had)
		json_object_set(p->kernels, name, (json_t *)rec);
	return 0;
}

static int add_run(struct pile *p, const json_t *rec, const char *path)
{
	json_t *sweep = json_object_get(rec, "sweep"), *old, *earlier;
	size_t i;

	if (sweep) {
		sweep = without(sweep, "shard");
		if (p->sweep && !json_equal(p->sweep, sweep)) {
			json_decref(sweep);
			return err(EX_USE, "%s is of another sweep than the files before: merge shards of one sweep",
				   path);
		}
		json_decref(p->sweep);
		p->sweep = sweep;
	} else {
		p->mixed = true;
	}
	/* A merged file brings the runs that it was made of. */
	earlier = json_object_get(rec, "merged");
	json_array_foreach(earlier, i, old)
		json_array_append(p->runs, old);
	if (!earlier)
		json_array_append(p->runs, (json_t *)rec);
	return 0;
}

/* What was counted, without how long it took and which boot it was. */
static json_t *counts_of(const json_t *boot)
{
	json_t *counts = json_object(), *cell;
	char key[256];
	size_t i;

	json_array_foreach(json_object_get(boot, "cells"), i, cell) {
		snprintf(key, sizeof(key), "%s %s %lld",
			 record_string(cell, "type"),
			 record_string(cell, "bench"),
			 record_int(cell, "param"));
		json_object_set_new(counts, key, without(cell, "boot"));
	}
	return counts;
}

static bool is_failed(const json_t *boot)
{
	return !strcmp(record_string(boot, "boot.status"), "failed");
}

static bool is_copy(const json_t *a, const json_t *b)
{
	json_t *boot_a = without(json_object_get(a, "boot"), "boot");
	json_t *boot_b = without(json_object_get(b, "boot"), "boot");
	json_t *counts_a = counts_of(a), *counts_b = counts_of(b);
	/* wall_s, to some nanoseconds, is in it: no two boots are alike. */
	bool same = json_equal(boot_a, boot_b) &&
		    json_equal(counts_a, counts_b);

	json_decref(boot_a);
	json_decref(boot_b);
	json_decref(counts_a);
	json_decref(counts_b);
	return same;
}

/* 0 when no cell that both have differs. */
static int agree(const json_t *a, const json_t *b, const char *path)
{
	json_t *counts_a = counts_of(a), *counts_b = counts_of(b);
	json_t *cell, *other;
	const char *key;
	int ret = 0;

	json_object_foreach(counts_a, key, cell) {
		other = json_object_get(counts_b, key);
		if (!ret && other && !json_equal(cell, other))
			ret = err(EX_INVALID, "%s and %s disagree on %s %s %s: one of them is wrong, insn counts are exact",
				  record_string(b, "file"), path,
				  record_string(a, "boot.kernel"),
				  record_string(a, "boot.topology"), key);
	}
	json_decref(counts_a);
	json_decref(counts_b);
	return ret;
}

/* Take @boot in, or leave it out and count it. */
static int add_boot(struct pile *p, struct merge *m, json_t *boot,
		    const char *path)
{
	const char *instrument = record_string(boot, "boot.instrument");
	json_t *place, *other;
	bool agreed = false;
	char key[512];
	size_t i;
	int ret;

	snprintf(key, sizeof(key), "%s\t%s\t%s",
		 record_string(boot, "boot.kernel"),
		 record_string(boot, "boot.topology"), instrument);
	place = json_object_get(p->boots, key);
	if (!place) {
		place = json_array();
		json_object_set_new(p->boots, key, place);
	}
	json_array_foreach(place, i, other) {
		/* Within one file all boots are replicates. */
		if (!strcmp(record_string(other, "file"), path))
			continue;
		if (is_copy(boot, other)) {
			m->twice++;
			return 0;
		}
		if (strcmp(instrument, instrument_name[INSTRUMENT_INSN]) ||
		    is_failed(boot) || is_failed(other))
			continue;
		ret = agree(boot, other, path);
		if (ret)
			return ret;
		agreed = true;
	}
	if (agreed)
		m->agreed++;
	else
		json_array_append(place, boot);
	return 0;
}

static int add_file(struct pile *p, struct merge *m, const char *path)
{
	json_t *boots = json_object(), *rec, *boot, *cells;
	struct results file;
	char key[32];
	size_t i;
	int ret;

	ret = results_read(path, &file);
	if (ret) {
		json_decref(boots);
		return ret;
	}
	json_array_foreach(file.records, i, rec) {
		if (record_is(rec, "run"))
			ret = add_run(p, rec, path);
		else if (record_is(rec, "kernel"))
			ret = add_kernel(p, rec, path);
		if (ret)
			goto out;
		if (!record_is(rec, "boot") && !record_is(rec, "cell") &&
		    !record_is(rec, "profile"))
			continue;
		snprintf(key, sizeof(key), "%lld", record_int(rec, "boot"));
		boot = json_object_get(boots, key);
		if (!boot) {
			boot = json_pack("{s:s, s:[]}", "file", path, "cells");
			json_object_set_new(boots, key, boot);
		}
		cells = json_object_get(boot, "cells");
		if (record_is(rec, "boot"))
			json_object_set(boot, "boot", rec);
		else
			json_array_append(cells, rec);
	}
	const char *nr;

	json_object_foreach(boots, nr, boot) {
		/* Without its record a boot did not happen: it was killed. */
		if (!ret && json_object_get(boot, "boot"))
			ret = add_boot(p, m, boot, path);
	}
out:
	json_decref(boots);
	results_free(&file);
	return ret;
}

/* ------------------------------------------------------------ what is missing */

static size_t good_boots(const struct pile *p, const char *kernel,
			 const char *topology, const char *instrument)
{
	json_t *boot;
	char key[512];
	size_t i, n = 0;

	snprintf(key, sizeof(key), "%s\t%s\t%s", kernel, topology, instrument);
	json_array_foreach(json_object_get(p->boots, key), i, boot)
		n += !is_failed(boot);
	return n;
}

static void find_missing(const struct pile *p, struct merge *m)
{
	const char *instrument = record_string(p->sweep, "instrument");
	size_t wanted = record_int(p->sweep, "boots"), i, j, have;
	json_t *kernel, *topology;
	char name[512];

	json_array_foreach(json_object_get(p->sweep, "kernels"), i, kernel) {
		json_array_foreach(json_object_get(p->sweep, "topologies"), j,
				   topology) {
			have = good_boots(p, json_string_value(kernel),
					  json_string_value(topology),
					  instrument);
			m->nr_wanted += wanted;
			if (have >= wanted)
				continue;
			snprintf(name, sizeof(name), "%s %s",
				 json_string_value(kernel),
				 json_string_value(topology));
			json_object_set_new(m->missing, name,
					    json_integer(wanted - have));
			m->nr_missing += wanted - have;
		}
	}
}

/* ------------------------------------------------------------------- output */

static int write_boot(struct results_writer *w, json_t *boot,
		      struct boot_counts *counts)
{
	json_t *rec = json_object_get(boot, "boot"), *cell;
	int number = ++counts->boots, ret = 0;
	size_t i;

	counts->failed += is_failed(boot);
	json_array_foreach(json_object_get(boot, "cells"), i, cell) {
		json_object_set_new(cell, "boot", json_integer(number));
		if (!ret)
			ret = results_write(w, cell);
		if (!record_is(cell, "cell"))
			continue;	/* its profile */
		counts->cells++;
		counts->invalid += !json_is_true(json_object_get(cell, "valid"));
	}
	json_object_set_new(rec, "boot", json_integer(number));
	return ret ? ret : results_write(w, rec);
}

static int write_pile(const struct pile *p, struct results_writer *w,
		      const struct merge *m)
{
	struct boot_counts counts = { 0 };
	json_t *val, *boot;
	const char *key;
	int ret = 0, ret2;
	size_t i;

	json_object_foreach(p->kernels, key, val)
		if (!ret)
			ret = results_write(w, val);
	json_object_foreach(p->boots, key, val) {
		json_array_foreach(val, i, boot)
			if (!ret)
				ret = write_boot(w, boot, &counts);
	}
	if (!ret && !m->nr_missing)
		return session_end(w, &counts);
	ret2 = results_close(w);
	return ret ? ret : ret2;
}

/* All in @output or nothing: it is made under another name first. */
static int write_output(const struct pile *p, const struct merge *m,
			const char *output, int argc, char **argv)
{
	struct results_writer w;
	char *part = NULL;
	json_t *run = json_object();
	int ret;

	if (asprintf(&part, "%s.part", output) < 0)
		return no_memory();
	remove(part);
	json_object_set(run, "merged", p->runs);
	if (p->sweep && !p->mixed)
		json_object_set(run, "sweep", p->sweep);
	ret = results_create(&w, part);
	if (ret)
		goto out;
	ret = session_begin(&w, run, argc, argv);
	if (ret)
		results_close(&w);
	else
		ret = write_pile(p, &w, m);
	if (!ret && rename(part, output))
		ret = err_errno(EX_FAIL, "cannot name %s", output);
	if (ret)
		remove(part);
out:
	json_decref(run);
	free(part);
	return ret;
}

int merge_files(struct merge *m, const char *output, char *const *files,
		size_t nr, int argc, char **argv)
{
	struct pile p = {
		.kernels = json_object(), .boots = json_object(),
		.runs = json_array(),
	};
	int ret = 0;

	*m = (struct merge){ .missing = json_object() };
	if (access(output, F_OK) == 0)
		ret = err(EX_USE, "%s exists already: choose another name or remove it",
			  output);
	for (size_t i = 0; i < nr && !ret; i++)
		ret = add_file(&p, m, files[i]);
	if (!ret && p.sweep && !p.mixed)
		find_missing(&p, m);
	if (!ret)
		ret = write_output(&p, m, output, argc, argv);
	json_decref(p.kernels);
	json_decref(p.boots);
	json_decref(p.runs);
	json_decref(p.sweep);
	if (ret)
		merge_free(m);
	return ret;
}

void merge_free(struct merge *m)
{
	json_decref(m->missing);
	m->missing = NULL;
}
