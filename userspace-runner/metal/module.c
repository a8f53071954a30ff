// SPDX-License-Identifier: GPL-2.0-or-later
/* Builds and loads the module for the running kernel. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/paths.h"
#include "base/process.h"
#include "measure/measure.h"
#include "metal/module.h"
#include "metal/where.h"
#include "pcpu_bench.h"

#define MODULE	PCPU_BENCH_DEVICE

/* "path<tab>hash" */
static int take_module(char *line, void *arg)
{
	char *path = strsep(&line, "\t");
	struct module *m = arg;

	if (!line)
		return err(EX_FAIL, "build-module printed '%s'", path);
	if (strlen(path) >= sizeof(m->path) || strlen(line) >= sizeof(m->sha256))
		return err(EX_FAIL, "build-module printed too long a path");
	strcpy(m->path, path);
	strcpy(m->sha256, line);
	return 0;
}

int module_build(struct module *m, unsigned int layout)
{
	char path[PATH_MAX], headers[200], seed[16];
	const char *argv[] = { path, headers, seed, NULL };
	const struct process builder = { .argv = argv };
	struct utsname uts;
	int ret;

	uname(&uts);
	snprintf(path, sizeof(path), "%s/kernel-patches/build-module",
		 path_data());
	snprintf(headers, sizeof(headers), WHERE_HEADERS, uts.release);
	snprintf(seed, sizeof(seed), "%u", layout);
	m->layout = layout;
	m->path[0] = '\0';
	/* After a signal: the builder got it too, or may finish. */
	ret = process_lines(&builder, take_module, m);
	if (measure_stop)
		return err(EX_INTR, "interrupted while building the module");
	if (!ret && !m->path[0])
		ret = err(EX_FAIL, "build-module printed nothing");
	return ret && ret != EX_INTR ? EX_FAIL : ret;
}

int module_load(const struct module *m, struct undo *undo)
{
	int fd, ret;

	if (!access("/sys/module/" MODULE, F_OK))
		return err(EX_FAIL, "a module " MODULE " is loaded already: 'rmmod " MODULE "' first");
	fd = open(m->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(EX_FAIL, "cannot read %s", m->path);
	ret = undo_rmmod(undo, MODULE);
	if (!ret && syscall(SYS_finit_module, fd, "", 0)) {
		if (errno == ENOEXEC || errno == EINVAL)
			ret = err(EX_FAIL, "the kernel refuses the module ('dmesg' says why): are its headers those of another build?");
		else if (errno == EKEYREJECTED || errno == EPERM)
			ret = err(EX_FAIL, "the kernel refuses the module, which is not signed ('dmesg' says why)");
		else if (errno == EOPNOTSUPP)
			ret = err(EX_FAIL, "the module cannot tell the first percpu chunk: boot without percpu_alloc=page");
		else
			ret = err_errno(EX_FAIL, "the kernel refuses the module");
	}
	close(fd);
	return ret;
}
