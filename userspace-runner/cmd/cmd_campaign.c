// SPDX-License-Identifier: GPL-2.0-or-later
/* campaign: boot installed kernels in turn, and measure each, unattended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "campaign/host.h"
#include "campaign/status.h"
#include "cmd/campaign_start.h"
#include "cmd/cmd.h"
#include "plan/plan.h"
#include "sweep/describe.h"

/* Boots of each kernel if nothing else is said. */
#define BOOTS		5
#define FIND_BOOTS	100

struct arguments {
	struct campaign_wish wish;
	struct words words;
	struct sweep sweep;	/* of --sweep, ... */
	char *series;		/* ... its kernels, ... */
	char room[PLAN_ROOM];	/* ... and its options for `run` */
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
	if (args->series && args->wish.series)
		return err(EX_USE, "--sweep names series, too: leave out --series");
	if (args->series)
		args->wish.series = args->series;
	if (!strcmp(words->word[0], "start") && words->nr == 1 &&
	    !args->wish.series)
		return err(EX_USE, "campaign start: give the kernels to boot, such as %s",
			   "6.12.1-amd64: 'ls /boot/vmlinuz-*' has them; or --series=\"baseline d\"");
	if (args->wish.c.find && args->wish.c.until_ci)
		return err(EX_USE, "--find and --until-ci end a campaign by different rules: give one of them");
	if (!args->wish.series && (args->wish.config || args->wish.localmod ||
				   args->wish.c.from.keep))
		return err(EX_USE, "--config, --localmodconfig and --keep are for kernels that are built: give --series");
	if (strcmp(words->word[0], "start") && words->nr > 1)
		return err(EX_USE, "campaign %s takes no kernel: give it alone",
			   words->word[0]);
	for (size_t i = 1; i < words->nr && !ret; i++)
		ret = add_kernel(&args->wish.c, words->word[i]);
	return ret;
}

/* Kernels, sizes, depth and boots of a sweep; its topologies are other machines. */
static int set_sweep(const char *arg, void *into)
{
	struct arguments *args = into;
	struct sweep *s = &args->sweep;
	int ret;

	session_options_init(&s->opt);
	ret = sweep_read_file(s, arg);
	if (!ret && !s->nr_kernels)
		ret = err(EX_USE, "%s names no kernels: add a line such as kernels=baseline,d",
			  arg);
	for (size_t i = 0; i < s->nr_kernels && !ret; i++)
		ret = text_set(&args->series, "%s%s%s",
			       args->series ? args->series : "",
			       i ? " " : "", s->kernels[i]);
	return ret;
}

/* "1", or "1%" as people write it. */
static int set_find(const char *arg, void *into)
{
	struct arguments *args = into;
	char *end;

	args->wish.c.find = strtod(arg, &end);
	end += *end == '%';
	if (end == arg || *end || !(args->wish.c.find > 0) ||
	    args->wish.c.find > 1000000)
		return err(EX_USE, "find: '%s' is no number of percentage points above 0",
			   arg);
	return 0;
}

/* Is @option, "--NAME" or "-N", among the words, with or without a value? */
static bool among(char *const *words, size_t nr, const char *option)
{
	for (size_t i = 0; i < nr; i++)
		if (!strncmp(words[i], option, strlen(option)))
			return true;
	return false;
}

/*
 * The options for `run`: those after "--", which are @words, and those that the
 * sweep's file has and these have not.
 */
