// SPDX-License-Identifier: GPL-2.0-or-later
/* A swap device for zswap in a guest. */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/swap.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/page_size.h"
#include "measure/benches/swap_device.h"

#define PAGES	16384	/* 64 MiB, of which the first page is there */
#define ENABLED	"/sys/module/zswap/parameters/enabled"
#define DEVICE	"/dev/loop0"
#define BEHIND	"/pcpubench.swap"

/* The first page of a swap device: union swap_header, include/linux/swap.h. */
union header {
	char page[PAGE];
	struct {
		char bootbits[1024];
		uint32_t version, last_page, nr_badpages;
	} info;
};

const char *swap_device_lacks(void)
{
	return access(ENABLED, W_OK) || access(DEVICE, W_OK) ?
	       "no zswap, or no loop device: build the kernel with CONFIG=zswap" :
	       NULL;
}

static int make_file(int *fd)
{
	union header h = { .info = { .version = 1, .last_page = PAGES - 1 } };

	memcpy(h.page + PAGE - 10, "SWAPSPACE2", 10);
	*fd = open(BEHIND, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (*fd < 0 || ftruncate(*fd, (off_t)PAGES * PAGE) ||
	    pwrite(*fd, &h, sizeof(h), 0) != sizeof(h))
		return err_errno(EX_FAIL, "cannot make %s", BEHIND);
	return 0;
}

static int start(struct swap_device *d, int file)
{
	d->loop = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (d->loop < 0 || ioctl(d->loop, LOOP_SET_FD, file))
		return err_errno(EX_FAIL, "cannot make %s of %s", DEVICE, BEHIND);
	if (swapon(DEVICE, 0))
		return err_errno(EX_FAIL, "cannot swap to %s", DEVICE);
	d->on = true;
	return 0;
}

int swap_device_on(struct swap_device *d)
{
	int file, ret;

	*d = (struct swap_device){ .loop = -1 };
	ret = make_file(&file);
	if (!ret)
		ret = start(d, file);
	if (file >= 0)
		close(file);
	if (!ret)
		ret = write_file("/proc/sys/vm/page-cluster", "0");
	return ret ? ret : write_file(ENABLED, "Y");
}

int swap_device_off(struct swap_device *d, int ret)
{
	if (d->on && swapoff(DEVICE) && !ret)
		ret = err_errno(EX_FAIL, "cannot stop to swap to %s", DEVICE);
	if (d->loop >= 0) {
		ioctl(d->loop, LOOP_CLR_FD);
		close(d->loop);
	}
	unlink(BEHIND);
	return ret;
}
