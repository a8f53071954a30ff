// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing and reading results files, and merging them. Runs in the root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "results/proof.h"
#include "results/reader.h"
#include "results/record.h"
#include "results/table.h"
#include "results/writer.h"

#define DATA		"tests/unit/data/"
#define RUN_LINE	"{\"type\":\"run\",\"version\":1,\"id\":\"x\",\"started\":\"\"," \
			"\"host\":{\"cpu\":\"\",\"cpus\":1,\"kernel\":\"\",\"os\":\"\"}}\n"

static char dir[] = "/tmp/test_results.XXXXXX";
static char path[64];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/run.jsonl", dir);
	return 0;
}

static int drop_file(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static int drop_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

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

/* A torn line longer than what is looked at in one go. */
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
	refused("no newline", "no whole line");
	refused("hello\n", "line 1 is not JSON");
	refused("[1]\n", "not a 'run'");
	refused("\n", "line 1 is not JSON");
	refused("{}\n", "not a 'run'");
	refused("{\"type\":\"cell\"}\n", "not a 'run'");
	refused("{\"type\":\"run\",\"type\":\"run\"}\n", "not JSON");
	/* Its fields may be others by then, so that they are not looked at. */
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

/* Whatever a byte turns into: refused, or read, and no harm done. */
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

/* --- what every field of a cell must be --- */

/* times.jsonl with @field of its first cell changed, or gone without @value. */
static int load_changed(struct table *t, const char *field, json_t *value)
{
	struct results_writer w;
	struct results r;
	json_t *record, *parent = NULL;
	char *file = path;
	const char *dot;
	size_t i;

	assert_int_equal(results_read(DATA "times.jsonl", &r), 0);
	json_array_foreach(r.records, i, record)
		if (record_is(record, "cell") && !parent)
			parent = record;
	while ((dot = strchr(field, '.'))) {
		parent = json_object_getn(parent, field, dot - field);
		field = dot + 1;
	}
	if (value)
		json_object_set_new(parent, field, value);
	else
		json_object_del(parent, field);
	/* Its counts are of the file as it was. */
	json_array_remove(r.records, json_array_size(r.records) - 1);

	unlink(path);
	assert_int_equal(results_create(&w, path), 0);
	json_array_foreach(r.records, i, record)
		assert_int_equal(results_write(&w, record), 0);
	assert_int_equal(results_close(&w), 0);
	results_free(&r);
	return table_load(t, &file, 1);
}

static void test_cell_fields(void **state)
{
	static const char * const needed[] = {
		"boot", "kernel", "topology", "instrument", "bench", "param",
		"unit", "pairs", "valid", "arms", "chunk", "proof", "arms.off",
		"arms.empty.ticks", "arms.on.disturbed", "chunk.outside",
		"proof.expected", "proof.before", "proof.held", "proof.after",
		"proof.off_held", "proof.first_chunk",
	};
	struct table t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		assert_int_equal(load_changed(&t, needed[i], NULL), EX_USE);
		assert_int_equal(load_changed(&t, needed[i], json_array()),
				 EX_USE);
		assert_int_equal(load_changed(&t, needed[i], json_null()),
				 EX_USE);
		assert_non_null(strstr(err_message(), "line 4"));
	}
	assert_int_equal(load_changed(&t, "proof.held", json_integer(-1)),
			 EX_USE);
	assert_int_equal(load_changed(&t, "proof.held",
				      json_integer((1LL << 53) + 1)), EX_USE);
	assert_int_equal(load_changed(&t, "pairs", json_integer(0)), EX_USE);
	assert_int_equal(load_changed(&t, "unit", json_string("insn")), EX_USE);
	assert_int_equal(load_changed(&t, "valid", json_false()), EX_USE);
	assert_int_equal(load_changed(&t, "bench", json_string("a\033[2J")),
			 EX_USE);
	assert_int_equal(load_changed(&t, "arms.on.ticks",
				      json_pack("[i, i]", 1, 2)), EX_USE);
	assert_int_equal(load_changed(&t, "arms.on.ticks",
				      json_pack("[I, I, I]",
						(json_int_t)1 << 52,
						(json_int_t)1 << 52,
						(json_int_t)1)), EX_USE);
	assert_int_equal(load_changed(&t, "kernel", json_string("other")),
			 EX_USE);
	assert_int_equal(load_changed(&t, "boot", json_integer(2)), EX_USE);
}

/* --- the proof --- */

