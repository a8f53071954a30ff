// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of the reasons why no BPF map can be made, by a filter of bpf(). */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "measure/benches/bpf_map.h"
#include "measure/benches/map_life.h"
#include "plan/plan.h"

/* From now on bpf() fails with @error. */
static int no_bpf(int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]), .filter = code,
	};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

enum { ROOT, NOBODY, OLD_KERNEL };

/* Does bpf_map_usable() fail with @text, where bpf() fails with @error? */
static void says(int error, int who, const char *text)
{
	char reason[128];
	int status, ret;
	pid_t pid;

	pid = fork();
	if (!pid) {
		if (who == OLD_KERNEL)
			personality(PER_LINUX | UNAME26);
		if (who == NOBODY && setuid(1000))
			_exit(10);
		if (no_bpf(error))
			_exit(11);
		ret = bpf_map_usable(reason, sizeof(reason));
		if (ret != EX_FAIL || !strstr(err_message(), text)) {
			fprintf(stderr, "%d: '%s'\n", ret, err_message());
			_exit(12);
		}
		_exit(0);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

static void tells_what_is_missing(void **state)
{
	(void)state;
	says(ENOSYS, ROOT, "CONFIG_BPF_SYSCALL");
	says(EPERM, ROOT, "cannot make a BPF map: Operation not permitted");
	says(EPERM, NOBODY, "CAP_BPF");
	says(EPERM, OLD_KERNEL, "ulimit -l unlimited");
	says(ENOMEM, ROOT, "Cannot allocate memory");
}

static void tells_why_a_map_is_refused(void **state)
{
	static const struct {
		unsigned int size, entries;
		int error;
		const char *text;
	} cases[] = {
		{ 32769, 1, E2BIG, "32769 B is above the kernel's limit of 32768 B" },
		{ 64, 1U << 31, E2BIG, "Argument list too long" },
		{ 8192, 1, ENOMEM, "no memory for 1 entry of 8192 B" },
		{ 8192, 2, ENOMEM, "no memory for 2 entries of 8192 B" },
		{ 64, 1, EINVAL, "does not accept the map array of 1 x 64 B" },
		{ 64, 1, EPERM, "Operation not permitted" },
	};
	char reason[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bpf_map_refused(bpf_map_kind(0), cases[i].size,
				cases[i].entries, cases[i].error, reason,
				sizeof(reason));
		if (strncmp(reason, "refused: ", 9) ||
		    !strstr(reason, cases[i].text))
			fail_msg("%s", reason);
	}
}

/* @kinds are those of bpf_map.c, with the operations that a life has. */
static void same_names(const char *bench, bool ops)
{
	const struct bench_kind *named = bench_find(bench)->kinds;
	const struct bpf_map_kind *kind;

	for (unsigned int i = 0; (kind = bpf_map_kind(i)); i++, named++) {
		const struct life l = { .kind = kind, .ops = ops };
		const char *const *name = named->operations;

		assert_string_equal(named->name, kind->name);
		for (enum life_op op = OP_CREATE; op < NR_OPS; op++) {
			if (!life_has_op(&l, op))
				continue;
			assert_string_equal(*name, life_op_name(op));
			name++;
		}
		assert_true(!name || !*name);
	}
	assert_null(named->name);
}

/* The table of benches knows no maps, but has their names. */
static void names_are_those_of_the_plan(void **state)
{
	(void)state;
	same_names("bpf-percpu-map", false);
	same_names("bpf-percpu-map-ops", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_is_missing),
		cmocka_unit_test(tells_why_a_map_is_refused),
		cmocka_unit_test(names_are_those_of_the_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
