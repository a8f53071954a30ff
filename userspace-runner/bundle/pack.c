// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes a bundle: gathers its files in a folder, lists them, packs the folder. */
#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/output.h"
#include "base/paths.h"
#include "base/process.h"
#include "bundle/archive.h"
#include "bundle/pack.h"
#include "bundle/sign.h"
#include "report/repeat.h"
#include "results/table_load.h"

bool bundle_can_build(const json_t *kernel)
{
	const char *source = record_string(kernel, "source_id");

	return source && *source;
}

static int copy_file(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out, ret = 0;
	static char data[1 << 16];
	ssize_t len;

	if (in < 0)
		return err_errno(EX_USE, "cannot read %s", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		ret = err_errno(EX_FAIL, "cannot write %s", to);
	while (!ret && (len = read(in, data, sizeof(data)))) {
		if (len < 0)
			ret = err_errno(EX_USE, "cannot read %s", from);
		else if (write_all(out, data, len))
			ret = err_errno(EX_FAIL, "cannot write %s", to);
	}
	close(in);
	if (out >= 0)
		close(out);
	return ret;
}

/*
 * "kernels/3-thread.mbox": its number, and the end of its name as a member takes it. It
 * leaves room for a patch's name of the 64 characters that git gives it.
 */
#define FOLDER_NAME	20

static void kernel_folder(char folder[64], size_t nr, const char *name)
{
	size_t len = strlen(name);
	char *p;

	snprintf(folder, 64, "kernels/%zu-%s", nr,
		 name + (len > FOLDER_NAME ? len - FOLDER_NAME : 0));
	for (p = strchr(folder, '-') + 1; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._+-", *p))
			*p = '-';
}

/* Have the script make the series folder of a kernel. */
static int pack_kernel(const char *dir, const char *folder, const char *kernel)
{
	char script[PATH_MAX], results[PATH_MAX], path[PATH_MAX];
	char said[ERR_MESSAGE];
	const char *const argv[] = { script, results, kernel, path, NULL };
	int ret;

	snprintf(script, sizeof(script), "%s/kernel-patches/packed-series",
		 path_data());
	snprintf(results, sizeof(results), "%s/%s", dir, BUNDLE_RESULTS);
	snprintf(path, sizeof(path), "%s/%s/", dir, folder);
	ret = make_parents(path);
	if (ret || !process_run(argv, said, sizeof(said), 0))
		return ret;
	said[strcspn(said, "\n")] = '\0';
	return err(EX_USE, "%s", said[0] ? said : err_message());
}

/* @kernels: receives {NAME: folder} of those that can be built again */
static int pack_kernels(const char *dir, const struct table *t, json_t *kernels)
{
	const json_t *records = t->runs[0].boots.file.records, *record;
	const char *name;
	char folder[64];
	size_t i, nr = 0;
	int ret = 0;

	json_array_foreach(records, i, record) {
		if (!record_is(record, "kernel") || !bundle_can_build(record))
			continue;
		name = record_string(record, "kernel");
		kernel_folder(folder, ++nr, name);
		ret = pack_kernel(dir, folder, name);
		if (ret)
			break;
		json_object_set_new(kernels, name, json_string(folder));
	}
	return ret;
}

static int write_commands(FILE *out, const void *what)
{
	const struct table *t = what;

	fprintf(out, "# run %s, with %s\n", t->runs[0].id,
		t->runs[0].tool ? t->runs[0].tool : "an unknown pcpubench");
	return repeat_command(out, t, 0);
}

static int write_manifest(FILE *out, const void *what)
{
	return json_dumpf(what, out, JSON_INDENT(1) | JSON_SORT_KEYS) ||
	       fputc('\n', out) == EOF ? EX_FAIL : 0;
}

static time_t started_at(const char *text)
{
	struct tm tm = { 0 };

	return text && strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm) ? timegm(&tm) : 0;
}

/* All files but the manifest are in @dir. */
static int finish(const char *dir, const json_t *kernels, const char *output,
		  time_t mtime, bool sign)
{
	json_t *members = archive_members(dir), *manifest;
	char path[PATH_MAX];
	int ret;

	if (!members)
		return EX_FAIL;
	manifest = json_pack("{s:i, s:s, s:O, s:o}", "version", 1, "results",
			     BUNDLE_RESULTS, "kernels", kernels, "members",
			     members);
	snprintf(path, sizeof(path), "%s/%s", dir, MANIFEST);
	ret = output_write(path, write_manifest, manifest);
	json_decref(manifest);
	if (!ret && sign)
		ret = sign_file(path);
	return ret ? ret : archive_pack(dir, output, mtime);
}

static int gather(const char *dir, const char *results, const char *output,
		  bool sign)
{
	json_t *kernels = json_object();
	char path[PATH_MAX], *paths[] = { path };
	struct table t;
	int ret;

	snprintf(path, sizeof(path), "%s/%s", dir, BUNDLE_RESULTS);
	ret = copy_file(results, path);
	/* The copy, as somebody may write to the file. */
	if (!ret)
		ret = table_load(&t, paths, 1);
	if (ret) {
		json_decref(kernels);
		return ret;
	}
	ret = pack_kernels(dir, &t, kernels);
	snprintf(path, sizeof(path), "%s/%s", dir, BUNDLE_COMMANDS);
	if (!ret)
		ret = output_write(path, write_commands, &t);
	if (!ret)
		ret = finish(dir, kernels, output, started_at(t.runs[0].started),
			     sign);
	table_free(&t);
	json_decref(kernels);
	return ret;
}

int bundle_pack(const char *results, const char *output, bool sign)
{
	struct own_folder folder;
	struct err_kept kept;
	int ret = folder_make(&folder, "bundle");

	if (!ret)
		ret = gather(folder.path, results, output, sign);
	kept = err_keep();
	return err_first(&kept, ret, folder_remove(&folder));
}
