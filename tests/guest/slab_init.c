// SPDX-License-Identifier: GPL-2.0-or-later
/* The slab objects of bench slab-alloc and their charge, as the /init of a guest. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/slab_charge.h"
#include "plan/plan.h"
#include "results/proof.h"
#include "tap.h"

#define NODES	2

static struct target t;
static struct pcpu_bench_sample samples[PCPU_BENCH_NR_ARMS * 8];

static struct pcpu_bench_run good_run(void)
{
	return (struct pcpu_bench_run){
		.size = sizeof(struct pcpu_bench_run),
		.param = 64,
		.bench = "slab-alloc",
		.pairs = 32,
		.rounds = 8,
		.samples = (uintptr_t)samples,
		.shape = { .batch = 32 },
	};
}

/* errno of an ioctl, 0 when it works. */
static int call(unsigned long cmd, void *arg)
{
	return ioctl(t.fd, cmd, arg) ? errno : 0;
}

static struct slab_bytes now(void)
{
	struct slab_bytes bytes = { .own = -1 };

	slab_bytes(&t, &bytes);
	return bytes;
}

static void refuses(void)
{
	struct pcpu_bench_hold h = {
		.size = sizeof(h), .param = 64, .bench = "slab-alloc",
		.arm = PCPU_BENCH_ARM_ON, .count = 1,
	};
	struct pcpu_bench_run r;

#define BAD(what, error, change) do {					\
		r = good_run();						\
		change;							\
		same(call(PCPU_BENCH_RUN, &r), error, "RUN: " what);	\
	} while (0)
	BAD("a size that is rounded up", EINVAL, r.param = 12);
	BAD("a size that is no slab object's", EINVAL, r.param = 8200);
	BAD("no such operation", EINVAL, r.op = PCPU_BENCH_SLAB_NR_OPS);
	BAD("a plain pair", EINVAL, r.shape.batch = 0);
	BAD("a cold batch", EINVAL, r.shape.cold = 1);
	BAD("a free in a softirq", EINVAL,
	    r.shape.free_from = PCPU_BENCH_FREE_SOFTIRQ);
	BAD("two batches of a first object", EINVAL,
	    r.op = PCPU_BENCH_SLAB_FIRST; r.pairs = 64);
	BAD("the reserved field", EINVAL, r.reserved3 = 1);
	BAD("more objects than there is memory for", EFBIG, r.param = 8192;
	    r.pairs = r.shape.batch = PCPU_BENCH_MAX_PAIRS);
	h.op = PCPU_BENCH_SLAB_NR_OPS;
	same(call(PCPU_BENCH_HOLD, &h), EINVAL, "HOLD: no such operation");
	h.op = PCPU_BENCH_SLAB_ALLOC;
	same(call(PCPU_BENCH_HOLD, &h), 0, "HOLD: works");
	BAD("while objects of its caches are held", EBUSY, (void)0);
	same(ioctl(t.fd, PCPU_BENCH_RELEASE), 0, "RELEASE");
	h.nodes = (uintptr_t)samples;
	h.nr_nodes = PCPU_BENCH_MAX_NODES + 1;
	same(call(PCPU_BENCH_HOLD, &h), EINVAL, "HOLD: too many nodes");
	h.nr_nodes = 1;
	strcpy(h.bench, "percpu-alloc");
	same(call(PCPU_BENCH_HOLD, &h), EINVAL, "HOLD: nodes of percpu objects");
}

/* What @bytes have more than before an operation: of the other owner, by node. */
static void charged(const struct slab_bytes *bytes,
		    const struct slab_bytes *before, long long own,
		    long long other, const long long node[NODES],
		    const char *what)
{
	same(bytes->own - before->own, own, what);
	same(bytes->other - before->other, other, "and the other owner");
	for (int i = 0; i < NODES; i++)
		same(bytes->node[i] - before->node[i], node[i], "and a node");
}

