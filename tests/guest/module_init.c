// SPDX-License-Identifier: GPL-2.0-or-later
/* The module's interface from user space, as the /init of a guest. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/cgroup.h"
#include "measure/device.h"
#include "results/proof.h"
#include "tap.h"

#define DEVICE	"/dev/" PCPU_BENCH_DEVICE
#define FILES	200

static struct pcpu_bench_sample samples[PCPU_BENCH_NR_ARMS * 8];
static struct cgroup cg;

static struct pcpu_bench_run good_run(void)
{
	return (struct pcpu_bench_run){
		.size = sizeof(struct pcpu_bench_run),
		.param = 64,
		.bench = "percpu-alloc",
		.pairs = 1,
		.rounds = 2,
		.samples = (uintptr_t)samples,
	};
}

static struct pcpu_bench_hold good_hold(void)
{
	return (struct pcpu_bench_hold){
		.size = sizeof(struct pcpu_bench_hold),
		.param = 64,
		.bench = "percpu-alloc",
		.arm = PCPU_BENCH_ARM_ON,
		.count = 1,
		.guard = 1,
	};
}

/* errno of an ioctl, 0 when it works. */
static int call(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) ? errno : 0;
}

static long long percpu(void)
{
	long long bytes = -1;

	if (cgroup_percpu_bytes(&cg, &bytes))
		return -1;
	return bytes;
}

static void only_root(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (setuid(1000))
			_exit(1);
		_exit(open(DEVICE, O_RDWR) < 0 && errno == EACCES ? 0 : 2);
	}
	waitpid(pid, &status, 0);
	same(status, 0, "only root opens the device");

	pid = fork();
	if (!pid) {
		/* A user without capabilities, and the device open to all. */
		if (chmod(DEVICE, 0666) || setuid(1000))
			_exit(1);
		_exit(open(DEVICE, O_RDWR) < 0 && errno == EPERM ? 0 : 2);
	}
	waitpid(pid, &status, 0);
	same(status, 0, "a user without CAP_SYS_ADMIN does not, even if let");
	chmod(DEVICE, 0600);
}

static void checks_run(int fd)
{
	struct pcpu_bench_run r;
	char bigger[sizeof(r) + 8];

	r = good_run();
	same(call(fd, PCPU_BENCH_RUN, &r), 0, "RUN: works");
	same(r.outside, 0, "RUN: no object in the first chunk");

#define BAD(what, error, change) do {					\
		r = good_run();						\
		change;							\
		same(call(fd, PCPU_BENCH_RUN, &r), error, "RUN: " what);	\
	} while (0)
	BAD("size of no version", EINVAL, r.size = 8);
	BAD("bench without its NUL", EINVAL, memset(r.bench, 'x', sizeof(r.bench)));
	BAD("unknown bench", ENOENT, strcpy(r.bench, "nothing"));
	BAD("0 bytes", EINVAL, r.param = 0);
	BAD("66 bytes", EINVAL, r.param = 66);
	BAD("32772 bytes", EINVAL, r.param = 32772);
	BAD("0 pairs", EINVAL, r.pairs = 0);
	BAD("too many pairs", EINVAL, r.pairs = PCPU_BENCH_MAX_PAIRS + 1);
	BAD("0 rounds", EINVAL, r.rounds = 0);
	BAD("too many rounds", EINVAL, r.rounds = PCPU_BENCH_MAX_ROUNDS + 1);
	BAD("too long a warm-up", EINVAL, r.warmup = PCPU_BENCH_MAX_ROUNDS + 1);
	BAD("reserved field", EINVAL, r.reserved = 1);
	BAD("the other one", EINVAL, r.reserved2 = 1);
	BAD("samples nowhere", EFAULT, r.samples = 8);
	BAD("an unknown flag", EINVAL, r.flags = 2);
	BAD("half a batch", EINVAL, r.shape.batch = 2);
	BAD("an order without a batch", EINVAL, r.shape.order = 1);
	BAD("no such order", EINVAL, r.shape.batch = 1;
	    r.shape.order = PCPU_BENCH_NR_ORDERS);
	BAD("a drawn order without a seed", EINVAL, r.shape.batch = 1;
	    r.shape.order = PCPU_BENCH_FREE_RANDOM);
	BAD("too cold", EINVAL, r.shape.batch = 1; r.shape.cold = 2);
	BAD("two owners without a batch", EINVAL, r.shape.owners = 2;
	    r.pairs = 2);
	BAD("two owners of one object", EINVAL, r.shape.batch = 1;
	    r.shape.owners = 2);
	BAD("three owners", EINVAL, r.shape.batch = 1; r.shape.owners = 3);
	BAD("an owner that is no cgroup", EBADF, r.shape.batch = 1;
	    r.shape.owners = r.pairs = 2; r.shape.other = fd);
	BAD("an owner that is closed", EBADF, r.shape.batch = 1;
	    r.shape.owners = r.pairs = 2; r.shape.other = -1);
	BAD("a free elsewhere without a batch", EINVAL,
	    r.shape.free_from = PCPU_BENCH_FREE_SOFTIRQ);
	BAD("a free nowhere", EINVAL, r.shape.batch = 1;
	    r.shape.free_from = PCPU_BENCH_NR_FREE_FROM);
	BAD("a free in softirqs", 0, r.shape.batch = 1;
	    r.shape.free_from = PCPU_BENCH_FREE_SOFTIRQ);
	BAD("a batch larger than memory", EFBIG, r.param = 32768;
	    r.pairs = r.shape.batch = 100000);
