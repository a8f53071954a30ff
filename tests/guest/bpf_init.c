// SPDX-License-Identifier: GPL-2.0-or-later
/* BPF percpu maps and their charge, as the /init of a guest. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/bpf_map.h"
#include "measure/target.h"
#include "tap.h"

static struct target t = { .beyond = PROOF_BEYOND };
static bool charges;	/* the kernel is bpf-charge */
static bool has_locks;	/* a hash has them, as in 6.12 */

static long long percpu(void)
{
	long long bytes = -1;

	return cgroup_percpu_bytes(&t.cg, &bytes) ? -1 : bytes;
}

static void settle(void)
{
	ioctl(t.fd, PCPU_BENCH_SETTLE, PCPU_BENCH_SETTLE_ALL);
}

static long long file_number(const char *path, const char *key)
{
	char text[16384], *at;
	int fd = open(path, O_RDONLY);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	close(fd);
	if (len < 0)
		return -1;
	text[len] = '\0';
	at = strstr(text, key);
	return at ? atoll(at + strlen(key)) : -1;
}

static long long cgroup_number(const char *name)
{
	char path[300], text[64];

	snprintf(path, sizeof(path), "%s/%s", t.cg.path, name);
	return read_file(path, text, sizeof(text)) ? -1 : atoll(text);
}

/* How many tasks of the cgroup the OOM killer has killed. */
static long long oom_kills(void)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/memory.events", t.cg.path);
	return file_number(path, "\noom_kill ");
}

/* KiB of the kernel's percpu memory, in or out of use. */
static long long percpu_kib(void)
{
	return file_number("/proc/meminfo", "\nPercpu:");
}

static long long round8(unsigned int size)
{
	return (size + 7) / 8 * 8;
}

/*
 * The right charge of a new map. With bpf-charge a hash also pays for its count,
 * 8 bytes, and in 6.12 for HASHTAB_MAP_LOCK_COUNT locks of 4 bytes.
 */
static long long must_charge(const struct bpf_map_kind *kind,
			     unsigned int size, unsigned int entries)
{
	long long values = bpf_map_values(kind, entries, t.info.possible_cpus);
	long long bytes = 0;

	if (charges || kind->flags)
		bytes += values * target_charge(&t, round8(size));
	if (charges && bpf_map_has_elements(kind)) {
		bytes += target_charge(&t, 8);
		if (has_locks)
			bytes += 8 * target_charge(&t, 4);
	}
	return bytes;
}

static void charged(const struct bpf_map_kind *kind, unsigned int size,
		    unsigned int entries)
{
	long long before = percpu(), held;
	char what[160];
	int fd;

	fd = bpf_map_make(kind, size, entries);
	held = percpu();
	if (fd >= 0)
		close(fd);
	settle();
	snprintf(what, sizeof(what), "%s, %u x %u B: bytes charged",
		 kind->name, entries, size);
	same(fd < 0 ? -errno : held - before, must_charge(kind, size, entries),
	     what);
	snprintf(what, sizeof(what), "%s, %u x %u B: bytes left when destroyed",
		 kind->name, entries, size);
	same(percpu() - before, 0, what);
}

static void charges_to_the_byte(void)
{
	static const unsigned int sizes[] = {
		1, 8, 64, 100, 256, 1024, 4096, 8192, 32768
	};
	const struct bpf_map_kind *kind;
	unsigned int i;
	size_t s;

	for (i = 0; (kind = bpf_map_kind(i)); i++) {
		for (s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			/* 1 GiB for an element on each of 176 CPUs. */
			if (kind->flags && t.info.possible_cpus > 16 &&
			    sizes[s] > 8192)
				continue;
			charged(kind, sizes[s], 1);
		}
		charged(kind, 64, 37);
	}
}

