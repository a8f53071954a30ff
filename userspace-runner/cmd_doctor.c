// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor: what this machine can do, what is missing, and how to get it. */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>

#include "args.h"
#include "cmd.h"
#include "err.h"
#include "paths.h"
#include "session.h"
#include "vm/accel.h"
#include "vm/vm.h"

struct arguments {
	bool as_json, again;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "Print JSON", 0 },
	{ "retry-kvm", 'k', NULL, 0,
	  "Try a guest under KVM even if the answer is known", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *args = state->input;

	(void)arg;
	switch (key) {
	case 'j':
		args->as_json = true;
		return 0;
	case 'k':
		args->again = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Say what this machine can measure, and what is missing.",
};

static void add(json_t *list, const char *what, bool ok, const char *say)
{
	json_array_append_new(list, json_pack("{s:s, s:b, s:s}", "what", what,
					      "ok", ok, "say", say));
}

static bool have(const char *program)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "command -v %s >/dev/null 2>&1", program);
	return !system(cmd);
}

static void examine(json_t *list, bool again)
{
	const char *version = vm_qemu_version();
	struct topology topo;
	struct vm_spec spec = { 0 };
	unsigned int mib;
	char say[400];
	bool ok;

	snprintf(say, sizeof(say), version[0] ?
		 "QEMU %s: insn counts instructions exactly" :
		 "no qemu-system-x86_64: run 'make deps'%s", version);
	add(list, "qemu", version[0], say);

	ok = accel_kvm(say, sizeof(say), again);
	strncat(say, ok ? ": time can be measured in guests" :
		": insn does not need KVM; time needs bare metal",
		sizeof(say) - strlen(say) - 1);
	add(list, "kvm", ok, say);

	ok = have("gcc") && have("flex") && have("bison") && have("bc");
	add(list, "build", ok, ok ? "kernels can be built" :
	    "gcc, flex, bison or bc is missing: run 'make deps'");

	ok = !access(path_guest_init(), R_OK);
	add(list, "guest", ok, ok ? path_guest_init() :
	    "the guest's /init is not built: run 'make'");

	topology_parse("176c1n", &topo);
	spec.topo = topo;
	ok = !vm_memory(&spec, &mib);
	snprintf(say, sizeof(say), ok ? "enough for 176c1n (%u MiB)" :
		 "not enough for 176c1n, which needs %u MiB", mib);
	add(list, "memory", ok, say);

	ok = !access(path_cache(), W_OK);
	snprintf(say, sizeof(say), ok ? "%s" :
		 "cannot write to %s: set XDG_CACHE_HOME", path_cache());
	add(list, "cache", ok, say);
}

int cmd_doctor(int argc, char **argv)
{
	struct arguments args = { 0 };
	bool able = true;
	json_t *list, *item;
	const char *what;
	size_t i;
	int ret;

	ret = parse_args(&argp, argc, argv, &args);
	if (ret)
		return ret;
	list = json_array();
	examine(list, args.again);
	json_array_foreach(list, i, item) {
		what = json_string_value(json_object_get(item, "what"));
		/* Everything but KVM is needed for the table. */
		able &= json_is_true(json_object_get(item, "ok")) ||
			!strcmp(what, "kvm");
		if (!args.as_json)
			printf("%-7s %-3s %s\n", what,
			       json_is_true(json_object_get(item, "ok")) ?
			       "ok" : "no",
			       json_string_value(json_object_get(item, "say")));
	}
	if (args.as_json) {
		json_dumpf(list, stdout, JSON_INDENT(2));
		printf("\n");
	}
	json_decref(list);
	return able ? 0 : err(EX_FAIL, "something that 'make bench' needs is missing, see above");
}
