// SPDX-License-Identifier: GPL-2.0-or-later
/* What a guest sends while it measures: whole records, and which of them are taken. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "boot/answers.h"
#include "fuzz.h"
#include "vm/vm.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed)
{
	return fuzz_mutate_lines(data, size, max, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH];
	struct vm vm = {
		.pid = -1, .pidfd = -1, .initrd_fd = -1, .profile_fd = -1,
		.gate_fd = { -1, -1 }, .vcpu.cpu = -1,
		.results_fd = fuzz_file(data, size, path),
		.console_fd = fuzz_file(data, size, path),
		.cells = json_array(), .lines = json_array(),
	};
	struct vm_spec spec = { .image = NULL };

	plan_init(&spec.plan);
	topology_parse("2c1n", &spec.topo);
	vm_hear(&vm);
	answers_check(&vm, &spec);
	json_decref(vm_console_tail(&vm, 20));
	fuzz_text(vm.failed, strlen(vm.failed), false);
	vm_free(&vm);
	return 0;
}
