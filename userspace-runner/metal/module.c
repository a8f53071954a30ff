// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/paths.h"
#include "measure/measure.h"
#include "metal/module.h"
#include "metal/where.h"
#include "pcpu_bench.h"

#define MODULE	PCPU_BENCH_DEVICE

static int run_builder(const char *headers, unsigned int layout, FILE **out,
		       pid_t *pid)
{
	char path[PATH_MAX], seed[16];
	int fds[2];

	snprintf(path, sizeof(path), "%s/kernel-patches/build-module",
		 path_data());
	snprintf(seed, sizeof(seed), "%u", layout);
	if (pipe2(fds, O_CLOEXEC))
		return err_errno(EX_FAIL, "cannot start build-module");
	*pid = fork();
	if (!*pid) {
		dup2(fds[1], STDOUT_FILENO);
		execl(path, path, headers, seed, NULL);
		fprintf(stderr, "pcpubench: %s: %s\n", path, strerror(errno));
		_exit(127);
	}
	close(fds[1]);
	*out = fdopen(fds[0], "r");
	if (*pid < 0 || !*out)
		return err_errno(EX_FAIL, "cannot start build-module");
	return 0;
}

int module_build(struct module *m, unsigned int layout)
{
	char headers[200], line[PATH_MAX + 80], *tab;
	struct utsname uts;
	int ret, status;
	FILE *out = NULL;
	pid_t pid = -1;

	uname(&uts);
	snprintf(headers, sizeof(headers), WHERE_HEADERS, uts.release);
	m->layout = layout;
	ret = run_builder(headers, layout, &out, &pid);
	if (ret)
		return ret;
	while (!fgets(line, sizeof(line), out)) {
		line[0] = '\0';
		/* A signal: the builder has it too, or is let end. */
		if (feof(out) || errno != EINTR)
			break;
		clearerr(out);
	}
	fclose(out);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || measure_stop)
		return err(EX_INTR, "interrupted while building the module");
	/* It has said why itself. */
	if (WEXITSTATUS(status))
		return err(EX_FAIL, "%s", "");
	line[strcspn(line, "\n")] = '\0';
	tab = strchr(line, '\t');
	if (!tab)
		return err(EX_FAIL, "build-module printed '%s'", line);
	*tab++ = '\0';
	if (strlen(line) >= sizeof(m->path) || strlen(tab) >= sizeof(m->sha256))
		return err(EX_FAIL, "build-module printed too long a path");
	strcpy(m->path, line);
	strcpy(m->sha256, tab);
	return 0;
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
			ret = err(EX_FAIL, "the kernel does not take the module ('dmesg' says why): are its headers those of another build?");
		else if (errno == EKEYREJECTED || errno == EPERM)
			ret = err(EX_FAIL, "the kernel takes signed modules only: switch Secure Boot or module.sig_enforce off");
		else if (errno == EOPNOTSUPP)
			ret = err(EX_FAIL, "the module cannot tell the first percpu chunk: boot without percpu_alloc=page");
		else
			ret = err_errno(EX_FAIL, "the kernel does not take the module");
	}
	close(fd);
	return ret;
}
