// SPDX-License-Identifier: GPL-2.0-or-later
/* campaign: boot installed kernels in turn, and measure each, unattended. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "campaign/host.h"
#include "campaign/status.h"
#include "cmd/cmd.h"
#include "plan/plan.h"

#define UNIT	CAMPAIGN_NAME ".service"

struct arguments {
	struct campaign c;
	const char *via, *output;
	struct words words, run_args;
	bool json;
};

/* A kernel's name is used in file names and table columns. */
static int check_name(const char *name)
{
	if (!*name || strpbrk(name, "\n\t:,/ '\"\\") || strlen(name) > 64)
		return err(EX_USE, "'%s' is no name for a kernel: give NAME=KERNEL with a plain NAME of up to 64 characters",
			   name);
	return 0;
}

/* [NAME=]RELEASE[:ARGS] */
static int add_kernel(struct campaign *c, const char *text)
{
	struct campaign_kernel *k = &c->kernels[c->nr_kernels];
	size_t head = strcspn(text, ":"), eq = strcspn(text, "=");
	const char *args = text[head] ? text + head + 1 : "";
	char *p;

	if (c->nr_kernels == CAMPAIGN_KERNELS)
		return err(EX_USE, "a campaign has at most %d kernels",
			   CAMPAIGN_KERNELS);
	c->nr_kernels++;
	k->release = eq < head ? strndup(text + eq + 1, head - eq - 1) :
				 strndup(text, head);
	k->name = eq < head ? strndup(text, eq) : NULL;
	k->args = strdup(args);
	if (!k->release || !k->args)
		return no_memory();
	if (strpbrk(args, "\n'\"\\$;{}"))
		return err(EX_USE, "the arguments of %s have a character in them that boot loaders take for their own",
			   k->release);
	if (!k->name && text_set(&k->name, "%s%s%s", k->release,
				      args[0] ? "+" : "", args))
		return EX_FAIL;
	if (eq >= head)
		for (p = k->name; (p = strpbrk(p, " \t,:/")); p++)
			*p = '+';
	for (size_t i = 0; i + 1 < c->nr_kernels; i++)
		if (!strcmp(c->kernels[i].name, k->name))
			return err(EX_USE, "two kernels are called %s: give NAME=KERNEL",
				   k->name);
	return check_name(k->name);
}

static int check(void *into)
{
	static const char *const verbs[] = { "start", "status", "stop", "step" };
	struct arguments *args = into;
	struct words *words = &args->words;
	bool known = false;
	int ret = 0;

	if (!words->nr)
		return err(EX_USE, "campaign what? start, status or stop");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		known |= !strcmp(words->word[0], verbs[i]);
	if (!known)
		return err(EX_USE, "campaign %s: there are start, status and stop",
			   words->word[0]);
	if (!strcmp(words->word[0], "start") && words->nr == 1)
		return err(EX_USE, "campaign start: give the kernels to boot, such as %s",
			   "6.12.1-amd64: 'ls /boot/vmlinuz-*' has them");
	if (strcmp(words->word[0], "start") && words->nr > 1)
		return err(EX_USE, "campaign %s takes no kernel: give it alone",
			   words->word[0]);
	for (size_t i = 1; i < words->nr && !ret; i++)
		ret = add_kernel(&args->c, words->word[i]);
	return ret;
}

static const struct opt options[] = {
	{ "boots", 0, "N", "Measured boots of each kernel (5)",
	  OPT_COUNT(struct arguments, c.boots, 1, CAMPAIGN_BOOTS) },
	{ "until-ci", 0, "PERCENT",
	  "... or fewer: until every cell's 95 % interval is within PERCENT points of its ACCT COST",
	  OPT_REAL(struct arguments, c.until_ci, 1000000) },
	{ "via", 0, "WAY",
	  "How to boot: systemd-boot, grub (a one-time entry), kexec, or auto, the first of these that works (auto)",
	  OPT_TEXT(struct arguments, via) },
	{ "output", 'o', "FILE", "Results file (results/campaign-ID.jsonl)",
	  OPT_TEXT(struct arguments, output) },
	{ "seed", 0, "N", "Seed of the kernels' order (drawn)",
	  OPT_COUNT(struct arguments, c.seed, 1, ~0U) },
	{ "quiet-load", 0, "LOAD",
	  "Measure when the load average is at most LOAD (0.5)",
	  OPT_REAL(struct arguments, c.quiet_load, 1000000) },
	{ "quiet-wait", 0, "S",
	  "... and that within S seconds, or the boot failed (900)",
	  OPT_COUNT(struct arguments, c.quiet_wait_s, 1, 86400) },
	{ "boot-wait", 0, "S",
	  "A boot that takes longer is hung: a watchdog, if any, ends it (600)",
	  OPT_COUNT(struct arguments, c.boot_wait_s, 60, 86400) },
	{ "run-wait", 0, "S", "Measuring that takes longer is hung (3600)",
	  OPT_COUNT(struct arguments, c.run_wait_s, 1, 864000) },
	{ "json", 0, NULL, "Print the status as JSON",
	  OPT_FLAG(struct arguments, json) },
	{ OPT_WORDS(struct arguments, words) },
	{ OPT_CHECK(check) },
	{ 0 }
};

