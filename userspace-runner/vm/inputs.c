// SPDX-License-Identifier: GPL-2.0-or-later
/* QEMU's words, the kernel's command line, the initrd: made from what is asked for. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../tcg-plugin/gate.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/paths.h"
#include "guest/guest.h"
#include "vm/inputs.h"
#include "vm/libraries.h"
#include "vm/qemu.h"
#include "vm/vcpu.h"

/*
 * A fixed model, so that the guest is the same on every host and with every
 * QEMU. It has no ERMS: memset() is then a loop of stores and not one `rep
 * stosb`, of which icount counts every byte. No x2APIC, which newer QEMUs
 * emulate and older do not. POPCNT, as every server has had for 15 years: the
 * kernel counts the CPUs in a mask with it for each charge.
 */
#define INSN_CPU	"qemu64,-x2apic,+popcnt"

/*
 * Under a hypervisor that is not KVM the kernel has another spinlock, without a
 * queue and unseen by tracepoints (virt_spin_lock(), asm/qspinlock.h).
 */
#define NATIVE_LOCKS	",-hypervisor"

static bool is_kvm(const struct vm_spec *spec)
{
	return spec->plan.instrument == INSTRUMENT_TIME;
}

/* In the initrd, where guest_load_module() looks. */
#define MODULE		"pcpu_bench.ko"

const char *vm_cpu_model(const struct vm_spec *spec, char buf[VM_CPU_MODEL])
{
	snprintf(buf, VM_CPU_MODEL, "%s%s%s%s",
		 is_kvm(spec) ? "host" : INSN_CPU,
		 instruments[spec->plan.instrument].function ? NATIVE_LOCKS : "",
		 spec->cpu_features ? "," : "",
		 spec->cpu_features ? spec->cpu_features : "");
	return buf;
}

static bool is_icount(const struct vm_spec *spec)
{
	return instruments[spec->plan.instrument].exact && spec->online <= 1;
}

/*
 * icount makes guest time a count of instructions; then calibrating a timer
 * against another only spins: 2 s of it with the local APIC's.
 */
static const char insn_cmdline[] =
	"nolapic_timer lpj=1000000 no_timer_check tsc=reliable";

static int make_cmdline(char cmdline[VM_CMDLINE], const struct vm_spec *spec)
{
	char room[PLAN_ROOM], *args[PLAN_ARGS];
	/* The watched guest is the plain one, down to its command line. */
	enum instrument told = instruments[spec->plan.instrument].exact ?
			       INSTRUMENT_INSN : spec->plan.instrument;
	int i, n, len;

	n = plan_args(&spec->plan, args, room);
	len = snprintf(cmdline, VM_CMDLINE,
		       "console=ttyS0 panic=-1 nokaslr maxcpus=1 %s %s %s -- %s --instrument=%s --topology=%s",
		       is_icount(spec) ? insn_cmdline : "",
		       spec->cmdline ? spec->cmdline : "",
		       spec->append ? spec->append : "",
		       spec->guest_args ? spec->guest_args : "",
		       instruments[told].name,
		       spec->topo.name);
	for (i = 0; i < n && len < VM_CMDLINE; i++)
		len += snprintf(cmdline + len, VM_CMDLINE - len, " %s",
				args[i]);
	if (spec->online && len < VM_CMDLINE)
		len += snprintf(cmdline + len, VM_CMDLINE - len,
				" --online=%u", spec->online);
	if (spec->host && len < VM_CMDLINE)
		len += snprintf(cmdline + len, VM_CMDLINE - len, " --cpu=%u",
				spec->host->measured);
	if (spec->online && spec->mutex && len < VM_CMDLINE)
		len += snprintf(cmdline + len, VM_CMDLINE - len,
				" --locks=%llx,%llx", spec->lock, spec->mutex);
	/* COMMAND_LINE_SIZE of x86 is 2048 with the NUL, and cuts silently. */
	if (len >= VM_CMDLINE)
		return err(EX_USE, "the kernel command line is longer than %d",
			   VM_CMDLINE - 1);
	return 0;
}

/* A copy of @file, with a name and a path of its own. */
static int put(struct vm_inputs *in, const struct initrd_file *file)
{
	struct initrd_file *to;

	if (array_room(&in->files, in->nr_files, sizeof(*to)))
		return EX_FAIL;
	to = &in->files[in->nr_files++];
	*to = *file;
	to->name = strdup(file->name);
	to->path = file->path ? strdup(file->path) : NULL;
	return to->name && (to->path || !file->path) ? 0 : no_memory();
}

static int put_folder(struct vm_inputs *in, const char *name)
{
	return put(in, &(struct initrd_file){ .name = name,
			.mode = S_IFDIR | 0755 });
}

/* The file at @path, as FOLDER/its own name. */
static int put_into(struct vm_inputs *in, const char *folder, const char *path)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s/%s", folder, basename(path));
	return put(in, &(struct initrd_file){ .name = name, .path = path,
			.mode = S_IFREG | 0755 });
}

