// SPDX-License-Identifier: GPL-2.0-or-later
/* Work of every /init: report to the runner, set up, power off. */
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "guest/guest.h"
#include "results/writer.h"

#define PORT	0xe9
#define MODULE	"/pcpu_bench.ko"

/*
 * The PC's 8254: channel 0, low and high byte, mode 2; a count of 0 is 65536.
 * Mode 1 stops after one count.
 */
#define PIT_CHANNEL_0		0x40
#define PIT_COMMAND		0x43
#define PIT_RATE_GENERATOR	0x34
#define PIT_ONE_SHOT		0x32
#define COUNT_NS		838
#define LAST_COUNT_NS		10000

void guest_begin(void)
{
	/* From here on errors can be reported. */
	if (ioperm(PORT, 1, 1))
		perror("init: port 0xe9");
	guest_emit(json_pack("{s:s}", "type", "init"), NULL);
}

int guest_emit(json_t *record, void *arg)
{
	char *line;
	size_t len;
	int ret;

	(void)arg;
	ret = results_dump_line(record, &line, &len);
	json_decref(record);
	if (ret)
		return ret;
	outsb(PORT, line, len);
	free(line);
	return 0;
}

/* A stopped timer interrupts once more: by QEMU 10 later than a sample begins. */
static void wait_for_last(void)
{
	struct timespec start, now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &start);
	do
		clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	while ((now.tv_sec - start.tv_sec) * 1000000000L + now.tv_nsec -
	       start.tv_nsec < LAST_COUNT_NS);
}

static void tick(enum tick tick)
{
	/* 0 is the longest period. */
	static const unsigned char counts[] = {
		[TICK_STOPPED] = 1,
		[TICK_SLOW] = 0,
		[TICK_FAST] = TICK_FAST_NS / COUNT_NS,
	};

	outb(tick == TICK_STOPPED ? PIT_ONE_SHOT : PIT_RATE_GENERATOR,
	     PIT_COMMAND);
	outb(counts[tick], PIT_CHANNEL_0);
	outb(0, PIT_CHANNEL_0);
	if (tick == TICK_STOPPED)
		wait_for_last();
}

tick_fn guest_slow_tick(void)
{
	if (ioperm(PIT_CHANNEL_0, 4, 1)) {
		perror("init: interval timer");
		return NULL;
	}
	tick(TICK_SLOW);
	return tick;
}

void guest_gate(void)
{
	if (ioperm(GUEST_GATE, 1, 1)) {
		perror("init: gate");
		return;
	}
	outb(0, GUEST_GATE);
	outb(0, GUEST_GATE);
}

int guest_seed_random(void)
{
	/* A struct rand_pool_info: bits of entropy, bytes, the bytes. */
	const int seed[2 + 8] = { 256, 32 };
	int fd, ret = 0;

	fd = open("/dev/random", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, seed))
		ret = err_errno(EX_FAIL, "guest: cannot seed the kernel's random numbers");
	close(fd);
	return ret;
}

static int do_mount(const char *type, const char *dir)
{
	mkdir(dir, 0755);
	if (mount(type, dir, type, 0, NULL) && errno != EBUSY)
		return err_errno(EX_FAIL, "guest: cannot mount %s", type);
	return 0;
}

int guest_mount(void)
{
	int ret = do_mount("proc", "/proc");

	if (!ret)
		ret = do_mount("sysfs", "/sys");
	if (!ret)
		ret = do_mount("devtmpfs", "/dev");
	if (!ret)
		ret = do_mount("cgroup2", GUEST_CGROUP);
	return ret;
}

int guest_load_module(void)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return err_errno(EX_FAIL, "guest: no module in the initrd");
	if (syscall(SYS_finit_module, fd, "", 0)) {
		if (errno == ENOEXEC)
			ret = err(EX_FAIL,
				  "the module is for another kernel: build it with this one");
		else
			ret = err_errno(EX_FAIL,
					"the kernel refuses the module");
	}
	close(fd);
	return ret;
}

int guest_start_cpus(const struct topology *topo, unsigned int online,
		     int *cpus)
{
	char path[64], was[8];
	unsigned int i, cpu;
	int ret = 0;

	for (i = 0; i < online && !ret; i++) {
		cpu = topology_online_cpu(topo, i);
		if (cpus)
			cpus[i] = (int)cpu;
		/* The boot CPU is on and may have no such file. */
		if (!i)
			continue;
		snprintf(path, sizeof(path),
			 "/sys/devices/system/cpu/cpu%u/online", cpu);
		ret = read_file(path, was, sizeof(was));
		if (!ret && was[0] == '0')
			ret = write_file(path, "1");
	}
	return ret;
}

void guest_end(int ret)
{
	if (ret) {
		fprintf(stderr, "init: %s\n", err_message());
		guest_emit(json_pack("{s:s, s:i, s:s}", "type", "error", "code",
				     ret, "message", err_message()), NULL);
	} else {
		guest_emit(json_pack("{s:s}", "type", "done"), NULL);
	}
	reboot(RB_POWER_OFF);
	/*
	 * Without ACPI there is no power-off; when init dies the kernel
	 * reboots, which ends the guest, too.
	 */
	_exit(1);
}
