// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How to get the numbers again. Facts that several kernels or boots share are
 * printed once, with the first that has them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/groups.h"
#include "base/text.h"
#include "doc/doc.h"
#include "report/report.h"
#include "results/proof.h"

#define HASH_DIGITS	12	/* tell any two builds apart, and fit a mail */

static int add_build(struct groups *g, const struct table_kernel *k)
{
	json_t *all = json_pack("[s? s? s? s? s?]", k->release, k->source,
				k->config_sha256, k->compiler, k->harness);
	char *key = json_dumps(all, JSON_COMPACT);
	int e = key ? groups_add(g, key) : EX_FAIL;

	json_decref(all);
	free(key);
	return e;
}

/* The preemption model, the setting that differs most often. */
static void put_preemption(struct doc *d, const struct table_kernel *k)
{
	json_t *config = json_object_get(k->record, "config"), *value;
	const char *name;

	json_object_foreach(config, name, value)
		if (!strncmp(name, "PREEMPT", 7))
			doc_print(d, ", %s", name);
}

static void put_kernels(struct doc *d, const struct table *t)
{
	struct groups g = { .nr = 0 };
	const struct table_kernel *k;
	size_t i, n;

	for (i = 0; i < t->nr_kernels && !d->failed; i++)
		d->failed |= add_build(&g, &t->kernels[i]) != 0;
	d->failed |= groups_end(&g) != 0;
	for (i = 0; i < g.nr && !d->failed; i++) {
		k = &t->kernels[g.list[g.first[i]]];
		doc_begin(d, DOC_ITEM);
		doc_print(d, "kernel %s", k->name);
		for (n = g.first[i] + 1; n < g.first[i + 1]; n++)
			doc_print(d, ", %s", t->kernels[g.list[n]].name);
		doc_print(d, ": %s from %s, config %.*s, %s", text_known(k->release),
			  text_known(k->source), HASH_DIGITS,
			  text_known(k->config_sha256), text_known(k->compiler));
		put_preemption(d, k);
		if (k->harness)
			doc_print(d, ", harness %s", k->harness);
		doc_end(d);
	}
	groups_free(&g);
	for (i = 0; i < t->nr_kernels; i++) {
		k = &t->kernels[i];
		if (k->cmdline && *k->cmdline)
			doc_put(d, DOC_ITEM, "%s is booted with %s", k->name,
				k->cmdline);
	}
}

/* Is this text the first of its kind? */
static bool is_new(struct doc *d, struct index *had, const char *key)
{
	size_t place = INDEX_NONE, size = index_size(had);

	d->failed |= index_add(had, key, size, &place) != 0;
	return place == size;
}

static void put_topology(struct doc *d, const struct table *t,
			 const struct table_boot *b)
{
	doc_begin(d, DOC_ITEM);
	doc_print(d, "%s: %lld possible CPUs", t->topologies.name[b->topology],
		  b->possible_cpus);
	if (b->online_cpus > 0)
		doc_print(d, ", %lld online", b->online_cpus);
	if (b->nodes > 0)
		doc_print(d, ", %lld %s", b->nodes,
			  b->nodes == 1 ? "node" : "nodes");
	if (b->nodes_shift >= 0)
		doc_print(d, ", NODES_SHIFT %lld", b->nodes_shift);
	if (b->unit_size > 0)
		doc_print(d, ", percpu unit %lld KiB", b->unit_size >> 10);
	if (b->memory_mib > 0)
		doc_print(d, ", %lld MiB", b->memory_mib);
	doc_end(d);
}

/* Skip failed boots: their guest may not have seen its topology. */
static void put_topologies(struct doc *d, const struct table *t)
{
	const struct table_boot *b;
	struct index had = { NULL };
	char key[160];

	for (b = t->boots; t->nr_boots && b < t->boots + t->nr_boots; b++) {
		if (b->status != BOOT_OK || b->possible_cpus < 0)
			continue;
		snprintf(key, sizeof(key), "%u %lld %lld %lld %lld %lld %lld",
			 b->topology, b->memory_mib, b->possible_cpus,
			 b->online_cpus, b->nodes, b->nodes_shift, b->unit_size);
		if (is_new(d, &had, key))
			put_topology(d, t, b);
	}
	index_free(&had);
}

/* Mark the kernels that charge for @beyond copies more; how many are there? */
static size_t mark(const struct table *t, long long beyond, bool *alike)
{
	const struct table_boot *b;
	size_t nr = 0;

	memset(alike, 0, t->nr_kernels);
	for (b = t->boots; t->nr_boots && b < t->boots + t->nr_boots; b++) {
		if (b->beyond != beyond || alike[b->kernel])
			continue;
		alike[b->kernel] = true;
		nr++;
	}
	return nr;
}

