/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of strangers, made safe to print. */
#ifndef PCPUBENCH_BASE_SAFE_H
#define PCPUBENCH_BASE_SAFE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * safe_character - the length in bytes of the character at @s, not the final NUL
 * @safe: false if it drives a terminal, turns the direction of a line, ends one, or
 *	is no character of UTF-8 (then the length is 1)
 */
size_t safe_character(const char *s, bool *safe);

/**
 * safe_text - replace in @s what must not be printed, in place
 *
 * Each character that is not safe becomes '?'. So does one of what a GitHub job takes
 * for a command: "##[" anywhere in a line, "::" at its start.
 */
void safe_text(char *s);

/* Would safe_text() leave @s as it is? */
bool safe_is(const char *s);

/* Does @s begin a command of a GitHub job ("::"), if it begins a line? */
bool safe_is_command(const char *s);

#endif