/* --------------------------------------------------------------------- start */

/* Only one command at a time may change the state; @wait_for: wait for it. */
static int lock(int *fd, bool wait_for)
{
	if (mkdir("/var/lib/pcpubench", 0755) && access("/var/lib/pcpubench", W_OK))
		return err_errno(EX_FAIL, "cannot make /var/lib/pcpubench");
	if (mkdir(CAMPAIGN_DIR, 0755) && access(CAMPAIGN_DIR, W_OK))
		return err_errno(EX_FAIL, "cannot make %s", CAMPAIGN_DIR);
	*fd = open(CAMPAIGN_DIR "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (*fd < 0)
		return err_errno(EX_FAIL, "cannot open %s/lock", CAMPAIGN_DIR);
	if (flock(*fd, LOCK_EX | (wait_for ? 0 : LOCK_NB)))
		return err(EX_FAIL, "another 'pcpubench campaign' is at work");
	return 0;
}

static int absolute(char **path, const char *dir, const char *name)
{
	return name[0] == '/' ? text_set(path, "%s", name) :
				text_set(path, "%s/%s", dir, name);
}

static int fill_in(struct arguments *args)
{
	struct campaign *c = &args->c;
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
			       args->output ? args->output : name);
	c->run_args = calloc(args->run_args.nr + 1, sizeof(char *));
	for (size_t i = 0; i < args->run_args.nr && c->run_args; i++)
		c->run_args[c->nr_run_args++] = strdup(args->run_args.word[i]);
	return ret ? ret : c->run_args ? 0 : no_memory();
}

/* Check before any reboot what could fail later. */
static int check_kernels(const struct campaign *c, const struct way *way)
{
	char headers[PATH_MAX];
	int ret;

	for (size_t i = 0; i < c->nr_kernels; i++) {
		ret = way->find(c->kernels[i].release);
		if (ret)
			return ret;
		snprintf(headers, sizeof(headers), "/lib/modules/%s/build/Makefile",
			 c->kernels[i].release);
		if (access(headers, R_OK))
			return err(EX_USE, "the headers of %s are not installed: there is no %s",
				   c->kernels[i].release, headers);
	}
	return 0;
}

static int start(struct arguments *args)
{
	const char *argv[] = { "systemctl", "--no-block", "start", UNIT, NULL };
	struct campaign *c = &args->c, old;
	const struct way *way;
	int fd, ret;

	if (access("/run/systemd/system", F_OK))
		return err(EX_FAIL, "a campaign needs systemd as init, to be started again after each boot");
	ret = lock(&fd, false);
	if (ret)
		return ret;
	if (!campaign_load(&old, CAMPAIGN_DIR)) {
		if (old.phase != PHASE_OVER)
			ret = err(EX_USE, "campaign %s is under way: 'pcpubench campaign status' tells how far, 'stop' ends it",
				  old.id);
		campaign_free(&old);
		if (ret)
			return ret;
	}
	way = way_find(args->via);
	ret = way ? way->usable() : EX_USE;
	if (!ret)
		ret = check_kernels(c, way);
	if (!ret)
		ret = text_set(&c->via, "%s", way->name);
	if (!ret)
		ret = fill_in(args);
	if (!ret && !access(c->output, F_OK))
		ret = err(EX_USE, "%s exists already: choose another name or remove it",
			  c->output);
	if (!ret)
		ret = make_parents(c->output);
	if (!ret)
		ret = campaign_save(c, CAMPAIGN_DIR);
	if (!ret)
		ret = units_install(c);
	close(fd);
	if (!ret)
		ret = process_must(argv);
	if (ret)
		return ret;
	printf("campaign %s: this machine now reboots by itself, by %s, until every kernel\n"
	       "was measured %u times. 'pcpubench campaign status' tells how far it is, 'stop'\n"
	       "ends it. results: %s\n", c->id, c->via, c->boots, c->output);
	if (!strcmp(c->via, "kexec") && !watchdog_counts_on())
		fprintf(stderr, "pcpubench: warning: no watchdog goes on counting from one kernel to the next:\n"
			"one that hangs before systemd has started stays there until somebody comes\n");
	return 0;
}

