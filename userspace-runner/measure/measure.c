// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/machine.h"
#include "measure/timed.h"
#include "plan/topology.h"
#include "results/proof.h"

volatile sig_atomic_t measure_stop;
void (*measure_tick)(bool runs);
int (*measure_more)(const struct machine *m, const struct pcpu_bench_run *run,
		    emit_fn emit, void *arg);

long long machine_charge(const struct machine *m, unsigned int size)
{
	return (long long)size * m->info.possible_cpus + size / 4 * 8;
}

/*
 * Rounds thrown away. After a flush a CPU notes 64 pages' worth of changes to
 * the memcg's statistics in a dearer way (MEMCG_CHARGE_BATCH, mm/memcontrol.c);
 * a pair changes twice its bytes. Two more rounds settle chunk hints and stock.
 */
static unsigned int warmup_of(const struct machine *m, const struct plan *plan,
			      unsigned int size)
{
	long long pages = machine_charge(m, size) / m->info.page_size;
	long long pairs = 64 / (2 * (pages > 0 ? pages : 1)) + 1;

	return 2 + (pairs + plan->pairs - 1) / plan->pairs;
}

static unsigned int count_nodes(void)
{
	DIR *dir = opendir("/sys/devices/system/node");
	struct dirent *e;
	unsigned int n = 0;

	if (!dir)
		return 1;	/* a kernel without NUMA */
	while ((e = readdir(dir)))
		if (!strncmp(e->d_name, "node", 4) && e->d_name[4] >= '0' &&
		    e->d_name[4] <= '9')
			n++;
	closedir(dir);
	return n;
}

static int check_topology(const struct machine *m, const char *expect)
{
	struct topology topo;
	unsigned int node;
	int ret;

	ret = topology_parse(expect, &topo);
	if (ret)
		return ret;
	if (m->info.possible_cpus != topo.cpus ||
	    m->nodes != topology_all_nodes(&topo))
		return err(EX_FAIL,
			   "asked for %s, but the kernel came up with %u possible CPUs and %u nodes",
			   expect, m->info.possible_cpus, m->nodes);
	for (node = 0; node < topology_all_nodes(&topo); node++)
		if (m->node_cpus[node] != topology_cpus_of(&topo, node))
			return err(EX_FAIL,
				   "asked for %s, but node %u has %u CPUs instead of %u",
				   expect, node, m->node_cpus[node],
				   topology_cpus_of(&topo, node));
	return 0;
}

static int emit_guest(const struct machine *m, emit_fn emit, void *arg)
{
	unsigned int with_cpus = 0, node;
	struct utsname uts;

	for (node = 0; node < PCPU_BENCH_MAX_NODES; node++)
		with_cpus += m->node_cpus[node] > 0;
	uname(&uts);
	return emit(json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:s}",
			      "type", "guest", "release", uts.release,
			      "possible_cpus", (int)m->info.possible_cpus,
			      "online_cpus", (int)m->info.online_cpus,
			      "nodes", (int)m->nodes,
			      "cpu_nodes", (int)with_cpus,
			      "nodes_shift", (int)m->info.nodes_shift,
			      "unit_size", (int)m->info.unit_size,
			      "clock", m->info.clock == PCPU_BENCH_CLOCK_TSC ?
			      "tsc" : "ns"), arg);
}

json_t *arm_json(const struct pcpu_bench_sample *samples, size_t nr,
		 enum pcpu_bench_arm arm)
{
	json_t *ticks = json_array(), *disturbed = json_array();
	size_t i;

	for (i = 0; i < nr; i++) {
		if (samples[i].arm != arm)
			continue;
		json_array_append_new(ticks, json_integer(samples[i].ticks));
		json_array_append_new(disturbed,
				      json_integer(samples[i].disturbed));
	}
	return json_pack("{s:o, s:o}", "ticks", ticks, "disturbed", disturbed);
}

int machine_hold(const struct machine *m, unsigned int size,
		 enum pcpu_bench_arm arm, long long *bytes,
		 long long *first_chunk)
{
	struct pcpu_bench_hold hold = {
		.param = size,
		.arm = arm,
		.count = 1,
		.guard = 1,
	};
	int ret, ret2;

	snprintf(hold.bench, sizeof(hold.bench), "percpu-alloc");
	ret = device_hold(m->fd, &hold);
	if (ret)
		return ret;
	*first_chunk += hold.first_chunk;
	ret = cgroup_percpu_bytes(&m->cg, bytes);
	ret2 = device_release(m->fd);
	return ret ? ret : ret2;
}

