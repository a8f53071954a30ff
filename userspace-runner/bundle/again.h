/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recorded boots that are to be measured again: the guest that each of them was. */
#ifndef PCPUBENCH_BUNDLE_AGAIN_H
#define PCPUBENCH_BUNDLE_AGAIN_H

#include <stdbool.h>

#include "bundle/open.h"
#include "vm/inputs.h"

#define AGAIN_WHY	256

/*
 * One guest, recorded once or several times.
 * @then: the first of its recorded boots; @boots: how many there are
 * @first, @last: places of these in the bundle's boots
 * @now: place of its boot of this machine in that file, INDEX_NONE before it is there
 * @spec: the guest; what its kernel says is filled in when that is built
 * @why: why it is not measured again, "" if it is
 * @lost: it should have been: no result of its kind is left out
 * @append, @features: @spec's texts
 */
struct again {
	const struct boot_records *then;
	size_t boots, first, last, now;
	struct vm_spec spec;
	char why[AGAIN_WHY];
	bool lost;
	char append[VM_CMDLINE], features[VM_CPU_MODEL];
};

/* @next: of each of the bundle's boots, the next of its guest, or INDEX_NONE */
struct again_set {
	struct again *list;
	size_t nr;
	size_t *next;
};

/**
 * again_find - which guests the boots of a bundle were
 *
 * Only counts of kernels that were built are measured again. 0 or EX_FAIL; call
 * again_free() in any case.
 */
int again_find(const struct bundle *b, struct again_set *set);

void again_free(struct again_set *set);

#endif
