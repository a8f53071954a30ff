// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads and changes the settings of this machine that affect its times. */
#include <ctype.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/process.h"
#include "measure/cpu.h"
#include "metal/state.h"

#define CPU_DIR		"/sys/devices/system/cpu/"

/* What the running kernel's config says. */
struct found {
	char names[160];
	size_t len;
	bool any, heavy;	/* @any: it has a config */
	bool kaslr;		/* which has KASLR */
};

/* Facts of the machine that are read once. */
struct look {
	const char *root;
	int cpu;
	char cmdline[4096];
	char flags[8192];	/* of the first CPU */
	struct found config;
};

/* The first line of a file under the root; false if there is no file. */
static bool first_line(const struct look *l, char *line, size_t room,
		       const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static bool first_line(const struct look *l, char *line, size_t room,
		       const char *fmt, ...)
{
	char path[512], rest[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	snprintf(path, sizeof(path), "%s%s", l->root, rest);
	return read_first(path, line, room);
}

/* Does @text have @word, alone or followed by "=..."? */
static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *p;

	for (p = strstr(text, word); p; p = strstr(p + 1, word))
		if ((p == text || isspace((unsigned char)p[-1])) &&
		    (!p[len] || isspace((unsigned char)p[len])))
			return true;
	return false;
}

static void read_cpuinfo(struct look *l)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/proc/cpuinfo", l->root);
	read_field(path, "flags", l->flags, sizeof(l->flags));
}

static void set(struct state_fact *f, enum state_verdict verdict,
		const char *value, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void set(struct state_fact *f, enum state_verdict verdict,
		const char *value, const char *fmt, ...)
{
	va_list ap;

	f->verdict = verdict;
	snprintf(f->value, sizeof(f->value), "%s", value);
	va_start(ap, fmt);
	vsnprintf(f->say, sizeof(f->say), fmt, ap);
	va_end(ap);
}

#define TUNE	"'pcpubench doctor --tune' does"

/* A setting in a file, the first of @files that exists. */
struct knob {
	const char *name;
	struct {
		const char *path;	/* %d: the CPU */
		const char *good;	/* the value that is right */
	} files[2];
	bool on_off;			/* report "on" and "off", not values */
	const char *absent, *good, *bad;	/* texts */
};

static const struct knob knobs[] = {
	{ "governor",
	  { { CPU_DIR "cpu%d/cpufreq/scaling_governor", "performance" } },
	  false,
	  "Linux does not scale the frequency here",
	  "the clock stays up",
	  "the clock follows the load and changes during a run: set performance (" TUNE ")" },
	{ "turbo",
	  { { CPU_DIR "intel_pstate/no_turbo", "1" },
	    { CPU_DIR "cpufreq/boost", "0" } },
	  true,
	  "Linux does not control turbo here",
	  "the clock does not depend on other cores",
	  "the clock depends on temperature and on what other cores do: switch it off (" TUNE ")" },
	{ "smt",
	  { { CPU_DIR "smt/active", "0" } },
	  true,
	  "no SMT",
	  "no sibling takes part of the core",
	  "a sibling thread takes half of the core when it runs: switch it off (" TUNE ", or boot with nosmt)" },
	{ "numa",
	  { { "/proc/sys/kernel/numa_balancing", "0" } },
	  true,
	  "no NUMA balancing",
	  "no page faults for statistics",
	  "page faults during a run, to find the node that uses a page: switch it off (" TUNE ")" },
	{ "watchdog",
	  { { "/proc/sys/kernel/nmi_watchdog", "0" } },
	  true,
	  "no NMI watchdog",
	  "no NMIs in samples",
	  "NMIs in samples, and one of the PMU's counters is taken: switch it off (" TUNE ")" },
	{ "tracer",
	  { { "/sys/kernel/tracing/current_tracer", "nop" },
	    { "/sys/kernel/debug/tracing/current_tracer", "nop" } },
	  false,
	  "no tracer",
	  "no tracer is on",
	  "every function is traced: echo nop >/sys/kernel/tracing/current_tracer" },
};

static void look_knob(const struct look *l, struct state_fact *f)
{
	const struct knob *k = knobs;
	char value[64];
	bool good;

	while (strcmp(k->name, f->name))
		k++;
	for (int i = 0; i < 2 && k->files[i].path; i++) {
		if (!first_line(l, value, sizeof(value), k->files[i].path,
				l->cpu < 0 ? 0 : l->cpu))
			continue;
		good = !strcmp(value, k->files[i].good);
		set(f, good ? STATE_GOOD : STATE_BAD,
		    !k->on_off ? value : good ? "off" : "on", "%s",
		    good ? k->good : k->bad);
		return;
	}
	set(f, STATE_GOOD, "", "%s", k->absent);
}

static void look_isolated(const struct look *l, struct state_fact *f)
{
	const int cpu = cpu_isolated(l->root);
	char value[4096];

	if (cpu < 0 ||
	    !first_line(l, value, sizeof(value), CPU_DIR "isolated"))
		set(f, STATE_NOTE, "none",
		    "other tasks may run on the CPU between samples, which costs cache misses: boot with isolcpus=N nohz_full=N, and 'run' takes CPU N");
	else
		set(f, STATE_GOOD, value, "the scheduler keeps other tasks off CPU %d, which 'run' takes",
		    cpu);
}

static void look_mitigations(const struct look *l, struct state_fact *f)
{
	char pattern[512], line[512], names[160] = "", *name;
	glob_t files = { 0 };
	size_t len = 0;

	snprintf(pattern, sizeof(pattern), "%s" CPU_DIR "vulnerabilities/*",
		 l->root);
	glob(pattern, 0, NULL, &files);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		if (read_file(files.gl_pathv[i], line, sizeof(line)) ||
		    !strstr(line, "Mitigation"))
			continue;
		name = strrchr(files.gl_pathv[i], '/') + 1;
		if (len < sizeof(names))
			len += snprintf(names + len, sizeof(names) - len, "%s%s",
					len ? "," : "", name);
	}
	globfree(&files);
	if (len)
		set(f, STATE_NOTE, names,
		    "calls through pointers and entries to the kernel cost more, in both arms, as they do in production; to see without: boot with mitigations=off");
	else
		set(f, STATE_GOOD, "none", "nothing is added to calls and returns");
}

