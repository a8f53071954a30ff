// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Boot a test's own /init and print the TAP lines that it sends.
 * Usage: run INIT KERNEL TOPOLOGY [APPEND [ONLINE [MIB [SECONDS]]]]
 * With ONLINE a report of the kernel's in its log is a failed test. If that is not 0,
 * the guest is one of the instrument `emulated`, and has so many CPUs on. It has MIB of
 * memory, and SECONDS (600) until it must have ended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "guest/selftest_log.h"
#include "kernel/kernel.h"
#include "profile/symbols.h"
#include "vm/vm.h"

#define DEADLINE_S	600	/* on a busy machine: other tests run, too */

static int boot(struct vm *vm, char **argv)
{
	struct vm_spec spec = {
		.init = argv[1], .append = argv[4],
		.deadline_s = DEADLINE_S,
	};
	const struct kernel_source source = source_asked();
	const int online = argv[4] && argv[5] ? atoi(argv[5]) : 0;
	struct kernel *kernels;
	size_t nr;
	int ret;

	ret = topology_parse(argv[3], &spec.topo);
	if (!ret)
		ret = kernels_build(&source, &argv[2], 1, 0, &kernels, &nr);
	if (ret)
		return ret;
	plan_init(&spec.plan);
	if (argv[4] && argv[5] && argv[6]) {
		spec.memory_mib = atoi(argv[6]);
		if (argv[7])
			spec.deadline_s = atoi(argv[7]);
	}
	if (online) {
		spec.online = online;
		spec.plan.instrument = INSTRUMENT_EMULATED;
		spec.lock = symbols_find(kernels[0].image, "pcpu_lock");
		spec.mutex = symbols_find(kernels[0].image, "pcpu_alloc_mutex");
	}
	spec.image = kernels[0].image;
	spec.module = kernels[0].module;
	spec.cmdline = kernels[0].cmdline;
	ret = vm_start(vm, &spec);
	while (!ret && !vm_poll(vm))
		usleep(10000);
	kernels_free(kernels, nr);
	if (!ret && vm->failed[0])
		ret = err(EX_FAIL, "%s", vm->failed);
	return ret;
}

#define SHOWN		5	/* reports in full */
#define SHOWN_LINES	50	/* of each */

/* @text and what follows in the log. */
static void show(const char *console, const char *text)
{
	const char *at = strstr(console, text), *end;

	for (int i = 0; at && *at && i < SHOWN_LINES; i++) {
		end = strchrnul(at, '\n');
		printf("# | %.*s\n", (int)(end - at), at);
		at = end + !!*end;
	}
}

/* Whatever the kernel reports of itself is a fault. */
static int tell_reports(const struct vm *vm)
{
	char *console = vm_console(vm);
	json_t *reports = log_reports(console), *text;
	int ret = json_array_size(reports) ? EX_FAIL : 0;
	size_t i;

	json_array_foreach(reports, i, text) {
		printf("not ok - log: %s\n", json_string_value(text));
		if (i < SHOWN)
			show(console, json_string_value(text));
	}
	json_decref(reports);
	free(console);
	return ret;
}

int main(int argc, char **argv)
{
	struct vm vm = { .pid = -1 };
	json_t *line;
	size_t i;
	int ret;

	if (argc < 4 || argc > 8) {
		fprintf(stderr, "usage: run INIT KERNEL TOPOLOGY [APPEND [ONLINE [MIB [SECONDS]]]]\n");
		return EX_USE;
	}
	ret = boot(&vm, argv);
	json_array_foreach(vm.lines, i, line)
		puts(json_string_value(line));
	printf("1..%zu\n", json_array_size(vm.lines));
	if (ret) {
		printf("not ok - guest: %s\n", err_message());
		line = vm_console_tail(&vm, 20);
		json_t *text;

		json_array_foreach(line, i, text)
			printf("# | %s\n", json_string_value(text));
		json_decref(line);
	}
	if (argc > 5)
		ret |= tell_reports(&vm);
	vm_free(&vm);
	return ret;
}
