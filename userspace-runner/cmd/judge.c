// SPDX-License-Identifier: GPL-2.0-or-later
/* Judges two sides by the rules of a gate, for the commands that need it. */
#include "cmd/judge.h"

const struct opt rules_opts[] = {
	{ "allow", 'a', "LIMIT",
	  "How much more NEW may take in any cell, as cost and as off: instructions or ns, percent such as 1%, or both as 5,1%",
	  OPT_TEXT(struct rules_args, allow) },
	{ "thresholds", 't', "FILE",
	  "More rules, for the cells that they match, in the form of ci/thresholds",
	  OPT_TEXT(struct rules_args, thresholds) },
	{ 0 }
};

/* The defaults, what is allowed everywhere, and the exceptions. */
static int read_rules(const struct rules_args *args, struct thresholds *rules)
{
	int e = thresholds_defaults(rules);

	if (!e && args->allow)
		e = thresholds_allow(rules, args->allow);
	if (!e && args->thresholds)
		e = thresholds_read(rules, args->thresholds);
	return e;
}

int judge_sides(struct judged *j, struct compare_args *compare,
		const struct rules_args *rules, const char *command)
{
	struct compare *c = &compare->compare;
	int e;

	j->rules = (struct thresholds){ .nr = 0 };
	e = read_rules(rules, &j->rules);
	if (!e)
		e = compare_args_load(compare, command);
	if (e)
		goto out;
	if (c->nr_differs) {
		e = compare_args_refuse(c, "measure both sides alike");
		goto out_compare;
	}
	gate_select(c, &j->rules);
	e = compare_judge(c);
	if (!e)
		e = gate_judge(&j->gate, c, &j->rules);
	if (!e)
		return 0;
out_compare:
	compare_free(c);
out:
	thresholds_free(&j->rules);
	return e;
}

void judged_free(struct judged *j, struct compare_args *compare)
{
	gate_free(&j->gate);
	compare_free(&compare->compare);
	thresholds_free(&j->rules);
}
