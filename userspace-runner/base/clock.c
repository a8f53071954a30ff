// SPDX-License-Identifier: GPL-2.0-or-later
/* The one clock by which durations are taken. */
#include <time.h>

#include "base/clock.h"

double clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}
