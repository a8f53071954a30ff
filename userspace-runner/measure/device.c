// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls of the module's device, /dev/pcpu_bench. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/device.h"

int device_open(int *fd)
{
	*fd = open("/dev/" PCPU_BENCH_DEVICE, O_RDWR | O_CLOEXEC);
	if (*fd >= 0)
		return 0;
	if (errno == ENOENT)
		return err(EX_FAIL,
			   "no /dev/" PCPU_BENCH_DEVICE ": load pcpu_bench.ko first");
	if (errno == EACCES || errno == EPERM)
		return err(EX_FAIL, "/dev/" PCPU_BENCH_DEVICE " is for root");
	return err_errno(EX_FAIL, "cannot open /dev/" PCPU_BENCH_DEVICE);
}

int device_info(int fd, struct pcpu_bench_info *info, __u32 *node_cpus,
		unsigned int nr_node_cpus)
{
	*info = (struct pcpu_bench_info){
		.size = sizeof(*info),
		.nr_node_cpus = nr_node_cpus,
		.node_cpus = (uintptr_t)node_cpus,
	};
	if (ioctl(fd, PCPU_BENCH_INFO, info))
		return err_errno(EX_FAIL, "the module does not answer");
	return 0;
}

static int refused(const char *bench, unsigned int param)
{
	switch (errno) {
	case ENOENT:
		return err(EX_USE, "the module has no bench '%s'", bench);
	case EINVAL:
		return err(EX_USE, "%s does not take %u", bench, param);
	case EBUSY:
		return err(EX_FAIL, "the module is busy with another run");
	case ENOMEM:
		return err(EX_FAIL,
			   "%s %u: out of memory: give the machine or the memory cgroup more",
			   bench, param);
	case ENOSPC:
		return err(EX_FAIL,
			   "%s %u: the percpu memory has more holes than a quarter of the free memory can fill: give the machine more memory, or reboot it",
			   bench, param);
	case EFBIG:
		return err(EX_FAIL,
			   "%s %u: the batch is larger than the free memory: give a smaller one, or the machine more memory",
			   bench, param);
	case EINTR:
		return err(EX_INTR, "interrupted");
	default:
		return err_errno(EX_FAIL, "%s %u", bench, param);
	}
}

int device_run(int fd, struct pcpu_bench_run *run)
{
	run->size = sizeof(*run);
	if (ioctl(fd, PCPU_BENCH_RUN, run))
		return refused(run->bench, run->param);
	return 0;
}

int device_contend(int fd, struct pcpu_bench_contend *contend)
{
	contend->size = sizeof(*contend);
	if (!ioctl(fd, PCPU_BENCH_CONTEND, contend))
		return 0;
	switch (errno) {
	case EOPNOTSUPP:
		return EX_INVALID;
	case ETIMEDOUT:
		if (contend->flags & PCPU_BENCH_CONTEND_OTHERS)
			return err(EX_FAIL, "a task waits for a lock of the percpu allocator for 10 s: the kernel's log may tell why");
		return err(EX_FAIL, "of %u tasks %u came within 10 s: does something else keep a CPU busy, or bound to itself?",
			   contend->threads, contend->came);
	case ESRCH:
		return err(EX_FAIL, "a task ended while it was measured");
	default:
		return refused("percpu-contend", contend->bytes);
	}
}

int device_hold(int fd, struct pcpu_bench_hold *hold)
{
	hold->size = sizeof(*hold);
	if (ioctl(fd, PCPU_BENCH_HOLD, hold))
		return refused(hold->bench, hold->param);
	return 0;
}

int device_release(int fd)
{
	if (ioctl(fd, PCPU_BENCH_RELEASE))
		return err_errno(EX_FAIL, "the module does not release");
	return 0;
}

int device_holes(int fd, bool *any)
{
	int bytes = ioctl(fd, PCPU_BENCH_GUARD, 4UL);

	if (bytes < 0)
		return err_errno(EX_FAIL, "cannot fill the first percpu chunk");
	*any = bytes;
	return 0;
}

int device_guard_again(int fd)
{
	int ret = device_settle(fd, PCPU_BENCH_SETTLE_ALL);
	bool any;

	return ret ? ret : device_holes(fd, &any);
}

int device_guard(int *fd)
{
	int ret = device_open(fd);

	if (ret)
		return ret;
	ret = device_guard_again(*fd);
	if (ret)
		close(*fd);
	return ret;
}

int device_unguard(int fd)
{
	if (ioctl(fd, PCPU_BENCH_GUARD, 0UL))
		return err_errno(EX_FAIL, "the module does not drop its ballast");
	return 0;
}

int device_footprint(int fd, struct pcpu_bench_footprint *f)
{
	f->size = sizeof(*f);
	if (!ioctl(fd, PCPU_BENCH_FOOTPRINT, f))
		return 0;
	return errno == EOPNOTSUPP ? EX_INVALID :
	       err_errno(EX_FAIL, "the module does not tell what a cgroup takes");
}

int device_share(int fd, struct pcpu_bench_share *share)
{
	share->size = sizeof(*share);
	if (ioctl(fd, PCPU_BENCH_SHARE, share))
		return refused("slab-share", share->bytes);
	return 0;
}

int device_waves(int fd, struct pcpu_bench_waves *waves)
{
	waves->size = sizeof(*waves);
	if (!ioctl(fd, PCPU_BENCH_WAVES, waves))
		return 0;
	return errno == EOPNOTSUPP ? EX_INVALID : refused("slab-share", 0);
}

int device_sum_all(int fd)
{
	if (!ioctl(fd, PCPU_BENCH_SUMS, 1UL))
		return 0;
	return errno == EBUSY ? EX_INVALID :
	       err_errno(EX_FAIL, "the module does not let all CPUs take part in sums");
}

int device_settle(int fd, unsigned long what)
{
	if (ioctl(fd, PCPU_BENCH_SETTLE, what))
		return err_errno(EX_FAIL, "the module does not settle");
	return 0;
}
