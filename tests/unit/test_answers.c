// SPDX-License-Identifier: GPL-2.0-or-later
/* A guest that sends what it likes: what is taken of it, and when it is ended. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "boot/answers.h"

#define MIB	(1L << 20)

static struct vm vm;
static struct vm_spec spec;

/* In the place of QEMU a process that only waits; it writes what the tests write. */
static int begin(void **state)
{
	(void)state;
	vm = (struct vm){
		.pid = fork(), .pidfd = -1, .initrd_fd = -1, .profile_fd = -1,
		.gate_fd = { -1, -1 }, .vcpu.cpu = -1,
		.results_fd = memfd_create("results", 0),
		.console_fd = memfd_create("console", 0),
		.cells = json_array(), .lines = json_array(),
		.started_s = clock_now(), .deadline_s = 3600,
	};
	if (!vm.pid) {
		prctl(PR_SET_NAME, "CPU 0/KVM");
		while (1)
			pause();
	}
	spec = (struct vm_spec){ .image = NULL };
	plan_init(&spec.plan);
	return topology_parse("2c1n", &spec.topo);
}

static int end(void **state)
{
	(void)state;
	vm_free(&vm);
	return 0;
}

/* No numbers of a guest that runs wherever the host likes. */
static void test_unbound(void **state)
{
	char path[64], name[16] = "";

	(void)state;
	vm.vcpu = (struct vcpu){ .cpu = 8000 };
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)vm.pid);
	while (strcmp(name, "CPU 0/KVM"))
		assert_true(read_first(path, name, sizeof(name)));
	assert_true(vm_poll(&vm));
	assert_string_equal(vm.failed, "cannot bind the guest to CPU 8000 of this machine: Invalid argument");
}

/* It was done before all of its CPUs were bound. */
static void test_bound_in_part(void **state)
{
	const int cpus[] = { 0, 0 };

	(void)state;
	vm.vcpu = (struct vcpu){ .cpu = 0, .cpus = cpus, .nr_cpus = 2 };
	vm.init_s = 1;
	vm.done = true;
	kill(vm.pid, SIGKILL);
	while (!vm_poll(&vm))
		usleep(1000);
	assert_non_null(strstr(vm.failed, "of 2 CPUs of the guest were bound"));
}

static void sends(const char *text)
{
	assert_int_equal(write(vm.results_fd, text, strlen(text)), strlen(text));
}

/* The guest was ended, long before its deadline. */
static void ends_with(const char *failed)
{
	assert_true(vm_poll(&vm));
	assert_int_equal(vm.pid, -1);
	assert_string_equal(vm.failed, failed);
}

static void test_whole_lines(void **state)
{
	(void)state;
	sends("{\"type\":\"init\"}\n{\"type\":\"tap\",\"line\":\"ok\"}\n{\"type\":\"do");
	assert_false(vm_poll(&vm));
	assert_false(vm.done);
	sends("ne\"}\n");
	assert_false(vm_poll(&vm));
	assert_true(vm.done);
	assert_int_equal(json_array_size(vm.lines), 1);
	assert_string_equal(vm.failed, "");
}

static void test_garbage(void **state)
{
	(void)state;
	sends("{\"type\":\"init\"}\n\xff\033[31m}{\n");
	ends_with("the guest's results are garbled");
}

static void test_twice(void **state)
{
	(void)state;
	sends("{\"type\":\"tap\",\"line\":\"a\",\"line\":\"b\"}\n");
	ends_with("the guest's results are garbled");
}

static void test_after_done(void **state)
{
	(void)state;
	sends("{\"type\":\"done\"}\n{\"type\":\"cell\"}\n");
	ends_with("the guest's results are garbled");
	assert_int_equal(json_array_size(vm.cells), 0);
}

static void test_unknown(void **state)
{
	(void)state;
	sends("{\"type\":\"kernel\",\"kernel\":\"baseline\"}\n");
	ends_with("the guest sent a record of an unknown type");
}

static void test_escapes(void **state)
{
	(void)state;
	sends("{\"type\":\"error\",\"message\":\"\\u001b[31m\\n::error::x\"}\n");
	assert_false(vm_poll(&vm));
	assert_string_equal(vm.failed, "?[31m?::error::x");
}

/* A message that is cut in a character must not spoil the record of its boot. */
static void test_cut(void **state)
{
	json_t *text;

	(void)state;
	sends("{\"type\":\"error\",\"message\":\"a");
	for (int i = 0; i < 600; i++)
		sends("\xc3\xa4");
	sends("\"}\n");
	assert_false(vm_poll(&vm));
	text = json_string(vm.failed);
	assert_non_null(text);
	json_decref(text);
}