static const char *const names[] = {
	"alloc", "node", "bulk", "kmalloc", "first",
};

/* 64 objects; only `node` asks for nodes. */
static void holds(unsigned int op, unsigned int size, unsigned int owners)
{
	const long long each = slab_charge(size, op == PCPU_BENCH_SLAB_KMALLOC);
	const long long own = 64 / owners * each;
	const long long both[NODES] = { own / 2, own / 2 };
	long long lie[NODES];
	const long long none[NODES] = { 0, 0 };
	const struct slab_bytes before = now();
	struct pcpu_bench_hold h = {
		.param = size, .op = op, .count = 64, .bench = "slab-alloc",
		.owners = owners, .arm = PCPU_BENCH_ARM_ON,
	};
	struct slab_bytes bytes;

	same(slab_hold(&t, h, &bytes), 0, names[op]);
	for (int i = 0; i < NODES; i++)
		lie[i] = bytes.lie[i] * each;
	charged(&bytes, &before, own, owners > 1 ? own : 0,
		op == PCPU_BENCH_SLAB_NODE ? both : lie, "what is held is charged");
	h.arm = PCPU_BENCH_ARM_OFF;
	same(slab_hold(&t, h, &bytes), 0, names[op]);
	charged(&bytes, &before, 0, 0, none, "unaccounted objects charge nobody");
	bytes = now();
	charged(&bytes, &before, 0, 0, none, "and nothing stays");
}

static void runs(unsigned int op, unsigned int owners)
{
	const long long none[NODES] = { 0, 0 };
	const struct slab_bytes before = now();
	struct pcpu_bench_run r = good_run();
	struct slab_bytes bytes;

	r.op = op;
	r.warmup = 2;
	r.shape.owners = owners;
	if (op != PCPU_BENCH_SLAB_FIRST)
		r.pairs = 128;
	same(owners > 1 ? target_open_other(&t, &r.shape.other) : 0, 0,
	     names[op]);
	same(call(PCPU_BENCH_RUN, &r), 0, "a run of batches works");
	same(r.fresh, 0, "no slab is new in a sample");
	if (owners > 1)
		close(r.shape.other);
	bytes = now();
	charged(&bytes, &before, 0, 0, none, "nothing stays charged");
}

/* A proof of @count objects by what the module holds with @h. */
static const char *broken(struct pcpu_bench_hold h, unsigned int count,
			  int node, char reason[PROOF_REASON_LEN])
{
	const struct slab_bytes before = now();
	struct slab_bytes bytes, after;
	struct proof p = { .expected = count * slab_charge(64, false) };

	strcpy(h.bench, "slab-alloc");
	h.param = 64;
	if (slab_hold(&t, h, &bytes))
		return "it does not hold";
	after = now();
	p.before = node < 0 ? before.own : before.node[node];
	p.off_held = p.before;
	p.held = node < 0 ? bytes.own : bytes.node[node];
	p.after = node < 0 ? after.own : after.node[node];
	return proof_broken(&p, reason);
}

/* The module does something else than it was asked for. */
static void miscounts(void)
{
	struct pcpu_bench_hold h = {
		.count = 4, .arm = PCPU_BENCH_ARM_ON, .op = PCPU_BENCH_SLAB_NODE,
	};
	char reason[PROOF_REASON_LEN];
	struct proof fresh = {
		.expected = 72, .held = 72, .fresh = 3,
	};

	ok(!broken(h, 4, -1, reason), "a proof holds");
	ok(!broken(h, 2, 1, reason), "and that of a node");
	h.count = 3;
	ok(broken(h, 4, -1, reason) && strstr(reason, "216 of 288"),
	   "an object less is found: %s", reason);
	ok(broken(h, 2, 1, reason) && strstr(reason, "72 of 144"),
	   "and on its node: %s", reason);
	h.count = 4;
	h.op = PCPU_BENCH_SLAB_ALLOC;
	ok(!broken(h, 4, -1, reason), "objects that were to go to two nodes");
	ok(broken(h, 2, 1, reason) && strstr(reason, "nothing was charged"),
	   "and all went to one are found: %s", reason);
	h.arm = PCPU_BENCH_ARM_OFF;
	ok(broken(h, 4, -1, reason) && strstr(reason, "nothing was charged"),
	   "unaccounted objects are found: %s", reason);
	ok(proof_broken(&fresh, reason) && strstr(reason, "in 3 samples"),
	   "first objects of slabs are found: %s", reason);
}

