// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts and watches QEMU for one guest, and reads its output. */
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../../tcg-plugin/gate.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/paths.h"
#include "base/process.h"
#include "vm/accel.h"
#include "vm/initrd.h"
#include "vm/inputs.h"
#include "vm/qemu.h"
#include "vm/vm.h"

#define MOST_SHOWN	1000	/* bytes of a line of the console */
#define LAST_LINES	40	/* of it; a panic has a trace after it */

unsigned int vm_free_mib(void)
{
	char kib[32];

	read_field("/proc/meminfo", "MemAvailable", kib, sizeof(kib));
	return strtoul(kib, NULL, 10) / 1024;
}

static int enough_free(const struct vm_spec *spec, unsigned int mib)
{
	const bool batch = plan_shape(&spec->plan).batch;

	if (mib > vm_free_mib())
		return err(EX_FAIL,
			   "%s%s needs %u MiB, but only %u MiB are free here%s",
			   spec->topo.name, batch ? " with this batch" : "", mib,
			   vm_free_mib(), batch ? ": give a smaller one" : "");
	return 0;
}

int vm_memory(const struct vm_spec *spec, unsigned int *mib)
{
	struct vm_inputs in;
	int ret = inputs_make(&in, spec);

	*mib = in.memory_mib;
	inputs_free(&in);
	return ret ? ret : enough_free(spec, *mib);
}

/* A memory file needs no name and is gone when this process ends. */
static int scratch(int *fd, const char *name)
{
	*fd = memfd_create(name, MFD_CLOEXEC);
	if (*fd < 0)
		return err_errno(EX_FAIL, "no memory file for the guest's %s",
				 name);
	return 0;
}

static int make_gate(int fd[2])
{
	char bytes[GATE_BYTES - 1] = { 0 };

	if (!pipe2(fd, O_CLOEXEC) &&
	    fcntl(fd[1], F_SETPIPE_SZ, GATE_BYTES) == GATE_BYTES &&
	    write(fd[1], bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes))
		return 0;
	return err_errno(EX_FAIL, "no pipe for the plugin");
}

/* The name of an open file for who inherits it. */
static const char *inherited(char name[48], const char *kind, int fd)
{
	snprintf(name, 48, "%s%d", kind, fd);
	return name;
}

static int start_qemu(struct vm *vm, const struct vm_spec *spec,
		      const struct vm_inputs *in)
{
	static const char self[] = "/proc/self/fd/";
	char name[6][48];
	const struct vm_places at = {
		.image = spec->image,
		.initrd = inherited(name[0], self, vm->initrd_fd),
		.console = inherited(name[1], self, vm->console_fd),
		.results = inherited(name[2], self, vm->results_fd),
		.plugin = path_plugin(),
		.profile = vm->profile_fd < 0 ? NULL :
			   inherited(name[3], self, vm->profile_fd),
		.gate = inherited(name[4], "", vm->gate_fd[0]),
		.gate_in = inherited(name[5], self, vm->gate_fd[1]),
	};
	const int fds[] = { vm->initrd_fd, vm->console_fd, vm->results_fd,
			    vm->profile_fd, vm->gate_fd[0], vm->gate_fd[1] };
	struct vm_words words;
	/*
	 * The guest ends with the runner, however that ends. Ctrl-C goes only
	 * to the runner, which then ends the guest.
	 */
	const struct process qemu_process = {
		.argv = (const char *const *)words.word, .err = vm->console_fd,
		.keep = fds, .nr_keep = sizeof(fds) / sizeof(fds[0]),
		.alone = true, .orphan_signal = SIGKILL,
	};
	int code = words_make(&words, spec, in, &at);

	if (!code)
		code = process_start(&qemu_process, &vm->pid);
	words_free(&words);
	return code == 127 ? err(EX_FAIL, "no " QEMU ": run '%s'", path_deps()) :
	       code;
}

/*
 * Bytes that the plugin may write. It names all code once, and for each sample the blocks
 * that ran: mm-life runs the most code, and takes a fourteenth of this.
 */
