// SPDX-License-Identifier: GPL-2.0-or-later
/* Guests that check their kernels, several at a time. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot/checks.h"

#define TRIES	3

static int start(struct check *c, const struct vm_spec *common)
{
	struct vm_spec spec = *common;

	spec.image = c->kernel->image;
	spec.module = c->kernel->module;
	spec.cmdline = c->kernel->cmdline;
	return vm_start(&c->vm, &spec);
}

/*
 * QEMU emulates several vCPUs while the kernel patches its own code, and now
 * and then one crashes on that: before /init, or on a breakpoint that is gone,
 * which nothing else in these kernels sets. This is no result of the test:
 * report it and try again. Clears @c->vm for the next try.
 */
static bool tripped(struct check *c)
{
	bool breakpoint;
	char *console;

	if (!c->vm.failed[0])
		return false;
	console = vm_console(&c->vm);
	breakpoint = console && strstr(console, "int3: 0000 [#1]");
	free(console);
	if ((c->vm.init_s && !breakpoint) || ++c->tries == TRIES)
		return false;
	fprintf(stderr, "%s: %s: once more\n", c->kernel->name, c->vm.failed);
	vm_free(&c->vm);
	return true;
}

int checks_run(struct check *checks, size_t nr, const struct vm_spec *spec,
	       size_t jobs, check_fn ended, void *arg)
{
	size_t next = 0, running = 0, told = 0, i;
	int ret = 0;

	if (!jobs)
		jobs = sysconf(_SC_NPROCESSORS_ONLN);
	while (told < nr && !ret) {
		for (; next < nr && running < jobs && !ret; next++, running++) {
			ret = start(&checks[next], spec);
			checks[next].running = !ret;
		}
		poll(NULL, 0, 20);
		for (i = 0; i < next; i++) {
			if (!checks[i].running || !vm_poll(&checks[i].vm))
				continue;
			if (tripped(&checks[i])) {
				ret = start(&checks[i], spec);
				if (!ret)
					continue;
			}
			checks[i].running = false;
			checks[i].ended = true;
			running--;
		}
		for (; told < nr && checks[told].ended; told++)
			ended(&checks[told], told, arg);
	}
	for (i = 0; i < next; i++)
		vm_free(&checks[i].vm);
	return ret;
}
