// SPDX-License-Identifier: GPL-2.0-or-later
/* Kernels to boot: has them built and makes their records. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/safe.h"
#include "base/text.h"
#include "kernel/builder.h"
#include "kernel/kept.h"
#include "kernel/kernel.h"

static int add_name(char *line, void *list)
{
	char *what = strchr(line, '\t');

	if (what)
		*what++ = '\0';
	json_object_set_new(list, line, json_string(what ? what : ""));
	return 0;
}

int kernels_list(const struct kernel_source *source, json_t *list)
{
	static const char *const options[] = { "--list", NULL };

	return builder_run(source, options, NULL, 0, add_name, list);
}

static int add_default(char *name, void *names)
{
	json_array_append_new(names, json_string(name));
	return 0;
}

int kernels_default(const struct kernel_source *source, json_t *names)
{
	static const char *const options[] = { "--names", NULL };

	return builder_run(source, options, NULL, 0, add_default, names);
}

static void kernel_free(struct kernel *k)
{
	free(k->name);
	free(k->image);
	free(k->module);
	free(k->cmdline);
	json_decref(k->record);
	json_decref(k->layout);
	if (k->held >= 0)
		close(k->held);
}

struct kernels {
	struct kernel *all;
	size_t nr;
	char *const *names;	/* that the builder was asked for */
	size_t nr_names;	/* 0: for all that it has */
	size_t each;		/* so many lines are of one name */
};

/*
 * Callers take kernels by their place. Series are strangers', and so is what they add to
 * the command line: no line of theirs may come in between.
 */
static bool is_next(const struct kernels *list, const char *name)
{
	char *want;
	bool is;

	if (!list->nr_names)
		return true;
	if (list->nr >= list->nr_names * list->each)
		return false;
	want = strdup(list->names[list->nr / list->each]);
	if (!want)
		return false;
	/* As the builder's lines are made safe. */
	safe_text(want);
	is = !strcmp(want, name);
	free(want);
	return is;
}

/* "name<tab>manifest<tab>cmdline<tab>note" as the builder prints it. */
static int add_kernel(char *line, void *arg)
{
	struct kernels *list = arg;
	char *name = strsep(&line, "\t"), *manifest = strsep(&line, "\t");
	char *cmdline = strsep(&line, "\t");
	struct kernel *k;
	int ret;

	if (!name || !manifest || !cmdline || !line)
		return err(EX_FAIL, "build-kernel printed '%s'", name);
	if (!is_next(list, name))
		return err(EX_FAIL, "build-kernel printed a kernel '%s' that is not its turn",
			   name);
	if (array_room(&list->all, list->nr, sizeof(*k)))
		return EX_FAIL;
	k = &list->all[list->nr++];
	memset(k, 0, sizeof(*k));
	k->name = strdup(name);
	k->cmdline = strdup(cmdline);
	k->held = kept_hold(manifest);
	ret = kernel_read_manifest(k, manifest);
	if (!ret && *line)
		json_object_set_new(k->record, "multi_node_note",
				    json_string(line));
	return ret;
}

/* Remove the least recently used entries to make room for built ones. */
static int keep_below_limit(void)
{
	uint64_t limit, removed;
	char text[2][16];
	int ret;

	ret = kept_limit(&limit);
	if (!ret)
		ret = kept_trim(limit, &removed);
	if (!ret && removed) {
		kept_size_text(removed, text[0]);
		kept_size_text(limit, text[1]);
		fprintf(stderr,
			"removed the least recently used %s: the cache is kept below %s (PCPUBENCH_CACHE_LIMIT)\n",
			text[0], text[1]);
	}
	return ret;
}

static int build(const struct kernel_source *source,
		 const char *const *options, char *const *names,
		 size_t nr_names, size_t each, struct kernel **kernels, size_t *nr)
{
	struct kernels list = {
		.names = names, .nr_names = nr_names, .each = each
	};
	int ret = builder_run(source, options, names, nr_names, add_kernel,
			      &list);

	*kernels = list.all;
	*nr = list.nr;
	if (!ret && list.nr < nr_names * each)
		ret = err(EX_FAIL, "build-kernel printed %zu of %zu kernels",
			  list.nr, nr_names * each);
	return ret ? ret : keep_below_limit();
}

static size_t nr_words(const char *list)
{
	size_t nr = 1;

	for (; *list; list++)
		nr += *list == ',';
	return nr;
}

/* "name<tab>folder<tab>content<tab>built", or "to build". */
static int count_missing(char *line, void *arg)
{
	const char *what = strrchr(line, '\t');
	size_t *to_build = arg;

	*to_build += what && !strcmp(what + 1, "to build");
	return 0;
}

int kernels_plan(const struct kernel_source *source, char *const *names,
		 size_t nr_names, bool harness, size_t *to_build)
{
	const char *const options[] = {
		"--plan", harness ? "--harness" : NULL, NULL
	};

	*to_build = 0;
	return builder_run(source, options, names, nr_names, count_missing,
			   to_build);
}

int kernels_build(const struct kernel_source *source, char *const *names,
		  size_t nr_names, bool harness, struct kernel **kernels,
		  size_t *nr)
{
	const char *const options[] = { harness ? "--harness" : NULL, NULL };

	return build(source, options, names, nr_names, 1, kernels, nr);
}

