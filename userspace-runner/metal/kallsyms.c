// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses of the running kernel's symbols, by /proc/kallsyms. */
#include <stdio.h>
#include <string.h>

#include "metal/kallsyms.h"

void kallsyms_find(const char *const *names, unsigned long long *addresses,
		   unsigned int nr)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long long address;
	char line[512], name[256];

	memset(addresses, 0, nr * sizeof(*addresses));
	while (f && fgets(line, sizeof(line), f)) {
		/* A module's symbol has the module's name behind it. */
		if (strchr(line, '[') ||
		    sscanf(line, "%llx %*c %255s", &address, name) != 2)
			continue;
		for (unsigned int i = 0; i < nr; i++)
			if (!strcmp(name, names[i]))
				addresses[i] = address;
	}
	if (f)
		fclose(f);
}
