// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs a sweep and writes its results file. */
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/progress.h"
#include "boot/resume.h"
#include "sweep/sweep.h"

/* Do not report the load of sweeps shorter than this. */
#define TELL_LOAD_S	10

static void tell_load(const struct boot_load *l)
{
	double all_s = l->slots * l->wall_s;
	char time[40];

	if (l->wall_s < TELL_LOAD_S)
		return;
	progress_time(l->wall_s, time, sizeof(time));
	fprintf(stderr, "took %s: %.1f of %u guests running on average (%.0f %%), %.0f %% of %u cores' time used\n",
		time, l->guest_s / l->wall_s, l->slots,
		100 * l->guest_s / all_s, 100 * l->cpu_s / all_s, l->slots);
}

/* Run all boots that are still wanted, and write the end. */
static int run_wanted(const struct sweep *s, const struct kernel *kernels,
		      struct boot_job *jobs, size_t nr, struct resume *had,
		      struct recorder *r, size_t *given_up)
{
	struct known known = { .again = s->opt.again, .had = had->boots };
	struct boot_load load = { 0 };
	struct boot_options how = {
		.parallel = s->opt.jobs, .tries = BOOT_TRIES, .known = &known,
		.load = &load,
	};
	size_t i;
	int ret = 0;

	sweep_left_out(stderr, s);
	for (i = 0; i < s->nr_kernels && !ret; i++)
		if (!json_object_get(had->kernels, kernels[i].name))
			ret = recorder_write(r, kernels[i].record);
	if (!ret)
		ret = boot_all(jobs, nr, &how, r);
	if (ret)
		return recorder_end(r, ret);
	tell_load(&load);
	for (i = 0; i < nr; i++)
		*given_up += !jobs[i].done;
	if (r->counts.failed)
		fprintf(stderr, "%u of %u boots failed%s\n", r->counts.failed,
			r->counts.boots, *given_up ? "" :
			", and were repeated");
	return recorder_end(r, 0);
}

int sweep_run(const struct sweep *s, const struct kernel *kernels,
	      const json_t *more, FILE *tell, size_t *given_up, int argc,
	      char **argv)
{
	struct resume had = { .kernels = NULL };
	json_t *what = sweep_json(s), *fields;
	struct boot_job *jobs = NULL;
	struct recorder r;
	bool fresh;
	size_t nr;
	int ret;

	*given_up = 0;
	ret = session_jobs(&s->opt, kernels, s->nr_kernels, s->grid.topos,
			   s->grid.nr, &jobs, &nr);
	if (!ret)
		ret = order_shard(jobs, &nr, &s->shard);
	if (!ret)
		ret = resume_open(&r, s->opt.output, what, &fresh);
	if (ret)
		goto out;
	/* Tell the path also if the sweep will not be complete. */
	if (tell) {
		fprintf(tell, "%s\n", s->opt.output);
		fflush(tell);
	}
	fields = json_pack("{s:O}", "sweep", what);
	if (more)
		json_object_update(fields, (json_t *)more);
	if (fresh)
		ret = recorder_begin(&r, fields, argc, argv);
	else
		ret = resume_read(s->opt.output, &r, what, kernels,
				  s->nr_kernels, jobs, nr, BOOT_TRIES, &had);
	json_decref(fields);
	if (ret) {
		recorder_end(&r, ret);
		goto out;
	}
	if (!fresh)
		fprintf(stderr, "%s has %zu of %zu boots%s\n", s->opt.output,
			had.had, nr, had.had == nr ? "" : ": going on");
	if (had.ended && had.had == nr)
		ret = recorder_close(&r);
	else
		ret = run_wanted(s, kernels, jobs, nr, &had, &r, given_up);
out:
	resume_free(&had);
	json_decref(what);
	free(jobs);
	return ret;
}
