// SPDX-License-Identifier: GPL-2.0-or-later
/* A bundle is a stranger's file: what is refused, and that nothing gets out. */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <limits.h>
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
#include "base/folder.h"
#include "base/hash.h"
#include "bundle/archive.h"
#include "bundle/replay.h"
#include "results/record.h"

/* Around the folder that is unpacked to, to see what gets out of it. */
static char dir[] = "/tmp/pcpubench-test.XXXXXX";
static char tar[96], in[64], out[64];

/* A member as it is written; @link: makes it one; @size: declared, 0: its own */
struct part {
	const char *name, *text, *link;
	bool hard;
	unsigned int type;
	long long size;
};

static int clear(void **state)
{
	char command[256];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s/* && mkdir %s %s", dir, in,
		 out);
	return system(command);
}

static int begin(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(tar, sizeof(tar), "%s/bundle.tar", dir);
	snprintf(in, sizeof(in), "%s/in", dir);
	snprintf(out, sizeof(out), "%s/out", dir);
	return 0;
}

static int end(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void put_file(const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", in, name);
	assert_int_equal(make_parents(path), 0);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void write_tar(const struct part *parts, size_t nr)
{
	struct archive *ar = archive_write_new();

	archive_write_set_format_pax_restricted(ar);
	assert_int_equal(archive_write_open_filename(ar, tar), ARCHIVE_OK);
	for (const struct part *p = parts; p < parts + nr; p++) {
		struct archive_entry *entry = archive_entry_new();
		size_t len = p->text ? strlen(p->text) : 0;

		archive_entry_set_pathname(entry, p->name);
		archive_entry_set_filetype(entry, p->type ? p->type : AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_size(entry, p->size ? p->size : (long long)len);
		if (p->link && p->hard)
			archive_entry_set_hardlink(entry, p->link);
		else if (p->link)
			archive_entry_set_symlink(entry, p->link);
		assert_int_equal(archive_write_header(ar, entry), ARCHIVE_OK);
		if (len && !p->link)
			archive_write_data(ar, p->text, len);
		archive_entry_free(entry);
	}
	archive_write_free(ar);
}

/* A manifest of these members, with their true hashes. */
static char *manifest_of(const struct part *parts, size_t nr)
{
	json_t *members = json_object(), *manifest;
	char path[PATH_MAX], hash[65], *text;

	for (const struct part *p = parts; p < parts + nr; p++) {
		put_file("x", p->text);
		snprintf(path, sizeof(path), "%s/x", in);
		assert_int_equal(hash_file(path, hash), 0);
		json_object_set_new(members, p->name,
				    json_pack("{s:I, s:s}", "size",
					      (json_int_t)strlen(p->text),
					      "sha256", hash));
	}
	manifest = json_pack("{s:i, s:o}", "version", 1, "members", members);
	text = json_dumps(manifest, 0);
	json_decref(manifest);
	return text;
}

/* Nothing is beside bundle, in and out; what is in @out is below it. */
static void assert_inside(void)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "test \"$(ls -A %s | wc -l)\" -le 3 && test ! -e /tmp/pcpubench-evil && test -z \"$(find %s -type l -o -links +1 -type f)\"",
		 dir, out);
	assert_int_equal(system(command), 0);
}

static void assert_refused(const char *why)
{
	json_t *manifest;

	assert_int_equal(archive_unpack(tar, out, &manifest), EX_USE);
	if (!strstr(err_message(), why))
		fail_msg("'%s' does not say '%s'", err_message(), why);
	assert_null(manifest);
	assert_inside();
}

/* The first part is the manifest of the others, unless it has a text. */
static void try(struct part *parts, size_t nr, const char *why)
{
	char *text = parts[0].text ? strdup(parts[0].text) :
		     manifest_of(parts + 1, nr - 1);

	parts[0].text = text;
	write_tar(parts, nr);
	free(text);
	assert_refused(why);
}
#define TRY(why, ...) do {						\
	struct part parts[] = { __VA_ARGS__ };				\
									\
	clear(NULL);							\
	try(parts, sizeof(parts) / sizeof(parts[0]), why);		\
} while (0)

/* A manifest that promises these members. */
#define PROMISE(members) \
	{ .name = MANIFEST, .text = "{\"version\":1,\"members\":{" members "}}" }
#define NO_HASH	"0000000000000000000000000000000000000000000000000000000000000000"