static void test_proof(void **state)
{
	static const struct {
		struct proof proof;
		const char *says;
	} cases[] = {
		{ { 100, 50, 150, 50, 50, 0, 0 }, NULL },
		{ { 100, 50, 50, 50, 50, 0, 0 }, "nothing was charged: 0 of 100 B" },
		{ { 100, 50, 149, 50, 50, 0, 0 }, "99 of 100 B" },
		{ { 100, 50, 20, 50, 50, 0, 0 }, "-30 of 100 B" },
		{ { 100, 50, 150, 51, 50, 0, 0 }, "51 B after it was freed" },
		{ { 100, 50, 150, 50, 58, 0, 0 }, "unaccounted object was charged: 8 B" },
		{ { 100, 50, 150, 50, 50, 1, 0 }, "object lies in the first chunk" },
		{ { 100, 50, 150, 50, 50, 0, 1 }, "1 sample in the first chunk" },
		{ { 0, 50, 50, 50, 50, 0, 0 }, "no charge is expected" },
	};
	char reason[PROOF_REASON_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *said = proof_broken(&cases[i].proof, reason);

		if (!cases[i].says)
			assert_null(said);
		else
			assert_non_null(strstr(said, cases[i].says));
	}
}

/* `valid` is true in the file all the same. */
static void test_proof_is_recomputed(void **state)
{
	static const struct {
		const char *field;
		int value;
	} lies[] = {
		{ "proof.expected", 1156 }, { "proof.before", 4 },
		{ "proof.held", 0 }, { "proof.after", 4 },
		{ "proof.off_held", 4 }, { "proof.first_chunk", 1 },
		{ "chunk.outside", 1 },
	};
	struct table t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		assert_int_equal(load_changed(&t, lies[i].field,
					      json_integer(lies[i].value)), 0);
		assert_int_equal(t.cells[0].nr_values, 3);
		assert_int_equal(t.cells[0].nr_invalid, 2);
		assert_int_equal(t.cells[0].invalid[0], 0);
		table_free(&t);
	}
}

/* --- the model --- */

static const struct table_cell *cell_of(const struct table *t, size_t block,
					const char *kernel, long long param)
{
	unsigned int k;

	for (k = 0; k < t->nr_kernels; k++)
		if (!strcmp(t->kernels[k].name, kernel))
			return table_find(t, &t->blocks[block], k, param);
	return NULL;
}

static void invalid_for(const struct table *t, const char *kernel,
			long long param, const char *reason)
{
	const struct table_cell *c = cell_of(t, 0, kernel, param);

	assert_non_null(c);
	assert_false(c->valid);
	assert_string_equal(c->reason, reason);
	assert_true(isnan(c->off) && isnan(c->on));
	assert_true(isnan(c->cost) && isnan(c->cost_pct));
}

static void test_table_insn(void **state)
{
	char *file = DATA "typical.jsonl";
	const struct table_cell *c;
	struct table t;

	(void)state;
	assert_int_equal(table_load(&t, &file, 1), 0);
	assert_int_equal(t.nr_kernels, 7);
	assert_string_equal(t.kernels[1].name, "nokmem");
	assert_int_equal(t.nr_blocks, 2);
	assert_string_equal(t.topologies.name[t.blocks[0].topology], "176c1n");
	assert_string_equal(t.topologies.name[t.blocks[1].topology], "80c2n");
	assert_int_equal(t.blocks[0].nr_params, 5);
	assert_int_equal(t.blocks[0].params[0], 64);
	assert_int_equal(t.blocks[0].params[4], 8192);
	/* The disturbed sample is 900 a pair above the others. */
	c = cell_of(&t, 0, "baseline", 64);
	assert_true(c->valid && c->off == 15382 && c->on == 16360);
	assert_true(c->cost == 978 && fabs(c->cost_pct - 6.35808) < 1e-5);
	assert_int_equal(c->nr_values, 1);
	assert_int_equal(t.boots[c->values[0].boot].number, 1);
	invalid_for(&t, "nokmem", 64, "nothing was charged: 0 of 11392 B");
	table_free(&t);
}

