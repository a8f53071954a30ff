// SPDX-License-Identifier: GPL-2.0-or-later
/* The running machine, as a campaign's steps use it. */
#include <limits.h>
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
#include "campaign/host.h"
#include "campaign/made.h"
#include "campaign/tune.h"

/* The guard of units.c looks for this file. */
#define ARRIVED		"/run/" CAMPAIGN_NAME

static int boot_id(void *ctx, char id[BOOT_ID_LEN])
{
	(void)ctx;
	return read_first("/proc/sys/kernel/random/boot_id", id, BOOT_ID_LEN) ?
	       0 : err_errno(EX_FAIL, "cannot read the boot id");
}

static int cmdline(void *ctx, char *line, size_t room)
{
	(void)ctx;
	return read_first("/proc/cmdline", line, room) ? 0 :
	       err_errno(EX_FAIL, "cannot read /proc/cmdline");
}

static int release(void *ctx, char *name, size_t room)
{
	struct utsname uts;

	(void)ctx;
	uname(&uts);
	snprintf(name, room, "%s", uts.release);
	return 0;
}

static int save(void *ctx, const struct campaign *c)
{
	struct real_machine *m = ctx;

	return campaign_save(c, m->dir);
}

static int arm(void *ctx, const struct campaign *c, const char *kernel,
	       const char *args)
{
	struct real_machine *m = ctx;
	char *cmd = way_cmdline(c->home_cmdline), *more = NULL;
	struct way_kernel k = { .release = kernel, .cmdline = cmd, .args = "",
				.home = made_is(c, kernel) ? c->home : NULL };
	int ret = cmd ? 0 : no_memory();

	if (!ret && args) {
		ret = text_set(&more, WAY_ARGS " %s%s", watchdog_args(),
				    args);
		k.args = more;
	}
	if (!ret)
		ret = m->way->arm(&k);
	free(cmd);
	free(more);
	return ret;
}

static int disarm(void *ctx, const struct campaign *c)
{
	struct real_machine *m = ctx;

	(void)c;
	return m->way->disarm();
}

static int reboot(void *ctx, const struct campaign *c, bool armed)
{
	struct real_machine *m = ctx;
	const char *argv[] = { "systemctl", "--no-block",
			       armed ? m->way->verb : "reboot", NULL };
	int ret = 0;

	(void)c;
	/* systemd hands the watchdog to the next kernel if it is loaded. */
	watchdog_wait();
	if (!armed)
		ret = m->way->disarm();
	fflush(stdout);
	return ret ? ret : process_must(argv);
}

static bool measured(void *ctx, const struct campaign *c, size_t number)
{
	struct real_machine *m = ctx;
	char path[PATH_MAX];

	boot_path(c, m->dir, number, path, sizeof(path));
	return !access(path, F_OK);
}

static int quiet(void *ctx, const struct campaign *c)
{
	int ret;

	(void)ctx;
	install_file(ARRIVED, "");
	ret = tune_boot(c);
	return ret ? ret : quiet_wait(c->quiet_load, c->quiet_wait_s);
}

/* Why a program failed: its last line with an error, else its last line. */
static const char *why(char *out)
{
	char *line = NULL, *last = NULL, *rest = out, *word;

	while ((word = strsep(&rest, "\n"))) {
		if (word[0])
			last = word;
		if (!strncmp(word, "pcpubench: ", 11))
			line = word + 11;
	}
	return line ? line : last ? last : "it said nothing";
}

static int run(const struct campaign *c, const char *part, const char *name)
{
	const char **argv = calloc(c->nr_run_args + 7, sizeof(*argv));
	char out[8192];
	size_t n = 0, i;
	int code;

	if (!argv)
		return no_memory();
	argv[n++] = c->program;
	argv[n++] = "run";
	argv[n++] = "--output";
	argv[n++] = part;
	argv[n++] = "--name";
	argv[n++] = name;
	for (i = 0; i < c->nr_run_args; i++)
		argv[n++] = c->run_args[i];
	code = process_run(argv, out, sizeof(out), c->run_wait_s);
	free(argv);
	fputs(out, stdout);
	if (!code)
		return 0;
	if (code > 0)
		err(EX_FAIL, "measuring failed with code %d: %s", code,
		    why(out));
	return EX_FAIL;
}

static int measure(void *ctx, const struct campaign *c, size_t number)
{
	struct real_machine *m = ctx;
	char path[PATH_MAX], part[PATH_MAX + 8];
	int ret;

	boot_path(c, m->dir, number, path, sizeof(path));
	snprintf(part, sizeof(part), "%s.part", path);
	/* Start again after a crash, without the old part. */
	remove(part);
	ret = make_parents(part);
	if (!ret)
		ret = run(c, part, c->kernels[c->list[number - 1].kernel].name);
	if (!ret)
		ret = campaign_same_kernel(c, m->dir, number, part);
	if (!ret)
		ret = sync_system(m->dir);
	if (!ret && rename(part, path))
		ret = err_errno(EX_FAIL, "cannot name %s", path);
	return ret;
}

static int collect_all(void *ctx, const struct campaign *c, bool *narrow)
{
	struct real_machine *m = ctx;

	return campaign_collect(c, m->dir, narrow);
}

static int clean(void *ctx, const struct campaign *c)
{
	struct real_machine *m = ctx;
	int ret = m->way->clean();

	(void)c;
	return ret ? ret : units_remove();
}

static void say(void *ctx, const char *line)
{
	(void)ctx;
	printf("%s\n", line);
	fflush(stdout);
}

const struct campaign_machine campaign_machine_real = {
	.boot_id = boot_id, .cmdline = cmdline, .release = release,
	.save = save, .arm = arm, .disarm = disarm, .reboot = reboot,
	.measured = measured,
	.build = made_build, .install = made_install, .remove = made_remove,
	.room = made_room, .quiet = quiet, .measure = measure,
	.collect = collect_all,
	.clean = clean, .say = say,
};
