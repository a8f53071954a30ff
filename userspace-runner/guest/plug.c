// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fills the first chunk with unaccounted objects: objects there are never
 * accounted, so they would prove nothing.
 */
#include <errno.h>
#include <sys/ioctl.h>

#include "base/err.h"
#include "guest/selftest.h"

static struct objects plug = { -1 };
static unsigned int nr_pieces;

/* Allocate one more piece; is it in the first chunk? */
static int add_piece(unsigned int bytes, bool *first)
{
	struct pcpu_bench_alloc alloc = {
		.size = sizeof(alloc),
		.bytes = bytes,
		.align = 4,
		.count = 1,
	};

	if (ioctl(plug.fd, PCPU_BENCH_ALLOC, &alloc))
		return objects_failed(bytes);
	if (!alloc.done)
		return err(EX_FAIL, "no memory to plug the first chunk");
	*first = alloc.first_chunk;
	nr_pieces++;
	return 0;
}

static int drop_last_piece(void)
{
	struct pcpu_bench_free which = {
		.size = sizeof(which),
		.first = nr_pieces - 1,
		.count = 1,
	};

	if (ioctl(plug.fd, PCPU_BENCH_FREE, &which))
		return err_errno(EX_FAIL, "cannot free a piece of the plug");
	return 0;
}

int plug_first_chunk(void)
{
	unsigned int bytes;
	bool first;
	int ret = 0;

	if (plug.fd < 0)
		ret = objects_open(&plug);
	for (bytes = 32768; bytes >= 4 && !ret; bytes /= 2) {
		do
			ret = add_piece(bytes, &first);
		while (!ret && first);
		if (!ret)
			ret = drop_last_piece();
	}
	return ret;
}
