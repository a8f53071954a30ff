// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the noise of a campaign's boots low. A reboot takes all of it back. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/process.h"
#include "base/ranges.h"
#include "base/text.h"
#include "campaign/tune.h"
#include "measure/cpu.h"

#define CPU_DIR		"/sys/devices/system/cpu/"

static bool is_first_thread(const char *root, int cpu)
{
	char path[300], list[4096];

	snprintf(path, sizeof(path),
		 "%s" CPU_DIR "cpu%d/topology/thread_siblings_list", root, cpu);
	return read_first(path, list, sizeof(list)) && atoi(list) == cpu;
}

/*
 * The last CPU but the first that is its core's first thread, of a fast core if
 * possible; 0: none.
 */
static int cpu_to_isolate(const char *root)
{
	char path[300], list[4096];
	int cpu, slow = 0;

	snprintf(path, sizeof(path), "%s" CPU_DIR "online", root);
	if (!read_first(path, list, sizeof(list)))
		return 0;
	for (cpu = cpu_list_last(list); cpu > 0; cpu--) {
		if (!is_first_thread(root, cpu))
			continue;
		if (cpu_is_fast(root, cpu))
			return cpu;
		slow = slow ? slow : cpu;
	}
	return slow;
}

/* Is a list of CPUs, which ends with a blank, only this one? */
static bool is_only(const char *list, int cpu)
{
	long first, last;

	return ranges_next(&list, &first, &last) && first == cpu &&
	       last == cpu && (!*list || isspace((unsigned char)*list));
}

/*
 * Does the command line isolate other CPUs with the parameter @name? The kernel takes
 * the first, and of later ones only the same CPUs (kernel/sched/isolation.c).
 */
static int check_isolates(const char *cmdline, const char *name, int cpu)
{
	const size_t len = strlen(name);
	const char *p, *list;

	for (p = strstr(cmdline, name); p; p = strstr(p + len, name)) {
		if (p > cmdline && !isspace((unsigned char)p[-1]))
			continue;
		/* Flags come before the CPUs of isolcpus=. */
		list = p + len;
		while (isalpha((unsigned char)*list)) {
			list += strcspn(list, ", \n");
			list += *list == ',';
		}
		if (!is_only(list, cpu))
			return err(EX_USE, "--tune isolates CPU %d, but the command line already has %.*s, and the kernel takes the first only: remove that one, or leave out --tune",
				   cpu, (int)strcspn(p, " \n"), p);
	}
	return 0;
}

static int check_line(const char *cmdline, int cpu)
{
	int ret = check_isolates(cmdline, "isolcpus=", cpu);

	return ret ? ret : check_isolates(cmdline, "nohz_full=", cpu);
}

int tune_kernels(const char *root, struct campaign *c)
{
	int cpu = cpu_to_isolate(root), ret;
	struct campaign_kernel *k;
	char *args;

	if (!cpu)
		return err(EX_USE, "--tune isolates one CPU, and this machine has no second core: leave it out");
	ret = check_line(c->home_cmdline, cpu);
	for (size_t i = 0; i < c->nr_kernels && !ret; i++)
		ret = check_line(c->kernels[i].args, cpu);
	c->tune = true;
	for (size_t i = 0; i < c->nr_kernels && !ret; i++) {
		k = &c->kernels[i];
		args = k->args;
		k->args = NULL;
		ret = text_set(&k->args, "%s%sisolcpus=managed_irq,domain,%d nohz_full=%d rcu_nocbs=%d irqaffinity=0-%d processor.max_cstate=1 intel_idle.max_cstate=1",
			       args, args[0] ? " " : "", cpu, cpu, cpu, cpu - 1);
		free(args);
	}
	return ret;
}

int tune_boot(const struct campaign *c)
{
	const char *argv[] = { c->program, "doctor", "--tune", NULL };

	return c->tune ? process_must(argv) : 0;
}
