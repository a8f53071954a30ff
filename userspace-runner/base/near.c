// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the word that a mistyped one may stand for. */
#include <string.h>

#include "base/near.h"

#define LONGEST	32

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* @d[i][j]: letters to change until the first i of @a are the first j of @b. */
static unsigned int distance(const char *a, size_t len_a, const char *b,
			     size_t len_b)
{
	unsigned int d[LONGEST + 1][LONGEST + 1];
	size_t i, j;

	for (i = 0; i <= len_a; i++)
		d[i][0] = i;
	for (j = 0; j <= len_b; j++)
		d[0][j] = j;
	for (i = 1; i <= len_a; i++)
		for (j = 1; j <= len_b; j++) {
			d[i][j] = least(d[i - 1][j - 1] +
					(a[i - 1] != b[j - 1]),
					1 + least(d[i - 1][j], d[i][j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[len_a][len_b];
}

const char *nearest(const char *word, const char *const *words)
{
	size_t len = strlen(word), other;
	const char *best = NULL;
	unsigned int changes, least_changes = len / 3 + 1;

	for (; *words && len <= LONGEST; words++) {
		other = strlen(*words);
		if (other > LONGEST)
			continue;
		changes = distance(word, len, *words, other);
		if (changes < least_changes) {
			least_changes = changes;
			best = *words;
		}
	}
	return best;
}
