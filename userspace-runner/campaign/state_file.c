// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads and writes the state file of a campaign. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "campaign/campaign.h"
#include "campaign/made.h"

#define VERSION	1

static const char *const phase_name[NR_PHASES] = {
	[PHASE_CHOOSE] = "choose", [PHASE_BOOTING] = "booting",
	[PHASE_MEASURING] = "measuring", [PHASE_RETURNING] = "returning",
	[PHASE_BUILDING] = "building", [PHASE_INSTALLING] = "installing",
	[PHASE_OVER] = "over",
};

static const char *const outcome_name[] = {
	[OUTCOME_NONE] = "none", [OUTCOME_OK] = "ok",
	[OUTCOME_FAILED] = "failed",
};

static const char *const made_name[NR_MADE] = {
	[MADE_NOT] = "not", [MADE_WANTED] = "wanted", [MADE_BUILT] = "built",
	[MADE_INSTALLING] = "installing", [MADE_INSTALLED] = "installed",
	[MADE_REMOVED] = "removed",
};

const char *campaign_made_name(enum campaign_made made)
{
	return made_name[made];
}

static int index_of(const char *const *names, int nr, const char *name)
{
	for (int i = 0; i < nr; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

/* ------------------------------------------------------------------- to JSON */

static json_t *boot_json(const struct campaign_boot *b)
{
	return json_pack("{s:i, s:s, s:s, s:s, s:b, s:i, s:s*, s:I, s:I}",
			 "kernel", (int)b->kernel,
			 "outcome", outcome_name[b->outcome],
			 "from", b->from, "id", b->id, "leaving", b->leaving,
			 "tries", (int)b->tries, "reason", b->reason,
			 "chosen", (json_int_t)b->chosen,
			 "ended", (json_int_t)b->ended);
}

static json_t *kernel_json(const struct campaign_kernel *k)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s*, s:s*, s:i}",
			 "name", k->name, "release", k->release, "args", k->args,
			 "made", made_name[k->made], "series", k->series,
			 "folder", k->folder, "built_s", (int)k->built_s);
}

static json_t *source_json(const struct campaign_source *from)
{
	return json_pack("{s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:b}",
			 "config", from->config, "modules", from->modules,
			 "version", from->version, "path", from->path,
			 "jobs", from->jobs, "sandbox", from->sandbox,
			 "differs", from->differs,
			 "keep", from->keep);
}

static json_t *pace_json(const struct campaign_pace *pace)
{
	return json_pack("{s:f, s:f, s:f}", "first", pace->first,
			 "later", pace->later, "boot", pace->boot);
}

static json_t *state_json(const struct campaign *c)
{
	json_t *kernels = json_array(), *args = json_array();
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < c->nr_kernels; i++)
		json_array_append_new(kernels, kernel_json(&c->kernels[i]));
	for (i = 0; i < c->nr_run_args; i++)
		json_array_append_new(args, json_string(c->run_args[i]));
	for (i = 0; i < c->nr; i++)
		json_array_append_new(list, boot_json(&c->list[i]));
	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o,"
			 " s:I, s:i, s:f, s:f, s:i, s:i, s:i, s:o,"
			 " s:s, s:b, s:b, s:i, s:s, s:s*, s:o, s:o, s:f, s:b,"
			 " s:o}",
			 "version", VERSION, "id", c->id, "via", c->via,
			 "home", c->home, "home_cmdline", c->home_cmdline,
			 "output", c->output, "program", c->program,
			 "directory", c->directory, "run_args", args,
			 "seed", (json_int_t)c->seed, "boots", (int)c->boots,
			 "until_ci", c->until_ci, "quiet_load", c->quiet_load,
			 "quiet_wait_s", (int)c->quiet_wait_s,
			 "boot_wait_s", (int)c->boot_wait_s,
			 "run_wait_s", (int)c->run_wait_s, "kernels", kernels,
			 "phase", phase_name[c->phase], "stopped", c->stopped,
			 "narrow", c->narrow, "home_tries", (int)c->home_tries,
			 "home_from", c->home_from, "note", c->note,
			 "list", list, "from", source_json(&c->from),
			 "find", c->find, "tune", c->tune,
			 "before", pace_json(&c->before));
}

