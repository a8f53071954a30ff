// SPDX-License-Identifier: GPL-2.0-or-later
/* selftest: checks in each kernel that percpu memory is accounted correctly. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/output.h"
#include "boot/checks.h"
#include "cmd/cmd.h"
#include "guest/kselftest_log.h"
#include "guest/selftest_log.h"
#include "kernel/kselftest.h"
#include "plan/rss_bound.h"
#include "report/kselftest_doc.h"
#include "results/table.h"

/* Two CPUs on each node, to test them against each other. */
#define ONLINE		4
/* Tasks of the test of RSS, each on a CPU. */
#define RSS_ONLINE	TOPOLOGY_MAX_ONLINE
/* For the shadow of KASAN and the objects of kmemleak. */
#define CHECKED_MIB	2048
#define DEADLINE_S	600
#define CHECKED_S	3600
#define CONSOLE_LINES	30
/* Some tolerate less than what statistics lag behind, and fail by chance. */
#define RUNS	5
/* What the largest of the kernel's own tests take. */
#define KSELFTEST_MIB	1024
/* What --case may have: it goes by the kernel's command line. */
#define CASE_LETTERS	"abcdefghijklmnopqrstuvwxyz0123456789,"
/* Two results of every kernel that are no program's. */
#define LOG_TEST	"nothing in the log"
#define END_TEST	"ran to the end"

struct arguments {
	struct topology topo;
	const char *config, *only, *kselftest, *rss;
	bool json;
	unsigned int jobs, deadline_s;
	struct words kernels;
};

static int set_topology(const char *arg, void *into)
{
	struct arguments *args = into;

	return topology_parse(arg, &args->topo);
}

static int check(void *into)
{
	const struct arguments *args = into;
	unsigned int bound;
	int ret = args->rss ? rss_bound(args->rss, 1, 1, &bound) : 0;

	if (ret)
		return ret;
	if (args->only && (!args->only[0] ||
			   strspn(args->only, CASE_LETTERS) < strlen(args->only)))
		return err(EX_USE, "selftest: --case=%s: give words of cases' names, of small letters and digits, with commas in between",
			   args->only);
	if (args->only && (args->rss || args->kselftest))
		return err(EX_USE, "selftest: --case is of this project's own cases: leave it out with --rss and --kselftest");
	if (args->rss && args->kselftest)
		return err(EX_USE, "selftest: --rss and --kselftest are two tests: give one");
	return !args->json || args->kselftest ? 0 :
	       err(EX_USE, "selftest: --json is of --kselftest: leave it out, as KTAP is printed without");
}

static const struct opt options[] = {
	{ "topology", 't', "TOPOLOGY",
	  "CPUs and nodes the guests believe in (16c2n+6m)",
	  OPT_CALL(set_topology) },
	{ "config", 0, "NAME",
	  "Kernels with kernel-patches/config/NAME.config; debug: with KASAN, lockdep, kmemleak and fault injection (bench)",
	  OPT_TEXT(struct arguments, config) },
	{ "case", 0, "WORD,...",
	  "Only the cases that have one of these words in their name, such as removed",
	  OPT_TEXT(struct arguments, only) },
	{ "kselftest", 0, "SUITE",
	  "Instead: run the kernel's own tests of tools/testing/selftests/SUITE, and compare each result with baseline's: a file in kernel-patches/kselftest/, such as cgroup",
	  OPT_TEXT(struct arguments, kselftest) },
	{ "rss", 0, "BOUND",
	  "Instead: by how many pages the RSS in /proc/PID/stat and statm can be off, which must reach BOUND and not exceed it: kernel (of its own counters), or as in 31*cpus, 66*tasks, 32*nodes, 124",
	  OPT_TEXT(struct arguments, rss) },
	{ "json", 0, NULL, "Print the results of --kselftest as JSON",
	  OPT_FLAG(struct arguments, json) },
	{ "jobs", 'j', "N", "Guests at once (one a core)",
	  OPT_COUNT(struct arguments, jobs, 1, 64) },
	{ "deadline", 0, "S", "Seconds after which a guest counts as hung",
	  OPT_COUNT(struct arguments, deadline_s, 1, 86400) },
	{ OPT_WORDS(struct arguments, kernels) },
	{ OPT_CHECK(check) },
	{ 0 }
};

