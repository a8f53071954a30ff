// SPDX-License-Identifier: GPL-2.0-or-later
/* Counts system management interrupts, by the kernel's PMU "msr". */
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "metal/smi.h"

#define PMU_DIR		"/sys/bus/event_source/devices/msr/"

int smi_event(const char *root, unsigned int *type, unsigned long long *config)
{
	char path[300], line[64];

	snprintf(path, sizeof(path), "%s" PMU_DIR "type", root);
	if (!read_first(path, line, sizeof(line)))
		return -1;
	*type = strtoul(line, NULL, 10);
	snprintf(path, sizeof(path), "%s" PMU_DIR "events/smi", root);
	if (!read_first(path, line, sizeof(line)) ||
	    sscanf(line, "event=%llx", config) != 1)
		return -1;
	return 0;
}

int smi_open(int cpu)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	unsigned long long config;
	unsigned int type;

	if (smi_event("", &type, &config))
		return -1;
	attr.type = type;
	attr.config = config;
	return syscall(SYS_perf_event_open, &attr, -1, cpu, -1,
		       PERF_FLAG_FD_CLOEXEC);
}

long long smi_count(int file)
{
	uint64_t count;

	return file >= 0 && read(file, &count, sizeof(count)) == sizeof(count) ?
	       (long long)count : -1;
}
