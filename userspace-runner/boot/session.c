// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "boot/order.h"
#include "boot/session.h"

#ifndef PCPUBENCH_VERSION
#define PCPUBENCH_VERSION "unknown"
#endif

#define FORMAT_VERSION	1

void session_options_init(struct session_options *opt)
{
	*opt = (struct session_options){
		.boots = 1,
		.machine = "epyc-176",
	};
	plan_init(&opt->plan);
}

static int set_instrument(const char *arg, void *into)
{
	struct session_options *opt = into;

	return instrument_parse(arg, &opt->plan.instrument);
}

const struct opt session_opts[] = {
	{ "instrument", 'i', "NAME",
	  "insn: exact instructions; time: ns, where KVM works; profile: insn, and which function they are in; model: cycles as a model of a machine's caches estimates them (insn)",
	  OPT_CALL(set_instrument) },
	{ "boots", 0, "N", "Boots of each kernel and topology (1)",
	  OPT_COUNT(struct session_options, boots, 1, 10000) },
	{ "jobs", 'j', "N", "Guests at once (one a core; of time, one)",
	  OPT_COUNT(struct session_options, jobs, 1, 64) },
	{ "output", 'o', "FILE", "Results file (results/TIME.jsonl)",
	  OPT_TEXT(struct session_options, output) },
	{ "append", 0, "ARGS", "More kernel command line",
	  OPT_TEXT(struct session_options, append) },
	{ "machine", 0, "NAME",
	  "What model models: machines/NAME.machine, or a file (epyc-176)",
	  OPT_TEXT(struct session_options, machine) },
	{ "plain", 0, NULL,
	  "Boot insn without the plugin that watches pcpu_lock: the same counts, a little sooner",
	  OPT_FLAG(struct session_options, plain) },
	{ "memory", 0, "MIB", "Memory of a guest (what the topology needs)",
	  OPT_COUNT(struct session_options, memory_mib, 64, 1 << 24) },
	{ "deadline", 0, "S", "Seconds after which a guest counts as hung",
	  OPT_COUNT(struct session_options, deadline_s, 1, 86400) },
	{ OPT_MORE(struct session_options, plan, plan_opts) },
	{ 0 }
};

static void cpu_name(char *name, size_t room)
{
	char line[256];
	FILE *f = fopen("/proc/cpuinfo", "r");

	snprintf(name, room, "unknown");
	while (f && fgets(line, sizeof(line), f)) {
		char *val = strchr(line, ':');

		if (strncmp(line, "model name", 10) || !val)
			continue;
		val[strcspn(val, "\n")] = '\0';
		snprintf(name, room, "%s", val + 2);
		break;
	}
	if (f)
		fclose(f);
}

static void os_name(char *name, size_t room)
{
	char line[256];
	FILE *f = fopen("/etc/os-release", "r");

	snprintf(name, room, "unknown");
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "PRETTY_NAME=", 12))
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(name, room, "%s", line + 13);
		name[strcspn(name, "\"")] = '\0';
		break;
	}
	if (f)
		fclose(f);
}

int session_begin(struct results_writer *w, const json_t *more, int argc,
		  char **argv)
{
	char id[32], started[32], cpu[256], os[256];
	json_t *command = json_array(), *run;
	struct utsname uts;
	time_t now = time(NULL);
	struct tm tm;
	int i, ret;

	gmtime_r(&now, &tm);
	strftime(id, sizeof(id), "%Y%m%dT%H%M%SZ", &tm);
	strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", &tm);
	cpu_name(cpu, sizeof(cpu));
	os_name(os, sizeof(os));
	uname(&uts);
	for (i = 0; i < argc; i++)
		json_array_append_new(command, json_string(argv[i]));
	run = json_pack("{s:s, s:i, s:s, s:s, s:o, s:s, s:{s:s, s:i, s:s, s:s}}",
			"type", "run", "version", FORMAT_VERSION, "id", id,
			"started", started, "command", command,
			"tool", "pcpubench " PCPUBENCH_VERSION,
			"host", "cpu", cpu,
			"cpus", (int)sysconf(_SC_NPROCESSORS_ONLN),
			"kernel", uts.release, "os", os);
	if (more)
		json_object_update(run, (json_t *)more);
	ret = results_write(w, run);
	json_decref(run);
	return ret;
}

void session_new_path(char *path, size_t room)
{
	time_t now = time(NULL);
	struct tm tm;
	char id[32];

	gmtime_r(&now, &tm);
	strftime(id, sizeof(id), "%Y%m%dT%H%M%SZ", &tm);
	snprintf(path, room, "results/%s-%d.jsonl", id, (int)getpid());
}

int session_create(struct results_writer *w, const char *output,
		   const json_t *more, int argc, char **argv)
{
	char path[64];
	int ret;

	if (!output) {
		session_new_path(path, sizeof(path));
		output = path;
	}
	ret = results_create(w, output);
	if (ret)
		return ret;
	ret = session_begin(w, more, argc, argv);
	if (ret)
		results_close(w);
	return ret;
}

int session_end(struct results_writer *w, const struct boot_counts *counts)
{
	json_t *end = json_pack("{s:s, s:i, s:i, s:i, s:i}", "type", "end",
				"boots", (int)counts->boots,
				"failed", (int)counts->failed,
				"cells", (int)counts->cells,
				"invalid", (int)counts->invalid);
	int ret = results_write(w, end), ret2;

	json_decref(end);
	ret2 = results_close(w);
	return ret ? ret : ret2;
}

int session_jobs(const struct session_options *opt,
		 const struct kernel *kernels, size_t nr_kernels,
		 const struct topology *topos, size_t nr_topos,
		 struct boot_job **jobs, size_t *nr)
{
	size_t i, j, k, n = 0;

	*nr = opt->boots * nr_kernels * nr_topos;
	*jobs = calloc(*nr, sizeof(**jobs));
	if (!*jobs)
		return err(EX_FAIL, "out of memory");
	for (k = 0; k < opt->boots; k++)
		for (i = 0; i < nr_topos; i++)
			for (j = 0; j < nr_kernels; j++)
				(*jobs)[n++] = (struct boot_job){
					.kernel = &kernels[j],
					.cost = order_cost(&topos[i],
							   &opt->plan),
					.spec = {
						.topo = topos[i],
						.plan = opt->plan,
						.append = opt->append,
						.machine = opt->machine,
						.watch = !opt->plain,
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
	const struct boot_options how = {
		.parallel = opt->jobs, .tries = 1, .first = 1,
	};
	struct boot_counts counts = { 0 };
	struct results_writer w;
	struct boot_job *jobs;
	size_t j, nr;
	int ret;

	*path = NULL;
	ret = session_jobs(opt, kernels, nr_kernels, topos, nr_topos, &jobs,
			   &nr);
	if (ret)
		return ret;
	ret = session_create(&w, opt->output, NULL, argc, argv);
	if (ret)
		goto out;
	*path = strdup(w.path);
	/* Layouts of one kernel have one record. */
	for (j = 0; j < nr_kernels && !ret; j++)
		if (!j || kernels[j].record != kernels[j - 1].record)
			ret = results_write(&w, kernels[j].record);
	if (!ret)
		ret = boot_all(jobs, nr, &how, &w, &counts);
	if (ret)
		results_close(&w);
	else
		ret = session_end(&w, &counts);
	if (!ret && counts.failed)
		ret = err(EX_FAIL, "%u of %u boots failed: %s says why",
			  counts.failed, counts.boots, *path);
out:
	free(jobs);
	return ret;
}
