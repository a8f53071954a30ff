/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder for the tests of a group, which plays a machine's root. */
#ifndef PCPUBENCH_TEST_ROOT_H
#define PCPUBENCH_TEST_ROOT_H

#include <stdio.h>
#include <stdlib.h>

static char root[] = "/tmp/pcpubench-test-XXXXXX";

static int make_root(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	char cmd[128];

	(void)state;
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", root);
	return system(cmd);
}

#endif
