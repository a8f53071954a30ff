// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "kernel.h"
#include "paths.h"
#include "results/memory.h"

/*
 * Start the builder, its standard output in @out.
 * @options: NULL ends them
 */
static pid_t start_builder(const char *const *options, char *const *names,
			   size_t nr, FILE **out)
{
	char path[PATH_MAX], **argv;
	size_t i, n = 0;
	int fds[2];
	pid_t pid;

	snprintf(path, sizeof(path), "%s/kernel-patches/build-kernel",
		 path_data());
	while (options[n])
		n++;
	argv = calloc(nr + n + 2, sizeof(*argv));
	if (!argv || pipe2(fds, O_CLOEXEC)) {
		free(argv);
		return -1;
	}
	argv[0] = path;
	for (i = 0; i < n; i++)
		argv[i + 1] = (char *)options[i];
	for (n++, i = 0; i < nr; i++)
		argv[n++] = names[i];
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		execv(path, argv);
		fprintf(stderr, "pcpubench: %s: %s\n", path, strerror(errno));
		_exit(127);
	}
	free(argv);
	close(fds[1]);
	*out = fdopen(fds[0], "r");
	return pid;
}

/* 0, or the exit code with which the builder ended, having said why itself. */
static int wait_builder(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) == EX_INTR)
		return err(EX_INTR, "interrupted while building");
	return WEXITSTATUS(status) ? err(WEXITSTATUS(status), "%s", "") : 0;
}

int kernels_list(json_t *list)
{
	static const char *const options[] = { "--list", NULL };
	char *line = NULL, *what;
	size_t room = 0;
	FILE *out = NULL;
	pid_t pid;

	pid = start_builder(options, NULL, 0, &out);
	if (pid < 0 || !out)
		return err_errno(EX_FAIL, "cannot start build-kernel");
	while (getline(&line, &room, out) > 0) {
		line[strcspn(line, "\n")] = '\0';
		what = strchr(line, '\t');
		if (what)
			*what++ = '\0';
		json_object_set_new(list, line, json_string(what ? what : ""));
	}
	free(line);
	fclose(out);
	return wait_builder(pid);
}

static void set(json_t *record, const char *key, const char *val)
{
	json_object_set_new(record, key, json_string(val));
}

/* A line "kind<tab>name<tab>hash" of the manifest. */
static void add_patch(json_t *list, char *val)
{
	char *hash = strchr(val, '\t');

	if (hash)
		*hash++ = '\0';
	json_array_append_new(list, json_pack("{s:s, s:s}", "name", val,
					      "sha256", hash ? hash : ""));
}

