// SPDX-License-Identifier: GPL-2.0-or-later
/* The source and config that kernels are built from. */
#include <stdlib.h>

#include "base/text.h"
#include "kernel/source.h"

/* NULL also for "", which make exports for a variable that is not set. */
static const char *asked(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

struct kernel_source source_asked(void)
{
	return (struct kernel_source){
		.version = asked("KERNEL"), .path = asked("KERNEL_SRC"),
		.config = asked("CONFIG"), .jobs = asked("JOBS"),
		.sandbox = asked("SANDBOX"),
	};
}

int source_commit(struct kernel_source *s, const char *dir, const char *base,
		  size_t len)
{
	int ret = text_set(&s->made, "%s@%.*s", dir, (int)len, base);

	s->path = s->made;
	return ret;
}

void source_free(struct kernel_source *s)
{
	free(s->made);
	s->made = NULL;
}