#undef BAD
	same(call(fd, PCPU_BENCH_RUN, NULL), EFAULT, "RUN: no argument");

	/* A newer caller: the fields it adds must be zero. */
	memset(bigger, 0, sizeof(bigger));
	r = good_run();
	r.size = sizeof(bigger);
	memcpy(bigger, &r, sizeof(r));
	same(call(fd, PCPU_BENCH_RUN, bigger), 0,
	     "RUN: a longer structure that is zero behind");
	memcpy(bigger, &r, sizeof(r));
	bigger[sizeof(bigger) - 1] = 1;
	same(call(fd, PCPU_BENCH_RUN, bigger), E2BIG,
	     "RUN: a longer structure that asks for more");
}

static void checks_the_rest(int fd)
{
	struct pcpu_bench_info info = { .size = sizeof(info) };
	struct pcpu_bench_hold h;

	same(call(fd, PCPU_BENCH_INFO, &info), 0, "INFO: works");
	same(info.possible_cpus, 16, "INFO: possible CPUs");
	same(info.max_size, 32768, "INFO: the largest object");
	same(info.unit_size, 262144, "INFO: unit size");
	info.size = 4;
	same(call(fd, PCPU_BENCH_INFO, &info), EINVAL, "INFO: too short");
	info = (struct pcpu_bench_info){ .size = sizeof(info), .node_cpus = 8,
					 .nr_node_cpus = 2 };
	same(call(fd, PCPU_BENCH_INFO, &info), EFAULT, "INFO: nodes nowhere");
	info.nr_node_cpus = 1 << 20;
	same(call(fd, PCPU_BENCH_INFO, &info), EINVAL, "INFO: too many nodes");

	same(call(fd, _IO('P', 0xff), NULL), ENOTTY, "an unknown call");

#define BAD(what, error, change) do {					\
		h = good_hold();					\
		change;							\
		same(call(fd, PCPU_BENCH_HOLD, &h), error, "HOLD: " what); \
	} while (0)
	BAD("no arm", EINVAL, h.arm = PCPU_BENCH_ARM_EMPTY);
	BAD("unknown arm", EINVAL, h.arm = PCPU_BENCH_NR_ARMS);
	BAD("0 objects", EINVAL, h.count = 0);
	BAD("too many objects", EINVAL, h.count = PCPU_BENCH_MAX_HELD + 1);
	BAD("guard 2", EINVAL, h.guard = 2);
	BAD("an unknown flag", EINVAL, h.flags = 2);
	BAD("three owners", EINVAL, h.owners = 3);
	BAD("an owner that is no cgroup", EBADF, h.owners = 2; h.other = fd);
	BAD("works", 0, );
	BAD("twice", EBUSY, );
