// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Brings the statistics of memory cgroups up to date.
 *
 * When memory.stat is read, the kernel adds up its CPUs' counts only after more
 * than 64 changes for each CPU (MEMCG_CHARGE_BATCH), else every two seconds:
 * memcg_vmstats_needs_flush(), mm/memcontrol.c. Up to 6.15 reading cpu.stat
 * added them up at once; from 6.16 on that adds up only CPU time.
 *
 * A page fault is such a change. It also shows when all has been added up, as
 * `pgfault` changes only then: a change seen after our fault means that the
 * kernel added up after the call. The root's statistics include every cgroup,
 * so faults of any caller show there.
 *
 * A change there may be another CPU's, by somebody's adding up that began before the
 * call and had passed this CPU by then: it goes CPU by CPU (cgroup_rstat_flush_locked(),
 * kernel/cgroup/rstat.c). So it is waited for until our own cgroup has our faults, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/page_size.h"
#include "measure/flush.h"

/* Changes of a CPU that the kernel lets wait */
#define WAITING		64
/* Faults for each CPU, at most: 64 times what is needed. */
#define MAX_FAULTS	(64 * WAITING)

/*
 * A page past the end of a mapped file, here the program's own: reading it
 * faults each time, maps nothing, and charges nobody. It is the page after the
 * file's last one, which already has a page table.
 */
static const char *past_the_end(void)
{
	static const char *page;
	volatile const char *last;
	struct stat st;
	int fd;

	if (page)
		return page;
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st)) {
		err_errno(EX_FAIL, "cannot open /proc/self/exe");
		return NULL;
	}
	last = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd,
		    (st.st_size - 1) / PAGE * PAGE);
	close(fd);
	if (last == MAP_FAILED) {
		err_errno(EX_FAIL, "cannot map /proc/self/exe");
		return NULL;
	}
	*last;
	page = (const char *)last + PAGE;
	return page;
}

/* Fault within a syscall, which returns an error instead of a signal. */
static int fault(long times)
{
	const char *page = past_the_end();

	if (!page)
		return EX_FAIL;
	while (times--)
		if (!syscall(SYS_rt_sigprocmask, SIG_BLOCK, page, NULL,
			     _NSIG / 8) || errno != EFAULT)
			return err(EX_FAIL, "no page fault past a file's end");
	return 0;
}

static int faults_of(const char *path, long long *faults)
{
	char text[16384], *line;
	int ret = read_file(path, text, sizeof(text));

	if (ret)
		return ret;
	line = strstr(text, "\npgfault ");
	if (!line)
		return err(EX_FAIL, "%s has no line 'pgfault'", path);
	*faults = atoll(line + strlen("\npgfault "));
	return 0;
}

/*
 * On 7.3, once a cgroup has enough changes, further ones are not counted above it
 * either, as "all its ancestors are flushable as well" (memcg_rstat_updated()).
 * Guests showed that the root may lack some all the same. Then no fault in the
 * cgroup makes the root add up. So read this task's cgroup and those above it,
 * too, each of which then counts anew. In @faults those of the first, or -1.
 */
static int read_own(const char *mount, long long *faults)
{
	char own[256], path[600], *end;
	long long here;
	int ret = 0;

	*faults = -1;
	if (!read_field("/proc/self/cgroup", "0", own, sizeof(own)))
		return 0;
	for (end = own + strlen(own); end > own + 1 && !ret;
	     end = strrchr(own, '/')) {
		*end = '\0';
		snprintf(path, sizeof(path), "%s%s/memory.stat", mount, own);
		/* Without the controller its changes are those of one above. */
		if (access(path, R_OK))
			continue;
		ret = faults_of(path, &here);
		if (!ret && *faults < 0)
			*faults = here;
	}
	return ret;
}

/* As the root's statistics have them, and those of the task's own cgroup. */
struct faults {
	long long all, own;
};

static int count_faults(const char *mount, struct faults *faults)
{
	char path[300];
	int ret;

	snprintf(path, sizeof(path), "%s/memory.stat", mount);
	ret = read_own(mount, &faults->own);
	if (!ret)
		ret = faults_of(path, &faults->all);
	/* It is in the root's, or without the controller. */
	if (faults->own < 0)
		faults->own = faults->all;
	return ret;
}

int flush_stats(const char *mount)
{
	long most = MAX_FAULTS * sysconf(_SC_NPROCESSORS_ONLN), times;
	struct faults before, now;
	int ret;

	ret = count_faults(mount, &before);
	for (times = 1; !ret && times <= most; times *= 2) {
		ret = fault(times);
		if (!ret)
			ret = count_faults(mount, &now);
		if (!ret && now.all != before.all && now.own != before.own)
			return 0;
	}
	return ret ? ret : err(EX_FAIL,
		"%s/memory.stat is not up to date: it lacks %ld page faults",
		mount, times - 1);
}

int flush_make_due(void)
{
	/* A CPU hands on its changes when it has so many, and may have none yet. */
	return fault(2 * WAITING * (sysconf(_SC_NPROCESSORS_ONLN) + 1));
}
