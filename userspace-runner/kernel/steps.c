// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists the kernels on the way to a series or a commit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "kernel/builder.h"
#include "kernel/steps.h"

struct list {
	struct step *steps;
	size_t nr;
};

/* "kernel<tab>subject<tab>id" as the builder prints it. */
static int add_step(char *line, void *arg)
{
	char *kernel = strsep(&line, "\t"), *subject = strsep(&line, "\t");
	struct list *list = arg;
	struct step *s;

	if (!subject || !line)
		return err(EX_FAIL, "build-kernel printed '%s'", kernel);
	if (array_room(&list->steps, list->nr, sizeof(*s)))
		return EX_FAIL;
	s = &list->steps[list->nr++];
	s->kernel = strdup(kernel);
	s->subject = strdup(subject);
	s->id = strdup(line);
	return s->kernel && s->subject && s->id ? 0 : no_memory();
}

int steps_list(const struct kernel_source *source, const char *name,
	       struct step **steps, size_t *nr)
{
	static const char *const options[] = { "--steps", NULL };
	struct list list = { 0 };
	int ret;

	ret = builder_run(source, options, (char *const *)&name, 1, add_step,
			  &list);
	if (ret) {
		steps_free(list.steps, list.nr);
		list = (struct list){ 0 };
	}
	*steps = list.steps;
	*nr = list.nr;
	return ret;
}

void steps_free(struct step *steps, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(steps[i].kernel);
		free(steps[i].subject);
		free(steps[i].id);
	}
	free(steps);
}

int steps_range(struct kernel_source *source, const char *dir,
		const char *range, struct step **steps, size_t *nr)
{
	const char *dots = strstr(range, "..");
	int ret;

	if (!dots || dots == range || !dots[2] || dots[2] == '.')
		return err(EX_USE, "'%s': give a range of commits, BASE..HEAD",
			   range);
	ret = source_commit(source, dir, range, dots - range);
	return ret ? ret : steps_list(source, dots + 2, steps, nr);
}