/* What follows it could not be seen. */
static void test_zero(void **state)
{
	(void)state;
	assert_int_equal(write(vm.results_fd, "\0\n", 2), 2);
	ends_with("the guest's results are garbled");
}

/* A line of the console goes into a record: it must not be long. */
static void test_long_line(void **state)
{
	static char text[MIB];
	json_t *tail;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(write(vm.console_fd, text, MIB), MIB);
	tail = vm_console_tail(&vm, 2);
	assert_int_equal(json_array_size(tail), 1);
	assert_int_equal(json_string_length(json_array_get(tail, 0)), 1000);
	json_decref(tail);
}

static void test_no_end(void **state)
{
	char *text = malloc(5 * MIB);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', 5 * MIB);
	assert_int_equal(write(vm.results_fd, text, 5 * MIB), 5 * MIB);
	free(text);
	ends_with("the guest's results have a line without an end");
}

static void test_flood(void **state)
{
	(void)state;
	assert_int_equal(ftruncate(vm.results_fd, 1024 * MIB), 0);
	ends_with("the guest wrote more results than any guest has");
}

static void test_console(void **state)
{
	(void)state;
	assert_int_equal(ftruncate(vm.console_fd, 1024 * MIB), 0);
	ends_with("the guest wrote more to its console than any guest does");
}

/* A few MiB of brackets would take a hundred times as much. */
static void test_brackets(void **state)
{
	const size_t nr = MIB;
	char *text = malloc(3 * nr + 64), *at = text;

	(void)state;
	assert_non_null(text);
	at += sprintf(at, "{\"type\":\"cell\",\"a\":[{}");
	for (size_t i = 1; i < nr; i++)
		at += sprintf(at, ",{}");
	at += sprintf(at, "]}\n");
	assert_int_equal(write(vm.results_fd, text, at - text), at - text);
	assert_false(vm_poll(&vm));
	assert_int_equal(write(vm.results_fd, text, at - text), at - text);
	free(text);
	ends_with("the guest's results take more memory than any guest's");
	assert_int_equal(json_array_size(vm.cells), 1);
}

/* In the place of QEMU: writes 4 GiB of @line to @fd, for as long as it lives. */
static void floods(int fd, const char *line)
{
	const size_t len = strlen(line);

	kill(vm.pid, SIGKILL);
	waitpid(vm.pid, NULL, 0);
	vm.pid = fork();
	if (vm.pid)
		return;
	for (size_t sent = 0; sent < 4096UL * MIB; sent += len)
		if (write(fd, line, len) != (ssize_t)len)
			break;
	_exit(0);
}

/*
 * A guest writes @line to @fd for ever. Whole lines are taken as they come, and the guest
 * is ended while it writes.
 */
static void is_stopped(int fd, const char *line, const char *failed)
{
	off_t size;

	floods(fd, line);
	while (!vm_poll(&vm))
		assert_true(clock_now() - vm.started_s < 60);
	assert_int_equal(vm.pid, -1);
	assert_string_equal(vm.failed, failed);
	size = lseek(fd, 0, SEEK_END);
	assert_true(size > 64 * MIB && size < 2048 * MIB);
	usleep(20000);
	assert_int_equal(lseek(fd, 0, SEEK_END), size);
}

static void test_flood_of_records(void **state)
{
	char line[1200];

	(void)state;
	snprintf(line, sizeof(line), "{\"type\":\"tap\",\"line\":\"%01000d\"}\n", 0);
	is_stopped(vm.results_fd, line,
		   "the guest wrote more results than any guest has");
	assert_true(json_array_size(vm.lines) > 0);
	assert_true(json_array_size(vm.lines) * strlen(line) <= 64 * MIB);
}

static void test_flood_of_console(void **state)
{
	char line[1200];

	(void)state;
	snprintf(line, sizeof(line), "%01000d\n", 0);
	is_stopped(vm.console_fd, line,
		   "the guest wrote more to its console than any guest does");
}

/* The plugin writes for each mark of the guest's, which makes as many as it likes. */
static void test_flood_of_marks(void **state)
{
	(void)state;
	vm.profile_fd = memfd_create("profile", 0);
	vm.profile_most = 1024 * MIB;
	assert_int_equal(ftruncate(vm.profile_fd, 1024 * MIB), 0);
	assert_false(vm_poll(&vm));
	assert_int_equal(ftruncate(vm.profile_fd, 1024 * MIB + 1), 0);
	ends_with("the guest made the plugin write more than any guest does");
}

