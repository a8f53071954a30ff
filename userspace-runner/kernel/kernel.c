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
#include "base/text.h"
#include "kernel/builder.h"
#include "kernel/config.h"
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

static void set(json_t *record, const char *key, const char *val)
{
	json_object_set_new(record, key, json_string(val));
}

/*
 * "patch<tab>name<tab>hash<tab>subject<tab>author<tab>id" of the manifest;
 * unknown fields are empty.
 */
static void add_patch(json_t *list, char *val)
{
	static const char *const keys[] = {
		"name", "sha256", "subject", "author", "id", NULL
	};
	json_t *patch = json_object();
	char *part;

	for (size_t i = 0; keys[i] && (part = strsep(&val, "\t")); i++) {
		if (*part)
			set(patch, keys[i], part);
	}
	json_array_append_new(list, patch);
}

static json_t *get_or_set(json_t *object, const char *key, json_t *fresh)
{
	if (json_object_get(object, key))
		json_decref(fresh);
	else
		json_object_set_new(object, key, fresh);
	return json_object_get(object, key);
}

/* "origin<tab>key<tab>text" of the manifest; there may be several "passed". */
static void add_origin(json_t *record, char *val)
{
	json_t *origin = get_or_set(record, "origin", json_object());
	char *key = strsep(&val, "\t");

	if (val && !strcmp(key, "passed"))
		json_array_append_new(get_or_set(origin, key, json_array()),
				      json_string(val));
	else if (val)
		set(origin, key, val);
}

struct manifest {
	struct kernel *k;
	char dir[PATH_MAX];
	json_t *patches, *harness;
};

static int add_config(const struct manifest *m, const char *name)
{
	char path[PATH_MAX + 64];
	json_t *settings;

	snprintf(path, sizeof(path), "%s/%s", m->dir, name);
	settings = config_settings(path);
	return json_object_set_new(m->k->record, "config", settings) ?
	       EX_FAIL : 0;
}

/* What the builder makes lies in the manifest's folder, or in that of the kernel above. */
static int check_file(const char *key, const char *name)
{
	const char *last = name + (strncmp(name, "../", 3) ? 0 : 3);

	if (*last && *last != '.' && !strchr(last, '/'))
		return 0;
	return err(EX_FAIL, "a kernel's manifest has the %s '%s', which is not beside it: remove the kernel from the cache and build again",
		   key, name);
}

static bool is_file(const char *key)
{
	return !strcmp(key, "image") || !strcmp(key, "module") ||
	       !strcmp(key, "config");
}

/* "key<tab>value" */
static int take_entry(char *line, void *arg)
{
	char *key = strsep(&line, "\t");
	struct manifest *m = arg;

	if (!line)
		return 0;
	if (is_file(key) && check_file(key, line))
		return EX_FAIL;
	if (!strcmp(key, "image"))
		return text_set(&m->k->image, "%s/%s", m->dir, line);
	if (!strcmp(key, "module"))
		return text_set(&m->k->module, "%s/%s", m->dir, line);
	if (!strcmp(key, "config"))
		return add_config(m, line);
	if (!strcmp(key, "patch"))
		add_patch(m->patches, line);
	else if (!strcmp(key, "harness"))
		add_patch(m->harness, line);
	else if (!strcmp(key, "origin"))
		add_origin(m->k->record, line);
	else
		set(m->k->record, key, line);
	return 0;
}

static int read_manifest(struct kernel *k, const char *path)
{
	struct manifest m = {
		.k = k, .patches = json_array(), .harness = json_array(),
	};
	int ret;

	k->record = json_pack("{s:s, s:s, s:o, s:o, s:s}", "type", "kernel",
			      "kernel", k->name, "patches", m.patches,
			      "harness", m.harness, "cmdline", k->cmdline);
	snprintf(m.dir, sizeof(m.dir), "%s", path);
	dirname(m.dir);
	ret = read_lines(path, take_entry, &m);
	if (ret)
		return ret < 0 ? err_errno(EX_FAIL, "kernel manifest %s", path) :
				 ret;
	if (!k->image || !k->module)
		return err(EX_FAIL, "kernel manifest %s is not complete: remove its folder and build again",
			   path);
	return 0;
}

struct kernels {
	struct kernel *all;
	size_t nr;
};

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
	if (array_room(&list->all, list->nr, sizeof(*k)))
		return EX_FAIL;
	k = &list->all[list->nr++];
	memset(k, 0, sizeof(*k));
	k->name = strdup(name);
	k->cmdline = strdup(cmdline);
	k->held = kept_hold(manifest);
	ret = read_manifest(k, manifest);
	if (!ret && *line)
		set(k->record, "multi_node_note", line);
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
		 size_t nr_names, struct kernel **kernels, size_t *nr)
{
	struct kernels list = { 0 };
	int ret = builder_run(source, options, names, nr_names, add_kernel,
			      &list);

	*kernels = list.all;
	*nr = list.nr;
	return ret ? ret : keep_below_limit();
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

	return build(source, options, names, nr_names, kernels, nr);
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

	ret = build(source, options, (char *const *)&name, 1, kernels, nr);
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
	ret = build(source, options, (char *const *)&name, 1, kernels, nr);
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
