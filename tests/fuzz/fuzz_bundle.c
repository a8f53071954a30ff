// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A bundle as its members, each after a line "=== NAME". The text before the first
 * is the manifest's `kernels`.
 */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundle/archive.h"
#include "bundle/open.h"
#include "fuzz.h"

#define BEGINS	"=== "

static void put(struct archive *ar, const char *name, const char *text, size_t len)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)len);
	archive_write_header(ar, entry);
	archive_write_data(ar, text, len);
	archive_entry_free(entry);
}

/* How long the text is up to the next member. */
static size_t text_len(const char *at, const char *end)
{
	const char *next = memmem(at, end - at, "\n" BEGINS, strlen(BEGINS) + 1);

	return (next ? next + 1 : end) - at;
}

/* Each member once into the manifest, where @ar is NULL, and once into the archive. */
static void each_member(const char *at, const char *end, json_t *members,
			struct archive *ar)
{
	char name[128];
	size_t len;

	while (at < end) {
		at += strlen(BEGINS);
		len = strcspn(at, "\n");
		snprintf(name, sizeof(name), "%.*s", (int)len, at);
		at += len + !!at[len];
		len = text_len(at, end);
		/* ssh-keygen is no matter of this. */
		if (ar && strcmp(name, SIGNATURE))
			put(ar, name, at, len);
		else if (!ar)
			json_object_set_new(members, name,
					    json_pack("{s:I, s:s}", "size",
						      (json_int_t)len, "sha256",
						      FUZZ_HASH));
		at += len;
	}
}

static int make(const char *text, size_t size, char path[FUZZ_PATH])
{
	const char *end = text + size;
	size_t len = strncmp(text, BEGINS, strlen(BEGINS)) ? text_len(text, end) : 0;
	json_t *members = json_object(), *manifest;
	int fd = fuzz_file("", 0, path);
	struct archive *ar = archive_write_new();
	char *line;

	each_member(text + len, end, members, NULL);
	manifest = json_pack("{s:i, s:o, s:o*}", "version", 1, "members", members,
			     "kernels", json_loadb(text, len, 0, NULL));
	line = json_dumps(manifest, 0);
	archive_write_set_format_pax_restricted(ar);
	archive_write_open_fd(ar, fd);
	put(ar, MANIFEST, line, strlen(line));
	each_member(text + len, end, members, ar);
	archive_write_free(ar);
	json_decref(manifest);
	free(line);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), path[FUZZ_PATH];
	struct bundle bundle;
	int fd = make(text, strlen(text), path);

	bundle_open(&bundle, path);
	if (bundle_close(&bundle))
		fuzz_fail("a bundle's folder is removed");
	close(fd);
	free(text);
	return 0;
}
