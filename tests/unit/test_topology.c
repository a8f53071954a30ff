// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of plan/topology.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "plan/topology.h"

static void parses(void **state)
{
	static const struct {
		const char *text;
		unsigned int cpus, nodes, empty_nodes, mem_nodes;
	} good[] = {
		{ "1c1n", 1, 1, 0, 0 },
		{ "176c1n", 176, 1, 0, 0 },
		{ "80c2n", 80, 2, 0, 0 },
		{ "16c2n+6m", 16, 2, 0, 6 },
		{ "4096c64n", 4096, 64, 0, 0 },
		{ "4096c1n+63m", 4096, 1, 0, 63 },
		{ "16c2n-1m", 16, 2, 1, 0 },
		{ "16c2n-1m+6m", 16, 2, 1, 6 },
		{ "16c2n-2m+1m", 16, 2, 2, 1 },
	};
	struct topology topo;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(topology_parse(good[i].text, &topo), 0);
		assert_int_equal(topo.cpus, good[i].cpus);
		assert_int_equal(topo.nodes, good[i].nodes);
		assert_int_equal(topo.empty_nodes, good[i].empty_nodes);
		assert_int_equal(topo.mem_nodes, good[i].mem_nodes);
		assert_string_equal(topo.name, good[i].text);
	}
}

static void refuses(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "", "unknown topology" },
		{ "176", "unknown topology" },
		{ "176c", "unknown topology" },
		{ "c1n", "unknown topology" },
		{ "176c1", "unknown topology" },
		{ "0c1n", "unknown topology" },
		{ "176c0n", "unknown topology" },
		{ "0176c1n", "unknown topology" },
		{ "176c1n+", "unknown topology" },
		{ "176c1n+0m", "unknown topology" },
		{ "176c1n+2", "unknown topology" },
		{ "176c1n ", "unknown topology" },
		{ "16c2n-", "unknown topology" },
		{ "16c2n-0m", "unknown topology" },
		{ "16c2n-1", "unknown topology" },
		{ "16c2n-1m-1m", "unknown topology" },
		{ "16c2n+6m-1m", "unknown topology" },
		{ "16c2n-1m+", "unknown topology" },
		{ "16c2n-3m", "3 nodes without memory, but only 2 nodes" },
		{ "16c2n-2m", "no node has memory" },
		{ " 176c1n", "unknown topology" },
		{ "-1c1n", "unknown topology" },
		{ "+1c1n", "unknown topology" },
		{ "1e3c1n", "unknown topology" },
		{ "99999999999999999999c1n", "unknown topology" },
		{ "4097c1n", "at most 4096 CPUs" },
		{ "2c3n", "3 nodes with CPUs, but only 2 CPUs" },
		{ "100c65n", "at most 64 nodes" },
		{ "100c60n+5m", "at most 64 nodes" },
	};
	struct topology topo;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(topology_parse(bad[i].text, &topo), EX_USE);
		if (!strstr(err_message(), bad[i].why))
			fail_msg("%s: %s", bad[i].text, err_message());
	}
}

/* Every CPU is on one node, and the two functions agree on which. */
static void nodes_share_the_cpus(void **state)
{
	static const char *const names[] = {
		"1c1n", "80c2n", "81c2n", "7c7n", "100c7n", "16c2n+6m", "7c3n-2m",
	};
	unsigned int count[TOPOLOGY_MAX_NODES], cpu, node, sum;
	struct topology topo;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(topology_parse(names[i], &topo), 0);
		memset(count, 0, sizeof(count));
		for (cpu = 0; cpu < topo.cpus; cpu++) {
			node = topology_node_of(&topo, cpu);
			assert_true(node < topo.nodes);
			count[node]++;
		}
		sum = 0;
		for (node = 0; node < topology_all_nodes(&topo); node++) {
			assert_int_equal(topology_cpus_of(&topo, node),
					 count[node]);
			sum += count[node];
			/* Blocks of a size, give or take one CPU. */
			if (node < topo.nodes)
				assert_in_range(count[node],
						topo.cpus / topo.nodes,
						topo.cpus / topo.nodes + 1);
		}
		assert_int_equal(sum, topo.cpus);
	}
}

