// SPDX-License-Identifier: GPL-2.0-or-later
/* The measured kernel: opens its module, makes the cgroup, finds its charge. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "measure/cpu.h"
#include "measure/nodes.h"
#include "measure/target.h"
#include "plan/topology.h"

volatile sig_atomic_t measure_stop;

static int check_topology(const struct target *t, const char *expect)
{
	struct topology topo;
	unsigned int node;
	int ret;

	ret = topology_parse(expect, &topo);
	if (ret)
		return ret;
	if (t->info.possible_cpus != topo.cpus ||
	    t->nodes != topology_all_nodes(&topo))
		return err(EX_FAIL,
			   "asked for %s, but the kernel came up with %u possible CPUs and %u nodes",
			   expect, t->info.possible_cpus, t->nodes);
	for (node = 0; node < topology_all_nodes(&topo); node++) {
		if (t->node_cpus[node] != topology_cpus_of(&topo, node))
			return err(EX_FAIL,
				   "asked for %s, but node %u has %u CPUs instead of %u",
				   expect, node, t->node_cpus[node],
				   topology_cpus_of(&topo, node));
		if (t->node_memory[node] != topology_has_memory(&topo, node))
			return err(EX_FAIL,
				   "asked for %s, but node %u has %s memory",
				   expect, node,
				   t->node_memory[node] ? "some" : "no");
	}
	return 0;
}

static int emit_guest(const struct target *t)
{
	unsigned int with_cpus = 0, empty = 0, with_memory = 0, node;
	struct utsname uts;

	for (node = 0; node < PCPU_BENCH_MAX_NODES; node++) {
		with_cpus += t->node_cpus[node] > 0;
		with_memory += t->node_memory[node];
		empty += t->node_cpus[node] > 0 && !t->node_memory[node];
	}
	uname(&uts);
	return target_emit(t, json_pack(
			   "{s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:s}",
			   "type", "guest", "release", uts.release,
			   "possible_cpus", (int)t->info.possible_cpus,
			   "online_cpus", (int)t->info.online_cpus,
			   "nodes", (int)t->nodes,
			   "cpu_nodes", (int)with_cpus,
			   "empty_nodes", (int)empty,
			   "memory_nodes", (int)with_memory,
			   "nodes_shift", (int)t->info.nodes_shift,
			   "unit_size", (int)t->info.unit_size,
			   "clock", t->info.clock == PCPU_BENCH_CLOCK_TSC ?
			   "tsc" : "ns"));
}

/* Stay on this CPU: a migrated sample is a lost one. */
static int pin(struct target *t)
{
	t->cpu = sched_getcpu();
	return cpu_go_to(t->cpu);
}

/*
 * If no kernel may charge that, each cell's reason tells the expected and the
 * seen bytes.
 */
static int learn_beyond(struct target *t)
{
	static const unsigned int sizes[] = { 4, 1020 };
	long long before, held[2], first_chunk = 0;
	unsigned int i;
	int ret, beyond;

	ret = cgroup_percpu_bytes(&t->cg, &before);
	for (i = 0; i < 2 && !ret; i++) {
		ret = target_hold_one(t, sizes[i], PCPU_BENCH_ARM_ON, &held[i],
				      &first_chunk);
		held[i] -= before;
	}
	if (ret)
		return ret;
	beyond = proof_beyond(sizes, held, 2, t->info.possible_cpus);
	t->beyond = beyond < 0 ? PROOF_BEYOND : beyond;
	return 0;
}

int target_open(struct target *t, const struct measure_env *env)
{
	int ret;

	*t = (struct target){ .env = env, .fd = -1 };
	ret = device_open(&t->fd);
	if (ret)
		return ret;
	ret = device_info(t->fd, &t->info, t->node_cpus, PCPU_BENCH_MAX_NODES);
	t->nodes = nodes_read(t->node_memory, PCPU_BENCH_MAX_NODES);
	if (!ret && env->expect)
		ret = check_topology(t, env->expect);
	if (!ret)
		ret = emit_guest(t);
	return ret ? ret : pin(t);
}

/* Note a cgroup for target_close(), also one that is made in part. */
static int note(struct target *t, const struct cgroup *cg)
{
	if (array_room(&t->made, t->nr_made, sizeof(*cg)))
		return EX_FAIL;
	t->made[t->nr_made++] = *cg;
	return 0;
}

/* Go back from earlier cgroups. New ones shall not lie behind the ballast. */
static int leave_others(const struct target *t)
{
	int ret = t->nr_made ? cgroup_leave(&t->made[0]) : 0;

	return ret ? ret : device_unguard(t->fd);
}

