/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The analysis model: the cells of one or several results files, boots merged.
 *
 * Nothing here prints. Kernels, topologies, instruments and benches are numbers
 * that index their arrays, in the order of their first appearance.
 */
#ifndef PCPUBENCH_RESULTS_TABLE_H
#define PCPUBENCH_RESULTS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/index.h"
#include "plan/bench.h"
#include "plan/instrument.h"
#include "results/boots.h"
#include "results/cell.h"
#include "results/cell_bytes.h"

/* A text missing in the file is NULL, a number -1. */
struct table_run {
	struct boots boots;	/* owns the texts below */
	const char *id;
	const char *started;	/* UTC, RFC 3339 */
	const char *tool;
	const char *host_cpu;
	const char *host_kernel;
	const char *host_os;
	long long host_cpus;
};

/*
 * @name: what people call it; where it was given by a path a short one, see
 *	kernel_label()
 * @given: its name in the files
 * @by_release: other releases of Linux have kernels of this name in the files:
 *	only @name tells them apart
 * @subject: of its patches, "" where it has none
 */
struct table_kernel {
	const char *name;
	char *label;		/* @name's, to be freed */
	const char *given;
	bool by_release;
	char *subject;
	const char *release;
	const char *source;
	const char *compiler;
	const char *config_sha256;
	const char *image_sha256;
	const char *module_sha256;
	const char *cmdline;
	const char *multi_node_note;	/* applies to more than one node */
	char *harness;		/* names of the harness patches, "a, b" */
	size_t first_boot;	/* table_boot's @next leads on; or INDEX_NONE */
	size_t nr_cells;	/* in the table */
	size_t nr_valid;	/* those that a boot gave a value for */
	size_t run;		/* the first with this kernel */
	const json_t *record;	/* ... and its record there */
};

enum boot_status {
	BOOT_OK,
	BOOT_FAILED,
	BOOT_UNFINISHED,	/* cells but no `boot`: the run was interrupted */
};

struct table_boot {
	size_t run;
	long long number;	/* in its run */
	const json_t *record;	/* its own; NULL: BOOT_UNFINISHED */
	const json_t *cells;	/* array: records of cells and profiles */
	unsigned int kernel;
	unsigned int topology;
	unsigned int instrument;
	enum boot_status status;
	const char *reason;	/* of a failed one */
	const char *qemu;
	const char *cpu_model;
	long long memory_mib;
	long long possible_cpus;
	long long online_cpus;
	long long nodes;
	long long nodes_shift;
	long long unit_size;	/* bytes of a CPU's part of a percpu chunk */
	long long beyond;	/* m of what its kernel charges: proof.h; -1 unknown */
	const char *boot_id;	/* of a machine that was measured as it ran */
	const char *taken;	/* the run that measured it, if not its own */
	long long layout;	/* seed of the code's layout, 0 as written */
	size_t first;		/* first boot with this boot_id and kernel */
	size_t next;		/* of its kernel, or INDEX_NONE */
};

/* One boot's values of a cell, unit per operation, without the empty loop. */
struct table_value {
	size_t boot;		/* index in struct table's boots */
	const json_t *record;	/* the `cell` */
	double off;
	double on;
	struct cell_part locked, cleared;
};

/* A boot that measured a cell without proof. */
struct table_miss {
	size_t boot;
	const json_t *record;
};

/* The charge while the bench's object was held, and the bytes it uses. */
struct table_charge {
	long long uses;
	long long percpu;
	long long values;	/* number of charged values */
};

/*
 * @values: one for each valid boot, in the files' order. Repeats in one boot
 *	are one value, their median, with the first repeat's record.
 * @each: the same with a value for every repeat
 * @invalid: other boots, which measured the cell without proof
 * @off, @on: unit per operation. `insn`: the value of every boot, exactly; for
 *	several layouts of the code the median. Others: each the median over the
 *	boots.
 * @cost: on - off
 * @cost_pct: 100 * cost / off
 * @reason: why the cell is invalid, one line; of a valid cell why the first of
 *	its @invalid boots did not count, or NULL
 *
 * @locked: parts of @off and @on under pcpu_lock with interrupts off; NaN if no
 *	boot watched it
 * @cleared: cache lines that were cleared; NaN if no boot was profiled
 * @charge: of a bench that holds more than one object, in bytes, see
 *	docs/results.md; -1 if the cell has none
 * @bytes: what a cgroup, say, takes; NaN if the cell does not tell, or boots differ
 *
 * Only a valid cell has off, on, cost and cost_pct; otherwise they are NaN.
 */
struct table_cell {
	unsigned int topology;
	unsigned int instrument;
	unsigned int bench;
	unsigned int kernel;
	long long param;
	const char *unit;
	struct table_value *values;
	size_t nr_values;
	struct table_value *each;
	size_t nr_each;
	struct table_miss *invalid;
	size_t nr_invalid;
	bool valid;
	char *reason;
	struct table_charge charge;
	struct cell_bytes bytes;
	double off;
	double on;
	double cost;
	double cost_pct;
	struct cell_part locked, cleared;
};

/*
 * The cells of one printed table: a topology, an instrument and a bench, with
 * the parameters that any kernel measured there, ascending. If no boot of a
 * topology gave a cell, @bench is TABLE_NO_BENCH and there are no params.
 */
#define TABLE_NO_BENCH	(~0U)

