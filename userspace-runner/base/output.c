// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/output.h"

static int replace(const char *path, const char *text, size_t len)
{
	char *tmp = NULL;
	FILE *out;
	int e = 0;

	if (asprintf(&tmp, "%s.%d.tmp", path, (int)getpid()) < 0)
		return no_memory();
	out = fopen(tmp, "we");
	if (!out) {
		e = err_errno(EX_FAIL, "cannot write %s", path);
		goto out;
	}
	if (fwrite(text, 1, len, out) != len)
		e = err_errno(EX_FAIL, "cannot write %s", path);
	if (fclose(out) && !e)
		e = err_errno(EX_FAIL, "cannot write %s", path);
	if (!e && rename(tmp, path))
		e = err_errno(EX_FAIL, "cannot write %s", path);
	if (e)
		unlink(tmp);
out:
	free(tmp);
	return e;
}

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
		e = replace(path, text, len);
	else if (!e && (fwrite(text, 1, len, stdout) != len || fflush(stdout)))
		e = err_errno(EX_FAIL, "cannot write to the standard output");
	free(text);
	return e;
}
