// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random calls of the module by several tasks at once, as the /init of a guest: a
 * fuzzer. Where the kernel has KCOV, what reached new code is kept and changed
 * further. Calls are disturbed by signals, by allocations that fail, by memory
 * limits, by files that are closed and tasks that are killed meanwhile, by a CPU that
 * goes and comes, and by attempts to unload the module. $FUZZ_SECONDS and $FUZZ_SEED
 * come from the kernel's command line; $FUZZ_CHECKED: this is a checked kernel;
 * $FUZZ_LEAKS: it has kmemleak.
 */
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/err.h"
#include "fuzz_report.h"
#include "fuzz_task.h"
#include "guest/selftest.h"
#include "measure/device.h"

#define ROUND_S		10	/* then all files are closed once */
/* Also with one byte changed it is nobody else's address. */
#define ROOM_AT		0x123400000000UL

/* Where each section of the module's code begins; @first: and say so. */
static int find_code(bool first)
{
	static const char *const name[] = { ".text", ".text.unlikely" };
	unsigned long at[2] = { 0 }, text = ULONG_MAX;
	char path[80], line[64];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/sys/module/pcpu_bench/sections/%s",
			 name[i]);
		if (access(path, R_OK))
			continue;
		if (read_file(path, line, sizeof(line)))
			return EX_FAIL;
		at[i] = strtoul(line, NULL, 0);
		if (at[i] < text)
			text = at[i];
	}
	all->text = text;
	for (i = 0; i < 2 && first; i++) {
		snprintf(line, sizeof(line), "# section %s %lx", name[i],
			 at[i] - text);
		if (at[i])
			tap_send(line);
	}
	return at[0] ? 0 : err(EX_FAIL, "no address of the module's code");
}

/* The vmalloc areas that may be obj_exts, as in vmallocinfo, and others. */
static void find_areas(void)
{
	static char text[256 << 10];
	struct pcpu_bench_info info = { .size = sizeof(info) };
	unsigned long long addr, end, size;
	char *line, *save = NULL;
	unsigned int nr = 0;

	if (ioctl(common[0], PCPU_BENCH_INFO, &info) ||
	    read_file("/proc/vmallocinfo", text, sizeof(text)))
		return;
	for (line = strtok_r(text, "\n", &save);
	     line && nr < PCPU_BENCH_MAX_AREAS;
	     line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "0x%llx-0x%llx %llu", &addr, &end, &size) != 3)
			continue;
		size -= 4096;
		if (size == 2ULL * info.unit_size ||
		    size == 4ULL * info.unit_size)
			all->areas[nr++] = (struct pcpu_bench_area){
				addr, size };
	}
	/* As long as others are, and not as they are themselves. */
	for (unsigned int i = 0; i < nr; i++) {
		all->wrong[i] = all->areas[i];
		all->wrong[i].bytes = info.unit_size *
			(all->areas[i].bytes == info.unit_size * 4ULL ? 2 : 4);
	}
	fuzz_world.nr_areas = nr;
}

static pid_t start(unsigned int nr, uint64_t seed)
{
	pid_t pid = fork();

	if (!pid)
		work(nr, seed);
	return pid;
}

static int anchor = -1;
static struct task self;	/* loads the module, and opens and closes files */

/* A chunk of percpu memory that stays: to make one takes long. */
static void drop_anchor(void)
{
	struct pcpu_bench_alloc a = {
		.size = sizeof(a), .bytes = 4096, .align = 4, .count = 24,
		.flags = PCPU_BENCH_ALLOC_ACCOUNT,
	};

	anchor = open(DEVICE, O_RDWR | O_CLOEXEC);
	ioctl(anchor, PCPU_BENCH_ALLOC, &a);
}

/* Files that all tasks have. */
static int open_all(void)
{
	for (int i = 0; i < FUZZ_FILES - FUZZ_OWN_FILES; i++) {
		common[i] = open(DEVICE, O_RDWR);
		if (common[i] < 0)
			return err_errno(EX_FAIL, DEVICE);
	}
	drop_anchor();
	find_areas();
	return 0;
}

static void close_all(void)
{
	for (int i = 0; i < FUZZ_FILES - FUZZ_OWN_FILES; i++)
		close(common[i]);
	close(anchor);
}

static void set_cpu(const char *online)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online",
		 cpus[1]);
	if (nr_cpus > 1 && !write_file(path, online))
		all->gone += online[0] == '0';
}