static int run_options(struct arguments *args, char **words, size_t nr)
{
	const struct sweep *s = &args->sweep;
	struct words *all = &args->wish.run_args;
	char *text[PLAN_ARGS];
	int nr_texts = args->series ? plan_args(&s->opt.plan, text, args->room) : 0;

	if (among(words, nr, "--output") || among(words, nr, "-o") ||
	    among(words, nr, "--name"))
		return err(EX_USE, "after --: --output and --name are the campaign's own: leave them out there");
	all->word = calloc(nr + nr_texts + 2, sizeof(*all->word));
	if (!all->word)
		return no_memory();
	/* A command's arguments begin with its name. */
	all->word[all->nr++] = (char *)"run";
	for (int i = 0; i < nr_texts; i++)
		if ((s->has_sizes && !strncmp(text[i], "--sizes=", 8) &&
		     !among(words, nr, "--sizes") && !among(words, nr, "-s")) ||
		    (s->has_depth && !strncmp(text[i], "--depth=", 8) &&
		     !among(words, nr, "--depth")))
			all->word[all->nr++] = text[i];
	for (size_t i = 0; i < nr; i++)
		all->word[all->nr++] = words[i];
	return run_options_check(all->nr, all->word);
}

static const struct opt options[] = {
	{ "boots", 0, "N", "Measured boots of each kernel (5)",
	  OPT_COUNT(struct arguments, wish.c.boots, 1, CAMPAIGN_BOOTS) },
	{ "series", 0, "LIST",
	  "Also build, install and at the end remove a kernel of each series: names, threads and commits as for 'pcpubench sweep', of KERNEL or KERNEL_SRC",
	  OPT_TEXT(struct arguments, wish.series) },
	{ "sweep", 0, "FILE",
	  "... of this sweep's kernels, with its sizes, depth and boots",
	  OPT_CALL(set_sweep) },
	{ "config", 0, "FILE", "... with this config (the running kernel's)",
	  OPT_TEXT(struct arguments, wish.config) },
	{ "localmodconfig", 0, NULL,
	  "... without the modules that are not loaded now",
	  OPT_FLAG(struct arguments, wish.localmod) },
	{ "keep", 0, NULL, "... and leave them installed",
	  OPT_FLAG(struct arguments, wish.c.from.keep) },
	{ "dry-run", 0, NULL,
	  "Print what would be built and booted, and for how long",
	  OPT_FLAG(struct arguments, wish.dry_run) },
	{ "find", 0, "POINTS",
	  "As many boots as find a difference of POINTS percentage points of ACCT COST, by the spread of the first five (at most --boots, here 100)",
	  OPT_CALL(set_find) },
	{ "until-ci", 0, "PERCENT",
	  "... or fewer: until every cell's 95 % interval is within PERCENT points of its ACCT COST",
	  OPT_REAL(struct arguments, wish.c.until_ci, 1000000) },
	{ "via", 0, "WAY",
	  "How to boot: systemd-boot, grub (a one-time entry), kexec, or auto, the first of these that works (auto)",
	  OPT_TEXT(struct arguments, wish.via) },
	{ "tune", 0, NULL,
	  "Isolate the CPU to measure on, and fix what 'doctor --tune' does, in the campaign's boots alone",
	  OPT_FLAG(struct arguments, wish.c.tune) },
	{ "output", 'o', "FILE", "Results file (results/campaign-ID.jsonl)",
	  OPT_TEXT(struct arguments, wish.output) },
	{ "seed", 0, "N", "Seed of the kernels' order (drawn)",
	  OPT_COUNT(struct arguments, wish.c.seed, 1, ~0U) },
	{ "quiet-load", 0, "LOAD",
	  "Measure when the load average is at most LOAD (0.5)",
	  OPT_REAL(struct arguments, wish.c.quiet_load, 1000000) },
	{ "quiet-wait", 0, "S",
	  "... and that within S seconds, or the boot failed (900)",
	  OPT_COUNT(struct arguments, wish.c.quiet_wait_s, 1, 86400) },
	{ "boot-wait", 0, "S",
	  "A boot that takes longer is hung: a watchdog, if any, ends it (600)",
	  OPT_COUNT(struct arguments, wish.c.boot_wait_s, 60, 86400) },
	{ "run-wait", 0, "S", "Measuring that takes longer is hung (3600)",
	  OPT_COUNT(struct arguments, wish.c.run_wait_s, 1, 864000) },
	{ "json", 0, NULL, "Print the status as JSON",
	  OPT_FLAG(struct arguments, json) },
	{ OPT_WORDS(struct arguments, words) },
	{ OPT_CHECK(check) },
	{ 0 }
};

