/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bundle as a file: a tar archive of a folder's files, the manifest first. Packing
 * the same files gives the same bytes. Unpacking takes it for a stranger's.
 */
#ifndef PCPUBENCH_BUNDLE_ARCHIVE_H
#define PCPUBENCH_BUNDLE_ARCHIVE_H

#include <jansson.h>
#include <stdbool.h>
#include <time.h>

#define MANIFEST	"manifest.json"
#define SIGNATURE	MANIFEST ".sig"

/* What a bundle may have: members, bytes of one, of all, and of the manifest. */
#define BUNDLE_MEMBERS	4096
#define BUNDLE_MEMBER	(1LL << 30)
#define BUNDLE_BYTES	(2LL << 30)
#define BUNDLE_MANIFEST	(1LL << 20)

/*
 * May a member have this name? It has one to three parts with a slash in between,
 * each of letters, digits and . _ + -, beginning with a letter or digit.
 */
bool archive_name_ok(const char *name);

/*
 * The field `members` of a manifest: {NAME: {`size`, `sha256`}} of all files below
 * @dir. NULL with err() when one cannot be read or has another name.
 */
json_t *archive_members(const char *dir);

/**
 * archive_pack - write the files below @dir to the archive @output
 * @mtime: of every member
 *
 * The manifest and, if there is one, its signature come first, the others in the
 * order of their names. An old @output is replaced by the whole new one. 0 or
 * EX_FAIL.
 */
int archive_pack(const char *dir, const char *output, time_t mtime);

/**
 * archive_unpack - unpack what archive_pack() wrote, and nothing else
 * @dir: an empty folder of the caller's own, which nobody else writes to
 * @manifest: receives the manifest; NULL when it fails
 *
 * Each member is a plain file that the manifest names, with its size and hash; all
 * that it names are there; nothing follows. EX_USE, naming what is wrong; then some
 * files may be in @dir, and none outside.
 */
int archive_unpack(const char *path, const char *dir, json_t **manifest);

#endif