static int read_manifest(struct kernel *k, const char *path)
{
	json_t *patches = json_array(), *harness = json_array();
	char *line = NULL, *val, dir[PATH_MAX];
	size_t room = 0;
	FILE *f;

	k->record = json_pack("{s:s, s:s, s:o, s:o, s:s}", "type", "kernel",
			      "kernel", k->name, "patches", patches,
			      "harness", harness, "cmdline", k->cmdline);
	f = fopen(path, "r");
	if (!f)
		return err_errno(EX_FAIL, "kernel manifest %s", path);
	snprintf(dir, sizeof(dir), "%s", path);
	dirname(dir);
	while (getline(&line, &room, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		val = strchr(line, '\t');
		if (!val)
			continue;
		*val++ = '\0';
		if (!strcmp(line, "image")) {
			if (asprintf(&k->image, "%s/%s", dir, val) < 0)
				k->image = NULL;
		} else if (!strcmp(line, "module")) {
			if (asprintf(&k->module, "%s/%s", dir, val) < 0)
				k->module = NULL;
		} else if (!strcmp(line, "patch")) {
			add_patch(patches, val);
		} else if (!strcmp(line, "harness")) {
			add_patch(harness, val);
		} else {
			set(k->record, line, val);
		}
	}
	free(line);
	fclose(f);
	if (!k->image || !k->module)
		return err(EX_FAIL, "kernel manifest %s is not complete: remove its folder and build again",
			   path);
	return 0;
}

/* "name<tab>manifest<tab>cmdline<tab>note" as the builder prints it. */
static int add_kernel(struct kernel **kernels, size_t *nr, char *line)
{
	char *name = strsep(&line, "\t"), *manifest = strsep(&line, "\t");
	char *cmdline = strsep(&line, "\t");
	struct kernel *more, *k;
	int ret;

	if (!name || !manifest || !cmdline || !line)
		return err(EX_FAIL, "build-kernel printed '%s'", name);
	more = realloc(*kernels, (*nr + 1) * sizeof(*more));
	if (!more)
		return err(EX_FAIL, "out of memory");
	*kernels = more;
	k = &more[(*nr)++];
	memset(k, 0, sizeof(*k));
	k->name = strdup(name);
	k->cmdline = strdup(cmdline);
	ret = read_manifest(k, manifest);
	if (!ret && *line)
		set(k->record, "multi_node_note", line);
	return ret;
}

static int run_builder(const char *const *options, char *const *names,
		       size_t nr_names, struct kernel **kernels, size_t *nr)
{
	char *line = NULL;
	size_t room = 0;
	FILE *out = NULL;
	int ret = 0, ret2;
	pid_t pid;

	*kernels = NULL;
	*nr = 0;
	pid = start_builder(options, names, nr_names, &out);
	if (pid < 0 || !out)
		return err_errno(EX_FAIL, "cannot start build-kernel");
	while (!ret && getline(&line, &room, out) > 0) {
		line[strcspn(line, "\n")] = '\0';
		ret = add_kernel(kernels, nr, line);
	}
	free(line);
	fclose(out);
	ret2 = wait_builder(pid);
	return ret ? ret : ret2;
}

int kernels_build(char *const *names, size_t nr_names, bool harness,
		  struct kernel **kernels, size_t *nr)
{
	const char *const options[] = { harness ? "--harness" : NULL, NULL };

	return run_builder(options, names, nr_names, kernels, nr);
}

int kernel_try(const char *name, bool harness, struct kernel **kernels,
	       size_t *nr, char why[KERNEL_WHY_LEN])
{
	char path[] = "/tmp/pcpubench-why.XXXXXX";
	const char *const options[] = {
		"--why", path, harness ? "--harness" : NULL, NULL
	};
	int ret, fd = mkstemp(path);
	ssize_t len;

	why[0] = '\0';
	if (fd < 0)
		return err_errno(EX_FAIL, "cannot make %s", path);
	ret = run_builder(options, (char *const *)&name, 1, kernels, nr);
	len = ret ? read(fd, why, KERNEL_WHY_LEN - 1) : 0;
	why[len > 0 ? len : 0] = '\0';
	why[strcspn(why, "\n")] = '\0';
	close(fd);
	unlink(path);
	if (ret && *nr) {
		kernels_free(*kernels, *nr);
		*kernels = NULL;
		*nr = 0;
	}
	if (ret == EX_FAIL && why[0])
		return 0;
	return why[0] ? err(ret, "%s", why) : ret;
}

/* "kernel<tab>subject<tab>id" as the builder prints it. */
static int add_step(struct step **steps, size_t *nr, char *line)
{
	char *kernel = strsep(&line, "\t"), *subject = strsep(&line, "\t");
	struct step *s;

	if (!subject || !line)
		return err(EX_FAIL, "build-kernel printed '%s'", kernel);
	if (array_room(steps, *nr, sizeof(*s)))
		return EX_FAIL;
	s = &(*steps)[(*nr)++];
	s->kernel = strdup(kernel);
	s->subject = strdup(subject);
	s->id = strdup(line);
	return s->kernel && s->subject && s->id ? 0 : no_memory();
}

int steps_list(const char *name, struct step **steps, size_t *nr)
{
	static const char *const options[] = { "--steps", NULL };
	char *line = NULL;
	size_t room = 0;
	FILE *out = NULL;
	int ret = 0, ret2;
	pid_t pid;

	*steps = NULL;
	*nr = 0;
	pid = start_builder(options, (char *const *)&name, 1, &out);
	if (pid < 0 || !out)
		return err_errno(EX_FAIL, "cannot start build-kernel");
	while (!ret && getline(&line, &room, out) > 0) {
		line[strcspn(line, "\n")] = '\0';
		ret = add_step(steps, nr, line);
	}
	free(line);
	fclose(out);
	ret2 = wait_builder(pid);
	ret = ret ? ret : ret2;
	if (ret)
		steps_free(*steps, *nr);
	return ret;
}

void steps_free(struct step *steps, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(steps[i].kernel);
		free(steps[i].subject);
		free(steps[i].id);
	}
	free(steps);
}

/*
 * "Linux version RELEASE (who) (COMPILER) #1 ...": what an uncompressed image
 * says of itself.
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
		/* Not the format string of the same words. */
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

static int sha256(const char *path, char hash[65])
{
	char cmd[PATH_MAX + 32];
	FILE *p;
	int n;

	/* A quote in a path would end the quoted word. */
	if (strchr(path, '\'') || access(path, R_OK))
		return err(EX_USE, "cannot read %s", path);
	snprintf(cmd, sizeof(cmd), "sha256sum '%s'", path);
	p = popen(cmd, "r");
	n = p ? fscanf(p, "%64s", hash) : 0;
	if (!p || pclose(p) || n != 1)
		return err(EX_FAIL, "cannot hash %s", path);
	return 0;
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
	ret = sha256(real, image_hash);
	if (!ret)
		ret = sha256(module, module_hash);
	if (ret)
		return ret;
	banner(real, release, compiler, sizeof(release));
	k = calloc(1, sizeof(*k));
	if (!k)
		return err(EX_FAIL, "out of memory");
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
	for (size_t i = 0; i < nr; i++) {
		free(kernels[i].name);
		free(kernels[i].image);
		free(kernels[i].module);
		free(kernels[i].cmdline);
		json_decref(kernels[i].record);
	}
	free(kernels);
}
