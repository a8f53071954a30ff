// SPDX-License-Identifier: GPL-2.0-or-later
/* The nodes of this machine, from sysfs. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/ranges.h"
#include "measure/nodes.h"

unsigned int nodes_list(const char *list, bool *in, unsigned int max)
{
	unsigned int nr = 0;
	long i, last;

	while (ranges_next(&list, &i, &last))
		for (; i <= last; i++, nr++)
			if (i < (long)max)
				in[i] = true;
	return nr;
}

static unsigned int read_list(const char *name, bool *in, unsigned int max)
{
	char path[64], list[4096];

	snprintf(path, sizeof(path), "/sys/devices/system/node/%s", name);
	if (access(path, R_OK) || read_file(path, list, sizeof(list)))
		return 0;
	return nodes_list(list, in, max);
}

unsigned int nodes_read(bool *has_memory, unsigned int max)
{
	unsigned int nr;
	bool online[1];

	read_list("has_memory", has_memory, max);
	nr = read_list("online", online, 1);
	if (!nr)
		has_memory[0] = true;
	return nr ? nr : 1;
}
