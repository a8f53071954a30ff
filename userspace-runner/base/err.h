/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one way to report an error. The function that finds it says with err() in
 * one line what is wrong and what to do, and returns the exit code; its callers
 * pass the code on; main() prints the line.
 */
#ifndef PCPUBENCH_BASE_ERR_H
#define PCPUBENCH_BASE_ERR_H

/* Exit codes of every command. Functions that can fail return 0 or one. */
enum {
	EX_FAIL = 1,	/* it did not work; for `gate`: a regression */
	EX_USE = 2,	/* wrong usage or unreadable input */
	EX_INVALID = 3,	/* measured, but nothing valid */
	EX_INTR = 130,	/* interrupted, as a shell reports SIGINT */
};

/**
 * err - remember an error message and hand back its exit code
 * @code: one of the codes above
 *
 * A later message replaces an earlier one. Returns @code.
 */
int err(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* err() with ": " and the text of errno at its end. */
int err_errno(int code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The message err() remembered, "" when there is none. */
const char *err_message(void);

#define ERR_MESSAGE	1024

/* The message kept over a clean-up, which may have errors of its own. */
struct err_kept {
	char message[ERR_MESSAGE];
};

struct err_kept err_keep(void);

/*
 * The first error is the one to report: @ret with the message kept, or, if that
 * is 0, the clean-up's @ret2.
 */
int err_first(const struct err_kept *kept, int ret, int ret2);

#endif