/* A task that ended by itself is a fault, but for one that met its memory limit. */
static int ended(pid_t *pid, unsigned int nr)
{
	int status;

	if (waitpid(*pid, &status, WNOHANG) != *pid)
		return 0;
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		return err(EX_FAIL, "task %u ended with %#x", nr, status);
	all->killed++;
	/* It may have moved. */
	set_limit(&cg[0], "max");
	set_limit(&cg[1], "max");
	*pid = start(nr, draw_seed());
	return 0;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/*
 * Let tasks work until @until. Every two seconds one is killed, and another begins;
 * a CPU may go, and comes back.
 */
static int work_until(double until)
{
	pid_t pid[TASKS];
	unsigned int i, turn;
	int ret = 0;

	for (i = 0; i < TASKS; i++)
		pid[i] = start(i, draw_seed());
	for (turn = 1; clock_now() < until && !ret; turn++) {
		usleep(250000);
		if (turn % 8 == 0)
			kill(pid[draw(TASKS)], SIGKILL);
		if (turn % 8 == 4)
			set_cpu(one_in(3) ? "0" : "1");
		for (i = 0; i < TASKS && !ret; i++)
			ret = ended(&pid[i], i);
	}
	set_cpu("1");
	for (i = 0; i < TASKS; i++)
		end(pid[i]);
	return ret;
}

/* Open the device, call a little, and close it, over and over. */
static void __attribute__((noreturn)) open_and_close(uint64_t seed)
{
	struct fuzz_step s;
	struct task t = { .fail = -1 };

	fuzz_state = seed;
	for (;;) {
		t.file[0] = open(DEVICE, O_RDWR | O_CLOEXEC);
		if (t.file[0] < 0)
			continue;
		do
			new_step(&s, draw_op(), 0);
		while (s.op >= FUZZ_NR_CALLS || s.op == CALL_JOIN ||
		       s.op == CALL_SETTLE);
		s.file = 0;
		s.fail = 0;
		do_step(&t, &s);
		close(t.file[0]);
		usleep(draw(5000));
	}
}

/* Unload the module, and load it again, while others open it. */
static int unload_until(double until)
{
	pid_t pid[2];
	int ret = 0, i;

	for (i = 0; i < 2; i++) {
		const uint64_t seed = draw_seed() + 1;

		pid[i] = fork();
		if (!pid[i])
			open_and_close(seed);
	}
	while (clock_now() < until && !ret) {
		usleep(draw(3000));
		if (syscall(SYS_delete_module, PCPU_BENCH_DEVICE, O_NONBLOCK))
			continue;
		all->unloaded++;
		forget_code(&self);
		ret = guest_load_module();
	}
	for (i = 0; i < 2; i++)
		end(pid[i]);
	return ret;
}

static int fuzz(unsigned int seconds, uint64_t seed)
{
	const double end = clock_now() + seconds;
	double round;
	int ret = 0;

	fuzz_state = seed;
	while (clock_now() < end && !ret) {
		ret = open_all();
		round = clock_now() + ROUND_S;
		if (!ret)
			ret = work_until(round < end ? round : end);
		close_all();
		new_code(&self);
		if (!ret)
			ret = unload_until(clock_now() + 1);
		if (!ret && has_kcov)
			ret = find_code(false);
		new_code(&self);
		tell_sum();
		tell_code();
	}
	return ret;
}

/* Root of a user namespace is nobody, even where the file is open to all. */
static void no_namespace(void)
{
	pid_t pid;
	int status;

	chmod(DEVICE, 0666);
	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWUSER))
			_exit(1);
		_exit(open(DEVICE, O_RDWR) < 0 && errno == EPERM ? 0 : 2);
	}
	waitpid(pid, &status, 0);
	same(status, 0, "root of a user namespace does not open the device");
	chmod(DEVICE, 0600);
}

/* The search for addresses finds one that is there. */
static void finds_addresses(void)
{
	unsigned char answer[24] = { 0 }, was[24] = { 0 };
	const uint64_t code = 0xffffffffa0001234ULL;

	memcpy(answer + 8, &code, sizeof(code));
	same(find_address(answer, was, sizeof(answer)) == answer + 8, 1,
	     "an address in an answer is found");
	memcpy(was, answer, sizeof(was));
	same(!find_address(answer, was, sizeof(answer)), 1,
	     "one that the caller had is not the kernel's");
}

/* What became of calls of which one allocation each failed. */
struct failing {
	unsigned int nth, refused, wrong;
	int error;	/* of the last one, where none was left to fail */
};

static struct failing fail_each(struct task *t, int fd, struct pcpu_bench_walk *walk)
{
	struct failing f = { 0 };
	char left[8] = "0";

	while (left[0] == '0' && f.nth < 100) {
		fail_nth(t, ++f.nth);
		f.error = ioctl(fd, PCPU_BENCH_WALK, walk) ? errno : 0;
		if (pread(t->fail, left, sizeof(left), 0) <= 0)
			break;
		f.refused += f.error == ENOMEM;
		f.wrong += f.error && f.error != ENOMEM;
	}
	fail_nth(t, 0);
	return f;
}

