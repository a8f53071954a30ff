// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines that a call has written: a hash table that calls share. */
#include <stdbool.h>
#include <stdlib.h>

#include "lines.h"

#define FIRST_ROOM	4096	/* a power of two, as all sizes */

struct slot {
	uint64_t line;
	uint64_t call;		/* the last one that wrote it; 0: empty */
};

struct lines {
	struct slot *slots;
	uint64_t room, used;	/* @used: also by earlier calls */
	uint64_t call, written;	/* @written: lines in this call */
};

struct lines *lines_new(void)
{
	struct lines *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->room = FIRST_ROOM;
	l->call = 1;
	l->slots = calloc(l->room, sizeof(*l->slots));
	if (l->slots)
		return l;
	free(l);
	return NULL;
}

void lines_free(struct lines *l)
{
	free(l->slots);
	free(l);
}

void lines_next_call(struct lines *l)
{
	l->call++;
	l->written = 0;
}

/* The slot of @line, or the empty one where it belongs. */
static struct slot *find(const struct lines *l, uint64_t line)
{
	/* Fibonacci hashing: Knuth, The Art of Computer Programming 3, 6.4. */
	uint64_t i = (line * 0x9e3779b97f4a7c15ULL) >> 32;

	while (l->slots[i & (l->room - 1)].call &&
	       l->slots[i & (l->room - 1)].line != line)
		i++;
	return &l->slots[i & (l->room - 1)];
}

/* Keep only this call's lines, in a table that they fill to a quarter. */
static bool make_room(struct lines *l)
{
	struct lines new = *l;
	uint64_t i;

	while (new.room < 4 * l->written)
		new.room *= 2;
	new.slots = calloc(new.room, sizeof(*new.slots));
	if (!new.slots)
		return false;
	for (i = 0; i < l->room; i++)
		if (l->slots[i].call == l->call)
			*find(&new, l->slots[i].line) = l->slots[i];
	new.used = l->written;
	free(l->slots);
	*l = new;
	return true;
}

int lines_store(struct lines *l, uint64_t vaddr, unsigned int bytes)
{
	uint64_t line = vaddr >> LINE_SHIFT;
	uint64_t last = (vaddr + bytes - 1) >> LINE_SHIFT;
	struct slot *slot;
	int fresh = 0;

	for (; line <= last; line++) {
		slot = find(l, line);
		if (slot->call == l->call)
			continue;
		if (!slot->call && 2 * l->used >= l->room) {
			if (!make_room(l))
				return -1;
			slot = find(l, line);
		}
		l->used += !slot->call;
		*slot = (struct slot){ .line = line, .call = l->call };
		l->written++;
		fresh++;
	}
	return fresh;
}
