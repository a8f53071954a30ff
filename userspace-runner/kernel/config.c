// SPDX-License-Identifier: GPL-2.0-or-later
/* The settings of a kernel's config that go into its record. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/paths.h"
#include "kernel/config.h"

/* Names between spaces; # begins a comment. */
static int take_names(char *line, void *names)
{
	char *name, *save = NULL;

	line[strcspn(line, "#")] = '\0';
	for (name = strtok_r(line, " \t", &save); name;
	     name = strtok_r(NULL, " \t", &save))
		json_object_set_new(names, name, json_null());
	return 0;
}

struct settings {
	json_t *names;
	json_t *on;
};

/* "CONFIG_NAME=value" */
static int take_setting(char *line, void *arg)
{
	const struct settings *s = arg;
	char *value = strchr(line, '=');

	if (strncmp(line, "CONFIG_", 7) || !value)
		return 0;
	*value++ = '\0';
	if (json_object_get(s->names, line + 7))
		json_object_set_new(s->on, line + 7, json_string(value));
	return 0;
}

json_t *config_settings(const char *path)
{
	struct settings s = { json_object(), json_object() };
	char recorded[PATH_MAX];

	snprintf(recorded, sizeof(recorded), "%s/kernel-patches/config/recorded",
		 path_data());
	if (read_lines(recorded, take_names, s.names)) {
		err_errno(EX_FAIL, "cannot read %s", recorded);
	} else if (read_lines(path, take_setting, &s)) {
		err_errno(EX_FAIL, "cannot read %s", path);
	} else {
		json_decref(s.names);
		return s.on;
	}
	json_decref(s.names);
	json_decref(s.on);
	return NULL;
}
