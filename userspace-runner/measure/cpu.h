/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses the CPU to measure on. */
#ifndef PCPUBENCH_MEASURE_CPU_H
#define PCPUBENCH_MEASURE_CPU_H

#include <jansson.h>
#include <stdbool.h>

/**
 * cpu_pin - bind this process to one CPU
 * @wanted: this one; -1: the last isolated one or else the last one that this process
 *	may use, as the first serves most interrupts. Of these a fast one, if there is one
 * @cpu: receives its number
 *
 * EX_USE when there is no such CPU.
 */
int cpu_pin(int wanted, int *cpu);

/* Bind the calling task to CPU @cpu. EX_USE. */
int cpu_go_to(int cpu);

/**
 * cpu_choose - which CPU to measure on
 * @root: put in front of /sys and /proc; "" except in tests
 * @wanted: as of cpu_pin()
 */
int cpu_choose(const char *root, int wanted);

/* The CPUs of this process's cpuset and affinity, a list; "" if the kernel is silent. */
void cpu_allowed(const char *root, char *list, size_t room);

bool cpu_online(const char *root, int cpu);

/*
 * Is it online, and may this process be bound to it? Isolated ones are in no affinity
 * that was not asked for.
 */
bool cpu_usable(const char *root, int cpu);

/* The isolated CPU that cpu_choose() takes; -1: none is online. */
int cpu_isolated(const char *root);

/*
 * Of a machine with cores of several types, the type of this CPU: "core" (the fast
 * ones), "atom" or "lowpower"; else NULL.
 */
const char *cpu_type(const char *root, int cpu);

/* Put it into the record of a boot, if there is one. */
void cpu_record_type(json_t *boot, int cpu);

/* Is this CPU of the fast cores? All are, where cores are of one type. */
bool cpu_is_fast(const char *root, int cpu);

/**
 * cpu_stolen_s - seconds that a hypervisor took from CPU @cpu, since the boot
 * @root: put in front of /proc; "" except in tests
 *
 * NaN when the kernel does not tell.
 */
double cpu_stolen_s(const char *root, int cpu);

/* Share of a boot's time above which the report mentions it. */
#define CPU_STOLEN_MUCH	0.01

/* The last of a list such as "1-3,8", -1 when it is empty. */
int cpu_list_last(const char *list);

#endif