/* Where the program says that it is: the kernel starts it. */
static int put_loader(struct vm_inputs *in, const char *path)
{
	char name[PATH_MAX], *slash;
	int ret = 0;

	snprintf(name, sizeof(name), "%s", path + 1);
	for (slash = strchr(name, '/'); slash && !ret;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		ret = put_folder(in, name);
		*slash = '/';
	}
	return ret ? ret : put(in, &(struct initrd_file){ .name = name,
				.path = path, .mode = S_IFREG | 0755 });
}

static int put_libraries(struct vm_inputs *in, const char *program)
{
	json_t *paths = libraries_of(program), *path;
	int ret = paths ? 0 : EX_FAIL;
	size_t i;

	json_array_foreach(paths, i, path) {
		if (!i)
			ret = put_loader(in, json_string_value(path));
		if (!i && !ret)
			ret = put_folder(in, &GUEST_LIBRARIES[1]);
		else if (!ret)
			ret = put_into(in, &GUEST_LIBRARIES[1],
				       json_string_value(path));
	}
	json_decref(paths);
	return ret;
}

/* Tables in front, then /init and the module. */
static int put_files(struct vm_inputs *in, const struct vm_spec *spec)
{
	const char *init = spec->init ? spec->init : path_guest_init();
	const struct initrd_file files[] = {
		{ .name = "kernel", .mode = S_IFDIR | 0755 },
		{ .name = "kernel/firmware", .mode = S_IFDIR | 0755 },
		{ .name = "kernel/firmware/acpi", .mode = S_IFDIR | 0755 },
		{ .name = "kernel/firmware/acpi/madt.aml",
		  .data = in->madt.data, .len = in->madt.len,
		  .mode = S_IFREG | 0644 },
		{ .name = "kernel/firmware/acpi/srat.aml",
		  .data = in->srat.data, .len = in->srat.len,
		  .mode = S_IFREG | 0644 },
		{ .name = "init", .path = init, .mode = S_IFREG | 0755 },
		{ .name = MODULE, .path = spec->module, .mode = S_IFREG | 0644 },
	};
	int ret = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !ret; i++)
		ret = put(in, &files[i]);
	return ret ? ret : put_libraries(in, init);
}

/* The programs, after a folder for them. */
static int put_programs(struct vm_inputs *in, const struct words *programs)
{
	int ret = programs->nr ? put_folder(in, &GUEST_PROGRAMS[1]) : 0;

	for (size_t i = 0; i < programs->nr && !ret; i++)
		ret = put_into(in, &GUEST_PROGRAMS[1], programs->word[i]);
	return ret;
}

int inputs_make(struct vm_inputs *in, const struct vm_spec *spec)
{
	unsigned int need;
	int ret;

	*in = (struct vm_inputs){ .nr_files = 0 };
	need = vm_needs(spec, in->node_mib);
	in->memory_mib = spec->memory_mib ? spec->memory_mib : need;
	if (in->memory_mib < need)
		return err(EX_USE, "%s needs %u MiB for its percpu memory, not %u",
			   spec->topo.name, need, in->memory_mib);
	/* What the user gave on top goes to the first node with memory. */
	in->node_mib[topology_memory_node(&spec->topo, 0)] +=
		in->memory_mib - need;
	in->madt = acpi_madt(&spec->topo);
	in->srat = acpi_srat(&spec->topo, in->node_mib);
	ret = put_files(in, spec);
	if (!ret)
		ret = put_programs(in, &spec->programs);
	return ret ? ret : make_cmdline(in->cmdline, spec);
}

void inputs_free(struct vm_inputs *in)
{
	for (size_t i = 0; i < in->nr_files; i++) {
		free((char *)in->files[i].name);
		free((char *)in->files[i].path);
	}
	free(in->files);
	acpi_free(&in->madt);
	acpi_free(&in->srat);
}

static void add(struct vm_words *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A word that memory ran out for ends the others; words_make() tells. */
static void add(struct vm_words *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&w->word[w->nr], fmt, ap) < 0)
		w->word[w->nr] = NULL;
	va_end(ap);
	w->nr += !!w->word[w->nr];
}

/*
 * A guest that breaks out of QEMU finds a process that may neither start another nor
 * get more rights. resourcecontrol is for QEMU's own threads, which need none.
 */
#define SANDBOX	"on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"

static void add_all(struct vm_words *w, const char *const *words)
{
	for (; *words; words++)
		add(w, "%s", *words);
}
#define ADD(w, ...) add_all(w, (const char *const []){ __VA_ARGS__, NULL })

static void add_cpus(struct vm_words *w, const struct vm_spec *spec)
{
	ADD(w, "-smp");
	if (spec->online <= 1)
		ADD(w, "1");
	else
		add(w, "1,sockets=%u,cores=1,threads=1,maxcpus=%u",
		    spec->topo.cpus, spec->topo.cpus);
	for (unsigned int i = 1; i < spec->online; i++) {
		ADD(w, "-device");
		/* One thread a socket: the socket is the APIC id. */
		add(w, "%s-x86_64-cpu,socket-id=%u,core-id=0,thread-id=0",
		    is_kvm(spec) ? "host" : "qemu64",
		    topology_online_cpu(&spec->topo, i));
	}
}