#undef BAD
	same(call(fd, PCPU_BENCH_RELEASE, NULL), 0, "RELEASE: works");
	same(call(fd, PCPU_BENCH_RELEASE, NULL), 0, "RELEASE: nothing held");
}

/* Bytes that the child cgroup is charged while an object is held. */
static long long charged(int fd, unsigned int guard, unsigned int *first_chunk)
{
	struct pcpu_bench_hold h = good_hold();
	long long before = percpu(), held;

	h.guard = guard;
	if (call(fd, PCPU_BENCH_HOLD, &h))
		return -1;
	*first_chunk = h.first_chunk;
	held = percpu();
	call(fd, PCPU_BENCH_RELEASE, NULL);
	same(percpu(), before, "it is all given back");
	return held - before;
}

static void proofs(int fd)
{
	const long long bytes = 64 * (16 + 2);
	char reason[PROOF_REASON_LEN];
	unsigned int first = 0;
	struct proof p = { .expected = bytes };

	/* The first chunk of this fresh system is not plugged. */
	same(charged(fd, 0, &first), 0,
	     "an object in the first chunk is not accounted");
	same(first, 1, "it is seen to lie there");
	p.first_chunk = first;
	ok(!!proof_broken(&p, reason), "a cell with it is invalid");

	first = 0;
	same(charged(fd, 1, &first), bytes,
	     "behind the guard the charge is exact");
	same(first, 0, "and the object lies elsewhere");

	/* Back in the root cgroup: nobody is charged. */
	cgroup_leave(&cg);
	first = 0;
	p = (struct proof){ .expected = bytes };
	p.held = charged(fd, 1, &first);
	same(p.held, 0, "a caller in the root cgroup charges nobody");
	ok(!!proof_broken(&p, reason), "a cell measured there is invalid");
	cgroup_enter(&cg);
}

static long long meminfo_percpu(void)
{
	char buf[4096], *p;
	int fd = open("/proc/meminfo", O_RDONLY);
	ssize_t len = read(fd, buf, sizeof(buf) - 1);

	close(fd);
	buf[len > 0 ? len : 0] = '\0';
	p = strstr(buf, "Percpu:");
	return p ? strtoll(p + 7, NULL, 10) : -1;
}

static void leaks(int fd)
{
	struct pcpu_bench_run r = good_run();
	long long before, kib;
	int i, bad = 0;

	/* The first run makes chunks and populates pages, which stay. */
	r.pairs = 500;
	bad += !!call(fd, PCPU_BENCH_RUN, &r);
	before = percpu();
	kib = meminfo_percpu();
	for (i = 0; i < 5; i++) {
		r = good_run();
		r.pairs = 500;
		bad += !!call(fd, PCPU_BENCH_RUN, &r);
	}
	same(bad, 0, "10 000 operations run");
	same(percpu(), before, "10 000 operations leave the cgroup as it was");
	same(meminfo_percpu(), kib, "and no percpu memory behind");
}

/*
 * The fewest ticks of each arm of a run of @size, or -1. Some samples have more:
 * a tick of the clock comes, or the memcg's statistics reach a batch.
 */