static off_t most_profile(const struct plan *plan)
{
	return (256L << 20) + (off_t)plan->rounds * plan->nr_sizes * (4L << 20);
}

static int start(struct vm *vm, const struct vm_spec *spec,
		 const struct vm_inputs *in)
{
	int ret = enough_free(spec, in->memory_mib);

	vm->memory_mib = in->memory_mib;
	vm->profile_most = most_profile(&spec->plan);
	strcpy(vm->cmdline, in->cmdline);
	if (!ret)
		ret = scratch(&vm->initrd_fd, "initrd");
	if (!ret)
		ret = scratch(&vm->console_fd, "console");
	if (!ret)
		ret = scratch(&vm->results_fd, "results");
	if (!ret && spec->watch)
		ret = scratch(&vm->profile_fd, "profile");
	if (!ret && spec->watch)
		ret = make_gate(vm->gate_fd);
	if (!ret)
		ret = initrd_write(vm->initrd_fd, in->files, in->nr_files);
	if (ret)
		return ret;
	/* Ten times what it takes on a slow and busy machine. */
	vm->deadline_s = spec->deadline_s ? spec->deadline_s :
			 (60 + spec->topo.cpus / 8) *
			 bench_find(spec->plan.bench)->length +
			 (unsigned int)(10 * plan_seconds(&spec->plan,
							  spec->topo.cpus));

	vm->started_s = clock_now();
	ret = start_qemu(vm, spec, in);
	if (!ret)
		vm->pidfd = syscall(SYS_pidfd_open, vm->pid, 0);
	return ret;
}

int vm_start(struct vm *vm, const struct vm_spec *spec)
{
	struct vm_inputs in;
	int ret;

	*vm = (struct vm){
		.pid = -1, .pidfd = -1, .initrd_fd = -1, .console_fd = -1,
		.results_fd = -1, .profile_fd = -1, .gate_fd = { -1, -1 },
		.cells = json_array(), .lines = json_array(),
		.stolen_s = NAN, .waited_s = NAN, .vcpu.cpu = -1,
	};
	if (spec->plan.instrument == INSTRUMENT_TIME) {
		vm->vcpu.cpu = spec->cpu;
		ret = accel_need_kvm();
		if (ret)
			return ret;
	}
	if (spec->host) {
		vm->vcpu.measured = spec->host->measured;
		vm->vcpu.cpu = spec->host->cpu[spec->host->measured];
		vm->vcpu.cpus = spec->host->cpu;
		vm->vcpu.nr_cpus = spec->host->nr_cpus;
	}
	if (access(spec->image, R_OK))
		return err_errno(EX_USE, "kernel image %s", spec->image);
	ret = inputs_make(&in, spec);
	if (!ret)
		ret = start(vm, spec, &in);
	inputs_free(&in);
	return ret;
}

/* The line that says why a kernel ended: of its panic, else the last one. */
static const char *last_words(const json_t *tail)
{
	const char *line = NULL;
	json_t *text;
	size_t i;

	json_array_foreach(tail, i, text) {
		line = json_string_value(text);
		if (strstr(line, "Kernel panic"))
			break;
	}
	return line;
}

static void judge(struct vm *vm, int code)
{
	json_t *tail;
	const char *last;

	if (vm->failed[0])
		return;
	if (vm->done) {
		if (vm->vcpu.cpu >= 0 &&
		    vm->vcpu.bound < vcpu_to_bind(&vm->vcpu))
			snprintf(vm->failed, sizeof(vm->failed),
				 "only %u of %u CPUs of the guest were bound",
				 vm->vcpu.bound, vcpu_to_bind(&vm->vcpu));
		return;
	}
	tail = vm_console_tail(vm, code ? 1 : LAST_LINES);
	last = last_words(tail);
	if (code > 0)
		snprintf(vm->failed, sizeof(vm->failed), "QEMU failed: %s",
			 last ? last : "it said nothing");
	else if (code < 0)
		snprintf(vm->failed, sizeof(vm->failed),
			 "QEMU was killed by signal %d%s", -code,
			 code == -SIGKILL ? ": by somebody, or for lack of memory (dmesg tells)" : "");
	else if (!vm->init_s)
		snprintf(vm->failed, sizeof(vm->failed),
			 "the kernel ended before /init: %s",
			 last ? last : "it said nothing");
	else
		snprintf(vm->failed, sizeof(vm->failed),
			 "the guest ended while it measured: %s",
			 last ? last : "it said nothing");
	json_decref(tail);
}

