/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A swap device for zswap in a guest: a loop device of a sparse file, to which
 * nothing is written as long as zswap takes all pages.
 */
#ifndef PCPUBENCH_MEASURE_BENCHES_SWAP_DEVICE_H
#define PCPUBENCH_MEASURE_BENCHES_SWAP_DEVICE_H

#include <stdbool.h>

struct swap_device {
	int loop;
	bool on;
};

/* What the kernel lacks for it, as the reason of an invalid cell; or NULL. */
const char *swap_device_lacks(void);

/**
 * swap_device_on - turn swap and zswap on
 *
 * A page comes back alone: nothing is read ahead. swap_device_off() in any case.
 * 0 or EX_FAIL.
 */
int swap_device_on(struct swap_device *d);

/* @ret: an earlier exit code, which is returned if not 0; else 0 or EX_FAIL */
int swap_device_off(struct swap_device *d, int ret);

#endif