static void fewest_ticks(int fd, unsigned int size,
			 long long ticks[PCPU_BENCH_NR_ARMS])
{
	struct pcpu_bench_run r = good_run();
	const struct pcpu_bench_sample *s = samples;
	unsigned int i;

	for (i = 0; i < PCPU_BENCH_NR_ARMS; i++)
		ticks[i] = -1;
	r.param = size;
	r.rounds = 8;
	r.warmup = 16;
	if (call(fd, PCPU_BENCH_RUN, &r) || r.outside || r.moved ||
	    r.chunk_offset % 4096 != (size < 4096 ? size : 0))
		return;
	for (; s < samples + r.rounds * PCPU_BENCH_NR_ARMS; s++)
		if (ticks[s->arm] < 0 || (long long)s->ticks < ticks[s->arm])
			ticks[s->arm] = s->ticks;
}

/* Hold @bytes of percpu memory, as another kernel might. */
static unsigned int hold_more(int fd, unsigned int bytes)
{
	struct pcpu_bench_alloc a = {
		.size = sizeof(a), .bytes = bytes, .align = 4, .count = 1,
	};

	return call(fd, PCPU_BENCH_ALLOC, &a) || a.done != 1 ? 0 :
	       a.first_chunk ? 1 : 2;
}

/*
 * The kernel's own percpu memory does not change the counts: they are the same,
 * to the instruction, whatever else was allocated. Each size is charged more
 * than a page, so that the rest of an earlier page makes no difference.
 */
static void placement(int fd)
{
	const unsigned int sizes[] = { 256, 1024, 4096, 8192 };
	/* in the first chunk, then, when that is full, in the one measured in */
	const unsigned int more[] = { 64, 1024, 0, 64, 1024, 4096 };
	long long plain[4][PCPU_BENCH_NR_ARMS], t[PCPU_BENCH_NR_ARMS];
	unsigned int i, j, in = 0;
	int other = open(DEVICE, O_RDWR);

	for (i = 0; i < 4; i++) {
		fewest_ticks(fd, sizes[i], plain[i]);
		ok(plain[i][PCPU_BENCH_ARM_ON] > plain[i][PCPU_BENCH_ARM_OFF],
		   "%u B: measured where it should be", sizes[i]);
	}
	for (j = 0; j < sizeof(more) / sizeof(more[0]); j++) {
		ioctl(fd, PCPU_BENCH_GUARD, 0UL);
		if (!more[j])
			do
				in = hold_more(other, 1024);
			while (in == 1);
		else
			in = hold_more(other, more[j]);
		ok(in == (j < 2 ? 1 : 2), "%u B more are held in %s chunk",
		   more[j] ? more[j] : 1024, j < 2 ? "the first" : "a later");
		for (i = 0; i < 4; i++) {
			fewest_ticks(fd, sizes[i], t);
			ok(!memcmp(t, plain[i], sizeof(t)),
			   "%u B: the same counts with it (%lld off, %lld on; without %lld, %lld)",
			   sizes[i], t[PCPU_BENCH_ARM_OFF],
			   t[PCPU_BENCH_ARM_ON], plain[i][PCPU_BENCH_ARM_OFF],
			   plain[i][PCPU_BENCH_ARM_ON]);
		}
	}
	close(other);
}

static void write_limit(const char *limit)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/memory.max", cg.path);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, limit, strlen(limit)) < 0)
		ok(0, "memory.max can be set");
	close(fd);
}

