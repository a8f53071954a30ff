// SPDX-License-Identifier: GPL-2.0-or-later
/* The QEMU that is installed: which one, and what it can do. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/paths.h"
#include "base/process.h"
#include "vm/qemu.h"

/* QEMU's help text, read once; it begins with the version. */
static struct {
	bool asked, plugins, sandbox;
	char version[64], all[200];
} said;

static int take_help(char *line, void *arg)
{
	(void)arg;
	if (!said.all[0])
		snprintf(said.all, sizeof(said.all), "%s", line);
	sscanf(line, "QEMU emulator version %63[^( ]", said.version);
	said.plugins |= !strncmp(line, "-plugin ", 8);
	said.sandbox |= !strncmp(line, "-sandbox ", 9);
	return 0;
}

static void ask(void)
{
	const char *argv[] = { QEMU, "-help", NULL };
	const struct process help = { .argv = argv, .err = PROCESS_NULL };

	if (!said.asked)
		process_lines(&help, take_help, NULL);
	said.asked = true;
}

const char *qemu_version(void)
{
	ask();
	return said.version;
}

bool qemu_has_plugins(void)
{
	ask();
	return said.plugins;
}

bool qemu_has_sandbox(void)
{
	ask();
	return said.sandbox;
}

/* Of each folder that QEMU looks into, what it may load for a plain PC. */
static int take_folder(char *folder, void *identity)
{
	static const char *const firmware[] = {
		"bios-256k.bin", "kvmvapic.bin", "linuxboot_dma.bin", "pvh.bin",
	};
	char path[PATH_MAX];
	int ret = 0;

	for (size_t i = 0; i < sizeof(firmware) / sizeof(firmware[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, firmware[i]);
		if (!ret && !json_object_get(identity, firmware[i]) &&
		    !access(path, R_OK))
			ret = hash_put_file(identity, firmware[i], path);
	}
	return ret;
}

json_t *qemu_identity(void)
{
	const char *argv[] = { QEMU, "-L", "help", NULL };
	const struct process folders = { .argv = argv, .err = PROCESS_NULL };
	static json_t *known;
	char program[PATH_MAX];
	int ret;

	if (known)
		return json_incref(known);
	ask();
	if (!process_find(QEMU, program)) {
		err(EX_FAIL, "no " QEMU ": run '%s'", path_deps());
		return NULL;
	}
	known = json_pack("{s:s}", "version", said.all);
	ret = hash_put_file(known, "program", program);
	if (!ret)
		ret = process_lines(&folders, take_folder, known);
	if (ret) {
		json_decref(known);
		known = NULL;
	}
	return json_incref(known);
}
