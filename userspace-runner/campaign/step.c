// SPDX-License-Identifier: GPL-2.0-or-later
/* One step of a campaign: from a boot to the next reboot. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "campaign/made.h"
#include "campaign/step.h"

#define COLLECTING	"collecting the results"
#define TRIES	2
/* Tries to get home: first as the machine boots by default, then by name. */
#define HOME_TRIES	3

/* Facts of this boot. */
struct here {
	char id[BOOT_ID_LEN];
	char cmdline[CMDLINE_LEN];
	char release[128];
};

/* Context of all phases. @done: the machine reboots, or all is over. */
struct stepper {
	struct campaign *c;
	const struct campaign_machine *m;
	void *ctx;
	struct here here;
	bool done;
	enum step_result result;
};

static void say(const struct stepper *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void say(const struct stepper *s, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	s->m->say(s->ctx, line);
}

static const char *name_of(const struct campaign *c,
			   const struct campaign_boot *b)
{
	return c->kernels[b->kernel].name;
}

static int save(struct stepper *s)
{
	return s->m->save(s->ctx, s->c);
}

static int enter(struct stepper *s, enum campaign_phase phase)
{
	s->c->phase = phase;
	return save(s);
}

/* End the boot under way. */
static int end_boot(struct stepper *s, const char *reason)
{
	struct campaign_boot *b = campaign_current(s->c);

	if (reason && text_set(&b->reason, "%s", reason))
		return EX_FAIL;
	b->outcome = reason ? OUTCOME_FAILED : OUTCOME_OK;
	b->ended = time(NULL);
	say(s, "boot %zu, %s: %s", s->c->nr, name_of(s->c, b),
	    reason ? reason : "measured");
	if (reason && campaign_given_up(s->c, b->kernel))
		say(s, "%s failed %d times in a row and is given up",
		    name_of(s->c, b), CAMPAIGN_FAILURES);
	return enter(s, PHASE_CHOOSE);
}

/* End early: without one of the kernels the others are not what was asked for. */
static int give_up(struct stepper *s, const char *name, const char *doing)
{
	char reason[1024];

	snprintf(reason, sizeof(reason), "%s", err_message());
	if (text_set(&s->c->note, "%s%s%s: %s", doing, name ? " " : "",
		     name ? name : "", reason))
		return EX_FAIL;
	say(s, "%s", s->c->note);
	return enter(s, PHASE_RETURNING);
}

static int building(struct stepper *s)
{
	struct campaign_kernel *k = s->c->kernels, *end = k + s->c->nr_kernels;
	int ret;

	while (k < end && k->made != MADE_WANTED)
		k++;
	if (k == end)
		return enter(s, PHASE_INSTALLING);
	say(s, "building %s: %s", k->name, k->release);
	ret = s->m->build(s->ctx, s->c, k - s->c->kernels);
	if (ret == EX_INTR)
		return ret;
	if (ret)
		return give_up(s, k->name, "building");
	k->made = MADE_BUILT;
	return save(s);
}

static int installing(struct stepper *s)
{
	struct campaign_kernel *k = s->c->kernels, *end = k + s->c->nr_kernels;
	int ret;

	while (k < end && k->made != MADE_BUILT && k->made != MADE_INSTALLING)
		k++;
	if (k == end)
		return enter(s, PHASE_CHOOSE);
	if (s->m->room(s->ctx, s->c))
		return give_up(s, NULL, "installing");
	say(s, "installing %s", k->release);
	/* From here on there may be something to remove. */
	k->made = MADE_INSTALLING;
	ret = save(s);
	if (ret)
		return ret;
	ret = s->m->install(s->ctx, s->c, k - s->c->kernels);
	if (ret == EX_INTR)
		return ret;
	if (ret)
		return give_up(s, k->name, "installing");
	k->made = MADE_INSTALLED;
	return save(s);
}

/*
 * Collect the results here and not after measuring: so it is repeated after a
 * power cut in between. A full disk may have room again by the next time, and what was
 * measured is in the state's folder; what cannot be collected will not be later either.
 */
static int choose(struct stepper *s)
{
	struct campaign *c = s->c;
	int next, ret;

	ret = s->m->collect(s->ctx, c, &c->narrow);
	if (ret && ret != EX_FAIL)
		return give_up(s, NULL, COLLECTING);
	if (ret)
		say(s, COLLECTING ": %s", err_message());
	next = campaign_next(c);
	if (next < 0)
		return enter(s, PHASE_RETURNING);
	if (!campaign_add(c, next, s->here.id))
		return EX_FAIL;
	return enter(s, PHASE_BOOTING);
}

static int leave(struct stepper *s, struct campaign_boot *b)
{
	const struct campaign_kernel *k = &s->c->kernels[b->kernel];
	char cmdline[CMDLINE_LEN], token[64], reason[1024];
	int ret;

	campaign_token(s->c, token, sizeof(token));
	snprintf(cmdline, sizeof(cmdline), "%s%s%s%s", k->args,
		 k->args[0] ? " " : "", CAMPAIGN_TOKEN, token);
	/*
	 * From here on the machine may come up in this kernel. If this were
	 * saved later, a failure after a power cut would be lost.
	 */
	b->leaving = true;
	b->tries++;
	ret = save(s);
	if (ret)
		return ret;
	if (s->m->arm(s->ctx, s->c, k->release, cmdline)) {
		snprintf(reason, sizeof(reason), "%s", err_message());
		return end_boot(s, reason);
	}
	say(s, "boot %zu: %s", s->c->nr, k->name);
	s->done = true;
	s->result = STEP_REBOOTS;
	return s->m->reboot(s->ctx, s->c, true);
}

static int booting(struct stepper *s)
{
	struct campaign_boot *b = campaign_current(s->c);
	char reason[256];

	if (!strcmp(s->here.id, b->from)) {
		if (b->tries >= TRIES)
			return end_boot(s, "the machine does not reboot to it");
		return leave(s, b);
	}
	if (campaign_is_boot(s->c, s->here.cmdline)) {
		snprintf(b->id, sizeof(b->id), "%s", s->here.id);
		b->tries = 0;
		return enter(s, PHASE_MEASURING);
	}
	/* Another boot came in between, which is not this kernel's fault. */
	if (!b->leaving) {
		snprintf(b->from, sizeof(b->from), "%s", s->here.id);
		return save(s);
	}
	snprintf(reason, sizeof(reason),
		 "it did not come up: the machine is back in %s",
		 s->here.release);
	return end_boot(s, reason);
}

static int measuring(struct stepper *s)
{
	struct campaign_boot *b = campaign_current(s->c);
	char reason[1024];
	int ret;

	/* A complete measurement counts, whatever happened afterwards. */
	if (s->m->measured(s->ctx, s->c, s->c->nr))
		return end_boot(s, NULL);
	if (strcmp(s->here.id, b->id))
		return end_boot(s, "it went down while it was measured");
	if (b->tries >= TRIES)
		return end_boot(s, "measuring was killed twice");
	b->tries++;
	ret = save(s);
	if (ret)
		return ret;
	ret = s->m->quiet(s->ctx, s->c);
	if (!ret)
		ret = s->m->measure(s->ctx, s->c, s->c->nr);
	if (!ret)
		return end_boot(s, NULL);
	if (ret == EX_INTR)
		return ret;
	snprintf(reason, sizeof(reason), "%s", err_message());
	return end_boot(s, reason);
}

/* Over where it is. remove_made() leaves the running kernel. */
static int stay_here(struct stepper *s, const char *why)
{
	struct campaign *c = s->c;
	const char *here = s->here.release;
	char installer[PATH_MAX], stays[PATH_MAX + 300] = "";

	made_installer(installer);
	if (made_is(c, here) && !c->from.keep)
		snprintf(stays, sizeof(stays),
			 ", which stays installed: boot another kernel, and run '%s remove %s'",
			 installer, here);
	if (text_set(&c->note, "it did not come back to %s%s%s: this is %s%s",
		     c->home, why ? ": " : "", why ? why : "", here, stays))
		return EX_FAIL;
	say(s, "%s", c->note);
	return enter(s, PHASE_OVER);
}

static int go_home(struct stepper *s)
{
	struct campaign *c = s->c;
	char reason[1024];
	/* Try the machine's default boot first: it was not changed. */
	bool armed = c->home_tries > 0;
	int ret;

	c->home_tries++;
	snprintf(c->home_from, sizeof(c->home_from), "%s", s->here.id);
	ret = save(s);
	if (ret)
		return ret;
	if (armed && s->m->arm(s->ctx, c, c->home, NULL)) {
		/* Somebody has removed it, which may be since it did not run. */
		snprintf(reason, sizeof(reason), "%s", err_message());
		return stay_here(s, reason);
	}
	say(s, "back to %s", c->home);
	s->done = true;
	s->result = STEP_REBOOTS;
	return s->m->reboot(s->ctx, c, armed);
}

static int returning(struct stepper *s)
{
	struct campaign *c = s->c;
	bool ours = campaign_is_ours(c, s->here.cmdline);
	bool home = !ours && !strcmp(s->here.release, c->home);

	/* The boot that should have ended still runs: repeat the same way. */
	if (c->home_tries && !strcmp(c->home_from, s->here.id) &&
	    c->home_tries < HOME_TRIES)
		c->home_tries--;
	if (!home && c->home_tries < HOME_TRIES)
		return go_home(s);
	return home ? enter(s, PHASE_OVER) : stay_here(s, NULL);
}

/* Not the running kernel, where the way home was not found. */
static int remove_made(struct stepper *s)
{
	struct campaign *c = s->c;
	int ret = 0;

	for (size_t i = 0; i < c->nr_kernels && !ret; i++) {
		struct campaign_kernel *k = &c->kernels[i];

		if ((k->made != MADE_INSTALLING && k->made != MADE_INSTALLED) ||
		    !strcmp(k->release, s->here.release))
			continue;
		say(s, "removing %s", k->release);
		ret = s->m->remove(s->ctx, c, i);
		if (!ret) {
			k->made = MADE_REMOVED;
			ret = save(s);
		}
	}
	return ret;
}

/* Results that cannot be written keep nothing installed. */
static int collect_last(struct stepper *s)
{
	struct campaign *c = s->c;
	char reason[1024];
	bool narrow;

	if (!s->m->collect(s->ctx, c, &narrow))
		return 0;
	snprintf(reason, sizeof(reason), "%s", err_message());
	say(s, COLLECTING ": %s", reason);
	return c->note ? 0 :
	       text_set(&c->note, COLLECTING ": %s; those of each boot are in "
			CAMPAIGN_DIR "/%s", reason, c->id);
}

static int over(struct stepper *s)
{
	int ret = collect_last(s);

	/* First: the boot loader would wait for a kernel that is gone. */
	if (!ret)
		ret = s->m->disarm(s->ctx, s->c);
	if (!ret && !s->c->from.keep)
		ret = remove_made(s);
	if (!ret)
		ret = s->m->clean(s->ctx, s->c);
	/* The note. Later than the rest, for which a full disk has room. */
	if (!ret)
		ret = save(s);
	s->done = !ret;
	s->result = STEP_OVER;
	return ret;
}

int campaign_step(struct campaign *c, const struct campaign_machine *m,
		  void *ctx, enum step_result *result)
{
	static int (*const phases[NR_PHASES])(struct stepper *s) = {
		[PHASE_CHOOSE] = choose,
		[PHASE_BOOTING] = booting,
		[PHASE_MEASURING] = measuring,
		[PHASE_BUILDING] = building,
		[PHASE_INSTALLING] = installing,
		[PHASE_RETURNING] = returning,
		[PHASE_OVER] = over,
	};
	struct stepper s = { .c = c, .m = m, .ctx = ctx };
	int ret;

	ret = m->boot_id(ctx, s.here.id);
	if (!ret)
		ret = m->cmdline(ctx, s.here.cmdline, sizeof(s.here.cmdline));
	if (!ret)
		ret = m->release(ctx, s.here.release, sizeof(s.here.release));
	while (!ret && !s.done)
		ret = phases[c->phase](&s);
	*result = s.result;
	return ret;
}