static void limit(int fd)
{
	struct pcpu_bench_hold h = good_hold();
	long long before = percpu();
	pid_t pid;
	int status;

	write_limit("8388608");
	/* In a child, as the kernel may kill it. */
	pid = fork();
	if (!pid) {
		h.param = 32768;
		h.count = 100;
		_exit(call(fd, PCPU_BENCH_HOLD, &h) == ENOMEM ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	write_limit("max");
	ok(status == 0 || WIFSIGNALED(status),
	   "at the memory limit HOLD fails (status %d)", status);
	same(percpu(), before, "and what it held until then is given back");
}

/* A child that measures one sample, which alone takes longer than this test. */
static pid_t start_long_run(void)
{
	struct pcpu_bench_run r = good_run();
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	fd = open(DEVICE, O_RDWR);
	r.param = 8192;
	r.pairs = PCPU_BENCH_MAX_PAIRS;
	r.rounds = 1;
	call(fd, PCPU_BENCH_RUN, &r);
	_exit(0);
}

static void busy(int fd)
{
	struct pcpu_bench_alloc a = {
		.size = sizeof(a), .bytes = 64, .align = 4, .count = 1,
	};
	struct pcpu_bench_free f = { .size = sizeof(f) };
	struct pcpu_bench_walk w = { .size = sizeof(w) };
	struct pcpu_bench_info info = { .size = sizeof(info) };
	struct pcpu_bench_hold h = good_hold();
	struct pcpu_bench_run r;
	int i, error = 0, status;
	pid_t pid = start_long_run();

	for (i = 0; i < 1000 && error != EBUSY; i++) {
		usleep(1000);
		r = good_run();
		error = call(fd, PCPU_BENCH_RUN, &r);
	}
	same(error, EBUSY, "a second run at the same time is refused");
	same(call(fd, PCPU_BENCH_HOLD, &h), EBUSY, "so is HOLD");
	same(call(fd, PCPU_BENCH_ALLOC, &a), EBUSY, "so is ALLOC");
	same(call(fd, PCPU_BENCH_FREE, &f), EBUSY, "so is FREE");
	same(call(fd, PCPU_BENCH_WALK, &w), EBUSY, "so is WALK");
	same(call(fd, PCPU_BENCH_RELEASE, NULL), EBUSY, "so is RELEASE");
	same(ioctl(fd, PCPU_BENCH_GUARD, 4UL) < 0 ? errno : 0, EBUSY, "so is GUARD");
	same(call(fd, PCPU_BENCH_INFO, &info), 0, "INFO works all the same");
	same(waitpid(pid, &status, WNOHANG), 0,
	     "all that in the middle of one sample");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status), "which can be killed");
	r = good_run();
	same(call(fd, PCPU_BENCH_RUN, &r), 0, "and the next one runs");
}

/*
 * All objects of a batch are charged while they are held, and none is left by
 * a run, in whatever order it freed them. So is none when a signal ends it.
 */
static void batches(int fd)
{
	static const char *const names[PCPU_BENCH_NR_ORDERS] = {
		"as they came", "in reverse", "in a drawn order",
	};
	const long long each = 64 * (16 + PROOF_BEYOND), before = percpu();
	struct pcpu_bench_hold h = good_hold();
	struct pcpu_bench_run r;
	unsigned int order, cold;
	int error;

	h.count = 70000;
	same(call(fd, PCPU_BENCH_HOLD, &h), 0, "70000 objects are held");
	same(percpu() - before, h.count * each, "and charged to the byte");
	same(call(fd, PCPU_BENCH_RELEASE, NULL), 0, "they are released");
	same(percpu(), before, "and nothing stays charged");
	h.count = PCPU_BENCH_MAX_HELD;
	h.param = 32768;
	same(call(fd, PCPU_BENCH_HOLD, &h), EFBIG, "too many for the memory");

	for (order = 0; order < PCPU_BENCH_NR_ORDERS; order++) {
		for (cold = 0; cold < 2; cold++) {
			r = good_run();
			r.pairs = 2000;
			r.shape = (struct pcpu_bench_shape){
				.batch = 1000, .order = order, .cold = cold,
				.seed = 1,
			};
			error = call(fd, PCPU_BENCH_RUN, &r);
			ok(!error, "a %s batch is freed %s (errno %d)",
			   cold ? "cold" : "warm", names[order], error);
			same(percpu(), before, "and nothing stays charged");
			same(r.outside, 0, "nothing lay in the first chunk");
			same(r.moved, 0, "each batch lay where the first one did");
		}
	}
}

static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

/* Return the errno of a call that a signal interrupts. */
static int interrupted(int fd, int flags, unsigned long cmd, void *arg)
{
	const struct sigaction sa = { .sa_handler = on_alarm, .sa_flags = flags };
	const struct itimerval soon = { .it_value.tv_usec = 3000 };
	int error;

	alarms = 0;
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	error = call(fd, cmd, arg);
	signal(SIGALRM, SIG_DFL);
	return error;
}

