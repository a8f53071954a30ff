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
#include "guest/guest.h"
#include "profile/cache_machine.h"
#include "vm/accel.h"
#include "vm/acpi.h"
#include "vm/initrd.h"
#include "vm/qemu.h"
#include "vm/vm.h"

/*
 * A fixed model, so that the guest is the same on every host and QEMU. Without
 * ERMS memset() is a loop of stores and not `rep stosb`, of which icount counts
 * every byte. No x2APIC, which only newer QEMUs emulate. With POPCNT, as in
 * every server since 15 years: the kernel counts CPUs in a mask with it for
 * each charge.
 */
#define INSN_CPU	"qemu64,-x2apic,+popcnt"
#define VM_CPU_TYPE	"qemu64-x86_64-cpu"

const char *vm_cpu_model(enum instrument instrument)
{
	return instruments[instrument].exact ? INSN_CPU : "host";
}

unsigned int vm_free_mib(void)
{
	char kib[32];

	read_field("/proc/meminfo", "MemAvailable", kib, sizeof(kib));
	return strtoul(kib, NULL, 10) / 1024;
}

int vm_memory(const struct vm_spec *spec, unsigned int *mib)
{
	unsigned int per_node[TOPOLOGY_MAX_NODES];
	unsigned int need = topology_memory(&spec->topo, per_node);

	*mib = spec->memory_mib ? spec->memory_mib : need;
	if (*mib < need)
		return err(EX_USE, "%s needs %u MiB for its percpu memory, not %u",
			   spec->topo.name, need, *mib);
	if (*mib > vm_free_mib())
		return err(EX_FAIL,
			   "%s needs %u MiB, but only %u MiB are free here",
			   spec->topo.name, *mib, vm_free_mib());
	return 0;
}

/* Make one archive: the tables first, then /init and the module. */
static int make_initrd(const struct vm_spec *spec, unsigned int mib, int fd)
{
	unsigned int per_node[TOPOLOGY_MAX_NODES];
	unsigned int need = topology_memory(&spec->topo, per_node);
	struct acpi_table madt, srat;
	int ret;

	/* Additional memory of the user goes to the first node with memory. */
	per_node[topology_memory_node(&spec->topo, 0)] += mib - need;
	madt = acpi_madt(&spec->topo);
	srat = acpi_srat(&spec->topo, per_node);
	const struct initrd_file files[] = {
		{ .name = "kernel", .mode = S_IFDIR | 0755 },
		{ .name = "kernel/firmware", .mode = S_IFDIR | 0755 },
		{ .name = "kernel/firmware/acpi", .mode = S_IFDIR | 0755 },
		{ .name = "kernel/firmware/acpi/madt.aml", .data = madt.data,
		  .len = madt.len, .mode = S_IFREG | 0644 },
		{ .name = "kernel/firmware/acpi/srat.aml", .data = srat.data,
		  .len = srat.len, .mode = S_IFREG | 0644 },
		{ .name = "init", .path = spec->init ? spec->init : path_guest_init(),
		  .mode = S_IFREG | 0755 },
		{ .name = "pcpu_bench.ko", .path = spec->module,
		  .mode = S_IFREG | 0644 },
	};
	ret = initrd_write(fd, files, sizeof(files) / sizeof(files[0]));
	acpi_free(&madt);
	acpi_free(&srat);
	return ret;
}

static bool is_icount(const struct vm_spec *spec)
{
	return instruments[spec->plan.instrument].exact && spec->online <= 1;
}

/*
 * Under icount guest time is a count of instructions, so calibrating one timer
 * against another only spins: 2 s for the local APIC's.
 */
static const char insn_cmdline[] =
	"nolapic_timer lpj=1000000 no_timer_check tsc=reliable";

