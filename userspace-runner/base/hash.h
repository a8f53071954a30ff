/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hashes of files and texts: one that proves, and one that is fast. */
#ifndef PCPUBENCH_BASE_HASH_H
#define PCPUBENCH_BASE_HASH_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/**
 * hash_file - SHA-256 of the content of a file, 64 hex digits and a NUL
 *
 * EX_USE when it cannot be read.
 */
int hash_file(const char *path, char hash[65]);

/*
 * FNV-1a of 64 bits: tells apart what nobody made to look alike. Start with
 * HASH_START, or go on with what it returned.
 */
#define HASH_START	0xcbf29ce484222325ULL
uint64_t hash_bytes(uint64_t hash, const void *data, size_t len);
uint64_t hash_text(uint64_t hash, const char *text);

/* Put @hash into an object, as 16 digits. */
void hash_put(json_t *object, const char *name, uint64_t hash);

/* ... hash_bytes() of a file's content. EX_USE when it cannot be read. */
int hash_put_file(json_t *object, const char *name, const char *path);

#endif
