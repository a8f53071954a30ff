// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the manifest of a built kernel: lines of "key<tab>value". */
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "kernel/config.h"
#include "kernel/kernel.h"

static void set(json_t *record, const char *key, const char *val)
{
	json_object_set_new(record, key, json_string(val));
}

/*
 * "patch<tab>name<tab>hash<tab>subject<tab>author<tab>id" of the manifest;
 * unknown fields are empty.
 */
static void add_patch(json_t *list, char *val)
{
	static const char *const keys[] = {
		"name", "sha256", "subject", "author", "id", NULL
	};
	json_t *patch = json_object();
	char *part;

	for (size_t i = 0; keys[i] && (part = strsep(&val, "\t")); i++) {
		if (*part)
			set(patch, keys[i], part);
	}
	json_array_append_new(list, patch);
}

static json_t *get_or_set(json_t *object, const char *key, json_t *fresh)
{
	if (json_object_get(object, key))
		json_decref(fresh);
	else
		json_object_set_new(object, key, fresh);
	return json_object_get(object, key);
}

/* "origin<tab>key<tab>text" of the manifest; there may be several "passed". */
static void add_origin(json_t *record, char *val)
{
	json_t *origin = get_or_set(record, "origin", json_object());
	char *key = strsep(&val, "\t");

	if (val && !strcmp(key, "passed"))
		json_array_append_new(get_or_set(origin, key, json_array()),
				      json_string(val));
	else if (val)
		set(origin, key, val);
}

struct manifest {
	struct kernel *k;
	char dir[PATH_MAX];
	json_t *patches, *harness;
};

static int add_config(const struct manifest *m, const char *name)
{
	char path[PATH_MAX + 64];
	json_t *settings;

	snprintf(path, sizeof(path), "%s/%s", m->dir, name);
	settings = config_settings(path);
	return json_object_set_new(m->k->record, "config", settings) ?
	       EX_FAIL : 0;
}

/* What the builder makes lies in the manifest's folder, or in that of the kernel above. */
static int check_file(const char *key, const char *name)
{
	const char *last = name + (strncmp(name, "../", 3) ? 0 : 3);

	if (*last && *last != '.' && !strchr(last, '/'))
		return 0;
	return err(EX_FAIL, "a kernel's manifest has the %s '%s', which is not beside it: remove the kernel from the cache and build again",
		   key, name);
}

static bool is_file(const char *key)
{
	return !strcmp(key, "image") || !strcmp(key, "module") ||
	       !strcmp(key, "config");
}

/* "key<tab>value" */
static int take_entry(char *line, void *arg)
{
	char *key = strsep(&line, "\t");
	struct manifest *m = arg;

	if (!line)
		return 0;
	if (is_file(key) && check_file(key, line))
		return EX_FAIL;
	if (!strcmp(key, "image"))
		return text_set(&m->k->image, "%s/%s", m->dir, line);
	if (!strcmp(key, "module"))
		return text_set(&m->k->module, "%s/%s", m->dir, line);
	if (!strcmp(key, "config"))
		return add_config(m, line);
	if (!strcmp(key, "patch"))
		add_patch(m->patches, line);
	else if (!strcmp(key, "harness"))
		add_patch(m->harness, line);
	else if (!strcmp(key, "origin"))
		add_origin(m->k->record, line);
	else
		set(m->k->record, key, line);
	return 0;
}

int kernel_read_manifest(struct kernel *k, const char *path)
{
	struct manifest m = {
		.k = k, .patches = json_array(), .harness = json_array(),
	};
	int ret;

	k->record = json_pack("{s:s, s:s, s:o, s:o, s:s}", "type", "kernel",
			      "kernel", k->name, "patches", m.patches,
			      "harness", m.harness, "cmdline", k->cmdline);
	snprintf(m.dir, sizeof(m.dir), "%s", path);
	dirname(m.dir);
	ret = read_lines(path, take_entry, &m);
	if (ret)
		return ret < 0 ? err_errno(EX_FAIL, "kernel manifest %s", path) :
				 ret;
	if (!k->image || !k->module)
		return err(EX_FAIL, "kernel manifest %s is not complete: remove its folder and build again",
			   path);
	return 0;
}
