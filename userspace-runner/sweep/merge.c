// SPDX-License-Identifier: GPL-2.0-or-later
/* Merges boots of several files: drops copies, checks exact counts. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "plan/plan.h"
#include "results/boots.h"
#include "results/differ.h"
#include "sweep/merge.h"

/* A kept boot. Boots of one kernel, topology and instrument are a group. */
struct kept {
	const struct boot_records *boot;
	const struct boots *from;
	size_t group;
};

struct pile {
	struct boots *files;
	size_t nr_files;
	struct kept *list;
	size_t nr, nr_groups;
	json_t *known;		/* boots_drop_known() */
	json_t *kernels;	/* name: record */
	json_t *runs;		/* `run` records, without their `merged` */
	json_t *sweep;		/* of all files, without the shard; or NULL */
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
	const char *name = record_string(rec, "kernel"), *field;
	const json_t *had = json_object_get(p->kernels, name);

	field = had ? kernel_difference(had, rec) : NULL;
	if (field)
		return err(EX_USE, "%s: its kernel %s is another one than in the files before, its %s differs: merge files of the same build",
			   path, name, field);
	if (!had)
		json_object_set(p->kernels, name, (json_t *)rec);
	return 0;
}

static bool has_run(const struct pile *p, const json_t *run)
{
	const json_t *had;
	size_t i;

	json_array_foreach(p->runs, i, had)
		if (json_equal(had, run))
			return true;
	return false;
}

static int add_run(struct pile *p, const json_t *rec, const char *path)
{
	json_t *sweep = json_object_get(rec, "sweep"), *earlier, *run;
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
	/* A merged file has the runs that it was made of. */
	earlier = json_object_get(rec, "merged");
	earlier = earlier ? json_incref(earlier) : json_pack("[O]", rec);
	json_array_foreach(earlier, i, run)
		if (!has_run(p, run))
			json_array_append(p->runs, run);
	json_decref(earlier);
	return 0;
}

/* 0 when no cell that both have differs. */
static int agree(const struct kept *a, const struct kept *b)
{
	char what[DIFFER_LEN];

	if (!boots_differ(a->boot, b->boot, what))
		return 0;
	return err(EX_INVALID, "%s and %s disagree on %s %s %s: one of them is wrong, insn counts are exact",
		   a->from->file.path, b->from->file.path,
		   record_string(a->boot->record, "kernel"),
		   record_string(a->boot->record, "topology"), what);
}

static bool same_place(const struct boot_records *a,
		       const struct boot_records *b)
{
	static const char *const fields[] = { "kernel", "topology",
					      "instrument" };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(record_string(a->record, fields[i]),
			   record_string(b->record, fields[i])))
			return false;
	return true;
}

/* Keep @new, or count it as agreed if a kept boot has its exact counts. */
static int add_boot(struct pile *p, struct merge *m, struct kept new)
{
	bool exact = !strcmp(record_string(new.boot->record, "instrument"),
			     instruments[INSTRUMENT_INSN].name);
	bool agreed = false;
	int ret = 0;

	new.group = p->nr_groups;
	for (size_t i = 0; i < p->nr && !ret; i++) {
		const struct kept *other = &p->list[i];

		if (!same_place(new.boot, other->boot))
			continue;
		new.group = other->group;
		/* Within one file all boots are replicates. */
		if (!exact || other->from == new.from ||
		    !boot_is_ok(new.boot) || !boot_is_ok(other->boot))
			continue;
		ret = agree(other, &new);
		agreed |= boots_cover(other->boot, new.boot);
	}
	if (ret)
		return ret;
	if (agreed) {
		m->agreed++;
		return 0;
	}
	if (array_room(&p->list, p->nr, sizeof(new)))
		return EX_FAIL;
	p->nr_groups += new.group == p->nr_groups;
	p->list[p->nr++] = new;
	return 0;
}

static int add_file(struct pile *p, struct merge *m, const char *path)
{
	struct boots *file = &p->files[p->nr_files];
	const json_t *rec;
	size_t i, twice;
	int ret;

	ret = boots_read(path, file);
	if (ret)
		return ret;
	p->nr_files++;
	json_array_foreach(file->file.records, i, rec) {
		if (record_is(rec, "run"))
			ret = add_run(p, rec, path);
		else if (record_is(rec, "kernel"))
			ret = add_kernel(p, rec, path);
		if (ret)
			return ret;
	}
	ret = boots_drop_known(file, p->known, &twice);
	m->twice += twice;
	for (i = 0; i < file->nr && !ret; i++)
		if (file->list[i].record)
			ret = add_boot(p, m, (struct kept){
				.boot = &file->list[i], .from = file });
	return ret;
}

