// SPDX-License-Identifier: GPL-2.0-or-later
/* All of a text or nothing of it. */
#include <signal.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/output.h"

int output_write(const char *path, output_fn fn, const void *what)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int e;

	if (!out)
		return no_memory();
	/* A reader that went away is an error to report like any other. */
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
