// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `pcpubench run` on a running kernel: the program's own code, in processes
 * that are interrupted and killed, as the /init of a guest. There is no
 * compiler here: this program also replaces build-module and returns the
 * initrd's module.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "cmd/cmd.h"
#include "metal/undo.h"
#include "metal/where.h"
#include "profile/lines.h"
#include "results/boots.h"
#include "results/reader.h"
#include "results/record.h"
#include "tap.h"
#include "vm/initrd.h"

#define BUILDER	"/data/kernel-patches/build-module"
#define MODULE	"/pcpu_bench.ko"
#define LOADED	"/sys/module/pcpu_bench"
#define CONTROL	GUEST_CGROUP "/cgroup.subtree_control"
#define UNDONE	UNDO_DIR "/run.json"
#define RESULTS	"/tmp/r.jsonl"
#define SAID	"/tmp/said"
#define MOMENT_US	1000
#define MOMENTS		20000

/* Not used here; the real one would need a static libarchive. */
int initrd_write(int fd, const struct initrd_file *files, size_t nr)
{
	(void)fd;
	(void)files;
	(void)nr;
	return err(EX_FAIL, "no guest in a guest");
}

/* Not used here; the real one would need a static libdw. */
int lines_open(struct lines **lines, const char *dir)
{
	(void)dir;
	*lines = NULL;
	return err(EX_FAIL, "no debug information in a guest");
}

void lines_find(const struct lines *l, uint64_t addr, bool inlines,
		struct place *p)
{
	(void)l;
	(void)addr;
	(void)inlines;
	*p = (struct place){ .function = "", .file = "" };
}

void lines_close(struct lines *l)
{
	(void)l;
}

/*
 * This kernel has no file locks (CONFIG_FILE_LOCKING is off), so there is one
 * lock, which a process holds as long as it lives.
 */
static volatile pid_t *holder;

int flock(int fd, int operation)
{
	pid_t pid = getpid(), had = *holder;

	(void)fd;
	(void)operation;
	if (had && had != pid && !kill(had, 0)) {
		errno = EWOULDBLOCK;
		return -1;
	}
	*holder = pid;
	return 0;
}

/* MODULE and a hash, as build-module prints them; each layout is another file. */
static int build_module(const char *seed)
{
	printf("%s\t%064d\n", MODULE, atoi(seed));
	return 0;
}

static int make_dirs(void)
{
	static const char *const dirs[] = {
		"/run", "/tmp", "/data", "/data/kernel-patches", "/lib",
		"/lib/modules",
	};
	char path[200];
	struct utsname uts;

	uname(&uts);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		mkdir(dirs[i], 0755);
	snprintf(path, sizeof(path), "/lib/modules/%s", uts.release);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), WHERE_HEADERS, uts.release);
	if (mkdir(path, 0755) || symlink("/init", BUILDER))
		return err_errno(EX_FAIL, "cannot make %s", path);
	holder = mmap(NULL, sizeof(*holder), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (holder == MAP_FAILED)
		return err_errno(EX_FAIL, "no shared memory");
	setenv("PCPUBENCH_DATADIR", "/data", 1);
	return 0;
}

/* --------------------------------------------------------------- one `run` */

static pid_t start(char *const *args)
{
	char *argv[16] = { (char *)"pcpubench run" };
	int argc, ret;
	pid_t pid = fork();

	if (pid)
		return pid;
	for (argc = 1; args[argc - 1]; argc++)
		argv[argc] = args[argc - 1];
	unlink(SAID);
	if (!freopen(SAID, "a", stdout) || !freopen(SAID, "a", stderr))
		_exit(99);
	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = cmd_run.run(argc, argv);
	if (ret && err_message()[0])
		fprintf(stderr, "pcpubench: %s\n", err_message());
	exit(ret);
}

