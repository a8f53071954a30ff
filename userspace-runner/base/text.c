// SPDX-License-Identifier: GPL-2.0-or-later
/* Text that may not be there. */
#include <string.h>

#include "base/text.h"

bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}
