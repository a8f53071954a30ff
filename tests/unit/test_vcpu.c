// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests of vm/vcpu.c: a thread of this process simulates the vCPU, as guests of
 * the instrument `time` need KVM.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "measure/cpu.h"
#include "vm/vcpu.h"

#define TURNS	200000000ULL

static atomic_int started, done;
static pid_t tid;

static void *play_vcpu(void *arg)
{
	(void)arg;
	pthread_setname_np(pthread_self(), "CPU 0/KVM");
	tid = gettid();
	started = 1;
	while (!done)
		;
	return NULL;
}

static int cpus_of(pid_t thread, int cpu)
{
	cpu_set_t set;

	assert_int_equal(sched_getaffinity(thread, sizeof(set), &set), 0);
	return CPU_ISSET(cpu, &set) ? CPU_COUNT(&set) : -CPU_COUNT(&set);
}

/* Run on the thread's CPU until it had to wait. */
static void get_in_its_way(struct vcpu *v, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	assert_int_equal(sched_setaffinity(0, sizeof(set), &set), 0);
	for (volatile unsigned long long i = 0; i < TURNS; i++)
		if (i % 1000000 == 0) {
			vcpu_watch(v, getpid());
			if (!(v->waited_s <= 0))
				break;
		}
}

static void finds_and_binds(void **state)
{
	struct vcpu v = { .cpu = cpu_choose("", -1) };
	cpu_set_t before;
	pthread_t thread;
	double waited;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	vcpu_watch(&v, getpid());
	assert_int_equal(v.tid, 0);
	assert_true(isnan(v.waited_s));
	assert_int_equal(pthread_create(&thread, NULL, play_vcpu, NULL), 0);
	while (!started)
		sched_yield();
	vcpu_watch(&v, getpid());
	assert_int_equal(v.tid, tid);
	assert_int_equal(cpus_of(tid, v.cpu), 1);
	/* The other threads avoid its CPU, if there is another one. */
	if (sysconf(_SC_NPROCESSORS_CONF) > 1)
		assert_true(cpus_of(0, v.cpu) < 0);
	get_in_its_way(&v, v.cpu);
	if (!isnan(v.waited_s))
		assert_true(v.waited_s > 0);
	done = 1;
	pthread_join(thread, NULL);
	/* The last values stay. */
	waited = v.waited_s;
	vcpu_watch(&v, getpid());
	assert_true(isnan(waited) || v.waited_s == waited);
	sched_setaffinity(0, sizeof(before), &before);
}

static pthread_barrier_t all_named;
static pid_t tids[3];

/* Sleeps under the name that QEMU gives vCPU @arg. */
static void *play_other(void *arg)
{
	char name[16];

	snprintf(name, sizeof(name), "CPU %d/KVM", (int)(intptr_t)arg);
	pthread_setname_np(pthread_self(), name);
	tids[(intptr_t)arg] = gettid();
	pthread_barrier_wait(&all_named);
	pthread_barrier_wait(&all_named);
	return NULL;
}

/* Start the vCPUs from @first on, and wait until all have their names. */
static void start_others(pthread_t *thread, int first, int end)
{
	pthread_barrier_init(&all_named, NULL, end - first + 1);
	for (int i = first; i < end; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, play_other,
						(void *)(intptr_t)i), 0);
	pthread_barrier_wait(&all_named);
}

static void end_others(pthread_t *thread, int first, int end)
{
	pthread_barrier_wait(&all_named);
	for (int i = first; i < end; i++)
		pthread_join(thread[i], NULL);
	pthread_barrier_destroy(&all_named);
}

/* The last of the threads comes later, as QEMU starts them one by one. */
static void binds_each(void **state)
{
	const int last = (int)sysconf(_SC_NPROCESSORS_ONLN) - 1;
	const int cpus[] = { last, 0, last };
	struct vcpu v = { .cpu = last, .cpus = cpus, .nr_cpus = 3 };
	pthread_t thread[3];
	cpu_set_t set, before;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	for (int early = 1; early >= 0; early--) {
		const int first = early ? 0 : 2, end = early ? 2 : 3;

		start_others(thread, first, end);
		vcpu_watch(&v, getpid());
		assert_int_equal(v.bound, early ? 2 : 1);
		for (int i = first; i < end; i++) {
			assert_int_equal(pthread_getaffinity_np(thread[i],
								sizeof(set), &set), 0);
			assert_int_equal(CPU_COUNT(&set), 1);
			assert_true(CPU_ISSET(cpus[i], &set));
		}
		end_others(thread, first, end);
	}
	/* QEMU's own threads are kept off the measured CPU, if there is another one. */
	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	if (CPU_COUNT(&before) > 1)
		assert_false(CPU_ISSET(last, &set));
	else
		assert_true(CPU_EQUAL(&set, &before));
	sched_setaffinity(0, sizeof(before), &before);
}

/* The host has no CPU 8000: told, and not counted as bound. */
static void tells_what_cannot_be_bound(void **state)
{
	const int cpus[] = { 0, 8000 };
	struct vcpu v = { .measured = 1, .cpu = 8000, .cpus = cpus, .nr_cpus = 2 };
	struct vcpu alone = { .measured = 1, .cpu = 8000 };
	pthread_t thread[2];
	cpu_set_t before;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	start_others(thread, 0, 2);
	vcpu_watch(&v, getpid());
	vcpu_watch(&alone, getpid());
	end_others(thread, 0, 2);
	sched_setaffinity(0, sizeof(before), &before);
	assert_int_equal(v.bound, 1);
	assert_int_equal(v.error, EINVAL);
	assert_int_equal(v.refused, 8000);
	assert_int_equal(alone.bound, 0);
	assert_int_equal(alone.error, EINVAL);
}

/* The time of the measured one, which is not the first. */
static void watches_the_measured_one(void **state)
{
	struct vcpu v = { .measured = 1, .cpu = -1 };
	pthread_t thread[2];

	(void)state;
	start_others(thread, 0, 2);
	vcpu_watch(&v, getpid());
	end_others(thread, 0, 2);
	assert_int_equal(v.tid, tids[1]);
}

static void reads_steal(void **state)
{
	char root[] = "/tmp/steal-XXXXXX", path[64];
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(root));
	assert_true(isnan(cpu_stolen_s(root, 0)));
	snprintf(path, sizeof(path), "%s/proc", root);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/proc/stat", root);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("cpu  1 2 3 4 5 6 7 800 9 10\n"
	      "cpu1 1 2 3 4 5 6 7 300 9 10\n"
	      "cpu10 1 2 3 4 5 6 7\n", f);
	fclose(f);
	assert_int_equal(lround(cpu_stolen_s(root, 1) *
				(double)sysconf(_SC_CLK_TCK)), 300);
	assert_true(isnan(cpu_stolen_s(root, 0)));
	assert_true(isnan(cpu_stolen_s(root, 10)));
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_and_binds),
		cmocka_unit_test(binds_each),
		cmocka_unit_test(tells_what_cannot_be_bound),
		cmocka_unit_test(watches_the_measured_one),
		cmocka_unit_test(reads_steal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
