// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The TCG plugin, which finds the code that runs a sample's instructions.
 *
 * Until the guest reaches the gate (guest/guest.h) the plugin watches nothing,
 * so the boot runs at full speed; then QEMU drops all translated blocks, and
 * the plugin watches every new one.
 *
 * -plugin FILE,out=FILE,gate=FD[,lock=ADDRESS][,mutex=ADDRESS][,fault=ADDRESS]
 *	[,only=lock]
 */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "../kmod-bench/mark.h"
#include "gate.h"
#include "qemu_api.h"
#include "region.h"
#include "x86.h"

#define MAX_INSNS	4096	/* of a block; QEMU has at most 512 */
#define PAGE_SIZE	4096
#define X86_MAX_INSN	15	/* bytes */

int qemu_plugin_version;

static struct region *region;
static bool only_lock;
static bool watching;
static int api;			/* QEMU's version of it */
static void *insn_data;		/* qemu_plugin_insn_data() */
static tb_inline_fn tb_inline;	/* NULL if QEMU has none */
static insn_inline_fn insn_inline;
static qemu_plugin_id_t plugin;
static int gate = -1;

/* Is this QEMU 11.0? Builds without loadable modules do not tell. */
static bool is_11_0(void *self)
{
	struct version_info *(*query)(void *) = dlsym(self, "qmp_query_version");
	struct version_info *v = query ? query(NULL) : NULL;

	return v && v->qemu->major == 11 && v->qemu->minor == 0;
}

/*
 * QEMU asks for the plugin's version before it tells its own, and refuses one
 * that is newer or too old: 7.2 a newer than 1, 9.0 and later an older than 2,
 * 11.1 an older than 7. So guess it from QEMU's exported symbols; API 7 added
 * none to 6, which only 11.0 has. It is only for entry: qemu_plugin_install()
 * gets QEMU's own version, and goes by that.
 */
__attribute__((constructor)) static void negotiate(void)
{
	void *self = dlopen(NULL, RTLD_LAZY);

	if (self && dlsym(self, "qemu_plugin_set_pc"))
		qemu_plugin_version = is_11_0(self) ? 6 : 7;
	else if (self && dlsym(self, "qemu_plugin_read_memory_vaddr"))
		qemu_plugin_version = 4;
	else if (self && dlsym(self, "qemu_plugin_scoreboard_new"))
		qemu_plugin_version = 2;
	else
		qemu_plugin_version = 1;
	if (!self)
		return;
	insn_data = dlsym(self, "qemu_plugin_insn_data");
	tb_inline = dlsym(self, "qemu_plugin_register_vcpu_tb_exec_inline");
	insn_inline = dlsym(self, "qemu_plugin_register_vcpu_insn_exec_inline");
}

static void insn_bytes(const struct qemu_plugin_insn *insn, uint8_t *bytes,
		       size_t len)
{
	if (api >= 3)
		((insn_data_3_fn)insn_data)(insn, bytes, len);
	else
		memcpy(bytes, ((insn_data_1_fn)insn_data)(insn), len);
}

static void on_block(unsigned int vcpu, void *block)
{
	region_exec(block);
}

static void on_count(unsigned int vcpu, void *n)
{
	*region_count(region) += (uintptr_t)n;
}

static void on_mark(unsigned int vcpu, void *what)
{
	region_mark(region, (uintptr_t)what, watching);
}

static void on_tsc(unsigned int vcpu, void *unused)
{
	region_tsc(region);
}

/* @left: number of the block's instructions after this one */
static void on_cmpxchg(unsigned int vcpu, qemu_plugin_meminfo_t info,
		       uint64_t vaddr, void *left)
{
	/* It loads and stores: handle only the store. */
	if (!qemu_plugin_mem_is_store(info))
		region_cmpxchg(region, (uintptr_t)left, vaddr);
}

static void on_store(unsigned int vcpu, qemu_plugin_meminfo_t info,
		     uint64_t vaddr, void *left)
{
	if (qemu_plugin_mem_is_store(info))
		region_store(region, (uintptr_t)left, vaddr);
}

static void on_iret(unsigned int vcpu, void *unused)
{
	region_iret(region);
}

static void on_stack_save(unsigned int vcpu, qemu_plugin_meminfo_t info,
			  uint64_t vaddr, void *unused)
{
	region_leave_task(region, vaddr);
}

static void on_stack_load(unsigned int vcpu, qemu_plugin_meminfo_t info,
			  uint64_t vaddr, void *unused)
{
	region_enter_task(region, vaddr);
}

static void on_written(unsigned int vcpu, qemu_plugin_meminfo_t info,
		       uint64_t vaddr, void *unused)
{
	/* QEMU 7.2 calls for some loads, too, whatever was asked for. */
	if (qemu_plugin_mem_is_store(info))
		region_written(region, vaddr,
			       1U << qemu_plugin_mem_size_shift(info));
}