struct table_block {
	unsigned int topology;
	unsigned int instrument;
	unsigned int bench;
	long long *params;
	size_t nr_params;
};

struct table_names {
	char **name;
	size_t nr;
	struct index index;
};

/*
 * Boots of one kernel on one topology under one instrument.
 * @taken: of @ok, those that an earlier run measured
 * @repeats: times that was measured in the @ok boots, at least one each
 */
struct table_count {
	size_t ok;
	size_t taken;
	size_t failed;
	size_t unfinished;
	size_t repeats;
};

/*
 * Of one place: what a kernel had there.
 * @boots: @nr indices, in their order; part of the table's array
 */
struct table_tally {
	unsigned int topology;
	unsigned int instrument;
	unsigned int kernel;
	struct table_count count;
	const size_t *boots;
	size_t nr;
};

/*
 * @apart: builds of one name are kernels of their own: table_load_apart()
 * @places: the boots' indices, by topology, instrument, and their order
 * @of_kernels: ... by topology, instrument, kernel, and their order
 * @tallies: sorted by topology, instrument, kernel; there is none without a boot
 * @cells: sorted by topology, instrument, bench, kernel, param
 * @blocks: sorted by topology, instrument, bench
 */
struct table {
	bool apart;
	struct table_run *runs;
	size_t nr_runs;
	struct table_kernel *kernels;
	size_t nr_kernels;
	size_t nr_controls;	/* kernels that are table_is_control() */
	struct index labels;	/* of @kernels, as they are named */
	struct table_names topologies;
	struct table_names instruments;
	struct table_names benches;
	struct table_boot *boots;
	size_t nr_boots;
	size_t *places;
	size_t *of_kernels;
	struct table_tally *tallies;
	size_t nr_tallies;
	struct table_cell *cells;
	size_t nr_cells;
	struct table_block *blocks;
	size_t nr_blocks;
};

/* The state of a kernel and parameter in a block. */
enum table_state {
	TABLE_VALID,
	TABLE_INVALID,
	TABLE_FAILED,		/* no boot of this kernel came up */
	TABLE_MISSING,		/* not measured */
};

/* Free what table_load() made; @t may be zeroed. */
void table_free(struct table *t);

/* Is @word one of the words of @cmdline, which may be NULL? */
bool cmdline_has(const char *cmdline, const char *word);

#define TABLE_NO_KERNEL	(~0U)		/* there is none */
#define TABLE_KERNELS	(~0U - 1)	/* there are several */

/*
 * The kernel that a user means by @word: the one that the files call so, whatever
 * a path's label is; else the one whose name it is. TABLE_KERNELS if the files call
 * builds of several releases so, which only their names tell apart.
 */
unsigned int table_kernel(const struct table *t, const char *word);

/* Do the files call @k by @word, so that it is nothing else? */
bool table_is_given(const struct table_kernel *k, const char *word);

/*
 * Is @k booted with kernel memory accounting switched off, as `nokmem` is? All
 * its cells must be invalid, which shows that the proofs work.
 */
bool table_is_control(const struct table_kernel *k);

/* ... is a kernel with this command line, which may be NULL? */
bool cmdline_is_control(const char *cmdline);

/*
 * The number of cells of @kernel that a boot gave a value for, and of all its cells
 * in @all. None for a number that no kernel has.
 */
size_t table_valid_cells(const struct table *t, unsigned int kernel,
			 size_t *all);

/* The row of @instrument, an index. */
static inline const struct instrument_row *
table_instrument(const struct table *t, unsigned int instrument)
{
	return instrument_find(t->instruments.name[instrument]);
}

/* The operation of a block's bench: "pair". */
static inline const char *table_op(const struct table *t,
				   const struct table_block *b)
{
	return bench_op(t->benches.name[b->bench]);
}

/* Below 0, 0 or above 0 as @a is less than, equal to or more than @b. */
static inline int table_order(unsigned int a, unsigned int b)
{
	return (a > b) - (a < b);
}

/* The order of struct table's cells, for bsearch() and qsort(). */
int table_order_cells(const void *a, const void *b);

/* The cell at that place, or NULL if no boot measured it. */
const struct table_cell *table_find(const struct table *t,
				    const struct table_block *block,
				    unsigned int kernel, long long param);

/* The state of that place; @cell is set to what table_find() returns. */
enum table_state table_state(const struct table *t,
			     const struct table_block *block,
			     unsigned int kernel, long long param,
			     const struct table_cell **cell);

/* How many boots a kernel had where @block was measured. */
struct table_count table_count(const struct table *t,
			       const struct table_block *block,
			       unsigned int kernel);

/* The boots of @kernel where @block was measured, or NULL. */
const struct table_tally *table_tally(const struct table *t,
				      const struct table_block *block,
				      unsigned int kernel);

/* Find the place of these names: @block without a bench. False if there is none. */
bool table_place(const struct table *t, const char *topology,
		 const char *instrument, struct table_block *block);

/* All kernels that had a boot where @block was measured, @nr of them. */
const struct table_tally *table_tallies(const struct table *t,
					const struct table_block *block,
					size_t *nr);

/* The cells of @block, @nr of them, by kernel and param. */
const struct table_cell *table_cells(const struct table *t,
				     const struct table_block *block,
				     size_t *nr);

/* The boots where @block was measured, @nr indices in their order. */
const size_t *table_boots(const struct table *t,
			  const struct table_block *block, size_t *nr);

#endif