static int make_cmdline(struct vm *vm, const struct vm_spec *spec)
{
	char room[PLAN_ROOM], *args[PLAN_ARGS];
	/* A watched guest has the same command line as an unwatched one. */
	enum instrument told = instruments[spec->plan.instrument].exact ?
			       INSTRUMENT_INSN : spec->plan.instrument;
	int i, n, len;

	n = plan_args(&spec->plan, args, room);
	len = snprintf(vm->cmdline, sizeof(vm->cmdline),
		       "console=ttyS0 panic=-1 nokaslr maxcpus=1 %s %s %s -- %s --instrument=%s --topology=%s",
		       is_icount(spec) ? insn_cmdline : "",
		       spec->cmdline ? spec->cmdline : "",
		       spec->append ? spec->append : "",
		       spec->guest_args ? spec->guest_args : "",
		       instruments[told].name,
		       spec->topo.name);
	for (i = 0; i < n && len < (int)sizeof(vm->cmdline); i++)
		len += snprintf(vm->cmdline + len, sizeof(vm->cmdline) - len,
				" %s", args[i]);
	/* x86 silently cuts at COMMAND_LINE_SIZE, 2048 with the NUL. */
	if (len >= (int)sizeof(vm->cmdline))
		return err(EX_USE, "the kernel command line is longer than %zu",
			   sizeof(vm->cmdline) - 1);
	return 0;
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

static int find_machine(struct vm *vm, const char *name)
{
	struct machine m;

	vm->machine = machine_path(name);
	if (!vm->machine)
		return EX_FAIL;
	/* A comma would end QEMU's option. */
	if (strchr(vm->machine, ','))
		return err(EX_USE, "machine %s: its path must not have a comma",
			   name);
	return machine_read(&m, vm->machine);
}

static int start_qemu(struct vm *vm, const struct vm_spec *spec)
{
	char memory[16], initrd[32], console[48], results[48];
	char gate[64], gate_port[64];
	char smp[64], cpus[VM_MAX_ONLINE][80];
	const char *argv[64];
	const int fds[] = { vm->initrd_fd, vm->console_fd, vm->results_fd,
			    vm->profile_fd, vm->gate_fd[0], vm->gate_fd[1] };
	/*
	 * The guest ends with the runner, however that ends. Ctrl-C goes only
	 * to the runner, which then ends the guest.
	 */
	const struct process qemu_process = {
		.argv = argv, .err = vm->console_fd,
		.keep = fds, .nr_keep = sizeof(fds) / sizeof(fds[0]),
		.alone = true, .orphan_signal = SIGKILL,
	};
	int n = 0, code;
	char plugin[2 * PATH_MAX + 64];

	snprintf(memory, sizeof(memory), "%u", vm->memory_mib);
	snprintf(initrd, sizeof(initrd), "/proc/self/fd/%d", vm->initrd_fd);
	snprintf(console, sizeof(console), "file:/proc/self/fd/%d",
		 vm->console_fd);
	snprintf(results, sizeof(results), "file:/proc/self/fd/%d",
		 vm->results_fd);

	snprintf(smp, sizeof(smp), spec->online > 1 ?
		 "1,sockets=%u,cores=1,threads=1,maxcpus=%u" : "1",
		 spec->topo.cpus, spec->topo.cpus);

#define ARG(...) do {							\
		const char *more[] = { __VA_ARGS__ };			\
		for (size_t j = 0; j < sizeof(more) / sizeof(more[0]); j++) \
			argv[n++] = more[j];				\
	} while (0)
	ARG(QEMU, "-nodefaults", "-no-user-config", "-display", "none",
	    "-no-reboot", "-M", "pc,usb=off,hpet=off", "-smp", smp, "-m", memory);
	for (unsigned int i = 1; i < spec->online; i++) {
		/* One thread a socket: the socket is the APIC id. */
		snprintf(cpus[i], sizeof(cpus[i]),
			 VM_CPU_TYPE ",socket-id=%u,core-id=0,thread-id=0",
			 topology_online_cpu(&spec->topo, i));
		ARG("-device", cpus[i]);
	}
	if (is_icount(spec))
		/*
		 * The clock depends on the guest's instructions, random numbers
		 * on a fixed seed: boots are identical.
		 */
		ARG("-accel", "tcg,thread=single", "-icount",
		    "shift=0,sleep=off", "-cpu", INSN_CPU, "-seed", "1",
		    "-rtc", "base=2026-01-01,clock=vm");
	else if (spec->plan.instrument == INSTRUMENT_INSN)
		ARG("-accel", "tcg,thread=multi", "-cpu", INSN_CPU);
	else
		ARG("-accel", "kvm", "-cpu", "host", "-name", VCPU_NAME);
	if (vm->profile_fd >= 0) {
		snprintf(plugin, sizeof(plugin),
			 "%s,out=/proc/self/fd/%d,gate=%d,lock=%llx%s%s%s",
			 path_plugin(), vm->profile_fd, vm->gate_fd[0],
			 spec->lock,
			 instruments[spec->plan.instrument].watched ? "" :
			 ",only=lock",
			 vm->machine ? ",cache=" : "",
			 vm->machine ? vm->machine : "");
		snprintf(gate, sizeof(gate),
			 "file,id=gate,path=/proc/self/fd/%d", vm->gate_fd[1]);
		snprintf(gate_port, sizeof(gate_port),
			 "isa-debugcon,chardev=gate,iobase=%d", GUEST_GATE);
		ARG("-plugin", plugin, "-chardev", gate, "-device", gate_port);
	}
	ARG("-serial", console, "-debugcon", results, "-kernel", spec->image,
	    "-initrd", initrd, "-append", vm->cmdline, NULL);
#undef ARG
	code = process_start(&qemu_process, &vm->pid);
	return code == 127 ? err(EX_FAIL, "no " QEMU ": run 'make deps'") :
	       code;
}

