// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ACPI tables, read back twice: by a parser of our own that follows the
 * specification's offsets, and by iasl, which knows nothing of us.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "vm/acpi.h"

#define GIB	(1ULL << 30)

static uint64_t le(const uint8_t *p, int bytes)
{
	uint64_t val = 0;

	while (bytes--)
		val = val << 8 | p[bytes];
	return val;
}

static void header(const struct acpi_table *t, const char *signature)
{
	uint8_t sum = 0;

	assert_memory_equal(t->data, signature, 4);
	assert_int_equal(le(t->data + 4, 4), t->len);
	for (size_t i = 0; i < t->len; i++)
		sum += t->data[i];
	assert_int_equal(sum, 0);
}

static void check_madt(const char *name)
{
	unsigned int xapic = 0, x2apic = 0, ioapic = 0;
	struct acpi_table t;
	struct topology topo;
	size_t off;

	topology_parse(name, &topo);
	t = acpi_madt(&topo);
	header(&t, "APIC");
	for (off = 44; off < t.len; off += t.data[off + 1]) {
		const uint8_t *e = t.data + off;

		assert_true(e[1] > 0);
		if (e[0] == 0) {
			assert_int_equal(e[3], xapic);
			assert_int_equal(le(e + 4, 4), 1);
			xapic++;
		} else if (e[0] == 9) {
			assert_int_equal(le(e + 4, 4), 255 + x2apic);
			assert_int_equal(le(e + 8, 4), 1);
			x2apic++;
		} else if (e[0] == 1) {
			ioapic++;
		}
	}
	assert_int_equal(off, t.len);
	assert_int_equal(xapic + x2apic, topo.cpus);
	assert_true(xapic <= 255);
	assert_int_equal(ioapic, 1);
	acpi_free(&t);
}

static void madt(void **state)
{
	(void)state;
	check_madt("1c1n");
	check_madt("176c1n");
	check_madt("254c2n");
	check_madt("256c1n");
	check_madt("4096c64n");
}

/* Every CPU is on its node, and memory is all there, on the right side. */
static void check_srat(const char *name)
{
	unsigned int mib[TOPOLOGY_MAX_NODES], total, cpus = 0, node, id;
	uint64_t bytes[TOPOLOGY_MAX_NODES] = { 0 }, end = 0, base, len;
	struct acpi_table t;
	struct topology topo;
	size_t off;

	topology_parse(name, &topo);
	total = topology_memory(&topo, 0, mib);
	t = acpi_srat(&topo, mib);
	header(&t, "SRAT");
	for (off = 48; off < t.len; off += t.data[off + 1]) {
		const uint8_t *e = t.data + off;

		assert_true(e[1] > 0);
		if (e[0] == 1) {
			node = le(e + 2, 4);
			base = le(e + 8, 8);
			len = le(e + 16, 8);
			assert_true(node < topology_all_nodes(&topo));
			assert_int_equal(le(e + 28, 4), 1);
			/* In order, without overlap, not in the PCI hole. */
			assert_true(base >= end);
			end = base + len;
			assert_true(end <= 3 * GIB + GIB / 2 ||
				    base >= 4 * GIB);
			bytes[node] += len;
			continue;
		}
		if (e[0] == 0) {
			id = e[3];
			node = e[2] | le(e + 9, 3) << 8;
		} else {
			assert_int_equal(e[0], 2);
			node = le(e + 4, 4);
			id = le(e + 8, 4);
		}
		assert_int_equal(node, topology_node_of(&topo, id));
		cpus++;
	}
	assert_int_equal(off, t.len);
	assert_int_equal(cpus, topo.cpus);
	for (node = 0; node < topology_all_nodes(&topo); node++) {
		assert_int_equal(bytes[node], (uint64_t)mib[node] << 20);
		total -= mib[node];
	}
	assert_int_equal(total, 0);
	acpi_free(&t);
}

static void srat(void **state)
{
	(void)state;
	check_srat("1c1n");
	check_srat("80c2n");
	check_srat("16c2n+6m");
	check_srat("16c2n-1m");
	check_srat("4096c4n-2m+1m");
	check_srat("16c2n-2m+1m");
	check_srat("4096c1n");
	check_srat("1024c64n");
}

/* How often @what stands in what iasl makes of @t. */
static int decompiled(const struct acpi_table *t, const char *name,
		      const char *what)
{
	char dir[] = "/tmp/acpiXXXXXX", path[64], cmd[256], line[256];
	FILE *f;
	int n = 0;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/%s.aml", dir, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(t->data, 1, t->len, f), t->len);
	fclose(f);
	snprintf(cmd, sizeof(cmd), "iasl -d %s >%s/log 2>&1", path, dir);
	assert_int_equal(system(cmd), 0);
	snprintf(path, sizeof(path), "%s/%s.dsl", dir, name);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		n += !!strstr(line, what);
		/* iasl says so when a checksum or a length is off. */
		assert_null(strstr(line, "Incorrect checksum"));
		assert_null(strstr(line, "Invalid"));
	}
	fclose(f);
	snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
	assert_int_equal(system(cmd), 0);
	return n;
}

static void iasl_agrees(void **state)
{
	unsigned int mib[TOPOLOGY_MAX_NODES];
	struct acpi_table t;
	struct topology topo;

	(void)state;
	topology_parse("300c2n+6m", &topo);
	topology_memory(&topo, 0, mib);
	t = acpi_madt(&topo);
	assert_int_equal(decompiled(&t, "madt", "[Processor Local APIC]"), 255);
	assert_int_equal(decompiled(&t, "madt", "[Processor Local x2APIC]"),
			 45);
	acpi_free(&t);
	t = acpi_srat(&topo, mib);
	assert_int_equal(decompiled(&t, "srat", "[Memory Affinity]"), 8);
	assert_int_equal(decompiled(&t, "srat",
				    "[Processor Local x2APIC Affinity]"), 45);
	acpi_free(&t);
	/* Nothing at all is said of the memory of an empty node. */
	topology_parse("16c4n-2m", &topo);
	topology_memory(&topo, 0, mib);
	t = acpi_srat(&topo, mib);
	assert_int_equal(decompiled(&t, "srat", "[Memory Affinity]"), 2);
	acpi_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(madt),
		cmocka_unit_test(srat),
		cmocka_unit_test(iasl_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
