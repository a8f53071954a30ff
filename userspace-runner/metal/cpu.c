// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "err.h"
#include "measure/file.h"
#include "metal/cpu.h"

int cpu_list_last(const char *list)
{
	int last = -1;
	char *end;

	while (isdigit((unsigned char)*list)) {
		last = (int)strtol(list, &end, 10);
		list = end + (*end == ',' || *end == '-');
	}
	return last;
}

static int last_of(const char *path)
{
	char list[4096];

	if (access(path, R_OK) || read_file(path, list, sizeof(list)))
		return -1;
	return cpu_list_last(list);
}

int cpu_pin(int wanted, int *cpu)
{
	size_t room;
	cpu_set_t *set;
	int ret = 0;

	*cpu = wanted;
	if (*cpu < 0)
		*cpu = last_of("/sys/devices/system/cpu/isolated");
	if (*cpu < 0)
		*cpu = last_of("/sys/devices/system/cpu/online");
	if (*cpu < 0)
		*cpu = 0;
	set = CPU_ALLOC(*cpu + 1);
	room = CPU_ALLOC_SIZE(*cpu + 1);
	if (!set)
		return err(EX_FAIL, "out of memory");
	CPU_ZERO_S(room, set);
	CPU_SET_S(*cpu, room, set);
	if (sched_setaffinity(0, room, set))
		ret = err_errno(EX_USE, "cannot run on CPU %d", *cpu);
	CPU_FREE(set);
	return ret;
}