static struct pcpu_bench_share good_share(const int *dirs)
{
	return (struct pcpu_bench_share){
		.size = sizeof(struct pcpu_bench_share), .bytes = 64,
		.owners = 2, .most = 100, .seed = 1,
		.flags = PCPU_BENCH_SHARE_ACCOUNT, .cgroups = (uintptr_t)dirs,
	};
}

static void refuses_share(const int *dirs)
{
	const int none[2] = { dirs[0], -1 };
	struct pcpu_bench_share s;
	struct pcpu_bench_waves w = { .size = sizeof(w), .objects = 1 };

	same(call(PCPU_BENCH_WAVES, &w), EINVAL, "WAVES: no owners");
#define BAD_SHARE(what, error, change) do {				\
		s = good_share(dirs);					\
		change;							\
		same(call(PCPU_BENCH_SHARE, &s), error, "SHARE: " what);	\
	} while (0)
	BAD_SHARE("a size that is rounded up", EINVAL, s.bytes = 12);
	BAD_SHARE("no owner", EINVAL, s.owners = 0);
	BAD_SHARE("too many", EINVAL, s.owners = PCPU_BENCH_MAX_OWNERS + 1);
	BAD_SHARE("no object", EINVAL, s.most = 0);
	BAD_SHARE("too many of them", EINVAL, s.most = PCPU_BENCH_MAX_HELD);
	BAD_SHARE("no seed", EINVAL, s.seed = 0);
	BAD_SHARE("no such flag", EINVAL, s.flags = 4);
	BAD_SHARE("no such cgroup", EBADF, s.cgroups = (uintptr_t)none);
	BAD_SHARE("no descriptors", EFAULT, s.cgroups = 0);
	BAD_SHARE("more than there is memory for", EFBIG, s.bytes = 8192;
		  s.most = PCPU_BENCH_MAX_HELD / 2);
	BAD_SHARE("works", 0, (void)0);
	BAD_SHARE("twice", EBUSY, (void)0);
	w.flags = 8;
	same(call(PCPU_BENCH_WAVES, &w), EINVAL, "WAVES: no such flag");
	w.flags = 0;
	w.reserved = 1;
	same(call(PCPU_BENCH_WAVES, &w), EINVAL, "WAVES: the reserved field");
	w.reserved = 0;
	w.objects = PCPU_BENCH_MAX_PAIRS + 1;
	same(call(PCPU_BENCH_WAVES, &w), EINVAL, "WAVES: too many objects");
	w.objects = 1;
	w.nr_owners = 1;
	same(call(PCPU_BENCH_WAVES, &w), EFAULT, "WAVES: no room for the answer");
	same(ioctl(t.fd, PCPU_BENCH_RELEASE), 0, "RELEASE");
	w.nr_owners = 0;
	same(call(PCPU_BENCH_WAVES, &w), EINVAL, "WAVES: nobody is left");
}

/* Two owners have @live objects, and are charged @bytes for each. */
static void share_charged(const struct slab_bytes *before,
			  const unsigned int *live, long long bytes)
{
	const struct slab_bytes after = now();

	ok(live[0] && live[1], "both owners have some");
	same(after.own - before->own, live[0] * bytes, "one owner's charge");
	same(after.other - before->other, live[1] * bytes, "the other's");
}

