// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of guests like their host, in a folder that looks like a machine's /sys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "root.h"
#include "vm/inputs.h"
#include "vm/vm_host.h"

static int empty_root(void **state)
{
	char cmd[128];

	(void)state;
	snprintf(cmd, sizeof(cmd), "rm -rf '%s/sys' '%s/proc'", root, root);
	return system(cmd);
}

static void put_at(const char *dir, const char *name, const char *text)
{
	char path[256], cmd[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/%s", root, dir, name);
	snprintf(cmd, sizeof(cmd), "mkdir -p \"$(dirname '%s')\"", path);
	assert_int_equal(system(cmd), 0);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void put(const char *name, const char *text)
{
	put_at("sys/devices/system", name, text);
}

static void is_like(const char *topology, const int *cpus, const int *nodes,
		    unsigned int nr_nodes)
{
	struct vm_host host;
	struct topology topo;

	if (vm_host_read(root, &host, &topo))
		fail_msg("%s", err_message());
	assert_string_equal(topo.name, topology);
	assert_int_equal(host.nr_cpus, topo.cpus);
	assert_int_equal(host.nr_nodes, nr_nodes);
	for (unsigned int i = 0; i < topo.cpus && cpus; i++)
		assert_int_equal(host.cpu[i], cpus[i]);
	for (unsigned int i = 0; i < nr_nodes && nodes; i++)
		assert_int_equal(host.node[i], nodes[i]);
}

/* A kernel without nodes has no such folder; CPU 2 is off. */
static void test_no_nodes(void **state)
{
	const int cpus[] = { 0, 1, 3 }, nodes[] = { 0 };

	(void)state;
	put("cpu/online", "0-1,3\n");
	is_like("3c1n", cpus, nodes, 1);
}

/* Node 0 has three CPUs, node 1 none, node 2 two, and node 3 no memory. */
static void test_nodes(void **state)
{
	const int cpus[] = { 0, 1, 3, 5 }, nodes[] = { 0, 2 };

	(void)state;
	put("cpu/online", "0-7\n");
	put("node/has_memory", "0-2\n");
	put("node/node0/cpulist", "0-1,4\n");
	put("node/node1/cpulist", "\n");
	put("node/node2/cpulist", "3,5\n");
	put("node/node3/cpulist", "6-7\n");
	is_like("4c2n", cpus, nodes, 2);
}

static unsigned int measured(void)
{
	struct vm_host host;
	struct topology topo;

	assert_int_equal(vm_host_read(root, &host, &topo), 0);
	return host.measured;
}

/* A cpuset: only CPUs that may be used count, and a node has none of them. */
static void test_allowed(void **state)
{
	const int one[] = { 1, 3 }, nodes[] = { 2, 3, 6, 7 }, two[] = { 0, 1 };

	(void)state;
	put_at("proc/self", "status", "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t1-3,6-7\n");
	put("cpu/online", "0-1,3\n");
	is_like("2c1n", one, NULL, 1);
	put("cpu/online", "0-11\n");
	put("node/has_memory", "0-2\n");
	put("node/node0/cpulist", "0,2-3\n");
	put("node/node1/cpulist", "1,6-7\n");
	put("node/node2/cpulist", "8-11\n");
	is_like("4c2n", (const int []){ 2, 3, 1, 6 }, two, 2);
	put("node/node1/cpulist", "4-7\n");
	is_like("4c2n", nodes, two, 2);
	put_at("proc/self", "status", "Cpus_allowed_list:\t8-9\n");
	is_like("2c1n", (const int []){ 8, 9 }, (const int []){ 2 }, 1);
}

/* The last CPU, of a fast core if there is one. */
static void test_measured(void **state)
{
	(void)state;
	put("cpu/online", "0-3,6-7\n");
	assert_int_equal(measured(), 5);
	put_at("sys/devices", "cpu_core/cpus", "0-3\n");
	put_at("sys/devices", "cpu_atom/cpus", "6-7\n");
	assert_int_equal(measured(), 3);
	put_at("sys/devices", "cpu_core/cpus", "9\n");
	put_at("sys/devices", "cpu_atom/cpus", "0-3,6-7\n");
	assert_int_equal(measured(), 5);
}

/* More CPUs than QEMU's PC can have; the nodes' CPUs alternate. */
static void test_many(void **state)
{
	char even[2048] = "", odd[2048] = "";
	size_t i;

	(void)state;
	for (i = 0; i < 384; i++) {
		char *to = i % 2 ? odd : even;

		sprintf(to + strlen(to), "%s%zu", i < 2 ? "" : ",", i);
	}
	put("node/has_memory", "0-1\n");
	put("node/node0/cpulist", even);
	put("node/node1/cpulist", odd);
	is_like("254c2n", NULL, NULL, 2);
	empty_root(NULL);
	put("cpu/online", "0-383\n");
	is_like("254c1n", NULL, NULL, 1);
}

static void test_nothing(void **state)
{
	struct vm_host host;
	struct topology topo;

	(void)state;
	assert_int_equal(vm_host_read(root, &host, &topo), EX_FAIL);
	assert_non_null(strstr(err_message(), "cannot tell which CPUs"));
}

/* ------------------------------------------------------------ QEMU's words */

/* All words, with a space after each; free() it. */
static char *words_of(const struct vm_spec *spec)
{
	const struct vm_places at = {
		.image = "image", .initrd = "initrd", .console = "console",
		.results = "results",
	};
	struct vm_inputs in = {
		.memory_mib = 640, .node_mib = { 384, 256 },
	};
	struct vm_words w;
	char *text;
	size_t i, len;
	FILE *out = open_memstream(&text, &len);

	strcpy(in.cmdline, "cmdline");
	assert_int_equal(words_make(&w, spec, &in, &at), 0);
	for (i = 0; i < w.nr; i++)
		fprintf(out, "%s ", w.word[i]);
	fclose(out);
	words_free(&w);
	return text;
}

static void has(const char *text, const char *part, bool wanted)
{
	if (!strstr(text, part) == wanted)
		fail_msg("'%s' should%s be in: %s", part, wanted ? "" : " not",
			 text);
}

static void test_words(void **state)
{
	struct vm_host host = {
		.nr_cpus = 4, .nr_nodes = 2, .cpu = { 0, 1, 3, 5 },
		.node = { 0, 2 },
	};
	struct vm_spec spec = { .host = &host, .online = 4 };
	char *text;

	(void)state;
	plan_init(&spec.plan);
	assert_int_equal(topology_parse("4c2n", &spec.topo), 0);
	spec.plan.instrument = INSTRUMENT_TIME;
	text = words_of(&spec);
	has(text, " -accel kvm ", true);
	has(text, " -cpu host ", true);
	has(text, " -name guest,debug-threads=on ", true);
	has(text, " -smp 1,sockets=4,cores=1,threads=1,maxcpus=4 ", true);
	has(text, " -device host-x86_64-cpu,socket-id=1,", true);
	has(text, " -device host-x86_64-cpu,socket-id=3,", true);
	has(text, " -m 640 ", true);
	has(text, " -object memory-backend-ram,id=node0,size=384M,host-nodes=0,policy=bind"
	    " -numa node,nodeid=0,memdev=node0 ", true);
	has(text, " -object memory-backend-ram,id=node1,size=256M,host-nodes=2,policy=bind"
	    " -numa node,nodeid=1,memdev=node1 ", true);
	has(text, "icount", false);
	has(text, "tcg", false);
	free(text);

	/* On a host of one node there is nothing to bind memory to. */
	host.nr_nodes = 1;
	text = words_of(&spec);
	has(text, "-numa", false);
	has(text, "host-x86_64-cpu,socket-id=3,", true);
	free(text);

	/* Emulated in place of KVM, all else is the same. */
	host.nr_nodes = 2;
	spec.plan.instrument = INSTRUMENT_EMULATED;
	text = words_of(&spec);
	has(text, " -accel tcg,thread=multi ", true);
	has(text, " -name guest,debug-threads=on ", true);
	has(text, "host-nodes=2,policy=bind", true);
	has(text, " -device qemu64-x86_64-cpu,socket-id=3,", true);
	free(text);
}

/* A guest has all these vCPUs; what counts instructions has none of it. */
static void test_most_words(void **state)
{
	struct vm_host host = { .nr_cpus = VM_MOST_VCPUS, .nr_nodes = 64 };
	struct vm_spec spec = { .host = &host, .online = VM_MOST_VCPUS };
	char *text;

	(void)state;
	plan_init(&spec.plan);
	spec.topo = topology_of(VM_MOST_VCPUS, 64, 0, 0);
	spec.plan.instrument = INSTRUMENT_TIME;
	text = words_of(&spec);
	has(text, "socket-id=253,", true);
	has(text, "nodeid=63,memdev=node63 ", true);
	free(text);
	spec.host = NULL;
	spec.online = 0;
	spec.plan.instrument = INSTRUMENT_INSN;
	text = words_of(&spec);
	has(text, " -smp 1 ", true);
	has(text, "debug-threads", false);
	has(text, "memory-backend", false);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_no_nodes, empty_root),
		cmocka_unit_test_teardown(test_nodes, empty_root),
		cmocka_unit_test_teardown(test_allowed, empty_root),
		cmocka_unit_test_teardown(test_measured, empty_root),
		cmocka_unit_test_teardown(test_many, empty_root),
		cmocka_unit_test_teardown(test_nothing, empty_root),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_most_words),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
