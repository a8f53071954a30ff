// SPDX-License-Identifier: GPL-2.0-or-later
/* A sweep's description: its machines, sizes and kernels. */
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "sweep/describe.h"

/* The name of a machine is that of no other. */
static void check_name(const struct topology *had)
{
	struct topology topo;

	if (topology_parse(had->name, &topo) || memcmp(&topo, had, sizeof(topo)))
		fuzz_fail("a topology's name means this topology");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sweep s = { .shard = { 1, 1 } };
	char path[FUZZ_PATH];
	int fd = fuzz_file(data, size, path);

	session_options_init(&s.opt);
	if (!sweep_read_file(&s, path)) {
		for (size_t i = 0; i < s.grid.nr; i++)
			check_name(&s.grid.topos[i]);
		json_decref(sweep_json(&s));
	}
	sweep_free(&s);
	close(fd);
	return 0;
}
