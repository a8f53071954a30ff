// SPDX-License-Identifier: GPL-2.0-or-later
/* Has the debug information of a kernel built. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "kernel/builder.h"
#include "profile/debug.h"

struct answer {
	const char *image_sha256;
	char **dir;
	bool other;	/* it is of another image */
};

/* "hash<tab>folder" */
static int take_folder(char *line, void *arg)
{
	struct answer *a = arg;

	if (strcmp(strsep(&line, "\t"), a->image_sha256))
		a->other = true;
	else if (line && !*a->dir)
		*a->dir = strdup(line);
	return 0;
}

int debug_build(const struct kernel_source *source, const char *name,
		bool harness, const char *functions, const char *image_sha256,
		char **dir)
{
	const char *const options[] = {
		"--debug", functions, harness ? "--harness" : NULL, NULL
	};
	struct answer a = { .image_sha256 = image_sha256, .dir = dir };
	int ret;

	*dir = NULL;
	ret = builder_run(source, options, (char *const *)&name, 1,
			  take_folder, &a);
	if (ret)
		return ret;
	if (a.other)
		return err(EX_USE, "kernel %s is another build here: give KERNEL=, KERNEL_SRC= and CONFIG= as when it was measured, or measure again",
			   name);
	return *dir ? 0 : no_memory();
}
