// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles the running kernel: perf samples while the loop runs. */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/memory.h"
#include "base/process.h"
#include "measure/timed.h"
#include "metal/perf.h"
#include "profile/profile.h"
#include "profile/sampled.h"
#include "stats/stats.h"

const char *perf_event = PERF_EVENT;

#define FREQUENCY	"4000"		/* perf's default, not throttled */
#define SAMPLE_NS	20000000	/* of an arm: many times MARGIN_NS */
#define BEGIN_MS	60000
#define ALL_NS		4000000000LL	/* 16000 samples at most */
/* A call ends later than its last arm: by the return, and maybe a tick. */
#define MARGIN_NS	200000

bool perf_is_clock(const char *event)
{
	static const char *const clocks[] = {
		"cycles", "cpu-cycles", "ref-cycles", "cpu-clock", "task-clock",
	};
	size_t len = strcspn(event, ":");

	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
		if (len == strlen(clocks[i]) &&
		    !strncmp(event, clocks[i], len))
			return true;
	return false;
}

static int may_open(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.exclude_user = 1,
		.exclude_hv = 1,
		.disabled = 1,
	};
	char level[32];
	long fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1,
			  PERF_FLAG_FD_CLOEXEC);

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (errno != EACCES && errno != EPERM)
		return err(EX_FAIL, "no profile here: %s; time needs no PMU, and QEMU's plugin none ('boot --instrument=profile')",
			   timed_why_not(-errno));
	if (!read_first("/proc/sys/kernel/perf_event_paranoid", level,
			sizeof(level)))
		strcpy(level, "not there");
	return err(EX_FAIL, "not allowed to sample the kernel: kernel.perf_event_paranoid is %s, and above 1 only who has CAP_PERFMON may; set it to 1, or run as root outside of a container",
		   level);
}

/* If kptr_restrict hides addresses, kallsyms shows zeros. */
static int names_readable(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long long addr = 0;

	if (!f)
		return err(EX_FAIL, "no /proc/kallsyms, so samples have no names: this kernel was built without CONFIG_KALLSYMS");
	/* The first may be percpu symbols, which begin at 0. */
	for (int i = 0; i < 5000 && !addr; i++)
		if (fscanf(f, "%llx%*[^\n]", &addr) != 1)
			break;
	fclose(f);
	return addr ? 0 : err(EX_FAIL, "the kernel's addresses are hidden, so samples have no names: sysctl kernel.kptr_restrict=1");
}

static int no_perf(void)
{
	return err(EX_FAIL, "there is no perf: install it (Debian: linux-perf)");
}

