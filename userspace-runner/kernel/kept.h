/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The content of the kernel cache. Each folder KIND/ID in it is an entry, made
 * by kernel-patches/build-kernel and other builders; users of an entry lock it.
 */
#ifndef PCPUBENCH_KERNEL_KEPT_H
#define PCPUBENCH_KERNEL_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct kept_entry {
	char *kind, *id;
	char *name;		/* its content, for people */
	uint64_t bytes;		/* that it takes on disk */
	time_t used;		/* when it was last used */
};

struct kept {
	struct kept_entry *entries;	/* the last one used first */
	size_t nr;
};

/**
 * kept_list - list what the cache holds
 *
 * 0 or EX_FAIL with err(); call kept_free() in both cases.
 */
int kept_list(struct kept *kept);

void kept_free(struct kept *kept);

/* All of it, in bytes. */
uint64_t kept_bytes(const struct kept *kept);

/**
 * kept_remove - remove an entry
 * @in_use: receives true if it is in use and therefore stays
 *
 * 0 or EX_FAIL with err().
 */
int kept_remove(const struct kept_entry *entry, bool *in_use);

/**
 * kept_hold - keep the entry that a file is in from being removed
 *
 * Returns a descriptor to close when it is no longer needed, -1 if the file is
 * in no entry.
 */
int kept_hold(const char *path);

/**
 * kept_parse_size - "10G", "512M", "64K" or bytes
 *
 * EX_USE naming @what.
 */
int kept_parse_size(const char *what, const char *text, uint64_t *bytes);

/* "1.8 GB", in at most 7 characters. */
void kept_size_text(uint64_t bytes, char text[16]);

/**
 * kept_limit - how large the cache may get, from $PCPUBENCH_CACHE_LIMIT
 *
 * EX_USE when that is not a size.
 */
int kept_limit(uint64_t *bytes);

/**
 * kept_trim - bring the cache below a size
 * @removed: receives the bytes that were freed
 *
 * Removes the least recently used entries, but none in use. 0 or EX_FAIL with
 * err().
 */
int kept_trim(uint64_t limit, uint64_t *removed);

#endif
