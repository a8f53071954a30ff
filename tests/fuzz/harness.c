// SPDX-License-Identifier: GPL-2.0-or-later
/* What all fuzz targets need. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/safe.h"
#include "cmd/cmd.h"
#include "fuzz.h"

#define WORDS	16

/* libFuzzer calls this first. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* The same input takes the same way through hash tables each time. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	json_object_seed(1);
	return 0;
}

void fuzz_fail(const char *rule)
{
	/* Not stderr, which may be what a command prints to. */
	dprintf(STDERR_FILENO, "not so: %s\n", rule);
	abort();
}

int fuzz_file(const void *data, size_t size, char path[FUZZ_PATH])
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		fuzz_fail("there is room for a file");
	snprintf(path, FUZZ_PATH, "/proc/self/fd/%d", fd);
	return fd;
}

/* The linker takes it for hash_file(), see tests.mk. */
int __wrap_hash_file(const char *path, char hash[65]);

int __wrap_hash_file(const char *path, char hash[65])
{
	(void)path;
	strcpy(hash, FUZZ_HASH);
	return 0;
}

static void check_line(const char *line, size_t len, bool github)
{
	const char *at = line;
	bool safe;

	while (at < line + len) {
		at += safe_character(at, &safe);
		if (!safe)
			fuzz_fail("no character drives a terminal");
	}
	for (at = line; *at == ' '; at++)
		;
	if (!github && safe_is_command(at))
		fuzz_fail("no line is a command of a GitHub job");
	if (memmem(line, len, "##[", 3))
		fuzz_fail("nothing is a command of a GitHub job");
}

void fuzz_text(const char *text, size_t len, bool github)
{
	const char *end;

	if (strlen(text) != len)
		fuzz_fail("a text has no NUL");
	for (; *text; text = end + !!*end) {
		end = strchrnul(text, '\n');
		check_line(text, end - text, github);
	}
}

FILE *fuzz_begin(struct fuzz_out *o)
{
	*o = (struct fuzz_out){ .text = NULL };
	o->out = open_memstream(&o->text, &o->len);
	if (!o->out)
		fuzz_fail("there is room for an output");
	return o->out;
}

void fuzz_end(struct fuzz_out *o)
{
	fclose(o->out);
	fuzz_text(o->text, o->len, false);
}

static void check_json(const char *text, size_t len)
{
	json_t *json = json_loadb(text, len, JSON_DECODE_ANY, NULL);

	if (!json)
		fuzz_fail("--json prints JSON");
	json_decref(json);
}

/* The words of @line, in place; @path for "%". Their number. */
static int split(char *line, char *path, char *argv[WORDS])
{
	char *save = NULL, *word;
	int argc = 0;

	for (word = strtok_r(line, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = strcmp(word, "%") ? word : path;
	argv[argc] = NULL;
	return argc;
}

static void run(const char *words, char *path)
{
	FILE *had[] = { stdout, stderr };
	struct fuzz_out out, said;
	char *line = strdup(words), *argv[WORDS];
	int argc = split(line, path, argv), code;

	stdout = fuzz_begin(&out);
	stderr = fuzz_begin(&said);
	err(0, "%s", "");
	code = command_run(argc, argv);
	stdout = had[0];
	stderr = had[1];
	fclose(out.out);
	fuzz_end(&said);
	fuzz_text(out.text, out.len, strstr(words, "=github"));
	if (code == EX_USE && !err_message()[0])
		fuzz_fail("who refuses a file says why");
	fuzz_text(err_message(), strlen(err_message()), false);
	if (!code && strstr(words, " --json"))
		check_json(out.text, out.len);
	free(out.text);
	free(said.text);
	free(line);
}

void fuzz_commands(const uint8_t *data, size_t size, const char *const *lines)
{
	char path[FUZZ_PATH];
	int fd = fuzz_file(data, size, path);

	for (; *lines; lines++)
		run(*lines, path);
	close(fd);
}
