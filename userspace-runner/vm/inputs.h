/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that a guest is started from. vm.c starts QEMU with it; who has to know
 * whether two guests are the same compares it.
 */
#ifndef PCPUBENCH_VM_INPUTS_H
#define PCPUBENCH_VM_INPUTS_H

#include <jansson.h>

#include "vm/acpi.h"
#include "vm/initrd.h"
#include "vm/spec.h"

#define VM_CPU_MODEL	256

/* The CPU model of the guest, in QEMU's words: into @buf, which is returned. */
const char *vm_cpu_model(const struct vm_spec *spec, char buf[VM_CPU_MODEL]);

/*
 * @cmdline: of the kernel
 * @node_mib: the memory of each node
 * @files: of the initrd, @nr_files of them
 */
struct vm_inputs {
	char cmdline[VM_CMDLINE];
	unsigned int memory_mib, node_mib[TOPOLOGY_MAX_NODES];
	struct acpi_table madt, srat;
	struct initrd_file *files;
	size_t nr_files;
};

/*
 * inputs_make - what @spec asks for
 *
 * EX_USE when that cannot be. Then or later @in wants inputs_free().
 */
int inputs_make(struct vm_inputs *in, const struct vm_spec *spec);

void inputs_free(struct vm_inputs *in);

/*
 * Where QEMU finds what it reads and writes: paths, of the gate the number of
 * the plugin's end. @profile is NULL without the plugin.
 */
struct vm_places {
	const char *image, *initrd, *console, *results;
	const char *plugin, *profile, *gate, *gate_in;
};

/* QEMU's own words, NULL at the end; for words_free(), also when it fails. */
struct vm_words {
	char *word[64 + 2 * VM_MOST_VCPUS + 4 * TOPOLOGY_MAX_NODES];
	size_t nr;
};

int words_make(struct vm_words *words, const struct vm_spec *spec,
	       const struct vm_inputs *in, const struct vm_places *at);

void words_free(struct vm_words *words);

/**
 * inputs_identity - what makes @spec's guest this one, but for image and module
 *
 * QEMU and its firmware, its words, and the content of all files that they name,
 * so whatever is added to any of them is in it. An object; NULL with err() when
 * a file cannot be read.
 */
json_t *inputs_identity(const struct vm_spec *spec);

#endif
