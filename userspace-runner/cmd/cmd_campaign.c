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
#include "base/memory.h"
#include "base/process.h"
#include "campaign/files.h"
#include "campaign/host.h"
#include "campaign/status.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "plan/plan.h"

#define UNIT	CAMPAIGN_NAME ".service"

struct arguments {
	struct campaign c;
	const char *verb, *via, *output;
	bool as_json;
	char **run_args;
	size_t nr_run_args;
};

enum {
	KEY_BOOTS = 0x500,
	KEY_UNTIL_CI,
	KEY_VIA,
	KEY_SEED,
	KEY_QUIET_LOAD,
	KEY_QUIET_WAIT,
	KEY_BOOT_WAIT,
	KEY_RUN_WAIT,
};

static const struct argp_option options[] = {
	{ "boots", KEY_BOOTS, "N", 0, "Measured boots of each kernel (5)", 0 },
	{ "until-ci", KEY_UNTIL_CI, "PERCENT", 0,
	  "... or fewer: until every cell's 95 % interval is within so many percentage points of its ACCT COST", 0 },
	{ "via", KEY_VIA, "WAY", 0,
	  "How to boot: systemd-boot, grub (an entry for once), kexec, or auto, the first of these that is there (auto)", 0 },
	{ "output", 'o', "FILE", 0, "Results file (results/campaign-ID.jsonl)",
	  0 },
	{ "seed", KEY_SEED, "N", 0, "Of the order of the kernels (drawn)", 0 },
	{ "quiet-load", KEY_QUIET_LOAD, "LOAD", 0,
	  "Measure when the load average is at most that (0.5)", 0 },
	{ "quiet-wait", KEY_QUIET_WAIT, "S", 0,
	  "... and that within so long, or the boot failed (900)", 0 },
	{ "boot-wait", KEY_BOOT_WAIT, "S", 0,
	  "A boot that takes longer is hung: where there is a watchdog, it ends it (600)", 0 },
	{ "run-wait", KEY_RUN_WAIT, "S", 0,
	  "Measuring that takes longer is hung (3600)", 0 },
	{ "json", 'j', NULL, 0, "Print the status as JSON", 0 },
	{ 0 }
};

static int parse_positive(const char *what, const char *text, double *val)
{
	char *end;

	*val = strtod(text, &end);
	if (end == text || *end || !(*val > 0) || *val > 1e6)
		return err(EX_USE, "%s: '%s' is no number above 0", what, text);
	return 0;
}