/*
 * Whichever allocation fails, a call that needs it says that there is no memory. The
 * checkers allocate, too, and go on without; one that does so once is counted for one of
 * WALK's: then again.
 */
static void says_no_memory(void)
{
	struct pcpu_bench_walk walk = {
		.size = sizeof(walk), .nr_nodes = 1,
		.nodes = (uintptr_t)fuzz_world.room,
	};
	struct task t = { .fail = open("/proc/thread-self/fail-nth",
				       O_RDWR | O_CLOEXEC) };
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC), tries = 0;
	struct failing f = { 0 };

	/* The page of the answer is there, and no allocation of WALK's. */
	same(ioctl(fd, PCPU_BENCH_WALK, &walk) ? errno : 0, 0, "WALK works");
	while (f.refused < 3 && !f.wrong && tries++ < 10)
		f = fail_each(&t, fd, &walk);
	close(t.fail);
	close(fd);
	same(f.error, 0, "WALK works where no allocation of it fails");
	ok(f.refused >= 3 && f.nth < 100 && !f.wrong,
	   "WALK says ENOMEM where an allocation of it fails: %u of %u do",
	   f.refused, f.nth - 1);
}

static unsigned int asked_for(const char *name, unsigned int otherwise)
{
	const char *number = getenv(name);

	return number ? strtoul(number, NULL, 10) : otherwise;
}

static int set_up(int argc, char **argv)
{
	char topology[16] = "";
	struct topology topo;
	unsigned int online = 1;
	int ret = guest_mount();

	for (int i = 1; i < argc; i++) {
		sscanf(argv[i], "--online=%u", &online);
		sscanf(argv[i], "--topology=%15s", topology);
		sscanf(argv[i], "--locks=%llx,%llx", &fuzz_world.lock[0],
		       &fuzz_world.lock[1]);
	}
	nr_cpus = online > 1 ? 2 : 1;
	if (!ret && checked && !selftest_arm_faults())
		ret = err(EX_FAIL, "no fault injection in this kernel");
	has_kcov = checked && !access(KCOV, R_OK | W_OK);
	if (!ret && has_kcov)
		open_kcov(&self);
	if (!ret)
		ret = guest_load_module();
	if (!ret)
		ret = topology_parse(topology, &topo);
	if (!ret)
		ret = guest_start_cpus(&topo, nr_cpus, cpus);
	if (!ret)
		ret = write_file("/proc/sys/kernel/kptr_restrict", "1");
	if (!ret)
		ret = write_file("/proc/sys/vm/oom_dump_tasks", "0");
	if (!ret)
		ret = cgroup_create(&cg[0], GUEST_CGROUP, 1);
	if (!ret)
		ret = cgroup_create_sibling(&cg[1], &cg[0]);
	/* Off until here: the kernel begins faster. */
	looks_for_races = !ret && !write_file(KCSAN, "on");
	if (!ret && checked)
		ret = has_kcov ? find_code(true) :
		      err(EX_FAIL, "no KCOV in this kernel");
	return ret;
}

static int test(int argc, char **argv)
{
	int ret;

	all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fuzz_world.areas = all->areas;
	fuzz_world.wrong = all->wrong;
	/* A call writes where its argument says: far from what must stay as it is. */
	fuzz_world.room = mmap((void *)ROOM_AT, FUZZ_ANSWERS * FUZZ_ROOM + 4096,
			       PROT_READ | PROT_WRITE, MAP_PRIVATE |
			       MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (fuzz_world.room != (char *)ROOM_AT)
		return err_errno(EX_FAIL, "no room for answers");
	mprotect(fuzz_world.room + FUZZ_ANSWERS * FUZZ_ROOM, 4096, PROT_NONE);
	checked = asked_for("FUZZ_CHECKED", 0);
	looks_for_leaks = asked_for("FUZZ_LEAKS", 0);
	ret = set_up(argc, argv);
	if (ret)
		return ret;
	fuzz_world.group = open(cg[1].path, O_RDONLY | O_DIRECTORY);
	fuzz_world.groups = all->groups;
	for (int i = 0; i < FUZZ_OWNERS; i++)
		all->groups[i] = fuzz_world.group;
	all->groups[FUZZ_OWNERS] = -1;
	if (checked) {
		no_namespace();
		says_no_memory();
	}
	finds_addresses();
	ret = fuzz(asked_for("FUZZ_SECONDS", 10), asked_for("FUZZ_SEED", 1));
	if (ret)
		return ret;
	tell_calls();
	tell_watches();
	ok(!all->leaks, "no address leaves the kernel%s%s",
	   all->leaks ? ": " : "", all->leak);
	all_is_back();
	return 0;
}

int main(int argc, char **argv)
{
	guest_begin();
	guest_end(test(argc, argv));
}
