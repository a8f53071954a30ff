// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the kernel's log. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/benches/kernel_log.h"

int kernel_log_open(int *fd)
{
	*fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0 || lseek(*fd, 0, SEEK_END) < 0)
		return err_errno(EX_FAIL, "cannot read the kernel's log");
	return 0;
}

bool kernel_log_has(int fd, const char *text)
{
	bool has = false;
	char line[8192];
	ssize_t len;

	/* A read returns one line; EPIPE: lines were lost, and the next comes. */
	while ((len = read(fd, line, sizeof(line) - 1)) > 0 ||
	       (len < 0 && errno == EPIPE)) {
		line[len > 0 ? len : 0] = '\0';
		has |= strstr(line, text) != NULL;
	}
	return has;
}
