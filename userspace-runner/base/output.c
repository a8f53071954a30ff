// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes output whole or not at all; JSON and CSV. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/text.h"
#include "base/text_stream.h"

int output_write(const char *path, output_fn fn, const void *what)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = text_stream(&text, &len);
	int e;

	if (!out)
		return no_memory();
	/* Report a reader that went away like any other error. */
	signal(SIGPIPE, SIG_IGN);
	e = fn(out, what);
	if (fclose(out) && !e)
		e = no_memory();
	if (!e && path)
		e = replace_file(path, text);
	else if (!e && (fwrite(text, 1, len, stdout) != len || fflush(stdout)))
		e = err_errno(EX_FAIL, "cannot write to the standard output");
	free(text);
	return e;
}

int output_json(FILE *out, json_t *json)
{
	int bad;

	if (!json)
		return no_memory();
	bad = json_dumpf(json, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	fputc('\n', out);
	json_decref(json);
	return bad ? no_memory() : 0;
}

json_t *json_number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static void put_field(FILE *out, const json_t *val)
{
	if (json_is_string(val))
		text_csv(out, json_string_value(val));
	else if (json_is_integer(val))
		fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(val));
	else if (json_is_real(val))
		fprintf(out, "%.10g", json_real_value(val));
	else if (json_is_boolean(val))
		fputc(json_is_true(val) ? '1' : '0', out);
}

int output_csv(FILE *out, const char *columns, json_t *rows)
{
	const char *at;
	char name[64];
	size_t i, len;
	json_t *row;

	if (!rows)
		return no_memory();
	fprintf(out, "%s\n", columns);
	json_array_foreach(rows, i, row) {
		for (at = columns; *at; at += len + !!at[len]) {
			len = strcspn(at, ",");
			snprintf(name, sizeof(name), "%.*s", (int)len, at);
			put_field(out, json_object_get(row, name));
			fputc(at[len] ? ',' : '\n', out);
		}
	}
	json_decref(rows);
	return 0;
}
