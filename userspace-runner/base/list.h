/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_BASE_LIST_H
#define PCPUBENCH_BASE_LIST_H

/**
 * list_each - hand each word of a list to @take
 * @what: one of its words, for messages: "size"
 * @text: words with a comma or blanks in between
 * @take: gets a word, and @arg; ends the list by returning other than 0
 *
 * 0, or what @take returned, or EX_USE with err() where there is no word at all or
 * none before or after a comma.
 */
int list_each(const char *what, const char *text,
	      int (*take)(char *word, void *arg), void *arg);

#endif
