/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_BASE_NEAR_H
#define PCPUBENCH_BASE_NEAR_H

/**
 * nearest - which of @words may have been meant by @word
 * @words: NULL ends them
 *
 * The one that the fewest changed, missing, superfluous or swapped letters make
 * of it (optimal string alignment), NULL when that is more than every third.
 */
const char *nearest(const char *word, const char *const *words);

#endif
