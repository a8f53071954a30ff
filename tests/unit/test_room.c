// SPDX-License-Identifier: GPL-2.0-or-later
/* Is there room for a campaign's kernels, before any is built? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "campaign/made.h"
#include "root.h"

#define IMAGE	3000000ULL
/* As in kernel-patches/install-kernel. */
#define LEAST	60000000ULL

static void folder(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_true(!mkdir(path, 0755) || !access(path, F_OK));
}

static void image(unsigned long long bytes)
{
	char path[512];
	struct utsname uts;

	uname(&uts);
	snprintf(path, sizeof(path), "%s/boot/vmlinuz-%s", root, uts.release);
	assert_int_equal(install_file(path, ""), 0);
	assert_int_equal(truncate(path, bytes), 0);
}

/* A running kernel, and two of series, the first of which is in the cache. */
static void begin(struct campaign *c)
{
	static const char *const folders[] = {
		"boot", "usr", "lib", "lib/modules", "cache", "a", "b",
	};
	char path[512];

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		folder(folders[i]);
	snprintf(path, sizeof(path), "%s/cache", root);
	setenv("XDG_CACHE_HOME", path, 1);
	image(IMAGE);
	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < 2; i++) {
		c->kernels[i].made = MADE_WANTED;
		text_set(&c->kernels[i].folder, "%s/%s", root, i ? "b" : "a");
	}
	c->nr_kernels = 2;
	c->from.tree_bytes = 1 << 20;
	snprintf(path, sizeof(path), "%s/a/manifest", root);
	assert_int_equal(install_file(path, "release\t6.12-pcpubench-a-1\n"
				      "boot_bytes\t1000\nsystem_bytes\t2000\n"), 0);
}

static void test_needed(void **state)
{
	const unsigned long long boot = IMAGE + 1000, system = LEAST + 2000;
	struct made_room rooms[MADE_ROOMS];
	struct campaign c;

	(void)state;
	begin(&c);
	if (made_rooms(&c, root, rooms))
		fail_msg("%s", err_message());
	assert_string_equal(rooms[0].where, "/boot");
	assert_string_equal(rooms[1].where, "/usr");
	assert_non_null(strstr(rooms[2].where, "/cache/pcpubench"));
	/* All of it is one file system here. */
	assert_int_equal(rooms[0].needed, boot + system);
	assert_int_equal(rooms[1].needed, boot + system + (1 << 20));
	assert_int_equal(rooms[2].needed, boot + system + (1 << 20));
	for (size_t i = 0; i < MADE_ROOMS; i++)
		assert_true(rooms[i].has > 1 << 20);
	assert_int_equal(made_fits(&c, root), 0);
	campaign_free(&c);
}

/* With its config, a kernel has the modules that the running one has. */
static void test_as_running(void **state)
{
	struct made_room rooms[2][MADE_ROOMS];
	char path[512], *text;
	struct utsname uts;
	struct campaign c;

	(void)state;
	begin(&c);
	uname(&uts);
	snprintf(path, sizeof(path), "lib/modules/%s", uts.release);
	folder(path);
	snprintf(path, sizeof(path), "%s/lib/modules/%s/x.ko", root, uts.release);
	text = malloc((1 << 20) + 1);
	memset(text, 'x', 1 << 20);
	text[1 << 20] = '\0';
	assert_int_equal(install_file(path, text), 0);
	free(text);
	for (int as = 0; as < 2; as++) {
		c.from.as_running = as;
		if (made_rooms(&c, root, rooms[as]))
			fail_msg("%s", err_message());
	}
	assert_in_range(rooms[1][1].needed - rooms[0][1].needed, 1 << 20, 2 << 20);
	campaign_free(&c);
}

static void test_none(void **state)
{
	struct campaign c;

	(void)state;
	begin(&c);
	image(1ULL << 43);
	assert_int_equal(made_fits(&c, root), EX_USE);
	assert_non_null(strstr(err_message(), "/boot has"));
	image(IMAGE);
	assert_int_equal(made_fits(&c, root), 0);
	c.from.tree_bytes = 1ULL << 60;
	assert_int_equal(made_fits(&c, root), EX_USE);
	assert_non_null(strstr(err_message(), "2 kernels of series need"));
	campaign_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_needed),
		cmocka_unit_test(test_as_running),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
