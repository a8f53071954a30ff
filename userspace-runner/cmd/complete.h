/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion of a command line, for any shell, from the commands' tables. */
#ifndef PCPUBENCH_CMD_COMPLETE_H
#define PCPUBENCH_CMD_COMPLETE_H

#include <stddef.h>
#include <stdio.h>

/**
 * complete - print what the last word may become, a line each
 * @words: those after "pcpubench"
 *
 * A line is a word, a tab, and what it means. An option that wants a value ends
 * in =. A line "*" stands for names of files. Returns 0 or an exit code.
 */
int complete(FILE *out, char *const *words, size_t nr);

#endif
