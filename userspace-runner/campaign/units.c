// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Installs the units of a campaign: one that continues after each boot, a guard
 * for boots that do not reach it, and watchdog.c's files for boots that do not
 * come up at all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "base/text_stream.h"
#include "campaign/host.h"

#define UNITS		"/etc/systemd/system/"
#define UNIT		UNITS CAMPAIGN_NAME ".service"
#define GUARD		UNITS CAMPAIGN_NAME "-guard.service"

static int systemctl(const char *verb, const char *unit)
{
	const char *argv[] = { "systemctl", "--quiet", verb, unit, NULL };

	return process_must(argv);
}

/* Environment for the program, as a unit starts without any. */
static void print_env(FILE *out)
{
	static const char *const names[] = {
		"HOME", "PATH", "XDG_CACHE_HOME", "XDG_DATA_HOME",
		"PCPUBENCH_DATADIR", "PCPUBENCH_CACHE_LIMIT",
	};
	const char *value;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = getenv(names[i]);
		if (value && !strpbrk(value, "\"\\%\n"))
			fprintf(out, "Environment=\"%s=%s\"\n", names[i],
				value);
	}
}

/* Double each %, which systemd expands in paths, too. */
static void print_path(FILE *out, const char *path)
{
	for (; *path; path++)
		fprintf(out, *path == '%' ? "%%%%" : "%c", *path);
}

static int write_unit(const struct campaign *c)
{
	char *text = NULL;
	size_t len;
	FILE *out = text_stream(&text, &len);
	int ret;

	if (!out)
		return no_memory();
	fprintf(out, "[Unit]\n"
		"Description=pcpubench campaign: measure, and boot the next kernel\n"
		"Documentation=file://%s/docs/campaign.md\n"
		"StartLimitIntervalSec=3600\nStartLimitBurst=60\n"
		"RequiresMountsFor=\"", c->directory);
	print_path(out, c->directory);
	fprintf(out, "\" \"");
	print_path(out, c->program);
	/* Type=exec: boot must not wait until the unit is done. */
	fprintf(out, "\"\n\n[Service]\nType=exec\nWorkingDirectory=");
	print_path(out, c->directory);
	/* By a shell: see service_runs(). */
	fprintf(out, "\nExecStart=/bin/sh -c 'exec \"$$0\" campaign step' \"");
	print_path(out, c->program);
	fprintf(out, "\"\nRestart=on-failure\nRestartSec=10\n");
	print_env(out);
	fprintf(out, "\n[Install]\nWantedBy=multi-user.target\n");
	ret = text_stream_end(out, &text) ? install_file(UNIT, text) : no_memory();
	free(text);
	return ret;
}

/*
 * Without its disks or network the system may wait forever for somebody at the
 * console, even with a watchdog; emergency mode stops everything else.
 */
static int write_guard(const struct campaign *c)
{
	char *text = NULL;
	int ret;

	ret = text_set(&text, "[Unit]\n"
		"Description=pcpubench campaign: reboot if it gets no further\n"
		"DefaultDependencies=no\nIgnoreOnIsolate=yes\n"
		"ConditionKernelCommandLine=pcpubench.campaign\n\n"
		"[Service]\nType=exec\nExecStart=/bin/sh -c 'sleep %u; "
		"[ -e /run/" CAMPAIGN_NAME " ] || systemctl reboot --force --force'\n\n"
		"[Install]\nWantedBy=sysinit.target emergency.target rescue.target\n",
		c->boot_wait_s);
	if (!ret)
		ret = install_file(GUARD, text);
	free(text);
	return ret;
}

int units_install(const struct campaign *c)
{
	int ret = write_unit(c);

	if (!ret)
		ret = write_guard(c);
	if (!ret)
		ret = watchdog_install(c);
	if (!ret)
		ret = systemctl("daemon-reload", NULL);
	if (!ret)
		ret = systemctl("enable", CAMPAIGN_NAME "-guard.service");
	if (!ret)
		ret = systemctl("enable", CAMPAIGN_NAME ".service");
	/* The links of `enable` are systemd's, which does not sync them. */
	return ret ? ret : sync_system("/etc");
}

bool units_present(void)
{
	return !access(UNIT, F_OK);
}

/* Remove the unit last: after a power cut it does the rest. */
int units_remove(void)
{
	int ret = 0;

	if (!access(GUARD, F_OK))
		ret = systemctl("disable", CAMPAIGN_NAME "-guard.service");
	if (!ret)
		ret = remove_file(GUARD);
	if (!ret)
		ret = watchdog_remove();
	if (!ret)
		ret = systemctl("daemon-reload", NULL);
	/* systemd has released the watchdog now. */
	if (!ret)
		ret = watchdog_reset();
	if (!ret && units_present())
		ret = systemctl("disable", CAMPAIGN_NAME ".service");
	if (!ret)
		ret = remove_file(UNIT);
	if (!ret)
		ret = systemctl("daemon-reload", NULL);
	return ret ? ret : sync_system("/etc");
}
