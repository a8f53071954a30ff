// SPDX-License-Identifier: GPL-2.0-or-later
/* /init of a guest: load the module, measure, send the results, power off. */
#include <argp.h>

#include "base/err.h"
#include "guest/guest.h"
#include "guest/selftest.h"
#include "measure/measure.h"

struct arguments {
	struct plan plan;
	const char *topology;
	bool selftest;
	unsigned int online;
};

enum {
	KEY_ONLINE = 0x400,
	KEY_SELFTEST,
};

static const struct argp_option options[] = {
	{ "selftest", KEY_SELFTEST, NULL, 0, "", 0 },
	{ "online", KEY_ONLINE, "N", 0, "", 0 },
	{ "instrument", 'i', "NAME", 0, "", 0 },
	{ "topology", 't', "NAME", 0, "", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->plan;
		return 0;
	case 'i':
		return instrument_parse(arg, &args->plan.instrument);
	case 't':
		args->topology = arg;
		return 0;
	case KEY_SELFTEST:
		args->selftest = true;
		return 0;
	case KEY_ONLINE:
		return parse_count("online", arg, 1, 8, &args->online);
	case ARGP_KEY_ARG:
		/* What the kernel does not know it hands to init. */
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int run(int argc, char **argv)
{
	const struct argp_child children[] = { { .argp = &plan_argp }, { 0 } };
	const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = children,
	};
	struct arguments args = { .online = 1 };
	int ret;

	plan_init(&args.plan);
	ret = argp_parse(&argp, argc, argv, ARGP_SILENT, NULL, &args);
	if (ret)
		return err_message()[0] ? ret :
		       err(EX_USE, "guest: the runner's options are not mine");
	ret = guest_mount();
	if (!ret)
		ret = guest_seed_random();
	if (!ret)
		ret = guest_load_module();
	if (!ret && args.selftest)
		return selftest(args.topology, args.online, guest_emit, NULL);
	if (!ret && args.plan.instrument == INSTRUMENT_INSN) {
		guest_slow_tick();
		guest_gate();
	}
	if (!ret)
		ret = measure(&args.plan, GUEST_CGROUP, args.topology,
			      guest_emit, NULL);
	return ret;
}

int main(int argc, char **argv)
{
	guest_begin();
	guest_end(run(argc, argv));
}