/* The first line that perf wrote to @errors, for an error's message. */
static int said(int errors, const char *what)
{
	char text[512];
	ssize_t n = pread(errors, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return err(EX_FAIL, "perf %s failed: %s", what,
		   *text ? text : "it said nothing");
}

int perf_ready(void)
{
	const char *const argv[] = { "perf", "--version", NULL };
	char out[512];
	int ret = 0;

	/* perf record checks other events. */
	if (!strcmp(perf_event, PERF_EVENT))
		ret = may_open();
	if (!ret)
		ret = names_readable();
	if (ret)
		return ret;
	ret = process_run(argv, out, sizeof(out), 0);
	if (!ret)
		return 0;
	if (ret == 127)
		return no_perf();
	out[strcspn(out, "\n")] = '\0';
	return err(EX_FAIL, "perf does not run: %s", out);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* ns of a pair in @arm, by the cell's clean samples; 0 if there are none. */
static double pair_ns(const struct pcpu_bench_run *run, unsigned int arm)
{
	const struct pcpu_bench_sample *s = (void *)(uintptr_t)run->samples;
	size_t i, n = 0, nr = (size_t)run->rounds * PCPU_BENCH_NR_ARMS;
	double *ticks = calloc(nr + 1, sizeof(*ticks));
	double ns = 0;

	for (i = 0; ticks && i < nr; i++)
		if (s[i].arm == arm && !s[i].disturbed)
			ticks[n++] = s[i].ticks;
	if (n)
		ns = median_of(ticks, n);
	free(ticks);
	return ns / run->pairs;
}

struct windows {
	struct sampled_window *list;
	size_t nr;
};

/* Note the windows of three samples that ran in sequence and ended at @end. */
static int note(struct windows *w, const struct pcpu_bench_sample *samples,
		const struct target *t, int64_t end)
{
	int64_t from[PCPU_BENCH_NR_ARMS], to[PCPU_BENCH_NR_ARMS];

	for (int i = PCPU_BENCH_NR_ARMS; i--;) {
		to[i] = end;
		end -= (int64_t)timed_ns(t, (double)samples[i].ticks);
		from[i] = end;
	}
	for (int i = 0; i < PCPU_BENCH_NR_ARMS; i++) {
		if (samples[i].arm == PCPU_BENCH_ARM_EMPTY ||
		    to[i] - from[i] <= 2 * MARGIN_NS)
			continue;
		if (array_room(&w->list, w->nr, sizeof(*w->list)))
			return EX_FAIL;
		w->list[w->nr++] = (struct sampled_window){
			.from = from[i] + MARGIN_NS,
			.to = to[i] - MARGIN_NS,
			.arm = samples[i].arm == PCPU_BENCH_ARM_ON ?
			       PROFILE_ON : PROFILE_OFF,
		};
	}
	return 0;
}

/* Run the loop, in long samples, for ALL_NS. */
static int run_loops(const struct target *t, const struct pcpu_bench_run *run,
		     double longest, struct windows *w)
{
	struct pcpu_bench_sample samples[PCPU_BENCH_NR_ARMS] = { 0 };
	struct pcpu_bench_run loop = {
		.param = run->param, .shape = run->shape,
	};
	/* Whole batches, and owners in turn, as in @run. */
	double times = SAMPLE_NS / longest / run->pairs;
	unsigned int most = PCPU_BENCH_MAX_PAIRS / run->pairs;
	int64_t start = now_ns();
	int ret = 0;

	memcpy(loop.bench, run->bench, sizeof(loop.bench));
	loop.clock = run->clock;
	loop.rounds = 1;
	loop.samples = (uintptr_t)samples;
	loop.pairs = run->pairs * (times < 1 ? 1 : times < most ?
				   (unsigned int)times : most);
	while (!ret && now_ns() - start < ALL_NS) {
		ret = measure_stop ? err(EX_INTR, "interrupted") :
		      device_run(t->fd, &loop);
		if (!ret)
			ret = note(w, samples, t, now_ns());
	}
	return ret;
}

/* Wait until perf has begun, which takes long on a slow machine. */
static bool begun(int control, int ack)
{
	struct pollfd p = { .fd = ack, .events = POLLIN };
	/* If perf could not start, the pipe is closed. */
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	bool told = write(control, "enable\n", 7) == 7;
	char answer[8];

	signal(SIGPIPE, before);
	return told && poll(&p, 1, BEGIN_MS) == 1 &&
	       read(ack, answer, sizeof(answer)) > 0;
}

static int record(const struct target *t, const struct pcpu_bench_run *run,
		  double longest, const char *data, int errors,
		  struct windows *w)
{
	/* perf starts disabled and is told to begin, so nothing is lost. */
	const char *argv[] = { "perf", "record", "-q", "-e", perf_event, "-F",
			       FREQUENCY, "-g", "-C", NULL, "--clockid",
			       "CLOCK_MONOTONIC", "--delay=-1", "--control",
			       NULL, "-o", data, NULL };
	int keep[2], control[2], ack[2], ret, code;
	struct process perf = {
		.argv = argv, .out = PROCESS_NULL, .err = errors,
		.keep = keep, .nr_keep = 2, .orphan_signal = SIGTERM,
	};
	char cpu[16], fds[32];
	cpu_set_t others;
	pid_t pid;

	if (pipe2(control, O_CLOEXEC) || pipe2(ack, O_CLOEXEC))
		return err_errno(EX_FAIL, "cannot start perf");
	keep[0] = control[0];
	keep[1] = ack[1];
	/* perf runs on all CPUs but the measured one. */
	memset(&others, 0xff, sizeof(others));
	CPU_CLR(sched_getcpu(), &others);
	perf.cpus = &others;
	snprintf(cpu, sizeof(cpu), "%d", sched_getcpu());
	snprintf(fds, sizeof(fds), "fd:%d,%d", keep[0], keep[1]);
	argv[9] = cpu;
	argv[14] = fds;
	ret = process_start(&perf, &pid);
	close(keep[0]);
	close(keep[1]);
	if (!ret) {
		ret = begun(control[1], ack[0]) ?
		      run_loops(t, run, longest, w) :
		      measure_stop ? err(EX_INTR, "interrupted") : -1;
		kill(pid, SIGINT);
		code = process_wait(pid, 0);
		if (ret < 0 || (!ret && code && code != -SIGINT))
			ret = said(errors, "record");
	} else if (ret == 127) {
		ret = no_perf();
	}
	close(control[1]);
	close(ack[0]);
	return ret;
}

static int fold(const char *data, int errors, const struct windows *w,
		struct profile *p)
{
	const char *const argv[] = { "perf", "script", "-i", data,
				     SAMPLED_SCRIPT, NULL };
	const struct process perf = { .argv = argv, .err = errors };
	size_t outside;
	FILE *script;
	int ret, code;

	if (ftruncate(errors, 0) || lseek(errors, 0, SEEK_SET))
		return err_errno(EX_FAIL, "cannot start perf");
	code = process_read(&perf, &script);
	if (!script)
		return EX_FAIL;
	ret = sampled_fold(script, w->list, w->nr, p, &outside);
	fclose(script);
	return code && !ret ? said(errors, "script") : ret;
}

int perf_profile(const struct target *t, const struct pcpu_bench_run *run,
		 const char *name)
{
	char data[FOLDER_LEN + 16];
	struct own_folder folder;
	struct profile p = {
		.bench = name, .param = run->param, .event = perf_event,
		.pairs = run->pairs, .samples = { 1, 1, 1 },
	};
	struct windows w = { NULL, 0 };
	struct err_kept kept;
	int ret, errors = -1;
	json_t *rec;

	for (int arm = 0; arm < PROFILE_ARMS; arm++)
		p.ns[arm] = pair_ns(run, arm);
	if (!(p.ns[PROFILE_OFF] > 0) || !(p.ns[PROFILE_ON] > 0))
		return err(EX_FAIL, "no clean sample of %u B, so there is no time to divide among functions",
			   run->param);
	ret = folder_make(&folder, "perf");
	snprintf(data, sizeof(data), "%s/perf.data", folder.path);
	if (!ret)
		errors = open(folder.path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (!ret && errors < 0)
		ret = err_errno(EX_FAIL, "%s", folder.path);
	if (!ret)
		ret = record(t, run, fmax(p.ns[PROFILE_OFF], p.ns[PROFILE_ON]),
			     data, errors, &w);
	if (!ret)
		ret = fold(data, errors, &w, &p);
	if (!ret) {
		rec = profile_json(&p);
		ret = rec ? target_emit(t, rec) : EX_FAIL;
	}
	if (errors >= 0)
		close(errors);
	kept = err_keep();
	ret = err_first(&kept, ret, folder_remove(&folder));
	free(w.list);
	profile_free(&p);
	return ret;
}
