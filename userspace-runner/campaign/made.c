// SPDX-License-Identifier: GPL-2.0-or-later
/* Has kernels built and installed for a campaign, and removes them. */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/process.h"
#include "base/text.h"
#include "base/text_stream.h"
#include "campaign/made.h"
#include "kernel/builder.h"
#include "kernel/config.h"

/* An initial RAM disk of a distribution's kernel takes minutes. */
#define INSTALL_S	1800

bool made_is(const struct campaign *c, const char *release)
{
	for (size_t i = 0; i < c->nr_kernels; i++)
		if (c->kernels[i].made != MADE_NOT &&
		    !strcmp(c->kernels[i].release, release))
			return true;
	return false;
}

/* ------------------------------------------------------------------ building */

static struct kernel_source source_of(const struct campaign *c)
{
	return (struct kernel_source){
		.version = c->from.version, .path = c->from.path,
		.jobs = c->from.jobs, .sandbox = c->from.sandbox,
	};
}

struct built {
	struct campaign_kernel *k;
	int lines;
};

/* "name<tab>release<tab>folder" */
static int take_package(char *line, void *arg)
{
	struct built *b = arg;
	const char *release;

	strsep(&line, "\t");
	release = strsep(&line, "\t");
	if (!release || !line)
		return err(EX_FAIL, "build-kernel printed another line than expected");
	/* The release has the content in it. */
	if (strcmp(release, b->k->release))
		return err(EX_FAIL, "the source has changed since the start: it makes %s now",
			   release);
	b->lines++;
	return text_set(&b->k->folder, "%s", line);
}

/* What the builder wrote down as the reason. */
static int why(FILE *said, int code)
{
	char text[512];
	ssize_t len = pread(fileno(said), text, sizeof(text) - 1, 0);

	text[len > 0 ? len : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text[0] ? err(code, "%s", text) : code;
}

static int note_differences(struct campaign *c, const char *folder)
{
	char config[PATH_MAX], running[PATH_MAX], *differs = NULL;
	int ret;

	snprintf(config, sizeof(config), "%s/config", folder);
	snprintf(running, sizeof(running), "/boot/config-%s", c->home);
	if (access(running, R_OK))
		return 0;
	ret = made_differs(config, running, &differs);
	if (!ret && differs[0])
		ret = text_set(&c->from.differs, "%s", differs);
	free(differs);
	return ret;
}

int made_build(void *ctx, struct campaign *c, size_t nr)
{
	struct campaign_kernel *k = &c->kernels[nr];
	struct kernel_source source = source_of(c);
	struct built built = { .k = k };
	FILE *said = scratch_file();
	double start = clock_now();
	bool cached = made_cached(k);
	char path[64];
	const char *const options[] = {
		"--why", path, "--progress", MADE_PROGRESS,
		"--package", c->from.config,
		c->from.modules ? "--localmod" : NULL, c->from.modules, NULL
	};
	int ret;

	(void)ctx;
	if (!said)
		return EX_FAIL;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(),
		 fileno(said));
	ret = builder_run(&source, options, &k->series, 1, take_package, &built);
	remove(MADE_PROGRESS);
	if (ret && ret != EX_INTR)
		ret = why(said, ret);
	fclose(said);
	if (!ret && !built.lines)
		ret = err(EX_FAIL, "build-kernel made nothing");
	if (ret)
		return ret;
	k->built_s = cached ? 0 : clock_now() - start;
	return note_differences(c, k->folder);
}

/* "X", or "off" for a setting that is not on. */
static const char *value_in(json_t *settings, const char *name)
{
	const char *value = json_string_value(json_object_get(settings, name));

	return value ? value : "off";
}

static int list_differences(FILE *out, json_t *ours, json_t *theirs)
{
	json_t *all = json_copy(theirs), *value;
	const char *name;
	int nr = 0;

	if (!all)
		return nr;
	json_object_update(all, ours);
	json_object_foreach(all, name, value)
		if (strcmp(value_in(ours, name), value_in(theirs, name)))
			fprintf(out, "%s%s is %s, not %s", nr++ ? ", " : "",
				name, value_in(ours, name),
				value_in(theirs, name));
	json_decref(all);
	return nr;
}

int made_differs(const char *config, const char *running, char **differs)
{
	json_t *ours = config_settings(config);
	json_t *theirs = config_settings(running);
	char compiler[2][256];
	size_t len;
	FILE *out = text_stream(differs, &len);
	int nr;

	if (!out || !ours || !theirs) {
		if (out)
			fclose(out);
		json_decref(ours);
		json_decref(theirs);
		return EX_FAIL;
	}
	nr = list_differences(out, ours, theirs);
	read_field(config, "CONFIG_CC_VERSION_TEXT", compiler[0],
		   sizeof(compiler[0]));
	read_field(running, "CONFIG_CC_VERSION_TEXT", compiler[1],
		   sizeof(compiler[1]));
	if (strcmp(compiler[0], compiler[1]))
		fprintf(out, "%sthe compiler is %s, not %s", nr ? ", " : "",
			compiler[0], compiler[1]);
	json_decref(ours);
	json_decref(theirs);
	return text_stream_end(out, differs) ? 0 : no_memory();
}

/* ---------------------------------------------------------------- installing */

void made_installer(char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/kernel-patches/install-kernel",
		 path_data());
}

int made_must(const char *const *argv, char *out, size_t room)
{
	char *last;
	int code = process_run(argv, out, room, INSTALL_S);

	if (!code)
		return 0;
	if (code < 0 || code == 127)
		return EX_FAIL;
	fputs(out, stdout);
	fflush(stdout);
	for (size_t len = strlen(out); len && out[len - 1] == '\n'; )
		out[--len] = '\0';
	last = strrchr(out, '\n');
	last = last ? last + 1 : out;
	return err(EX_FAIL, "%s", strncmp(last, "pcpubench: ", 11) ? last :
		   last + 11);
}

int made_install(void *ctx, const struct campaign *c, size_t nr)
{
	const struct campaign_kernel *k = &c->kernels[nr];
	char program[PATH_MAX], headers[PATH_MAX], out[8192];
	const char *install[] = { program, "install", k->folder, NULL };
	const char *module[] = { program, headers, NULL };
	int ret;

	(void)ctx;
	made_installer(program);
	ret = made_must(install, out, sizeof(out));
	if (ret)
		return ret;
	/* Now, and not after the reboot: then it is known that it builds. */
	snprintf(program, sizeof(program), "%s/kernel-patches/build-module",
		 path_data());
	snprintf(headers, sizeof(headers), "/lib/modules/%s/build", k->release);
	return made_must(module, out, sizeof(out));
}

int made_remove(void *ctx, const struct campaign *c, size_t nr)
{
	char program[PATH_MAX], out[8192];
	const char *argv[] = { program, "remove", c->kernels[nr].release, NULL };

	(void)ctx;
	made_installer(program);
	return made_must(argv, out, sizeof(out));
}