/* Set the layout for the records of its boots; copy the rest from @plain. */
static void set_layout(struct kernel *k, const struct kernel *plain)
{
	const char *seed = json_string_value(json_object_get(k->record,
							     "layout"));

	k->layout = json_pack("{s:I, s:O, s:O, s:b}", "seed",
			      (json_int_t)(seed ? atoll(seed) : 0),
			      "image_sha256",
			      json_object_get(k->record, "image_sha256"),
			      "module_sha256",
			      json_object_get(k->record, "module_sha256"),
			      "kaslr", false);
	json_decref(k->record);
	k->record = json_incref(plain->record);
}

int kernel_layouts(const struct kernel_source *source, const char *name,
		   bool harness, const char *seeds, struct kernel **kernels,
		   size_t *nr)
{
	const char *const options[] = {
		"--layout", seeds, harness ? "--harness" : NULL, NULL
	};
	struct kernel *plain;
	size_t i;
	int ret;

	ret = build(source, options, (char *const *)&name, 1, 1 + nr_words(seeds),
		    kernels, nr);
	if (ret)
		return ret;
	plain = *kernels;
	for (i = 1; i < *nr; i++)
		set_layout(&plain[i], plain);
	kernel_free(plain);
	memmove(plain, plain + 1, --*nr * sizeof(*plain));
	return 0;
}

int kernel_try(const struct kernel_source *source, const char *name,
	       bool harness, struct kernel **kernels, size_t *nr,
	       char why[KERNEL_WHY_LEN])
{
	FILE *said = scratch_file();
	char path[64];
	const char *const options[] = {
		"--why", path, harness ? "--harness" : NULL, NULL
	};
	ssize_t len;
	int ret;

	why[0] = '\0';
	if (!said)
		return EX_FAIL;
	/* A file without a name does not outlive us. */
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(),
		 fileno(said));
	ret = build(source, options, (char *const *)&name, 1, 1, kernels, nr);
	len = ret ? pread(fileno(said), why, KERNEL_WHY_LEN - 1, 0) : 0;
	why[len > 0 ? len : 0] = '\0';
	why[strcspn(why, "\n")] = '\0';
	fclose(said);
	if (ret && *nr) {
		kernels_free(*kernels, *nr);
		*kernels = NULL;
		*nr = 0;
	}
	if (ret == EX_FAIL && why[0])
		return 0;
	return why[0] ? err(ret, "%s", why) : ret;
}

int kernel_rename(struct kernel *k, const char *name)
{
	int ret = text_set(&k->name, "%s", name);

	if (!ret && json_object_set_new(k->record, "kernel", json_string(name)))
		ret = no_memory();
	return ret;
}

/*
 * "Linux version RELEASE (who) (COMPILER) #1 ...": the banner in an
 * uncompressed image.
 */
static void banner(const char *image, char *release, char *compiler, size_t room)
{
	static const char mark[] = "Linux version ";
	const char *p, *end, *paren;
	struct stat st;
	char *map;
	int fd = open(image, O_RDONLY | O_CLOEXEC);

	release[0] = compiler[0] = '\0';
	if (fd < 0 || fstat(fd, &st) || !st.st_size) {
		if (fd >= 0)
			close(fd);
		return;
	}
	map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return;
	p = map;
	end = map + st.st_size;
	while ((p = memmem(p, end - p, mark, sizeof(mark) - 1))) {
		p += sizeof(mark) - 1;
		/* Skip the format string with the same words. */
		if (p < end && *p >= '0' && *p <= '9')
			break;
	}
	if (p) {
		snprintf(release, room, "%.*s",
			 (int)strcspn(p, " "), p);
		paren = strstr(p, " (");
		paren = paren ? strstr(paren + 2, ") (") : NULL;
		if (paren)
			snprintf(compiler, room, "%.*s",
				 (int)strcspn(paren + 3, "#\n") - 2,
				 paren + 3);
	}
	munmap(map, st.st_size);
}

int kernel_prebuilt(const char *image, const char *module,
		    struct kernel **kernels, size_t *nr)
{
	char image_hash[65], module_hash[65], release[256], compiler[256];
	char real[PATH_MAX];
	struct kernel *k;
	int ret;

	*kernels = NULL;
	*nr = 0;
	if (!realpath(image, real))
		return err_errno(EX_USE, "kernel image %s", image);
	ret = hash_file(real, image_hash);
	if (!ret)
		ret = hash_file(module, module_hash);
	if (ret)
		return ret;
	banner(real, release, compiler, sizeof(release));
	k = calloc(1, sizeof(*k));
	if (!k)
		return no_memory();
	k->held = -1;
	k->name = strdup(basename(real));
	realpath(image, real);
	k->image = strdup(real);
	k->module = realpath(module, NULL);
	k->cmdline = strdup("");
	k->record = json_pack("{s:s, s:s, s:s, s:s, s:s, s:[], s:[], s:s, s:s, s:s, s:s, s:s}",
			      "type", "kernel", "kernel", k->name,
			      "release", release, "source", real,
			      "source_id", "", "patches", "harness",
			      "config_sha256", "", "compiler", compiler,
			      "image_sha256", image_hash,
			      "module_sha256", module_hash, "cmdline", "");
	*kernels = k;
	*nr = 1;
	return 0;
}

void kernels_free(struct kernel *kernels, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		kernel_free(&kernels[i]);
	free(kernels);
}
