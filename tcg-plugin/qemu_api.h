/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of QEMU's plugin interface that is used here, since Debian installs
 * no qemu-plugin.h: names and types as QEMU documents them
 * (docs/devel/tcg-plugins.rst). They are the same in 7.2 (API 1) to 11 (API 7),
 * except functions that have a typedef here and are looked up, and qemu_plugin_cb_t.
 */
#ifndef PCPUBENCH_QEMU_API_H
#define PCPUBENCH_QEMU_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QEMU_EXPORT	__attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;

typedef struct qemu_info_t {
	const char *target_name;
	struct {
		int min;
		int cur;
	} version;
	bool system_emulation;
	struct {
		int smp_vcpus;
		int max_vcpus;
	} system;
} qemu_info_t;

enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
enum qemu_plugin_mem_rw {
	QEMU_PLUGIN_MEM_R = 1,
	QEMU_PLUGIN_MEM_W,
	QEMU_PLUGIN_MEM_RW,
};

/*
 * A callback that is not a vCPU's. Up to API 6 its first argument is the plugin's
 * id; since API 7 it has none, and its last is userdata, which the function that
 * takes the callback takes, too. An older QEMU ignores that further argument.
 */
typedef void (*qemu_plugin_cb_t)(void);
typedef void (*tb_trans_1_fn)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*tb_trans_7_fn)(struct qemu_plugin_tb *tb, void *userdata);

typedef void (*qemu_plugin_vcpu_udata_cb_t)(unsigned int vcpu, void *userdata);
typedef void (*qemu_plugin_vcpu_mem_cb_t)(unsigned int vcpu,
					  qemu_plugin_meminfo_t info,
					  uint64_t vaddr, void *userdata);

void qemu_plugin_reset(qemu_plugin_id_t id, qemu_plugin_cb_t cb, void *userdata);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   qemu_plugin_cb_t cb, void *userdata);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  qemu_plugin_vcpu_udata_cb_t cb,
					  enum qemu_plugin_cb_flags flags,
					  void *userdata);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    qemu_plugin_vcpu_udata_cb_t cb,
					    enum qemu_plugin_cb_flags flags,
					    void *userdata);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
				      qemu_plugin_vcpu_mem_cb_t cb,
				      enum qemu_plugin_cb_flags flags,
				      enum qemu_plugin_mem_rw rw,
				      void *userdata);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_plugin_cb_t cb,
				    void *userdata);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t idx);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);
unsigned int qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);

/* qemu_plugin_insn_data(): returns the bytes up to API 2, later copies them. */
typedef const void *(*insn_data_1_fn)(const struct qemu_plugin_insn *insn);
typedef size_t (*insn_data_3_fn)(const struct qemu_plugin_insn *insn,
				 void *dest, size_t len);

/* Gone since API 2, which adds per vCPU. */
typedef void (*tb_inline_fn)(struct qemu_plugin_tb *tb, enum qemu_plugin_op op,
			     void *ptr, uint64_t imm);
typedef void (*insn_inline_fn)(struct qemu_plugin_insn *insn,
			       enum qemu_plugin_op op, void *ptr, uint64_t imm);

/* What its QMP command query-version returns. */
struct version_info {
	struct {
		int64_t major;
		int64_t minor;
		int64_t micro;
	} *qemu;
	char *package;
};

/* QEMU looks for these two. */
extern QEMU_EXPORT int qemu_plugin_version;
QEMU_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
				    const qemu_info_t *info, int argc,
				    char **argv);

#endif
