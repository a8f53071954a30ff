/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_METAL_KALLSYMS_H
#define PCPUBENCH_METAL_KALLSYMS_H

/*
 * The addresses of @nr symbols of the running kernel; 0 for one that it does not
 * tell: without CONFIG_KALLSYMS_ALL it knows functions alone.
 */
void kallsyms_find(const char *const *names, unsigned long long *addresses,
		   unsigned int nr);

#endif
