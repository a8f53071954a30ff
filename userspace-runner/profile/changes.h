/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_PROFILE_CHANGES_H
#define PCPUBENCH_PROFILE_CHANGES_H

#include "profile/set.h"

/* @off: change of arm off; @old, @new: cost then and now */
struct profile_change {
	const char *function;
	double off, old, new;
};

/**
 * profile_changes - the functions of @a or @b, the most changed cost first
 * @list: for free(); the names are the profiles'
 *
 * 0, or EX_FAIL with err().
 */
int profile_changes(const struct profile *a, const struct profile *b,
		    struct profile_change **list, size_t *nr);

#endif
