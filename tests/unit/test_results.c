// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing and reading results files. Runs in the root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/err.h"
#include "results/reader.h"
#include "results/record.h"
#include "results/table_load.h"
#include "results/writer.h"
#include "run_file.h"

#define DATA		"tests/unit/data/"
#define RUN_LINE	"{\"type\":\"run\",\"version\":1,\"id\":\"x\",\"started\":\"\"," \
			"\"host\":{\"cpu\":\"\",\"cpus\":1,\"kernel\":\"\",\"os\":\"\"}}\n"

static void put_bytes(const char *bytes, size_t len)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
}

static char *get_bytes(const char *from, size_t *len)
{
	FILE *in = fopen(from, "r");
	char *bytes = malloc(1 << 20);

	assert_non_null(in);
	assert_non_null(bytes);
	*len = fread(bytes, 1, 1 << 20, in);
	assert_in_range(*len, 1, (1 << 20) - 1);
	fclose(in);
	return bytes;
}

/* A file of @text must be refused with a message that has @says in it. */
static void refused(const char *text, const char *says)
{
	struct results r;

	put_bytes(text, strlen(text));
	assert_int_equal(results_read(path, &r), EX_USE);
	if (!strstr(err_message(), says))
		fail_msg("'%s' does not say '%s'", err_message(), says);
	assert_null(strchr(err_message(), '\n'));
	assert_null(r.records);
}

/* --- writer --- */

static void write_all_of(const char *name, struct results *from)
{
	struct results_writer w;
	const json_t *record;
	size_t i;

	assert_int_equal(results_read(name, from), 0);
	assert_int_equal(results_create(&w, path), 0);
	json_array_foreach(from->records, i, record)
		assert_int_equal(results_write(&w, record), 0);
	assert_int_equal(results_close(&w), 0);
}

static void test_roundtrip(void **state)
{
	struct results from, to;

	(void)state;
	write_all_of(DATA "troubles.jsonl", &from);
	assert_int_equal(results_read(path, &to), 0);
	assert_true(json_equal(from.records, to.records));
	assert_false(to.torn);
	results_free(&from);
	results_free(&to);
}

/* Written again a file is the same to the byte, real numbers included. */
static void test_same_bytes(void **state)
{
	struct results from;
	size_t old_len, new_len;
	char *old, *new;

	(void)state;
	write_all_of(DATA "typical.jsonl", &from);
	old = get_bytes(DATA "typical.jsonl", &old_len);
	new = get_bytes(path, &new_len);
	assert_int_equal(old_len, new_len);
	assert_memory_equal(old, new, old_len);
	free(old);
	free(new);
	results_free(&from);
}

static void test_create_refuses(void **state)
{
	struct results_writer w;

	(void)state;
	put_bytes("x\n", 2);
	assert_int_equal(results_create(&w, path), EX_USE);
	assert_non_null(strstr(err_message(), "exists already"));
	assert_int_equal(results_create(&w, "/dev/null/a/b"), EX_USE);
	assert_int_equal(results_append(&w, "/tmp/none/such"), EX_USE);
}

static void test_create_makes_parents(void **state)
{
	struct results_writer w;
	char deep[96], sub[96];

	(void)state;
	snprintf(deep, sizeof(deep), "%s/a/b/run.jsonl", dir);
	assert_int_equal(results_create(&w, deep), 0);
	assert_int_equal(results_close(&w), 0);
	assert_int_equal(unlink(deep), 0);
	snprintf(sub, sizeof(sub), "%s/a/b", dir);
	assert_int_equal(rmdir(sub), 0);
	snprintf(sub, sizeof(sub), "%s/a", dir);
	assert_int_equal(rmdir(sub), 0);
}

static void test_one_writer(void **state)
{
	struct results_writer w, second;

	(void)state;
	assert_int_equal(results_create(&w, path), 0);
	assert_int_equal(results_append(&second, path), EX_USE);
	assert_non_null(strstr(err_message(), "another process"));
	assert_int_equal(results_close(&w), 0);
	assert_int_equal(results_append(&second, path), 0);
	assert_int_equal(results_close(&second), 0);
}

