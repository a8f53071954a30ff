// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"

int read_file(const char *path, char *buf, size_t room)
{
	size_t len = 0;
	ssize_t got;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(EX_FAIL, "cannot read %s", path);
	/* A long file of proc comes in parts. */
	do {
		got = read(fd, buf + len, room - 1 - len);
		len += got > 0 ? got : 0;
	} while (got > 0 && len < room - 1);
	close(fd);
	if (got < 0)
		return err_errno(EX_FAIL, "cannot read %s", path);
	buf[len] = '\0';
	return 0;
}

int write_file(const char *path, const char *text)
{
	ssize_t len;
	int fd, saved;

	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return err_errno(EX_FAIL, "cannot write %s", path);
	len = write(fd, text, strlen(text));
	saved = errno;
	close(fd);
	errno = saved;
	if (len < 0)
		return err_errno(EX_FAIL, "cannot write '%s' to %s", text,
				 path);
	return 0;
}
