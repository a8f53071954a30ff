// SPDX-License-Identifier: GPL-2.0-or-later
/* How long a campaign takes, from its start on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "campaign/forecast.h"
#include "campaign/host.h"
#include "campaign/made.h"
#include "root.h"

#define NR	3

/* Kernels of series, with the package of the first in the cache. */
static void begin(struct campaign *c)
{
	static const char *const names[NR] = { "baseline", "a", "b" };
	char path[128];

	memset(c, 0, sizeof(*c));
	c->boots = 100;
	c->phase = PHASE_BUILDING;
	text_set(&c->home, "6.1-home");
	text_set(&c->output, "%s/none.jsonl", root);
	text_set(&c->from.config, "/dev/null");
	text_set(&c->from.sandbox, "no");
	for (size_t i = 0; i < NR; i++) {
		struct campaign_kernel *k = &c->kernels[c->nr_kernels++];

		k->made = MADE_WANTED;
		text_set(&k->name, "%s", names[i]);
		text_set(&k->series, "%s", names[i]);
		text_set(&k->release, "6.12-%s", names[i]);
		text_set(&k->args, "%s", "");
		text_set(&k->folder, "%s/%s", root, names[i]);
		mkdir(k->folder, 0755);
	}
	snprintf(path, sizeof(path), "%s/manifest", c->kernels[0].folder);
	assert_int_equal(install_file(path, "release\tx\n"), 0);
}

static void add_boot(struct campaign *c, unsigned int kernel, int seconds)
{
	struct campaign_boot *b = campaign_add(c, kernel, "boot-0");

	b->outcome = OUTCOME_OK;
	b->chosen = 1000;
	b->ended = 1000 + seconds;
}

/* One whose boots and builds are known. */
static void begin_before(struct campaign *c)
{
	begin(c);
	c->kernels[0].built_s = 3000;
	c->kernels[1].built_s = 200;
	c->kernels[2].built_s = 400;
	add_boot(c, 0, 250);
	add_boot(c, 1, 350);
}

static void is_part(struct forecast_part part, double s, const char *from)
{
	assert_true(part.s == s);
	assert_non_null(strstr(part.from, from));
}

static void test_builds(void **state)
{
	struct campaign c, before;

	(void)state;
	begin(&c);
	assert_int_equal(made_to_build(&c), 2);
	is_part(forecast_builds(&c, 2), 0, "after the first");
	begin_before(&before);
	forecast_learn(&c, &before);
	is_part(forecast_builds(&c, 2), 3300, "last campaign");
	/* The first is built, of another machine's speed; then the second. */
	c.kernels[1].built_s = 6000;
	c.kernels[1].made = MADE_BUILT;
	is_part(forecast_builds(&c, made_to_build(&c)), 300, "last campaign");
	c.kernels[2].built_s = 10;
	is_part(forecast_builds(&c, 1), 10, "so far");
	/* Nothing but what this one has shown. */
	memset(&c.before, 0, sizeof(c.before));
	c.kernels[2].built_s = 0;
	is_part(forecast_builds(&c, made_to_build(&c)), 6000, "so far");
	is_part(forecast_builds(&c, 0), 0, "");
	campaign_free(&c);
	campaign_free(&before);
}

static void test_boots(void **state)
{
	struct campaign c, before, loaded;

	(void)state;
	begin(&c);
	begin_before(&before);
	forecast_learn(&c, &before);
	is_part(forecast_boots(&c, 10), 3000, "last campaign");
	/* A campaign that has not booted hands on what it knew. */
	campaign_free(&before);
	begin(&before);
	forecast_learn(&before, &c);
	is_part(forecast_boots(&before, 10), 3000, "last campaign");
	add_boot(&before, 0, 20);
	is_part(forecast_boots(&before, 10), 200, "so far");
	campaign_free(&before);
	/* The steps know it, too. */
	text_set(&c.id, "c0ffee00");
	text_set(&c.via, "grub");
	text_set(&c.home_cmdline, "%s", "");
	text_set(&c.program, "/pcpubench");
	text_set(&c.directory, "/");
	assert_int_equal(campaign_save(&c, root), 0);
	if (campaign_load(&loaded, root))
		fail_msg("%s", err_message());
	is_part(forecast_boots(&loaded, 10), 3000, "last campaign");
	is_part(forecast_builds(&loaded, 2), 3300, "last campaign");
	campaign_free(&loaded);
	campaign_free(&c);
}

/* --find decides how many are left as soon as it can be told. */
static void test_find(void **state)
{
	struct campaign c;

	(void)state;
	begin(&c);
	c.nr_kernels = 2;
	c.find = 50;
	assert_int_equal(campaign_boots_left(&c), 200);
	/* In the data it has fewer boots than a spread takes. */
	text_set(&c.kernels[1].name, "lost");
	for (int i = 0; i < CAMPAIGN_FAILURES; i++)
		campaign_add(&c, 1, "boot-0")->outcome = OUTCOME_FAILED;
	for (int i = 0; i < 5; i++)
		add_boot(&c, 0, 100);
	assert_int_equal(campaign_boots_left(&c), 95);
	text_set(&c.output, "tests/unit/data/campaign.jsonl");
	assert_int_equal(campaign_boots_found(&c), 6);
	assert_int_equal(campaign_boots_left(&c), 1);
	add_boot(&c, 0, 100);
	add_boot(&c, 0, 100);
	assert_int_equal(campaign_boots_left(&c), 0);
	c.nr_kernels = NR;
	campaign_free(&c);
}

/* A builder that takes a second. */
static void play_builder(const struct campaign_kernel *k)
{
	char path[128], text[512];

	snprintf(path, sizeof(path), "%s/kernel-patches", root);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/kernel-patches/build-kernel", root);
	snprintf(text, sizeof(text),
		 "#!/bin/sh\nsleep 1.2\nprintf '%%s\\t' %s %s\necho %s\n",
		 k->name, k->release, k->folder);
	assert_int_equal(install_file(path, text), 0);
	assert_int_equal(chmod(path, 0755), 0);
	setenv("PCPUBENCH_DATADIR", root, 1);
}

/* What is in the cache takes no time that tells of a build. */
static void test_cached(void **state)
{
	struct campaign c;

	(void)state;
	begin(&c);
	for (size_t i = 0; i < 2; i++) {
		play_builder(&c.kernels[i]);
		if (made_build(NULL, &c, i))
			fail_msg("%s", err_message());
		assert_int_equal(c.kernels[i].built_s, i);
	}
	unsetenv("PCPUBENCH_DATADIR");
	campaign_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_builds),
		cmocka_unit_test(test_boots),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_cached),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
