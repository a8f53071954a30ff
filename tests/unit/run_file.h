/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A results file for each test of a group, in a folder for the group. */
#ifndef PCPUBENCH_TEST_RUN_FILE_H
#define PCPUBENCH_TEST_RUN_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/pcpubench-test.XXXXXX";
static char path[64];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/run.jsonl", dir);
	return 0;
}

static int drop_file(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static int drop_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

#endif
