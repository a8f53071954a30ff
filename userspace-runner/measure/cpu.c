// SPDX-License-Identifier: GPL-2.0-or-later
/* Chooses the CPU to measure on, and binds the process to it. */
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/ranges.h"
#include "measure/cpu.h"

int cpu_list_last(const char *list)
{
	long first, last = -1;

	while (ranges_next(&list, &first, &last))
		;
	return (int)last;
}

static int last_of(const char *path)
{
	char list[4096];

	return read_first(path, list, sizeof(list)) ? cpu_list_last(list) : -1;
}

int cpu_choose(int wanted)
{
	if (wanted < 0)
		wanted = last_of("/sys/devices/system/cpu/isolated");
	if (wanted < 0)
		wanted = last_of("/sys/devices/system/cpu/online");
	return wanted < 0 ? 0 : wanted;
}

double cpu_stolen_s(const char *root, int cpu)
{
	char path[300], name[16], times[512];
	double ticks;

	snprintf(path, sizeof(path), "%s/proc/stat", root);
	snprintf(name, sizeof(name), "cpu%d", cpu);
	read_field(path, name, times, sizeof(times));
	/* user nice system idle iowait irq softirq steal */
	if (sscanf(times, "%*s %*s %*s %*s %*s %*s %*s %lf", &ticks) != 1)
		ticks = NAN;
	return ticks / (double)sysconf(_SC_CLK_TCK);
}

int cpu_pin(int wanted, int *cpu)
{
	size_t room;
	cpu_set_t *set;
	int ret = 0;

	*cpu = cpu_choose(wanted);
	set = CPU_ALLOC(*cpu + 1);
	room = CPU_ALLOC_SIZE(*cpu + 1);
	if (!set)
		return no_memory();
	CPU_ZERO_S(room, set);
	CPU_SET_S(*cpu, room, set);
	if (sched_setaffinity(0, room, set))
		ret = err_errno(EX_USE, "cannot run on CPU %d", *cpu);
	CPU_FREE(set);
	return ret;
}