/*
 * The memory of each node on its node of the host. QEMU's own tables would need to
 * know the CPUs' nodes, too; the guest has ours.
 */
static void add_nodes(struct vm_words *w, const struct vm_spec *spec,
		      const struct vm_inputs *in)
{
	for (unsigned int i = 0; i < spec->host->nr_nodes; i++) {
		ADD(w, "-object");
		add(w, "memory-backend-ram,id=node%u,size=%uM,host-nodes=%d,policy=bind",
		    i, in->node_mib[i], spec->host->node[i]);
		ADD(w, "-numa");
		add(w, "node,nodeid=%u,memdev=node%u", i, i);
	}
}

static void add_accel(struct vm_words *w, const struct vm_spec *spec)
{
	char model[VM_CPU_MODEL];

	if (is_icount(spec))
		/* The clock and every random number come from the guest's own
		 * instructions and a fixed seed: boots are alike to the bit.
		 */
		ADD(w, "-accel", "tcg,thread=single", "-icount",
		    "shift=0,sleep=off", "-seed", "1",
		    "-rtc", "base=2026-01-01,clock=vm");
	else if (is_kvm(spec))
		ADD(w, "-accel", "kvm");
	else
		ADD(w, "-accel", "tcg,thread=multi");
	if (is_kvm(spec) || spec->host)
		ADD(w, "-name", VCPU_NAME);
	ADD(w, "-cpu", vm_cpu_model(spec, model));
}

static void add_plugin(struct vm_words *w, const struct vm_spec *spec,
		       const struct vm_places *at)
{
	ADD(w, "-plugin");
	add(w, "%s,out=%s,gate=%s,lock=%llx,mutex=%llx,fault=%llx%s", at->plugin,
	    at->profile, at->gate, spec->lock, spec->mutex, spec->fault,
	    instruments[spec->plan.instrument].watched ? "" : ",only=lock");
	ADD(w, "-chardev");
	add(w, "file,id=gate,path=%s", at->gate_in);
	ADD(w, "-device");
	add(w, "isa-debugcon,chardev=gate,iobase=%d", GUEST_GATE);
}

int words_make(struct vm_words *w, const struct vm_spec *spec,
	       const struct vm_inputs *in, const struct vm_places *at)
{
	*w = (struct vm_words){ .nr = 0 };
	ADD(w, QEMU, "-nodefaults", "-no-user-config", "-nic", "none",
	    "-display", "none", "-no-reboot", "-M", "pc,usb=off,hpet=off");
	if (qemu_has_sandbox())
		ADD(w, "-sandbox", SANDBOX);
	ADD(w, "-m");
	add(w, "%u", in->memory_mib);
	add_cpus(w, spec);
	if (spec->host && spec->host->nr_nodes > 1)
		add_nodes(w, spec, in);
	add_accel(w, spec);
	if (at->profile)
		add_plugin(w, spec, at);
	ADD(w, "-serial");
	add(w, "file:%s", at->console);
	ADD(w, "-debugcon");
	add(w, "file:%s", at->results);
	ADD(w, "-kernel", at->image, "-initrd", at->initrd, "-append",
	    in->cmdline);
	return w->nr && !strcmp(w->word[w->nr - 1], in->cmdline) ? 0 :
	       no_memory();
}

void words_free(struct vm_words *w)
{
	while (w->nr)
		free(w->word[--w->nr]);
}

static int hash_files(json_t *files, const struct vm_spec *spec,
		     const struct vm_inputs *in)
{
	int ret = 0;

	for (const struct initrd_file *f = in->files;
	     f < in->files + in->nr_files && !ret; f++) {
		if (f->data)
			hash_put(files, f->name,
				 hash_bytes(HASH_START, f->data, f->len));
		else if (f->path && strcmp(f->name, MODULE))
			ret = hash_put_file(files, f->name, f->path);
	}
	if (!ret && spec->watch)
		ret = hash_put_file(files, "plugin", path_plugin());
	return ret;
}

json_t *inputs_identity(const struct vm_spec *spec)
{
	/* Where files are makes no other guest; what they hold is put beside. */
	const struct vm_places at = {
		.image = "image", .initrd = "initrd", .console = "console",
		.results = "results", .plugin = "plugin",
		.profile = spec->watch ? "profile" : NULL,
		.gate = "gate", .gate_in = "gate",
	};
	json_t *words = json_array(), *files = json_object();
	json_t *qemu = qemu_identity(), *identity = NULL;
	struct vm_words w = { .nr = 0 };
	struct vm_inputs in;
	int ret;

	ret = inputs_make(&in, spec);
	if (!ret)
		ret = words_make(&w, spec, &in, &at);
	if (!ret)
		ret = hash_files(files, spec, &in);
	for (size_t i = 0; i < w.nr; i++)
		json_array_append_new(words, json_string(w.word[i]));
	if (!ret && qemu)
		identity = json_pack("{s:O, s:O, s:O}", "qemu", qemu, "words",
				     words, "files", files);
	words_free(&w);
	inputs_free(&in);
	json_decref(qemu);
	json_decref(words);
	json_decref(files);
	return identity;
}
