/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_BASE_NEAR_H
#define PCPUBENCH_BASE_NEAR_H

/**
 * nearest - which of @words may have been meant by @word
 * @words: NULL ends them
 *
 * The word with the fewest changed, missing, superfluous or swapped letters
 * (optimal string alignment). NULL if that is more than a third of the letters.
 */
const char *nearest(const char *word, const char *const *words);

#endif