/* All is given back, and nobody pays any more. */
static void share_released(const struct slab_bytes *before)
{
	const long long none[NODES] = { 0, 0 };
	struct slab_bytes bytes;

	same(ioctl(t.fd, PCPU_BENCH_RELEASE), 0, "RELEASE");
	bytes = now();
	charged(&bytes, before, 0, 0, none, "nothing stays charged");
}

/* Two owners: each is charged for what it has; slabs and obj_exts are counted. */
static void shares(const int *dirs, unsigned int flags,
		   struct pcpu_bench_waves *w)
{
	const struct slab_bytes before = now();
	struct pcpu_bench_share s = good_share(dirs);
	struct pcpu_bench_waves end = {
		.size = sizeof(end),
		.flags = PCPU_BENCH_WAVES_COUNT | PCPU_BENCH_WAVES_LOOK,
	};
	unsigned int live[2] = { 0 };

	s.flags = flags;
	same(call(PCPU_BENCH_SHARE, &s), 0, "owners have caches");
	*w = (struct pcpu_bench_waves){
		.size = sizeof(*w), .objects = 5000, .nr_owners = 2,
		.flags = PCPU_BENCH_WAVES_COUNT | PCPU_BENCH_WAVES_LOOK,
		.owner_live = (uintptr_t)live,
	};
	same(call(PCPU_BENCH_WAVES, w), 0, "objects come and go");
	share_charged(&before, live, flags & PCPU_BENCH_SHARE_ACCOUNT ? 72 : 0);
	same(live[0] + live[1], w->live, "and no others have");
	same(w->slabs, w->used, "the walk finds the slabs of the objects");
	ok(w->live * 64ULL <= w->slab_bytes, "there is room for all");
	same(w->arrays, flags & PCPU_BENCH_SHARE_ACCOUNT ? w->slabs : 0,
	     "each slab has its obj_exts");
	same(w->array_bytes, w->arrays * w->slab_bytes / w->slabs / 64 * 8,
	     "of 8 bytes an object");
	end.flags |= PCPU_BENCH_WAVES_FREE;
	same(call(PCPU_BENCH_WAVES, &end), 0, "all are freed");
	same(end.live + end.slabs + end.arrays, 0, "and no slab is left");
	share_released(&before);
}

/* Before Linux 6.2 a page does not tell its slab cache. */
static bool pages_tell(void)
{
	struct utsname uts;

	uname(&uts);
	return strncmp(uts.release, "6.1.", 4);
}

/* Slabs are not counted then; owners are charged all the same. */
static void shares_untold(const int *dirs)
{
	const struct slab_bytes before = now();
	struct pcpu_bench_share s = good_share(dirs);
	unsigned int live[2] = { 0 };
	struct pcpu_bench_waves w = {
		.size = sizeof(w), .objects = 5000, .nr_owners = 2,
		.flags = PCPU_BENCH_WAVES_COUNT, .owner_live = (uintptr_t)live,
	};

	s.flags = PCPU_BENCH_SHARE_ACCOUNT;
	same(call(PCPU_BENCH_SHARE, &s), 0, "owners have caches");
	same(call(PCPU_BENCH_WAVES, &w), EOPNOTSUPP, "slabs cannot be counted");
	w.flags = 0;
	same(call(PCPU_BENCH_WAVES, &w), 0, "objects come and go");
	share_charged(&before, live, 72);
	share_released(&before);
}

static long long available(void)
{
	char kib[32] = "";

	read_field("/proc/meminfo", "MemAvailable", kib, sizeof(kib));
	return atoll(kib) << 10;
}

/* A file whose waves may take half of what is free, as the module counts. */
static int large_share(const int *dirs, unsigned int most)
{
	struct pcpu_bench_share s = good_share(dirs);

	s.bytes = 512;
	s.most = most;
	t.fd = open("/dev/" PCPU_BENCH_DEVICE, O_RDWR);
	return call(PCPU_BENCH_SHARE, &s);
}

