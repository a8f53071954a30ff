// SPDX-License-Identifier: GPL-2.0-or-later
/* The options of commands that boot, and the boots that they ask for. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "boot/order.h"
#include "boot/session.h"
#include "vm/accel.h"

void session_options_init(struct session_options *opt)
{
	*opt = (struct session_options){
		.boots = 1,
		.source = source_asked(),
	};
	plan_init(&opt->plan);
}

static int set_instrument(const char *arg, void *into)
{
	struct session_options *opt = into;

	return instrument_parse(arg, &opt->plan.instrument);
}

static void print_instrument(FILE *out, const void *what)
{
	const struct session_options *opt = what;

	fputs(instruments[opt->plan.instrument].name, out);
}

const struct opt session_opts[] = {
	{ "instrument", 'i', "INSTRUMENT",
	  "Instrument, one of 'pcpubench list' (insn)",
	  OPT_CALL(set_instrument), OPT_PRINT(print_instrument) },
	{ "boots", 0, "N", "Boots of each kernel and topology (1)",
	  OPT_COUNT(struct session_options, boots, 1, 10000),
	  OPT_GIVEN(struct session_options, boots_given) },
	{ "jobs", 'j', "N", "Guests at once (one per core; for time, one)",
	  OPT_COUNT(struct session_options, jobs, 1, 64) },
	{ "output", 'o', "FILE", "Results file (results/TIME.jsonl)",
	  OPT_TEXT(struct session_options, output) },
	{ "append", 0, "ARGS", "More kernel command line",
	  OPT_TEXT(struct session_options, append) },
	{ "cpu", 0, "FEATURE,...",
	  "More features of the guest's CPU, such as +erms (QEMU's -cpu)",
	  OPT_TEXT(struct session_options, cpu_features) },
	{ "plain", 0, NULL,
	  "Boot insn without the plugin that watches pcpu_lock: the same counts, a little sooner",
	  OPT_FLAG(struct session_options, plain) },
	{ "real", 0, NULL,
	  "Boot guests like this machine under KVM: a vCPU for each of its CPUs, bound to it, and memory on each of its nodes",
	  OPT_FLAG(struct session_options, real) },
	{ "again", 0, NULL,
	  "Measure also what is known from earlier runs",
	  OPT_FLAG(struct session_options, again) },
	{ "memory", 0, "MIB", "Memory of a guest (what the topology needs)",
	  OPT_COUNT(struct session_options, memory_mib, 64, 1 << 24) },
	{ "deadline", 0, "S", "Seconds after which a guest counts as hung",
	  OPT_COUNT(struct session_options, deadline_s, 1, 86400) },
	{ OPT_MORE(struct session_options, plan, plan_opts) },
	{ 0 }
};

int session_real(struct session_options *opt, bool given, struct topology *topo)
{
	const struct instrument_row *i = &instruments[opt->plan.instrument];
	int ret = 0;

	if (!opt->real)
		return 0;
	if (i->exact)
		return err(EX_USE, "--real is for --instrument=time: guests that are counted have one vCPU");
	if (given)
		return err(EX_USE, "--real takes this machine's topology: leave out the others");
	if (opt->jobs > 1)
		return err(EX_USE, "--real takes all CPUs: leave out --jobs");
	if (opt->plan.instrument == INSTRUMENT_TIME)
		ret = accel_need_kvm();
	return ret ? ret : vm_host_read("", &opt->host, topo);
}

int session_jobs(const struct session_options *opt,
		 const struct kernel *kernels, size_t nr_kernels,
		 const struct topology *topos, size_t nr_topos,
		 struct boot_job **jobs, size_t *nr)
{
	size_t i, j, k, n = 0;

	*nr = opt->boots * nr_kernels * nr_topos;
	if (*nr > SESSION_MOST)
		return err(EX_USE, "%zu boots are more than %d: measure in several sweeps",
			   *nr, SESSION_MOST);
	*jobs = calloc(*nr, sizeof(**jobs));
	if (!*jobs)
		return no_memory();
	for (k = 0; k < opt->boots; k++)
		for (i = 0; i < nr_topos; i++)
			for (j = 0; j < nr_kernels; j++)
				(*jobs)[n++] = (struct boot_job){
					.kernel = &kernels[j],
					.nr = k + 1,
					.cost = order_cost(&topos[i],
							   &opt->plan),
					.spec = {
						.topo = topos[i],
						.plan = opt->plan,
						.append = opt->append,
						.cpu_features = opt->cpu_features,
						.watch = !opt->plain,
						.host = opt->real ?
							&opt->host : NULL,
						.memory_mib = opt->memory_mib,
						.deadline_s = opt->deadline_s,
					},
				};
	return 0;
}

int session_boot(const struct session_options *opt,
		 const struct kernel *kernels, size_t nr_kernels,
		 const struct topology *topos, size_t nr_topos,
		 int argc, char **argv, char **path)
{
	struct known known = { .again = opt->again };
	const struct boot_options how = {
		.parallel = opt->jobs, .tries = 1, .known = &known,
	};
	struct boot_job *jobs;
	struct recorder r;
	size_t j, nr;
	int ret;

	*path = NULL;
	ret = session_jobs(opt, kernels, nr_kernels, topos, nr_topos, &jobs,
			   &nr);
	if (ret)
		return ret;
	ret = recorder_create(&r, opt->output, NULL, argc, argv);
	if (ret)
		goto out;
	*path = strdup(r.w.path);
	/* Layouts of one kernel have one record. */
	for (j = 0; j < nr_kernels && !ret; j++)
		if (!j || kernels[j].record != kernels[j - 1].record)
			ret = recorder_write(&r, kernels[j].record);
	if (!ret)
		ret = boot_all(jobs, nr, &how, &r);
	ret = recorder_end(&r, ret);
	if (!ret && r.counts.failed)
		ret = err(EX_FAIL, "%u of %u boots failed: %s says why",
			  r.counts.failed, r.counts.boots, *path);
out:
	free(jobs);
	return ret;
}
