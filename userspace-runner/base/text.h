/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that may not be there. */
#ifndef PCPUBENCH_BASE_TEXT_H
#define PCPUBENCH_BASE_TEXT_H

#include <stdbool.h>

/* Are both the same, or both NULL? */
bool same_text(const char *a, const char *b);

#endif
