// SPDX-License-Identifier: GPL-2.0-or-later
/* Unpacks a bundle, which is a stranger's file: nothing in it is trusted. */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "bundle/archive.h"

#define SIGNATURE_BYTES	(1LL << 16)

/*
 * @path: of the bundle, for messages
 * @seen: names of the members that were unpacked
 */
struct unpack {
	const char *path, *dir;
	struct archive *ar;
	int dirfd;
	json_t *manifest, *members, *seen;
};

static int refuse(const struct unpack *u, const char *name, const char *why)
{
	return err(EX_USE, "%s is refused: its member '%.100s' %s", u->path,
		   name, why);
}

static int damaged(const struct unpack *u)
{
	const char *why = archive_error_string(u->ar);

	return err(EX_USE, "%s is refused: no whole bundle: %.100s", u->path,
		   why ? why : "it ends early");
}

static bool is_hash(const char *text)
{
	return text && strlen(text) == 64 &&
	       strspn(text, "0123456789abcdef") == 64;
}

/* All that the manifest promises is bounded before anything more is read. */
static int check_manifest(struct unpack *u)
{
	const json_t *version = json_object_get(u->manifest, "version");
	long long all = 0;
	const char *name;
	json_t *member;

	if (!json_is_integer(version))
		return refuse(u, MANIFEST, "is not a bundle's manifest");
	if (json_integer_value(version) != 1)
		return err(EX_USE, "%s is of version %lld of bundles, which this pcpubench does not know",
			   u->path, (long long)json_integer_value(version));
	u->members = json_object_get(u->manifest, "members");
	if (!json_is_object(u->members) ||
	    json_object_size(u->members) > BUNDLE_MEMBERS)
		return refuse(u, MANIFEST, "names no members, or too many");
	json_object_foreach(u->members, name, member) {
		const json_t *size = json_object_get(member, "size");

		if (!archive_name_ok(name) || !strcmp(name, MANIFEST) ||
		    !strcmp(name, SIGNATURE))
			return refuse(u, name, "may not have this name");
		if (!json_is_integer(size) || json_integer_value(size) < 0 ||
		    json_integer_value(size) > BUNDLE_MEMBER)
			return refuse(u, name, "is too large");
		if (!is_hash(json_string_value(json_object_get(member,
							       "sha256"))))
			return refuse(u, name, "has no SHA-256");
		all += json_integer_value(size);
	}
	return all > BUNDLE_BYTES ?
	       err(EX_USE, "%s is refused: it is larger than 2 GiB", u->path) :
	       0;
}

/* Make the folders of a checked name. */
static int make_folders(const struct unpack *u, const char *name)
{
	char folder[PATH_MAX];
	const char *slash;

	for (slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - name),
			 name);
		/* What is there may be a file; then opening below fails. */
		mkdirat(u->dirfd, folder, 0700);
	}
	return 0;
}

/* No more than @size bytes, whatever the archive has. */
static int copy_data(struct unpack *u, const char *name, int fd, long long size)
{
	static char data[1 << 16];
	la_ssize_t len;

	while ((len = archive_read_data(u->ar, data, sizeof(data))) > 0) {
		size -= len;
		if (size < 0)
			return refuse(u, name, "is longer than it says");
		if (write_all(fd, data, len))
			return err_errno(EX_FAIL, "cannot write to %s", u->dir);
	}
	if (len < 0)
		return damaged(u);
	return size ? refuse(u, name, "is shorter than it says") : 0;
}

static int write_member(struct unpack *u, const char *name, long long size)
{
	int fd, ret;

	make_folders(u, name);
	fd = openat(u->dirfd, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return refuse(u, name, "cannot be unpacked");
	ret = copy_data(u, name, fd, size);
	close(fd);
	return ret;
}

static int load_manifest(struct unpack *u, long long size)
{
	char path[PATH_MAX];
	json_error_t why;
	int ret;

	if (size > BUNDLE_MANIFEST)
		return refuse(u, MANIFEST, "is too large");
	ret = write_member(u, MANIFEST, size);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "%s/%s", u->dir, MANIFEST);
	u->manifest = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	if (!u->manifest)
		return refuse(u, MANIFEST, "is not JSON");
	return check_manifest(u);
}