static void pack_some(void)
{
	json_t *members, *manifest;
	char *text;

	clear(NULL);
	put_file("results.jsonl", "{}\n");
	put_file("kernels/1-d/series", "a.patch\n");
	put_file("kernels/1-d/a.patch", "diff\n");
	members = archive_members(in);
	assert_int_equal(json_object_size(members), 3);
	manifest = json_pack("{s:i, s:o}", "version", 1, "members", members);
	text = json_dumps(manifest, JSON_SORT_KEYS);
	put_file(MANIFEST, text);
	free(text);
	json_decref(manifest);
	assert_int_equal(archive_pack(in, tar, 1000000000), 0);
}

static void unpacks_what_it_packed(void **state)
{
	char path[PATH_MAX], text[64];
	json_t *manifest;

	(void)state;
	pack_some();
	assert_int_equal(archive_unpack(tar, out, &manifest), 0);
	assert_int_equal(json_object_size(json_object_get(manifest, "members")),
			 3);
	json_decref(manifest);
	snprintf(path, sizeof(path), "%s/kernels/1-d/a.patch", out);
	assert_int_equal(read_file(path, text, sizeof(text)), 0);
	assert_string_equal(text, "diff\n");
	assert_inside();
}

static void packs_the_same_bytes(void **state)
{
	char hash[2][65];

	(void)state;
	pack_some();
	assert_int_equal(hash_file(tar, hash[0]), 0);
	sleep(1);
	pack_some();
	assert_int_equal(hash_file(tar, hash[1]), 0);
	assert_string_equal(hash[0], hash[1]);
}

