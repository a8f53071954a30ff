// SPDX-License-Identifier: GPL-2.0-or-later
/* BPF percpu maps by the bpf() syscall, and why one is refused. */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/bpf_map.h"

/* PCPU_MIN_UNIT_SIZE: larger values are refused with E2BIG, 6.1 to 6.12. */
#define MAX_VALUE	32768

#define KIND_LRU	3

/* The benches in plan/bench_table.h use these names. */
static const struct bpf_map_kind kinds[] = {
	{ "array", BPF_MAP_TYPE_PERCPU_ARRAY, 0 },
	{ "hash", BPF_MAP_TYPE_PERCPU_HASH, 0 },
	{ "hash-noprealloc", BPF_MAP_TYPE_PERCPU_HASH, BPF_F_NO_PREALLOC },
	[KIND_LRU] = { "lru-hash", BPF_MAP_TYPE_LRU_PERCPU_HASH, 0 },
};

const struct bpf_map_kind *bpf_map_kind(unsigned int i)
{
	return i < sizeof(kinds) / sizeof(kinds[0]) ? &kinds[i] : NULL;
}

bool bpf_map_has_elements(const struct bpf_map_kind *kind)
{
	return kind->type != BPF_MAP_TYPE_PERCPU_ARRAY;
}

static bool kernel_before(unsigned int major, unsigned int minor)
{
	unsigned int is_major = 0, is_minor = 0;
	struct utsname uts;

	uname(&uts);
	sscanf(uts.release, "%u.%u", &is_major, &is_minor);
	return is_major < major || (is_major == major && is_minor < minor);
}

long long bpf_map_values(const struct bpf_map_kind *kind, unsigned int entries,
			 unsigned int cpus)
{
	if (!(kind->flags & BPF_F_NO_PREALLOC))
		return entries;
	return kernel_before(6, 8) ? -1 : (long long)cpus;
}

/* No library: few distributions have libbpf, and what it needs, as archives. */
static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* Keys have 4 bytes. */
static int create(unsigned int type, unsigned int flags,
		  unsigned int value_size, unsigned int entries)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = type;
	attr.map_flags = flags;
	attr.key_size = sizeof(unsigned int);
	attr.value_size = value_size;
	attr.max_entries = entries;
	strcpy(attr.map_name, "pcpubench");
	return bpf(BPF_MAP_CREATE, &attr);
}

int bpf_map_make(const struct bpf_map_kind *kind, unsigned int value_size,
		 unsigned int entries)
{
	return create(kind->type, kind->flags, value_size, entries);
}

int bpf_map_anchor(unsigned int *id)
{
	struct bpf_map_info info = { 0 };
	union bpf_attr attr;
	int fd;

	fd = create(BPF_MAP_TYPE_ARRAY, 0, 8, 1);
	if (fd < 0)
		return -1;
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr)) {
		close(fd);
		return -1;
	}
	*id = info.id;
	return fd;
}

int bpf_map_add(int fd, unsigned int key, const void *value)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = fd;
	attr.key = (uintptr_t)&key;
	attr.value = (uintptr_t)value;
	attr.flags = BPF_NOEXIST;
	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

int bpf_map_del(int fd, unsigned int key)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = fd;
	attr.key = (uintptr_t)&key;
	return bpf(BPF_MAP_DELETE_ELEM, &attr);
}

long long bpf_map_memlock(int fd)
{
	char path[64], bytes[32];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	return read_field(path, "memlock", bytes, sizeof(bytes)) ?
	       strtoll(bytes, NULL, 10) : -1;
}

/* CAP_BPF, or CAP_SYS_ADMIN, which includes it. */
static bool capable(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return false;
	return data[CAP_TO_INDEX(CAP_BPF)].effective & CAP_TO_MASK(CAP_BPF) ||
	       data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective &
	       CAP_TO_MASK(CAP_SYS_ADMIN);
}

/* In older kernels maps count against RLIMIT_MEMLOCK, not in a memcg. */
static bool charges_rlimit(void)
{
	return kernel_before(5, 11);
}

/* Has the command line @option in its list "cgroup.memory=..."? */
static bool booted_with(const char *option)
{
	char text[4096], *word, *item, *words = NULL, *items;
	bool found = false;

	if (!read_first("/proc/cmdline", text, sizeof(text)))
		return false;
	for (word = strtok_r(text, " \n", &words); word;
	     word = strtok_r(NULL, " \n", &words)) {
		if (strncmp(word, "cgroup.memory=", 14))
			continue;
		items = NULL;
		for (item = strtok_r(word + 14, ",", &items); item;
		     item = strtok_r(NULL, ",", &items))
			found |= !strcmp(item, option);
	}
	return found;
}

int bpf_map_usable(char *reason, size_t room)
{
	int fd;

	reason[0] = '\0';
	/* This kind always needs CAP_BPF; arrays may be allowed to everyone. */
	fd = bpf_map_make(&kinds[KIND_LRU], 8, 1);
	if (fd < 0 && errno == ENOSYS)
		return err(EX_FAIL,
			   "the kernel has no bpf(): build it with CONFIG_BPF_SYSCALL=y");
	if (fd < 0 && errno == EPERM && !capable())
		return err(EX_FAIL,
			   "no capability CAP_BPF, so no BPF maps: run as root");
	if (fd < 0 && errno == EPERM && charges_rlimit())
		return err(EX_FAIL,
			   "RLIMIT_MEMLOCK is too low for a BPF map on a kernel before 5.11: run 'ulimit -l unlimited' first");
	if (fd < 0)
		return err_errno(EX_FAIL, "cannot make a BPF map");
	close(fd);
	if (booted_with("nobpf"))
		snprintf(reason, room,
			 "booted with cgroup.memory=nobpf: no BPF map is charged");
	else if (charges_rlimit())
		snprintf(reason, room,
			 "a kernel before 5.11 charges BPF maps to RLIMIT_MEMLOCK, not to the cgroup");
	return 0;
}

void bpf_map_refused(const struct bpf_map_kind *kind, unsigned int value_size,
		     unsigned int entries, int error, char *reason,
		     size_t room)
{
	const char *why = strerror(error);

	if (error == E2BIG && (value_size + 7) / 8 * 8 > MAX_VALUE)
		snprintf(reason, room,
			 "refused: a value of %u B is above the kernel's limit of %d B",
			 value_size, MAX_VALUE);
	else if (error == ENOMEM)
		snprintf(reason, room,
			 "refused: no memory for %u %s of %u B on every CPU",
			 entries, entries == 1 ? "entry" : "entries",
			 value_size);
	else if (error == EINVAL)
		snprintf(reason, room,
			 "refused: the kernel does not accept the map %s of %u x %u B",
			 kind->name, entries, value_size);
	else
		snprintf(reason, room, "refused: %s, %u x %u B: %s",
			 kind->name, entries, value_size, why);
}
