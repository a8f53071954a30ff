/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI tables that give a guest its topology: MADT and SRAT of the ACPI
 * Specification 6.4, 5.2.12 and 5.2.16.
 */
#ifndef PCPUBENCH_VM_ACPI_H
#define PCPUBENCH_VM_ACPI_H

#include <stddef.h>
#include <stdint.h>

#include "plan/topology.h"

struct acpi_table {
	uint8_t *data;
	size_t len;
};

/* The CPUs: local APICs, x2APICs from id 255 on, the I/O APIC. */
struct acpi_table acpi_madt(const struct topology *topo);

/*
 * The node of each CPU and of memory. @mib is topology_memory()'s, laid out as
 * in QEMU's pc machine: up to 3 GiB below the PCI hole if there are 3.5 GiB or
 * more in all, the rest from 4 GiB on.
 */
struct acpi_table acpi_srat(const struct topology *topo,
			    const unsigned int *mib);

void acpi_free(struct acpi_table *table);

#endif