/* An element of a map without preallocation is taken from the free list... */
static void charges_an_update(void)
{
	const struct bpf_map_kind *kind = bpf_map_kind(2);
	unsigned int size = 64, i, nr = 20;
	long long held;
	void *value;
	int fd, wrong = 0;

	value = calloc(t.info.possible_cpus, size);
	fd = bpf_map_make(kind, size, nr);
	held = percpu();
	for (i = 0; i < nr; i++)
		wrong += !!bpf_map_add(fd, i, value);
	same(wrong, 0, "update: adds elements");
	/* ... and another is allocated in its place. */
	same(percpu() - held, nr * target_charge(&t, size),
	     "update: each charges an element");
	same(bpf_map_add(fd, 0, value) ? errno : 0, EEXIST,
	     "update: does not add an element twice");
	for (i = 0; i < nr; i++)
		wrong += !!bpf_map_del(fd, i);
	same(wrong, 0, "delete: takes them away");
	same(bpf_map_del(fd, 0) ? errno : 0, ENOENT, "delete: and only once");
	close(fd);
	settle();
	free(value);
}

/* Local storage is refused without the BTF of its key and its value: an int. */
static int load_btf_of_int(void)
{
	static const struct {
		struct btf_header head;
		struct btf_type type;
		__u32 bits;
		char names[5];
	} btf = {
		.head = {
			.magic = BTF_MAGIC, .version = BTF_VERSION,
			.hdr_len = sizeof(btf.head), .type_len = 16,
			.str_off = 16, .str_len = sizeof(btf.names),
		},
		.type = { .name_off = 1, .info = BTF_KIND_INT << 24, .size = 4 },
		.bits = 32,
		.names = "\0int",
	};
	union bpf_attr attr = {
		.btf = (uintptr_t)&btf,
		.btf_size = offsetof(__typeof__(btf), names) + sizeof(btf.names),
	};

	return syscall(SYS_bpf, BPF_BTF_LOAD, &attr, sizeof(attr));
}

static int make_task_storage(int btf)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_TASK_STORAGE,
		.map_flags = BPF_F_NO_PREALLOC,
		.key_size = 4, .value_size = 4, .btf_fd = btf,
		.btf_key_type_id = 1, .btf_value_type_id = 1,
	};

	return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
}

/* tests/guest/bpf.sh compares the kernels' charges. */
static void charges_local_storage(void)
{
	int btf = load_btf_of_int(), fds[64], nr, made = 0;
	long long before = 0, after = 0;

	ok(btf >= 0, "BTF is loaded");
	cgroup_slab_bytes(&t.cg, &before);
	for (nr = 0; nr < 64; nr++) {
		fds[nr] = make_task_storage(btf);
		made += fds[nr] >= 0;
	}
	cgroup_slab_bytes(&t.cg, &after);
	while (nr--)
		close(fds[nr]);
	close(btf);
	settle();
	same(made, 64, "task storage: made");
	ok(after > before, "task storage: %lld B of slab each",
	   (after - before) / 64);
}

struct outcome {
	int error;		/* errno, -1: none, the maker was killed */
	long long bytes;	/* charged for the map */
};

/*
 * The maker, in the cgroup. While the limit holds, it makes the map and nothing else:
 * a page fault, or a file that it opens, could be what calls the OOM killer.
 */
static void make_stopped(struct outcome *o, const struct bpf_map_kind *kind,
			 unsigned int size, unsigned int entries)
{
	int fd;

	if (cgroup_enter(&t.cg) || mlockall(MCL_CURRENT))
		_exit(1);
	raise(SIGSTOP);
	fd = bpf_map_make(kind, size, entries);
	o->error = fd < 0 ? errno : 0;
	raise(SIGSTOP);
	_exit(0);
}

static bool has_stopped(pid_t pid)
{
	int status;

	return waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status);
}

/*
 * Make a map while the cgroup may be charged @room bytes more. A child makes it,
 * as the OOM killer never kills init, which sets the limit from outside.
 */