int measure_percpu_alloc(const struct machine *m, const struct plan *plan,
			 unsigned int size, emit_fn emit, void *arg)
{
	struct pcpu_bench_sample *samples;
	struct pcpu_bench_run run = {
		.param = size,
		.pairs = plan->pairs,
		.rounds = plan->rounds,
		.warmup = warmup_of(m, plan, size),
	};
	struct proof p = { .expected = machine_charge(m, size) };
	size_t nr = (size_t)plan->rounds * PCPU_BENCH_NR_ARMS;
	char room[PROOF_REASON_LEN];
	json_t *cell, *more = NULL;
	const char *reason;
	int ret;

	samples = calloc(nr, sizeof(*samples));
	if (!samples)
		return err(EX_FAIL, "out of memory for %zu samples", nr);
	snprintf(run.bench, sizeof(run.bench), "%s", plan->bench);
	run.samples = (uintptr_t)samples;

	ret = cgroup_percpu_bytes(&m->cg, &p.before);
	if (!ret)
		ret = machine_hold(m, size, PCPU_BENCH_ARM_OFF, &p.off_held,
				   &p.first_chunk);
	if (!ret)
		ret = machine_hold(m, size, PCPU_BENCH_ARM_ON, &p.held,
				   &p.first_chunk);
	if (!ret && plan->instrument == INSTRUMENT_TIME)
		ret = timed_run(m, plan, &run, &more);
	else if (!ret)
		ret = device_run(m->fd, &run);
	if (!ret)
		ret = cgroup_percpu_bytes(&m->cg, &p.after);
	if (ret)
		goto out;

	p.outside = run.outside;
	reason = proof_broken(&p, room);
	cell = json_pack("{s:s, s:s, s:i, s:s, s:i, s:i, s:{s:o, s:o, s:o}, s:{s:i, s:i, s:i, s:I, s:i}, s:{s:I, s:I, s:I, s:I, s:I, s:i}, s:b}",
			 "type", "cell", "bench", plan->bench,
			 "param", (int)size,
			 "unit", instrument_counts(plan->instrument) ?
			 "insn" : "ns",
			 "pairs", (int)run.pairs, "warmup", (int)run.warmup,
			 "arms",
			 "empty", arm_json(samples, nr, PCPU_BENCH_ARM_EMPTY),
			 "off", arm_json(samples, nr, PCPU_BENCH_ARM_OFF),
			 "on", arm_json(samples, nr, PCPU_BENCH_ARM_ON),
			 "chunk", "free", (int)run.chunk_free,
			 "offset", (int)run.chunk_offset,
			 "moved", (int)run.moved,
			 "pin_bytes", (json_int_t)run.pin_bytes,
			 "outside", (int)run.outside,
			 "proof", "expected", (json_int_t)p.expected,
			 "before", (json_int_t)p.before,
			 "off_held", (json_int_t)p.off_held,
			 "held", (json_int_t)p.held,
			 "after", (json_int_t)p.after,
			 "first_chunk", (int)p.first_chunk,
			 "valid", !reason);
	if (reason)
		json_object_set_new(cell, "reason", json_string(reason));
	if (more)
		json_object_update(cell, more);
	ret = emit(cell, arg);
	if (!ret && measure_more && !reason)
		ret = measure_more(m, &run, emit, arg);
out:
	json_decref(more);
	free(samples);
	return ret;
}

/* Stay on this CPU: a migrated sample is a lost one. */
static int pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return err_errno(EX_FAIL, "cannot pin to a CPU");
	return 0;
}

int measure(const struct plan *plan, const char *cgroup_mount,
	    const char *expect, emit_fn emit, void *arg)
{
	struct machine m = { .fd = -1 };
	measure_fn bench;
	unsigned int i;
	int ret, ret2;

	ret = bench_find(plan, &bench);
	if (!ret)
		ret = device_open(&m.fd);
	if (ret)
		return ret;
	ret = device_info(m.fd, &m.info, m.node_cpus,
			  PCPU_BENCH_MAX_NODES);
	m.nodes = count_nodes();
	if (!ret && expect)
		ret = check_topology(&m, expect);
	if (!ret)
		ret = emit_guest(&m, emit, arg);
	if (!ret)
		ret = pin();
	if (!ret)
		ret = cgroup_create(&m.cg, cgroup_mount);
	if (!ret)
		ret = cgroup_enter(&m.cg);
	if (!ret)
		ret = cgroup_charge_half(&m.cg);
	for (i = 0; i < plan->nr_sizes && !ret; i++)
		ret = measure_stop ? err(EX_INTR, "interrupted") :
		      bench(&m, plan, plan->sizes[i], emit, arg);
	/* The first thing that went wrong is the one to tell. */
	if (m.cg.path[0] && ret) {
		char first[512];

		snprintf(first, sizeof(first), "%s", err_message());
		cgroup_destroy(&m.cg);
		err(ret, "%s", first);
	} else {
		ret2 = cgroup_destroy(&m.cg);
		ret = ret ? ret : ret2;
	}
	close(m.fd);
	return ret;
}
