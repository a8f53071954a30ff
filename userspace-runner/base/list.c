// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists as people give them: words with commas in between. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/list.h"
#include "base/memory.h"

static const char blanks[] = " \t\n";

static int no_word(const char *what, const char *text)
{
	if (text[strspn(text, blanks)])
		return err(EX_USE, "%s: '%s' has a comma too many", what, text);
	return err(EX_USE, "no %s given: give one, or more with commas in between",
		   what);
}

int list_each(const char *what, const char *text,
	      int (*take)(char *word, void *arg), void *arg)
{
	char *copy = strdup(text), *word = copy, *end, *next;
	int ret = copy ? 0 : no_memory();
	bool more = true;

	while (!ret && more) {
		word += strspn(word, blanks);
		end = word + strcspn(word, ", \t\n");
		next = end + strspn(end, blanks);
		more = *next;
		next += *next == ',';
		if (end == word) {
			ret = no_word(what, text);
			break;
		}
		*end = '\0';
		ret = take(word, arg);
		word = next;
	}
	free(copy);
	return ret;
}