/* What the guests of all kernels have. */
static struct vm_spec common_spec(const struct arguments *args)
{
	struct vm_spec spec = {
		/*
		 * On a busy host vCPUs take turns: calibration takes that for a
		 * wrong clock, RCU for a stall. A real hang ends at the
		 * deadline.
		 */
		.append = "tsc=reliable no_timer_check lpj=1000000 rcupdate.rcu_cpu_stall_suppress=1",
		.topo = args->topo,
		.deadline_s = args->deadline_s ? args->deadline_s :
			      args->config ? CHECKED_S : DEADLINE_S,
	};
	unsigned int mib[TOPOLOGY_MAX_NODES];

	plan_init(&spec.plan);
	spec.memory_mib = vm_needs(&spec, mib) +
			  (args->config ? CHECKED_MIB : 0) +
			  (args->kselftest ? KSELFTEST_MIB : 0);
	return spec;
}

/* A result that the host adds to the guest's. */
static void say(json_t *lines, bool ok, unsigned int nr, const char *what)
{
	json_array_append_new(lines, json_sprintf("%sok %u - %s",
						  ok ? "" : "not ", nr, what));
}

/* All lines of one kernel's subtest, in an array. */
static json_t *subtest(const struct check *c, unsigned int *bad)
{
	json_t *lines = json_copy(c->vm.lines), *line, *reports, *tail;
	unsigned int nr = 0;
	char *console;
	size_t i;

	*bad = 0;
	json_array_foreach(c->vm.lines, i, line) {
		const char *text = json_string_value(line);

		nr += !strncmp(text, "ok ", 3) || !strncmp(text, "not ok ", 7);
		*bad += !strncmp(text, "not ok ", 7);
	}
	console = vm_console(&c->vm);
	reports = log_reports(console);
	free(console);
	say(lines, !json_array_size(reports), ++nr, LOG_TEST);
	json_array_foreach(reports, i, line)
		json_array_append_new(lines, json_sprintf("# %s",
						json_string_value(line)));
	*bad += json_array_size(reports) != 0;
	json_decref(reports);
	/* A guest that stopped half way has not passed the other cases. */
	say(lines, !c->vm.failed[0], ++nr, END_TEST);
	if (c->vm.failed[0]) {
		++*bad;
		json_array_append_new(lines, json_sprintf("# %s",
							  c->vm.failed));
		tail = vm_console_tail(&c->vm, CONSOLE_LINES);
		json_array_foreach(tail, i, line)
			json_array_append_new(lines, json_sprintf("# | %s",
						json_string_value(line)));
		json_decref(tail);
	}
	json_array_insert_new(lines, 0, json_sprintf("1..%u", nr));
	return lines;
}

static bool print_subtest(const struct check *c, unsigned int number)
{
	unsigned int bad;
	json_t *lines = subtest(c, &bad), *line;
	size_t i;

	printf("    KTAP version 1\n    # Subtest: %s\n", c->kernel->name);
	json_array_foreach(lines, i, line)
		printf("    %s\n", json_string_value(line));
	json_decref(lines);
	printf("%sok %u - %s\n", bad ? "not " : "", number, c->kernel->name);
	fflush(stdout);
	return !bad;
}

static void tell(const struct check *c, size_t nr, void *bad)
{
	*(size_t *)bad += !print_subtest(c, nr + 1);
}

static int selftest(struct check *checks, size_t nr,
		    const struct arguments *args)
{
	const unsigned int most = args->rss ? RSS_ONLINE : ONLINE;
	struct vm_spec spec = common_spec(args);
	char *guest_args = NULL;
	size_t bad = 0;
	int ret;

	spec.online = args->topo.cpus < most ? args->topo.cpus : most;
	if (asprintf(&guest_args, "%s%s%s%s", args->rss ? "--rss=" :
		     "--selftest", args->rss ? args->rss : "",
		     args->only ? " --case=" : "",
		     args->only ? args->only : "") < 0)
		return no_memory();
	spec.guest_args = guest_args;
	printf("KTAP version 1\n1..%zu\n", nr);
	fflush(stdout);
	ret = checks_run(checks, nr, &spec, args->jobs, tell, &bad);
	free(guest_args);
	if (!ret && bad)
		ret = err(EX_FAIL, "%zu of %zu kernels failed: see 'not ok' above",
			  bad, nr);
	return ret;
}

