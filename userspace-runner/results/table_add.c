// SPDX-License-Identifier: GPL-2.0-or-later
/* Adds the records of a results file to the table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/text_stream.h"
#include "results/cell.h"
#include "results/cell_name.h"
#include "results/kernel_label.h"
#include "results/record.h"
#include "results/table_add.h"

static int intern(struct table_names *names, const char *name,
		  unsigned int *index)
{
	size_t i;

	if (index_add(&names->index, name, names->nr, &i))
		return EX_FAIL;
	*index = (unsigned int)i;
	if (i < names->nr)
		return 0;
	if (array_room(&names->name, names->nr, sizeof(*names->name)))
		return EX_FAIL;
	names->name[names->nr] = strdup(name);
	return names->name[names->nr++] ? 0 : no_memory();
}

/*
 * The place of the kernel of @record, which becomes @new if it has none. Builds of
 * one name from two releases of Linux are two kernels.
 */
static int place_kernel(const struct table *t, struct table_making *m,
			const json_t *record, size_t new, size_t *place)
{
	char *key = kernel_key(record, t->apart);
	int e = key ? index_add(&m->kernels, key, new, place) : EX_FAIL;

	free(key);
	return e;
}

/* The record of the kernel that @name means in the last run. */
static const json_t *kernel_record(const struct table *t, const char *name)
{
	return boots_kernel(&t->runs[t->nr_runs - 1].boots, name);
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
	out = text_stream(names, &len);
	if (!out)
		return no_memory();
	json_array_foreach(harness, i, patch)
		fprintf(out, "%s%s", i ? ", " : "", record_string(patch, "name"));
	return fclose(out) ? no_memory() : 0;
}

static int add_kernel(struct table *t, struct table_making *m,
		      const json_t *record)
{
	struct table_kernel k = {
		.given = record_string(record, "kernel"),
		.release = record_string(record, "release"),
		.source = record_string(record, "source"),
		.compiler = record_string(record, "compiler"),
		.config_sha256 = record_string(record, "config_sha256"),
		.image_sha256 = record_string(record, "image_sha256"),
		.module_sha256 = record_string(record, "module_sha256"),
		.cmdline = record_string(record, "cmdline"),
		.multi_node_note = record_string(record, "multi_node_note"),
		.run = t->nr_runs - 1,
		.record = record,
	};
	size_t i;

	if (place_kernel(t, m, record, t->nr_kernels, &i))
		return EX_FAIL;
	if (i < t->nr_kernels &&
	    kernel_difference(t->kernels[i].record, record))
		return err(EX_USE, "%s: kernel '%s' is another build than in %s: give one build a side, as 'pcpubench compare' takes them, or 'validate' a machine's times and counts",
			   t->runs[k.run].boots.file.path, k.given,
			   t->runs[t->kernels[i].run].boots.file.path);
	if (i < t->nr_kernels)
		return 0;
	if (array_room(&t->kernels, t->nr_kernels, sizeof(k)))
		return EX_FAIL;
	k.subject = kernel_subject(record);
	if (!k.subject ||
	    join_harness(record_at(record, "harness"), &k.harness)) {
		free(k.subject);
		return EX_FAIL;
	}
	t->nr_controls += table_is_control(&k);
	t->kernels[t->nr_kernels++] = k;
	return 0;
}

/* The first boot of the kernel of @b on a machine since its start. */
static int find_first(struct table_making *m, const struct table_boot *b,
		      size_t boot, size_t *first)
{
	char *key = NULL;
	int e;

	*first = boot;
	if (!b->boot_id)
		return 0;
	if (asprintf(&key, "%u %s", b->kernel, b->boot_id) < 0)
		return no_memory();
	e = index_add(&m->machines, key, boot, first);
	free(key);
	return e;
}

