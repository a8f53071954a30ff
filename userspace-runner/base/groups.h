/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Things of one kind together: what has the same text is a group. */
#ifndef PCPUBENCH_BASE_GROUPS_H
#define PCPUBENCH_BASE_GROUPS_H

#include "base/index.h"

/*
 * All zero is empty. Things are numbers from 0 on, in the order in which they were
 * added; groups are in the order of their first things.
 * @first: of each group, after groups_end() also one past the last
 * @list: the things, group by group; @first has places in it
 */
struct groups {
	struct index keys;
	size_t *of;		/* the group of each thing */
	size_t nr_things;
	size_t *first;
	size_t nr;
	size_t *list;
};

/* Add the next thing. 0, or EX_FAIL with err(). */
int groups_add(struct groups *g, const char *key);

/* Fill in @first and @list. 0, or EX_FAIL with err(). */
int groups_end(struct groups *g);

void groups_free(struct groups *g);

#endif