/* Make them from the task's own cgroup, which pays for that. */
static int make_cgroups(struct target *t, const struct plan *plan)
{
	unsigned int depth = depth_next(plan->options.val[BENCH_DEPTH], 1);
	int ret = leave_others(t), ret2;

	t->other = (struct cgroup){ 0 };
	if (ret)
		return ret;
	ret = cgroup_create(&t->cg, t->env->cgroup_mount, depth);
	ret2 = note(t, &t->cg);
	if (ret || ret2 || !plan_needs_other(plan))
		return ret ? ret : ret2;
	ret = cgroup_create_sibling(&t->other, &t->cg);
	ret2 = note(t, &t->other);
	return ret ? ret : ret2;
}

static int enter(const struct cgroup *cg)
{
	int ret = cgroup_enter(cg);

	return ret ? ret : cgroup_charge_half(cg);
}

int target_enter(struct target *t, const struct plan *plan)
{
	int ret = make_cgroups(t, plan);

	if (!ret && t->other.made)
		ret = enter(&t->other);
	if (!ret)
		ret = enter(&t->cg);
	return ret ? ret : learn_beyond(t);
}

int target_stayed(const struct target *t)
{
	bool there;
	int ret;

	if (sched_getcpu() != t->cpu)
		return err(EX_FAIL, "the task was moved from CPU %d to CPU %d while it measured: did a CPU go offline, or does something move tasks?",
			   t->cpu, sched_getcpu());
	ret = cgroup_has_caller(&t->cg, &there);
	if (!ret && !there)
		ret = err(EX_FAIL, "the task was moved out of %s while it measured: what moves tasks between cgroups here?",
			  t->cg.path);
	return ret;
}

int target_close(struct target *t, int ret)
{
	const struct err_kept kept = err_keep();
	int ret2 = 0;

	while (t->nr_made && !ret2)
		ret2 = cgroup_destroy(&t->made[--t->nr_made]);
	free(t->made);
	close(t->fd);
	return err_first(&kept, ret, ret2);
}

long long target_charge(const struct target *t, unsigned int size)
{
	return (long long)size * (t->info.possible_cpus + t->beyond);
}

unsigned int target_warmup(const struct target *t, unsigned int size)
{
	long long pages = target_charge(t, size) / t->info.page_size;

	return 64 / (2 * (pages > 0 ? pages : 1)) + 1;
}

int target_percpu(const struct target *t, struct target_bytes *bytes)
{
	int ret = cgroup_percpu_bytes(&t->cg, &bytes->own);

	bytes->other = 0;
	if (!ret && t->other.made)
		ret = cgroup_percpu_bytes(&t->other, &bytes->other);
	for (unsigned int i = 1; i < t->cg.depth && !ret; i++)
		ret = cgroup_percpu_above(&t->cg, i, &bytes->above[i]);
	return ret;
}

int target_open_other(const struct target *t, int *fd)
{
	*fd = open(t->other.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? err_errno(EX_FAIL, "cannot open %s", t->other.path) : 0;
}

int target_device_hold(const struct target *t, struct pcpu_bench_hold *hold)
{
	int ret = 0;

	hold->other = -1;
	if (hold->owners > 1)
		ret = target_open_other(t, &hold->other);
	if (!ret)
		ret = device_hold(t->fd, hold);
	if (hold->other >= 0)
		close(hold->other);
	return ret;
}

int target_hold(const struct target *t, const struct target_held *held,
		enum pcpu_bench_arm arm, struct target_bytes *bytes,
		long long *first_chunk)
{
	struct pcpu_bench_hold hold = {
		.param = held->size,
		.arm = arm,
		.count = held->count,
		.guard = 1,
		.flags = arm == PCPU_BENCH_ARM_ON ? held->flags : 0,
		.owners = held->owners,
	};
	int ret, ret2;

	strcpy(hold.bench, held->bench ? held->bench : "percpu-alloc");
	ret = target_device_hold(t, &hold);
	if (ret)
		return ret;
	*first_chunk += hold.first_chunk;
	ret = target_percpu(t, bytes);
	ret2 = device_release(t->fd);
	/* The memory of a batch shall be free again for the next one. */
	if (!ret2 && held->batch)
		ret2 = device_settle(t->fd, PCPU_BENCH_SETTLE_ALL);
	return ret ? ret : ret2;
}

int target_hold_one(const struct target *t, unsigned int size,
		    enum pcpu_bench_arm arm, long long *bytes,
		    long long *first_chunk)
{
	const struct target_held one = { .size = size, .count = 1 };
	struct target_bytes all = { 0 };
	int ret = target_hold(t, &one, arm, &all, first_chunk);

	*bytes = all.own;
	return ret;
}