/* A boot without a record is described by its cells. */
static int add_boot(struct table *t, struct table_making *m,
		    const struct boot_records *boot)
{
	const json_t *record = boot->record ? boot->record :
			       json_array_get(boot->cells, 0);
	struct table_boot b = {
		.run = t->nr_runs - 1,
		.number = boot->number,
		.record = boot->record,
		.cells = boot->cells,
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
		.taken = record_string(record, "taken.run"),
		.layout = record_int(record, "layout.seed"),
		.beyond = -1,
	};
	size_t k;

	if (place_kernel(t, m, kernel_record(t, record_string(record, "kernel")),
			 t->nr_kernels, &k))
		return EX_FAIL;
	b.kernel = (unsigned int)k;
	if (b.layout < 0)
		b.layout = 0;
	if (boot->record)
		b.status = boot_is_ok(boot) ? BOOT_OK : BOOT_FAILED;
	if (find_first(m, &b, t->nr_boots, &b.first) ||
	    intern(&t->topologies, record_string(record, "topology"),
		   &b.topology) ||
	    intern(&t->instruments, record_string(record, "instrument"),
		   &b.instrument) ||
	    array_room(&t->boots, t->nr_boots, sizeof(b)))
		return EX_FAIL;
	t->boots[t->nr_boots++] = b;
	return 0;
}

/* The cell a record belongs to, made when it is the first one. */
static int get_cell(struct table *t, struct table_making *m,
		    const json_t *record, const struct table_boot *boot,
		    struct table_cell **cell)
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
	char bench[CELL_NAME_LEN], key[100];
	size_t place;

	if (intern(&t->benches, cell_name(record, bench), &new.bench))
		return EX_FAIL;
	snprintf(key, sizeof(key), "%u %u %u %u %lld", new.topology,
		 new.instrument, new.kernel, new.bench, new.param);
	if (index_add(&m->cells, key, t->nr_cells, &place))
		return EX_FAIL;
	if (place == t->nr_cells) {
		if (array_room(&t->cells, t->nr_cells, sizeof(new)))
			return EX_FAIL;
		t->cells[t->nr_cells++] = new;
	}
	*cell = &t->cells[place];
	return 0;
}

static int add_invalid(struct table_cell *cell, struct table_miss miss,
		       const char *reason)
{
	if (!cell->reason)
		cell->reason = strdup(reason);
	if (!cell->reason)
		return no_memory();
	if (array_room(&cell->invalid, cell->nr_invalid, sizeof(miss)))
		return EX_FAIL;
	cell->invalid[cell->nr_invalid++] = miss;
	return 0;
}

static int add_value(struct table_cell *cell, size_t boot, const json_t *record)
{
	struct table_value value = { .boot = boot, .record = record };
	char reason[CELL_REASON_LEN];
	int e;

	e = cell_measure(record, &value.off, &value.on, reason);
	value.locked = cell_part(record, "locked");
	value.cleared = cell_part(record, "cleared");
	if (e == EX_INVALID)
		return add_invalid(cell, (struct table_miss){ boot, record },
				   reason);
	if (e)
		return e;
	if (array_room(&cell->values, cell->nr_values, sizeof(value)))
		return EX_FAIL;
	cell->values[cell->nr_values++] = value;
	return 0;
}

static int add_cells(struct table *t, struct table_making *m, size_t boot)
{
	struct table_boot *b = &t->boots[boot];
	struct table_cell *cell;
	const json_t *record;
	size_t i;
	int e = 0;

	/* A boot that failed, or may have failed, gives no numbers. */
	if (b->status != BOOT_OK)
		return 0;
	json_array_foreach(b->cells, i, record) {
		if (!record_is(record, "cell"))
			continue;
		if (b->beyond < 0)
			b->beyond = record_int(record, "proof.beyond");
		e = get_cell(t, m, record, b, &cell);
		if (!e)
			e = add_value(cell, boot, record);
		if (e)
			return e;
	}
	return 0;
}

void table_making_free(struct table_making *m)
{
	index_free(&m->kernels);
	index_free(&m->cells);
	index_free(&m->machines);
}

int table_add_run(struct table *t, struct table_making *m)
{
	struct table_run *run = &t->runs[t->nr_runs - 1];
	const json_t *records = run->boots.file.records;
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

	json_array_foreach(records, i, record)
		if (!e && record_is(record, "kernel"))
			e = add_kernel(t, m, record);
	for (i = 0; i < run->boots.nr && !e; i++) {
		e = add_boot(t, m, &run->boots.list[i]);
		if (!e)
			e = add_cells(t, m, t->nr_boots - 1);
	}
	return e;
}
