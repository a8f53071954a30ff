// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "campaign/files.h"

/* A directory's names are on the disk only after it was synced itself. */
static int sync_parent(const char *path)
{
	char copy[PATH_MAX];
	int fd, ret;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ret = fsync(fd);
	close(fd);
	return ret;
}

int file_make_parents(const char *path)
{
	char copy[PATH_MAX], *p;

	snprintf(copy, sizeof(copy), "%s", path);
	for (p = strchr(copy + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST)
			return err_errno(EX_FAIL, "cannot make the folder %s",
					 copy);
		*p = '/';
	}
	return 0;
}

static int write_all(int fd, const char *text)
{
	size_t len = strlen(text);
	ssize_t n;

	while (len) {
		n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		len -= n;
	}
	return 0;
}

int file_replace(const char *path, const char *text)
{
	char part[PATH_MAX];
	int fd, bad;

	snprintf(part, sizeof(part), "%s.part", path);
	if (file_make_parents(path))
		return EX_FAIL;
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_errno(EX_FAIL, "cannot write %s", part);
	bad = write_all(fd, text) || fsync(fd);
	bad |= close(fd);
	if (bad || rename(part, path) || sync_parent(path)) {
		err_errno(EX_FAIL, "cannot write %s", path);
		unlink(part);
		return EX_FAIL;
	}
	return 0;
}

int file_remove(const char *path)
{
	if (!path[0] || (unlink(path) && errno == ENOENT))
		return 0;
	if (!access(path, F_OK) || sync_parent(path))
		return err_errno(EX_FAIL, "cannot remove %s", path);
	return 0;
}

char *file_read(const char *path)
{
	char *text = NULL;
	size_t room = 0;
	FILE *f = fopen(path, "re");
	ssize_t n;

	if (!f)
		return NULL;
	n = getdelim(&text, &room, '\0', f);
	fclose(f);
	if (n >= 0)
		return text;
	free(text);
	return strdup("");
}

int file_sync_system(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret = fd < 0 ? -1 : syncfs(fd);

	if (fd >= 0)
		close(fd);
	return ret ? err_errno(EX_FAIL, "cannot sync the file system of %s",
			       path) : 0;
}

/* ------------------------------------------------------------------ programs */

static void child(char *const argv[], int out)
{
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	dup2(null, STDIN_FILENO);
	if (out >= 0) {
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
	}
	execvp(argv[0], argv);
	_exit(127);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

/* What it says, the last of it where that is more than @room. */
static void take(int fd, char *out, size_t room, size_t *len)
{
	char buf[4096];
	ssize_t n = read(fd, buf, sizeof(buf));
	size_t drop, take = n > 0 ? n : 0;

	if (take > room - 1)
		take = room - 1;
	if (*len + take > room - 1) {
		drop = *len + take - (room - 1);
		memmove(out, out + drop, *len - drop);
		*len -= drop;
	}
	memcpy(out + *len, buf + (n > 0 ? n - take : 0), take);
	*len += take;
	out[*len] = '\0';
}

/* True when it ended by itself before @until. */
static bool watch(pid_t pid, int fd, char *out, size_t room, double until)
{
	int pidfd = syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p[2] = { { pidfd, POLLIN, 0 }, { fd, POLLIN, 0 } };
	bool ended = false;
	size_t len = 0;
	double left;

	while (!ended) {
		left = until ? until - now() : 1;
		if (left <= 0)
			break;
		poll(p, 2, left < 1 ? (int)(left * 1000) + 1 : 1000);
		if (p[1].revents & POLLIN)
			take(fd, out, room, &len);
		else if (p[1].revents)
			p[1].fd = -1;
		ended = (p[0].revents & POLLIN) &&
			!(p[1].revents & POLLIN);
	}
	close(pidfd);
	return ended;
}

int program_run(char *const argv[], char *out, size_t room,
		unsigned int deadline_s)
{
	int fds[2] = { -1, -1 }, status;
	bool ended;
	pid_t pid;

	if (out)
		out[0] = '\0';
	if (out && pipe2(fds, O_CLOEXEC))
		return err_errno(-1, "cannot start %s", argv[0]);
	pid = fork();
	if (!pid)
		child(argv, fds[1]);
	if (out)
		close(fds[1]);
	if (pid < 0) {
		if (out)
			close(fds[0]);
		return err_errno(-1, "cannot start %s", argv[0]);
	}
	ended = watch(pid, fds[0], out, room,
		      deadline_s ? now() + deadline_s : 0);
	if (!ended)
		kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (out)
		close(fds[0]);
	if (!ended)
		return err(-1, "%s did not end within %u s", argv[0],
			   deadline_s);
	if (!WIFEXITED(status))
		return err(-1, "%s was ended by signal %d", argv[0],
			   WTERMSIG(status));
	if (WEXITSTATUS(status) == 127)
		err(127, "there is no %s: install it", argv[0]);
	return WEXITSTATUS(status);
}

int program_must(char *const argv[])
{
	char out[512], *line;
	int code = program_run(argv, out, sizeof(out), 300);
	size_t len;

	if (!code)
		return 0;
	if (code < 0 || code == 127)
		return EX_FAIL;
	/* The last line is why, the ones before are how it got there. */
	for (len = strlen(out); len && out[len - 1] == '\n'; len--)
		out[len - 1] = '\0';
	line = strrchr(out, '\n');
	return err(EX_FAIL, "%s %s failed: %s", argv[0], argv[1],
		   line ? line + 1 : out);
}