/* Of a sum that is not over all CPUs, as that of 6.1, each sample is wrong. */
static unsigned int wrong_sums(unsigned int op, unsigned int rounds)
{
	struct utsname uts;

	uname(&uts);
	return op == PCPU_BENCH_COUNTER_SUM && !strncmp(uts.release, "6.1.", 4) ?
	       2 * rounds : 0;
}

static void counter_op(int fd, unsigned int op, unsigned int param)
{
	struct pcpu_bench_hold h = good_hold();
	struct pcpu_bench_run r = good_run();
	const long long before = percpu();

	strcpy(r.bench, "percpu-counter");
	strcpy(h.bench, r.bench);
	r.param = h.param = param;
	r.op = op;
	r.pairs = 3;
	ok(!call(fd, PCPU_BENCH_RUN, &r) && !r.outside,
	   "operation %u on counters of %u bytes", op, param);
	same(r.wrong_sums, wrong_sums(op, r.rounds), "their sum is right");
	same(percpu(), before, "and all are destroyed");
	same(call(fd, PCPU_BENCH_HOLD, &h), 0, "HOLD: counters");
	same(percpu() - before, param * (16 + 2), "they are charged");
	ioctl(fd, PCPU_BENCH_RELEASE);
	same(percpu(), before, "and given back");
}

static void counters(int fd)
{
	struct pcpu_bench_run r;
	unsigned int op;

#define BAD_COUNTER(what, change) do {					\
		r = good_run();						\
		strcpy(r.bench, "percpu-counter");			\
		r.param = 4;						\
		change;							\
		same(call(fd, PCPU_BENCH_RUN, &r), EINVAL, "RUN: " what); \
	} while (0)
	BAD_COUNTER("half a counter", r.param = 6);
	BAD_COUNTER("more counters than an mm has", r.param = 20);
	BAD_COUNTER("no such operation", r.op = PCPU_BENCH_COUNTER_NR_OPS);
	BAD_COUNTER("a batch of counters", r.shape.batch = 1);
	BAD_COUNTER("an operation of a bench with one",
		    strcpy(r.bench, "percpu-alloc"); r.op = 1);
	for (op = 0; op < PCPU_BENCH_COUNTER_NR_OPS; op++) {
		counter_op(fd, op, 4);
		counter_op(fd, op, 16);
	}
}

static void signals(int fd)
{
	struct pcpu_bench_run r = good_run();
	struct pcpu_bench_alloc a = {
		.size = sizeof(a), .bytes = 64, .align = 4, .count = 60000,
	};
	struct pcpu_bench_free f = { .size = sizeof(f) };
	const long long before = percpu();

	r.pairs = 50000;
	same(interrupted(fd, 0, PCPU_BENCH_RUN, &r), EINTR,
	     "RUN ends at a signal");
	r = good_run();
	r.pairs = 100000;
	r.shape.batch = 100000;
	same(interrupted(fd, 0, PCPU_BENCH_RUN, &r), EINTR,
	     "so does a batch, while it is kept");
	same(percpu(), before, "and nothing stays charged");
	r.shape.batch = 50000;
	r.shape.cold = 1;
	same(interrupted(fd, 0, PCPU_BENCH_RUN, &r), EINTR,
	     "and a cold one");
	same(percpu(), before, "and nothing stays charged");
	r = good_run();
	r.pairs = 20000;
	same(interrupted(fd, SA_RESTART, PCPU_BENCH_RUN, &r), 0,
	     "and starts again if that is wished");
	same(alarms, 1, "after the signal was handled");
	same(interrupted(fd, 0, PCPU_BENCH_ALLOC, &a), 0,
	     "ALLOC ends at a signal");
	ok(a.done > 0 && a.done < a.count, "and tells how many there are (%u)",
	   a.done);
	a.count -= a.done;
	same(call(fd, PCPU_BENCH_ALLOC, &a), 0, "it goes on");
	f.count = 60000;
	same(interrupted(fd, 0, PCPU_BENCH_FREE, &f), EINTR,
	     "FREE ends at a signal");
	same(interrupted(fd, 0, PCPU_BENCH_RELEASE, NULL), EINTR,
	     "so does RELEASE");
	same(call(fd, PCPU_BENCH_RELEASE, NULL), 0, "the rest is released");
	same(interrupted(fd, 0, PCPU_BENCH_SETTLE,
			 (void *)(uintptr_t)PCPU_BENCH_SETTLE_TURN), EINTR,
	     "SETTLE: the wait for a turn ends at a signal");
}

