/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_BASE_HASH_H
#define PCPUBENCH_BASE_HASH_H

/**
 * hash_file - SHA-256 of the content of a file, 64 hex digits and a NUL
 *
 * EX_USE when it cannot be read.
 */
int hash_file(const char *path, char hash[65]);

#endif