/* Do not count waiting before /init, while the kernel boots. */
static void watch_vcpu(struct vm *vm)
{
	if (vm->vcpu.cpu < 0)
		return;
	vcpu_watch(&vm->vcpu, vm->pid);
	if (vm->vcpu.error && !vm->failed[0]) {
		vm->garbled = true;
		snprintf(vm->failed, sizeof(vm->failed),
			 "cannot bind the guest to CPU %d of this machine: %s",
			 vm->vcpu.refused, strerror(vm->vcpu.error));
	}
	if (!vm->init_s)
		return;
	if (isnan(vm->waited_s))
		vm->waited_s = vm->vcpu.waited_s;
	vm->stolen_s = vm->vcpu.waited_s - vm->waited_s;
}

bool vm_poll(struct vm *vm)
{
	bool ended;
	int code;

	if (vm->pid < 0)
		return true;
	watch_vcpu(vm);
	ended = process_ended(vm->pid, &code);
	vm_hear(vm);
	if (!ended) {
		if (clock_now() - vm->started_s < vm->deadline_s && !vm->garbled)
			return false;
		process_kill(vm->pid);
		code = -SIGKILL;
		vm_hear(vm);
		if (!vm->done && !vm->failed[0])
			snprintf(vm->failed, sizeof(vm->failed),
				 vm->init_s ?
				 "the guest hung: killed after %u s" :
				 "the kernel hung before /init: killed after %u s",
				 vm->deadline_s);
	}
	vm->wall_s = clock_now() - vm->started_s;
	vm->pid = -1;
	judge(vm, code);
	return true;
}

/* Kill QEMU. */
static void end(struct vm *vm)
{
	if (vm->pid < 0)
		return;
	process_kill(vm->pid);
	vm->pid = -1;
}

char *vm_console(const struct vm *vm)
{
	struct stat st;
	char *buf;
	size_t i;

	if (vm->console_fd < 0 || fstat(vm->console_fd, &st) || !st.st_size)
		return NULL;
	buf = malloc(st.st_size + 1);
	if (!buf || pread(vm->console_fd, buf, st.st_size, 0) != st.st_size) {
		free(buf);
		return NULL;
	}
	buf[st.st_size] = '\0';
	/* A console has bytes, JSON text only. */
	for (i = 0; i < (size_t)st.st_size; i++)
		if ((buf[i] < ' ' && buf[i] != '\n') || buf[i] > '~')
			buf[i] = ' ';
	return buf;
}

json_t *vm_console_tail(const struct vm *vm, unsigned int lines)
{
	json_t *tail = json_array();
	char *buf, *p, *end;

	buf = vm_console(vm);
	if (!buf)
		return tail;
	end = buf + strlen(buf);
	while (json_array_size(tail) < lines && end > buf) {
		while (end > buf && (end[-1] == '\n' || end[-1] == ' '))
			*--end = '\0';
		if (end == buf)
			break;
		p = strrchr(buf, '\n');
		p = p ? p + 1 : buf;
		json_array_insert_new(tail, 0, json_stringn(p, end - p < MOST_SHOWN ?
							     end - p : MOST_SHOWN));
		end = p;
		*end = '\0';
	}
	free(buf);
	return tail;
}

void vm_free(struct vm *vm)
{
	int *fds[] = { &vm->pidfd, &vm->initrd_fd, &vm->console_fd,
		       &vm->results_fd, &vm->profile_fd, &vm->gate_fd[0],
		       &vm->gate_fd[1] };

	end(vm);
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
	json_decref(vm->guest);
	json_decref(vm->cells);
	json_decref(vm->lines);
	vm->guest = vm->cells = vm->lines = NULL;
}
