/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recorded boots that are to be measured again: the guest that each of them was. */
#ifndef PCPUBENCH_BUNDLE_AGAIN_H
#define PCPUBENCH_BUNDLE_AGAIN_H

#include "bundle/open.h"
#include "vm/inputs.h"

#define AGAIN_WHY	256

/*
 * One guest, recorded once or several times.
 * @then: the first of its recorded boots; @boots: how many there are
 * @spec: the guest; what its kernel says is filled in when that is built
 * @why: why it is not measured again, "" if it is
 * @append, @features: @spec's texts
 */
struct again {
	const struct boot_records *then;
	size_t boots;
	struct vm_spec spec;
	char why[AGAIN_WHY];
	char append[VM_CMDLINE], features[VM_CPU_MODEL];
};

/**
 * again_find - which guests the boots of a bundle were
 * @all: receives an array of @nr, for free()
 *
 * Only counts of kernels that were built are measured again. 0 or EX_FAIL.
 */
int again_find(const struct bundle *b, struct again **all, size_t *nr);

/* Is the recorded boot @record one of @a's? */
bool again_is(const struct again *a, const json_t *record);

#endif
