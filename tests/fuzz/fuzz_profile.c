// SPDX-License-Identifier: GPL-2.0-or-later
/* What the plugin in QEMU writes about a guest. */
#include <unistd.h>

#include "fuzz.h"
#include "profile/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream s;
	char path[FUZZ_PATH];
	int fd = fuzz_file(data, size, path);

	lseek(fd, 0, SEEK_SET);
	if (!stream_read(&s, fd))
		stream_free(&s);
	close(fd);
	return 0;
}