/* Half of 16 000 KiB on 16 CPUs are holes: more than a quarter of what is free. */
static void holes(int fd)
{
	struct pcpu_bench_alloc a = {
		.size = sizeof(a), .bytes = 1024, .align = 1024, .count = 16000,
	};
	struct pcpu_bench_free f = { .size = sizeof(f), .count = 1 };
	int other = open(DEVICE, O_RDWR);

	ioctl(fd, PCPU_BENCH_GUARD, 0UL);
	same(call(other, PCPU_BENCH_ALLOC, &a) || a.done != a.count, 0,
	     "objects of 1 KiB are held");
	for (f.first = 0; f.first < a.count; f.first += 2)
		if (call(other, PCPU_BENCH_FREE, &f))
			ok(0, "every second one is freed");
	same(ioctl(fd, PCPU_BENCH_GUARD, 4UL) < 0 ? errno : 0, ENOSPC,
	     "GUARD: it does not fill holes with all of the memory");
	ioctl(fd, PCPU_BENCH_GUARD, 0UL);
	close(other);
	same(ioctl(fd, PCPU_BENCH_GUARD, 4UL) < 0 ? errno : 0, 0,
	     "GUARD: it works where there are fewer");
}

static unsigned long free_mib(void)
{
	struct sysinfo info = { 0 };

	sysinfo(&info);
	return info.freeram * info.mem_unit >> 20;
}

/*
 * A million percpu_counters take 72 MiB on 16 CPUs, and what counts them up 168: they
 * do not fit into 125.
 */
static void counters_fit(const int fd[2])
{
	struct pcpu_bench_free f = { .size = sizeof(f), .count = 222 };
	struct pcpu_bench_run r = good_run();

	same(call(fd[0], PCPU_BENCH_FREE, &f), 0, "222 of 576 KiB are freed");
	strcpy(r.bench, "percpu-counter");
	r.param = 4;
	r.pairs = PCPU_BENCH_MAX_PAIRS;
	same(call(fd[1], PCPU_BENCH_RUN, &r), EFBIG,
	     "RUN: more counters than there is memory for");
}

/*
 * Where ALLOC has found no more memory, each of many files may still ask for ballast
 * and for a list of a million objects: a MiB and 40.
 */
static void lists_fit(void)
{
	struct pcpu_bench_alloc a = {
		.size = sizeof(a), .bytes = 4, .align = 4,
		.count = PCPU_BENCH_MAX_HELD,
	};
	int fd[FILES], guard = 0, alloc = 0, i;

	for (i = 0; i < FILES; i++) {
		fd[i] = open(DEVICE, O_RDWR);
		if (!guard)
			guard = ioctl(fd[i], PCPU_BENCH_GUARD, 4UL) < 0 ?
				errno : 0;
		alloc = call(fd[i], PCPU_BENCH_ALLOC, &a);
	}
	same(guard, ENOSPC, "GUARD: there is no memory for more ballast");
	same(alloc, ENOMEM, "ALLOC: nor for a list");
	while (i--)
		close(fd[i]);
}

