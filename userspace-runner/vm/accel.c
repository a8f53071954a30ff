// SPDX-License-Identifier: GPL-2.0-or-later
/* Tries whether KVM works here, by a guest of one sector. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/paths.h"
#include "base/process.h"
#include "vm/accel.h"
#include "vm/qemu.h"

/*
 * The smallest guest that runs through the firmware: a boot sector that writes
 * one letter to the debug port and ends QEMU by the debug-exit device.
 */
static const unsigned char boot_sector[] = {
	0xb0, 'K',		/* mov $'K', %al */
	0xe6, 0xe9,		/* out %al, $0xe9 */
	0xe6, 0xf4,		/* out %al, $0xf4 */
	0xf4,			/* hlt */
	0xeb, 0xfd,		/* jmp back to it */
};

#define EXIT_OK	(('K' << 1) | 1)	/* what isa-debug-exit makes of 'K' */

static int make_floppy(void)
{
	unsigned char sector[512] = { 0 };
	int fd = memfd_create("floppy", MFD_CLOEXEC);

	memcpy(sector, boot_sector, sizeof(boot_sector));
	sector[510] = 0x55;
	sector[511] = 0xaa;
	if (fd >= 0 && (write(fd, sector, sizeof(sector)) != sizeof(sector) ||
			ftruncate(fd, 1440 * 1024))) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool try_guest(char *why, unsigned int room)
{
	char drive[64];
	const char *argv[] = {
		QEMU, "-accel", "kvm", "-cpu", "host", "-nodefaults",
		"-display", "none", "-no-reboot", "-m", "32", "-drive", drive,
		"-device", "isa-debug-exit,iobase=0xf4,iosize=1", NULL
	};
	const int floppy = make_floppy();
	const struct process qemu = {
		.argv = argv, .out = PROCESS_NULL, .err = PROCESS_NULL,
		.keep = &floppy, .nr_keep = 1,
		.alone = true, .orphan_signal = SIGKILL,
	};
	pid_t pid;
	int code;

	snprintf(drive, sizeof(drive),
		 "if=floppy,format=raw,file=/proc/self/fd/%d", floppy);
	code = process_start(&qemu, &pid);
	close(floppy);
	if (code) {
		snprintf(why, room, code == 127 ? "no QEMU: run '%s'" : "%s",
			 code == 127 ? path_deps() : err_message());
		return false;
	}
	code = process_wait(pid, ACCEL_DEADLINE_S);
	if (code == EXIT_OK)
		snprintf(why, room, "a one-sector guest ran under KVM");
	else if (code == PROCESS_LATE)
		snprintf(why, room,
			 "/dev/kvm opens, but a one-sector guest hung for %d s",
			 ACCEL_DEADLINE_S);
	else
		snprintf(why, room,
			 "/dev/kvm opens, but a one-sector guest failed");
	return code == EXIT_OK;
}

bool accel_kvm(char *why, unsigned int room, bool again)
{
	char path[PATH_MAX], boot[64], known[256];
	bool works;
	int fd;

	fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		snprintf(why, room, "cannot open /dev/kvm: %s",
			 strerror(errno));
		return false;
	}
	close(fd);
	read_first("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
	snprintf(path, sizeof(path), "%s/kvm-%s-%s", path_cache(), boot,
		 qemu_version());
	if (!again && read_first(path, known, sizeof(known)) && known[0]) {
		snprintf(why, room, "%s", known + 1);
		return known[0] == '+';
	}
	works = try_guest(why, room);
	snprintf(known, sizeof(known), "%c%.250s", works ? '+' : '-', why);
	replace_file(path, known);
	return works;
}

int accel_need_kvm(void)
{
	char why[200];

	if (accel_kvm(why, sizeof(why), false))
		return 0;
	return err(EX_FAIL,
		   "instrument time needs KVM or bare metal, and KVM does not work here (%s): use --instrument insn",
		   why);
}
