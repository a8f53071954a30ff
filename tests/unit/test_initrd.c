// SPDX-License-Identifier: GPL-2.0-or-later
/* The initrd: read back by a parser of the newc format, byte by byte. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "vm/initrd.h"

static const char blob[] = "table";

static const struct initrd_file files[] = {
	{ .name = "kernel", .mode = S_IFDIR | 0755 },
	{ .name = "kernel/madt.aml", .data = blob, .len = sizeof(blob) - 1,
	  .mode = S_IFREG | 0644 },
	{ .name = "init", .path = "/bin/true", .mode = S_IFREG | 0755 },
};

#define NR	(sizeof(files) / sizeof(files[0]))

static char *write_one(size_t *len)
{
	int fd = memfd_create("initrd", 0);
	struct stat st;
	char *buf;

	assert_int_equal(initrd_write(fd, files, NR), 0);
	assert_int_equal(fstat(fd, &st), 0);
	buf = malloc(st.st_size);
	assert_int_equal(pread(fd, buf, st.st_size, 0), st.st_size);
	close(fd);
	*len = st.st_size;
	return buf;
}

static unsigned long field(const char *hdr, int i)
{
	char hex[9] = { 0 };

	memcpy(hex, hdr + 6 + 8 * i, 8);
	return strtoul(hex, NULL, 16);
}

static size_t pad(size_t n)
{
	return (n + 3) & ~3UL;
}

static void reads_back(void **state)
{
	size_t len, off = 0, i;
	char *buf = write_one(&len);
	struct stat st;

	(void)state;
	stat("/bin/true", &st);
	for (i = 0; i <= NR; i++) {
		const char *hdr = buf + off;
		const char *name = hdr + 110;
		size_t size;

		assert_true(off + 110 < len);
		assert_memory_equal(hdr, "070701", 6);
		size = field(hdr, 6);
		if (i == NR) {
			assert_string_equal(name, "TRAILER!!!");
			break;
		}
		assert_string_equal(name, files[i].name);
		assert_int_equal(field(hdr, 1), files[i].mode);
		assert_int_equal(field(hdr, 5), 0);	/* mtime */
		off += pad(110 + field(hdr, 11));
		assert_true(off + size <= len);
		if (files[i].data)
			assert_memory_equal(buf + off, blob, sizeof(blob) - 1);
		if (files[i].path)
			assert_int_equal(size, st.st_size);
		off += pad(size);
	}
	free(buf);
}

static void same_files_same_bytes(void **state)
{
	size_t len1, len2;
	char *one = write_one(&len1), *two = write_one(&len2);

	(void)state;
	assert_int_equal(len1, len2);
	/* Inode numbers count up from archive to archive in no file of ours. */
	assert_memory_equal(one, two, len1);
	free(one);
	free(two);
}

static void says_what_is_missing(void **state)
{
	const struct initrd_file none = { .name = "init", .path = "/no/init" };
	int fd = memfd_create("initrd", 0);

	(void)state;
	assert_int_equal(initrd_write(fd, &none, 1), EX_USE);
	assert_non_null(strstr(err_message(), "/no/init"));
	close(fd);
	/* A descriptor that takes no writes. */
	fd = open("/dev/full", O_WRONLY);
	assert_int_equal(initrd_write(fd, files, NR), EX_FAIL);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_back),
		cmocka_unit_test(same_files_same_bytes),
		cmocka_unit_test(says_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
