// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load/exec: a task starts a program and waits for its end, again and again. A
 * process has percpu counters of its memory, charged to its memory cgroup: they
 * are allocated by exec, and freed when it ends.
 *
 * The child shares its parent's memory until exec (vfork): tasks would contend for
 * the locks of a memory that they all copy. Each task runs a file of its own, as
 * every exec of a file takes the lock of its mappings.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure/benches/exec_file.h"
#include "measure/benches/load.h"

#define STATUS	61	/* of the program, and of nothing else */
#define BASE	0x400000

/*
 * The program, for x86-64: it reads its input until there is some or it ends, and
 * exits with STATUS. So small, and without a library, that little but the kernel's
 * work is measured.
 */
static const struct {
	Elf64_Ehdr head;
	Elf64_Phdr segment;
	unsigned char code[26];
} program = {
	.head = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC, .e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_entry = BASE + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr),
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 1,
	},
	.segment = {
		.p_type = PT_LOAD, .p_flags = PF_R | PF_X,
		.p_vaddr = BASE, .p_paddr = BASE,
		.p_filesz = sizeof(program), .p_memsz = sizeof(program),
		.p_align = 0x1000,
	},
	.code = {
		0x31, 0xc0,			/* xor %eax, %eax: read */
		0x31, 0xff,			/* xor %edi, %edi */
		0x48, 0x89, 0xe6,		/* mov %rsp, %rsi */
		0xba, 1, 0, 0, 0,		/* mov $1, %edx */
		0x0f, 0x05,			/* syscall */
		0xb8, 60, 0, 0, 0,		/* mov $60, %eax: exit */
		0xbf, STATUS, 0, 0, 0,		/* mov $STATUS, %edi */
		0x0f, 0x05,			/* syscall */
	},
};

struct exec {
	int file;		/* the program */
	int null;		/* an input that has ended */
	int wait[2];		/* one that has not */
	pid_t held[LOAD_HELD];
	unsigned int nr_held;
};

static const char *begin(void **own)
{
	struct exec *e = malloc(sizeof(*e));

	*own = e;
	if (!e)
		return "get memory";
	*e = (struct exec){ .file = -1, .wait = { -1, -1 } };
	e->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (e->null < 0)
		return "open /dev/null";
	e->file = exec_file(&program, sizeof(program));
	return e->file < 0 ? "make a file to run" : NULL;
}

/* A child that has become the program, or 0. */
static pid_t start(const struct exec *e, int in)
{
	char *const argv[] = { (char *)"load", NULL }, *const envp[] = { NULL };
	pid_t pid = vfork();

	if (pid)
		return pid < 0 ? 0 : pid;
	if (dup2(in, STDIN_FILENO) == STDIN_FILENO)
		syscall(SYS_execveat, e->file, "", argv, envp, AT_EMPTY_PATH);
	_exit(127);
}

static bool ended_well(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == STATUS;
}

static bool operate(void *own)
{
	const struct exec *e = own;
	pid_t pid = start(e, e->null);

	return pid && ended_well(pid);
}

static const char *hold(void *own, unsigned int nr)
{
	struct exec *e = own;

	if (pipe2(e->wait, O_CLOEXEC))
		return "make a pipe";
	while (e->nr_held < nr) {
		e->held[e->nr_held] = start(e, e->wait[0]);
		if (!e->held[e->nr_held])
			return "start a program";
		e->nr_held++;
	}
	return NULL;
}

static void drop(void *own)
{
	struct exec *e = own;

	close(e->wait[0]);
	close(e->wait[1]);
	while (e->nr_held)
		ended_well(e->held[--e->nr_held]);
}

static void end(void *own)
{
	struct exec *e = own;

	if (!e)
		return;
	close(e->file);
	close(e->null);
	free(e);
}

const struct load_kind load_exec = {
	.name = "exec", .begin = begin, .operate = operate, .hold = hold,
	.drop = drop, .end = end,
};