int campaign_save(const struct campaign *c, const char *dir)
{
	json_t *json = state_json(c);
	char *text = json ? json_dumps(json, JSON_INDENT(1)) : NULL;
	char path[PATH_MAX];
	int ret;

	json_decref(json);
	if (!text)
		return no_memory();
	snprintf(path, sizeof(path), "%s/%s", dir, CAMPAIGN_STATE);
	ret = install_file(path, text);
	free(text);
	return ret;
}

int campaign_lock(int *fd, bool wait_for)
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

/* ----------------------------------------------------------------- from JSON */

static int read_boot(struct campaign *c, json_t *json)
{
	const char *outcome, *from, *id, *reason = NULL;
	int kernel, leaving, tries;
	json_int_t chosen, ended;
	struct campaign_boot *b;

	if (json_unpack(json, "{s:i, s:s, s:s, s:s, s:b, s:i, s?s, s:I, s:I}",
			"kernel", &kernel, "outcome", &outcome, "from", &from,
			"id", &id, "leaving", &leaving, "tries", &tries,
			"reason", &reason, "chosen", &chosen, "ended", &ended) ||
	    kernel < 0 || (size_t)kernel >= c->nr_kernels ||
	    index_of(outcome_name, 3, outcome) < 0)
		return EX_FAIL;
	b = campaign_add(c, kernel, from);
	if (!b)
		return EX_FAIL;
	b->outcome = index_of(outcome_name, 3, outcome);
	snprintf(b->id, sizeof(b->id), "%s", id);
	b->leaving = leaving;
	b->tries = tries;
	b->chosen = chosen;
	b->ended = ended;
	return reason ? text_set(&b->reason, "%s", reason) : 0;
}

static int read_kernel(struct campaign *c, json_t *json)
{
	struct campaign_kernel *k = &c->kernels[c->nr_kernels];
	const char *name, *release, *args, *made = made_name[MADE_NOT];
	const char *series = NULL, *folder = NULL;
	int built_s = 0;

	if (c->nr_kernels == CAMPAIGN_KERNELS ||
	    json_unpack(json, "{s:s, s:s, s:s, s?s, s?s, s?s, s?i}",
			"name", &name, "release", &release, "args", &args,
			"made", &made, "series", &series, "folder", &folder,
			"built_s", &built_s) ||
	    index_of(made_name, NR_MADE, made) < 0)
		return EX_FAIL;
	k->made = index_of(made_name, NR_MADE, made);
	k->built_s = built_s;
	if ((series && text_set(&k->series, "%s", series)) ||
	    (folder && text_set(&k->folder, "%s", folder)))
		return EX_FAIL;
	k->name = strdup(name);
	k->release = strdup(release);
	k->args = strdup(args);
	c->nr_kernels++;
	return k->name && k->release && k->args ? 0 : no_memory();
}

static int read_source(struct campaign_source *from, json_t *json)
{
	static const char *const keys[] = {
		"config", "modules", "version", "path", "jobs", "sandbox",
		"differs",
	};
	char **const texts[] = {
		&from->config, &from->modules, &from->version, &from->path,
		&from->jobs, &from->sandbox, &from->differs,
	};
	json_t *text;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		text = json_object_get(json, keys[i]);
		if (text && (!json_is_string(text) ||
			     text_set(texts[i], "%s", json_string_value(text))))
			return EX_FAIL;
	}
	from->keep = json_is_true(json_object_get(json, "keep"));
	return 0;
}

static int read_args(struct campaign *c, json_t *args)
{
	json_t *arg;
	size_t i;

	c->run_args = calloc(json_array_size(args) + 1, sizeof(char *));
	if (!c->run_args)
		return no_memory();
	json_array_foreach(args, i, arg) {
		if (!json_is_string(arg))
			return EX_FAIL;
		c->run_args[i] = strdup(json_string_value(arg));
		c->nr_run_args++;
	}
	return 0;
}

