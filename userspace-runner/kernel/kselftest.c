// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's own tests, as kernel-patches/build-kernel builds them. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "kernel/builder.h"
#include "kernel/kselftest.h"

static int add_program(char *path, void *arg)
{
	struct words *programs = arg;

	if (array_room(&programs->word, programs->nr, sizeof(char *)))
		return EX_FAIL;
	programs->word[programs->nr] = strdup(path);
	return programs->word[programs->nr++] ? 0 : no_memory();
}

int kselftest_build(const struct kernel_source *source, const char *suite,
		    const struct words *names, struct words *programs)
{
	const char *const options[] = { "--kselftest", suite, NULL };

	*programs = (struct words){ 0 };
	return builder_run(source, options, names->word, names->nr,
			   add_program, programs);
}

void kselftest_free(struct words *programs)
{
	for (size_t i = 0; i < programs->nr; i++)
		free(programs->word[i]);
	free(programs->word);
}
