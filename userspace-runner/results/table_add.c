// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/text.h"
#include "results/cell.h"
#include "results/record.h"
#include "results/table_add.h"

static int intern(struct table_names *names, const char *name,
		  unsigned int *index)
{
	size_t i;

	for (i = 0; i < names->nr && strcmp(names->name[i], name); i++)
		;
	*index = (unsigned int)i;
	if (i < names->nr)
		return 0;
	if (array_room(&names->name, names->nr, sizeof(*names->name)))
		return EX_FAIL;
	names->name[names->nr++] = name;
	return 0;
}

static bool find_kernel(const struct table *t, const char *name, size_t *index)
{
	for (*index = 0; *index < t->nr_kernels; (*index)++)
		if (!strcmp(t->kernels[*index].name, name))
			return true;
	return false;
}

static int check_same_kernel(const struct table *t,
			     const struct table_kernel *old,
			     const struct table_kernel *new)
{
	if (same_text(old->image_sha256, new->image_sha256) &&
	    same_text(old->module_sha256, new->module_sha256) &&
	    same_text(old->release, new->release) &&
	    same_text(old->cmdline, new->cmdline))
		return 0;
	return err(EX_USE, "%s: kernel '%s' is another build than in %s: give results of one build",
		   t->runs[new->run].file.path, new->name,
		   t->runs[old->run].file.path);
}

/* "a, b" of the names of harness patches, NULL when there are none. */
static int join_harness(const json_t *harness, char **names)
{
	const json_t *patch;
	size_t i, len;
	FILE *out;

	*names = NULL;
	if (!json_array_size(harness))
		return 0;
	out = open_memstream(names, &len);
	if (!out)
		return no_memory();
	json_array_foreach(harness, i, patch)
		fprintf(out, "%s%s", i ? ", " : "", record_string(patch, "name"));
	return fclose(out) ? no_memory() : 0;
}

static int add_kernel(struct table *t, const json_t *record)
{
	struct table_kernel k = {
		.name = record_string(record, "kernel"),
		.release = record_string(record, "release"),
		.source = record_string(record, "source"),
		.compiler = record_string(record, "compiler"),
		.config_sha256 = record_string(record, "config_sha256"),
		.image_sha256 = record_string(record, "image_sha256"),
		.module_sha256 = record_string(record, "module_sha256"),
		.cmdline = record_string(record, "cmdline"),
		.multi_node_note = record_string(record, "multi_node_note"),
		.run = t->nr_runs - 1,
	};
	size_t i;

	if (find_kernel(t, k.name, &i))
		return check_same_kernel(t, &t->kernels[i], &k);
	if (array_room(&t->kernels, t->nr_kernels, sizeof(k)))
		return EX_FAIL;
	if (join_harness(record_at(record, "harness"), &k.harness))
		return EX_FAIL;
	t->kernels[t->nr_kernels++] = k;
	return 0;
}

static struct table_boot *find_boot(struct table *t, long long number)
{
	size_t i;

	for (i = t->nr_boots; i-- && t->boots[i].run == t->nr_runs - 1;)
		if (t->boots[i].number == number)
			return &t->boots[i];
	return NULL;
}

/*
 * What a `boot` and a `cell` record both say of their boot. @has_boot_record:
 * false for one that is known by its cells only.
 */
static int add_boot(struct table *t, const json_t *record, size_t line,
		    bool has_boot_record)
{
	const char *path = t->runs[t->nr_runs - 1].file.path;
	const char *kernel = record_string(record, "kernel");
	struct table_boot b = {
		.run = t->nr_runs - 1,
		.number = record_int(record, "boot"),
		.status = BOOT_UNFINISHED,
		.reason = record_string(record, "reason"),
		.qemu = record_string(record, "qemu"),
		.cpu_model = record_string(record, "cpu_model"),
		.memory_mib = record_int(record, "memory_mib"),
		.possible_cpus = record_int(record, "guest.possible_cpus"),
		.online_cpus = record_int(record, "guest.online_cpus"),
		.nodes = record_int(record, "guest.nodes"),
		.nodes_shift = record_int(record, "guest.nodes_shift"),
		.unit_size = record_int(record, "guest.unit_size"),
		.boot_id = record_string(record, "boot_id"),
		.layout = record_int(record, "layout.seed"),
		.beyond = -1,
		.first = t->nr_boots,
	};
	size_t k, i;

	if (find_boot(t, b.number))
		return err(EX_USE, "%s: line %zu: boot %lld is there twice: the file is damaged, measure again",
			   path, line, b.number);
	if (!find_kernel(t, kernel, &k))
		return err(EX_USE, "%s: line %zu: kernel '%s' has no record: the file is damaged, measure again",
			   path, line, kernel);
	b.kernel = (unsigned int)k;
	if (b.layout < 0)
		b.layout = 0;
	for (i = 0; i < t->nr_boots && b.boot_id && b.first == t->nr_boots; i++)
		if (t->boots[i].kernel == b.kernel &&
		    same_text(t->boots[i].boot_id, b.boot_id))
			b.first = i;
	if (has_boot_record)
		b.status = strcmp(record_string(record, "status"), "ok") ?
			   BOOT_FAILED : BOOT_OK;
	if (intern(&t->topologies, record_string(record, "topology"),
		   &b.topology) ||
	    intern(&t->instruments, record_string(record, "instrument"),
		   &b.instrument) ||
	    array_room(&t->boots, t->nr_boots, sizeof(b)))
		return EX_FAIL;
	t->boots[t->nr_boots++] = b;
	return 0;
}