static void put_names(struct doc *d, const struct table *t, const bool *alike)
{
	const char *before = " by";

	for (unsigned int kernel = 0; kernel < t->nr_kernels; kernel++) {
		if (!alike[kernel])
			continue;
		doc_print(d, "%s %s", before, t->kernels[kernel].name);
		before = ",";
	}
}

/* The kernels' charge for an object; by kernel if they differ. */
static void put_charges(struct doc *d, const struct table *t)
{
	bool *alike = calloc(t->nr_kernels + 1, sizeof(*alike));
	long long beyond;
	size_t nr;

	d->failed |= !alike;
	for (beyond = 0; alike && beyond <= PROOF_MOST_BEYOND; beyond++) {
		nr = mark(t, beyond, alike);
		if (!nr)
			continue;
		doc_begin(d, DOC_ITEM);
		doc_print(d, "charged for S percpu bytes on N possible CPUs: S x (N + %lld)",
			  beyond);
		if (nr < t->nr_kernels)
			put_names(d, t, alike);
		doc_end(d);
	}
	free(alike);
}

static void put_emulators(struct doc *d, const struct table *t)
{
	const struct table_boot *b;
	struct index had = { NULL };
	char *text;

	for (b = t->boots; t->nr_boots && b < t->boots + t->nr_boots; b++) {
		if (!b->qemu)
			continue;
		if (asprintf(&text, "QEMU: %s, CPU model %s", b->qemu,
			     text_known(b->cpu_model)) < 0) {
			d->failed = true;
			break;
		}
		if (is_new(d, &had, text))
			doc_put(d, DOC_ITEM, "%s", text);
		free(text);
	}
	index_free(&had);
}

static bool same_host(const struct table_run *a, const struct table_run *b)
{
	return same_text(a->host_cpu, b->host_cpu) &&
	       same_text(a->host_os, b->host_os) &&
	       same_text(a->host_kernel, b->host_kernel) &&
	       a->host_cpus == b->host_cpus;
}

static void put_runs(struct doc *d, const struct table *t)
{
	const struct table_run *r, *other;

	for (r = t->runs; r < t->runs + t->nr_runs; r++) {
		for (other = t->runs; !same_host(other, r); other++)
			;
		if (other == r)
			doc_put(d, DOC_ITEM, "host: %s, %lld %s, Linux %s, %s",
				text_known(r->host_cpu), r->host_cpus,
				r->host_cpus == 1 ? "CPU" : "CPUs",
				text_known(r->host_kernel), text_known(r->host_os));
	}
	for (r = t->runs; r < t->runs + t->nr_runs; r++)
		doc_put(d, DOC_ITEM, "run: %s, started %s%s%s%s", r->id,
			text_known(r->started), r->tool ? ", " : "",
			r->tool ? r->tool : "",
			r->boots.file.ended ? "" : ", interrupted before its end");
}

/* @as: where in a boot's record the id of the other run is */
static void put_others(struct doc *d, const struct table *t, const char *as,
		       const char *started, const char *what)
{
	const json_t **records = calloc(t->nr_boots + 1, sizeof(*records));
	struct groups g = { .nr = 0 };
	const json_t *record;
	size_t i, nr;

	d->failed |= !records;
	for (i = 0; i < t->nr_boots && !d->failed; i++) {
		record = t->boots[i].record;
		if (!record_string(record, as))
			continue;
		records[g.nr_things] = record;
		d->failed |= groups_add(&g, record_string(record, as)) != 0;
	}
	d->failed |= groups_end(&g) != 0;
	for (i = 0; i < g.nr && !d->failed; i++) {
		record = records[g.list[g.first[i]]];
		nr = g.first[i + 1] - g.first[i];
		doc_put(d, DOC_ITEM, "%s run %s, started %s: %zu %s",
			what, record_string(record, as),
			record_string(record, started), nr,
			nr == 1 ? "boot" : "boots");
	}
	groups_free(&g);
	free(records);
}

void report_provenance(struct doc *d, const struct table *t)
{
	doc_put(d, DOC_TITLE, "measured with:");
	put_kernels(d, t);
	put_charges(d, t);
	put_emulators(d, t);
	put_topologies(d, t);
	put_runs(d, t);
	put_others(d, t, "taken.run", "taken.started", "measured by");
	put_others(d, t, "again.run", "again.started",
		   "measured again, and the same as by");
}