/* Two files that take all they get leave the machine enough to go on. */
static void greedy(void)
{
	struct pcpu_bench_alloc a = {
		.size = sizeof(a), .bytes = 32768, .align = 4, .count = 100000,
	};
	const unsigned long before = free_mib();
	int fd[2] = { open(DEVICE, O_RDWR), open(DEVICE, O_RDWR) };
	int error = 0;

	for (int i = 0; i < 10 && !error; i++)
		error = call(fd[i % 2], PCPU_BENCH_ALLOC, &a);
	same(error, ENOMEM, "ALLOC ends where memory does");
	counters_fit(fd);
	lists_fit();
	ok(free_mib() > before / 10, "but memory is left: %lu of %lu MiB",
	   free_mib(), before);
	close(fd[0]);
	same(call(fd[1], PCPU_BENCH_ALLOC, &a) || !a.done, 0,
	     "what one gave back the other may have");
	close(fd[1]);
}

/*
 * Interrupts of the first CPU by /proc/interrupts, which has every vector.
 * Machine checks do not use one; rows with one number are not per CPU.
 */
static long long interrupts(void)
{
	static char buf[65536];
	char *line, *save = NULL, *p;
	int fd = open("/proc/interrupts", O_RDONLY);
	ssize_t len = 0, n;
	long long sum = 0;

	while ((n = read(fd, buf + len, sizeof(buf) - 1 - len)) > 0)
		len += n;
	close(fd);
	buf[len] = '\0';
	for (line = strtok_r(buf, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		p = strchr(line, ':');
		if (p && !strstr(line, "MC") && !strstr(line, "ERR:") &&
		    !strstr(line, "MIS:"))
			sum += strtoll(p + 1, NULL, 10);
	}
	return sum;
}

static void counts_interrupts(int fd)
{
	struct pcpu_bench_quiet a = { .size = sizeof(a) }, b = a;
	long long sum = 0;
	int i;

	/* None must come in between. */
	for (i = 0; i < 100 && (!i || a.irqs + a.irq_works !=
				b.irqs + b.irq_works); i++) {
		call(fd, PCPU_BENCH_QUIET, &a);
		sum = interrupts();
		call(fd, PCPU_BENCH_QUIET, &b);
	}
	ok(a.irqs > 0, "interrupts are counted (%llu)",
	   (unsigned long long)a.irqs);
	same(a.irqs + a.irq_works, sum, "all that there are");
}

static void unload(int fd)
{
	struct pcpu_bench_hold h = good_hold();
	long long before = percpu();

	same(syscall(SYS_delete_module, PCPU_BENCH_DEVICE, O_NONBLOCK) ?
	     errno : 0, EWOULDBLOCK, "the module in use is not unloaded");
	same(call(fd, PCPU_BENCH_HOLD, &h), 0, "an object is held");
	close(fd);
	same(percpu(), before, "the last close gives back what was held");
	same(syscall(SYS_delete_module, PCPU_BENCH_DEVICE, O_NONBLOCK) ?
	     errno : 0, 0, "the module that is free is unloaded");
	same(access(DEVICE, F_OK), -1, "and its device is gone");
	same(guest_load_module(), 0, "and it loads again");
}

static int test(void)
{
	int fd, ret = guest_mount();

	if (!ret)
		ret = guest_load_module();
	if (!ret)
		ret = device_open(&fd);
	if (!ret)
		ret = cgroup_create(&cg, GUEST_CGROUP, 1);
	if (!ret)
		ret = cgroup_enter(&cg);
	if (ret)
		return ret;
	/* First, as the other tests fill the first chunk. */
	proofs(fd);
	only_root();
	checks_run(fd);
	checks_the_rest(fd);
	placement(fd);
	leaks(fd);
	limit(fd);
	busy(fd);
	batches(fd);
	counters(fd);
	signals(fd);
	holes(fd);
	greedy();
	counts_interrupts(fd);
	unload(fd);
	return 0;
}

int main(void)
{
	guest_begin();
	guest_end(test());
}
