// SPDX-License-Identifier: GPL-2.0-or-later
/* Waits until the machine is quiet enough to measure. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/process.h"
#include "campaign/host.h"

#define LOOK_S	5
#define LOOKS	2

/* The last state is "running", or "degraded" if a unit failed. */
static bool is_up(char *state, size_t room)
{
	const char *argv[] = { "systemctl", "is-system-running", NULL };

	if (process_run(argv, state, room, 60) < 0)
		return false;
	state[strcspn(state, "\n")] = '\0';
	return !strcmp(state, "running") || !strcmp(state, "degraded");
}

int quiet_wait(double load, unsigned int wait_s)
{
	const char *settle[] = { "udevadm", "settle", NULL };
	unsigned int waited, quiet = 0;
	char state[64] = "", *text;
	double now = -1;
	bool up;

	process_run(settle, state, sizeof(state), 120);
	for (waited = 0; ; waited += LOOK_S) {
		up = is_up(state, sizeof(state));
		text = read_text("/proc/loadavg");
		now = text ? strtod(text, NULL) : -1;
		free(text);
		if (now < 0)
			return err_errno(EX_FAIL, "cannot read /proc/loadavg");
		quiet = up && now <= load ? quiet + 1 : 0;
		if (quiet == LOOKS)
			return 0;
		if (waited >= wait_s)
			break;
		sleep(LOOK_S);
	}
	return err(EX_FAIL, "the machine was not quiet within %u s: load %.2f, system %s",
		   wait_s, now, state);
}
