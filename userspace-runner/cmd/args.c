// SPDX-License-Identifier: GPL-2.0-or-later
/* Code common to commands that read results files. */
#include <stdio.h>

#include "base/err.h"
#include "cmd/args.h"
#include "results/table_load.h"

int files_given(const struct words *files, const char *which)
{
	return files->nr ? 0 :
	       err(EX_USE, "no results file: give one or more, %s", which);
}

void warn_torn(const struct table *t)
{
	size_t i;

	for (i = 0; i < t->nr_runs; i++)
		if (t->runs[i].boots.file.torn)
			fprintf(stderr, "pcpubench: warning: %s: its last line is incomplete and left out\n",
				t->runs[i].boots.file.path);
}

int files_load(struct table *t, const struct words *files)
{
	int ret = table_load(t, files->word, files->nr);

	if (!ret)
		warn_torn(t);
	return ret;
}