int vm_start(struct vm *vm, const struct vm_spec *spec)
{
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
	if (access(spec->image, R_OK))
		return err_errno(EX_USE, "kernel image %s", spec->image);
	ret = vm_memory(spec, &vm->memory_mib);
	if (!ret)
		ret = make_cmdline(vm, spec);
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
	if (!ret && spec->plan.instrument == INSTRUMENT_MODEL)
		ret = find_machine(vm, spec->machine);
	if (!ret)
		ret = make_initrd(spec, vm->memory_mib, vm->initrd_fd);
	if (ret)
		return ret;
	/* Ten times the duration on a slow and busy machine. */
	vm->deadline_s = spec->deadline_s ? spec->deadline_s :
			 (60 + spec->topo.cpus / 8) * 
			 bench_find(spec->plan.bench)->length;

	vm->started_s = clock_now();
	ret = start_qemu(vm, spec);
	if (!ret)
		vm->pidfd = syscall(SYS_pidfd_open, vm->pid, 0);
	return ret;
}

static void take_record(struct vm *vm, json_t *rec)
{
	const char *type = json_string_value(json_object_get(rec, "type"));
	const char *text;

	if (!type)
		return;
	if (!strcmp(type, "init")) {
		vm->init_s = clock_now() - vm->started_s;
	} else if (!strcmp(type, "guest")) {
		json_decref(vm->guest);
		vm->guest = json_incref(rec);
	} else if (!strcmp(type, "cell")) {
		json_array_append(vm->cells, rec);
	} else if (!strcmp(type, "tap")) {
		json_array_append(vm->lines, json_object_get(rec, "line"));
	} else if (!strcmp(type, "done")) {
		vm->done = true;
	} else if (!strcmp(type, "error")) {
		text = json_string_value(json_object_get(rec, "message"));
		snprintf(vm->failed, sizeof(vm->failed), "%s",
			 text ? text : "the guest reported an error");
	}
}

/* Take the complete lines that came since the last call. */
static void read_results(struct vm *vm)
{
	struct stat st;
	char *buf, *line, *nl;
	ssize_t len;
	json_t *rec;

	if (fstat(vm->results_fd, &st) || st.st_size <= vm->parsed)
		return;
	buf = malloc(st.st_size - vm->parsed + 1);
	if (!buf)
		return;
	len = pread(vm->results_fd, buf, st.st_size - vm->parsed, vm->parsed);
	if (len > 0) {
		buf[len] = '\0';
		for (line = buf; (nl = strchr(line, '\n')); line = nl + 1) {
			rec = json_loadb(line, nl - line, 0, NULL);
			if (!rec)
				snprintf(vm->failed, sizeof(vm->failed),
					 "the guest's results are garbled");
			take_record(vm, rec);
			json_decref(rec);
		}
		vm->parsed += line - buf;
	}
	free(buf);
}

static void judge(struct vm *vm, int code)
{
	json_t *tail;
	const char *last;

	if (vm->done && !vm->failed[0])
		return;
	if (vm->failed[0])
		return;
	tail = vm_console_tail(vm, 1);
	last = json_string_value(json_array_get(tail, 0));
	if (code > 0)
		snprintf(vm->failed, sizeof(vm->failed), "QEMU failed: %s",
			 last ? last : "it said nothing");
	else if (code < 0)
		snprintf(vm->failed, sizeof(vm->failed),
			 "QEMU was killed by signal %d", -code);
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
	read_results(vm);
	if (!ended) {
		if (clock_now() - vm->started_s < vm->deadline_s)
			return false;
		process_kill(vm->pid);
		code = -SIGKILL;
		read_results(vm);
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
		json_array_insert_new(tail, 0, json_string(p));
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
	free(vm->machine);
	vm->machine = NULL;
	json_decref(vm->guest);
	json_decref(vm->cells);
	json_decref(vm->lines);
	vm->guest = vm->cells = vm->lines = NULL;
}
