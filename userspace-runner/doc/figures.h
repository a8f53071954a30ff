/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as the tables print them. */
#ifndef PCPUBENCH_DOC_FIGURES_H
#define PCPUBENCH_DOC_FIGURES_H

#include <stdbool.h>

#define FIGURE_LEN	24	/* of a number as text, with its NUL */

/* All of these return @text. */

/* "+6.4%"; so large that it fits no column: "+1.2e+07%". */
char *figure_percent(char text[FIGURE_LEN], double value);

/*
 * Three digits or whole units: below that two numbers would look the same.
 * @sign: with a sign always
 */
char *figure_amount(char text[FIGURE_LEN], double value, bool sign);

/*
 * For exact numbers, of which no part may be lost to rounding: all digits down
 * to a hundredth, or the first two of what is smaller.
 */
char *figure_exact(char text[FIGURE_LEN], double value, bool sign);

/* The one or the other. */
char *figure(char text[FIGURE_LEN], double value, bool sign, bool exact);

#endif
