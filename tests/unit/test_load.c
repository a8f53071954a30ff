// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of windows in user space, of the tasks in them, and of load/exec. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "measure/benches/meeting.h"
#include "measure/crew.h"
#include "measure/target.h"

#define LATE_US		300000
#define WINDOW_NS	20000000ULL

/* What tasks of a test tell: they share only this. */
static struct {
	atomic_uint begun, ended;
	atomic_int child;
} *told;

static int cpus[2];

static int share(void **state)
{
	(void)state;
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* Both tasks on one CPU, if there is only one. */
	cpus[1] = cpus[0] = sched_getcpu();
	crew_cpus(cpus, 2);
	return told == MAP_FAILED;
}

static int forget(void **state)
{
	(void)state;
	memset(told, 0, sizeof(*told));
	return 0;
}

static struct crew start(struct meeting *m, struct crew_work *work)
{
	struct crew crew;

	*work = (struct crew_work){ .fn = meeting_join, .arg = m, .fork = true };
	assert_int_equal(crew_start(&crew, work, cpus, 2), 0);
	return crew;
}

static int hold(struct meeting *m, struct pcpu_bench_seat seats[2],
		unsigned long long *window_ns)
{
	int ret = meeting_open(m);

	if (!ret)
		ret = meeting_wait(WINDOW_NS);
	return ret ? ret : meeting_close(m, seats, window_ns);
}

/* ------------------------------------------------------------------ meetings */

static const char *begin_late(void **own)
{
	*own = NULL;
	if (!atomic_fetch_add(&told->begun, 1))
		usleep(LATE_US);
	return NULL;
}

static bool succeed(void *own)
{
	(void)own;
	usleep(100);
	return true;
}

static void end(void *own)
{
	(void)own;
	atomic_fetch_add(&told->ended, 1);
}

static void test_waits_for_the_late(void **state)
{
	const struct load_kind kind = {
		.begin = begin_late, .operate = succeed, .end = end,
	};
	struct meeting *m = meeting_make(&kind, 2);
	struct pcpu_bench_seat seats[2];
	unsigned long long window_ns;
	struct crew_work work;
	struct crew crew = start(m, &work);

	(void)state;
	for (int window = 1; window <= 2; window++) {
		assert_int_equal(hold(m, seats, &window_ns), 0);
		assert_true(window_ns >= WINDOW_NS);
		for (int i = 0; i < 2; i++) {
			assert_true(seats[i].ops > 0);
			assert_true(seats[i].early_ns >= 0);
			assert_true(seats[i].late_ns >= 0);
			/* It had not begun without the other one. */
			assert_true(seats[i].early_ns < LATE_US * 1000LL);
			assert_int_equal(seats[i].failed, 0);
		}
		assert_int_equal(told->ended, 2 * window);
	}
	assert_int_equal(crew_lost(&crew), 0);
	assert_int_equal(crew_stop(&crew), 0);
	meeting_free(m);
}

static bool fail_always(void *own)
{
	(void)own;
	usleep(100);
	return false;
}

/* A workload that does not work is fast, and does nothing. */
static void test_counts_what_fails(void **state)
{
	const struct load_kind kind = {
		.begin = begin_late, .operate = fail_always, .end = end,
	};
	struct meeting *m = meeting_make(&kind, 2);
	struct pcpu_bench_seat seats[2];
	unsigned long long window_ns;
	struct crew_work work;
	struct crew crew = start(m, &work);

	(void)state;
	assert_int_equal(hold(m, seats, &window_ns), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(seats[i].ops, 0);
		assert_true(seats[i].failed > 0);
	}
	assert_int_equal(crew_stop(&crew), 0);
	meeting_free(m);
}

static const char *cannot_begin(void **own)
{
	*own = NULL;
	errno = ENOSPC;
	return "make a file";
}

static void test_says_why_a_task_is_gone(void **state)
{
	const struct load_kind kind = { .begin = cannot_begin, .end = end };
	struct meeting *m = meeting_make(&kind, 2);
	struct crew_work work;
	struct crew crew = start(m, &work);

	(void)state;
	assert_int_equal(meeting_open(m), EX_FAIL);
	assert_int_equal(crew_lost(&crew), EX_FAIL);
	assert_non_null(strstr(err_message(),
			       "cannot make a file: No space left on device"));
	assert_int_equal(crew_stop(&crew), 0);
	meeting_free(m);
}

/* --------------------------------------------------------------- interrupted */

/* An operation that is interrupted in its midst. */
static bool start_child(void *own)
{
	pid_t pid = fork();

	(void)own;
	if (!pid)
		for (;;)
			pause();
	told->child = pid;
	return waitpid(pid, NULL, 0) == pid;
}

static void stop(int sig)
{
	(void)sig;
	measure_stop = 1;
}

static void test_leaves_no_child(void **state)
{
	const struct load_kind kind = {
		.begin = begin_late, .operate = start_child, .end = end,
	};
	struct meeting *m = meeting_make(&kind, 2);
	struct crew_work work;
	struct crew crew = start(m, &work);

	(void)state;
	signal(SIGALRM, stop);
	alarm(2);
	assert_int_equal(meeting_open(m), EX_INTR);
	measure_stop = 0;
	assert_true(told->child > 0);
	assert_int_equal(kill(told->child, 0), 0);
	assert_int_equal(crew_stop(&crew), 0);
	assert_int_equal(kill(told->child, 0), -1);
	assert_int_equal(errno, ESRCH);
	meeting_free(m);
}

/* ----------------------------------------------------------------- load/exec */

static void test_runs_programs(void **state)
{
	void *own;

	(void)state;
	assert_null(load_exec.begin(&own));
	for (int i = 0; i < 3; i++)
		assert_true(load_exec.operate(own));
	assert_null(load_exec.hold(own, LOAD_HELD));
	/* They wait, and have not ended. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), 0);
	assert_true(load_exec.operate(own));
	load_exec.drop(own);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	load_exec.end(own);
}

/* Without the program's file the child cannot become it. */
static bool operate_without_file(void *own)
{
	closefrom(STDERR_FILENO + 1);
	return load_exec.operate(own);
}

static void test_sees_that_none_ran(void **state)
{
	int status;
	void *own;
	pid_t pid;

	(void)state;
	assert_null(load_exec.begin(&own));
	pid = fork();
	if (!pid)
		_exit(operate_without_file(own) ? 1 : 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	load_exec.end(own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_waits_for_the_late, forget),
		cmocka_unit_test_setup(test_counts_what_fails, forget),
		cmocka_unit_test_setup(test_says_why_a_task_is_gone, forget),
		cmocka_unit_test_setup(test_leaves_no_child, forget),
		cmocka_unit_test(test_runs_programs),
		cmocka_unit_test(test_sees_that_none_ran),
	};

	return cmocka_run_group_tests(tests, share, NULL);
}
