// SPDX-License-Identifier: GPL-2.0-or-later
/* SHA-256 as sha256sum tells it, and FNV-1a. */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/process.h"

int hash_file(const char *path, char hash[65])
{
	const char *argv[] = { "sha256sum", "--", path, NULL };
	char out[2 * PATH_MAX + 80];

	if (access(path, R_OK))
		return err(EX_USE, "cannot read %s", path);
	/* sha256sum prints a backslash first if it had to escape the path. */
	if (process_run(argv, out, sizeof(out), 0) ||
	    sscanf(out + (out[0] == '\\'), "%64[0-9a-f]", hash) != 1)
		return err(EX_FAIL, "cannot hash %s", path);
	return 0;
}

uint64_t hash_bytes(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *p = data, *end = p + len;

	for (; p < end; p++)
		hash = (hash ^ *p) * 0x100000001b3;
	return hash;
}

uint64_t hash_text(uint64_t hash, const char *text)
{
	return hash_bytes(hash, text, strlen(text));
}

void hash_put(json_t *object, const char *name, uint64_t hash)
{
	json_object_set_new(object, name, json_sprintf("%016" PRIx64, hash));
}

/* Put the hash of an open file under @key, unless it is there. */
static int hash_open_file(json_t *known, const char *key, int fd, size_t size)
{
	void *map;

	if (json_object_get(known, key))
		return 0;
	map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return -1;
	hash_put(known, key, hash_bytes(HASH_START, map, size));
	munmap(map, size);
	return 0;
}

int hash_put_file(json_t *object, const char *name, const char *path)
{
	/* A sweep asks for the same files for each boot. */
	static json_t *known;
	int fd = open(path, O_RDONLY | O_CLOEXEC), bad = -1;
	struct stat st;
	char key[100];

	if (!known)
		known = json_object();
	if (fd >= 0 && !fstat(fd, &st)) {
		snprintf(key, sizeof(key), "%ju %ju %jd %jd.%09ld",
			 (uintmax_t)st.st_dev, (uintmax_t)st.st_ino,
			 (intmax_t)st.st_size, (intmax_t)st.st_ctim.tv_sec,
			 st.st_ctim.tv_nsec);
		bad = hash_open_file(known, key, fd, st.st_size);
	}
	if (fd >= 0)
		close(fd);
	if (bad)
		return err(EX_USE, "%s: empty or not readable", path);
	return json_object_set(object, name, json_object_get(known, key)) ?
	       no_memory() : 0;
}
