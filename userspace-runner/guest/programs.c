// SPDX-License-Identifier: GPL-2.0-or-later
/* Other programs in a guest: each is run, and what it prints is sent out. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/process.h"
#include "guest/guest.h"
#include "guest/programs.h"

struct out {
	const char *program;
	emit_fn emit;
	void *arg;
};

static int say(const struct out *to, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int say(const struct out *to, const char *fmt, ...)
{
	char line[500];
	va_list ap;
	int len = snprintf(line, sizeof(line), "%s: ", to->program);

	va_start(ap, fmt);
	vsnprintf(line + len, sizeof(line) - len, fmt, ap);
	va_end(ap);
	/* JSON is text; a program may print anything. */
	for (char *c = line; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = ' ';
	return to->emit(json_pack("{s:s, s:s}", "type", "tap", "line", line),
			to->arg);
}

static int send_lines(const struct out *to, int fd)
{
	FILE *in = fdopen(fd, "r");
	char line[400];
	int ret = 0;

	if (!in)
		return err_errno(EX_FAIL, "guest: cannot read %s", to->program);
	while (!ret && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		ret = say(to, "%s", line);
	}
	fclose(in);
	return ret;
}

static int run_program(const struct out *to)
{
	char path[sizeof(GUEST_PROGRAMS) + NAME_MAX + 1];
	const char *argv[] = { path, NULL };
	struct process p = { .argv = argv };
	int fd[2], ret, code;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/%s", GUEST_PROGRAMS, to->program);
	if (pipe2(fd, O_CLOEXEC))
		return err_errno(EX_FAIL, "guest: no pipe for %s", to->program);
	p.out = p.err = fd[1];
	ret = process_start(&p, &pid);
	close(fd[1]);
	if (ret)
		return ret;
	ret = send_lines(to, fd[0]);
	if (ret)
		return ret;
	code = process_wait(pid, 0);
	return code < 0 ? say(to, "signal %d", -code) :
			  say(to, "exit %d", code);
}

static int no_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int programs_run(unsigned int times, emit_fn emit, void *arg)
{
	struct dirent **entries;
	int nr = scandir(GUEST_PROGRAMS, &entries, no_dots, alphasort), ret = 0;

	if (nr < 0)
		return err_errno(EX_FAIL, "guest: no programs in the initrd");
	for (int i = 0; i < nr * (int)times && !ret; i++)
		ret = run_program(&(struct out){ entries[i % nr]->d_name, emit,
						 arg });
	for (int i = 0; i < nr; i++)
		free(entries[i]);
	free(entries);
	return ret;
}
