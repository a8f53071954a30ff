// SPDX-License-Identifier: GPL-2.0-or-later
/* Small programs that a bench brings along, in files without a name. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "measure/benches/exec_file.h"

#ifndef MFD_EXEC
#define MFD_EXEC	0x10U	/* since 6.3 */
#endif

/*
 * Guests have no memory files, but their root is memory. A machine may forbid to
 * execute memory files (vm.memfd_noexec).
 */
static int open_nameless(void)
{
	int fd = memfd_create("program", MFD_CLOEXEC | MFD_EXEC);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("program", MFD_CLOEXEC);
	if (fd < 0)
		fd = open("/", O_TMPFILE | O_RDWR | O_CLOEXEC, 0700);
	return fd;
}

int exec_file(const void *program, size_t bytes)
{
	int writer = open_nameless(), fd = -1, error;
	char path[64];

	if (writer < 0)
		return -1;
	if (write(writer, program, bytes) == (ssize_t)bytes) {
		/* A file that is open for writing cannot be executed. */
		snprintf(path, sizeof(path), "/proc/self/fd/%d", writer);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	error = errno;
	close(writer);
	errno = error;
	return fd;
}
