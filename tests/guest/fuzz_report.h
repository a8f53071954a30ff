/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fuzzer tells at its end: calls, code, and memory that did not come back. */
#ifndef PCPUBENCH_TESTS_FUZZ_REPORT_H
#define PCPUBENCH_TESTS_FUZZ_REPORT_H

#include "fuzz_task.h"
#include "tap.h"

#define KMEMLEAK	"/sys/kernel/debug/kmemleak"
#define KCSAN		"/sys/kernel/debug/kcsan"
#define LEAKS		(256 << 10)	/* bytes of its report */

static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
	char line[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	tap_send(line);
}

/* What a guest that is lost later has told. */
static void tell_sum(void)
{
	unsigned long sum = 0;

	for (unsigned int i = 0; i < FUZZ_NR_CALLS; i++)
		sum += all->calls[i];
	say("# calls: %lu", sum);
}

static void tell_calls(void)
{
	unsigned int i, error;

	for (i = 0; i < FUZZ_NR_CALLS; i++) {
		say("# %s: %lu calls, %lu worked, %lu us each", fuzz_calls[i].name,
		    all->calls[i], all->ok[i],
		    all->us[i] / (all->timed[i] + !all->timed[i]));
		for (error = 1; error < MAX_ERRNO; error++)
			if (all->errors[i][error])
				say("# %s: %lu times %s", fuzz_calls[i].name,
				    all->errors[i][error], strerror(error));
		ok(all->calls[i] > 0, "%s was called", fuzz_calls[i].name);
	}
	say("# %lu tasks were killed, a CPU went %lu times, the module %lu times",
	    all->killed, all->gone, all->unloaded);
	say("# %lu bytes of answers were read", all->scanned);
	tell_sum();
}

/* How many accesses KCSAN watched, and how many races it saw, reported or not. */
static void tell_watches(void)
{
	char text[2048], *line, *save = NULL;

	if (!looks_for_races || read_file(KCSAN, text, sizeof(text)))
		return;
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (strstr(line, "setup_watchpoints:") ||
		    strstr(line, "data_races:"))
			say("# KCSAN %s", line);
}

/* The offsets in the module's code that tasks reached, and that were not told yet. */
static void tell_code(void)
{
	char line[1024];
	int len = 0;

	for (unsigned int i = 0; i < TEXT; i++) {
		if (all->seen[i] != NEW)
			continue;
		all->seen[i] = TOLD;
		len += snprintf(line + len, sizeof(line) - len, "%s%x",
				len ? " " : "# code: ", i);
		if (len > (int)sizeof(line) - 16) {
			tap_send(line);
			len = 0;
		}
	}
	if (len)
		tap_send(line);
}

/*
 * kmemleak's records but for those of one leak that is the kernel's: when
 * kobject_init_and_add() fails, sysfs_slab_add() of 6.12 forgets the name that it
 * took. An allocation that fails in PCPU_BENCH_RUN of slab-alloc leads there.
 */
static char *first_leak(char *leaks)
{
	static const char begin[] = "unreferenced object";
	char *at = strstr(leaks, begin), *next;
	unsigned int theirs = 0;

	for (; at; at = next) {
		next = strstr(at + 1, begin);
		if (next)
			next[-1] = '\0';
		if (!strstr(at, "kobject_set_name_vargs") ||
		    !strstr(at, "sysfs_slab_add"))
			break;
		theirs++;
	}
	say("# names that the kernel's sysfs_slab_add() lost: %u", theirs);
	return at;
}

static void no_memory_leaked(void)
{
	static char leaks[LEAKS];
	char *leak, *line, *save = NULL;
	int i;

	/* Twice: the first scan may find what is just in use; young memory is not. */
	for (i = 0; i < 2; i++) {
		sleep(6);
		write_file(KMEMLEAK, "scan");
	}
	if (!ok(!read_file(KMEMLEAK, leaks, sizeof(leaks)), "kmemleak tells"))
		return;
	leak = first_leak(leaks);
	ok(!leak, "no memory leaked");
	for (line = leak ? strtok_r(leak, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		say("# %s", line);
}

static void all_is_back(void)
{
	long long bytes = -1;

	for (int i = 0; i < 2; i++)
		same(cgroup_percpu_bytes(&cg[i], &bytes) ? -1 : bytes, 0,
		     "all percpu memory is back");
	same(syscall(SYS_delete_module, PCPU_BENCH_DEVICE, O_NONBLOCK) ?
	     errno : 0, 0, "nobody uses the module");
	if (looks_for_leaks)
		no_memory_leaked();
}

#endif
