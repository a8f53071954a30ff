// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads lists of numbers as sysfs has them. */
#include <ctype.h>
#include <stdlib.h>

#include "base/ranges.h"

bool ranges_next(const char **list, long *first, long *last)
{
	char *end;

	if (!isdigit((unsigned char)**list))
		return false;
	*first = *last = strtol(*list, &end, 10);
	if (*end == '-')
		*last = strtol(end + 1, &end, 10);
	*list = end + (*end == ',');
	return true;
}

bool ranges_has(const char *list, long number)
{
	long first, last;

	while (ranges_next(&list, &first, &last))
		if (number >= first && number <= last)
			return true;
	return false;
}
