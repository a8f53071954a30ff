// SPDX-License-Identifier: GPL-2.0-or-later
/* What `campaign status` prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "campaign/campaign.h"
#include "campaign/status.h"
#include "root.h"

static char *printed(const struct campaign *c, bool as_json)
{
	int out = dup(STDOUT_FILENO), file;
	char path[128];

	assert_int_equal(campaign_save(c, root), 0);
	snprintf(path, sizeof(path), "%s/out", root);
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(out >= 0 && file >= 0);
	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	if (campaign_status(root, as_json))
		fail_msg("%s", err_message());
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(file);
	close(out);
	return read_text(path);
}

static char *status_of(const struct campaign *c)
{
	return printed(c, false);
}

static void begin(struct campaign *c)
{
	static const char *const names[] = { "baseline", "d" };

	memset(c, 0, sizeof(*c));
	text_set(&c->id, "c0ffee00");
	text_set(&c->via, "grub");
	text_set(&c->home, "6.1-home");
	text_set(&c->home_cmdline, "%s", "");
	text_set(&c->output, "%s/none.jsonl", root);
	text_set(&c->program, "/pcpubench");
	text_set(&c->directory, "/");
	c->boots = 10;
	for (size_t i = 0; i < 2; i++) {
		text_set(&c->kernels[i].name, "%s", names[i]);
		text_set(&c->kernels[i].release, "%s", names[i]);
		text_set(&c->kernels[i].args, "%s", "");
	}
	c->nr_kernels = 2;
}

static void add(struct campaign *c, unsigned int kernel, const char *reason)
{
	struct campaign_boot *b = campaign_add(c, kernel, "boot-0");

	b->outcome = reason ? OUTCOME_FAILED : OUTCOME_OK;
	b->ended = b->chosen + 60;
	if (reason)
		text_set(&b->reason, "%s", reason);
}

/* A failed boot has the same name here and in the results: no number of all boots. */
static void test_failed(void **state)
{
	struct campaign c;
	char *text;

	(void)state;
	begin(&c);
	add(&c, 0, NULL);
	add(&c, 1, "it hung");
	add(&c, 0, NULL);
	add(&c, 1, "it panicked");
	text = status_of(&c);
	assert_non_null(strstr(text, "d, its boot 2: it panicked\n"));
	assert_non_null(strstr(text, "d, its boot 1: it hung\n"));
	free(text);
	campaign_free(&c);
}

/* From the start on it says what is left, and whether that is known. */
static void test_left(void **state)
{
	struct campaign c;
	char *text;

	(void)state;
	begin(&c);
	c.before.boot = 90;
	text = status_of(&c);
	assert_non_null(strstr(text, "left: 20 boots, about 30 min 00 s, as in the last campaign\n"));
	free(text);
	c.phase = PHASE_BUILDING;
	c.kernels[1].made = MADE_WANTED;
	c.find = 1;
	text = status_of(&c);
	assert_non_null(strstr(text, "left: 1 build, how long is known after the first\n"));
	assert_non_null(strstr(text, "left: at most 20 boots, about 30 min"));
	assert_null(strstr(text, "left in all"));
	free(text);
	c.before.first = 1800;
	text = status_of(&c);
	assert_non_null(strstr(text, "left in all: about 1 h 00 min\n"));
	free(text);
	campaign_free(&c);
}

static void assert_left(const struct campaign *c, const char *want)
{
	char *text = printed(c, true), *left;
	json_t *all = json_loads(text, 0, NULL);

	assert_non_null(all);
	left = json_dumps(json_object_get(all, "left"), JSON_COMPACT);
	assert_string_equal(left, want);
	free(left);
	json_decref(all);
	free(text);
}

static void test_left_in_json(void **state)
{
	struct campaign c;

	(void)state;
	begin(&c);
	c.before.boot = 90;
	c.phase = PHASE_BUILDING;
	c.kernels[1].made = MADE_WANTED;
	assert_left(&c, "{\"builds\":{\"nr\":1,\"s\":null},\"boots\":{\"nr\":20,\"s\":1800.0}}");
	c.before.first = 600;
	assert_left(&c, "{\"builds\":{\"nr\":1,\"s\":600.0},\"boots\":{\"nr\":20,\"s\":1800.0}}");
	c.phase = PHASE_OVER;
	assert_left(&c, "{\"builds\":{\"nr\":0,\"s\":0.0},\"boots\":{\"nr\":0,\"s\":0.0}}");
	campaign_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_left_in_json),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
