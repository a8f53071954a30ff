// SPDX-License-Identifier: GPL-2.0-or-later
/* Has the scripts of plots/ draw a command's output. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/paths.h"
#include "base/process.h"
#include "cmd/script.h"

#define PYTHON	"/usr/bin/python3"

int script_dir(const char *dir)
{
	char path[PATH_MAX];
	int ret;

	snprintf(path, sizeof(path), "%s/", dir);
	ret = make_parents(path);
	if (!ret && access(path, W_OK))
		ret = err_errno(EX_USE, "cannot write pictures to %s", dir);
	return ret;
}

static int read_output(const struct process *python, char **text)
{
	FILE *out;
	int code = process_read(python, &out);

	if (!out)
		return EX_FAIL;
	*text = read_stream(out);
	fclose(out);
	return *text ? code : EX_FAIL;
}

/* What a script's exit code says; style.py tells what it cannot write. */
static int drawn(int code)
{
	if (!code || code == EX_IOERR)
		return code ? EX_FAIL : 0;
	return err(EX_FAIL, "the pictures were not drawn: run '%s'",
		   path_deps());
}

int script_draw(const char *name, output_fn fn, const void *what,
		const char *arg, char **text)
{
	char script[PATH_MAX], path[32];
	/* -B: no __pycache__ beside the scripts. */
	const char *argv[] = { PYTHON, "-B", script, path, arg, NULL };
	const struct process python = { .argv = argv };
	FILE *in = scratch_file();
	int ret;

	if (!in)
		return EX_FAIL;
	snprintf(script, sizeof(script), "%s/plots/%s", path_data(), name);
	/* A name that also works for processes that the script starts. */
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(),
		 fileno(in));
	ret = fn(in, what);
	if (!ret && fflush(in))
		ret = err_errno(EX_FAIL, "cannot write to /tmp");
	if (!ret)
		ret = drawn(text ? read_output(&python, text) :
			    process_call(&python));
	fclose(in);
	return ret;
}