struct decoded {
	enum x86_kind kind;
	unsigned int mark;
};

static void watch_insn(struct qemu_plugin_insn *insn, const struct decoded *d,
		       uintptr_t left)
{
	switch (d->kind) {
	case X86_MARK:
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark,
						       QEMU_PLUGIN_CB_NO_REGS,
						       (void *)(uintptr_t)d->mark);
		break;
	case X86_TSC:
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_tsc,
						       QEMU_PLUGIN_CB_NO_REGS,
						       NULL);
		break;
	case X86_IRET:
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_iret,
						       QEMU_PLUGIN_CB_NO_REGS,
						       NULL);
		break;
	case X86_CMPXCHG:
		qemu_plugin_register_vcpu_mem_cb(insn, on_cmpxchg,
						 QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW,
						 (void *)left);
		break;
	case X86_STORE_BYTE:
		qemu_plugin_register_vcpu_mem_cb(insn, on_store,
						 QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW,
						 (void *)left);
		break;
	case X86_STACK_SAVE:
	case X86_STACK_LOAD:
		qemu_plugin_register_vcpu_mem_cb(insn,
						 d->kind == X86_STACK_SAVE ?
						 on_stack_save : on_stack_load,
						 QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_RW, NULL);
		break;
	default:
		break;
	}
	/* A repeated string store calls for each of its elements. */
	if (!only_lock)
		qemu_plugin_register_vcpu_mem_cb(insn, on_written,
						 QEMU_PLUGIN_CB_NO_REGS,
						 QEMU_PLUGIN_MEM_W, NULL);
}

static void on_translate(struct qemu_plugin_tb *tb, void *unused);

static void on_translate_1(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	on_translate(tb, NULL);
}

static void register_translate(void)
{
	const tb_trans_1_fn old = on_translate_1;
	const tb_trans_7_fn new = on_translate;

	qemu_plugin_register_vcpu_tb_trans_cb(plugin, api >= 7 ?
					      (qemu_plugin_cb_t)new :
					      (qemu_plugin_cb_t)old, NULL);
}

static void on_exit_qemu(void)
{
	region_end(region);
}

static void on_reset(void)
{
	watching = true;
	register_translate();
	qemu_plugin_register_atexit_cb(plugin, on_exit_qemu, NULL);
}

/*
 * An instruction that runs into the next page starts a new block, unless it is
 * the first of its block; 7.2 shows it in both blocks, in the first with a
 * wrong size. So a last instruction near a page's end becomes a block of its
 * own, which counts only when it runs.
 */
static bool is_doubtful(const struct qemu_plugin_tb *tb, size_t n)
{
	uint64_t addr;

	addr = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, n - 1));
	return n > 1 && (addr & (PAGE_SIZE - 1)) + X86_MAX_INSN > PAGE_SIZE;
}

static struct block *new_block(const struct qemu_plugin_tb *tb, size_t from,
			       size_t to, const uint8_t *sizes,
			       enum block_end end)
{
	struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, from);

	return region_block(region, qemu_plugin_insn_vaddr(insn), to - from,
			    sizes + from, end);
}

/* Watch @tb as one block, and a doubtful last instruction as another. */
static void watch_blocks(struct qemu_plugin_tb *tb, size_t first, size_t n,
			 const uint8_t *sizes, enum block_end end)
{
	struct block *b;

	b = new_block(tb, 0, first, sizes, first == n ? end : BLOCK_FALLS);
	if (b)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block,
						     QEMU_PLUGIN_CB_NO_REGS, b);
	if (first == n)
		return;
	b = new_block(tb, first, n, sizes, end);
	if (b)
		qemu_plugin_register_vcpu_insn_exec_cb(
			qemu_plugin_tb_get_insn(tb, first), on_block,
			QEMU_PLUGIN_CB_NO_REGS, b);
}

/* As watch_blocks(), but count only instructions. */
static void watch_count(struct qemu_plugin_tb *tb, size_t first, size_t n)
{
	struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(tb, n - 1);

	if (tb_inline && insn_inline) {
		tb_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, region_count(region),
			  first);
		if (first < n)
			insn_inline(last, QEMU_PLUGIN_INLINE_ADD_U64,
				    region_count(region), 1);
		return;
	}
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_count,
					     QEMU_PLUGIN_CB_NO_REGS,
					     (void *)first);
	if (first < n)
		qemu_plugin_register_vcpu_insn_exec_cb(last, on_count,
						       QEMU_PLUGIN_CB_NO_REGS,
						       (void *)1UL);
}