#define CELL	"{\"type\":\"cell\",\"bench\":\"%s\",\"param\":%d,\"unit\":\"insn\"," \
		"\"pairs\":1,\"valid\":false,\"reason\":\"none\"%s}\n"

#define GUEST	"{\"type\":\"guest\",\"release\":\"7.3\",\"possible_cpus\":2}\n"

static void sends_cell(const char *bench, int param, const char *more)
{
	char text[512];

	snprintf(text, sizeof(text), CELL, bench, param, more);
	sends(text);
}

static void checked(const char *failed)
{
	assert_false(vm_poll(&vm));
	answers_check(&vm, &spec);
	assert_string_equal(vm.failed, failed);
}

static void test_asked(void **state)
{
	(void)state;
	spec.plan.nr_sizes = 2;
	sends_cell("percpu-alloc", 64, "");
	sends_cell("percpu-alloc", 256, "");
	sends(GUEST);
	checked("");
	assert_int_equal(json_array_size(vm.cells), 2);
	assert_non_null(vm.guest);
}

static void test_no_cell(void **state)
{
	(void)state;
	sends("{\"type\":\"init\"}\n{\"type\":\"done\"}\n");
	checked("the guest's results: there is no cell");
}

/* A boot that measured less would pass for one that measured all. */
static void test_size_missing(void **state)
{
	(void)state;
	spec.plan.nr_sizes = 2;
	sends_cell("percpu-alloc", 64, "");
	checked("the guest's results: there is no cell of percpu-alloc, 256 B");
}

/* Nor would anybody see that one of a series of cells is gone. */
static void asks(const char *bench, const char *option)
{
	if (!bench_find(bench)->max) {
		spec.plan.sizes[0] = 0;
		spec.plan.sizes_given = true;
	}
	spec.plan.nr_sizes = 1;
	assert_int_equal(plan_bench(&spec.plan, bench), 0);
	if (option)
		assert_int_equal(plan_option(&spec.plan, option), 0);
}

static void sends_depth(const char *depth)
{
	char more[160];

	snprintf(more, sizeof(more), ",\"options\":{\"shape\":\"pair\",\"gfp\":\"kernel\","
		 "\"depth\":%s,\"owners\":1,\"free-from\":\"self\"}", depth);
	sends_cell("percpu-alloc", 64, more);
}

static void test_depth_missing(void **state)
{
	(void)state;
	asks("percpu-alloc", "depth=1,4,8");
	sends_depth("1");
	sends_depth("8");
	checked("the guest's results: there is no cell of percpu-alloc depth=4, 64 B");
}

static void test_all_depths(void **state)
{
	(void)state;
	asks("percpu-alloc", "depth=1,4");
	sends_depth("1");
	sends_depth("4");
	sends(GUEST);
	checked("");
}

static void test_other_depth(void **state)
{
	(void)state;
	asks("percpu-alloc", "depth=1,4");
	sends_depth("1");
	sends_depth("2");
	checked("the guest's results: cell 2 is none that was asked for");
}

static void sends_threads(int threads)
{
	char more[160];

	snprintf(more, sizeof(more), ",\"options\":{\"threads\":%d,\"memcgs\":\"shared\"}",
		 threads);
	sends_cell("load/exec", 0, more);
}

/* 1, 2 and 4 tasks, and one on each of 6 CPUs. */
static void test_all_threads(void **state)
{
	(void)state;
	asks("load/exec", NULL);
	spec.online = 6;
	sends_threads(1);
	sends_threads(2);
	sends_threads(4);
	sends_threads(6);
	sends(GUEST);
	checked("");
}

static void test_threads_missing(void **state)
{
	(void)state;
	asks("load/exec", NULL);
	spec.online = 6;
	sends_threads(1);
	sends_threads(2);
	sends_threads(4);
	checked("the guest's results: there is no cell of load/exec threads=6");
}

static void test_threads_asked(void **state)
{
	(void)state;
	asks("load/exec", "threads=2");
	spec.online = 6;
	sends_threads(2);
	sends(GUEST);
	checked("");
}

static void test_kind_missing(void **state)
{
	(void)state;
	asks("memcg", NULL);
	sends_cell("memcg/mkdir", 0, "");
	sends_cell("memcg/rmdir", 0, "");
	sends_cell("memcg/stat", 0, "");
	checked("the guest's results: there is no cell of memcg/numa-stat");
}