static void names(void **state)
{
	static const char *const bad[] = {
		"", "/etc/passwd", "../x", "a/../x", "a/./x", "./x", "a//x", "a/",
		".x", "a/.git", "-x", "a b", "a\\b", "a\nb", "a@1", "a/b/c/d",
		"\303\274",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};

	(void)state;
	assert_true(archive_name_ok("results.jsonl"));
	assert_true(archive_name_ok("kernels/12-v1/0001-mm_x+y.patch"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (archive_name_ok(bad[i]))
			fail_msg("'%s' is taken", bad[i]);
}

static void traversal(void **state)
{
	(void)state;
	TRY("may not have this name", PROMISE(""),
	    { .name = "../evil", .text = "x" });
	TRY("may not have this name", PROMISE(""),
	    { .name = "/tmp/pcpubench-evil", .text = "x" });
	TRY("may not have this name",
	    PROMISE("\"a/../../evil\":{\"size\":1,\"sha256\":\"" NO_HASH "\"}"),
	    { .name = "a/../../evil", .text = "x" });
}

static void links(void **state)
{
	(void)state;
	TRY("not a plain file", { .name = MANIFEST },
	    { .name = "a", .text = "", .type = AE_IFLNK, .link = "/etc" });
	TRY("not a plain file", { .name = MANIFEST },
	    { .name = "a", .text = "x" },
	    { .name = "b", .text = "", .link = "a", .hard = true });
	/* libarchive puts a slash behind a folder. */
	TRY("may not have this name", { .name = MANIFEST },
	    { .name = "a", .text = "", .type = AE_IFDIR });
	TRY("not a plain file", { .name = MANIFEST },
	    { .name = "a", .text = "", .type = AE_IFIFO });
	TRY("not a plain file", { .name = MANIFEST },
	    { .name = "a", .text = "", .type = AE_IFCHR });
	TRY("cannot be unpacked", { .name = MANIFEST },
	    { .name = "a", .text = "x" }, { .name = "a/b", .text = "x" });
}

static void other_members(void **state)
{
	(void)state;
	TRY("'b' is not in its manifest", PROMISE(""),
	    { .name = "b", .text = "x" });
	TRY("is missing",
	    PROMISE("\"b\":{\"size\":1,\"sha256\":\"" NO_HASH "\"}"));
	TRY("another content",
	    PROMISE("\"b\":{\"size\":1,\"sha256\":\"" NO_HASH "\"}"),
	    { .name = "b", .text = "x" });
	TRY("another size",
	    PROMISE("\"b\":{\"size\":2,\"sha256\":\"" NO_HASH "\"}"),
	    { .name = "b", .text = "x" });
	TRY("there twice", { .name = MANIFEST }, { .name = "a", .text = "x" },
	    { .name = "a", .text = "x" });
	TRY("there twice", PROMISE(""), PROMISE(""));
	TRY("which begins with", { .name = "a", .text = "x" });
}

static void manifests(void **state)
{
	static const char *const wrong[] = {
		"", "[", "[]", "{}", "{\"version\":\"1\"}", "{\"version\":1}",
		"{\"version\":1,\"members\":[]}",
		"{\"version\":1,\"members\":{},\"members\":{}}",
		"{\"version\":1,\"members\":{\"a\":{}}}",
		"{\"version\":1,\"members\":{\"a\":{\"size\":1}}}",
		"{\"version\":1,\"members\":{\"a\":{\"size\":-1,\"sha256\":\""
		NO_HASH "\"}}}",
		"{\"version\":1,\"members\":{\"../a\":{\"size\":1,\"sha256\":\""
		NO_HASH "\"}}}",
		"{\"version\":1,\"members\":{\"manifest.json.sig\":{\"size\":1,"
		"\"sha256\":\"" NO_HASH "\"}}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		TRY("refused", { .name = MANIFEST, .text = wrong[i] });
	TRY("version 2", { .name = MANIFEST,
			   .text = "{\"version\":2,\"members\":{}}" });
}

/* No room is taken for what is only promised. */
static void giants(void **state)
{
	(void)state;
	TRY("'b' is too large",
	    PROMISE("\"b\":{\"size\":1099511627776,\"sha256\":\"" NO_HASH "\"}"),
	    { .name = "b", .text = "x" });
	TRY("larger than 2 GiB",
	    PROMISE("\"a\":{\"size\":1073741824,\"sha256\":\"" NO_HASH "\"},"
		    "\"b\":{\"size\":1073741824,\"sha256\":\"" NO_HASH "\"},"
		    "\"c\":{\"size\":1,\"sha256\":\"" NO_HASH "\"}"));
	TRY("manifest.json' is too large",
	    { .name = MANIFEST, .text = "{}", .size = 1LL << 21 });
	TRY("manifest.json.sig' is too large", PROMISE(""),
	    { .name = SIGNATURE, .text = "x", .size = 1LL << 20 });
}

static off_t size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* Cut off anywhere it is refused, unless only the zeros at its end are gone. */
static void truncated(void **state)
{
	off_t whole, len;
	json_t *manifest;
	char command[256];

	(void)state;
	pack_some();
	whole = size_of(tar);
	for (len = whole - 512; len >= 0; len -= 512) {
		assert_int_equal(truncate(tar, len), 0);
		snprintf(command, sizeof(command), "rm -rf %s/*", out);
		assert_int_equal(system(command), 0);
		if (archive_unpack(tar, out, &manifest)) {
			assert_null(manifest);
			assert_inside();
			continue;
		}
		/* The header and data of manifest and three members: 8 blocks. */
		assert_true(len >= 8 * 512);
		json_decref(manifest);
	}
}

/* Any other byte is found: in a member, its header, or behind the last. */
static void other_bytes(void **state)
{
	json_t *manifest;
	char command[256];
	off_t whole, at;
	char byte;
	int fd;

	(void)state;
	pack_some();
	whole = size_of(tar);
	for (at = 0; at < whole; at += at < 8 * 512 ? 41 : 1409) {
		fd = open(tar, O_RDWR | O_CLOEXEC);
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		snprintf(command, sizeof(command), "rm -rf %s/*", out);
		assert_int_equal(system(command), 0);
		if (!archive_unpack(tar, out, &manifest)) {
			/* The padding of a member is no part of it. */
			json_decref(manifest);
			assert_true(at % 512 > 4 && at < 8 * 512);
		}
		assert_inside();
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		close(fd);
	}
}

static void something_behind(void **state)
{
	FILE *f;

	(void)state;
	pack_some();
	f = fopen(tar, "a");
	fputs("more", f);
	fclose(f);
	assert_refused("something follows");
}

static void no_archive(void **state)
{
	(void)state;
	clear(NULL);
	put_file("x", "no archive\n");
	snprintf(tar, sizeof(tar), "%s/x", in);
	assert_refused("no whole bundle");
	snprintf(tar, sizeof(tar), "%s/none", in);
	assert_refused("cannot read");
	snprintf(tar, sizeof(tar), "%s/bundle.tar", dir);
}

static void takes_no_other_files(void **state)
{
	(void)state;
	clear(NULL);
	put_file(".hidden", "x");
	assert_null(archive_members(in));
	assert_non_null(strstr(err_message(), "takes no file"));
}

/* A folder of a killed process goes with the next; one in use stays. */
static void folders(void **state)
{
	char left[] = "/tmp/pcpubench-bundle.tested";
	struct own_folder mine, other;

	(void)state;
	mkdir(left, 0700);
	assert_int_equal(folder_make(&mine, "bundle"), 0);
	assert_int_equal(access(left, F_OK), -1);
	assert_int_equal(folder_make(&other, "bundle"), 0);
	assert_int_equal(access(mine.path, F_OK), 0);
	assert_int_equal(folder_remove(&mine), 0);
	assert_int_equal(folder_remove(&other), 0);
	assert_int_equal(access(mine.path, F_OK), -1);
}

/* What should have been measured again, and was not, is no success. */
static void left_out(void **state)
{
	struct replay r = { .nr_cells = 1 };
	json_t *record, *instrument;
	const json_t *kernel;

	(void)state;
	assert_int_equal(boots_read("results/reference/gcc-12-6.12.jsonl",
				    &r.bundle.then), 0);
	record = r.bundle.then.list[0].record;
	kernel = record_at(record, "kernel");
	r.bundle.kernels = json_pack("{s:s}", json_string_value(kernel), "1");
	assert_int_equal(again_find(&r.bundle, &r.again), 0);
	assert_int_equal(replay_verdict(&r), 0);
	again_free(&r.again);

	json_object_set_new(record, "layout", json_object());
	assert_int_equal(again_find(&r.bundle, &r.again), 0);
	assert_true(r.again.list[0].why[0] && !r.again.list[0].lost);
	assert_int_equal(replay_verdict(&r), 0);
	again_free(&r.again);

	json_object_del(record, "layout");
	json_object_set_new(record, "cpu_model", json_string("another"));
	assert_int_equal(again_find(&r.bundle, &r.again), 0);
	assert_true(r.again.list[0].why[0] && r.again.list[0].lost);
	assert_int_equal(replay_verdict(&r), EX_INVALID);
	assert_non_null(strstr(err_message(), "1 of "));
	r.count[REPLAY_DIFFERS] = 1;
	assert_int_equal(replay_verdict(&r), EX_FAIL);
	r.count[REPLAY_DIFFERS] = 0;
	again_free(&r.again);

	/* Nobody knows whether its figures are times. */
	instrument = json_incref(json_object_get(record, "instrument"));
	json_object_set_new(record, "instrument", json_string("newer"));
	assert_int_equal(again_find(&r.bundle, &r.again), 0);
	assert_non_null(strstr(r.again.list[0].why, "unknown instrument 'newer'"));
	assert_int_equal(replay_verdict(&r), EX_INVALID);
	json_object_set_new(record, "instrument", instrument);
	again_free(&r.again);

	/* Somebody left out the kernel, which was built. */
	json_object_clear((json_t *)r.bundle.kernels);
	assert_int_equal(again_find(&r.bundle, &r.again), 0);
	assert_non_null(strstr(r.again.list[0].why, "it was built of is not in"));
	assert_int_equal(replay_verdict(&r), EX_INVALID);
	again_free(&r.again);
	/* It was given as an image. */
	json_object_del((json_t *)boots_kernel(&r.bundle.then,
					       json_string_value(kernel)),
			"source_id");
	assert_int_equal(again_find(&r.bundle, &r.again), 0);
	assert_non_null(strstr(r.again.list[0].why, "was given as an image"));
	assert_int_equal(replay_verdict(&r), 0);
	again_free(&r.again);
	json_decref((json_t *)r.bundle.kernels);
	boots_free(&r.bundle.then);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unpacks_what_it_packed),
		cmocka_unit_test(packs_the_same_bytes),
		cmocka_unit_test(names),
		cmocka_unit_test(traversal),
		cmocka_unit_test(links),
		cmocka_unit_test(other_members),
		cmocka_unit_test(manifests),
		cmocka_unit_test(giants),
		cmocka_unit_test(truncated),
		cmocka_unit_test(other_bytes),
		cmocka_unit_test(something_behind),
		cmocka_unit_test(no_archive),
		cmocka_unit_test(takes_no_other_files),
		cmocka_unit_test(folders),
		cmocka_unit_test(left_out),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
