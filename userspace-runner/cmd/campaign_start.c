// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts a campaign: checks what can be checked, and has systemd do the rest. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "campaign/forecast.h"
#include "campaign/host.h"
#include "campaign/made.h"
#include "campaign/tune.h"
#include "cmd/campaign_start.h"
#include "kernel/source.h"
#include "metal/where.h"

static int copy_text(char **to, const char *text)
{
	return text ? text_set(to, "%s", text) : 0;
}

/* Where kernels of series are built from: as asked for in the environment. */
static int set_source(struct campaign_source *from)
{
	struct kernel_source source = source_asked();
	int ret = copy_text(&from->version, source.version);

	if (!ret)
		ret = copy_text(&from->path, source.path);
	if (!ret)
		ret = copy_text(&from->jobs, source.jobs);
	return ret ? ret : copy_text(&from->sandbox, source.sandbox);
}

static int absolute(char **path, const char *dir, const char *name)
{
	return name[0] == '/' ? text_set(path, "%s", name) :
				text_set(path, "%s/%s", dir, name);
}

static int fill_in(struct campaign_wish *wish)
{
	struct campaign *c = &wish->c;
	char dir[PATH_MAX], program[PATH_MAX], name[64];
	struct utsname uts;
	unsigned int id;
	char cmdline[4096];
	ssize_t n;
	int ret;

	if (getrandom(&id, sizeof(id), 0) != sizeof(id))
		return err_errno(EX_FAIL, "no random number");
	if (!c->seed)
		c->seed = id;
	if (getrandom(&id, sizeof(id), 0) != sizeof(id))
		return err_errno(EX_FAIL, "no random number");
	n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	if (n < 0 || !getcwd(dir, sizeof(dir)) ||
	    !read_first("/proc/cmdline", cmdline, sizeof(cmdline)))
		return err_errno(EX_FAIL, "cannot tell where this is");
	program[n] = '\0';
	uname(&uts);
	snprintf(name, sizeof(name), "results/campaign-%08x.jsonl", id);
	ret = text_set(&c->id, "%08x", id);
	if (!ret)
		ret = text_set(&c->home, "%s", uts.release);
	if (!ret)
		ret = text_set(&c->home_cmdline, "%s", cmdline);
	if (!ret)
		ret = text_set(&c->program, "%s", program);
	if (!ret)
		ret = text_set(&c->directory, "%s", dir);
	if (!ret)
		ret = absolute(&c->output, dir,
			       wish->output ? wish->output : name);
	if (!ret)
		ret = set_source(&c->from);
	c->run_args = calloc(wish->run_args.nr + 1, sizeof(char *));
	for (size_t i = 1; i < wish->run_args.nr && c->run_args; i++)
		c->run_args[c->nr_run_args++] = strdup(wish->run_args.word[i]);
	return ret ? ret : c->run_args ? 0 : no_memory();
}

/*
 * Check before any reboot what could fail later. A kernel of a series is booted by
 * the original one's entry.
 */
static int check_kernels(const struct campaign *c, const struct way *way)
{
	const struct campaign_kernel *k;
	char headers[PATH_MAX];
	int ret;

	for (size_t i = 0; i < c->nr_kernels; i++) {
		k = &c->kernels[i];
		ret = way->find(k->made == MADE_NOT ? k->release : c->home);
		if (ret)
			return ret;
		snprintf(headers, sizeof(headers), "/lib/modules/%s/build/Makefile",
			 k->release);
		if (k->made == MADE_NOT && access(headers, R_OK))
			return err(EX_USE, "the headers of %s are not installed: there is no %s",
				   k->release, headers);
	}
	return 0;
}

static int check_systemd(void)
{
	return !access("/run/systemd/system", F_OK) ? 0 :
	       err(EX_FAIL, "a campaign needs systemd as init, to be started again after each boot");
}

/* The kernels of series: what could fail after hours is told here. */
static int plan_series(struct campaign_wish *wish, const char *dir,
		       size_t *to_build)
{
	struct campaign *c = &wish->c;
	int ret = made_signed("");

	if (!ret)
		ret = made_config(c, dir, wish->config, wish->localmod);
	if (!ret)
		ret = made_plan(c, wish->series, to_build);
	if (!ret)
		ret = made_fits(c, "");
	c->phase = PHASE_BUILDING;
	return ret;
}

static int plan(struct campaign_wish *wish, const char *dir, size_t *to_build)
{
	const char *why = where_signed("");
	int ret = why ? err(EX_USE, "cannot measure here: %s", why) : 0;

	*to_build = 0;
	if (!ret && wish->series)
		ret = plan_series(wish, dir, to_build);
	if (!ret && wish->c.tune)
		ret = tune_kernels("", &wish->c);
	return ret;
}

static int check_machine(void)
{
	char why[300];

	return where_kernel(why, sizeof(why)) ? 0 :
	       err(EX_USE, "cannot measure here: %s", why);
}

/* The way to boot, on a machine that can be measured. */
static int find_way(const struct campaign_wish *wish, const struct way **way)
{
	const char *releases[CAMPAIGN_KERNELS + 2] = { NULL };
	const struct campaign *c = &wish->c;
	size_t nr = 0;
	int ret;

	if (wish->series)
		releases[nr++] = c->home;
	for (size_t i = 0; i < c->nr_kernels; i++)
		if (c->kernels[i].made == MADE_NOT)
			releases[nr++] = c->kernels[i].release;
	if (!strcmp(wish->via, "auto")) {
		*way = way_auto(wish->series, releases);
		ret = *way ? 0 : EX_USE;
	} else {
		*way = way_find(wish->via, wish->series);
		ret = *way ? (*way)->usable() : EX_USE;
	}
	return ret ? ret : check_machine();
}