static void test_operation_missing(void **state)
{
	static const char more[] = ",\"options\":{\"entries\":1}";

	(void)state;
	asks("bpf-percpu-map-ops/array", NULL);
	sends_cell("bpf-percpu-map-ops/array/create", 64, more);
	sends_cell("bpf-percpu-map-ops/array/destroy", 64, more);
	checked("the guest's results: there is no cell of bpf-percpu-map-ops/array/destroy-wait, 64 B");
}

/* percpu-alloc is measured beside it, since its cost is a part. */
static void test_beside_missing(void **state)
{
	(void)state;
	asks("bpf-percpu-map/hash", NULL);
	sends_cell("bpf-percpu-map/hash", 64, ",\"options\":{\"entries\":1}");
	checked("the guest's results: there is no cell of percpu-alloc, 64 B");
}

/* The root's memory cgroup owns nothing. */
static void test_owners(void **state)
{
	static const char more[] = ",\"options\":{\"shape\":\"pair\",\"owners\":2}";
	static const char *const kinds[] = { "alloc", "node", "bulk", "kmalloc",
					     "first" };
	char bench[64];

	(void)state;
	asks("slab-alloc", "owners=2");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(bench, sizeof(bench), "slab-alloc/%s", kinds[i]);
		sends_cell(bench, 64, more);
	}
	sends(GUEST);
	checked("");
}

/* A bench without sizes says something else there. */
static void test_param_twice(void **state)
{
	(void)state;
	asks("percpu-counter/add", NULL);
	sends_cell("percpu-counter/add", 4, "");
	sends_cell("percpu-counter/add", 8, "");
	checked("the guest's results: cell 2 is there twice");
}

static void test_not_asked(void **state)
{
	(void)state;
	sends_cell("percpu-alloc", 65, "");
	checked("the guest's results: cell 1 is none that was asked for");
}

static void test_other_bench(void **state)
{
	(void)state;
	sends_cell("percpu-alloc", 64, "");
	sends_cell("slab-alloc", 64, "");
	checked("the guest's results: cell 2 is none that was asked for");
}

static void test_cell_twice(void **state)
{
	(void)state;
	sends_cell("percpu-alloc", 64, "");
	sends_cell("percpu-alloc", 64, "");
	checked("the guest's results: cell 2 is there twice");
}

static void test_other_kernel(void **state)
{
	(void)state;
	sends_cell("percpu-alloc", 64, ",\"kernel\":\"baseline\"");
	checked("the guest's results: cell 1 says what its kernel is");
}

static void test_rules(void **state)
{
	(void)state;
	sends_cell("percpu-alloc", 64, ",\"proof\":{\"expected\":-1}");
	assert_false(vm_poll(&vm));
	answers_check(&vm, &spec);
	assert_non_null(strstr(vm.failed, "'proof.expected' of the cell record"));
}

/* Of how many CPUs and nodes would its numbers be? */
static void test_guest_missing(void **state)
{
	(void)state;
	spec.plan.nr_sizes = 1;
	sends_cell("percpu-alloc", 64, "");
	checked("the guest's results: it does not say what machine it found");
}

/* It would make the file of all boots unreadable. */
static void test_guest_rules(void **state)
{
	(void)state;
	sends_cell("percpu-alloc", 64, "");
	sends("{\"type\":\"guest\",\"possible_cpus\":\"many\"}\n");
	assert_false(vm_poll(&vm));
	answers_check(&vm, &spec);
	assert_non_null(strstr(vm.failed, "'guest.possible_cpus'"));
	assert_null(vm.guest);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_unbound),
		TEST(test_bound_in_part),
		TEST(test_whole_lines), TEST(test_garbage), TEST(test_twice),
		TEST(test_after_done), TEST(test_unknown), TEST(test_escapes),
		TEST(test_cut), TEST(test_zero), TEST(test_long_line),
		TEST(test_no_end), TEST(test_flood),
		TEST(test_console), TEST(test_flood_of_records),
		TEST(test_flood_of_console), TEST(test_brackets),
		TEST(test_flood_of_marks), TEST(test_asked), TEST(test_no_cell),
		TEST(test_size_missing), TEST(test_depth_missing),
		TEST(test_all_depths), TEST(test_other_depth),
		TEST(test_all_threads), TEST(test_threads_missing),
		TEST(test_threads_asked), TEST(test_kind_missing),
		TEST(test_operation_missing), TEST(test_beside_missing),
		TEST(test_owners), TEST(test_param_twice),
		TEST(test_not_asked),
		TEST(test_other_bench), TEST(test_cell_twice),
		TEST(test_other_kernel), TEST(test_rules), TEST(test_guest_rules),
		TEST(test_guest_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
