// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the one error message that main() prints. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static char message[1024];

static void say(const char *fmt, va_list ap)
{
	vsnprintf(message, sizeof(message), fmt, ap);
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