/* Config options that make the kernel slower. */
static const struct {
	const char *name;
	bool heavy;	/* else: cheap, and distributions have it */
} costly[] = {
	{ "KASAN", true }, { "KCSAN", true }, { "KMSAN", true },
	{ "UBSAN", true }, { "KMEMLEAK", true }, { "LOCKDEP", true },
	{ "LOCK_STAT", true }, { "DEBUG_SPINLOCK", true },
	{ "DEBUG_MUTEXES", true }, { "DEBUG_ATOMIC_SLEEP", true },
	{ "DEBUG_PREEMPT", true }, { "DEBUG_OBJECTS", true },
	{ "DEBUG_VM", true }, { "SLUB_DEBUG_ON", true },
	{ "DEBUG_PAGEALLOC_ENABLE_DEFAULT", true },
	{ "GCOV_PROFILE_ALL", true }, { "KCOV_INSTRUMENT_ALL", true },
	{ "PREEMPT_TRACER", true }, { "IRQSOFF_TRACER", true },
	{ "MEM_ALLOC_PROFILING_ENABLED_BY_DEFAULT", true },
	{ "DEBUG_LIST", false }, { "PERCPU_STATS", false },
	{ "INIT_ON_ALLOC_DEFAULT_ON", false },
};

static int take_config(char *line, void *arg)
{
	struct found *found = arg;
	char set_to[128];

	found->any = true;
	found->kaslr |= !strcmp(line, "CONFIG_RANDOMIZE_BASE=y");
	for (size_t i = 0; i < sizeof(costly) / sizeof(costly[0]); i++) {
		snprintf(set_to, sizeof(set_to), "CONFIG_%s=y", costly[i].name);
		if (strcmp(line, set_to) || found->len >= sizeof(found->names))
			continue;
		found->heavy |= costly[i].heavy;
		found->len += snprintf(found->names + found->len,
				       sizeof(found->names) - found->len,
				       "%s%s", found->len ? "," : "",
				       costly[i].name);
	}
	return 0;
}