static void test_append_cuts_torn_line(void **state)
{
	static const char torn[] = RUN_LINE "{\"type\":\"note\"}\n{\"type\":\"ce";
	json_t *record = json_pack("{s:s}", "type", "note");
	struct results_writer w;
	struct results r;

	(void)state;
	put_bytes(torn, sizeof(torn) - 1);
	assert_int_equal(results_append(&w, path), 0);
	assert_int_equal(results_write(&w, record), 0);
	assert_int_equal(results_close(&w), 0);
	assert_int_equal(results_read(path, &r), 0);
	assert_false(r.torn);
	assert_int_equal(json_array_size(r.records), 3);
	assert_true(json_equal(json_array_get(r.records, 2), record));
	results_free(&r);
	json_decref(record);
}

/* An incomplete line longer than the block that is read at once. */
static void test_append_cuts_long_line(void **state)
{
	const size_t whole = strlen(RUN_LINE);
	struct results_writer w;
	size_t len;
	char *text = malloc(whole + 10000), *now;

	(void)state;
	assert_non_null(text);
	memcpy(text, RUN_LINE, whole);
	memset(text + whole, 'x', 10000);
	put_bytes(text, whole + 10000);
	assert_int_equal(results_append(&w, path), 0);
	assert_int_equal(results_close(&w), 0);
	now = get_bytes(path, &len);
	assert_int_equal(len, whole);
	assert_memory_equal(now, RUN_LINE, whole);
	free(now);
	free(text);
}

/* A file size limit does what a full disk does: the last write is short. */
static void test_full_disk(void **state)
{
	json_t *record = json_pack("{s:s, s:s}", "type", "note", "text",
				   "some forty bytes that will not all fit");
	struct rlimit old, small;
	struct results_writer w;
	struct results r;
	size_t nr = 1;
	int e;

	(void)state;
	put_bytes(RUN_LINE, strlen(RUN_LINE));
	assert_int_equal(results_append(&w, path), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 1000;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	while (!(e = results_write(&w, record)))
		nr++;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(e, EX_FAIL);
	assert_non_null(strstr(err_message(), "make room"));
	assert_true(nr > 5);

	assert_int_equal(results_read(path, &r), 0);
	assert_false(r.torn);
	assert_int_equal(json_array_size(r.records), nr);
	results_free(&r);

	assert_int_equal(results_write(&w, record), 0);
	assert_int_equal(results_close(&w), 0);
	assert_int_equal(results_read(path, &r), 0);
	assert_int_equal(json_array_size(r.records), nr + 1);
	results_free(&r);
	json_decref(record);
}

/* --- reader --- */

static void test_read_refuses(void **state)
{
	struct results r;

	(void)state;
	assert_int_equal(results_read("/tmp/none/such", &r), EX_USE);
	assert_non_null(strstr(err_message(), "No such file"));
	assert_int_equal(results_read("/tmp", &r), EX_USE);
	refused("", "is empty");
	refused("no newline", "no complete line");
	refused("hello\n", "line 1 is not JSON");
	refused("[1]\n", "not a 'run'");
	refused("\n", "line 1 is not JSON");
	refused("{}\n", "not a 'run'");
	refused("{\"type\":\"cell\"}\n", "not a 'run'");
	refused("{\"type\":\"run\",\"type\":\"run\"}\n", "not JSON");
	/* A newer version may have other fields, so they are not checked. */
	refused("{\"type\":\"run\",\"version\":2}\n", "newer");
	refused("{\"type\":\"run\",\"version\":2,\"id\":7}\n",
		"update pcpubench");
	refused("{\"type\":\"run\",\"version\":0}\n", "'version'");
	refused("{\"type\":\"run\",\"version\":\"1\"}\n", "'version'");
	refused("{\"type\":\"run\",\"version\":99999999999999999999}\n",
		"not JSON");
	refused(RUN_LINE RUN_LINE, "line 2 starts another run");
	refused(RUN_LINE "{\"type\":\"note\"}\n{\"no\":1}\n", "line 3 is not a record");
	refused(RUN_LINE "{\"type\":\"note\"}\n\377\n", "line 3 is not JSON");
	refused(RUN_LINE "{\"type\":\"end\",\"boots\":1,\"failed\":0,"
		"\"cells\":0,\"invalid\":0}\n", "lines were lost");
}

/* `bundle` gives them to a program that takes them for what they should be. */
static void test_origin(void **state)
{
	static const char *const wrong[] = {
		"\"origin\":[1]", "\"origin\":{\"from\":5}",
		"\"origin\":{\"passed\":[\"a\",5]}", "\"commit\":5",
		"\"tree\":{}", "\"source_id\":[]",
		"\"patches\":[{\"name\":\"a\",\"sha256\":[]}]",
	};
	static const char right[] =
		"\"origin\":{\"from\":\"a\",\"passed\":[\"b\",\"c\"]},"
		"\"commit\":\"a\",\"patches\":[{\"name\":\"a\"}]";
	static const char kernel[] = RUN_LINE
		"{\"type\":\"kernel\",\"kernel\":\"a\",\"release\":\"6.12\","
		"\"compiler\":\"gcc\",%s}\n";
	struct results r;
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text), kernel, wrong[i]);
		refused(text, "of the kernel record is not a");
	}
	snprintf(text, sizeof(text), kernel, right);
	put_bytes(text, strlen(text));
	assert_int_equal(results_read(path, &r), 0);
	results_free(&r);
}

