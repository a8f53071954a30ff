// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds a program's dynamic loader and its shared libraries. */
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/process.h"
#include "vm/libraries.h"

static bool read_at(int fd, void *buf, size_t len, off_t at)
{
	return pread(fd, buf, len, at) == (ssize_t)len;
}

static bool read_loader(int fd, char *loader)
{
	ElfW(Ehdr) file;
	ElfW(Phdr) part;

	loader[0] = '\0';
	if (!read_at(fd, &file, sizeof(file), 0) ||
	    memcmp(file.e_ident, ELFMAG, SELFMAG) ||
	    file.e_phentsize != sizeof(part))
		return false;
	for (int i = 0; i < file.e_phnum; i++) {
		if (!read_at(fd, &part, sizeof(part),
			     file.e_phoff + i * sizeof(part)))
			return false;
		if (part.p_type != PT_INTERP)
			continue;
		return part.p_filesz && part.p_filesz <= PATH_MAX &&
		       read_at(fd, loader, part.p_filesz, part.p_offset) &&
		       !loader[part.p_filesz - 1];
	}
	return true;
}

/* Receives the loader that @program names, "" for a static one. */
static int find_loader(const char *program, char loader[PATH_MAX])
{
	int fd = open(program, O_RDONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return err_errno(EX_USE, "%s", program);
	if (!read_loader(fd, loader))
		ret = err(EX_USE, "%s: not a program of this machine", program);
	close(fd);
	return ret;
}

/* "\tlibc.so.6 => /lib/libc.so.6 (0x00007f...)"; the vDSO has no path. */
static char *path_in(char *line)
{
	char *path = strstr(line, " => /"), *end;

	if (!path)
		return NULL;
	path += strlen(" => ");
	end = strrchr(path, '(');
	if (end && end > path && end[-1] == ' ')
		end[-1] = '\0';
	return path;
}

static int add_libraries(json_t *paths, const char *program,
			 const char *loader)
{
	/*
	 * The loader knows where it searches. A guest's CPU is older than the
	 * host's: none of the variants of a library for newer CPUs.
	 */
	const char *const argv[] = {
		loader, "--glibc-hwcaps-mask", "", "--list", program, NULL
	};
	char out[16384], *line, *path, *save;
	int code = process_run(argv, out, sizeof(out), 60);

	if (code < 0)
		return EX_FAIL;
	line = strtok_r(out, "\n", &save);
	if (code)
		return err(EX_FAIL, "%s: run '%s'", line ? line : loader,
			   path_deps());
	json_array_append_new(paths, json_string(loader));
	for (; line; line = strtok_r(NULL, "\n", &save)) {
		path = path_in(line);
		if (path && json_array_append_new(paths, json_string(path)))
			return no_memory();
	}
	return 0;
}

json_t *libraries_of(const char *program)
{
	/* By the program's hash: a sweep asks for each boot. */
	static json_t *known;
	json_t *hash = json_object(), *paths = NULL;
	char loader[PATH_MAX];
	const char *key = NULL;

	if (!known)
		known = json_object();
	if (!hash_put_file(hash, "hash", program))
		key = json_string_value(json_object_get(hash, "hash"));
	if (key)
		paths = json_incref(json_object_get(known, key));
	if (key && !paths && !find_loader(program, loader)) {
		paths = json_array();
		if (loader[0] && add_libraries(paths, program, loader)) {
			json_decref(paths);
			paths = NULL;
		}
		json_object_set(known, key, paths);
	}
	json_decref(hash);
	return paths;
}
