// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"
#include "err.h"
#include "profile/debug.h"
#include "results/memory.h"

int debug_build(const char *name, bool harness, const char *functions,
		const char *image_sha256, char **dir)
{
	const char *const options[] = {
		"--debug", functions, harness ? "--harness" : NULL, NULL
	};
	char *line = NULL, *at;
	size_t room = 0;
	FILE *out = NULL;
	int ret = 0, ret2;
	pid_t pid;

	*dir = NULL;
	pid = builder_start(options, (char *const *)&name, 1, &out);
	if (pid < 0 || !out)
		return err_errno(EX_FAIL, "cannot start build-kernel");
	/* "hash<tab>folder" */
	if (getline(&line, &room, out) > 0) {
		line[strcspn(line, "\n")] = '\0';
		at = line;
		if (strcmp(strsep(&at, "\t"), image_sha256))
			ret = EX_USE;
		else if (at)
			*dir = strdup(at);
	}
	free(line);
	fclose(out);
	ret2 = builder_wait(pid);
	if (ret2)
		return ret2;
	if (ret)
		return err(EX_USE, "kernel %s is another build here: give KERNEL=, KERNEL_SRC= and CONFIG= as when it was measured, or measure again",
			   name);
	return *dir ? 0 : no_memory();
}