/* The cell a record belongs to, made when it is the first one. */
static int get_cell(struct table *t, const json_t *record,
		    const struct table_boot *boot, struct table_cell **cell)
{
	struct table_cell new = {
		.topology = boot->topology,
		.instrument = boot->instrument,
		.kernel = boot->kernel,
		.param = record_int(record, "param"),
		.unit = record_string(record, "unit"),
		.charge = {
			.uses = record_int(record, "charge.uses"),
			.percpu = record_int(record, "charge.percpu"),
			.values = record_int(record, "charge.values"),
		},
	};
	struct table_cell *c;

	if (intern(&t->benches, record_string(record, "bench"), &new.bench))
		return EX_FAIL;
	for (c = t->cells; c < t->cells + t->nr_cells; c++) {
		*cell = c;
		if (c->topology == new.topology &&
		    c->instrument == new.instrument &&
		    c->kernel == new.kernel && c->bench == new.bench &&
		    c->param == new.param)
			return 0;
	}
	if (array_room(&t->cells, t->nr_cells, sizeof(new)))
		return EX_FAIL;
	*cell = &t->cells[t->nr_cells++];
	**cell = new;
	return 0;
}

/* A boot that measured a cell twice would pass for two boots. */
static bool has_boot(const struct table_cell *cell, size_t boot)
{
	size_t i;

	for (i = 0; i < cell->nr_values; i++)
		if (cell->values[i].boot == boot)
			return true;
	for (i = 0; i < cell->nr_invalid; i++)
		if (cell->invalid[i] == boot)
			return true;
	return false;
}

static int add_invalid(struct table_cell *cell, size_t boot, const char *reason)
{
	if (!cell->reason)
		cell->reason = strdup(reason);
	if (!cell->reason)
		return no_memory();
	if (array_room(&cell->invalid, cell->nr_invalid, sizeof(boot)))
		return EX_FAIL;
	cell->invalid[cell->nr_invalid++] = boot;
	return 0;
}

static int add_value(struct table_cell *cell, size_t boot, const json_t *record)
{
	struct table_value value = { .boot = boot };
	char reason[CELL_REASON_LEN];
	int e;

	e = cell_measure(record, &value.off, &value.on, reason);
	cell_locked(record, &value.locked_off, &value.locked_on);
	if (e == EX_INVALID)
		return add_invalid(cell, boot, reason);
	if (e)
		return e;
	if (array_room(&cell->values, cell->nr_values, sizeof(value)))
		return EX_FAIL;
	cell->values[cell->nr_values++] = value;
	return 0;
}

static int check_cell_boot(const struct table *t, const json_t *record,
			   size_t line, const struct table_boot *boot)
{
	if (!strcmp(record_string(record, "kernel"),
		    t->kernels[boot->kernel].name) &&
	    !strcmp(record_string(record, "topology"),
		    t->topologies.name[boot->topology]) &&
	    !strcmp(record_string(record, "instrument"),
		    t->instruments.name[boot->instrument]))
		return 0;
	return err(EX_USE, "%s: line %zu: the cell is of another kernel, topology or instrument than its boot: the file is damaged, measure again",
		   t->runs[boot->run].file.path, line);
}

static int add_cell(struct table *t, const json_t *record, size_t line)
{
	struct table_boot *boot = find_boot(t, record_int(record, "boot"));
	struct table_cell *cell;
	int e;

	if (!boot) {
		e = add_boot(t, record, line, false);
		if (e)
			return e;
		boot = &t->boots[t->nr_boots - 1];
	}
	e = check_cell_boot(t, record, line, boot);
	/* A boot that failed, or may have, is never a number. */
	if (e || boot->status != BOOT_OK)
		return e;
	if (boot->beyond < 0)
		boot->beyond = record_int(record, "proof.beyond");
	e = get_cell(t, record, boot, &cell);
	if (e)
		return e;
	if (has_boot(cell, boot - t->boots))
		return err(EX_USE, "%s: line %zu: the same cell of boot %lld is there twice: the file is damaged, measure again",
			   t->runs[boot->run].file.path, line, boot->number);
	return add_value(cell, boot - t->boots, record);
}

int table_add_run(struct table *t)
{
	struct table_run *run = &t->runs[t->nr_runs - 1];
	const json_t *records = run->file.records;
	const json_t *record = json_array_get(records, 0);
	int e = 0;
	size_t i;

	run->id = record_string(record, "id");
	run->started = record_string(record, "started");
	run->tool = record_string(record, "tool");
	run->host_cpu = record_string(record, "host.cpu");
	run->host_cpus = record_int(record, "host.cpus");
	run->host_kernel = record_string(record, "host.kernel");
	run->host_os = record_string(record, "host.os");

	json_array_foreach(records, i, record) {
		if (record_is(record, "kernel"))
			e = add_kernel(t, record);
		else if (record_is(record, "boot"))
			e = add_boot(t, record, i + 1, true);
		if (e)
			return e;
	}
	/* A boot's cells stand before or after its record. */
	json_array_foreach(records, i, record) {
		if (record_is(record, "cell"))
			e = add_cell(t, record, i + 1);
		if (e)
			return e;
	}
	return 0;
}
