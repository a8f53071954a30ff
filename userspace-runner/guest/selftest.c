// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "guest/selftest.h"
#include "measure/device.h"
#include "measure/nodes.h"

static const struct selftest_case *const tables[] = {
	size_cases, node_cases, life_cases, fail_cases, stress_cases,
};

static int say(struct selftest *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int say(struct selftest *t, const char *fmt, ...)
{
	char line[700];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return t->emit(json_pack("{s:s, s:s}", "type", "tap", "line", line),
		       t->arg);
}

static void add(char *bad, size_t room, const char *text)
{
	size_t len = strlen(bad);

	snprintf(bad + len, room - len, "%s%s", len ? "; " : "", text);
}

void need(struct selftest *t, bool holds, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	if (holds)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	add(t->bad_total, sizeof(t->bad_total), text);
	add(t->bad_nodes, sizeof(t->bad_nodes), text);
}

int expect_bytes(struct selftest *t, const struct group *g, const char *when,
		 const struct bytes *expected)
{
	struct seen seen;
	char text[200];
	unsigned int i;
	int ret;

	ret = group_seen(g, t->nr_nodes, &seen);
	if (ret)
		return ret;
	if (seen.percpu.total != expected->total) {
		snprintf(text, sizeof(text),
			 "%s: expected %lld B, seen %lld B", when,
			 expected->total, seen.percpu.total);
		add(t->bad_total, sizeof(t->bad_total), text);
	}
	if (llabs(seen.kernel - expected->total) > CHARGE_SLACK) {
		snprintf(text, sizeof(text),
			 "%s: expected a charge of about %lld B, seen %lld B",
			 when, expected->total, seen.kernel);
		add(t->bad_total, sizeof(t->bad_total), text);
	}
	for (i = 0; t->has_nodes && i < t->nr_nodes; i++) {
		if (seen.percpu.node[i] == expected->node[i])
			continue;
		snprintf(text, sizeof(text),
			 "node %u %s: expected %lld B, seen %lld B", i, when,
			 expected->node[i], seen.percpu.node[i]);
		add(t->bad_nodes, sizeof(t->bad_nodes), text);
	}
	return 0;
}

int expect_objects(struct selftest *t, const struct group *g, const char *when,
		   const struct objects *o, struct where *where)
{
	struct where own;
	int ret;

	ret = objects_where(o, t->nr_nodes, &own);
	if (!ret)
		ret = expect_bytes(t, g, when, &own.expected);
	if (where && !ret)
		*where = own;
	else
		free(own.object);
	return ret;
}

int expect_nothing(struct selftest *t, const struct group *g, const char *when)
{
	const struct bytes nothing = { 0 };

	return expect_bytes(t, g, when, &nothing);
}

int free_all(struct selftest *t, const struct group *g, struct objects *o,
	     int ret)
{
	const struct place there = { g, -1 };

	if (!ret)
		ret = objects_release(o, &there);
	if (!ret)
		ret = expect_nothing(t, g, "freed");
	objects_close(o);
	return ret;
}

static int result(struct selftest *t, const char *name, const char *what,
		  const char *bad, const char *skip)
{
	int ret;

	t->nr++;
	if (skip)
		return say(t, "ok %u - %s: %s # SKIP %s", t->nr, name, what,
			   skip);
	t->failed += !!bad[0];
	ret = say(t, "%sok %u - %s: %s", bad[0] ? "not " : "", t->nr, name,
		  what);
	if (bad[0] && !ret)
		ret = say(t, "# %s", bad);
	return ret;
}

static int run_case(struct selftest *t, const struct selftest_case *c)
{
	int ret;

	t->bad_total[0] = t->bad_nodes[0] = '\0';
	t->skip = NULL;
	ret = c->run == case_first_chunk ? 0 : plug_first_chunk();
	/* That a case could not be run to its end is no way to pass it. */
	if (ret || c->run(t, c->a, c->b))
		need(t, false, "%s", err_message());
	ret = result(t, c->name, "total", t->bad_total, t->skip);
	if (ret)
		return ret;
	return result(t, c->name, "nodes", t->bad_nodes, t->skip ? t->skip :
		      t->has_nodes ? NULL :
		      "memory.numa_stat of this kernel has no row percpu");
}

static int start_cpus(struct selftest *t, unsigned int online)
{
	char path[64], was[8];
	int ret = 0;

	for (; t->nr_cpus < online && !ret; t->nr_cpus++) {
		t->cpu[t->nr_cpus] = topology_online_cpu(&t->topo, t->nr_cpus);
		if (!t->nr_cpus)
			continue;
		snprintf(path, sizeof(path),
			 "/sys/devices/system/cpu/cpu%d/online",
			 t->cpu[t->nr_cpus]);
		ret = read_file(path, was, sizeof(was));
		if (!ret && was[0] == '0')
			ret = write_file(path, "1");
	}
	return ret;
}

/* The guest is what was asked for; the kernel tells nodes or it does not. */
static int look_around(struct selftest *t, const char *topology)
{
	struct pcpu_bench_info info;
	__u32 node_cpus[MAX_NODES] = { 0 };
	bool has_memory[MAX_NODES] = { false };
	struct group g = { "" };
	struct objects o;
	struct seen seen = { .has_nodes = false };
	unsigned int i;
	int ret;

	ret = topology_parse(topology, &t->topo);
	if (!ret)
		ret = objects_open(&o);
	if (ret)
		return ret;
	t->nr_nodes = topology_all_nodes(&t->topo);
	ret = device_info(o.fd, &info, node_cpus, MAX_NODES);
	objects_close(&o);
	if (!ret && (info.possible_cpus != t->topo.cpus ||
		     info.nr_node_ids != t->nr_nodes))
		ret = err(EX_FAIL, "asked for %s, but the kernel came up with %u possible CPUs and %u node ids",
			  topology, info.possible_cpus, info.nr_node_ids);
	nodes_read(has_memory, MAX_NODES);
	for (i = 0; i < t->nr_nodes && !ret; i++)
		if (node_cpus[i] != topology_cpus_of(&t->topo, i))
			ret = err(EX_FAIL, "asked for %s, but node %u has %u CPUs",
				  topology, i, node_cpus[i]);
		else if (has_memory[i] != topology_has_memory(&t->topo, i))
			ret = err(EX_FAIL, "asked for %s, but node %u has %s memory",
				  topology, i, has_memory[i] ? "some" : "no");
	if (!ret)
		ret = group_make(&g, NULL, "look");
	if (!ret)
		ret = group_seen(&g, t->nr_nodes, &seen);
	t->has_nodes = !ret && seen.has_nodes;
	if (!ret)
		ret = group_remove(&g);
	return ret;
}

int selftest(const char *topology, unsigned int online, emit_fn emit, void *arg)
{
	struct selftest t = { .emit = emit, .arg = arg };
	const struct selftest_case *c;
	unsigned int i;
	int ret;

	ret = look_around(&t, topology);
	if (!ret)
		ret = start_cpus(&t, online);
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (c = tables[i]; c->name && !ret; c++)
			ret = run_case(&t, c);
	return ret;
}