/* Names of kernels are names of files and of columns. */
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
	if (!k->name && campaign_text(&k->name, "%s%s%s", k->release,
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

static error_t parse_verb(struct arguments *args, const char *arg)
{
	static const char *const verbs[] = { "start", "status", "stop", "step" };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(arg, verbs[i]))
			args->verb = verbs[i];
	return args->verb ? 0 :
	       err(EX_USE, "campaign %s: there are start, status and stop", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *args = state->input;
	struct campaign *c = &args->c;
	unsigned int n;
	int ret;

	switch (key) {
	case KEY_BOOTS:
		return parse_count("boots", arg, 1, CAMPAIGN_BOOTS, &c->boots);
	case KEY_UNTIL_CI:
		return parse_positive("until-ci", arg, &c->until_ci);
	case KEY_VIA:
		args->via = arg;
		return 0;
	case 'o':
		args->output = arg;
		return 0;
	case KEY_SEED:
		ret = parse_count("seed", arg, 1, ~0U, &n);
		c->seed = n;
		return ret;
	case KEY_QUIET_LOAD:
		return parse_positive("quiet-load", arg, &c->quiet_load);
	case KEY_QUIET_WAIT:
		return parse_count("quiet-wait", arg, 1, 86400,
				   &c->quiet_wait_s);
	case KEY_BOOT_WAIT:
		return parse_count("boot-wait", arg, 60, 86400,
				   &c->boot_wait_s);
	case KEY_RUN_WAIT:
		return parse_count("run-wait", arg, 1, 864000, &c->run_wait_s);
	case 'j':
		args->as_json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!args->verb)
			return parse_verb(args, arg);
		if (strcmp(args->verb, "start"))
			return err(EX_USE, "campaign %s takes no kernel",
				   args->verb);
		return add_kernel(c, arg);
	case ARGP_KEY_END:
		if (!args->verb)
			return err(EX_USE, "campaign what? start, status or stop");
		if (!strcmp(args->verb, "start") && !c->nr_kernels)
			return err(EX_USE, "campaign start: give the kernels to boot, such as %s",
				   "6.12.1-amd64: 'ls /boot/vmlinuz-*' has them");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "start KERNEL... [-- RUN-OPTION...]\nstatus\nstop",
	.doc = "Boot installed kernels in turn, in random order, and measure after each boot; in the end go back to the kernel it came from. A KERNEL is [NAME=]RELEASE[:ARGS]: /boot/vmlinuz-RELEASE, with ARGS on its command line.\vA boot that panics or hangs comes back to the default kernel, is counted, and made up for; after three in a row its kernel is given up. What the machine boots by itself is never changed. RUN-OPTIONs are those of 'pcpubench run'.",
};

/* --------------------------------------------------------------------- start */

/* One command at a time changes the state; @wait_for: or is told to wait. */
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
	return name[0] == '/' ? campaign_text(path, "%s", name) :
				campaign_text(path, "%s/%s", dir, name);
}

static int fill_in(struct arguments *args)
{
	struct campaign *c = &args->c;
	char dir[PATH_MAX], program[PATH_MAX], name[64];
	struct utsname uts;
	unsigned int id;
	char *cmdline;
	ssize_t n;
	int ret;

	if (getrandom(&id, sizeof(id), 0) != sizeof(id))
		return err_errno(EX_FAIL, "no random number");
	if (!c->seed)
		c->seed = id;
	if (getrandom(&id, sizeof(id), 0) != sizeof(id))
		return err_errno(EX_FAIL, "no random number");
	n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	cmdline = file_read("/proc/cmdline");
	if (n < 0 || !getcwd(dir, sizeof(dir)) || !cmdline) {
		free(cmdline);
		return err_errno(EX_FAIL, "cannot tell where this is");
	}
	program[n] = '\0';
	cmdline[strcspn(cmdline, "\n")] = '\0';
	uname(&uts);
	snprintf(name, sizeof(name), "results/campaign-%08x.jsonl", id);
	ret = campaign_text(&c->id, "%08x", id);
	if (!ret)
		ret = campaign_text(&c->home, "%s", uts.release);
	if (!ret)
		ret = campaign_text(&c->home_cmdline, "%s", cmdline);
	if (!ret)
		ret = campaign_text(&c->program, "%s", program);
	if (!ret)
		ret = campaign_text(&c->directory, "%s", dir);
	if (!ret)
		ret = absolute(&c->output, dir,
			       args->output ? args->output : name);
	free(cmdline);
	c->run_args = calloc(args->nr_run_args + 1, sizeof(char *));
	for (size_t i = 0; i < args->nr_run_args && c->run_args; i++)
		c->run_args[c->nr_run_args++] = strdup(args->run_args[i]);
	return ret ? ret : c->run_args ? 0 : no_memory();
}

/* Whatever can be known to fail later, before anything is rebooted. */
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
		ret = campaign_text(&c->via, "%s", way->name);
	if (!ret)
		ret = fill_in(args);
	if (!ret && !access(c->output, F_OK))
		ret = err(EX_USE, "%s exists already: choose another name or remove it",
			  c->output);
	if (!ret)
		ret = file_make_parents(c->output);
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
		ret = err(EX_USE, "campaign %s is over already", c.id);
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

int cmd_campaign(int argc, char **argv)
{
	struct arguments args = {
		.via = "auto",
		.c = { .boots = 5, .quiet_load = 0.5, .quiet_wait_s = 900,
		       .boot_wait_s = 600, .run_wait_s = 3600 },
	};
	int ret, i;

	/* What is behind -- is for another command to understand. */
	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		;
	if (i < argc) {
		args.run_args = argv + i + 1;
		args.nr_run_args = argc - i - 1;
	}
	ret = parse_args(&argp, i, argv, &args);
	if (!ret && strcmp(args.verb, "status") && geteuid())
		ret = err(EX_FAIL, "campaign %s has to be root's: it reboots the machine",
			  args.verb);
	if (!ret && !strcmp(args.verb, "start"))
		ret = start(&args);
	else if (!ret && !strcmp(args.verb, "status"))
		ret = campaign_status(CAMPAIGN_DIR, args.as_json);
	else if (!ret && !strcmp(args.verb, "stop"))
		ret = stop();
	else if (!ret)
		ret = step();
	campaign_free(&args.c);
	return ret;
}
