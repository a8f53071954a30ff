// SPDX-License-Identifier: GPL-2.0-or-later
/* The manifest of a kernel that somebody built. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "kernel/kernel.h"
#include "results/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kernel *k = calloc(1, sizeof(*k));
	char path[FUZZ_PATH];
	int fd = fuzz_file(data, size, path);

	k->name = strdup("kernel");
	k->cmdline = strdup("");
	k->held = -1;
	if (!kernel_read_manifest(k, path) && !(k->image && k->module))
		fuzz_fail("a whole manifest names an image and a module");
	kernels_free(k, 1);
	close(fd);
	return 0;
}