/* What jansson's values take, with what malloc() takes for each. */
static size_t taken;

static size_t room_of(void *ptr)
{
	const size_t bytes = (malloc_usable_size(ptr) + 8 + 15) / 16 * 16;

	return bytes < 32 ? 32 : bytes;
}

static void *take(size_t size)
{
	void *ptr = malloc(size);

	if (ptr)
		taken += room_of(ptr);
	return ptr;
}

static void give_back(void *ptr)
{
	if (ptr)
		taken -= room_of(ptr);
	free(ptr);
}

static size_t taken_by(const char *text)
{
	json_t *json;
	size_t bytes;

	json_set_alloc_funcs(take, give_back);
	taken = 0;
	json = json_loads(text, 0, NULL);
	bytes = taken;
	assert_non_null(json);
	json_decref(json);
	assert_int_equal(taken, 0);
	json_set_alloc_funcs(malloc, free);
	return bytes;
}

static void test_record_memory(void **state)
{
	static const char *const parts[] = {
		"{}", "[]", "1", "1.5", "\"\"", "\"\\\"\"", "[1]", "[1,1,1,1,1,1,1,1,1]",
		"{\"\":1}", "{\"\":1,\"a\":2}", "{\"\":\"\",\"a\":[]}", "[[[{}]]]",
		"{\"\":0,\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0}",
	};
	char *text = malloc(1 << 20), *at;
	size_t got, most;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		at = text + sprintf(text, "[%s", parts[i]);
		for (int n = 1; n < 10000; n++)
			at += sprintf(at, ",%s", parts[i]);
		strcpy(at, "]");
		got = taken_by(text);
		most = record_memory(text, strlen(text));
		if (got > most || most > 3 * got)
			fail_msg("%s: %zu bytes, not %zu", parts[i], got, most);
	}
	free(text);
}

/* What a line takes in memory is bounded by its length. */
static void test_read_brackets(void **state)
{
	char *text = malloc(1 << 20), *at = text;
	struct results r;

	(void)state;
	assert_non_null(text);
	at += sprintf(at, "%s", RUN_LINE);
	at += sprintf(at, "{\"type\":\"note\",\"a\":[{}");
	for (int i = 0; i < 1000; i++)
		at += sprintf(at, ",{}");
	sprintf(at, "]}\n");
	refused(text, "line 2 has more lists than values");
	/* In a text they are letters, and so they are behind an escaped quote. */
	sprintf(text, "%s{\"type\":\"note\",\"a\":\"\\\"", RUN_LINE);
	at = text + strlen(text);
	memset(at, '{', 100000);
	strcpy(at + 100000, "\"}\n");
	put_bytes(text, strlen(text));
	assert_int_equal(results_read(path, &r), 0);
	results_free(&r);
	free(text);
}

static void test_unknown_is_kept(void **state)
{
	struct results r;
	size_t i, notes = 0, future = 0;
	const json_t *record;

	(void)state;
	assert_int_equal(results_read(DATA "troubles.jsonl", &r), 0);
	json_array_foreach(r.records, i, record) {
		notes += record_is(record, "note");
		future += record_at(record, "future.kept") != NULL;
	}
	assert_int_equal(notes, 1);
	assert_int_equal(future, 1);
	assert_false(r.ended);
	results_free(&r);
}

