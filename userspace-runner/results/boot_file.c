// SPDX-License-Identifier: GPL-2.0-or-later
/* One boot in a file of its own: written at once, and read with distrust. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/text_stream.h"
#include "results/boot_file.h"

#define SUM_LEN	17

/* Of all lines but the first, which has it. */
static void sum_of(const char *records, char sum[SUM_LEN])
{
	snprintf(sum, SUM_LEN, "%016" PRIx64, hash_text(HASH_START, records));
}

static int put(FILE *out, const json_t *record)
{
	char *line;
	size_t len;
	int ret = results_dump_line(record, &line, &len);

	if (!ret)
		fwrite(line, 1, len, out);
	free(line);
	return ret;
}

/* A copy of @record that says it is of boot 1. */
static json_t *first_boot(const json_t *record)
{
	json_t *copy = json_pack("{s:O, s:i}", "type",
				 json_object_get(record, "type"), "boot", 1);

	json_object_update_missing(copy, (json_t *)record);
	return copy;
}

static int put_boot(FILE *out, const json_t *kernel, const json_t *boot,
		    const json_t *cells)
{
	struct record_counts n = { 0 };
	json_t *record = NULL;
	const json_t *cell;
	size_t i;
	int ret = put(out, kernel);

	json_array_foreach(cells, i, cell) {
		record = first_boot(cell);
		record_count(record, &n);
		if (!ret)
			ret = put(out, record);
		json_decref(record);
	}
	record = first_boot(boot);
	record_count(record, &n);
	if (!ret)
		ret = put(out, record);
	json_decref(record);
	record = record_end(&n);
	if (!ret)
		ret = put(out, record);
	json_decref(record);
	return ret;
}

/* Without what its command had besides, such as all that a sweep wants. */
static json_t *make_run(const json_t *run, const json_t *key,
			const char *records)
{
	json_t *copy = json_copy((json_t *)run);
	char sum[SUM_LEN];

	sum_of(records, sum);
	json_object_del(copy, "sweep");
	json_object_del(copy, "series");
	json_object_set_new(copy, "known", json_pack("{s:O, s:s}", "key", key,
						     "sum", sum));
	return copy;
}

int boot_file_write(const char *path, const json_t *run, const json_t *key,
		    const json_t *kernel, const json_t *boot,
		    const json_t *cells)
{
	char *records = NULL, *line = NULL, *text = NULL;
	json_t *first = NULL;
	size_t len;
	FILE *out = text_stream(&records, &len);
	int ret = out ? put_boot(out, kernel, boot, cells) : no_memory();

	if (out && fclose(out))
		ret = no_memory();
	if (!ret) {
		first = make_run(run, key, records);
		ret = results_dump_line(first, &line, &len);
	}
	if (!ret && asprintf(&text, "%.*s%s", (int)len, line, records) < 0) {
		text = NULL;
		ret = no_memory();
	}
	if (!ret)
		ret = install_file(path, text);
	json_decref(first);
	free(line);
	free(records);
	free(text);
	return ret;
}

static int damaged(const char *path, const char *why)
{
	return err(EX_USE, "%s is damaged: %s", path, why);
}

static int check_sum(const char *path, const struct boots *b)
{
	const json_t *run = json_array_get(b->file.records, 0);
	const char *had = record_string(run, "known.sum"), *records;
	char *text = read_text(path), sum[SUM_LEN] = "";

	records = text ? strchr(text, '\n') : NULL;
	if (records)
		sum_of(records + 1, sum);
	free(text);
	return had && !strcmp(had, sum) ? 0 :
	       damaged(path, "its sum is not that of its records");
}

int boot_file_read(const char *path, struct boots *b)
{
	int ret = boots_read(path, b);

	if (ret)
		return ret;
	ret = check_sum(path, b);
	if (!ret && (b->nr != 1 || !boot_is_ok(b->list) || !b->file.ended))
		ret = damaged(path, "it does not hold one whole boot");
	if (ret)
		boots_free(b);
	return ret;
}

const json_t *boot_file_key(const struct boots *b)
{
	return record_at(json_array_get(b->file.records, 0), "known.key");
}