/*
 * No other campaign is under way; @known: there was one, which is in @before. A state that
 * cannot be read stays: it may be the only list of what is installed.
 */
static int first(struct campaign *before, bool *known)
{
	int ret = campaign_load(before, CAMPAIGN_DIR);

	*known = !ret;
	if (ret && ret != EX_USE)
		return ret;
	if (*known && before->phase != PHASE_OVER)
		return err(EX_USE, "campaign %s is under way: 'pcpubench campaign status' tells how far, 'stop' ends it",
			   before->id);
	/* Only its state knows what is installed. */
	if (units_present())
		return err(EX_USE, "campaign %s has not removed everything yet: 'pcpubench campaign stop' does it now",
			   *known ? before->id : "without a state");
	return 0;
}

/*
 * Not every program that a user can start can be started by systemd: of a home folder
 * it cannot with SELinux, if it is not a shell that does it.
 */
static int service_runs(const char *program)
{
	const char *argv[] = {
		"systemd-run", "--quiet", "--wait", "--collect", "/bin/sh", "-c",
		"exec \"$0\" --version", program, NULL
	};

	if (!process_must(argv))
		return 0;
	return err(EX_USE, "systemd cannot run %s: 'make install', and use the installed one",
		   program);
}

/* What `start` refuses before it plans, ... */
static int check_start(const struct campaign_wish *wish, const struct way **way)
{
	int ret = find_way(wish, way);

	return ret ? ret : service_runs(wish->c.program);
}

/* ... and when the kernels are known. */
static int check_plan(const struct campaign *c, const struct way *way)
{
	int ret = check_kernels(c, way);

	if (!ret && !access(c->output, F_OK))
		ret = err(EX_USE, "%s exists already: choose another name or remove it",
			  c->output);
	return ret;
}

/* What `start` goes through, too. Only root can look at boot loaders. */
static int check_all(const struct campaign_wish *wish)
{
	struct campaign before;
	const struct way *way;
	bool known = false;
	int ret;

	if (geteuid()) {
		printf("the way to boot is not checked: that takes root\n");
		return 0;
	}
	ret = check_systemd();
	if (!ret)
		ret = first(&before, &known);
	if (known)
		campaign_free(&before);
	if (!ret)
		ret = check_start(wish, &way);
	return ret ? ret : check_plan(&wish->c, way);
}

/* Prints the plan. The state's folder is another campaign's. */
static int dry_run(struct campaign_wish *wish)
{
	struct own_folder folder;
	struct campaign before;
	struct err_kept kept;
	size_t to_build;
	bool known;
	int ret;

	ret = folder_make(&folder, "plan");
	if (!ret)
		ret = fill_in(wish);
	if (!ret)
		ret = plan(wish, folder.path, &to_build);
	kept = err_keep();
	ret = err_first(&kept, ret, folder_remove(&folder));
	if (ret)
		return ret;
	known = !campaign_load(&before, CAMPAIGN_DIR);
	if (known) {
		forecast_learn(&wish->c, &before);
		campaign_free(&before);
	}
	forecast_print(&wish->c, to_build);
	fflush(stdout);
	return check_all(wish);
}

/* Have systemd take the first step. What it cannot start is over, and no unit stays. */
static int go(struct campaign *c)
{
	const char *argv[] = { "systemctl", "start", CAMPAIGN_UNIT, NULL };
	int ret = units_install(c);
	struct err_kept kept;

	if (!ret)
		ret = process_must(argv);
	if (ret) {
		kept = err_keep();
		c->phase = PHASE_OVER;
		if (!text_set(&c->note, "systemd did not start it"))
			campaign_save(c, CAMPAIGN_DIR);
		return err_first(&kept, ret, units_remove());
	}
	if (campaign_nr_made(c))
		printf("campaign %s: builds and installs %zu kernel%s, 'journalctl -fu %s' shows it. Then\n",
		       c->id, campaign_nr_made(c),
		       campaign_nr_made(c) == 1 ? "" : "s", CAMPAIGN_NAME);
	else
		printf("campaign %s: ", c->id);
	printf("this machine now reboots by itself, by %s, until every kernel\n"
	       "was measured %u time%s. 'pcpubench campaign status' tells how far it is, 'stop'\n"
	       "ends it. results: %s\n", c->via, c->boots, c->boots == 1 ? "" : "s",
	       c->output);
	if (!strcmp(c->via, "kexec") && !watchdog_counts_on())
		fprintf(stderr, "pcpubench: warning: no watchdog goes on counting from one kernel to the next:\n"
			"one that hangs before systemd has started stays there until somebody comes\n");
	return 0;
}

int campaign_begin(struct campaign_wish *wish)
{
	struct campaign *c = &wish->c, before = { 0 };
	const struct way *way;
	bool known = false;
	size_t to_build;
	int fd, ret;

	if (wish->dry_run)
		return dry_run(wish);
	ret = check_systemd();
	if (!ret)
		ret = campaign_lock(&fd, false);
	if (ret)
		return ret;
	ret = first(&before, &known);
	if (!ret)
		ret = fill_in(wish);
	if (!ret)
		ret = check_start(wish, &way);
	if (!ret)
		ret = text_set(&c->via, "%s", way->name);
	if (!ret)
		ret = plan(wish, CAMPAIGN_DIR, &to_build);
	if (!ret)
		ret = check_plan(c, way);
	if (!ret && known)
		forecast_learn(c, &before);
	if (!ret && wish->series)
		forecast_print(c, to_build);
	if (!ret)
		ret = make_parents(c->output);
	if (!ret)
		ret = campaign_save(c, CAMPAIGN_DIR);
	close(fd);
	if (known)
		campaign_free(&before);
	return ret ? ret : go(c);
}