/* ---------------------------------------------------------------- stop, step */

static int go_on(struct campaign *c)
{
	struct real_machine m = { .dir = CAMPAIGN_DIR };
	enum step_result result;
	int ret;

	m.way = way_find(c->via, campaign_nr_made(c));
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

	ret = campaign_lock(&fd, true);
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
	const char *argv[] = { "systemctl", "stop", CAMPAIGN_UNIT, NULL };
	struct campaign c;
	int fd, ret;

	ret = campaign_load(&c, CAMPAIGN_DIR);
	/* Somebody has removed a damaged state. */
	if (ret == EX_USE && units_present()) {
		ret = process_must(argv);
		return ret ? ret : units_remove();
	}
	if (ret)
		return ret;
	if (c.phase == PHASE_OVER && !units_present()) {
		ret = err(EX_USE, "campaign %s is over already: 'pcpubench campaign start' begins another",
			  c.id);
		campaign_free(&c);
		return ret;
	}
	campaign_free(&c);
	/* A start that was killed has written a state, and maybe no unit. */
	if (units_present())
		ret = process_must(argv);
	if (!ret)
		ret = campaign_lock(&fd, true);
	if (!ret)
		ret = campaign_load(&c, CAMPAIGN_DIR);
	if (ret)
		return ret;
	/* One that is over has something left that it could not remove. */
	if (c.phase != PHASE_OVER)
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
		.wish = { .via = "auto", .c = {
			.quiet_load = 0.5, .quiet_wait_s = 900,
			.boot_wait_s = 600, .run_wait_s = 3600,
		} },
	};
	const char *verb;
	int ret, i;

	/* Arguments after -- are for another command. */
	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		;
	ret = options_parse(&cmd_campaign, i, argv, &args);
	if (!ret)
		ret = run_options(&args, argv + i + 1,
				  i < argc ? argc - i - 1 : 0);
	if (ret)
		goto out;
	if (!args.wish.c.boots && args.sweep.has_boots)
		args.wish.c.boots = args.sweep.opt.boots;
	if (!args.wish.c.boots)
		args.wish.c.boots = args.wish.c.find ? FIND_BOOTS : BOOTS;
	verb = args.words.word[0];
	if (strcmp(verb, "status") && geteuid() && !args.wish.dry_run)
		ret = err(EX_FAIL, "campaign %s has to be root's: it reboots the machine",
			  verb);
	else if (!strcmp(verb, "start"))
		ret = campaign_begin(&args.wish);
	else if (!strcmp(verb, "status"))
		ret = campaign_status(CAMPAIGN_DIR, args.json);
	else if (!strcmp(verb, "stop"))
		ret = stop();
	else
		ret = step();
out:
	campaign_free(&args.wish.c);
	sweep_free(&args.sweep);
	free(args.series);
	free(args.wish.run_args.word);
	return ret;
}

const struct command cmd_campaign = {
	.name = "campaign",
	.what = "boot kernels in turn on this machine and measure each",
	.args = "start --series=LIST [-- RUN-OPTION...]\nstart --sweep=FILE [-- RUN-OPTION...]\nstart RELEASE... [-- RUN-OPTION...]\nstatus\nstop",
	.doc = "Boot kernels in turn, in random order, and measure after each boot; at the end return to the original kernel. Kernels of series are built, installed and removed again. [NAME=]RELEASE[:ARGS] is /boot/vmlinuz-RELEASE, with ARGS on its command line.\vAfter a panic or hang the machine comes back to the default kernel, and the boot is counted and repeated; after three in a row its kernel is given up. The machine's default boot is never changed. RUN-OPTIONs are those of 'pcpubench run'.",
	.example = "  pcpubench campaign start --series=\"baseline d\" --dry-run\n"
		   "  pcpubench campaign start old=6.12.1-amd64 new=6.12.2-amd64 -- --sizes=64\n",
	.options = options,
	.run = run,
};
