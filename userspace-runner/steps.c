// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"
#include "err.h"
#include "results/memory.h"
#include "steps.h"

/* "kernel<tab>subject<tab>id" as the builder prints it. */
static int add_step(struct step **steps, size_t *nr, char *line)
{
	char *kernel = strsep(&line, "\t"), *subject = strsep(&line, "\t");
	struct step *s;

	if (!subject || !line)
		return err(EX_FAIL, "build-kernel printed '%s'", kernel);
	if (array_room(steps, *nr, sizeof(*s)))
		return EX_FAIL;
	s = &(*steps)[(*nr)++];
	s->kernel = strdup(kernel);
	s->subject = strdup(subject);
	s->id = strdup(line);
	return s->kernel && s->subject && s->id ? 0 : no_memory();
}

int steps_list(const char *name, struct step **steps, size_t *nr)
{
	static const char *const options[] = { "--steps", NULL };
	char *line = NULL;
	size_t room = 0;
	FILE *out = NULL;
	int ret = 0, ret2;
	pid_t pid;

	*steps = NULL;
	*nr = 0;
	pid = builder_start(options, (char *const *)&name, 1, &out);
	if (pid < 0 || !out)
		return err_errno(EX_FAIL, "cannot start build-kernel");
	while (!ret && getline(&line, &room, out) > 0) {
		line[strcspn(line, "\n")] = '\0';
		ret = add_step(steps, nr, line);
	}
	free(line);
	fclose(out);
	ret2 = builder_wait(pid);
	ret = ret ? ret : ret2;
	if (ret) {
		steps_free(*steps, *nr);
		*steps = NULL;
		*nr = 0;
	}
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

int steps_source(const char *dir, const char *base, size_t len)
{
	char *src = NULL;
	int ret;

	if (asprintf(&src, "%s@%.*s", dir, (int)len, base) < 0)
		return no_memory();
	/* build-kernel reads it there, as it does what `make` was given. */
	ret = setenv("KERNEL_SRC", src, 1) ? no_memory() : 0;
	free(src);
	return ret;
}

int steps_range(const char *dir, const char *range, struct step **steps,
		size_t *nr)
{
	const char *dots = strstr(range, "..");
	int ret;

	if (!dots || dots == range || !dots[2] || dots[2] == '.')
		return err(EX_USE, "'%s': give a range of commits, BASE..HEAD",
			   range);
	ret = steps_source(dir, range, dots - range);
	return ret ? ret : steps_list(dots + 2, steps, nr);
}
