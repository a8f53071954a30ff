/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as the tables print them. */
#ifndef PCPUBENCH_DOC_FIGURES_H
#define PCPUBENCH_DOC_FIGURES_H

#include <stdbool.h>

#include "doc/doc.h"

/* "+6.4%"; so large that it fits no column: "+1.2e+07%". */
void figure_percent(char text[GRID_CELL_LEN], double value);

/*
 * Three digits or whole units: below that two numbers would look the same.
 * @sign: with a sign always
 */
void figure_amount(char text[GRID_CELL_LEN], double value, bool sign);

/*
 * For exact numbers, of which no part may be lost to rounding: all digits down
 * to a hundredth, or the first two of what is smaller.
 */
void figure_exact(char text[GRID_CELL_LEN], double value, bool sign);

#endif
