// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers as the tables print them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "doc/figures.h"

char *figure_percent(char text[FIGURE_LEN], double value)
{
	snprintf(text, FIGURE_LEN, fabs(value) < 1e6 ? "%+.1f%%" : "%+.1e%%",
		 value);
	return text;
}

char *figure_amount(char text[FIGURE_LEN], double value, bool sign)
{
	double size = fabs(value);
	int digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;

	if (size >= 1e12)
		snprintf(text, FIGURE_LEN, sign ? "%+.3e" : "%.3e", value);
	else
		snprintf(text, FIGURE_LEN, sign ? "%+.*f" : "%.*f", digits,
			 value);
	return text;
}

char *figure_exact(char text[FIGURE_LEN], double value, bool sign)
{
	size_t len;

	if (fabs(value) >= 1e12 || (value != 0 && fabs(value) < 0.005)) {
		snprintf(text, FIGURE_LEN, sign ? "%+.2g" : "%.2g", value);
		return text;
	}
	snprintf(text, FIGURE_LEN, sign && value != 0 ? "%+.2f" : "%.2f",
		 value);
	len = strlen(text);
	while (text[len - 1] == '0')
		text[--len] = '\0';
	if (text[len - 1] == '.')
		text[len - 1] = '\0';
	return text;
}

char *figure(char text[FIGURE_LEN], double value, bool sign, bool exact)
{
	return exact ? figure_exact(text, value, sign) :
		       figure_amount(text, value, sign);
}