static struct outcome make_within(long long room, const struct bpf_map_kind *kind,
				  unsigned int size, unsigned int entries)
{
	struct outcome *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS, -1, 0), o;
	char path[300], text[32];
	long long before;
	pid_t pid;

	if (shared == MAP_FAILED)
		return (struct outcome){ .error = errno };
	snprintf(path, sizeof(path), "%s/memory.max", t.cg.path);
	shared->error = -1;
	cgroup_leave(&t.cg);
	pid = fork();
	if (!pid)
		make_stopped(shared, kind, size, entries);
	if (has_stopped(pid)) {
		before = percpu();
		snprintf(text, sizeof(text), "%lld",
			 cgroup_number("memory.current") + room);
		write_file(path, text);
		kill(pid, SIGCONT);
		if (has_stopped(pid)) {
			write_file(path, "max");
			shared->bytes = percpu() - before;
			kill(pid, SIGCONT);
			waitpid(pid, NULL, 0);
		}
		write_file(path, "max");
	}
	o = *shared;
	munmap(shared, sizeof(*shared));
	cgroup_enter(&t.cg);
	settle();
	return o;
}

/*
 * If the cgroup's limit is a quarter of what a map's values use (and half of one; or
 * more: CPUs keep up to 64 pages of the charge in stock), a map that is
 * charged for them is refused, kills no task and leaves nothing. One that is
 * charged nothing is made. One without preallocation is made, too, with the
 * elements that it got; but for elements of up to eight pages
 * bpf_mem_alloc_init() calls the OOM killer, patched or not: its maker is killed.
 */
static void limited(const struct bpf_map_kind *kind, unsigned int size,
		    unsigned int entries)
{
	long long all = bpf_map_values(kind, entries, t.info.possible_cpus) *
			target_charge(&t, round8(size));
	long long before = percpu(), killed = oom_kills();
	/* Half a value is left for small charges, which kill where there is nothing. */
	struct outcome o = make_within(all / 4 + all / entries / 2, kind, size,
				       entries);
	char what[160];

	snprintf(what, sizeof(what), "%s, %u x %u B, limit of a quarter: errno",
		 kind->name, entries, size);
	if (kind->flags && target_charge(&t, size) <= 8 * 4096) {
		same(o.error, -1, what);
		same(oom_kills() - killed, 1, "its maker is killed");
		return;
	}
	same(o.error, charges && !kind->flags ? ENOMEM : 0, what);
	snprintf(what, sizeof(what), "%s, %u x %u B: tasks killed for it",
		 kind->name, entries, size);
	same(oom_kills() - killed, 0, what);
	if (kind->flags)
		ok(o.bytes > 0 && o.bytes < must_charge(kind, size, entries),
		   "%s: charged %lld B, not all of its %lld B", kind->name,
		   o.bytes, must_charge(kind, size, entries));
	snprintf(what, sizeof(what), "%s, %u x %u B: bytes left of it",
		 kind->name, entries, size);
	same(percpu() - before, 0, what);
}

/*
 * The kernel's OOM killer is called for a charge of up to eight pages that
 * fails: a value of 8 KiB is more, the other one is just eight.
 */
static void limits_what_it_charges(void)
{
	unsigned int eight = 8 * 4096 / target_charge(&t, 8) * 8;
	const struct bpf_map_kind *kind;
	unsigned int i;

	for (i = 0; (kind = bpf_map_kind(i)); i++) {
		limited(kind, 8192, 16);
		limited(kind, eight, 64);
	}
}

static void charges_nobody_in_the_root(void)
{
	const struct bpf_map_kind *kind;
	long long before = percpu(), held;
	char what[100];
	unsigned int i;
	int fd;

	for (i = 0; (kind = bpf_map_kind(i)); i++) {
		cgroup_leave(&t.cg);
		fd = bpf_map_make(kind, 64, 1);
		held = percpu();
		close(fd);
		settle();
		cgroup_enter(&t.cg);
		snprintf(what, sizeof(what), "%s of the root: bytes charged",
			 kind->name);
		same(fd < 0 ? -1 : held - before, 0, what);
	}
}

