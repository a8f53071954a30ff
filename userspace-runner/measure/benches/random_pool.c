// SPDX-License-Identifier: GPL-2.0-or-later
/* Fills the block of the kernel's random pool that is begun. */
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/benches/random_pool.h"
#include "measure/benches/stamp.h"

#define PORTION		16	/* bytes; a block has four */
#define PORTIONS	4
#define HASHING		1000	/* instructions: at least so many */

/* What stirring one portion takes; it tells whether a block was full. */
static int stir(int fd, uint64_t *insn)
{
	const char portion[PORTION] = "";
	uint64_t start = stamp_insn();
	ssize_t len = write(fd, portion, sizeof(portion));

	*insn = stamp_insn() - start;
	return len == sizeof(portion) ? 0 :
	       err_errno(EX_FAIL, "cannot stir the kernel's random pool");
}

int random_pool_settle(void)
{
	int fd = open("/dev/random", O_WRONLY | O_CLOEXEC), ret = 0;
	uint64_t least = UINT64_MAX, insn = 0;

	if (fd < 0)
		return err_errno(EX_FAIL, "cannot open /dev/random");
	/* At most one of so many fills a block... */
	for (int i = 0; i < PORTIONS && !ret; i++) {
		ret = stir(fd, &insn);
		if (insn < least)
			least = insn;
	}
	/* ...and then one of as many does. */
	insn = 0;
	for (int i = 0; i < PORTIONS && insn < least + HASHING && !ret; i++)
		ret = stir(fd, &insn);
	close(fd);
	return ret;
}
