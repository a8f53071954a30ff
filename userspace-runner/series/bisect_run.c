// SPDX-License-Identifier: GPL-2.0-or-later
/* Builds and measures the steps that the search asks for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "doc/figures.h"
#include "results/table_load.h"
#include "series/bisect_run.h"

/* Context of the search. */
struct run {
	struct bisect *b;
	struct recorder rec;
	struct known known;
	bool harness;
};

/* Read the cell of the kernel @name, or the reason why there is none. */
static int read_cell(const struct run *run, const char *name,
		     struct bisect_step *at)
{
	long long param = run->b->opt.plan.sizes[0];
	const struct table_cell *cell = NULL;
	char *path = run->rec.w.path;
	struct table t;
	size_t i, k;
	int ret = table_load(&t, &path, 1);

	if (ret)
		return ret;
	snprintf(at->why, sizeof(at->why), "it was not measured");
	for (i = 0; i < t.nr_boots; i++)
		if (table_is_given(&t.kernels[t.boots[i].kernel], name) &&
		    t.boots[i].status == BOOT_FAILED && t.boots[i].reason)
			snprintf(at->why, sizeof(at->why), "%s",
				 t.boots[i].reason);
	for (i = 0; i < t.nr_blocks; i++)
		for (k = 0; k < t.nr_kernels && !cell; k++)
			if (table_is_given(&t.kernels[k], name))
				cell = table_find(&t, &t.blocks[i], k, param);
	if (cell && cell->valid) {
		at->cell = (struct table_cell){
			.off = cell->off, .on = cell->on, .cost = cell->cost,
			.bytes = cell->bytes,
		};
		at->why[0] = '\0';
		if (run->b->quantity == QUANTITY_BYTES && !cell->bytes.what)
			snprintf(at->why, sizeof(at->why),
				 "its bytes were not measured");
	} else if (cell && cell->reason) {
		snprintf(at->why, sizeof(at->why), "%s", cell->reason);
	}
	table_free(&t);
	return 0;
}

static int boot_kernel(struct run *run, const struct kernel *kernel)
{
	const struct boot_options how = {
		.parallel = 1, .tries = BOOT_TRIES, .known = &run->known,
	};
	struct boot_job *jobs;
	size_t nr;
	int ret;

	ret = session_jobs(&run->b->opt, kernel, 1, &run->b->topo, 1, &jobs,
			   &nr);
	if (ret)
		return ret;
	ret = recorder_write(&run->rec, kernel->record);
	if (!ret)
		ret = boot_all(jobs, nr, &how, &run->rec);
	free(jobs);
	return ret;
}

/* Build and measure a step; set its why if that fails. */
static int measure(struct run *run, size_t step)
{
	const char *name = run->b->steps[step].kernel;
	struct bisect_step *at = &run->b->at[step];
	struct kernel *kernel;
	size_t nr;
	int ret;

	run->b->tested++;
	ret = kernel_try(&run->b->opt.source, name, run->harness, &kernel, &nr, at->why);
	if (ret || at->why[0])
		return ret;
	ret = boot_kernel(run, kernel);
	kernels_free(kernel, nr);
	return ret ? ret : read_cell(run, name, at);
}

static void tell(const struct run *run, size_t step, const char *what)
{
	const struct bisect *b = run->b;
	const struct bisect_step *at = &b->at[step];
	char takes[FIGURE_LEN], more[FIGURE_LEN];

	fprintf(stderr, "%s %s: ", b->steps[step].kernel,
		step ? b->steps[step].subject : "the start");
	if (at->why[0]) {
		fprintf(stderr, "skipped: %s\n", at->why);
		return;
	}
	figure_exact(takes, compare_quantity(&at->cell, b->quantity), false);
	figure_exact(more, compare_exact(&b->at[b->from].cell, &at->cell,
					 b->quantity), true);
	fprintf(stderr, "%s %s, %s: %s\n", quantity_name(b->quantity), takes,
		more, what);
}

