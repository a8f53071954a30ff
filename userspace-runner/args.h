/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_ARGS_H
#define PCPUBENCH_ARGS_H

#include <argp.h>

/**
 * parse_args - argp_parse(), but what is wrong is one line of err()
 *
 * --help and --usage print and exit as ever. 0, or the exit code that a parser
 * returned with its err(), or EX_USE for an option that nobody knows.
 */
int parse_args(const struct argp *argp, int argc, char **argv, void *input);

#endif
