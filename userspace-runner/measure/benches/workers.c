// SPDX-License-Identifier: GPL-2.0-or-later
/* Sets priorities: of the kernel's workers that free BPF maps, and of this task. */
#include <dirent.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/workers.h"

#define WORKERS_PRIORITY	1	/* SCHED_FIFO */

int run_before_workers(bool yes)
{
	const struct sched_param param = {
		.sched_priority = yes ? WORKERS_PRIORITY + 1 : 0,
	};

	if (sched_setscheduler(0, yes ? SCHED_FIFO : SCHED_OTHER, &param))
		return err_errno(EX_FAIL, "cannot get a real-time priority");
	return 0;
}

/* "kworker/u176:2", and not "kworker/0:1", which is bound to CPU 0 */
#define UNBOUND	"kworker/u"

static bool is_unbound(const char *pid)
{
	char path[300], name[sizeof(UNBOUND)];

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	/* A task that is gone meanwhile is not a worker. */
	return read_first(path, name, sizeof(name)) &&
	       !strcmp(name, UNBOUND);
}

int workers_first(void)
{
	const struct sched_param param = {
		.sched_priority = WORKERS_PRIORITY,
	};
	DIR *dir = opendir("/proc");
	struct dirent *e;
	int ret = 0;

	if (!dir)
		return err_errno(EX_FAIL, "cannot read /proc");
	while (!ret && (e = readdir(dir)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
		    is_unbound(e->d_name) &&
		    sched_setscheduler(atoi(e->d_name), SCHED_FIFO, &param) &&
		    is_unbound(e->d_name))
			ret = err_errno(EX_FAIL, "cannot give a kworker priority");
	closedir(dir);
	return ret;
}