static int cycle(const struct bpf_map_kind *kind, unsigned int n)
{
	int fd, wrong = 0;

	while (n--) {
		fd = bpf_map_make(kind, 64, 1);
		if (fd < 0) {
			wrong++;
			continue;
		}
		close(fd);
		/* Or 10 000 maps would wait to be freed, which is no leak. */
		if (n % 16 == 0)
			ioctl(t.fd, PCPU_BENCH_SETTLE, PCPU_BENCH_SETTLE_MAPS);
	}
	settle();
	return wrong;
}

#define CYCLES	10000

/* All kinds in turn; only the first if that would take minutes. */
static void leaves_nothing_behind(void)
{
	unsigned int i, kinds = t.info.possible_cpus > 16 ? 1 : 4;
	long long bytes, kib;
	int wrong = 0;

	for (i = 0; i < kinds; i++)
		cycle(bpf_map_kind(i), 64);
	bytes = percpu();
	kib = percpu_kib();
	ok(kib > 0, "meminfo tells percpu memory");
	for (i = 0; i < kinds; i++)
		wrong += cycle(bpf_map_kind(i), CYCLES / kinds);
	same(wrong, 0, "10000 maps created");
	same(percpu() - bytes, 0, "10000 cycles: percpu bytes of the cgroup");
	same(percpu_kib() - kib, 0, "10000 cycles: KiB of percpu memory");
}

static void leaves_nothing_when_killed(void)
{
	const struct bpf_map_kind *kind;
	long long before = percpu();
	unsigned int i;
	int fds[2], status, held[8];
	pid_t pid;
	char c;

	if (pipe(fds)) {
		ok(0, "no pipe");
		return;
	}
	pid = fork();
	if (!pid) {
		close(fds[0]);
		for (i = 0; (kind = bpf_map_kind(i)); i++)
			held[i] = bpf_map_make(kind, 64, 10);
		c = held[0] < 0 || held[3] < 0;
		if (write(fds[1], &c, 1) != 1)
			_exit(1);
		for (;;)
			cycle(bpf_map_kind(2), 1);
	}
	close(fds[1]);
	same(read(fds[0], &c, 1) == 1 && !c, 1, "a child makes maps");
	close(fds[0]);
	usleep(30000);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	settle();
	same(WIFSIGNALED(status), 1, "it is killed in mid-loop");
	same(percpu() - before, 0, "bytes left of it");
}

static void refuses(void)
{
	const struct bpf_map_kind *kind;
	char reason[128];
	unsigned int i;
	pid_t pid;
	int status;

	for (i = 0; (kind = bpf_map_kind(i)); i++) {
		same(bpf_map_make(kind, 32769, 1) < 0 ? errno : 0, E2BIG,
		     "a value above the limit");
		bpf_map_refused(kind, 32769, 1, E2BIG, reason, sizeof(reason));
		ok(strstr(reason, "32769 B is above the kernel's limit of 32768 B") != NULL,
		   "refused in words: %s", reason);
	}
	same(bpf_map_make(bpf_map_kind(0), 64, 0) < 0 ? errno : 0, EINVAL,
	     "no entries");
	same(bpf_map_usable(reason, sizeof(reason)), 0, "root makes maps");
	same(reason[0], 0, "and they count");
	pid = fork();
	if (!pid) {
		if (setuid(1000))
			_exit(2);
		_exit(bpf_map_usable(reason, sizeof(reason)) != EX_FAIL ||
		      !strstr(err_message(), "CAP_BPF"));
	}
	waitpid(pid, &status, 0);
	same(status, 0, "a user without CAP_BPF is told so");
}

