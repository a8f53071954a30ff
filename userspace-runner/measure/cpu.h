/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses the CPU to measure on. */
#ifndef PCPUBENCH_MEASURE_CPU_H
#define PCPUBENCH_MEASURE_CPU_H

/**
 * cpu_pin - bind this process to one CPU
 * @wanted: this one; -1: the last isolated one or else the last online one, as
 *	the first serves most interrupts
 * @cpu: receives its number
 *
 * EX_USE when there is no such CPU.
 */
int cpu_pin(int wanted, int *cpu);

/**
 * cpu_choose - which CPU to measure on
 * @wanted: as of cpu_pin()
 */
int cpu_choose(int wanted);

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