static void memory_fits(void **state)
{
	unsigned int mib[TOPOLOGY_MAX_NODES], node, sum;
	struct topology topo;

	(void)state;
	assert_int_equal(topology_parse("4096c4n+2m", &topo), 0);
	sum = topology_memory(&topo, 0, mib);
	for (node = 0; node < 6; node++) {
		assert_int_equal(mib[node] % 128, 0);
		assert_true(mib[node] >= 128);
		/* A unit of the first chunk, 256 KiB, for each of its CPUs. */
		assert_true(mib[node] >= topology_cpus_of(&topo, node) / 4);
		sum -= mib[node];
	}
	assert_int_equal(sum, 0);
}

/* From kernel logs: the first of "Fallback order for Node N". */
static void empty_nodes_are_served(void **state)
{
	static const struct {
		const char *name;
		unsigned int by[10];
	} seen[] = {
		{ "16c2n", { 0, 1 } },
		{ "16c2n-1m", { 0, 0 } },
		{ "16c2n-2m+1m", { 2, 2, 2 } },
		{ "16c4n-2m", { 0, 1, 0, 1 } },
		{ "16c2n-1m+2m", { 0, 3, 2, 3 } },
		{ "64c8n-8m+2m", { 8, 9, 8, 9, 8, 9, 8, 9, 8, 9 } },
	};
	struct topology topo;
	unsigned int node;

	(void)state;
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		assert_int_equal(topology_parse(seen[i].name, &topo), 0);
		for (node = 0; node < topology_all_nodes(&topo); node++)
			assert_int_equal(topology_memory_node(&topo, node),
					 seen[i].by[node]);
	}
}

static void empty_nodes_have_no_memory(void **state)
{
	unsigned int mib[TOPOLOGY_MAX_NODES], sum;
	struct topology topo;

	(void)state;
	assert_int_equal(topology_parse("4096c4n-2m", &topo), 0);
	sum = topology_memory(&topo, 0, mib);
	assert_int_equal(sum, mib[0] + mib[1]);
	assert_int_equal(mib[2] + mib[3], 0);
	/* Each has its own CPUs and those of one empty node. */
	assert_true(mib[0] >= 2048 / 4 && mib[1] >= 2048 / 4);
	assert_int_equal(topology_parse("16c2n-2m+1m", &topo), 0);
	sum = topology_memory(&topo, 0, mib);
	assert_int_equal(sum, mib[2]);
}

static void harness_from_255(void **state)
{
	struct topology topo;

	(void)state;
	topology_parse("254c1n", &topo);
	assert_false(topology_needs_harness(&topo));
	topology_parse("255c1n", &topo);
	assert_true(topology_needs_harness(&topo));
}

static void online_cpus_take_turns(void **state)
{
	static const unsigned int even[] = { 0, 8, 1, 9, 2, 10 };
	/* Node 0 has three CPUs, node 1 two. */
	static const unsigned int odd[] = { 0, 3, 1, 4, 2 };
	struct topology topo;
	unsigned int i;

	(void)state;
	topology_parse("16c2n+6m", &topo);
	for (i = 0; i < 6; i++)
		assert_int_equal(topology_online_cpu(&topo, i), even[i]);
	assert_int_equal(topology_online_cpu(&topo, 15), 15);
	topology_parse("5c2n", &topo);
	for (i = 0; i < 5; i++)
		assert_int_equal(topology_online_cpu(&topo, i), odd[i]);
	topology_parse("3c1n", &topo);
	for (i = 0; i < 3; i++)
		assert_int_equal(topology_online_cpu(&topo, i), i);
}

static void names_what_it_reads(void **state)
{
	static const char *const names[] = { "176c1n", "80c2n", "16c2n+6m" };
	struct topology topo;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(topology_parse(names[i], &topo), 0);
		topo = topology_of(topo.cpus, topo.nodes, topo.empty_nodes,
				   topo.mem_nodes);
		assert_string_equal(topo.name, names[i]);
	}
	/* A machine may have a topology that no guest can have. */
	topo = topology_of(4294967295, 4294967295, 4294967295, 4294967295);
	assert_string_equal(topo.name, "4294967295c4294967295n-4294967295m+4294967295m");
	assert_int_equal(topology_check(&topo), EX_USE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(names_what_it_reads),
		cmocka_unit_test(refuses),
		cmocka_unit_test(nodes_share_the_cpus),
		cmocka_unit_test(memory_fits),
		cmocka_unit_test(empty_nodes_are_served),
		cmocka_unit_test(empty_nodes_have_no_memory),
		cmocka_unit_test(harness_from_255),
		cmocka_unit_test(online_cpus_take_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
