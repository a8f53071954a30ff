// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "builder.h"
#include "err.h"
#include "paths.h"

pid_t builder_start(const char *const *options, char *const *names,
		    size_t nr, FILE **out)
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

int builder_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) == EX_INTR)
		return err(EX_INTR, "interrupted while building");
	return WEXITSTATUS(status) ? err(WEXITSTATUS(status), "%s", "") : 0;
}