static void take_results(const struct check *c, size_t nr, void *kernels)
{
	json_t *results = kselftest_results(c->vm.lines), *reports;
	char *console = vm_console(&c->vm);

	(void)nr;
	reports = log_reports(console);
	free(console);
	kselftest_add(results, LOG_TEST, json_array_size(reports) ? "fail" :
		      "ok", json_string_value(json_array_get(reports, 0)));
	json_decref(reports);
	kselftest_add(results, END_TEST, c->vm.failed[0] ? "fail" : "ok",
		      c->vm.failed);
	json_object_set_new(kernels, c->kernel->name, results);
}

/* What did not run to its end is no result to compare with. */
static int check_baseline(json_t *kernels)
{
	json_t *results = json_object_get(kernels, "baseline");
	json_t *end = json_object_get(results, END_TEST);

	if (!strcmp(kselftest_result(results, END_TEST), "ok"))
		return 0;
	return err(EX_FAIL, "baseline: %s",
		   json_string_value(json_object_get(end, "why")));
}

/* The kernel's own tests, @programs, on one vCPU: a busy host changes no result. */
static int kselftest(struct check *checks, size_t nr,
		     const struct arguments *args, const struct words *programs)
{
	struct kselftest_run run = {
		.suite = args->kselftest, .topology = args->topo.name,
		.source = json_string_value(json_object_get(
				checks[0].kernel->record, "source")),
		.kernels = json_object(),
	};
	struct vm_spec spec = common_spec(args);
	char guest_args[48];
	size_t differences;
	int ret;

	spec.programs = *programs;
	snprintf(guest_args, sizeof(guest_args), "--programs=%d", RUNS);
	spec.guest_args = guest_args;
	ret = checks_run(checks, nr, &spec, args->jobs, take_results,
			 run.kernels);
	if (!ret)
		ret = check_baseline(run.kernels);
	if (!ret)
		ret = output_write(NULL, args->json ? kselftest_json :
				   kselftest_text, &run);
	differences = kselftest_differences(&run);
	json_decref(run.kernels);
	if (!ret && differences)
		ret = err(EX_FAIL, "%zu results are not those of baseline",
			  differences);
	return ret;
}

/* `baseline`, and then the other @names: their array is for free(). */
static int with_baseline(struct words *all, const struct words *names)
{
	all->word = calloc(names->nr + 1, sizeof(*all->word));
	if (!all->word)
		return no_memory();
	all->word[all->nr++] = "baseline";
	for (size_t i = 0; i < names->nr; i++)
		if (strcmp(names->word[i], all->word[0]))
			all->word[all->nr++] = names->word[i];
	return 0;
}

static int run(int argc, char **argv)
{
	struct kernel *kernels = NULL;
	struct kernel_source source = source_asked();
	struct arguments args = { 0 };
	struct words with = { 0 }, programs = { 0 };
	const struct words *names = &args.kernels;
	struct check *checks = NULL;
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
	if (args.kselftest && names->nr) {
		ret = with_baseline(&with, names);
		names = &with;
	}
	if (!ret)
		ret = kernels_build(&source, names->word, names->nr, false,
				    &kernels, &nr);
	if (!ret) {
		checks = calloc(nr + 1, sizeof(*checks));
		if (!checks)
			ret = no_memory();
	}
	for (i = 0; i < nr && !ret; i++)
		/* A control accounts nothing, so there is nothing to check. */
		if (names->nr || !cmdline_is_control(kernels[i].cmdline))
			checks[n++].kernel = &kernels[i];
	if (!ret && args.kselftest)
		ret = kselftest_build(&source, args.kselftest, names,
				      &programs);
	if (!ret)
		ret = args.kselftest ? kselftest(checks, n, &args, &programs) :
				       selftest(checks, n, &args);
	kselftest_free(&programs);
	free(with.word);
	free(checks);
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