static void read_config(struct look *l)
{
	char path[512];
	/* -f passes uncompressed files through. */
	const char *argv[] = { "zcat", "-f", path, NULL };
	const struct process zcat = { .argv = argv, .err = PROCESS_NULL };
	struct utsname uts;

	uname(&uts);
	snprintf(path, sizeof(path), "%s/boot/config-%s", l->root, uts.release);
	if (access(path, R_OK))
		snprintf(path, sizeof(path), "%s/proc/config.gz", l->root);
	process_lines(&zcat, take_config, &l->config);
}

static void look_debug(const struct look *l, struct state_fact *f)
{
	const struct found *config = &l->config;
	struct utsname uts;

	uname(&uts);
	if (!config->any)
		set(f, STATE_NOTE, "unknown",
		    "no /boot/config-%s and no /proc/config.gz: cannot tell what the kernel checks as it runs",
		    uts.release);
	else if (config->heavy)
		set(f, STATE_BAD, config->names,
		    "the kernel checks itself in both arms: measure one built without these");
	else if (config->len)
		set(f, STATE_NOTE, config->names,
		    "a little more work in both arms");
	else
		set(f, STATE_GOOD, "none",
		    "the kernel does not check itself as it runs");
}

static void look_kmem(const struct look *l, struct state_fact *f)
{
	const char *p = strstr(l->cmdline, "cgroup.memory=");
	char options[128];

	snprintf(options, sizeof(options), "%.*s",
		 p ? (int)strcspn(p, " \n") : 0, p ? p : "");
	if (strstr(options, "nokmem"))
		set(f, STATE_BAD, "nokmem",
		    "nothing is accounted, and every cell will be invalid: boot without cgroup.memory=nokmem");
	else
		set(f, STATE_GOOD, "kmem", "kernel memory is accounted");
}

static void look_clock(const struct look *l, struct state_fact *f)
{
	char value[64];
	bool steady = has_word(l->flags, "constant_tsc") &&
		      has_word(l->flags, "nonstop_tsc");

	if (!first_line(l, value, sizeof(value),
			"/sys/devices/system/clocksource/clocksource0/current_clocksource"))
		set(f, STATE_NOTE, "unknown", "cannot tell the clocksource");
	else if (!strcmp(value, "tsc") && steady)
		set(f, STATE_GOOD, value, "the TSC is read, and runs evenly");
	else if (!strcmp(value, "tsc") || !strcmp(value, "kvm-clock") ||
		 !strncmp(value, "hyperv", 6))
		set(f, STATE_NOTE, value,
		    "the TSC is read, but may not run evenly");
	else
		set(f, STATE_BAD, value,
		    "the kernel does not trust the TSC, and reading %s is slow: 'dmesg' says why; boot with tsc=reliable where it is known to be right",
		    value);
}

static void look_virt(const struct look *l, struct state_fact *f)
{
	char line[512];
	unsigned long long steal = 0;

	if (!has_word(l->flags, "hypervisor")) {
		set(f, STATE_GOOD, "none", "no hypervisor underneath");
		return;
	}
	if (first_line(l, line, sizeof(line), "/proc/stat"))
		sscanf(line, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &steal);
	set(f, STATE_BAD, steal ? "guest,steal" : "guest",
	    "a guest: the host may take the CPU away in mid-sample%s, caches are shared, and a PMU may be missing: measure on the host",
	    steal ? ", and has (steal time)" : "");
}

static bool has_kaslr(const struct look *l)
{
	return !has_word(l->cmdline, "nokaslr") &&
	       (!l->config.any || l->config.kaslr);
}

static void look_kaslr(const struct look *l, struct state_fact *f)
{
	if (!has_kaslr(l))
		set(f, STATE_NOTE, "off",
		    "code lies at the same addresses in every boot, which affects the numbers; 'run --layout-seed' moves the module");
	else
		set(f, STATE_GOOD, "on",
		    "code lies elsewhere in each boot; several boots average that");
}

static void look_load(const struct look *l, struct state_fact *f)
{
	char line[128];
	double load;

	if (!first_line(l, line, sizeof(line), "/proc/loadavg") ||
	    sscanf(line, "%lf", &load) != 1) {
		set(f, STATE_NOTE, "unknown", "cannot tell the load");
		return;
	}
	line[strcspn(line, " ")] = '\0';
	if (load > 0.5)
		set(f, STATE_BAD, line,
		    "something else runs: caches, memory and turbo are shared with it: wait until it has ended");
	else
		set(f, STATE_GOOD, line, "nothing else runs");
}