static enum bisect_state judge(const struct bisect *b, size_t step)
{
	if (b->at[step].why[0])
		return BISECT_SKIP;
	return compare_exact(&b->at[b->from].cell, &b->at[step].cell,
			     b->quantity) > b->allowed ?
		BISECT_BAD : BISECT_GOOD;
}

static int test_step(void *ctx, size_t step, unsigned int left,
		     enum bisect_state *state)
{
	struct run *run = ctx;
	int ret;

	fprintf(stderr, "bisecting: %zu between, %s%u to go after this one\n",
		run->b->bad - run->b->good - 1, left ? "about " : "", left);
	ret = measure(run, step);
	if (ret)
		return ret;
	*state = judge(run->b, step);
	tell(run, step, *state == BISECT_BAD ? "bad" : "good");
	return 0;
}

/* Test both ends, without which there is nothing to search. */
static int test_ends(struct run *run)
{
	struct bisect *b = run->b;
	struct compare_diff d = { .diff = 0 };
	char more[FIGURE_LEN], allowed[FIGURE_LEN];
	int ret = measure(run, b->from);

	if (!ret && b->at[b->from].why[0])
		ret = err(EX_INVALID, "GOOD, %s, cannot be measured: %s",
			  b->steps[b->from].kernel, b->at[b->from].why);
	if (ret)
		return ret;
	/* As compare has it: a cost is weighed against off. */
	d.scale = compare_quantity(&b->at[b->from].cell,
				   b->quantity == QUANTITY_COST ? QUANTITY_OFF :
				   b->quantity);
	b->allowed = threshold_allowed(&b->rule, &d);
	tell(run, b->from, "GOOD");
	ret = measure(run, b->to);
	if (!ret && b->at[b->to].why[0])
		ret = err(EX_INVALID, "BAD, %s, cannot be measured: %s",
			  b->steps[b->to].kernel, b->at[b->to].why);
	if (ret)
		return ret;
	if (judge(b, b->to) == BISECT_BAD) {
		tell(run, b->to, "BAD");
		return 0;
	}
	figure_exact(more, compare_exact(&b->at[b->from].cell,
					 &b->at[b->to].cell, b->quantity),
		     true);
	figure_exact(allowed, b->allowed, false);
	return err(EX_INVALID, "BAD is not bad: %s of %s is %s against GOOD's, and %s more are allowed: lower --allow, or choose another cell",
		   quantity_name(b->quantity), b->steps[b->to].kernel, more,
		   allowed);
}

static int search(struct run *run)
{
	struct bisect *b = run->b;
	int ret = test_ends(run);

	if (!ret)
		ret = bisect_search(b->state, &b->good, &b->bad, test_step,
				    run);
	if (ret)
		return ret;
	b->searched = true;
	if (b->good + 1 < b->bad)
		ret = err(EX_INVALID, "only kernels that were skipped are left: it is one of %zu",
			  b->bad - b->good);
	return ret;
}

int bisect_run(struct bisect *b, int argc, char **argv)
{
	struct run run = { .b = b, .known.again = b->opt.again };
	int ret;

	b->from = b->good;
	b->to = b->bad;
	run.harness = topology_needs_harness(&b->topo);
	b->state = calloc(b->nr, sizeof(*b->state));
	b->at = calloc(b->nr, sizeof(*b->at));
	if (!b->state || !b->at)
		return no_memory();
	ret = recorder_create(&run.rec, b->opt.output, NULL, argc, argv);
	if (ret)
		return ret;
	b->path = strdup(run.rec.w.path);
	/* Also a search without a result has measured everything. */
	ret = search(&run);
	return recorder_end(&run.rec, ret == EX_INVALID ? 0 : ret) ? : ret;
}

void bisect_free(struct bisect *b)
{
	steps_free(b->steps, b->nr);
	free(b->state);
	free(b->at);
	free(b->path);
	source_free(&b->opt.source);
}