/* Every number of a cut file must be one of the whole file. */
static void check_values(const struct table *cut, const struct table *whole)
{
	const struct table_cell *c, *w;
	size_t i, v;

	for (c = cut->cells; c < cut->cells + cut->nr_cells; c++) {
		w = NULL;
		for (i = 0; i < whole->nr_cells && !w; i++)
			if (whole->cells[i].param == c->param &&
			    whole->cells[i].kernel == c->kernel &&
			    whole->cells[i].topology == c->topology)
				w = &whole->cells[i];
		assert_non_null(w);
		assert_true(c->nr_values <= w->nr_values);
		for (v = 0; v < c->nr_values; v++) {
			assert_true(c->values[v].off == w->values[v].off);
			assert_true(c->values[v].on == w->values[v].on);
		}
	}
}

/* Cut at every byte: each whole record is read, and nothing else. */
static void cut_everywhere(const char *name)
{
	struct results whole, r;
	struct table whole_table, t;
	size_t len, cut, i, lines;
	char *text = get_bytes(name, &len);
	char *file = (char *)name, *cut_file = path;

	put_bytes(text, len);
	assert_int_equal(results_read(name, &whole), 0);
	assert_int_equal(table_load(&whole_table, &file, 1), 0);
	for (cut = len; cut-- > 0;) {
		assert_int_equal(truncate(path, (off_t)cut), 0);
		for (i = 0, lines = 0; i < cut; i++)
			lines += text[i] == '\n';
		if (!lines) {
			assert_int_equal(results_read(path, &r), EX_USE);
			continue;
		}
		assert_int_equal(results_read(path, &r), 0);
		assert_int_equal(json_array_size(r.records), lines);
		assert_int_equal(r.torn, text[cut - 1] != '\n');
		assert_false(r.ended);
		/* Only at the end of a line is there something new. */
		if (text[cut - 1] == '\n') {
			for (i = 0; i < lines; i++)
				assert_true(json_equal(
					json_array_get(r.records, i),
					json_array_get(whole.records, i)));
			assert_int_equal(table_load(&t, &cut_file, 1), 0);
			check_values(&t, &whole_table);
			table_free(&t);
		}
		results_free(&r);
	}
	table_free(&whole_table);
	results_free(&whole);
	free(text);
}

static void test_cut_everywhere(void **state)
{
	(void)state;
	cut_everywhere(DATA "times.jsonl");
	unlink(path);
	cut_everywhere(DATA "troubles.jsonl");
}

/* With any byte changed the file is refused or read, without harm. */
static void test_bytes_changed(void **state)
{
	static const char into[] = { '\0', '"', '-', '9', '}', ' ', '\n', 'x' };
	size_t len, at, i, read = 0;
	char *text = get_bytes(DATA "times.jsonl", &len);
	char *file = path;
	struct table t;
	int fd, e;

	(void)state;
	put_bytes(text, len);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	for (at = 0; at < len; at += 7) {
		for (i = 0; i < sizeof(into); i++) {
			assert_int_equal(pwrite(fd, &into[i], 1, (off_t)at), 1);
			e = table_load(&t, &file, 1);
			assert_true(!e || e == EX_USE);
			read += !e;
			if (!e)
				table_free(&t);
		}
		assert_int_equal(pwrite(fd, &text[at], 1, (off_t)at), 1);
	}
	assert_true(read > 0);
	close(fd);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_roundtrip, drop_file),
		cmocka_unit_test_teardown(test_same_bytes, drop_file),
		cmocka_unit_test_teardown(test_create_refuses, drop_file),
		cmocka_unit_test(test_create_makes_parents),
		cmocka_unit_test_teardown(test_one_writer, drop_file),
		cmocka_unit_test_teardown(test_append_cuts_torn_line, drop_file),
		cmocka_unit_test_teardown(test_append_cuts_long_line, drop_file),
		cmocka_unit_test_teardown(test_full_disk, drop_file),
		cmocka_unit_test_teardown(test_read_refuses, drop_file),
		cmocka_unit_test(test_record_memory),
		cmocka_unit_test_teardown(test_origin, drop_file),
		cmocka_unit_test_teardown(test_read_brackets, drop_file),
		cmocka_unit_test(test_unknown_is_kept),
		cmocka_unit_test_teardown(test_cut_everywhere, drop_file),
		cmocka_unit_test_teardown(test_bytes_changed, drop_file),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