static const struct {
	const char *name;
	void (*look)(const struct look *l, struct state_fact *f);
} looks[STATE_FACTS] = {
	{ "governor", look_knob },
	{ "turbo", look_knob },
	{ "smt", look_knob },
	{ "isolated", look_isolated },
	{ "numa", look_knob },
	{ "watchdog", look_knob },
	{ "mitigated", look_mitigations },
	{ "debug", look_debug },
	{ "kmem", look_kmem },
	{ "clock", look_clock },
	{ "virt", look_virt },
	{ "tracer", look_knob },
	{ "kaslr", look_kaslr },
	{ "load", look_load },
};

void state_look(const char *root, int cpu, struct state_fact *facts)
{
	struct look l = { .root = root, .cpu = cpu };

	first_line(&l, l.cmdline, sizeof(l.cmdline), "/proc/cmdline");
	read_cpuinfo(&l);
	read_config(&l);
	for (size_t i = 0; i < STATE_FACTS; i++) {
		facts[i] = (struct state_fact){ .name = looks[i].name };
		looks[i].look(&l, &facts[i]);
	}
}

json_t *state_json(int cpu)
{
	struct state_fact facts[STATE_FACTS];
	json_t *state = json_object();

	state_look("", cpu, facts);
	for (size_t i = 0; i < STATE_FACTS; i++)
		if (facts[i].value[0])
			json_object_set_new(state, facts[i].name,
					    json_string(facts[i].value));
	return state;
}

bool state_kaslr(void)
{
	struct look l = { .root = "" };

	first_line(&l, l.cmdline, sizeof(l.cmdline), "/proc/cmdline");
	read_config(&l);
	return has_kaslr(&l);
}

/* ------------------------------------------------------------------ tune */

/*
 * SMT first: what is set of a CPU is then set only of those that stay on. Undoing in
 * reverse order brings the siblings back last, each with the governor that it had.
 */
static const struct {
	const char *path;	/* a pattern */
	const char *from;	/* only if it is this, or NULL */
	const char *to;
} settings[] = {
	{ CPU_DIR "smt/control", "on", "off" },
	{ CPU_DIR "cpu[0-9]*/cpufreq/scaling_governor", NULL, "performance" },
	{ CPU_DIR "intel_pstate/no_turbo", NULL, "1" },
	{ CPU_DIR "cpufreq/boost", NULL, "0" },
	{ "/proc/sys/kernel/numa_balancing", NULL, "0" },
	{ "/proc/sys/kernel/nmi_watchdog", NULL, "0" },
};

/*
 * Is @file of a CPU that is off? Its governor stays in /sys, but reading or writing it
 * gives EBUSY (show() in drivers/cpufreq/cpufreq.c).
 */
static bool is_off(const char *root, const char *file)
{
	const char *dir = strstr(file, CPU_DIR);
	int cpu;

	return dir && sscanf(dir + strlen(CPU_DIR), "cpu%d", &cpu) == 1 &&
	       !cpu_online(root, cpu);
}

static int tune_file(const char *path, const char *from, const char *to,
		     struct undo *undo, unsigned int *nr)
{
	char had[256];
	int ret;

	ret = read_file(path, had, sizeof(had));
	if (ret)
		return ret;
	had[strcspn(had, "\n")] = '\0';
	if (!strcmp(had, to) || (from && strcmp(had, from)))
		return 0;
	ret = undo_write(undo, path, had);
	if (!ret)
		ret = write_file(path, to);
	if (ret)
		return ret;
	(*nr)++;
	return 0;
}

int state_tune(const char *root, struct undo *undo, unsigned int *nr)
{
	char pattern[512], *path;
	glob_t files;
	int ret = 0;

	*nr = 0;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		files = (glob_t){ 0 };
		snprintf(pattern, sizeof(pattern), "%s%s", root,
			 settings[i].path);
		glob(pattern, 0, NULL, &files);
		for (size_t k = 0; k < files.gl_pathc && !ret; k++) {
			path = files.gl_pathv[k];
			if (!is_off(root, path))
				ret = tune_file(path, settings[i].from,
						settings[i].to, undo, nr);
		}
		globfree(&files);
	}
	return ret;
}