/* ------------------------------------------------------------ what is missing */

static size_t good_boots(const struct pile *p, const char *kernel,
			 const char *topology, const char *instrument)
{
	const struct boot_records wanted = {
		.record = json_pack("{s:s, s:s, s:s}", "kernel", kernel,
				    "topology", topology,
				    "instrument", instrument),
	};
	size_t n = 0;

	for (size_t i = 0; i < p->nr; i++)
		n += same_place(p->list[i].boot, &wanted) &&
		     boot_is_ok(p->list[i].boot);
	json_decref(wanted.record);
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

static int write_pile(const struct pile *p, struct recorder *r)
{
	json_t *kernel;
	const char *name;
	size_t group, i;
	int ret = 0;

	json_object_foreach(p->kernels, name, kernel)
		if (!ret)
			ret = recorder_write(r, kernel);
	for (group = 0; group < p->nr_groups; group++)
		for (i = 0; i < p->nr && !ret; i++)
			if (p->list[i].group == group)
				ret = recorder_boot(r, p->list[i].boot->record,
						    p->list[i].boot->cells);
	return ret;
}

/* Can times of these runs be replicates of each other? */
static bool same_machine(const json_t *a, const json_t *b)
{
	return json_equal(record_at(a, "host.cpu"), record_at(b, "host.cpu")) &&
	       json_equal(record_at(a, "host.cpus"), record_at(b, "host.cpus"));
}

/*
 * Times belong to one host, wherever they are merged. Counts are the same on
 * every host.
 */
static int set_host(const struct pile *p, json_t *run)
{
	const json_t *first = NULL, *other;

	for (const struct kept *k = p->list; k < p->list + p->nr; k++) {
		if (!boot_is_ok(k->boot) || instrument_find(record_string(
				k->boot->record, "instrument"))->exact)
			continue;
		other = json_array_get(k->from->file.records, 0);
		first = first ? first : other;
		if (!same_machine(first, other))
			return err(EX_USE, "%s is of another machine than the times before it, so they are not replicates: merge each machine's files, and compare the results",
				   k->from->file.path);
	}
	if (first)
		json_object_set(run, "host", json_object_get(first, "host"));
	return 0;
}

/* Write @output whole or not at all, under another name first. */
static int write_output(const struct pile *p, const struct merge *m,
			const char *output, int argc, char **argv)
{
	json_t *run = json_object();
	struct recorder r;
	char *part = NULL;
	int ret;

	if (asprintf(&part, "%s.part", output) < 0)
		return no_memory();
	remove(part);
	json_object_set(run, "merged", p->runs);
	if (p->sweep && !p->mixed)
		json_object_set(run, "sweep", p->sweep);
	ret = set_host(p, run);
	if (!ret)
		ret = recorder_create(&r, part, run, argc, argv);
	if (ret)
		goto out;
	ret = write_pile(p, &r);
	/* What lacks boots has no end: a sweep may go on with it. */
	ret = !ret && m->nr_missing ? recorder_close(&r) :
				      recorder_end(&r, ret);
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
		.files = calloc(nr, sizeof(*p.files)),
		.known = json_object(), .kernels = json_object(),
		.runs = json_array(),
	};
	int ret = p.files ? 0 : no_memory();

	*m = (struct merge){ .missing = json_object() };
	if (!ret && access(output, F_OK) == 0)
		ret = err(EX_USE, "%s exists already: choose another name or remove it",
			  output);
	for (size_t i = 0; i < nr && !ret; i++)
		ret = add_file(&p, m, files[i]);
	if (!ret && p.sweep && !p.mixed)
		find_missing(&p, m);
	if (!ret)
		ret = write_output(&p, m, output, argc, argv);
	json_decref(p.known);
	json_decref(p.kernels);
	json_decref(p.runs);
	json_decref(p.sweep);
	while (p.nr_files)
		boots_free(&p.files[--p.nr_files]);
	free(p.files);
	free(p.list);
	if (ret)
		merge_free(m);
	return ret;
}

void merge_free(struct merge *m)
{
	json_decref(m->missing);
	m->missing = NULL;
}
