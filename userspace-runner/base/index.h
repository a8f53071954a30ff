/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds things by a text, in the same time however many there are.
 *
 * The hash table is jansson's: its hash has a seed of each process, so that nobody
 * can write a file whose texts all fall into one place.
 */
#ifndef PCPUBENCH_BASE_INDEX_H
#define PCPUBENCH_BASE_INDEX_H

#include <jansson.h>
#include <stddef.h>

/* All zero is an empty one. */
struct index {
	json_t *numbers;
};

#define INDEX_NONE	((size_t)-1)

/* The number of @key, or INDEX_NONE. */
size_t index_get(const struct index *x, const char *key);

/**
 * index_add - the number of @key, which becomes @number if it has none
 * @had: receives its number: @number itself if @key is new
 *
 * 0, or EX_FAIL with err().
 */
int index_add(struct index *x, const char *key, size_t number, size_t *had);

/* Give @key this number, whether it has one or not. 0, or EX_FAIL with err(). */
int index_set(struct index *x, const char *key, size_t number);

void index_drop(struct index *x, const char *key);

/* How many keys there are. */
size_t index_size(const struct index *x);

void index_free(struct index *x);

#endif