static void test_table_troubles(void **state)
{
	char *file = DATA "troubles.jsonl";
	const struct table_cell *cell;
	struct table_count count;
	struct table t;

	(void)state;
	assert_int_equal(table_load(&t, &file, 1), 0);
	/* Its cells come as 1024, 64, 256. */
	assert_int_equal(t.blocks[0].nr_params, 3);
	assert_int_equal(t.blocks[0].params[0], 64);
	assert_int_equal(t.blocks[0].params[2], 1024);
	invalid_for(&t, "baseline", 64, "boots differ: on 16360 and 16361");
	invalid_for(&t, "baseline", 256, "boots differ: 1 valid, 1 not: every sample was disturbed by an interrupt");
	assert_true(cell_of(&t, 0, "baseline", 1024)->valid);
	assert_int_equal(cell_of(&t, 0, "baseline", 1024)->nr_values, 2);
	invalid_for(&t, "v1", 64, "the object lies in the first chunk, which is never accounted");
	invalid_for(&t, "v1", 256, "2 samples in the first chunk, which is never accounted");
	invalid_for(&t, "b", 64, "ENOMEM at the limit of the memory cgroup");

	count = table_count(&t, &t.blocks[0], 1);
	assert_true(count.ok == 1 && count.failed == 1 && !count.unfinished);
	assert_int_equal(table_state(&t, &t.blocks[0], 1, 1024, &cell),
			 TABLE_VALID);
	assert_int_equal(table_state(&t, &t.blocks[0], 1, 64, &cell),
			 TABLE_INVALID);
	assert_int_equal(table_state(&t, &t.blocks[0], 2, 64, &cell),
			 TABLE_FAILED);
	assert_null(cell);
	assert_int_equal(table_state(&t, &t.blocks[0], 3, 256, &cell),
			 TABLE_MISSING);
	/* Cells of a boot without a record are none. */
	assert_int_equal(table_state(&t, &t.blocks[0], 4, 64, &cell),
			 TABLE_MISSING);
	count = table_count(&t, &t.blocks[0], 4);
	assert_true(!count.ok && !count.failed && count.unfinished == 1);
	/* All boots of 80c2n failed, and that is said too. */
	assert_int_equal(t.nr_blocks, 2);
	assert_int_equal(t.blocks[1].bench, TABLE_NO_BENCH);
	table_free(&t);
}

static void test_table_time(void **state)
{
	char *files[] = { DATA "times.jsonl", DATA "times-more.jsonl" };
	char *apart[] = { DATA "times.jsonl", DATA "times-elsewhere.jsonl" };
	const struct table_cell *c;
	struct table t;

	(void)state;
	/* Medians of 1000 1010 1020 1030: one of five boots proves nothing. */
	assert_int_equal(table_load(&t, files, 1), 0);
	c = cell_of(&t, 0, "baseline", 64);
	assert_true(c->valid && c->off == 1015 && c->on == 1066);
	assert_int_equal(c->nr_values, 4);
	assert_int_equal(c->nr_invalid, 1);
	assert_string_equal(c->reason, "nothing was charged: 0 of 1152 B");
	table_free(&t);

	assert_int_equal(table_load(&t, files, 2), 0);
	c = cell_of(&t, 0, "baseline", 64);
	assert_true(c->valid && c->off == 1065 && c->cost == 51);
	assert_int_equal(c->nr_values, 8);
	assert_int_equal(t.boots[c->values[7].boot].run, 1);
	table_free(&t);

	assert_int_equal(table_load(&t, apart, 2), 0);
	c = cell_of(&t, 0, "baseline", 64);
	assert_false(c->valid);
	assert_non_null(strstr(c->reason, "two machines"));
	table_free(&t);
}

static void test_table_refuses(void **state)
{
	char *twice[] = { DATA "typical.jsonl", DATA "typical.jsonl" };
	char *images[] = { DATA "typical.jsonl", DATA "other-image.jsonl" };
	struct table t;

	(void)state;
	assert_int_equal(table_load(&t, twice, 2), EX_USE);
	assert_non_null(strstr(err_message(), "same run"));
	assert_int_equal(table_load(&t, images, 2), EX_USE);
	assert_non_null(strstr(err_message(), "another build"));
	assert_int_equal(t.nr_runs, 0);
}

/* A record twice would be counted as two boots. */
static void test_table_refuses_copies(void **state)
{
	static const char * const types[] = { "boot", "cell" };
	char *file = path;
	struct results_writer w;
	struct results r;
	json_t *record;
	struct table t;
	size_t i, n;

	(void)state;
	for (n = 0; n < 2; n++) {
		unlink(path);
		assert_int_equal(results_read(DATA "times.jsonl", &r), 0);
		assert_int_equal(results_create(&w, path), 0);
		json_array_foreach(r.records, i, record) {
			if (record_is(record, "end"))
				continue;
			assert_int_equal(results_write(&w, record), 0);
			if (record_is(record, types[n]))
				assert_int_equal(results_write(&w, record), 0);
		}
		assert_int_equal(results_close(&w), 0);
		results_free(&r);
		assert_int_equal(table_load(&t, &file, 1), EX_USE);
		assert_non_null(strstr(err_message(), "is there twice"));
	}
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
		cmocka_unit_test(test_unknown_is_kept),
		cmocka_unit_test_teardown(test_cut_everywhere, drop_file),
		cmocka_unit_test_teardown(test_bytes_changed, drop_file),
		cmocka_unit_test_teardown(test_cell_fields, drop_file),
		cmocka_unit_test(test_proof),
		cmocka_unit_test_teardown(test_proof_is_recomputed, drop_file),
		cmocka_unit_test(test_table_insn),
		cmocka_unit_test(test_table_troubles),
		cmocka_unit_test(test_table_time),
		cmocka_unit_test(test_table_refuses),
		cmocka_unit_test_teardown(test_table_refuses_copies, drop_file),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
