/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as the tables print them. */
#ifndef PCPUBENCH_DOC_FIGURES_H
#define PCPUBENCH_DOC_FIGURES_H

#include <stdbool.h>

#define FIGURE_LEN	24	/* of a number as text, with its NUL */

/* All of these return @text. */

/* "+6.4%"; "+1.2e+07%" if it is too large for a column. */
char *figure_percent(char text[FIGURE_LEN], double value);

/*
 * Three digits or whole units: with fewer, numbers would look the same.
 * @sign: print a + too
 */
char *figure_amount(char text[FIGURE_LEN], double value, bool sign);

/*
 * For exact numbers, which must not be rounded: all digits down to a hundredth,
 * of smaller numbers the first two.
 */
char *figure_exact(char text[FIGURE_LEN], double value, bool sign);

/* figure_exact() or figure_amount(). */
char *figure(char text[FIGURE_LEN], double value, bool sign, bool exact);

#endif
