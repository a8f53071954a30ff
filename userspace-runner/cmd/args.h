/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_CMD_ARGS_H
#define PCPUBENCH_CMD_ARGS_H

#include <argp.h>
#include <stddef.h>

#include "results/table.h"

/**
 * parse_args - argp_parse(), but what is wrong is one line of err()
 *
 * --help and --usage print and exit as ever. 0, or the exit code that a parser
 * returned with its err(), or EX_USE for an option that nobody knows.
 */
int parse_args(const struct argp *argp, int argc, char **argv, void *input);

/* FILE... of a command that reads results files. */
struct file_args {
	char **files;
	size_t nr;
};

/**
 * parse_files - a parser's default case, where a command takes FILE...
 * @which: ends the message where there is none, such as "made with --instrument model"
 */
error_t parse_files(int key, struct argp_state *state, struct file_args *files,
		    const char *which);

/**
 * parse_word - which of @words an option's value is
 * @words: NULL ends them
 * @val: receives its index
 *
 * 0, or EX_USE naming them all.
 */
int parse_word(const char *what, const char *arg, const char *const *words,
	       int *val);

/* table_load(), with a warning for each file whose last line was cut off. */
int files_load(struct table *t, const struct file_args *files);

/* That warning. */
void warn_torn(const struct table *t);

#endif
