// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the running kernel can be measured, or QEMU is needed. */
#include <limits.h>
#include <linux/capability.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "metal/where.h"

static bool may_load_modules(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	return !syscall(SYS_capget, &head, data) &&
	       data[CAP_TO_INDEX(CAP_SYS_MODULE)].effective &
	       CAP_TO_MASK(CAP_SYS_MODULE);
}

static bool file_is(const char *path, const char *text)
{
	char buf[256];

	return read_first(path, buf, sizeof(buf)) && strstr(buf, text);
}

const char *where_cgroup(void)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	static char dir[256];
	struct mntent *m;

	dir[0] = '\0';
	while (f && (m = getmntent(f)))
		if (!strcmp(m->mnt_type, "cgroup2")) {
			snprintf(dir, sizeof(dir), "%s", m->mnt_dir);
			break;
		}
	if (f)
		endmntent(f);
	return dir[0] ? dir : NULL;
}

const char *where_signed(const char *root)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/sys/kernel/security/lockdown", root);
	if (file_is(path, "[integrity]") || file_is(path, "[confidentiality]"))
		return "the kernel is locked down and loads only signed modules: switch secure boot off in the firmware, or boot without lockdown=";
	snprintf(path, sizeof(path), "%s/sys/module/module/parameters/sig_enforce",
		 root);
	if (file_is(path, "Y"))
		return "the kernel loads only signed modules: boot without module.sig_enforce";
	return NULL;
}

bool where_kernel(char *why, size_t room)
{
	const char *cgroup = where_cgroup(), *must_sign = where_signed("");
	char controllers[300];

	snprintf(controllers, sizeof(controllers), "%s/cgroup.controllers",
		 cgroup ? cgroup : "");
#define NO(...) do {							\
		snprintf(why, room, __VA_ARGS__);			\
		return false;						\
	} while (0)
	if (access("/proc/modules", F_OK))
		NO("this kernel cannot load modules: CONFIG_MODULES is not set");
	if (geteuid())
		NO("only root can load modules: run as root");
	if (!may_load_modules())
		NO("no CAP_SYS_MODULE: leave the container, or run it with --privileged");
	if (file_is("/proc/sys/kernel/modules_disabled", "1"))
		NO("kernel.modules_disabled is set, until the next boot");
	if (must_sign)
		NO("%s", must_sign);
	if (!cgroup)
		NO("no cgroup v2: mount it, or boot with systemd.unified_cgroup_hierarchy=1");
	if (!file_is(controllers, "memory"))
		NO("no memory controller in cgroup v2: cgroup v1 has it, or cgroup_disable=memory");
#undef NO
	return true;
}

bool where_metal(char *why, size_t room)
{
	struct utsname uts;
	char headers[200];

	if (!where_kernel(why, room))
		return false;
	uname(&uts);
	snprintf(headers, sizeof(headers), WHERE_HEADERS, uts.release);
	if (access(headers, F_OK)) {
		snprintf(why, room,
			 "no %s: install the kernel's headers (Debian: linux-headers-%s)",
			 headers, uts.release);
		return false;
	}
	snprintf(why, room, "root, modules and the headers of %s are there",
		 uts.release);
	return true;
}
