// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/paths.h"
#include "kernel/builder.h"

/* Its standard output in @out. -1 with errno where it cannot be started. */
static pid_t start(const char *const *options, char *const *names, size_t nr,
		   FILE **out)
{
	char path[PATH_MAX], **argv;
	size_t i, n = 0;
	int fds[2];
	pid_t pid;

	snprintf(path, sizeof(path), "%s/kernel-patches/build-kernel",
		 path_data());
	while (options[n])
		n++;
	argv = calloc(nr + n + 2, sizeof(*argv));
	if (!argv || pipe2(fds, O_CLOEXEC)) {
		free(argv);
		return -1;
	}
	argv[0] = path;
	for (i = 0; i < n; i++)
		argv[i + 1] = (char *)options[i];
	for (n++, i = 0; i < nr; i++)
		argv[n++] = names[i];
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		execv(path, argv);
		fprintf(stderr, "pcpubench: %s: %s\n", path, strerror(errno));
		_exit(127);
	}
	free(argv);
	close(fds[1]);
	*out = fdopen(fds[0], "r");
	return pid;
}

static int finish(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) == EX_INTR)
		return err(EX_INTR, "interrupted while building");
	return WEXITSTATUS(status) ? err(WEXITSTATUS(status), "%s", "") : 0;
}

int builder_run(const char *const *options, char *const *names, size_t nr,
		builder_line take, void *arg)
{
	char *line = NULL;
	size_t room = 0;
	FILE *out = NULL;
	int ret = 0, ret2;
	pid_t pid;

	pid = start(options, names, nr, &out);
	if (pid < 0 || !out)
		return err_errno(EX_FAIL, "cannot start build-kernel");
	while (!ret && getline(&line, &room, out) > 0) {
		line[strcspn(line, "\n")] = '\0';
		ret = take(line, arg);
	}
	free(line);
	fclose(out);
	ret2 = finish(pid);
	return ret ? ret : ret2;
}
