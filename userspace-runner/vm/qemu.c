// SPDX-License-Identifier: GPL-2.0-or-later
/* The installed QEMU: its version and features. */
#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "vm/qemu.h"

/* QEMU's help text, read once; it begins with the version. */
static struct {
	bool asked, plugins;
	char version[64];
} said;

static int take_help(char *line, void *arg)
{
	(void)arg;
	sscanf(line, "QEMU emulator version %63[^( ]", said.version);
	said.plugins |= !strncmp(line, "-plugin ", 8);
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
