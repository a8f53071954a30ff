// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How to get the numbers again. Facts that several kernels or boots share are
 * printed once, with the first that has them.
 */
#include "base/text.h"
#include <string.h>

#include "doc/doc.h"
#include "report/report.h"
#include "results/proof.h"

#define HASH_DIGITS	12	/* tell any two builds apart, and fit a mail */

static bool same_build(const struct table_kernel *a,
		       const struct table_kernel *b)
{
	return same_text(a->release, b->release) &&
	       same_text(a->source, b->source) &&
	       same_text(a->config_sha256, b->config_sha256) &&
	       same_text(a->compiler, b->compiler) &&
	       same_text(a->harness, b->harness);
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
	const struct table_kernel *const end = t->kernels + t->nr_kernels;
	const struct table_kernel *k, *other;

	for (k = t->kernels; k < end; k++) {
		for (other = t->kernels; !same_build(other, k); other++)
			;
		if (other < k)
			continue;
		doc_begin(d, DOC_ITEM);
		doc_print(d, "kernel %s", k->name);
		for (other = k + 1; other < end; other++)
			if (same_build(other, k))
				doc_print(d, ", %s", other->name);
		doc_print(d, ": %s from %s, config %.*s, %s", text_known(k->release),
			  text_known(k->source), HASH_DIGITS,
			  text_known(k->config_sha256), text_known(k->compiler));
		put_preemption(d, k);
		if (k->harness)
			doc_print(d, ", harness %s", k->harness);
		doc_end(d);
	}
	for (k = t->kernels; k < end; k++)
		if (k->cmdline && *k->cmdline)
			doc_put(d, DOC_ITEM, "%s is booted with %s", k->name,
				k->cmdline);
}

static bool same_machine(const struct table_boot *a,
			 const struct table_boot *b)
{
	return a->topology == b->topology && a->memory_mib == b->memory_mib &&
	       a->possible_cpus == b->possible_cpus &&
	       a->online_cpus == b->online_cpus && a->nodes == b->nodes &&
	       a->nodes_shift == b->nodes_shift && a->unit_size == b->unit_size;
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
	const struct table_boot *b, *other;

	for (b = t->boots; b < t->boots + t->nr_boots; b++) {
		if (b->status != BOOT_OK || b->possible_cpus < 0)
			continue;
		for (other = t->boots; other < b; other++)
			if (other->status == BOOT_OK && same_machine(other, b))
				break;
		if (other == b)
			put_topology(d, t, b);
	}
}

static bool charged_alike(const struct table *t, unsigned int kernel,
			  long long beyond)
{
	for (size_t i = 0; i < t->nr_boots; i++)
		if (t->boots[i].kernel == kernel && t->boots[i].beyond == beyond)
			return true;
	return false;
}

static void put_names(struct doc *d, const struct table *t, long long beyond)
{
	const char *before = " by";

	for (unsigned int kernel = 0; kernel < t->nr_kernels; kernel++) {
		if (!charged_alike(t, kernel, beyond))
			continue;
		doc_print(d, "%s %s", before, t->kernels[kernel].name);
		before = ",";
	}
}

/* The kernels' charge for an object; by kernel if they differ. */
static void put_charges(struct doc *d, const struct table *t)
{
	unsigned int kernel, nr;
	long long beyond;

	for (beyond = 0; beyond <= PROOF_MOST_BEYOND; beyond++) {
		for (kernel = 0, nr = 0; kernel < t->nr_kernels; kernel++)
			nr += charged_alike(t, kernel, beyond);
		if (!nr)
			continue;
		doc_begin(d, DOC_ITEM);
		doc_print(d, "charged for S bytes on N possible CPUs: S x (N + %lld)",
			  beyond);
		if (nr < t->nr_kernels)
			put_names(d, t, beyond);
		doc_end(d);
	}
}

static void put_emulators(struct doc *d, const struct table *t)
{
	const struct table_boot *b, *other;

	for (b = t->boots; b < t->boots + t->nr_boots; b++) {
		if (!b->qemu)
			continue;
		for (other = t->boots; other < b; other++)
			if (same_text(other->qemu, b->qemu) &&
			    same_text(other->cpu_model, b->cpu_model))
				break;
		if (other == b)
			doc_put(d, DOC_ITEM, "QEMU: %s, CPU model %s", b->qemu,
				text_known(b->cpu_model));
	}
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

/* Boots that the run called @id has measured, in @first the first of them. */
static size_t measured_by(const struct table *t, const char *id, const char *as,
			  size_t *first)
{
	size_t nr = 0;

	for (size_t i = t->nr_boots; i--;)
		if (same_text(record_string(t->boots[i].record, as), id)) {
			*first = i;
			nr++;
		}
	return nr;
}

/* @as: where in a boot's record the id of the other run is */
static void put_others(struct doc *d, const struct table *t, const char *as,
		       const char *started, const char *what)
{
	const json_t *record;
	size_t i, nr, first = 0;
	const char *id;

	for (i = 0; i < t->nr_boots; i++) {
		record = t->boots[i].record;
		id = record_string(record, as);
		nr = id ? measured_by(t, id, as, &first) : 0;
		if (nr && first == i)
			doc_put(d, DOC_ITEM, "%s run %s, started %s: %zu %s",
				what, id, record_string(record, started), nr,
				nr == 1 ? "boot" : "boots");
	}
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
