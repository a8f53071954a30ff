// SPDX-License-Identifier: GPL-2.0-or-later
/* Measures the running kernel, and undoes its changes to the machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "measure/benches/memcg_life.h"
#include "measure/cgroup.h"
#include "measure/cpu.h"
#include "metal/kallsyms.h"
#include "metal/kernel_info.h"
#include "metal/metal.h"
#include "metal/module.h"
#include "metal/perf.h"
#include "metal/smi.h"
#include "metal/state.h"
#include "metal/undo.h"
#include "metal/where.h"
#include "plan/depth.h"
#include "plan/topology.h"
#include "results/record.h"
#include "results/store.h"

void metal_options_init(struct metal_options *opt)
{
	*opt = (struct metal_options){ .cpu = -1, .repeats = 1 };
	plan_init(&opt->plan);
	opt->plan.instrument = INSTRUMENT_TIME;
}

/* The records of one measure(). */
struct taken {
	json_t *guest, *cells;
	const struct metal_options *opt;
	const char *kernel;
	struct topology topo;
};

static struct topology topology_met(const json_t *guest)
{
	unsigned int with_cpus = record_int(guest, "cpu_nodes");
	unsigned int empty = record_int(guest, "empty_nodes");

	return topology_of(record_int(guest, "possible_cpus"), with_cpus, empty,
			   record_int(guest, "memory_nodes") -
			   (with_cpus - empty));
}

static int take(json_t *record, void *arg)
{
	struct taken *t = arg;

	if (!strcmp(json_string_value(json_object_get(record, "type")),
		    "guest")) {
		json_decref(t->guest);
		t->guest = record;
		t->topo = topology_met(record);
		return 0;
	}
	if (!strcmp(json_string_value(json_object_get(record, "type")),
		    "cell"))
		fprintf(stderr, "%s %lld B: %s\n",
			json_string_value(json_object_get(record, "bench")),
			(long long)json_integer_value(
				json_object_get(record, "param")),
			json_is_true(json_object_get(record, "valid")) ?
			"measured" :
			json_string_value(json_object_get(record, "reason")));
	return json_array_append_new(t->cells, record) ?
	       no_memory() : 0;
}

/* Note to undo: the controllers that the child needs and the root lacks. */
static int undo_controllers(struct undo *undo, const char *mount)
{
	static const char *const names[] = { "memory", "cpuset" };
	char path[300], had[1024], all[1024], off[16];
	int ret;

	snprintf(path, sizeof(path), "%s/cgroup.controllers", mount);
	ret = read_file(path, all, sizeof(all));
	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", mount);
	if (!ret)
		ret = read_file(path, had, sizeof(had));
	for (size_t i = 0; i < 2 && !ret; i++) {
		if (strstr(had, names[i]) || !strstr(all, names[i]))
			continue;
		snprintf(off, sizeof(off), "-%s", names[i]);
		ret = undo_write(undo, path, off);
	}
	return ret;
}

/* Note to remove: the cgroups that the run may make, each before those in it. */
static int undo_cgroups(struct undo *undo, const char *mount,
			const struct plan *plan)
{
	const int depths = plan->options.val[BENCH_DEPTH];
	char path[CGROUP_PATH];
	int ret = 0;

	for (const char *const *name = memcg_folders; *name && !ret; name++) {
		snprintf(path, sizeof(path), "%s/%s", mount, *name);
		ret = undo_rmdir(undo, path);
	}
	for (unsigned int i = 1; !ret && depth_next(depths, i + 1); i++) {
		cgroup_path(path, mount, DEPTH_MAX, i);
		ret = undo_rmdir(undo, path);
	}
	for (unsigned int d = 0; !ret && (d = depth_next(depths, d + 1));) {
		cgroup_path(path, mount, d, d);
		ret = undo_rmdir(undo, path);
		cgroup_sibling_path(path, mount, d);
		if (!ret && plan_needs_other(plan))
			ret = undo_rmdir(undo, path);
	}
	return ret;
}