static int wait_for(pid_t pid)
{
	int status = 0;

	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

/* Exit code of `run ARGS...`; its output is in SAID. */
#define run(...) wait_for(start((char *[]){ __VA_ARGS__, NULL }))

#define QUICK	(char *)"--sizes=64,1024", (char *)"--rounds=20", \
		(char *)"--output=" RESULTS
/* Arguments of a run so long that it never ends by itself in a test. */
#define LONG	(char *)"--sizes=64", (char *)"--rounds=4096", \
		(char *)"--pairs=4096", (char *)"--output=/tmp/long.jsonl"

static int said(const char *text)
{
	char buf[8192];

	return !read_file(SAID, buf, sizeof(buf)) && strstr(buf, text);
}

static void tell_what_was_said(void)
{
	char buf[8192], line[1100], *rest = buf, *word;

	if (read_file(SAID, buf, sizeof(buf)))
		return;
	while ((word = strsep(&rest, "\n"))) {
		snprintf(line, sizeof(line), "# %.1000s", word);
		tap_send(line);
	}
}

/* same(), and the program's output if it is not. */
static int ends_with(int code, int want, const char *what)
{
	int good = same(code, want, what);

	if (!good)
		tell_what_was_said();
	return good;
}

static char group[64];

static void name_group(pid_t pid)
{
	snprintf(group, sizeof(group), GUEST_CGROUP "/pcpubench.%d", (int)pid);
}

/* Is the module loaded, and is there a group with a task in it? */
static int is_measuring(void)
{
	char path[128], buf[64];

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	return !access(LOADED, F_OK) && !access(path, F_OK) &&
	       !read_file(path, buf, sizeof(buf)) && buf[0];
}

static pid_t start_measuring(char *const *args)
{
	pid_t pid = start(args);

	name_group(pid);
	for (int i = 0; i < MOMENTS && !is_measuring(); i++)
		usleep(MOMENT_US);
	if (!ok(is_measuring(), "it measures"))
		tell_what_was_said();
	return pid;
}

#define start_long() start_measuring((char *[]){ LONG, NULL })

static void leaves_nothing(const char *when)
{
	char buf[256] = "?";

	ok(access(LOADED, F_OK), "the module is unloaded %s", when);
	ok(access(group, F_OK), "the cgroup is removed %s", when);
	ok(!read_file(CONTROL, buf, sizeof(buf)) && (!buf[0] || buf[0] == '\n'),
	   "the controllers are off again %s", when);
	ok(access(UNDONE, F_OK), "no list of what to undo is left %s", when);
}

/* -------------------------------------------------------------- the results */

static void check_cell(const json_t *cell)
{
	const json_t *off = record_at(cell, "unsupported");
	const json_t *counters = record_at(cell, "counters");

	ok(json_is_true(record_at(cell, "valid")), "%lld B: it was charged",
	   record_int(cell, "param"));
	ok(!strcmp(record_string(cell, "unit"), "ns"), "its unit is ns");
	/* TCG has no PMU, so there must be no counts, not even 0. */
	ok(json_object_size(counters) == 0 && json_object_get(off, "cycles") &&
	   json_object_get(off, "cache_misses"),
	   "a PMU that is not there is unsupported");
}

static void check_results(long long boots, long long cells)
{
	const json_t *rec, *first = NULL;
	long long nr_boots = 0, nr_cells = 0, same_boot = 0;
	struct results file;
	size_t i;

	if (!same(results_read(RESULTS, &file), 0, "the results read"))
		return;
	json_array_foreach(file.records, i, rec) {
		if (record_is(rec, "boot")) {
			first = first ? first : rec;
			nr_boots++;
			same_boot += json_equal(record_at(first, "boot_id"),
						record_at(rec, "boot_id"));
		}
		if (record_is(rec, "cell") && nr_cells++ < 2)
			check_cell(rec);
	}
	same(nr_boots, boots, "boot records");
	same(same_boot, boots, "all of one boot");
	same(nr_cells, cells, "cells");
	ok(file.ended, "the file has its end");
	results_free(&file);
}

/* ----------------------------------------------------------------- the tests */

static void measures(void)
{
	ends_with(run(QUICK, (char *)"--name=here"), 0, "run measures");
	ok(said("percpu-alloc, time (ns)"), "it prints the table");
	ok(said("boots: 1 of each kernel"), "it counts one boot");
	leaves_nothing("after a run");
	check_results(1, 2);
	ends_with(run(QUICK, (char *)"--name=here", (char *)"--repeats=2",
		      (char *)"--layout-seed=7"), 0, "run goes on");
	check_results(3, 6);
	ok(said("boots: 1 of each kernel, 3 repeats in it"),
	   "repeats in a boot are no boots");
	ok(said("2 layouts"), "it says how far the layouts are apart");
	ends_with(run(QUICK, (char *)"--name=other"), EX_USE,
		  "another kernel's name is refused in the same file");
	leaves_nothing("after a refusal");
}

/* What it measures after that is another cgroup's. */
static void is_moved(void)
{
	char text[16];
	pid_t pid = start_measuring((char *[]){
		(char *)"--sizes=64", (char *)"--rounds=4096",
		(char *)"--output=/tmp/moved.jsonl", NULL });

	snprintf(text, sizeof(text), "%d", (int)pid);
	same(write_file(GUEST_CGROUP "/cgroup.procs", text), 0,
	     "somebody moves it to the root's cgroup");
	ends_with(wait_for(pid), EX_FAIL, "then the run fails");
	ok(said("the task was moved out of " GUEST_CGROUP "/pcpubench."),
	   "it says why");
	leaves_nothing("after it");
}

/* A parallel bench: its arguments, and its heading. */
struct tasks {
	char *args[4];
	const char *heading;
};

static const struct tasks contend = {
	{ (char *)"--bench=percpu-contend", (char *)"--gfp=nowait",
	  (char *)"--sizes=64" },
	"percpu-contend gfp=nowait memcgs=own, time",
};

static const struct tasks load = {
	{ (char *)"--bench=load" }, "load/maps memcgs=own, time",
};

static pid_t start_tasks(const struct tasks *t, const char *more)
{
	char *args[8] = { (char *)"--memcgs=own",
			  (char *)"--output=/tmp/tasks.jsonl", (char *)more };

	memcpy(&args[3], t->args, sizeof(t->args));
	return start(args);
}

/* Is a task at work in a cgroup of its own? */
static int is_at_work(pid_t pid)
{
	char path[128], buf[64];

	snprintf(path, sizeof(path), GUEST_CGROUP "/pcpubench.%d.0/cgroup.procs",
		 (int)pid);
	return !read_file(path, buf, sizeof(buf)) && buf[0];
}

static pid_t start_working(const struct tasks *t)
{
	pid_t pid = start_tasks(t, "--rounds=4096");

	name_group(pid);
	for (int i = 0; i < MOMENTS && !is_at_work(pid); i++)
		usleep(MOMENT_US);
	if (!ok(is_at_work(pid), "a task works in a cgroup of its own"))
		tell_what_was_said();
	return pid;
}

static void tasks_work(const struct tasks *t)
{
	char path[128];
	pid_t pid;

	ends_with(wait_for(start_tasks(t, "--rounds=2")), 0, "run has tasks");
	ok(said(t->heading), "it prints the tables of %s", t->heading);
	leaves_nothing("after it");
	ends_with(wait_for(start_tasks(t, "--threads=2")), EX_USE,
		  "more tasks than CPUs are refused");
	ok(said("1 CPUs are online"), "it says how many there are");
	leaves_nothing("after the refusal");

	pid = start_working(t);
	kill(pid, SIGTERM);
	ends_with(wait_for(pid), EX_INTR, "SIGTERM ends it with 130");
	ok(!is_at_work(pid), "its tasks and their cgroups are gone");
	leaves_nothing("after SIGTERM");
	same(waitpid(-1, NULL, WNOHANG), -1, "no process is left");

	pid = start_working(t);
	kill(pid, SIGKILL);
	same(wait_for(pid), 128 + SIGKILL, "kill -9");
	snprintf(path, sizeof(path), GUEST_CGROUP "/pcpubench.%d.0", (int)pid);
	ok(!access(path, F_OK), "kill -9 leaves the task's cgroup");
	ends_with(wait_for(start_tasks(t, "--rounds=2")), 0,
		  "run has tasks after it");
	ok(access(path, F_OK), "that cgroup is removed");
	leaves_nothing("after the next run");
	/* This is init: all that was left by others is its child. */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	same(waitpid(-1, NULL, WNOHANG), -1, "no process is left");
}

#define MEMCG	(char *)"--bench=memcg", (char *)"--output=/tmp/memcg.jsonl"
#define PARENT	GUEST_CGROUP "/pcpubench.parent"

static pid_t start_memcg(void)
{
	pid_t pid = start((char *[]){ MEMCG, (char *)"--rounds=4096", NULL });

	name_group(pid);
	for (int i = 0; i < MOMENTS && access(PARENT, F_OK); i++)
		usleep(MOMENT_US);
	if (!ok(!access(PARENT, F_OK), "cgroups are made in one of their own"))
		tell_what_was_said();
	return pid;
}

/* Cgroups of the bench itself, in whatever state it was. */
static void makes_cgroups(void)
{
	pid_t pid = start_memcg();

	kill(pid, SIGTERM);
	ends_with(wait_for(pid), EX_INTR, "SIGTERM ends bench memcg with 130");
	ok(access(PARENT, F_OK), "its cgroups are gone");
	leaves_nothing("after SIGTERM");

	pid = start_memcg();
	kill(pid, SIGKILL);
	same(wait_for(pid), 128 + SIGKILL, "kill -9");
	ok(!access(PARENT, F_OK), "kill -9 leaves its cgroups");
	mkdir(PARENT "/pcpubench.made", 0755);
	mkdir(PARENT "/pcpubench.held.7", 0755);
	mkdir(GUEST_CGROUP "/pcpubench.held.0", 0755);
	ends_with(run(MEMCG, (char *)"--rounds=2"), 0, "run measures after it");
	ok(access(PARENT, F_OK), "those cgroups are removed");
	ok(access(GUEST_CGROUP "/pcpubench.held.0", F_OK), "those in the root, too");
	leaves_nothing("after the next run");
}

#define MM	(char *)"--bench=mm-life", (char *)"--output=/tmp/mm.jsonl"

/* Processes of the bench itself, in whatever state it was. */
static void makes_processes(void)
{
	pid_t pid;

	ends_with(run(MM, (char *)"--rounds=2"), 0, "run measures processes");
	ok(said("mm-life/first-thread, time (us)") && !said("invalid"),
	   "it prints the table");
	leaves_nothing("after it");
	pid = start_measuring((char *[]){ MM, (char *)"--rounds=4096", NULL });
	kill(pid, SIGTERM);
	ends_with(wait_for(pid), EX_INTR, "SIGTERM ends bench mm-life with 130");
	leaves_nothing("after SIGTERM");
}

/* TCG has no PMU, and this kernel no names: nothing must be started. */
static void cannot_profile(void)
{
	ends_with(run(QUICK, (char *)"--instrument=profile"), EX_FAIL,
		  "a profile is refused without a PMU");
	ok(said("no PMU that this kernel can use"), "it says why");
	ends_with(run(QUICK, (char *)"--instrument=profile",
		      (char *)"--event=cpu-clock:k"), EX_FAIL,
		  "another event is refused without the kernel's names");
	ok(said("no /proc/kallsyms"), "it says why");
	ok(!said("measuring"), "before it measures");
	leaves_nothing("after it");
}

static void is_interrupted(int sig, const char *name)
{
	pid_t pid = start_long();

	kill(pid, sig);
	ends_with(wait_for(pid), EX_INTR, name);
	leaves_nothing("after it");
	ok(access("/tmp/long.jsonl", F_OK), "and no results");
}

static void is_killed(void)
{
	pid_t pid = start_long();

	kill(pid, SIGKILL);
	same(wait_for(pid), 128 + SIGKILL, "kill -9");
	ok(!access(LOADED, F_OK), "kill -9 leaves the module");
	ok(!access(group, F_OK), "kill -9 leaves the cgroup");
	ok(!access(UNDONE, F_OK), "kill -9 leaves the list of what to undo");
	ends_with(run(QUICK, (char *)"--name=here"), 0, "run measures after it");
	ok(said("undoing the changes of a run that was killed"),
	   "it says that it cleans up");
	leaves_nothing("after the next run");
	check_results(4, 8);
}

static void is_one_at_a_time(void)
{
	pid_t pid = start_long();

	ends_with(run(QUICK), EX_FAIL, "a second run is refused");
	ok(said("another pcpubench is measuring"), "it says why");
	ok(is_measuring(), "the first one goes on");
	kill(pid, SIGTERM);
	ends_with(wait_for(pid), EX_INTR, "until SIGTERM");
	leaves_nothing("after both");
}

static void is_in_the_way(void)
{
	same(guest_load_module(), 0, "somebody else's module");
	ends_with(run(QUICK), EX_FAIL, "a loaded module is refused");
	ok(said("loaded already"), "it says so");
	ok(!access(LOADED, F_OK), "and leaves it where it is");
}

/* Booted with cgroup.memory=nokmem: the same, but no cell is valid. */
static void is_not_charged(void)
{
	ends_with(run(QUICK), 0, "run measures where nothing is charged");
	ok(said("invalid"), "the table has no figures then");
	ok(!said("%"), "not one");
	leaves_nothing("after it");
}

/* The boots of the file; -1 if it cannot be read. */
static int boots_of(const char *file)
{
	struct results r;
	const json_t *rec;
	size_t i;
	int boots = 0;

	if (access(file, F_OK) || boots_blank(file))
		return 0;
	if (results_read(file, &r))
		return -1;
	json_array_foreach(r.records, i, rec)
		boots += record_is(rec, "boot");
	results_free(&r);
	return boots;
}

/*
 * kill -9 at @kills moments of a run that @seed draws. The next run undoes what was
 * left; a boot that was recorded is never lost.
 */
static void is_killed_often(int kills, unsigned int seed)
{
	int before = 0, after, done = 0, lost = 0, unread = 0, code = 0;
	struct timespec begin, end;
	unsigned int most_us;

	srand(seed);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	ends_with(run(QUICK), 0, "an undisturbed run");
	clock_gettime(CLOCK_MONOTONIC, &end);
	most_us = (end.tv_sec - begin.tv_sec) * 1000000 +
		  (end.tv_nsec - begin.tv_nsec) / 1000;
	before = boots_of(RESULTS);
	for (int i = 0; i < kills; i++) {
		pid_t pid = start((char *[]){ QUICK, NULL });

		name_group(pid);
		usleep(rand() % most_us);
		kill(pid, SIGKILL);
		code = wait_for(pid);
		done += !code;
		after = boots_of(RESULTS);
		unread += after < 0;
		lost += after >= 0 && after < before;
		before = after > before ? after : before;
	}
	same(lost, 0, "boots lost");
	same(unread, 0, "files that do not read");
	ends_with(run(QUICK), 0, "run measures after it");
	ok(boots_of(RESULTS) > before, "its boot is added");
	ok(before <= 1 + kills, "no more boots than runs");
	leaves_nothing("after the next run");
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	same(waitpid(-1, NULL, WNOHANG), -1, "no process is left");
	ok(1, "%d kills within %u ms, %d came too late: %d boots kept", kills,
	   most_us / 1000, done, before);
}

static int test(void)
{
	const char *kills = getenv("kills"), *seed = getenv("seed");
	char cmdline[2048] = "";
	int ret = guest_mount();

	if (!ret)
		ret = guest_seed_random();
	if (!ret)
		ret = make_dirs();
	if (!ret)
		ret = read_file("/proc/cmdline", cmdline, sizeof(cmdline));
	if (ret)
		return ret;
	name_group(0);
	if (strstr(cmdline, "nokmem")) {
		is_not_charged();
		return 0;
	}
	if (kills) {
		is_killed_often(atoi(kills), seed ? atoi(seed) : 1);
		return 0;
	}
	measures();
	is_moved();
	cannot_profile();
	tasks_work(&contend);
	tasks_work(&load);
	makes_cgroups();
	makes_processes();
	is_interrupted(SIGINT, "Ctrl-C ends it with 130");
	is_interrupted(SIGHUP, "a terminal that goes ends it too");
	is_killed();
	is_one_at_a_time();
	is_in_the_way();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[0], BUILDER))
		return build_module(argv[2]);
	guest_begin();
	guest_end(test());
}
