// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs other programs: starts them, waits, reads their output. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/process.h"

#define LOOK_MS	10

static void become(int fd, int file)
{
	if (file == PROCESS_NULL)
		file = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (file > 0)
		dup2(file, fd);
}

/* In the child: send errno to @failed, which closes when the program begins. */
static void __attribute__((noreturn))
child(const struct process *p, pid_t parent, int failed)
{
	int saved;

	if (p->orphan_signal) {
		prctl(PR_SET_PDEATHSIG, p->orphan_signal);
		if (getppid() != parent)
			_exit(127);
	}
	if (p->alone) {
		setpgid(0, 0);
		become(STDIN_FILENO, PROCESS_NULL);
	}
	if (p->cpus)
		sched_setaffinity(0, sizeof(*p->cpus), p->cpus);
	for (size_t i = 0; i < p->nr_keep; i++)
		if (p->keep[i] >= 0)
			fcntl(p->keep[i], F_SETFD, 0);
	become(STDIN_FILENO, p->in);
	become(STDOUT_FILENO, p->out);
	become(STDERR_FILENO, p->err);
	/* The program must not inherit that SIGPIPE is ignored. */
	signal(SIGPIPE, SIG_DFL);
	execvp(p->argv[0], (char *const *)p->argv);
	saved = errno;
	if (write(failed, &saved, sizeof(saved)) != sizeof(saved))
		_exit(126);
	_exit(127);
}

int process_start(const struct process *p, pid_t *pid)
{
	pid_t parent = getpid();
	int fds[2], error = 0;
	ssize_t n = -1;

	*pid = -1;
	if (pipe2(fds, O_CLOEXEC))
		return err_errno(EX_FAIL, "cannot start %s", p->argv[0]);
	/* Our earlier output must come before the program's. */
	fflush(stdout);
	*pid = fork();
	if (!*pid)
		child(p, parent, fds[1]);
	if (*pid < 0)
		error = errno;
	close(fds[1]);
	while (*pid > 0 && (n = read(fds[0], &error, sizeof(error))) < 0 &&
	       errno == EINTR)
		;
	close(fds[0]);
	if (!error)
		return 0;
	if (*pid > 0)
		process_wait(*pid, 0);
	*pid = -1;
	if (error == ENOENT)
		return err(127, "there is no %s: install it", p->argv[0]);
	errno = error;
	return err_errno(EX_FAIL, "cannot start %s", p->argv[0]);
}

/* False when @deadline_s passed first. */
static bool ends(pid_t pid, unsigned int deadline_s)
{
	double until = clock_now() + deadline_s;
	siginfo_t info = { .si_pid = 0 };

	while (!waitid(P_PID, pid, &info, WEXITED | WNOWAIT | WNOHANG) &&
	       !info.si_pid) {
		if (clock_now() >= until)
			return false;
		poll(NULL, 0, LOOK_MS);
	}
	return true;
}

/* waitpid(), undisturbed by signals. */
static pid_t reap(pid_t pid, int options, int *code)
{
	pid_t ended;
	int status = 0;

	do
		ended = waitpid(pid, &status, options);
	while (ended < 0 && errno == EINTR);
	*code = ended < 0 ? EX_FAIL : WIFEXITED(status) ?
		WEXITSTATUS(status) : -WTERMSIG(status);
	return ended;
}

static void send_kill(pid_t pid)
{
	kill(getpgid(pid) == pid ? -pid : pid, SIGKILL);
}

int process_wait(pid_t pid, unsigned int deadline_s)
{
	bool late = deadline_s && !ends(pid, deadline_s);
	int code;

	if (late)
		send_kill(pid);
	reap(pid, 0, &code);
	return late ? PROCESS_LATE : code;
}

bool process_ended(pid_t pid, int *code)
{
	return reap(pid, WNOHANG, code) != 0;
}

void process_kill(pid_t pid)
{
	int code;

	send_kill(pid);
	reap(pid, 0, &code);
}

/* The last @room - 1 bytes of @f. */
static void tail(FILE *f, char *out, size_t room)
{
	off_t size = lseek(fileno(f), 0, SEEK_END);
	ssize_t n;

	n = pread(fileno(f), out, room - 1,
		  size > (off_t)room - 1 ? size - (off_t)(room - 1) : 0);
	out[n > 0 ? n : 0] = '\0';
}

int process_run(const char *const *argv, char *out, size_t room,
		unsigned int deadline_s)
{
	FILE *f = scratch_file();
	struct process p = { .argv = argv, .alone = true };
	pid_t pid;
	int code;

	out[0] = '\0';
	if (!f)
		return -1;
	p.out = p.err = fileno(f);
	code = process_start(&p, &pid);
	if (!code) {
		code = process_wait(pid, deadline_s);
		tail(f, out, room);
	} else if (code != 127) {
		code = -1;
	}
	fclose(f);
	if (pid < 0 || code >= 0)
		return code;
	return code == PROCESS_LATE ?
	       err(-1, "%s did not end within %u s", argv[0], deadline_s) :
	       err(-1, "%s was ended by signal %d", argv[0], -code);
}

/* For programs that take a moment, and may wait for somebody for ever. */
#define MUST_WITHIN_S	300

static int must(const char *const *argv, unsigned int deadline_s)
{
	char out[512], *line;
	int code = process_run(argv, out, sizeof(out), deadline_s);
	size_t len;

	if (!code)
		return 0;
	if (code < 0 || code == 127)
		return EX_FAIL;
	/* Keep the last line, which has the reason. */
	for (len = strlen(out); len && out[len - 1] == '\n'; len--)
		out[len - 1] = '\0';
	line = strrchr(out, '\n');
	return err(EX_FAIL, "%s %s failed: %s", argv[0], argv[1],
		   line ? line + 1 : out);
}

int process_must(const char *const *argv)
{
	return must(argv, MUST_WITHIN_S);
}

int process_must_work(const char *const *argv)
{
	return must(argv, 0);
}

int process_read(const struct process *p, FILE **out)
{
	struct process with_file = *p;
	pid_t pid;
	int code;

	*out = scratch_file();
	if (!*out)
		return EX_FAIL;
	with_file.out = fileno(*out);
	code = process_start(&with_file, &pid);
	if (code) {
		fclose(*out);
		*out = NULL;
		return code;
	}
	code = process_wait(pid, 0);
	rewind(*out);
	return code;
}

/* The exit code for a program that reports its errors itself. */
static int process_code(const struct process *p, int code)
{
	if (code < 0 || code == EX_INTR)
		return err(EX_INTR, "interrupted: %s did not end", p->argv[0]);
	return code ? err(code, "%s", "") : 0;
}

int process_call(const struct process *p)
{
	pid_t pid;

	return process_start(p, &pid) ? EX_FAIL :
	       process_code(p, process_wait(pid, 0));
}

int process_lines(const struct process *p, line_fn take, void *arg)
{
	FILE *out;
	int code = process_read(p, &out), ret;

	if (!out)
		return EX_FAIL;
	ret = take_lines(out, take, arg);
	fclose(out);
	return ret ? ret : process_code(p, code);
}

bool process_find(const char *name, char *path)
{
	const char *dirs = getenv("PATH");
	char file[PATH_MAX];
	size_t len;

	for (; dirs && *dirs; dirs += len + !!dirs[len]) {
		len = strcspn(dirs, ":");
		snprintf(file, sizeof(file), "%.*s/%s", (int)len, dirs, name);
		if (access(file, X_OK))
			continue;
		if (path)
			strcpy(path, file);
		return true;
	}
	return false;
}
