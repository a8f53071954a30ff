// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the one error message that main() prints. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/safe.h"

static char message[ERR_MESSAGE];

static void say(const char *fmt, va_list ap)
{
	char text[ERR_MESSAGE];

	/* The last message may be a part of this one. */
	vsnprintf(text, sizeof(text), fmt, ap);
	memcpy(message, text, sizeof(message));
	/* Names of strangers are in it, and it goes to a terminal, on one line. */
	safe_text(message);
}

int err(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	return code;
}

int err_errno(int code, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	len = strlen(message);
	snprintf(message + len, sizeof(message) - len, ": %s", strerror(saved));
	return code;
}

const char *err_message(void)
{
	return message;
}

struct err_kept err_keep(void)
{
	struct err_kept kept;

	memcpy(kept.message, message, sizeof(message));
	return kept;
}

int err_first(const struct err_kept *kept, int ret, int ret2)
{
	return ret ? err(ret, "%s", kept->message) : ret2;
}
