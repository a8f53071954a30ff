/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_VM_INITRD_H
#define PCPUBENCH_VM_INITRD_H

#include <stddef.h>

/* A file of the initrd: from @path on this machine, or from @data, @len. */
struct initrd_file {
	const char *name;	/* without a leading slash */
	const char *path;
	const void *data;
	size_t len;
	int mode;
};

/**
 * initrd_write - write an uncompressed newc archive of @files to @fd
 *
 * In the order given: the kernel wants ACPI tables, under kernel/firmware/acpi,
 * in an uncompressed archive that comes first. Parent folders that the unpacker
 * needs have to be named by a file entry with mode S_IFDIR. Times and owners
 * are 0, so that the same files give the same bytes. EX_FAIL with the reason.
 */
int initrd_write(int fd, const struct initrd_file *files, size_t nr);

#endif