static void on_translate(struct qemu_plugin_tb *tb, void *unused)
{
	static struct decoded decoded[MAX_INSNS];
	static uint8_t sizes[MAX_INSNS];
	size_t i, first, n = qemu_plugin_tb_n_insns(tb);
	enum block_end end = BLOCK_FALLS;
	struct qemu_plugin_insn *insn;
	uint8_t bytes[16];

	if (!watching) {
		/* The first block after the gate: drop the old ones now. */
		qemu_plugin_reset(plugin, on_reset, NULL);
		return;
	}
	if (!n || n > MAX_INSNS)
		return;
	for (i = 0; i < n; i++) {
		insn = qemu_plugin_tb_get_insn(tb, i);
		sizes[i] = qemu_plugin_insn_size(insn);
		if (sizes[i] > X86_MAX_INSN)
			return;
		insn_bytes(insn, bytes, sizes[i]);
		decoded[i].kind = x86_kind(bytes, sizes[i], &decoded[i].mark);
		if (decoded[i].kind == X86_MARK)
			region_mark_at(region, decoded[i].mark,
				       qemu_plugin_insn_vaddr(insn));
	}
	/*
	 * A sample is the blocks between two reads of the clock, so a read must
	 * end its block: under icount it does, as every access to time.
	 */
	for (i = 0; i + 1 < n; i++)
		if (decoded[i].kind == X86_TSC)
			region_broken(region, "QEMU goes on after rdtsc in a block: run it with -icount");
	if (decoded[n - 1].kind == X86_CALL)
		end = BLOCK_CALLS;
	else if (decoded[n - 1].kind == X86_RET)
		end = BLOCK_RETURNS;
	first = is_doubtful(tb, n) ? n - 1 : n;
	if (only_lock)
		watch_count(tb, first, n);
	else
		watch_blocks(tb, first, n, sizes, end);
	for (i = 0; i < n; i++)
		watch_insn(qemu_plugin_tb_get_insn(tb, i), &decoded[i],
			   (i < first ? first : n) - i - 1);
}

/*
 * The runner has filled the pipe at the gate except for one byte. When that
 * byte is there the guest waits at the gate, writing the next byte, until the
 * pipe is empty. Then the request made here takes effect, since the CPU checks
 * requests before it starts another block.
 */
static void *open_gate(void *arg)
{
	const struct timespec nap = { .tv_nsec = 1000000 };
	char bytes[GATE_BYTES];
	int waiting = 0;

	while (!ioctl(gate, FIONREAD, &waiting) && waiting < GATE_BYTES)
		nanosleep(&nap, NULL);
	register_translate();
	while (read(gate, bytes, sizeof(bytes)) > 0)
		;
	return NULL;
}

/* Block signals: QEMU's own threads handle them. */
static int start_gate(void)
{
	sigset_t all, old;
	pthread_t thread;
	int failed;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	failed = pthread_create(&thread, NULL, open_gate, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return failed;
}

static int refuse(const char *what, const char *why)
{
	fprintf(stderr, "pcpubench plugin: %s: %s\n", what, why);
	return 1;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info,
			int argc, char **argv)
{
	unsigned long long lock = 0, mutex = 0, fault = 0;
	FILE *out = NULL;
	int i;

	if (strcmp(info->target_name, "x86_64") || !info->system_emulation)
		return refuse(info->target_name, "x86_64 systems only");
	if (info->system.max_vcpus > 1)
		return refuse("-smp", "one CPU only");
	if (!insn_data)
		return refuse("qemu_plugin_insn_data", "this QEMU has none");
	api = info->version.cur;
	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4)) {
			out = fopen(argv[i] + 4, "w");
			if (!out)
				return refuse(argv[i], "cannot write to it");
		} else if (!strncmp(argv[i], "lock=", 5)) {
			lock = strtoull(argv[i] + 5, NULL, 16);
		} else if (!strncmp(argv[i], "mutex=", 6)) {
			mutex = strtoull(argv[i] + 6, NULL, 16);
		} else if (!strncmp(argv[i], "fault=", 6)) {
			fault = strtoull(argv[i] + 6, NULL, 16);
		} else if (!strncmp(argv[i], "gate=", 5)) {
			gate = atoi(argv[i] + 5);
		} else if (!strcmp(argv[i], "only=lock")) {
			only_lock = true;
		} else {
			return refuse(argv[i], "unknown argument");
		}
	}
	if (!out)
		return refuse("out=FILE", "missing");
	if (gate < 0)
		return refuse("gate=FD", "missing");
	plugin = id;
	region = region_new(out, !only_lock, lock, mutex);
	if (!region || start_gate())
		return refuse("memory", "there is none left");
	region_faults_at(region, fault);
	qemu_plugin_register_atexit_cb(id, on_exit_qemu, NULL);
	return 0;
}