static json_t *boot_record(const struct taken *t, const struct module *m,
			   int cpu, double wall_s, double stolen_s,
			   long long smis)
{
	char id[64], line[4096], ended[32], *cmdline;
	json_t *boot, *guest = json_copy(t->guest);

	read_first("/proc/sys/kernel/random/boot_id", id, sizeof(id));
	read_first("/proc/cmdline", line, sizeof(line));
	cmdline = kernel_cmdline(line);
	clock_utc(time(NULL), CLOCK_RECORD, ended, sizeof(ended));
	json_object_del(guest, "type");
	boot = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:i, s:o, s:{s:I, s:s, s:b}, s:o}",
			 "type", "boot", "kernel", t->kernel,
			 "topology", t->topo.name, "instrument",
			 instruments[t->opt->plan.instrument].name,
			 "status", "ok", "boot_id", id, "ended", ended,
			 "cmdline", cmdline ? cmdline : "", "wall_s", wall_s,
			 "cpu", cpu, "guest", guest,
			 "layout", "seed", (json_int_t)m->layout,
			 "module_sha256", m->sha256,
			 "kaslr", state_kaslr(),
			 "state", state_json(cpu));
	free(cmdline);
	cpu_record_type(boot, cpu);
	if (stolen_s >= 0)
		json_object_set_new(boot, "stolen_s", json_real(stolen_s));
	if (smis >= 0)
		json_object_set_new(boot, "smis", json_integer(smis));
	return boot;
}

static int run_once(const struct metal_options *opt, struct undo *undo,
		    const struct module *m, const char *mount, int cpu,
		    json_t *kernel, const char *path, int argc, char **argv)
{
	struct taken t = {
		.cells = json_array(),
		.opt = opt,
		.kernel = json_string_value(json_object_get(kernel, "kernel")),
	};
	static const char *const names[PCPU_BENCH_NR_LOCKS] = {
		[PCPU_BENCH_LOCK] = "pcpu_lock",
		[PCPU_BENCH_MUTEX] = "pcpu_alloc_mutex",
	};
	unsigned long long locks[PCPU_BENCH_NR_LOCKS];
	const struct measure_env env = {
		.cgroup_mount = mount, .emit = take, .arg = &t, .locks = locks,
		.more = opt->profile ? perf_profile : NULL,
	};
	double start = clock_now(), stolen = cpu_stolen_s("", cpu), wall_s;
	json_t *boot;
	int ret, smi = smi_open(cpu);

	kallsyms_find(names, locks, PCPU_BENCH_NR_LOCKS);
	ret = undo_controllers(undo, mount);
	if (!ret)
		ret = undo_cgroups(undo, mount, &opt->plan);
	if (!ret)
		ret = measure(&opt->plan, &env);
	if (!ret && measure_stop)
		ret = err(EX_INTR, "interrupted");
	if (!ret) {
		stolen = cpu_stolen_s("", cpu) - stolen;
		wall_s = clock_now() - start;
		if (stolen > CPU_STOLEN_MUCH * wall_s)
			fprintf(stderr, "the hypervisor took CPU %d away for %.1f of %.1f s, so times are too long\n",
				cpu, stolen, wall_s);
		boot = boot_record(&t, m, cpu, wall_s, stolen, smi_count(smi));
		ret = store_append(path, kernel, boot, t.cells, argc, argv);
		json_decref(boot);
	}
	if (smi >= 0)
		close(smi);
	json_decref(t.guest);
	json_decref(t.cells);
	return ret;
}

static int run_all(const struct metal_options *opt, struct undo *undo, int argc,
		   char **argv, char *path, size_t room)
{
	const char *mount = where_cgroup();
	struct module plain, m;
	char *cmdline = NULL, line[4096];
	json_t *kernel;
	int ret, cpu;

	/* The kernel's record has the module without a layout. */
	ret = module_build(&plain, 0);
	m = plain;
	if (!ret && opt->layout)
		ret = module_build(&m, opt->layout);
	if (!ret)
		ret = module_load(&m, undo);
	if (!ret)
		ret = cpu_pin(opt->cpu, &cpu);
	if (ret)
		return ret;
	kernel = kernel_info(opt->name, plain.sha256);
	if (read_first("/proc/cmdline", line, sizeof(line)))
		cmdline = kernel_cmdline(line);
	if (opt->output)
		snprintf(path, room, "%s", opt->output);
	else
		store_path(kernel, cmdline, path, room);
	free(cmdline);
	fprintf(stderr, "measuring %s on CPU %d\n",
		json_string_value(json_object_get(kernel, "kernel")), cpu);
	for (unsigned int i = 0; i < opt->repeats && !ret; i++)
		ret = run_once(opt, undo, &m, mount, cpu, kernel, path, argc,
			       argv);
	json_decref(kernel);
	return ret;
}

int metal_run(const struct metal_options *opt, int argc, char **argv,
	      char *path, size_t room)
{
	struct undo undo = { .lock = -1 };
	struct err_kept kept;
	int ret, ret2;

	ret = opt->profile ? perf_ready() : 0;
	if (!ret)
		ret = undo_begin(&undo, NULL, "run", false);
	if (ret)
		return ret;
	ret = run_all(opt, &undo, argc, argv, path, room);
	kept = err_keep();
	ret2 = undo_all(&undo);
	undo_end(&undo);
	return err_first(&kept, ret, ret2);
}