static void has_waves(const int *dirs, unsigned int most, int done)
{
	struct pcpu_bench_waves w = {
		.size = sizeof(w), .objects = PCPU_BENCH_MAX_PAIRS,
	};
	char byte = large_share(dirs, most);

	if (write(done, &byte, 1) != 1)
		_exit(1);
	call(PCPU_BENCH_WAVES, &w);
	_exit(0);
}

/* Nobody takes what it may take and has not taken yet: it does not ask again. */
static void shares_wait(const int *dirs)
{
	const unsigned int most = available() / 2 / 3 / 512 / 2;
	struct pcpu_bench_waves w = { .size = sizeof(w), .objects = 1 };
	const int fd = t.fd;
	char byte = 1;
	int done[2];
	pid_t child;

	same(large_share(dirs, most), 0, "a file has owners");
	same(pipe(done), 0, "a pipe");
	child = fork();
	if (!child)
		has_waves(dirs, most, done[1]);
	same(read(done[0], &byte, 1), 1, "another file comes");
	same(byte, 0, "and has owners, too");
	usleep(20000);
	same(call(PCPU_BENCH_WAVES, &w), EBUSY, "while it has waves no other file has");
	same(waitpid(child, NULL, WNOHANG), 0, "and it still has them");
	kill(child, SIGKILL);
	same(waitpid(child, NULL, 0), child, "it ends");
	same(call(PCPU_BENCH_WAVES, &w), 0, "and then another may");
	close(t.fd);
	close(done[0]);
	close(done[1]);
	t.fd = fd;
}

/* What is drawn is the same for all kinds of caches. */
static void shares_all(void)
{
	struct pcpu_bench_waves one, own, off;
	int dirs[2];

	dirs[0] = open(t.cg.path, O_RDONLY | O_DIRECTORY);
	same(target_open_other(&t, &dirs[1]), 0, "directories of cgroups");
	refuses_share(dirs);
	if (pages_tell()) {
		shares(dirs, PCPU_BENCH_SHARE_ACCOUNT, &one);
		shares(dirs, PCPU_BENCH_SHARE_ACCOUNT | PCPU_BENCH_SHARE_OWN, &own);
		shares(dirs, 0, &off);
		same(own.live, one.live, "as many objects with a cache of each");
		same(off.live, one.live, "and without accounting");
		ok(own.slabs >= one.slabs, "a cache of each has no fewer slabs");
		same(off.slabs, one.slabs, "accounting does not change that");
	} else {
		shares_untold(dirs);
	}
	shares_wait(dirs);
	close(dirs[0]);
	close(dirs[1]);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void is_interrupted(void)
{
	const struct sigaction sa = { .sa_handler = on_alarm };
	const struct itimerval soon = { .it_value.tv_usec = 3000 };
	const struct slab_bytes before = now();
	struct pcpu_bench_run r = good_run();

	r.pairs = r.shape.batch = 100000;
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	same(call(PCPU_BENCH_RUN, &r), EINTR, "a batch ends at a signal");
	same(now().own, before.own, "and nothing stays charged");
}

static int test(void)
{
	const struct measure_env env = {
		.cgroup_mount = GUEST_CGROUP, .emit = guest_emit,
	};
	struct plan plan;
	unsigned int op;
	int ret = guest_mount();

	plan_init(&plan);
	strcpy(plan.bench, "slab-alloc");
	if (!ret)
		ret = guest_load_module();
	if (!ret)
		ret = target_open(&t, &env);
	if (!ret)
		ret = target_enter(&t, &plan);
	if (ret)
		return ret;
	refuses();
	for (op = 0; op < PCPU_BENCH_SLAB_NR_OPS; op++) {
		holds(op, 64, 1);
		holds(op, 8192, 2);
		runs(op, 1);
		runs(op, 2);
	}
	holds(PCPU_BENCH_SLAB_KMALLOC, 72, 1);
	miscounts();
	shares_all();
	is_interrupted();
	return target_close(&t, 0);
}

int main(void)
{
	guest_begin();
	guest_end(test());
}
