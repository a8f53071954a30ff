// SPDX-License-Identifier: GPL-2.0-or-later
/* What is known of a campaign's own kernels before the first is built. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/list.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/text_stream.h"
#include "campaign/made.h"
#include "kernel/builder.h"

/* ------------------------------------------------------ secure boot, FIPS mode */

/* The variable of the UEFI specification, 2.10, 3.3: four bytes of attributes. */
#define SECURE_BOOT	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* dracut's module for it looks for a checksum beside the image, and halts without one. */
#define FIPS	"/proc/sys/crypto/fips_enabled"

int made_signed(const char *root)
{
	char path[PATH_MAX], fips[16];
	unsigned char var[5] = { 0 };
	FILE *f;

	snprintf(path, sizeof(path), "%s" FIPS, root);
	if (read_first(path, fips, sizeof(fips)) && fips[0] == '1')
		return err(EX_USE, "this machine is in FIPS mode, in which kernels without a distributor's checksum halt as they boot: boot it without fips=1");
	snprintf(path, sizeof(path), "%s" SECURE_BOOT, root);
	f = fopen(path, "re");
	if (f) {
		if (fread(var, 1, sizeof(var), f) != sizeof(var))
			var[4] = 0;
		fclose(f);
	}
	return var[4] != 1 ? 0 :
	       err(EX_USE, "secure boot is on: this machine starts signed kernels only, and those built here are not. Switch it off in the firmware");
}

/* -------------------------------------------------------------------- config */

/* The names of the loaded modules, sorted: the same machine is the same text. */
static int write_modules(const char *path)
{
	char *text = read_text("/proc/modules"), *rest = text, *line;
	char *names[4096], *list = NULL;
	size_t nr = 0, len;
	FILE *out;
	int ret;

	if (!text)
		return err_errno(EX_USE, "cannot read /proc/modules");
	while (nr < 4096 && (line = strsep(&rest, "\n")))
		if (*line)
			names[nr++] = strsep(&line, " ");
	for (size_t i = 0; i < nr; i++)
		for (size_t j = i + 1; j < nr; j++)
			if (strcmp(names[i], names[j]) > 0) {
				line = names[i];
				names[i] = names[j];
				names[j] = line;
			}
	out = text_stream(&list, &len);
	if (out) {
		fputs("Module\n", out);
		for (size_t i = 0; i < nr; i++)
			fprintf(out, "%s\n", names[i]);
		text_stream_end(out, &list);
	}
	ret = list ? install_file(path, list) : no_memory();
	free(list);
	free(text);
	return ret;
}

static int find_config(const char *release, char path[PATH_MAX])
{
	static const char *const places[] = {
		"/boot/config-%s", "/lib/modules/%s/config",
		"/lib/modules/%s/build/.config", NULL
	};

	for (size_t i = 0; places[i]; i++) {
		snprintf(path, PATH_MAX, places[i], release);
		if (!access(path, R_OK))
			return 0;
	}
	return err(EX_USE, "the config of %s is not on this machine: give one with --config=FILE",
		   release);
}

int made_config(struct campaign *c, const char *dir, const char *config,
		bool local)
{
	char path[PATH_MAX], *text;
	struct utsname uts;
	int ret = 0;

	uname(&uts);
	if (config)
		snprintf(path, sizeof(path), "%s", config);
	else
		ret = find_config(uts.release, path);
	if (ret)
		return ret;
	text = read_text(path);
	if (!text)
		return err_errno(EX_USE, "config %s", path);
	c->from.as_running = !config && !local;
	ret = text_set(&c->from.config, "%s/config", dir);
	if (!ret)
		ret = install_file(c->from.config, text);
	free(text);
	if (!ret && local)
		ret = text_set(&c->from.modules, "%s/modules", dir);
	return !ret && local ? write_modules(c->from.modules) : ret;
}

/* ---------------------------------------------------------------------- plan */

struct plan {
	struct campaign *c;
	char *names[CAMPAIGN_KERNELS];
	size_t nr, at, to_build;
};

static int add_name(char *word, void *arg)
{
	struct plan *p = arg;

	if (p->c->nr_kernels + p->nr == CAMPAIGN_KERNELS)
		return err(EX_USE, "a campaign has at most %d kernels",
			   CAMPAIGN_KERNELS);
	p->names[p->nr] = strdup(word);
	return p->names[p->nr++] ? 0 : no_memory();
}

/* A path's last part, plain enough for file names and columns. */
static int name_of(const char *series, char **name)
{
	const char *last = strrchr(series, '/');
	int ret = text_set(name, "%.64s", last && last[1] ? last + 1 : series);

	for (char *p = ret ? NULL : *name; p && *p; p++)
		if (strchr("\n\t:,/ '\"\\", *p))
			*p = '.';
	return ret;
}

/* "name<tab>release<tab>folder<tab>built<tab>bytes", or "to build" */
static int take_plan(char *line, void *arg)
{
	struct plan *p = arg;
	struct campaign *c = p->c;
	struct campaign_kernel *k = &c->kernels[c->nr_kernels];
	const char *release, *folder, *state;
	unsigned long long bytes;
	int ret;

	strsep(&line, "\t");
	release = strsep(&line, "\t");
	folder = strsep(&line, "\t");
	state = strsep(&line, "\t");
	if (!release || !folder || !state || !line || p->at == p->nr)
		return err(EX_FAIL, "build-kernel printed another plan than expected");
	c->nr_kernels++;
	k->made = MADE_WANTED;
	ret = text_set(&k->series, "%s", p->names[p->at++]);
	if (!ret)
		ret = name_of(k->series, &k->name);
	if (!ret)
		ret = text_set(&k->release, "%s", release);
	if (!ret)
		ret = text_set(&k->args, "%s", "");
	if (!ret)
		ret = text_set(&k->folder, "%s", folder);
	p->to_build += !strcmp(state, "to build");
	/* Kernels of one source share the build tree. */
	bytes = strtoull(line, NULL, 10);
	if (bytes > c->from.tree_bytes)
		c->from.tree_bytes = bytes;
	for (size_t i = 0; !ret && i + 1 < c->nr_kernels; i++)
		if (!strcmp(c->kernels[i].name, k->name))
			ret = err(EX_USE, "two kernels are called %s: rename one",
				  k->name);
	return ret;
}

int made_plan(struct campaign *c, const char *series, size_t *to_build)
{
	const char *const options[] = {
		"--package", c->from.config, "--plan",
		c->from.modules ? "--localmod" : NULL, c->from.modules, NULL
	};
	const struct kernel_source source = {
		.version = c->from.version, .path = c->from.path,
	};
	struct plan p = { .c = c };
	int ret = list_each("series", series, add_name, &p);

	if (!ret)
		ret = builder_run(&source, options, p.names, p.nr, take_plan, &p);
	*to_build = p.to_build;
	for (size_t i = 0; i < p.nr; i++)
		free(p.names[i]);
	return ret;
}

bool made_cached(const struct campaign_kernel *k)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/manifest", k->folder ? k->folder : "");
	return k->folder && !access(path, R_OK);
}

size_t made_to_build(const struct campaign *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->nr_kernels; i++)
		n += c->kernels[i].made == MADE_WANTED &&
		     !made_cached(&c->kernels[i]);
	return n;
}
