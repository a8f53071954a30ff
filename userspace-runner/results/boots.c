// SPDX-License-Identifier: GPL-2.0-or-later
/* The one reader of boots, which also decides which records are whole. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "plan/instrument.h"
#include "results/boots.h"
#include "results/cell_name.h"

static bool is_part(const json_t *record)
{
	return record_is(record, "cell") || record_is(record, "profile");
}

bool boot_is_ok(const struct boot_records *boot)
{
	return boot->record &&
	       !strcmp(record_string(boot->record, "status"), "ok");
}

/*
 * A file being read.
 * @numbers: place of the boot of a number in the list
 * @cells: all that its cells are told apart by, of each boot
 */
struct reading {
	struct boots *b;
	struct index numbers;
	struct index cells;
};

static void number_text(char text[24], long long number)
{
	snprintf(text, 24, "%lld", number);
}

static struct boot_records *find_boot(const struct reading *r, long long number)
{
	char text[24];
	size_t place;

	number_text(text, number);
	place = index_get(&r->numbers, text);
	return place == INDEX_NONE ? NULL : &r->b->list[place];
}

static bool same_string(const json_t *a, const json_t *b, const char *field)
{
	return !strcmp(record_string(a, field), record_string(b, field));
}

static int check_kernel(const struct boots *b, const json_t *record,
			size_t line)
{
	if (boots_kernel(b, record_string(record, "kernel")))
		return 0;
	return err(EX_USE, "%s: line %zu: kernel '%s' has no record: the file is damaged, measure again",
		   b->file.path, line, record_string(record, "kernel"));
}

static int add_boot(struct reading *r, const json_t *record, size_t line)
{
	struct boot_records boot = { .number = record_int(record, "boot") };
	struct boots *b = r->b;
	int e = check_kernel(b, record, line);
	char text[24];
	size_t place;

	if (e)
		return e;
	number_text(text, boot.number);
	if (index_add(&r->numbers, text, b->nr, &place))
		return EX_FAIL;
	if (array_room(&b->list, b->nr, sizeof(boot)))
		return EX_FAIL;
	boot.cells = json_array();
	if (record_is(record, "boot"))
		boot.record = json_incref((json_t *)record);
	b->list[b->nr++] = boot;
	return boot.cells ? 0 : no_memory();
}

/* Compare with the boot's record or, if it has none, with its first cell. */
static int check_part(struct reading *r, const struct boot_records *boot,
		      const json_t *record, size_t line)
{
	char text[CELL_KEY_LEN + 24], key[CELL_KEY_LEN];
	const json_t *like = boot->record;
	const struct boots *b = r->b;
	size_t had;

	if (!like)
		like = json_array_get(boot->cells, 0);
	if (like && !(same_string(like, record, "kernel") &&
		      same_string(like, record, "topology") &&
		      same_string(like, record, "instrument")))
		return err(EX_USE, "%s: line %zu: the cell is of another kernel, topology or instrument than its boot: the file is damaged, measure again",
			   b->file.path, line);
	snprintf(text, sizeof(text), "%lld %s", boot->number,
		 cell_key(record, key));
	if (index_add(&r->cells, text, line, &had))
		return EX_FAIL;
	if (had != line)
		return err(EX_USE, "%s: line %zu: the same cell of boot %lld is there twice: the file is damaged, measure again",
			   b->file.path, line, boot->number);
	return 0;
}

static int add_part(struct reading *r, const json_t *record, size_t line)
{
	struct boot_records *boot = find_boot(r, record_int(record, "boot"));
	int e = 0;

	if (!boot) {
		e = add_boot(r, record, line);
		boot = e ? NULL : &r->b->list[r->b->nr - 1];
	}
	if (!e)
		e = check_part(r, boot, record, line);
	if (e)
		return e;
	return json_array_append(boot->cells, (json_t *)record) ?
	       no_memory() : 0;
}

static size_t whole_records(const struct reading *r)
{
	const json_t *records = r->b->file.records, *last;
	size_t n = json_array_size(records);

	for (; n > 1; n--) {
		last = json_array_get(records, n - 1);
		if (!record_is(last, "end") &&
		    !(is_part(last) &&
		      !find_boot(r, record_int(last, "boot"))->record))
			break;
	}
	return n;
}

static int add_kernels(struct boots *b)
{
	const json_t *record;
	size_t i, first;

	json_array_foreach(b->file.records, i, record)
		if (record_is(record, "kernel") &&
		    index_add(&b->kernels, record_string(record, "kernel"), i,
			      &first))
			return EX_FAIL;
	return 0;
}

static int add_runs(struct boots *b)
{
	const json_t *run = json_array_get(b->file.records, 0), *merged;
	const char *id = record_string(run, "id");
	size_t i, had;
	int e = index_add(&b->runs, id, 0, &had);

	json_array_foreach(record_at(run, "merged"), i, merged) {
		id = record_string(merged, "id");
		if (!e && id)
			e = index_add(&b->runs, id, 0, &had);
	}
	return e;
}

