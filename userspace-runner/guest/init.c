// SPDX-License-Identifier: GPL-2.0-or-later
/* /init of a guest: load the module, measure or test, send the results, power off. */
#include <stdio.h>

#include "base/err.h"
#include "guest/guest.h"
#include "guest/programs.h"
#include "guest/rss.h"
#include "guest/selftest.h"
#include "measure/cpu.h"
#include "measure/measure.h"

struct arguments {
	struct plan plan;
	const char *topology;
	const char *rss;	/* a bound: the test of RSS */
	const char *only;	/* of the self-test's cases */
	bool selftest;
	unsigned int online, programs;
	int cpu;		/* to measure on; -1: the one that this is on */
	unsigned long long locks[PCPU_BENCH_NR_LOCKS];
	struct words words;	/* the kernel passes unknown words to init */
};

static int set_instrument(const char *arg, void *into)
{
	struct arguments *args = into;

	return instrument_parse(arg, &args->plan.instrument);
}

static int set_locks(const char *arg, void *into)
{
	struct arguments *args = into;

	if (sscanf(arg, "%llx,%llx", &args->locks[PCPU_BENCH_LOCK],
		   &args->locks[PCPU_BENCH_MUTEX]) != 2)
		return err(EX_USE, "locks: '%s' is not two addresses", arg);
	return 0;
}

static const struct opt options[] = {
	{ "selftest", 0, NULL, "", OPT_FLAG(struct arguments, selftest) },
	{ "case", 0, "WORD,...", "", OPT_TEXT(struct arguments, only) },
	{ "rss", 0, "BOUND", "", OPT_TEXT(struct arguments, rss) },
	{ "programs", 0, "N", "", OPT_COUNT(struct arguments, programs, 1, 100) },
	{ "online", 0, "N", "", OPT_COUNT(struct arguments, online, 1, TOPOLOGY_XAPIC_CPUS) },
	{ "cpu", 0, "N", "", OPT_COUNT(struct arguments, cpu, 0, TOPOLOGY_XAPIC_CPUS) },
	{ "locks", 0, "ADDRESS,ADDRESS", "", OPT_CALL(set_locks) },
	{ "instrument", 'i', "NAME", "", OPT_CALL(set_instrument) },
	{ "topology", 't', "NAME", "", OPT_TEXT(struct arguments, topology) },
	{ OPT_MORE(struct arguments, plan, plan_opts) },
	{ OPT_WORDS(struct arguments, words) },
	{ 0 }
};

static int start_cpus(const struct arguments *args)
{
	struct topology topo;
	int ret = 0;

	if (args->online > 1)
		ret = topology_parse(args->topology, &topo);
	return ret || args->online == 1 ? ret :
	       guest_start_cpus(&topo, args->online, NULL);
}

static int run(int argc, char **argv)
{
	const struct command init = { .name = "init", .options = options };
	struct arguments args = { .online = 1, .cpu = -1 };
	struct measure_env env = {
		.cgroup_mount = GUEST_CGROUP, .emit = guest_emit,
	};
	int ret;

	plan_init(&args.plan);
	ret = options_parse(&init, argc, argv, &args);
	if (!ret)
		ret = guest_mount();
	if (!ret)
		ret = guest_seed_random();
	/* The kernel's own tests are of the kernel alone. */
	if (!ret && args.programs)
		return programs_run(args.programs, guest_emit, NULL);
	if (!ret && args.rss)
		return rss_test(args.topology, args.online, args.rss, guest_emit,
				NULL);
	if (!ret)
		ret = guest_load_module();
	if (!ret && args.selftest)
		return selftest(args.topology, args.online, args.only,
				guest_emit, NULL);
	if (!ret && args.plan.instrument == INSTRUMENT_INSN) {
		env.tick = guest_slow_tick();
		guest_gate();
	}
	if (!ret)
		ret = start_cpus(&args);
	/* The one that the host watches, and not the one that /init came to. */
	if (!ret && args.cpu >= 0)
		ret = cpu_pin(args.cpu, &args.cpu);
	env.expect = args.topology;
	env.locks = args.locks;
	return ret ? ret : measure(&args.plan, &env);
}

int main(int argc, char **argv)
{
	guest_begin();
	guest_end(run(argc, argv));
}
