// SPDX-License-Identifier: GPL-2.0-or-later
/* selftest: checks in each kernel that percpu memory is accounted correctly. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "cmd/cmd.h"
#include "guest/selftest_log.h"
#include "kernel/kernel.h"
#include "vm/vm.h"

/* Two CPUs on each node, to test them against each other. */
#define ONLINE		4
/* For the shadow of KASAN and the objects of kmemleak. */
#define CHECKED_MIB	2048
#define DEADLINE_S	600
#define CHECKED_S	3600
#define CONSOLE_LINES	30
#define TRIES	3

struct arguments {
	struct topology topo;
	const char *config;
	unsigned int jobs, deadline_s;
	struct words kernels;
};

/* One kernel's guest, and its result. */
struct subject {
	const struct kernel *kernel;
	struct vm vm;
	bool running, done;
	unsigned int tries;	/* boots that tripped */
};

static int set_topology(const char *arg, void *into)
{
	struct arguments *args = into;

	return topology_parse(arg, &args->topo);
}

static const struct opt options[] = {
	{ "topology", 't', "NAME",
	  "CPUs and nodes the guests believe in (16c2n+6m)",
	  OPT_CALL(set_topology) },
	{ "config", 0, "NAME",
	  "Kernels with kernel-patches/config/NAME.config; debug: with KASAN, lockdep, kmemleak and fault injection (bench)",
	  OPT_TEXT(struct arguments, config) },
	{ "jobs", 'j', "N", "Guests at once (one a core)",
	  OPT_COUNT(struct arguments, jobs, 1, 64) },
	{ "deadline", 0, "S", "Seconds after which a guest counts as hung",
	  OPT_COUNT(struct arguments, deadline_s, 1, 86400) },
	{ OPT_WORDS(struct arguments, kernels) },
	{ 0 }
};

static int start(struct subject *s, const struct arguments *args)
{
	struct vm_spec spec = {
		.image = s->kernel->image,
		.module = s->kernel->module,
		.cmdline = s->kernel->cmdline,
		/*
		 * On a busy host vCPUs take turns: calibration takes that for a
		 * wrong clock, RCU for a stall. A real hang ends at the
		 * deadline.
		 */
		.append = "tsc=reliable no_timer_check lpj=1000000 rcupdate.rcu_cpu_stall_suppress=1",
		.topo = args->topo,
		.online = args->topo.cpus < ONLINE ? args->topo.cpus : ONLINE,
		.deadline_s = args->deadline_s,
	};
	unsigned int mib[TOPOLOGY_MAX_NODES];
	char guest_args[48];

	plan_init(&spec.plan);
	snprintf(guest_args, sizeof(guest_args), "--selftest --online=%u",
		 spec.online);
	spec.guest_args = guest_args;
	if (!spec.deadline_s)
		spec.deadline_s = args->config ? CHECKED_S : DEADLINE_S;
	if (args->config)
		spec.memory_mib = topology_memory(&args->topo, mib) +
				  CHECKED_MIB;
	return vm_start(&s->vm, &spec);
}

/* A result that the host adds to the guest's. */
static void say(json_t *lines, bool ok, unsigned int nr, const char *what)
{
	json_array_append_new(lines, json_sprintf("%sok %u - %s",
						  ok ? "" : "not ", nr, what));
}

/* All lines of one kernel's subtest, in an array. */
static json_t *subtest(const struct subject *s, unsigned int *bad)
{
	json_t *lines = json_copy(s->vm.lines), *line, *reports, *tail;
	unsigned int nr = 0;
	char *console;
	size_t i;

	*bad = 0;
	json_array_foreach(s->vm.lines, i, line) {
		const char *text = json_string_value(line);

		nr += !strncmp(text, "ok ", 3) || !strncmp(text, "not ok ", 7);
		*bad += !strncmp(text, "not ok ", 7);
	}
	console = vm_console(&s->vm);
	reports = log_reports(console);
	free(console);
	say(lines, !json_array_size(reports), ++nr, "nothing in the log");
	json_array_foreach(reports, i, line)
		json_array_append_new(lines, json_sprintf("# %s",
						json_string_value(line)));
	*bad += json_array_size(reports) != 0;
	json_decref(reports);
	/* A guest that stopped half way has not passed the other cases. */
	say(lines, !s->vm.failed[0], ++nr, "ran to the end");
	if (s->vm.failed[0]) {
		++*bad;
		json_array_append_new(lines, json_sprintf("# %s",
							  s->vm.failed));
		tail = vm_console_tail(&s->vm, CONSOLE_LINES);
		json_array_foreach(tail, i, line)
			json_array_append_new(lines, json_sprintf("# | %s",
						json_string_value(line)));
		json_decref(tail);
	}
	json_array_insert_new(lines, 0, json_sprintf("1..%u", nr));
	return lines;
}

