// SPDX-License-Identifier: GPL-2.0-or-later
/* The self-test: runs its cases and checks the kernel's account. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "guest/guest.h"
#include "guest/selftest.h"
#include "measure/device.h"
#include "measure/nodes.h"
#include "results/proof.h"

static const struct selftest_case *const tables[] = {
	size_cases, node_cases, life_cases, race_cases, fail_cases,
	stress_cases,
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

static bool charged(const struct selftest *t, long long seen,
		    long long expected)
{
	return seen >= expected - CHARGE_SLACK &&
	       (!t->beyond || seen <= expected + CHARGE_SLACK);
}

int expect_bytes(struct selftest *t, const struct group *g, const char *when,
		 const struct bytes *expected)
{
	const struct bytes *charge, *nodes;
	struct seen seen;
	char text[200];
	unsigned int i;
	int ret;

	ret = group_seen(g, t->nr_nodes, &seen);
	if (ret)
		return ret;
	charge = &seen.kernel.bytes;
	nodes = seen.percpu.has_nodes ? &seen.percpu.bytes : charge;
	if (seen.percpu.bytes.total != expected->total) {
		snprintf(text, sizeof(text),
			 "%s: expected %lld B, seen %lld B", when,
			 expected->total, seen.percpu.bytes.total);
		add(t->bad_total, sizeof(t->bad_total), text);
	}
	if (!charged(t, charge->total, expected->total)) {
		snprintf(text, sizeof(text),
			 "%s: expected a charge of about %lld B, seen %lld B",
			 when, expected->total, charge->total);
		add(t->bad_total, sizeof(t->bad_total), text);
	}
	for (i = 0; t->row && i < t->nr_nodes; i++) {
		if (nodes == charge ?
		    charged(t, nodes->node[i], expected->node[i]) :
		    nodes->node[i] == expected->node[i])
			continue;
		snprintf(text, sizeof(text),
			 "node %u %s: expected %s%lld B, seen %lld B", i, when,
			 nodes == charge ? "a charge of about " : "",
			 expected->node[i], nodes->node[i]);
		add(t->bad_nodes, sizeof(t->bad_nodes), text);
	}
	return 0;
}

int expect_objects(struct selftest *t, const struct group *g, const char *when,
		   const struct objects *o, struct where *where)
{
	struct where own;
	int ret;

	ret = objects_where(o, t->nr_nodes, t->beyond, &own);
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

/* Whether one of the words of t->only is in @name. */
static bool is_wanted(const struct selftest *t, const char *name)
{
	const char *word = t->only;
	size_t len;

	if (!word)
		return true;
	for (; *word; word += len + (word[len] == ',')) {
		len = strcspn(word, ",");
		if (len && memmem(name, strlen(name), word, len))
			return true;
	}
	return false;
}

static int run_case(struct selftest *t, const struct selftest_case *c)
{
	int ret;

	if (!is_wanted(t, c->name))
		return 0;
	t->bad_total[0] = t->bad_nodes[0] = '\0';
	t->skip = NULL;
	t->own_row = false;
	ret = c == &first_chunk_case ? 0 : plug_first_chunk();
	/* A case that could not run to its end fails. */
	if (ret || c->run(t, c->a, c->b))
		need(t, false, "%s", err_message());
	ret = result(t, c->name, "total", t->bad_total, t->skip);
	if (ret)
		return ret;
	return result(t, c->name, "nodes", t->bad_nodes, t->skip ? t->skip :
		      t->row || t->own_row ? NULL :
		      "memory.numa_stat of this kernel has no row percpu or kernel");
}

/* Check the topology, and find out whether the kernel accounts by node. */
static int look_around(struct selftest *t, const char *topology)
{
	struct pcpu_bench_info info;
	__u32 node_cpus[MAX_NODES] = { 0 };
	bool has_memory[MAX_NODES] = { false };
	struct group g = { "" };
	struct objects o;
	struct seen seen;
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
	if (ret)
		return ret;
	t->row = seen.percpu.has_nodes ? "percpu" :
		 seen.kernel.has_nodes ? "kernel" : NULL;
	return group_remove(&g);
}

/* As measure/target.c does; where there is no m, the cases tell. */
static int learn_beyond(struct selftest *t)
{
	static const unsigned int sizes[] = { 4, 1020 };
	struct group g = { "" };
	struct place here = { &g, -1 };
	struct objects o = { -1 };
	long long held[2] = { 0 };
	struct seen seen;
	unsigned int i;
	int ret, beyond;

	ret = plug_first_chunk();
	if (!ret)
		ret = group_make(&g, NULL, "learn");
	if (!ret)
		ret = objects_open(&o);
	for (i = 0; i < 2 && !ret; i++) {
		ret = objects_alloc(&o, &here, sizes[i], 4, 1, ACCOUNT, NULL);
		if (!ret)
			ret = group_seen(&g, t->nr_nodes, &seen);
		held[i] = ret ? 0 : seen.percpu.bytes.total;
	}
	held[1] -= held[0];
	beyond = proof_beyond(sizes, held, 2, t->topo.cpus);
	if (beyond >= 0)
		t->beyond = beyond;
	/*
	 * Keep the objects and the cgroup: a kernel that is wrong when they go
	 * could crash here, and no case would tell why.
	 */
	return ret;
}

/* What is not as in an unpatched kernel, or not exact. */
static int say_how(struct selftest *t)
{
	int ret = 0;

	if (t->beyond != PROOF_BEYOND)
		ret = say(t, "# charged for each byte of an object, beyond its copies: %u B and not %u B",
			  t->beyond, PROOF_BEYOND);
	if (!ret && t->row && !strcmp(t->row, "kernel"))
		ret = say(t, "# nodes by row kernel of memory.numa_stat, in pages: right within %d KiB",
			  CHARGE_SLACK / 1024);
	return ret;
}

int selftest(const char *topology, unsigned int online, const char *only,
	     emit_fn emit, void *arg)
{
	struct selftest t = {
		.emit = emit, .arg = arg, .beyond = PROOF_BEYOND, .only = only,
	};
	const struct selftest_case *c;
	unsigned int i;
	int ret;

	ret = look_around(&t, topology);
	if (!ret)
		ret = guest_start_cpus(&t.topo, online, t.cpu);
	t.nr_cpus = online;
	if (!ret)
		ret = run_case(&t, &first_chunk_case);
	if (!ret)
		ret = learn_beyond(&t);
	if (!ret)
		ret = say_how(&t);
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (c = tables[i]; c->name && !ret; c++)
			ret = run_case(&t, c);
	if (!ret && !t.nr)
		ret = err(EX_USE, "no case has '%s' in its name", only);
	return ret;
}