static void module_serves(void)
{
	struct pcpu_bench_quiet a = { .size = sizeof(a) }, b = a;
	struct pcpu_bench_hold hold = {
		.size = sizeof(hold), .param = 64, .bench = "percpu-alloc",
		.arm = PCPU_BENCH_ARM_ON, .count = 1,
	};
	int fd = open("/dev/" PCPU_BENCH_DEVICE, O_RDWR), other;

	a.size = 8;
	same(ioctl(fd, PCPU_BENCH_QUIET, &a) ? errno : 0, EINVAL,
	     "QUIET: size of no version");
	a.size = sizeof(a);
	same(ioctl(fd, PCPU_BENCH_QUIET, NULL) ? errno : 0, EFAULT,
	     "QUIET: no argument");
	same(ioctl(fd, PCPU_BENCH_QUIET, &a), 0, "QUIET: works");
	same(ioctl(fd, PCPU_BENCH_SETTLE, PCPU_BENCH_SETTLE_TICK), 0,
	     "SETTLE: waits for a tick");
	same(ioctl(fd, PCPU_BENCH_QUIET, &b), 0, "QUIET: works again");
	same(b.cpu, a.cpu, "QUIET: tells the CPU");
	ok(b.irqs > a.irqs, "QUIET: counts the tick");
	ok(b.switches > a.switches, "QUIET: counts the switch");
	same(ioctl(fd, PCPU_BENCH_SETTLE, ~0UL) ? errno : 0, EINVAL,
	     "SETTLE: for nothing known");
	same(ioctl(fd, PCPU_BENCH_GUARD, 6UL) ? errno : 0, EINVAL,
	     "GUARD: not a multiple of 4");
	same(ioctl(fd, PCPU_BENCH_GUARD, 32772UL) ? errno : 0, EINVAL,
	     "GUARD: too large");
	other = open("/dev/" PCPU_BENCH_DEVICE, O_RDWR);
	/*
	 * Of a page, as the allocator does not see a smaller hole that comes up in a
	 * full chunk: docs/method.md.
	 */
	hold.param = 4096;
	same(ioctl(other, PCPU_BENCH_HOLD, &hold) || !hold.first_chunk, 0,
	     "an object without a guard lies in the first chunk");
	ok(ioctl(fd, PCPU_BENCH_GUARD, 4UL) > 0,
	   "GUARD: fills the holes that there are");
	same(ioctl(fd, PCPU_BENCH_GUARD, 4UL), 0, "GUARD: then there is none");
	ioctl(other, PCPU_BENCH_RELEASE);
	same(ioctl(fd, PCPU_BENCH_GUARD, 4UL), hold.param,
	     "GUARD: but where an object was freed since");
	hold.param = 4;
	same(ioctl(other, PCPU_BENCH_HOLD, &hold) || hold.first_chunk, 0,
	     "with one not even 4 bytes do");
	ioctl(other, PCPU_BENCH_RELEASE);
	close(fd);
	same(ioctl(other, PCPU_BENCH_HOLD, &hold) || !hold.first_chunk, 0,
	     "it goes with the last close");
	close(other);
}

static int test(void)
{
	int ret, guard;

	ret = guest_mount();
	if (!ret)
		ret = guest_load_module();
	if (!ret)
		ret = device_open(&t.fd);
	if (!ret)
		ret = device_info(t.fd, &t.info, NULL, 0);
	if (!ret)
		ret = cgroup_create(&t.cg, GUEST_CGROUP, 1);
	if (!ret)
		ret = cgroup_enter(&t.cg);
	if (ret)
		return ret;
	has_locks = file_number("/proc/version", "Linux version ") < 7;
	charges = file_number("/proc/cmdline", "pcpubench_kernel=bpf-charge") >= 0;
	module_serves();
	guard = open("/dev/" PCPU_BENCH_DEVICE, O_RDWR);
	if (ioctl(guard, PCPU_BENCH_GUARD, 4UL) < 0)
		return err_errno(EX_FAIL, "no guard");
	charges_to_the_byte();
	charges_an_update();
	charges_local_storage();
	limits_what_it_charges();
	charges_nobody_in_the_root();
	refuses();
	leaves_nothing_behind();
	leaves_nothing_when_killed();
	close(guard);
	ret = cgroup_destroy(&t.cg);
	same(ret, 0, "the cgroup can be removed");
	return ret;
}

int main(void)
{
	guest_begin();
	guest_end(test());
}
