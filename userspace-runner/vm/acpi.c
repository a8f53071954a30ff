// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the ACPI tables MADT and SRAT of a topology. */
#include <stdlib.h>
#include <string.h>

#include "vm/acpi.h"

#define HEADER_LEN	36
#define GIB		(1ULL << 30)
#define ENABLED		1

/* Tables are little-endian and unaligned: write them byte by byte. */
struct buf {
	uint8_t *data;
	size_t len, room;
};

static void put(struct buf *b, uint64_t val, int bytes)
{
	if (b->len + bytes > b->room) {
		b->room = b->room ? 2 * b->room : 1024;
		b->data = realloc(b->data, b->room);
		if (!b->data)
			abort();
	}
	for (; bytes; bytes--, val >>= 8)
		b->data[b->len++] = val;
}

static void put_text(struct buf *b, const char *text, int bytes)
{
	for (; bytes; bytes--)
		put(b, *text ? (uint8_t)*text++ : ' ', 1);
}

/*
 * The kernel replaces a table of the firmware by one from the initrd if
 * signature, OEM id and OEM table id are the same and the OEM revision is
 * higher. These ids are of QEMU's firmware. A table that the firmware lacks is
 * added with any ids.
 */
static void begin(struct buf *b, const char *signature, int revision)
{
	put_text(b, signature, 4);
	put(b, 0, 4);			/* length, see end() */
	put(b, revision, 1);
	put(b, 0, 1);			/* checksum, see end() */
	put_text(b, "BOCHS", 6);
	put_text(b, "BXPC", 8);
	put(b, 0x7fffffff, 4);		/* OEM revision */
	put_text(b, "PCPU", 4);		/* creator */
	put(b, 1, 4);
}

static struct acpi_table end(struct buf *b)
{
	uint8_t sum = 0;
	size_t i;

	for (i = 0; i < 4; i++)
		b->data[4 + i] = b->len >> (8 * i);
	for (i = 0; i < b->len; i++)
		sum += b->data[i];
	b->data[9] = -sum;
	return (struct acpi_table){ b->data, b->len };
}

/* Ids 255 and above do not fit into a local APIC's entry: 255 is "all". */
static int is_x2apic(unsigned int id)
{
	return id >= 255;
}

struct acpi_table acpi_madt(const struct topology *topo)
{
	struct buf b = { 0 };
	unsigned int id;

	begin(&b, "APIC", 3);
	put(&b, 0xfee00000, 4);		/* local APIC address */
	put(&b, 1, 4);			/* there are 8259s as well */
	for (id = 0; id < topo->cpus; id++) {
		if (is_x2apic(id)) {
			put(&b, 9, 1);
			put(&b, 16, 1);
			put(&b, 0, 2);
			put(&b, id, 4);
			put(&b, ENABLED, 4);
			put(&b, id, 4);	/* ACPI processor UID */
		} else {
			put(&b, 0, 1);
			put(&b, 8, 1);
			put(&b, id, 1);	/* ACPI processor UID */
			put(&b, id, 1);
			put(&b, ENABLED, 4);
		}
	}
	put(&b, 1, 1);			/* I/O APIC */
	put(&b, 12, 1);
	put(&b, 0, 1);			/* id */
	put(&b, 0, 1);
	put(&b, 0xfec00000, 4);
	put(&b, 0, 4);			/* first interrupt */
	put(&b, 2, 1);			/* the timer's IRQ 0 is wired to pin 2 */
	put(&b, 10, 1);
	put(&b, 0, 1);
	put(&b, 0, 1);
	put(&b, 2, 4);
	put(&b, 0, 2);
	put(&b, 4, 1);			/* NMI on LINT1 of every local APIC */
	put(&b, 6, 1);
	put(&b, 0xff, 1);
	put(&b, 0, 2);
	put(&b, 1, 1);
	return end(&b);
}

static void put_memory(struct buf *b, unsigned int node, uint64_t base,
		       uint64_t len)
{
	put(b, 1, 1);
	put(b, 40, 1);
	put(b, node, 4);
	put(b, 0, 2);
	put(b, base, 8);
	put(b, len, 8);
	put(b, 0, 4);
	put(b, ENABLED, 4);
	put(b, 0, 8);
}

struct acpi_table acpi_srat(const struct topology *topo,
			    const unsigned int *mib)
{
	unsigned int id, node, nodes = topology_all_nodes(topo);
	uint64_t total = 0, low, start = 0, len, below;
	struct buf b = { 0 };

	begin(&b, "SRAT", 3);
	put(&b, 1, 4);
	put(&b, 0, 8);
	for (id = 0; id < topo->cpus; id++) {
		node = topology_node_of(topo, id);
		if (is_x2apic(id)) {
			put(&b, 2, 1);
			put(&b, 24, 1);
			put(&b, 0, 2);
			put(&b, node, 4);
			put(&b, id, 4);
			put(&b, ENABLED, 4);
			put(&b, 0, 4);
			put(&b, 0, 4);
		} else {
			put(&b, 0, 1);
			put(&b, 16, 1);
			put(&b, node & 0xff, 1);
			put(&b, id, 1);
			put(&b, ENABLED, 4);
			put(&b, 0, 1);
			put(&b, node >> 8, 3);
			put(&b, 0, 4);
		}
	}
	for (node = 0; node < nodes; node++)
		total += (uint64_t)mib[node] << 20;
	low = total >= GIB * 7 / 2 ? 3 * GIB : total;
	for (node = 0; node < nodes; node++) {
		len = (uint64_t)mib[node] << 20;
		below = start >= low ? 0 : len < low - start ? len : low - start;
		if (below)
			put_memory(&b, node, start, below);
		if (len > below)
			put_memory(&b, node,
				   4 * GIB + (start + below - low),
				   len - below);
		start += len;
	}
	return end(&b);
}

void acpi_free(struct acpi_table *table)
{
	free(table->data);
	table->data = NULL;
	table->len = 0;
}
