// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the noise of a campaign's boots low. A reboot takes all of it back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "campaign/tune.h"
#include "measure/cpu.h"

#define CPU_DIR		"/sys/devices/system/cpu/"

/* The last CPU but the first that is its core's first thread; 0: none. */
static int cpu_to_isolate(const char *root)
{
	char path[300], list[4096];
	int cpu;

	snprintf(path, sizeof(path), "%s" CPU_DIR "online", root);
	if (!read_first(path, list, sizeof(list)))
		return 0;
	for (cpu = cpu_list_last(list); cpu > 0; cpu--) {
		snprintf(path, sizeof(path),
			 "%s" CPU_DIR "cpu%d/topology/thread_siblings_list",
			 root, cpu);
		if (read_first(path, list, sizeof(list)) && atoi(list) == cpu)
			break;
	}
	return cpu > 0 ? cpu : 0;
}

int tune_kernels(const char *root, struct campaign *c)
{
	int cpu = cpu_to_isolate(root), ret = 0;
	struct campaign_kernel *k;
	char *args;

	if (!cpu)
		return err(EX_USE, "--tune isolates one CPU, and this machine has no second core: leave it out");
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
