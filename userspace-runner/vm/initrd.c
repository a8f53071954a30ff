// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes a guest's initrd. */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "vm/initrd.h"

static int add(struct archive *ar, const struct initrd_file *f,
	       const void *data, size_t len)
{
	struct archive_entry *entry = archive_entry_new();
	int bad;

	archive_entry_set_pathname(entry, f->name);
	archive_entry_set_mode(entry, f->mode);
	archive_entry_set_size(entry, len);
	archive_entry_set_nlink(entry, 1);
	archive_entry_set_mtime(entry, 0, 0);
	bad = archive_write_header(ar, entry) != ARCHIVE_OK ||
	      archive_write_data(ar, data, len) != (la_ssize_t)len;
	archive_entry_free(entry);
	if (bad)
		return err(EX_FAIL, "cannot write the initrd: %s",
			   archive_error_string(ar));
	return 0;
}

static int add_file(struct archive *ar, const struct initrd_file *f)
{
	void *map = NULL;
	struct stat st;
	int fd, ret;

	if (!f->path)
		return add(ar, f, f->data, f->len);
	fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(EX_USE, "%s", f->path);
	if (fstat(fd, &st) == 0 && st.st_size > 0)
		map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (!map || map == MAP_FAILED)
		return err(EX_USE, "%s: empty or not readable", f->path);
	ret = add(ar, f, map, st.st_size);
	munmap(map, st.st_size);
	return ret;
}

int initrd_write(int fd, const struct initrd_file *files, size_t nr)
{
	struct archive *ar = archive_write_new();
	int ret = 0;
	size_t i;

	if (!ar)
		return no_memory();
	archive_write_set_format_cpio_newc(ar);
	archive_write_add_filter_none(ar);
	/* No padding to a block: the kernel reads up to the trailer. */
	archive_write_set_bytes_in_last_block(ar, 1);
	if (archive_write_open_fd(ar, fd) != ARCHIVE_OK)
		ret = err(EX_FAIL, "cannot write the initrd: %s",
			  archive_error_string(ar));
	for (i = 0; i < nr && !ret; i++)
		ret = add_file(ar, &files[i]);
	if (!ret && archive_write_close(ar) != ARCHIVE_OK)
		ret = err(EX_FAIL, "cannot write the initrd: %s",
			  archive_error_string(ar));
	archive_write_free(ar);
	return ret;
}
