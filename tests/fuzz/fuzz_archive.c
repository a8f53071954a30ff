// SPDX-License-Identifier: GPL-2.0-or-later
/* A bundle as a tar archive, byte by byte: nothing gets out of its folder. */
#include <dirent.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle/archive.h"
#include "fuzz.h"

#define BLOCK		512
#define MAGIC		257	/* "ustar" */
#define CHECKSUM	148	/* of a block in which it is eight blanks */

static char around[] = "/tmp/pcpubench-fuzz.XXXXXX";

static int drop(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_SL || type == FTW_SLN)
		fuzz_fail("no member is a link");
	return remove(path);
}

static void check_around(void)
{
	DIR *dir = opendir(around);
	const struct dirent *entry;

	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
		    strcmp(entry->d_name, "in"))
			fuzz_fail("no member gets out of its folder");
	closedir(dir);
}

/* libFuzzer's own, for bytes. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* With true checksums, or hardly any archive would be read. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed)
{
	unsigned int sum;
	uint8_t *block;

	(void)seed;
	size = LLVMFuzzerMutate(data, size, max);
	for (block = data; block + BLOCK <= data + size; block += BLOCK) {
		if (memcmp(block + MAGIC, "ustar", 5))
			continue;
		memset(block + CHECKSUM, ' ', 8);
		sum = 0;
		for (size_t i = 0; i < BLOCK; i++)
			sum += block[i];
		snprintf((char *)block + CHECKSUM, 8, "%06o", sum);
	}
	return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH], in[sizeof(around) + 4];
	json_t *manifest;
	int fd;

	if (around[sizeof(around) - 2] == 'X' && !mkdtemp(around))
		fuzz_fail("there is a folder in /tmp");
	snprintf(in, sizeof(in), "%s/in", around);
	mkdir(in, 0700);
	fd = fuzz_file(data, size, path);
	if (!archive_unpack(path, in, &manifest))
		json_decref(manifest);
	close(fd);
	check_around();
	nftw(in, drop, 16, FTW_DEPTH | FTW_PHYS);
	rmdir(around);
	strcpy(around + sizeof(around) - 7, "XXXXXX");
	return 0;
}
