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

#define CPU_DIR	"/sys/devices/system/cpu/"

int cpu_list_last(const char *list)
{
	long first, last = -1;

	while (ranges_next(&list, &first, &last))
		;
	return (int)last;
}

/* The kernel's PMUs are named after these (arch/x86/events/intel/core.c). */
const char *cpu_type(const char *root, int cpu)
{
	static const char *const types[] = { "core", "atom", "lowpower" };
	char path[300], list[4096];

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		snprintf(path, sizeof(path), "%s/sys/devices/cpu_%s/cpus", root,
			 types[i]);
		if (read_first(path, list, sizeof(list)) &&
		    ranges_has(list, cpu))
			return types[i];
	}
	return NULL;
}

void cpu_record_type(json_t *boot, int cpu)
{
	const char *type = cpu_type("", cpu);

	if (type)
		json_object_set_new(boot, "cpu_type", json_string(type));
}

bool cpu_is_fast(const char *root, int cpu)
{
	const char *type = cpu_type(root, cpu);

	return !type || !strcmp(type, "core");
}

void cpu_allowed(const char *root, char *list, size_t room)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/proc/self/status", root);
	read_field(path, "Cpus_allowed_list", list, room);
}

static bool is_in(const char *root, const char *name, int cpu)
{
	char path[300], list[4096];

	snprintf(path, sizeof(path), "%s" CPU_DIR "%s", root, name);
	return read_first(path, list, sizeof(list)) && ranges_has(list, cpu);
}

bool cpu_online(const char *root, int cpu)
{
	return is_in(root, "online", cpu);
}

bool cpu_usable(const char *root, int cpu)
{
	char allowed[4096];

	cpu_allowed(root, allowed, sizeof(allowed));
	return cpu_online(root, cpu) &&
	       (!allowed[0] || ranges_has(allowed, cpu) ||
		is_in(root, "isolated", cpu));
}

/* The last usable CPU of the list @name, a fast one if possible; or -1. */
static int last_of(const char *root, const char *name)
{
	char path[300], list[4096];
	int cpu, slow = -1;

	snprintf(path, sizeof(path), "%s" CPU_DIR "%s", root, name);
	if (!read_first(path, list, sizeof(list)))
		return -1;
	for (cpu = cpu_list_last(list); cpu >= 0; cpu--) {
		if (!ranges_has(list, cpu) || !cpu_usable(root, cpu))
			continue;
		if (cpu_is_fast(root, cpu))
			return cpu;
		slow = slow < 0 ? cpu : slow;
	}
	return slow;
}

int cpu_isolated(const char *root)
{
	return last_of(root, "isolated");
}

int cpu_choose(const char *root, int wanted)
{
	if (wanted < 0)
		wanted = cpu_isolated(root);
	if (wanted < 0)
		wanted = last_of(root, "online");
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

int cpu_go_to(int cpu)
{
	cpu_set_t *set = CPU_ALLOC(cpu + 1);
	size_t room = CPU_ALLOC_SIZE(cpu + 1);
	int ret = 0;

	if (!set)
		return no_memory();
	CPU_ZERO_S(room, set);
	CPU_SET_S(cpu, room, set);
	if (sched_setaffinity(0, room, set))
		ret = err_errno(EX_USE, "cannot run on CPU %d", cpu);
	CPU_FREE(set);
	return ret;
}

int cpu_pin(int wanted, int *cpu)
{
	*cpu = cpu_choose("", wanted);
	return cpu_go_to(*cpu);
}