/* ---------------------------------------------------------------- stop, step */

static int go_on(struct campaign *c)
{
	struct real_machine m = { .dir = CAMPAIGN_DIR };
	enum step_result result;
	int ret;

	m.way = way_find(c->via);
	ret = m.way ? campaign_step(c, &campaign_machine_real, &m, &result) :
		      EX_FAIL;
	if (!ret && result == STEP_OVER)
		printf("campaign %s is over%s%s: %s\n", c->id,
		       c->note ? ": " : "", c->note ? c->note : "", c->output);
	return ret;
}

static int step(void)
{
	struct campaign c;
	int fd, ret;

	ret = lock(&fd, true);
	if (ret)
		return ret;
	ret = campaign_load(&c, CAMPAIGN_DIR);
	if (ret)
		return ret;
	ret = go_on(&c);
	campaign_free(&c);
	return ret;
}

static int stop(void)
{
	const char *argv[] = { "systemctl", "stop", UNIT, NULL };
	struct campaign c;
	int fd, ret;

	ret = campaign_load(&c, CAMPAIGN_DIR);
	if (ret)
		return ret;
	if (c.phase == PHASE_OVER) {
		ret = err(EX_USE, "campaign %s is over already: 'pcpubench campaign start' begins another",
			  c.id);
		campaign_free(&c);
		return ret;
	}
	campaign_free(&c);
	ret = process_must(argv);
	if (!ret)
		ret = lock(&fd, true);
	if (!ret)
		ret = campaign_load(&c, CAMPAIGN_DIR);
	if (ret)
		return ret;
	campaign_stop(&c);
	ret = campaign_save(&c, CAMPAIGN_DIR);
	if (!ret)
		ret = go_on(&c);
	campaign_free(&c);
	return ret;
}

static int run(int argc, char **argv)
{
	struct arguments args = {
		.via = "auto",
		.c = { .boots = 5, .quiet_load = 0.5, .quiet_wait_s = 900,
		       .boot_wait_s = 600, .run_wait_s = 3600 },
	};
	const char *verb;
	int ret, i;

	/* Arguments after -- are for another command. */
	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		;
	if (i < argc) {
		args.run_args.word = argv + i + 1;
		args.run_args.nr = argc - i - 1;
	}
	ret = options_parse(&cmd_campaign, i, argv, &args);
	if (ret)
		goto out;
	verb = args.words.word[0];
	if (strcmp(verb, "status") && geteuid())
		ret = err(EX_FAIL, "campaign %s has to be root's: it reboots the machine",
			  verb);
	else if (!strcmp(verb, "start"))
		ret = start(&args);
	else if (!strcmp(verb, "status"))
		ret = campaign_status(CAMPAIGN_DIR, args.json);
	else if (!strcmp(verb, "stop"))
		ret = stop();
	else
		ret = step();
out:
	campaign_free(&args.c);
	return ret;
}

const struct command cmd_campaign = {
	.name = "campaign",
	.what = "boot installed kernels in turn and measure each",
	.args = "start RELEASE... [-- RUN-OPTION...]\nstatus\nstop",
	.doc = "Boot installed kernels in turn, in random order, and measure after each boot; at the end return to the original kernel. [NAME=]RELEASE[:ARGS] is /boot/vmlinuz-RELEASE, with ARGS on its command line.\vAfter a panic or hang the machine comes back to the default kernel, and the boot is counted and repeated; after three in a row its kernel is given up. The machine's default boot is never changed. RUN-OPTIONs are those of 'pcpubench run'.",
	.example = "  pcpubench campaign start old=6.12.1-amd64 new=6.12.2-amd64 -- --sizes=64\n",
	.options = options,
	.run = run,
};
