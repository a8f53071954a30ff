// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads what a guest sends, which may be anything. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/safe.h"
#include "results/record.h"
#include "vm/vm.h"

/*
 * Bytes, a hundred times and more what a guest of 4096 CPUs sends: what is above is not
 * ours, and would only fill this machine's memory.
 */
#define MOST_RESULTS	(64L << 20)
#define MOST_LINE	(4L << 20)
#define MOST_CONSOLE	(64L << 20)
#define MOST_MEMORY	(512UL << 20)	/* of its results when they are read */

/* The guest broke the rules: its results are worth nothing, whatever follows. */
static void give_up(struct vm *vm, const char *why)
{
	vm->garbled = true;
	if (!vm->failed[0])
		snprintf(vm->failed, sizeof(vm->failed), "%s", why);
}

static void take_record(struct vm *vm, json_t *rec)
{
	const char *type = json_string_value(json_object_get(rec, "type"));
	const char *text;

	if (!type || vm->done) {
		give_up(vm, "the guest's results are garbled");
	} else if (!strcmp(type, "init")) {
		vm->init_s = clock_now() - vm->started_s;
	} else if (!strcmp(type, "guest")) {
		json_decref(vm->guest);
		vm->guest = json_incref(rec);
	} else if (!strcmp(type, "cell")) {
		json_array_append(vm->cells, rec);
	} else if (!strcmp(type, "tap")) {
		text = json_string_value(json_object_get(rec, "line"));
		if (text)
			json_array_append_new(vm->lines, json_string(text));
	} else if (!strcmp(type, "done")) {
		vm->done = true;
	} else if (!strcmp(type, "error")) {
		text = json_string_value(json_object_get(rec, "message"));
		snprintf(vm->failed, sizeof(vm->failed), "%s",
			 text ? text : "the guest reported an error");
		/* It may have been cut in a character. */
		safe_text(vm->failed);
	} else {
		give_up(vm, "the guest sent a record of an unknown type");
	}
}

static void take_line(struct vm *vm, const char *line, size_t len)
{
	json_t *rec;

	vm->taken += record_memory(line, len);
	if (vm->taken > MOST_MEMORY) {
		give_up(vm, "the guest's results take more memory than any guest's");
		return;
	}
	rec = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	if (rec && record_make_safe(rec))
		take_record(vm, rec);
	else
		give_up(vm, "the guest's results are garbled");
	json_decref(rec);
}

/* Take the complete lines that came since the last call. */
static void read_records(struct vm *vm)
{
	struct stat st;
	char *buf, *line, *nl;
	ssize_t len;

	if (fstat(vm->results_fd, &st) || st.st_size == vm->seen || vm->garbled)
		return;
	vm->seen = st.st_size;
	if (st.st_size > MOST_RESULTS) {
		give_up(vm, "the guest wrote more results than any guest has");
		return;
	}
	buf = malloc(st.st_size - vm->parsed + 1);
	if (!buf)
		return;
	len = pread(vm->results_fd, buf, st.st_size - vm->parsed, vm->parsed);
	if (len > 0) {
		buf[len] = '\0';
		for (line = buf; (nl = strchr(line, '\n')) && !vm->garbled;
		     line = nl + 1)
			take_line(vm, line, nl - line);
		vm->parsed += line - buf;
		/* After a zero byte nothing is a line. */
		if (memchr(line, '\0', buf + len - line))
			give_up(vm, "the guest's results are garbled");
	}
	free(buf);
	if (st.st_size - vm->parsed > MOST_LINE)
		give_up(vm, "the guest's results have a line without an end");
}

static bool is_over(int fd, off_t most)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_size > most;
}

void vm_hear(struct vm *vm)
{
	read_records(vm);
	if (is_over(vm->console_fd, MOST_CONSOLE))
		give_up(vm, "the guest wrote more to its console than any guest does");
	/* The plugin writes as often as the guest makes it. */
	if (vm->profile_fd >= 0 && is_over(vm->profile_fd, vm->profile_most))
		give_up(vm, "the guest made the plugin write more than any guest does");
}
