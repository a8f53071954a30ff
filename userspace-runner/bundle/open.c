// SPDX-License-Identifier: GPL-2.0-or-later
/* Opens a bundle: unpacks it, checks who signed it, and what builds will read. */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "bundle/archive.h"
#include "bundle/open.h"
#include "bundle/pack.h"

/* What build-kernel takes of such a text, too. */
#define TEXT_MOST	(1 << 20)

static int refuse(const char *path, const char *why)
{
	return err(EX_USE, "the bundle is refused: %s: %s", path, why);
}

struct series_folder {
	const struct bundle *b;
	const char *name;	/* in the bundle, such as "kernels/1-d" */
	size_t nr_lines;
};

static const json_t *find_member(const struct series_folder *f, const char *name)
{
	char member[PATH_MAX];

	snprintf(member, sizeof(member), "%s/%s", f->name, name);
	return json_object_get(json_object_get(f->b->manifest, "members"),
			       member);
}

static bool has_member(const struct series_folder *f, const char *name)
{
	return find_member(f, name);
}

/* git apply's options, as a series file may have them. */
static bool is_option(const char *word)
{
	if (!strcmp(word, "-R"))
		return true;
	if (strncmp(word, "-p", 2) || !word[2])
		return false;
	return !word[2 + strspn(word + 2, "0123456789")];
}

/* "# comment" or "PATCH [-pN] [-R]", PATCH a file beside it. */
static int check_series_line(char *line, void *arg)
{
	char *save = NULL, *word;
	struct series_folder *f = arg;

	if (line[0] == '#')
		return 0;
	word = strtok_r(line, " ", &save);
	/* "series NAME" would be another series. */
	if (!word || !archive_name_ok(word) || strchr(word, '/') ||
	    !strcmp(word, "series") || !has_member(f, word))
		return refuse(f->name, "its series names a patch that is not in it");
	while ((word = strtok_r(NULL, " ", &save)))
		if (!is_option(word))
			return refuse(f->name, "its series has another option than -pN and -R");
	return 0;
}

static int check_plain(const struct series_folder *f, const char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			return refuse(f->name, "a text in it has control characters");
	return 0;
}

/* The builder prints these among fields of its own, so they are one plain line. */
static int check_text_line(char *line, void *arg)
{
	struct series_folder *f = arg;

	if (f->nr_lines++)
		return refuse(f->name, "a text in it has more than one line");
	return check_plain(f, line);
}

/* A word, a tab and a text: import-series makes such lines. */
static int check_origin_line(char *line, void *arg)
{
	struct series_folder *f = arg;
	size_t len = strspn(line, "abcdefghijklmnopqrstuvwxyz");

	if (!len || line[len] != '\t')
		return refuse(f->name, "its origin has a line that is no word and text");
	return check_plain(f, line + len + 1);
}

static int check_lines(struct series_folder *f, const char *name, line_fn check)
{
	const json_t *member = find_member(f, name);
	char path[PATH_MAX], *text;
	bool whole;
	int ret;

	if (!member)
		return 0;
	if (record_int(member, "size") > TEXT_MOST)
		return refuse(f->name, "a text in it is larger than 1 MiB");
	f->nr_lines = 0;
	snprintf(path, sizeof(path), "%s/%s/%s", f->b->folder.path, f->name, name);
	text = read_text(path);
	if (!text)
		return err_errno(EX_FAIL, "%s", path);
	/* A line's end by a NUL is none to a shell. */
	whole = (json_int_t)strlen(text) == record_int(member, "size");
	free(text);
	if (!whole)
		return refuse(f->name, "a text in it has a NUL");
	ret = read_lines(path, check, f);
	return ret < 0 ? err_errno(EX_FAIL, "%s", path) : ret;
}

/*
 * What build-kernel reads in a series folder. Of `headers` and `image` it would take
 * a kernel and a makefile from anywhere.
 */
static int check_folder(const struct bundle *b, const char *name)
{
	struct series_folder f = { .b = b, .name = name };
	int ret;

	if (!archive_name_ok(name) || strncmp(name, "kernels/", 8))
		return refuse(MANIFEST, "a kernel's folder has another name");
	if (!has_member(&f, "series") || !has_member(&f, "origin"))
		return refuse(name, "it is no series folder");
	if (has_member(&f, "headers") || has_member(&f, "image"))
		return refuse(name, "it has more than patches");
	ret = check_lines(&f, "series", check_series_line);
	if (!ret)
		ret = check_lines(&f, "origin", check_origin_line);
	if (!ret)
		ret = check_lines(&f, "cmdline", check_text_line);
	return ret ? ret : check_lines(&f, "multi-node-note", check_text_line);
}

static int check_kernels(struct bundle *b)
{
	const char *name;
	json_t *folder;
	int ret = 0;

	b->kernels = json_object_get(b->manifest, "kernels");
	if (!json_is_object(b->kernels))
		return refuse(MANIFEST, "it names no kernels");
	json_object_foreach((json_t *)b->kernels, name, folder) {
		if (!boots_kernel(&b->then, name))
			ret = refuse(MANIFEST, "it names a kernel that was not measured");
		else if (!json_is_string(folder))
			ret = refuse(MANIFEST, "a kernel has no folder");
		else
			ret = check_folder(b, json_string_value(folder));
		if (ret)
			break;
	}
	return ret;
}

int bundle_open(struct bundle *b, const char *path)
{
	char member[PATH_MAX];
	int ret;

	memset(b, 0, sizeof(*b));
	ret = folder_make(&b->folder, "bundle");
	if (!ret)
		ret = archive_unpack(path, b->folder.path, &b->manifest);
	if (ret)
		return ret;
	snprintf(member, sizeof(member), "%s/%s", b->folder.path, MANIFEST);
	ret = sign_check(member, b->signer);
	if (!ret && !json_object_get(json_object_get(b->manifest, "members"),
				     BUNDLE_RESULTS))
		ret = refuse(path, "it has no " BUNDLE_RESULTS);
	snprintf(member, sizeof(member), "%s/%s", b->folder.path, BUNDLE_RESULTS);
	if (!ret)
		ret = boots_read(member, &b->then);
	return ret ? ret : check_kernels(b);
}

int bundle_close(struct bundle *b)
{
	json_decref(b->manifest);
	boots_free(&b->then);
	return folder_remove(&b->folder);
}