static int take_named(struct unpack *u, const char *name, long long size)
{
	const json_t *member = json_object_get(u->members, name);
	char path[PATH_MAX], hash[65];
	int ret;

	if (!member)
		return refuse(u, name, "is not in its manifest");
	if (json_integer_value(json_object_get(member, "size")) != size)
		return refuse(u, name, "has another size than in its manifest");
	ret = write_member(u, name, size);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "%s/%s", u->dir, name);
	ret = hash_file(path, hash);
	if (!ret && strcmp(hash, json_string_value(json_object_get(member,
								   "sha256"))))
		ret = refuse(u, name, "has another content than in its manifest");
	return ret;
}

static int take_entry(struct unpack *u, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);
	long long size = archive_entry_size(entry);

	if (!name || !archive_name_ok(name))
		return refuse(u, name ? : "", "may not have this name");
	if (archive_entry_filetype(entry) != AE_IFREG ||
	    archive_entry_hardlink(entry) || archive_entry_symlink(entry))
		return refuse(u, name, "is not a plain file");
	if (!archive_entry_size_is_set(entry) || size < 0)
		return refuse(u, name, "has no size");
	if (json_object_get(u->seen, name))
		return refuse(u, name, "is there twice");
	json_object_set_new(u->seen, name, json_true());
	if (!u->manifest)
		return strcmp(name, MANIFEST) ?
		       err(EX_USE, "%s is refused: no bundle, which begins with %s",
			   u->path, MANIFEST) : load_manifest(u, size);
	if (strcmp(name, SIGNATURE))
		return take_named(u, name, size);
	return size > SIGNATURE_BYTES ? refuse(u, name, "is too large") :
	       write_member(u, name, size);
}

static int check_all_seen(const struct unpack *u)
{
	const char *name;
	json_t *member;

	json_object_foreach(u->members, name, member)
		if (!json_object_get(u->seen, name))
			return refuse(u, name, "is missing");
	return 0;
}

/* A tar archive ends in zeros. What else followed would be in no manifest. */
static int check_end(const struct unpack *u, int fd)
{
	static char data[1 << 16];
	ssize_t len;

	lseek(fd, archive_filter_bytes(u->ar, -1), SEEK_SET);
	while ((len = read(fd, data, sizeof(data))) > 0)
		for (ssize_t i = 0; i < len; i++)
			if (data[i])
				return err(EX_USE, "%s is refused: something follows its members",
					   u->path);
	return len < 0 ? err_errno(EX_USE, "%s", u->path) : 0;
}

static int take_all(struct unpack *u, int fd)
{
	struct archive_entry *entry;
	int ret = 0, got = ARCHIVE_EOF;

	archive_read_support_format_tar(u->ar);
	if (archive_read_open_fd(u->ar, fd, 1 << 16) != ARCHIVE_OK)
		return damaged(u);
	while (!ret &&
	       (got = archive_read_next_header(u->ar, &entry)) == ARCHIVE_OK)
		ret = take_entry(u, entry);
	if (!ret && (got != ARCHIVE_EOF || !u->manifest))
		ret = damaged(u);
	if (!ret)
		ret = check_all_seen(u);
	return ret ? ret : check_end(u, fd);
}

int archive_unpack(const char *path, const char *dir, json_t **manifest)
{
	struct unpack u = {
		.path = path, .dir = dir, .ar = archive_read_new(),
		.dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.seen = json_object(),
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;

	*manifest = NULL;
	if (!u.ar)
		ret = no_memory();
	else if (fd < 0)
		ret = err_errno(EX_USE, "cannot read the bundle %s", path);
	else if (u.dirfd < 0)
		ret = err_errno(EX_FAIL, "%s", dir);
	else
		ret = take_all(&u, fd);
	archive_read_free(u.ar);
	if (fd >= 0)
		close(fd);
	if (u.dirfd >= 0)
		close(u.dirfd);
	json_decref(u.seen);
	if (ret)
		json_decref(u.manifest);
	else
		*manifest = u.manifest;
	return ret;
}
