// SPDX-License-Identifier: GPL-2.0-or-later
/* What the GNU Scientific Library does where it fails. */
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/gsl.h"
#include "base/memory.h"

static void failed(const char *reason, const char *file, int line, int code)
{
	(void)reason;
	(void)file;
	(void)line;
	if (code != GSL_ENOMEM)
		return;
	no_memory();
	dprintf(STDERR_FILENO, "pcpubench: %s\n", err_message());
	_exit(EX_FAIL);
}

void gsl_tame(void)
{
	gsl_set_error_handler(failed);
}