static bool print_subtest(const struct subject *s, unsigned int number)
{
	unsigned int bad;
	json_t *lines = subtest(s, &bad), *line;
	size_t i;

	printf("    KTAP version 1\n    # Subtest: %s\n", s->kernel->name);
	json_array_foreach(lines, i, line)
		printf("    %s\n", json_string_value(line));
	json_decref(lines);
	printf("%sok %u - %s\n", bad ? "not " : "", number, s->kernel->name);
	fflush(stdout);
	return !bad;
}

/*
 * QEMU emulates several vCPUs while the kernel patches its own code, and now
 * and then one crashes on that: before /init, or on a breakpoint that is gone,
 * which nothing else in these kernels sets. This is no result of the test:
 * report it and try again. Clears @s->vm for the next try.
 */
static bool tripped(struct subject *s)
{
	bool breakpoint;
	char *console;

	if (!s->vm.failed[0])
		return false;
	console = vm_console(&s->vm);
	breakpoint = console && strstr(console, "int3: 0000 [#1]");
	free(console);
	if ((s->vm.init_s && !breakpoint) || ++s->tries == TRIES)
		return false;
	fprintf(stderr, "%s: %s: once more\n", s->kernel->name, s->vm.failed);
	vm_free(&s->vm);
	return true;
}

/* Run all guests, @jobs at a time; print each in its turn. */
static int run_all(struct subject *s, size_t nr, const struct arguments *args)
{
	size_t jobs = args->jobs ? args->jobs : sysconf(_SC_NPROCESSORS_ONLN);
	size_t next = 0, running = 0, shown = 0, bad = 0, i;
	int ret = 0;

	printf("KTAP version 1\n1..%zu\n", nr);
	fflush(stdout);
	while (shown < nr && !ret) {
		for (; next < nr && running < jobs && !ret; next++, running++) {
			ret = start(&s[next], args);
			s[next].running = !ret;
		}
		poll(NULL, 0, 20);
		for (i = 0; i < next; i++) {
			if (!s[i].running || !vm_poll(&s[i].vm))
				continue;
			if (tripped(&s[i])) {
				ret = start(&s[i], args);
				if (!ret)
					continue;
			}
			s[i].running = false;
			s[i].done = true;
			running--;
		}
		for (; shown < nr && s[shown].done; shown++)
			bad += !print_subtest(&s[shown], shown + 1);
	}
	for (i = 0; i < next; i++)
		vm_free(&s[i].vm);
	if (!ret && bad)
		ret = err(EX_FAIL, "%zu of %zu kernels failed: see 'not ok' above",
			  bad, nr);
	return ret;
}

/* The control accounts nothing, so there is nothing to check. */
static bool accounts(const struct kernel *k)
{
	return !strstr(k->cmdline, "nokmem");
}

static int run(int argc, char **argv)
{
	struct kernel *kernels = NULL;
	struct kernel_source source = source_asked();
	struct arguments args = { 0 };
	struct subject *subjects = NULL;
	size_t i, nr = 0, n = 0;
	int ret;

	topology_parse("16c2n+6m", &args.topo);
	args.config = source.config;
	ret = options_parse(&cmd_selftest, argc, argv, &args);
	if (ret)
		return ret;
	/* QEMU's machine does not have more places for CPUs. */
	if (topology_needs_harness(&args.topo))
		return err(EX_USE, "selftest: at most %d CPUs, not %s",
			   TOPOLOGY_XAPIC_CPUS, args.topo.name);
	if (args.config && !strcmp(args.config, "bench"))
		args.config = NULL;
	source.config = args.config ? args.config : "bench";
	ret = kernels_build(&source, args.kernels.word, args.kernels.nr, false,
			    &kernels, &nr);
	if (!ret) {
		subjects = calloc(nr + 1, sizeof(*subjects));
		if (!subjects)
			ret = no_memory();
	}
	for (i = 0; i < nr && !ret; i++)
		if (args.kernels.nr || accounts(&kernels[i]))
			subjects[n++].kernel = &kernels[i];
	if (!ret)
		ret = run_all(subjects, n, &args);
	free(subjects);
	kernels_free(kernels, nr);
	return ret;
}

const struct command cmd_selftest = {
	.name = "selftest",
	.what = "is percpu memory accounted right, node by node",
	.args = "[KERNEL...]",
	.doc = "Check in a guest of each KERNEL (all, if none is named) that each node is charged, and later uncharged, exactly the percpu memory that lies on it. Print KTAP.",
	.example = "  pcpubench selftest d --topology=8c2n\n",
	.options = options,
	.run = run,
};
