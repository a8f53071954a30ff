/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of commands that boot, and the boots that they ask for. */
#ifndef PCPUBENCH_BOOT_SESSION_H
#define PCPUBENCH_BOOT_SESSION_H

#include "base/options.h"
#include "boot/boot.h"

/* Options of `boot` and `sweep`. */
struct session_options {
	struct plan plan;
	struct kernel_source source;	/* the user's choice */
	const char *output;	/* NULL: results/TIME.jsonl */
	const char *append;
	const char *cpu_features;	/* of QEMU, NULL: none more */
	unsigned int boots;	/* of each kernel and topology */
	bool boots_given;
	unsigned int jobs;	/* 0: one a core */
	unsigned int memory_mib, deadline_s;
	bool again;		/* takes no known boots */
	bool plain;		/* no plugin where insn can do without */
	bool real;		/* guests like this machine, bound to it */
	struct vm_host host;	/* then: session_real() */
};

void session_options_init(struct session_options *opt);

/* Options that fill in struct session_options, with those of the plan. */
extern const struct opt session_opts[];

/**
 * session_real - guests that have this machine's CPUs and nodes, if opt->real
 * @given: a topology was asked for
 * @topo: receives theirs
 *
 * 0, also when they are not asked for; EX_USE, or EX_FAIL when KVM does not work.
 */
int session_real(struct session_options *opt, bool given, struct topology *topo);

/* A few words can describe more boots than memory can hold. */
#define SESSION_MOST	1000000

/**
 * session_jobs - make jobs: every kernel with every topology, opt->boots times
 * @jobs: receives an array of @nr, for free()
 *
 * 0, EX_FAIL, or EX_USE if there would be more than SESSION_MOST.
 */
int session_jobs(const struct session_options *opt,
		 const struct kernel *kernels, size_t nr_kernels,
		 const struct topology *topos, size_t nr_topos,
		 struct boot_job **jobs, size_t *nr);

/**
 * session_boot - boot every kernel with every topology, opt->boots times
 * @path: receives the path of the results file, for free(), also when it fails
 *	after the file was made
 *
 * 0 when every boot succeeded, EX_FAIL when some failed or could not be tried.
 */
int session_boot(const struct session_options *opt,
		 const struct kernel *kernels, size_t nr_kernels,
		 const struct topology *topos, size_t nr_topos,
		 int argc, char **argv, char **path);

#endif
