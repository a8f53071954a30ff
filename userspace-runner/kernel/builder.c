// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the program that builds kernels, kernel-patches/build-kernel. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/paths.h"
#include "base/safe.h"
#include "kernel/builder.h"

#define SOURCE_ARGS	10

/* As "--name", "value". */
static size_t put_source(const char **argv, const struct kernel_source *s)
{
	const char *const options[] = {
		"--kernel", s->version, "--source", s->path,
		"--config", s->config, "--jobs", s->jobs,
		"--sandbox", s->sandbox,
	};
	size_t n = 0;

	for (size_t i = 0; i < SOURCE_ARGS; i += 2) {
		if (!options[i + 1])
			continue;
		argv[n++] = options[i];
		argv[n++] = options[i + 1];
	}
	return n;
}

struct taker {
	line_fn take;
	void *arg;
};

/* Titles and notes of series are strangers' words. A tab is between two fields. */
static int take_safe(char *line, void *arg)
{
	const struct taker *t = arg;
	char *field = line, *to = line, *tab;
	size_t len;

	do {
		tab = strchr(field, '\t');
		if (tab)
			*tab = '\0';
		safe_text(field);
		len = strlen(field);
		memmove(to, field, len);
		to += len;
		*to++ = tab ? '\t' : '\0';
		field = tab ? tab + 1 : NULL;
	} while (field);
	return t->take(line, t->arg);
}

int builder_run(const struct kernel_source *source, const char *const *options,
		char *const *names, size_t nr, line_fn take, void *arg)
{
	/* It ends with us, however we end, and make with it. */
	struct process builder = { .orphan_signal = SIGTERM };
	struct taker taker = { take, arg };
	char path[PATH_MAX];
	const char **argv;
	size_t n = 1, i;
	int ret;

	snprintf(path, sizeof(path), "%s/kernel-patches/build-kernel",
		 path_data());
	for (i = 0; options[i]; i++)
		;
	argv = calloc(1 + SOURCE_ARGS + i + nr + 1, sizeof(*argv));
	if (!argv)
		return no_memory();
	argv[0] = path;
	n += put_source(argv + n, source);
	for (i = 0; options[i]; i++)
		argv[n++] = options[i];
	for (i = 0; i < nr; i++)
		argv[n++] = names[i];
	builder.argv = argv;
	ret = process_lines(&builder, take_safe, &taker);
	free(argv);
	return ret;
}

struct text {
	char *at;
	size_t room;
};

static int take_why(char *line, void *arg)
{
	const struct text *why = arg;

	snprintf(why->at, why->room, "%s", line);
	return 0;
}

int builder_sandbox(char *why, size_t room)
{
	static const char *const options[] = { "--try-sandbox", NULL };
	const struct kernel_source source = { 0 };
	struct text text = { .at = why, .room = room };

	why[0] = '\0';
	return builder_run(&source, options, NULL, 0, take_why, &text);
}

bool builder_confines(const struct kernel_source *source)
{
	char why[300];

	return (!source->sandbox || strcmp(source->sandbox, "no")) &&
	       !builder_sandbox(why, sizeof(why)) && !why[0];
}
