// SPDX-License-Identifier: GPL-2.0-or-later
/* Merges boots of several files: drops copies, checks exact counts. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/groups.h"
#include "base/index.h"
#include "base/memory.h"
#include "plan/plan.h"
#include "results/boots.h"
#include "results/differ.h"
#include "sweep/merge.h"
#include "sweep/shards.h"

/*
 * A kept boot. Boots of one kernel, topology and instrument are a group.
 * @sum: boots_sum()
 * @next: the one before it in its group that differs from it in sum or file, or
 *	NO_BOOT: all others are like one of these
 */
#define NO_BOOT	((size_t)-1)

struct kept {
	const struct boot_records *boot;
	const struct boots *from;
	uint64_t sum;
	size_t next;
};

#define MOST_WANTED	(1UL << 24)	/* kernels times topologies */

struct pile {
	struct boots *files;
	size_t nr_files;
	struct kept *list;
	size_t nr;
	struct groups groups;	/* of the list's boots */
	size_t *last;		/* of each group, the first of its @next */
	size_t *good;		/* ... and how many of its boots succeeded */
	struct index sums;	/* of each group's boots of each file */
	json_t *known;		/* boots_drop_known() */
	json_t *kernels;	/* name: record */
	json_t *runs;		/* `run` records, without their `merged` */
	struct index had_runs;	/* ... by their text */
	json_t *sweep;		/* of all files, without the shard; or NULL */
	bool mixed;		/* files with and without a sweep */
	struct shards shards;
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

static int keep_run(struct pile *p, json_t *run)
{
	char *text = json_dumps(run, JSON_COMPACT | JSON_SORT_KEYS |
				JSON_ENCODE_ANY);
	size_t nr = json_array_size(p->runs), had = 0;
	int ret = text ? index_add(&p->had_runs, text, nr, &had) : no_memory();

	free(text);
	if (!ret && had == nr && json_array_append(p->runs, run))
		ret = no_memory();
	return ret;
}

static int add_run(struct pile *p, const json_t *rec, const char *path)
{
	json_t *sweep = json_object_get(rec, "sweep"), *earlier, *run;
	size_t i;
	int ret = 0;

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
		if (!ret)
			ret = keep_run(p, run);
	json_decref(earlier);
	return ret;
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

/* What a group has in common. A text for free(), or NULL with err(). */
static char *group_key(const char *kernel, const char *topology,
		       const char *instrument)
{
	char *key;

	if (asprintf(&key, "%s\n%s\n%s", kernel, topology, instrument) >= 0)
		return key;
	no_memory();
	return NULL;
}

static char *group_of(const json_t *boot)
{
	return group_key(record_string(boot, "kernel"),
			 record_string(boot, "topology"),
			 record_string(boot, "instrument"));
}

/*
 * Add @new to its group's chain, unless a boot of its file there is like it: what
 * agrees with one agrees with the other.
 */
static int chain(struct pile *p, struct kept *new, size_t group)
{
	char key[80];
	size_t had;
	int ret;

	if (group == p->groups.nr) {
		ret = array_room(&p->last, group, sizeof(*p->last)) ? :
		      array_room(&p->good, group, sizeof(*p->good));
		if (ret)
			return ret;
		p->last[group] = NO_BOOT;
		p->good[group] = 0;
	}
	if (!boot_is_ok(new->boot))
		return 0;
	p->good[group]++;
	snprintf(key, sizeof(key), "%zu %td %" PRIx64, group,
		 new->from - p->files, new->sum);
	ret = index_add(&p->sums, key, p->nr, &had);
	if (ret || had != p->nr)
		return ret;
	new->next = p->last[group];
	p->last[group] = p->nr;
	return 0;
}

static int keep(struct pile *p, struct kept *new, size_t group, const char *key)
{
	int ret = chain(p, new, group);

	if (!ret)
		ret = groups_add(&p->groups, key);
	if (!ret)
		ret = array_room(&p->list, p->nr, sizeof(*new));
	if (!ret)
		p->list[p->nr++] = *new;
	return ret;
}

/* Does a kept boot of another file have all exact counts of @new? */
static int find_agreed(const struct pile *p, const struct kept *new, size_t group,
		       bool *agreed)
{
	const struct kept *other;
	size_t i = group < p->groups.nr ? p->last[group] : NO_BOOT;
	int ret = 0;

	*agreed = false;
	for (; i != NO_BOOT && !ret; i = other->next) {
		other = &p->list[i];
		/* Within one file all boots are replicates. */
		if (other->from == new->from)
			continue;
		if (other->sum != new->sum)
			ret = agree(other, new);
		*agreed |= other->sum == new->sum ||
			   boots_cover(other->boot, new->boot);
	}
	return ret;
}

/* Boots of one kernel and topology that shards have between them: replicates. */
static size_t wanted_boots(const struct pile *p)
{
	return p->sweep && !p->mixed ? (size_t)record_int(p->sweep, "boots") : 1;
}

/*
 * Keep @new; or count it as agreed if kept boots have its exact counts, and are as
 * many as the sweep wants.
 */
static int add_boot(struct pile *p, struct merge *m, struct kept new)
{
	bool exact = !strcmp(record_string(new.boot->record, "instrument"),
			     instruments[INSTRUMENT_INSN].name);
	char *key = group_of(new.boot->record);
	bool agreed = false;
	size_t group;
	int ret = 0;

	if (!key)
		return EX_FAIL;
	group = index_get(&p->groups.keys, key);
	if (group == INDEX_NONE)
		group = p->groups.nr;
	new.next = NO_BOOT;
	if (exact && boot_is_ok(new.boot)) {
		new.sum = boots_sum(new.boot);
		ret = find_agreed(p, &new, group, &agreed);
	}
	if (agreed && p->good[group] < wanted_boots(p))
		agreed = false;
	m->agreed += !ret && agreed;
	if (!ret && !agreed)
		ret = keep(p, &new, group, key);
	free(key);
	return ret;
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
	ret = shards_add(&p->shards, file->file.records, path);
	if (!ret)
		ret = boots_drop_known(file, p->known, &twice);
	if (ret)
		return ret;
	m->twice += twice;
	for (i = 0; i < file->nr && !ret; i++)
		if (file->list[i].record)
			ret = add_boot(p, m, (struct kept){
				.boot = &file->list[i], .from = file });
	return ret;
}

/* ------------------------------------------------------------ what is missing */

static int note_missing(struct merge *m, const char *kernel,
			const char *topology, size_t nr)
{
	char *name;
	int ret;

	m->nr_missing += nr;
	if (json_object_size(m->missing) == MERGE_NAMED)
		return 0;
	if (asprintf(&name, "%s %s", kernel, topology) < 0)
		return no_memory();
	ret = json_object_set_new(m->missing, name, json_integer(nr)) ?
	      no_memory() : 0;
	free(name);
	return ret;
}

/*
 * A stranger's file can want a million kernels on a million topologies: as many
 * as can be a sweep are looked at.
 */
static int find_missing(const struct pile *p, struct merge *m)
{
	const char *instrument = record_string(p->sweep, "instrument");
	const json_t *kernels = json_object_get(p->sweep, "kernels"), *kernel;
	const json_t *topologies = json_object_get(p->sweep, "topologies");
	const json_t *topology;
	size_t wanted = record_int(p->sweep, "boots"), i, j, group, have;
	char *key;
	int ret = 0;

	if (json_array_size(kernels) * json_array_size(topologies) > MOST_WANTED)
		return err(EX_USE, "its sweep wants %zu kernels on %zu topologies: no sweep is so large, give files that pcpubench wrote",
			   json_array_size(kernels),
			   json_array_size(topologies));
	json_array_foreach(kernels, i, kernel) {
		json_array_foreach(topologies, j, topology) {
			if (ret)
				break;
			key = group_key(json_string_value(kernel),
					json_string_value(topology), instrument);
			group = key ? index_get(&p->groups.keys, key) : 0;
			ret = key ? 0 : EX_FAIL;
			free(key);
			have = ret || group == INDEX_NONE ? 0 :
			       p->good[group];
			m->nr_wanted += wanted;
			if (!ret && have < wanted)
				ret = note_missing(m, json_string_value(kernel),
						   json_string_value(topology),
						   wanted - have);
		}
	}
	return ret;
}

/* Nothing tells what is missing of files that are not of one sweep. */
static const char *find_interrupted(const struct pile *p, char *const *paths)
{
	for (size_t i = 0; i < p->nr_files; i++)
		if (!p->files[i].file.ended || p->files[i].file.torn)
			return paths[i];
	return NULL;
}

/* ------------------------------------------------------------------- output */

static int write_pile(const struct pile *p, struct recorder *r)
{
	const struct kept *kept;
	json_t *kernel;
	const char *name;
	int ret = 0;

	json_object_foreach(p->kernels, name, kernel)
		if (!ret)
			ret = recorder_write(r, kernel);
	for (size_t i = 0; i < p->nr && !ret; i++) {
		kept = &p->list[p->groups.list[i]];
		ret = recorder_boot(r, kept->boot->record, kept->boot->cells);
	}
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
	ret = !ret && (m->nr_missing || m->interrupted) ? recorder_close(&r) :
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
		ret = find_missing(&p, m);
	else if (!ret)
		m->interrupted = find_interrupted(&p, files);
	if (!ret && m->nr_missing)
		m->open_shards = shards_open(&p.shards);
	if (!ret)
		ret = groups_end(&p.groups);
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
	free(p.last);
	free(p.good);
	groups_free(&p.groups);
	index_free(&p.sums);
	index_free(&p.had_runs);
	if (ret)
		merge_free(m);
	return ret;
}

void merge_free(struct merge *m)
{
	json_decref(m->missing);
	free(m->open_shards);
	*m = (struct merge){ 0 };
}