static int add_boots(struct reading *r)
{
	const struct results *file = &r->b->file;
	const json_t *record;
	size_t i;
	int e = 0;

	json_array_foreach(file->records, i, record) {
		if (e || !record_is(record, "boot"))
			continue;
		if (find_boot(r, record_int(record, "boot")))
			e = err(EX_USE, "%s: line %zu: boot %lld is there twice: the file is damaged, measure again",
				file->path, i + 1, record_int(record, "boot"));
		else
			e = add_boot(r, record, i + 1);
	}
	/* A boot's cells stand before or after its record. */
	json_array_foreach(file->records, i, record)
		if (!e && is_part(record))
			e = add_part(r, record, i + 1);
	return e;
}

int boots_read(const char *path, struct boots *b)
{
	struct reading r = { .b = b };
	int e;

	memset(b, 0, sizeof(*b));
	e = results_read(path, &b->file);
	if (!e)
		e = add_kernels(b);
	if (!e)
		e = add_runs(b);
	if (!e)
		e = add_boots(&r);
	if (!e)
		b->whole = whole_records(&r);
	index_free(&r.numbers);
	index_free(&r.cells);
	if (e)
		boots_free(b);
	return e;
}

bool boots_blank(const char *path)
{
	static const char begin[] = "{\"type\":\"run\"";
	char text[4096];
	FILE *f = fopen(path, "re");
	size_t len;

	if (!f)
		return false;
	len = fread(text, 1, sizeof(text), f);
	fclose(f);
	return len < sizeof(text) && !memchr(text, '\n', len) &&
	       !memcmp(text, begin, len < sizeof(begin) - 1 ? len :
		       sizeof(begin) - 1);
}

static void drop_boot(struct boot_records *boot)
{
	json_decref(boot->record);
	json_decref(boot->cells);
}

void boots_free(struct boots *b)
{
	for (size_t i = 0; i < b->nr; i++)
		drop_boot(&b->list[i]);
	free(b->list);
	index_free(&b->kernels);
	index_free(&b->runs);
	results_free(&b->file);
	memset(b, 0, sizeof(*b));
}

static int add_unnumbered(json_t *all, const json_t *record)
{
	json_t *copy = json_copy((json_t *)record);

	json_object_del(copy, "boot");
	json_object_del(copy, "taken");
	return json_array_append_new(all, copy);
}

char *boot_identity(const struct boots *b, const json_t *record,
		    const json_t *cells)
{
	const size_t flags = JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY;
	const json_t *run = json_array_get(b->file.records, 0), *cell;
	json_t *all = json_array();
	const char *instrument;
	char *text = NULL;
	int bad = 0;
	size_t i;

	if (record)
		bad = add_unnumbered(all, record);
	json_array_foreach(cells, i, cell)
		bad |= add_unnumbered(all, cell);
	instrument = record_string(json_array_get(all, 0), "instrument");
	if (!bad && !instrument_find(instrument)->exact) {
		bad |= json_array_append(all, (json_t *)record_at(run, "host.cpu"));
		bad |= json_array_append(all, (json_t *)record_at(run, "host.cpus"));
	}
	if (!bad)
		text = json_dumps(all, flags);
	json_decref(all);
	if (!text)
		no_memory();
	return text;
}

static bool has_run(const struct boots *b, const json_t *run)
{
	const char *id = record_string(run, "id");

	return id && index_get(&b->runs, id) != INDEX_NONE;
}

const json_t *boots_kernel(const struct boots *b, const char *name)
{
	size_t line = index_get(&b->kernels, name);

	return line == INDEX_NONE ? NULL :
	       json_array_get(b->file.records, line);
}

bool boots_share_run(const struct boots *a, const struct boots *b)
{
	const json_t *run = json_array_get(a->file.records, 0), *merged;
	size_t i;

	if (has_run(b, run))
		return true;
	json_array_foreach(record_at(run, "merged"), i, merged)
		if (has_run(b, merged))
			return true;
	return false;
}

/* Count @boot in @here; does @known have as many copies? */
static bool is_known(const struct boots *b, const struct boot_records *boot,
		     json_t *here, const json_t *known, int *e)
{
	char *text = boot_identity(b, boot->record, boot->cells);
	json_int_t n = json_integer_value(json_object_get(here, text)) + 1;

	if (!text || json_object_set_new(here, text, json_integer(n)))
		*e = no_memory();
	n -= json_integer_value(json_object_get(known, text));
	free(text);
	return !*e && n <= 0;
}

int boots_drop_known(struct boots *b, json_t *known, size_t *dropped)
{
	json_t *here = json_object(), *n;
	size_t i, kept = 0;
	const char *text;
	int e = 0;

	for (i = 0; i < b->nr; i++)
		if (!e && is_known(b, &b->list[i], here, known, &e))
			drop_boot(&b->list[i]);
		else
			b->list[kept++] = b->list[i];
	json_object_foreach(here, text, n)
		if (json_integer_value(n) >
		    json_integer_value(json_object_get(known, text)))
			json_object_set(known, text, n);
	json_decref(here);
	if (dropped)
		*dropped = b->nr - kept;
	b->nr = kept;
	return e;
}

int boots_go_on(const struct boots *b, struct recorder *r)
{
	const json_t *record;
	long long number;

	for (size_t i = 0; i < b->whole; i++) {
		record = json_array_get(b->file.records, i);
		record_count(record, &r->counts);
		number = record_int(record, "boot");
		if (number > r->last)
			r->last = number;
	}
	r->run = json_incref(json_array_get(b->file.records, 0));
	return results_keep(&r->w, b->whole);
}
