// SPDX-License-Identifier: GPL-2.0-or-later
/* /init of a guest: load the module, measure or test, send the results, power off. */
#include "base/err.h"
#include "guest/guest.h"
#include "guest/programs.h"
#include "guest/selftest.h"
#include "measure/measure.h"

struct arguments {
	struct plan plan;
	const char *topology;
	bool selftest;
	unsigned int online, programs;
	struct words words;	/* the kernel passes unknown words to init */
};

static int set_instrument(const char *arg, void *into)
{
	struct arguments *args = into;

	return instrument_parse(arg, &args->plan.instrument);
}

static const struct opt options[] = {
	{ "selftest", 0, NULL, "", OPT_FLAG(struct arguments, selftest) },
	{ "programs", 0, "N", "", OPT_COUNT(struct arguments, programs, 1, 100) },
	{ "online", 0, "N", "", OPT_COUNT(struct arguments, online, 1, 8) },
	{ "instrument", 'i', "NAME", "", OPT_CALL(set_instrument) },
	{ "topology", 't', "NAME", "", OPT_TEXT(struct arguments, topology) },
	{ OPT_MORE(struct arguments, plan, plan_opts) },
	{ OPT_WORDS(struct arguments, words) },
	{ 0 }
};

static int run(int argc, char **argv)
{
	const struct command init = { .name = "init", .options = options };
	struct arguments args = { .online = 1 };
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
	if (!ret)
		ret = guest_load_module();
	if (!ret && args.selftest)
		return selftest(args.topology, args.online, guest_emit, NULL);
	if (!ret && args.plan.instrument == INSTRUMENT_INSN) {
		env.tick = guest_slow_tick();
		guest_gate();
	}
	env.expect = args.topology;
	return ret ? ret : measure(&args.plan, &env);
}

int main(int argc, char **argv)
{
	guest_begin();
	guest_end(run(argc, argv));
}