static int read_state(struct campaign *c, json_t *json)
{
	const char *id, *via, *home, *home_cmdline, *output, *program;
	const char *directory, *phase, *home_from, *note = NULL;
	int version, boots, quiet, boot, run, stopped, narrow, tries, tune = 0;
	json_t *args, *kernels, *list, *item;
	json_int_t seed;
	size_t i;
	int ret;

	if (json_unpack(json, "{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o,"
			" s:I, s:i, s:F, s:F, s:i, s:i, s:i, s:o,"
			" s:s, s:b, s:b, s:i, s:s, s?s, s:o, s?F, s?b,"
			" s?{s:F, s:F, s:F}}",
			"version", &version, "id", &id, "via", &via,
			"home", &home, "home_cmdline", &home_cmdline,
			"output", &output, "program", &program,
			"directory", &directory, "run_args", &args,
			"seed", &seed, "boots", &boots,
			"until_ci", &c->until_ci, "quiet_load", &c->quiet_load,
			"quiet_wait_s", &quiet, "boot_wait_s", &boot,
			"run_wait_s", &run, "kernels", &kernels,
			"phase", &phase, "stopped", &stopped,
			"narrow", &narrow, "home_tries", &tries,
			"home_from", &home_from, "note", &note,
			"list", &list, "find", &c->find, "tune", &tune,
			"before", "first", &c->before.first, "later",
			&c->before.later, "boot", &c->before.boot) ||
	    version != VERSION ||
	    index_of(phase_name, NR_PHASES, phase) < 0)
		return EX_FAIL;
	c->seed = seed;
	c->boots = boots;
	c->quiet_wait_s = quiet;
	c->boot_wait_s = boot;
	c->run_wait_s = run;
	c->phase = index_of(phase_name, NR_PHASES, phase);
	c->stopped = stopped;
	c->narrow = narrow;
	c->tune = tune;
	c->home_tries = tries;
	snprintf(c->home_from, sizeof(c->home_from), "%s", home_from);
	if (text_set(&c->id, "%s", id) ||
	    text_set(&c->via, "%s", via) ||
	    text_set(&c->home, "%s", home) ||
	    text_set(&c->home_cmdline, "%s", home_cmdline) ||
	    text_set(&c->output, "%s", output) ||
	    text_set(&c->program, "%s", program) ||
	    text_set(&c->directory, "%s", directory) ||
	    (note && text_set(&c->note, "%s", note)))
		return EX_FAIL;
	ret = read_args(c, args);
	if (!ret)
		ret = read_source(&c->from, json_object_get(json, "from"));
	json_array_foreach(kernels, i, item)
		if (!ret)
			ret = read_kernel(c, item);
	json_array_foreach(list, i, item)
		if (!ret)
			ret = read_boot(c, item);
	/* These phases need a chosen boot. */
	if (!ret && !c->nr && (c->phase == PHASE_BOOTING ||
			       c->phase == PHASE_MEASURING))
		ret = EX_FAIL;
	return ret;
}

int campaign_load(struct campaign *c, const char *dir)
{
	char path[PATH_MAX], installer[PATH_MAX];
	json_error_t error;
	json_t *json;
	int ret;

	memset(c, 0, sizeof(*c));
	snprintf(path, sizeof(path), "%s/%s", dir, CAMPAIGN_STATE);
	if (access(path, F_OK) && errno == ENOENT)
		return err(EX_USE, "there is no campaign on this machine: 'pcpubench campaign start' begins one");
	json = json_load_file(path, 0, &error);
	ret = json ? read_state(c, json) : EX_FAIL;
	json_decref(json);
	if (ret) {
		campaign_free(c);
		made_installer(installer);
		return err(EX_FAIL, "%s is not the state of a campaign%s%s: remove the kernels that 'ls /var/lib/pcpubench/kernels' names, each by '%s remove RELEASE', then this file, and run 'pcpubench campaign stop'",
			   path, json ? "" : ": ", json ? "" : error.text,
			   installer);
	}
	return 0;
}

void campaign_free(struct campaign *c)
{
	size_t i;

	for (i = 0; i < c->nr_kernels; i++) {
		free(c->kernels[i].name);
		free(c->kernels[i].release);
		free(c->kernels[i].args);
		free(c->kernels[i].series);
		free(c->kernels[i].folder);
	}
	free(c->from.config);
	free(c->from.modules);
	free(c->from.version);
	free(c->from.path);
	free(c->from.jobs);
	free(c->from.sandbox);
	free(c->from.differs);
	for (i = 0; i < c->nr_run_args; i++)
		free(c->run_args[i]);
	for (i = 0; i < c->nr; i++)
		free(c->list[i].reason);
	free(c->run_args);
	free(c->list);
	free(c->id);
	free(c->via);
	free(c->home);
	free(c->home_cmdline);
	free(c->output);
	free(c->program);
	free(c->directory);
	free(c->note);
	memset(c, 0, sizeof(*c));
}
