// SPDX-License-Identifier: GPL-2.0-or-later
/* The profile of a cell: built, checked, and as a record. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "profile/profile.h"
#include "results/record.h"

/* Kernel and modules are above this; JSON has no room for a whole address. */
#define BLOCKS_FROM	0xffffffff80000000ULL

/* The one event that nodes may have. */
#define LINES	"lines"

const char *const profile_arm_name[PROFILE_ARMS] = { "empty", "off", "on" };

bool profile_clears(const char *name)
{
	name += strspn(name, "_");
	return !strncmp(name, "memset", 6) || !strncmp(name, "clear_page", 10);
}

int profile_function(struct profile *p, const char *name, uint32_t *number)
{
	size_t i;

	for (i = 0; i < p->nr_functions; i++)
		if (!strcmp(p->functions[i], name))
			break;
	*number = i;
	if (i < p->nr_functions)
		return 0;
	if (array_room(&p->functions, p->nr_functions, sizeof(*p->functions)))
		return EX_FAIL;
	p->functions[i] = strdup(name);
	if (!p->functions[i])
		return no_memory();
	p->nr_functions++;
	return 0;
}

int profile_node(struct profile *p, uint32_t parent, uint32_t function,
		 uint32_t *number)
{
	size_t i = parent == PROFILE_ROOT ? 0 : parent + 1;

	/* Children come after their parents. */
	for (; i < p->nr_nodes; i++)
		if (p->nodes[i].parent == parent &&
		    p->nodes[i].function == function)
			break;
	*number = i;
	if (i < p->nr_nodes)
		return 0;
	if (array_room(&p->nodes, p->nr_nodes, sizeof(*p->nodes)))
		return EX_FAIL;
	p->nodes[p->nr_nodes++] = (struct profile_node){
		.parent = parent,
		.function = function,
	};
	return 0;
}

static int64_t blocks_sum(const struct profile *p, int arm)
{
	int64_t sum = 0;

	for (size_t i = 0; i < p->nr_blocks; i++)
		sum += p->blocks[i].times[arm] *
		       (int64_t)strlen(p->blocks[i].sizes);
	return sum;
}

int profile_check(const struct profile *p)
{
	for (int arm = 0; arm < PROFILE_ARMS; arm++) {
		int64_t sum = 0;

		for (size_t i = 0; i < p->nr_nodes; i++)
			sum += p->nodes[i].insns[arm];
		if (sum != p->insns[arm])
			return err(EX_USE, "the profile of %s %s %lld B does not add up: functions %lld, cell %lld instructions in arm %s",
				   p->kernel ? p->kernel : "this kernel",
				   p->topology ? p->topology : "", p->param,
				   (long long)sum, (long long)p->insns[arm],
				   profile_arm_name[arm]);
		if (p->nr_blocks && blocks_sum(p, arm) != sum)
			return err(EX_USE, "the profile of %s %s %lld B does not add up: blocks %lld, functions %lld instructions in arm %s",
				   p->kernel ? p->kernel : "this kernel",
				   p->topology ? p->topology : "", p->param,
				   (long long)blocks_sum(p, arm),
				   (long long)sum, profile_arm_name[arm]);
	}
	return 0;
}

const char *profile_unit(const struct profile *p)
{
	return p->event ? "ns" : "insn";
}

double profile_value(const struct profile *p, const int64_t sum[PROFILE_ARMS],
		     enum profile_arm arm)
{
	if (p->event)
		return p->ns[arm] * (double)sum[arm] / p->insns[arm] -
		       p->ns[PROFILE_EMPTY] * (double)sum[PROFILE_EMPTY] /
		       p->insns[PROFILE_EMPTY];
	return ((double)sum[arm] / p->samples[arm] -
		(double)sum[PROFILE_EMPTY] / p->samples[PROFILE_EMPTY]) /
	       p->pairs;
}

static json_t *arms_json(const int64_t val[PROFILE_ARMS])
{
	return json_pack("{s:I, s:I, s:I}", "empty", (json_int_t)val[0],
			 "off", (json_int_t)val[1], "on", (json_int_t)val[2]);
}

static json_t *node_json(const struct profile *p, const struct profile_node *n)
{
	json_t *row = json_array();

	json_array_append_new(row, json_integer(n->parent == PROFILE_ROOT ?
						-1 : (json_int_t)n->parent));
	json_array_append_new(row, json_integer(n->function));
	for (int arm = 0; arm < PROFILE_ARMS; arm++)
		json_array_append_new(row, json_integer(n->insns[arm]));
	for (int arm = 0; arm < PROFILE_ARMS; arm++)
		json_array_append_new(row, json_integer(n->locked[arm]));
	for (int arm = 0; arm < PROFILE_ARMS && p->has_lines; arm++)
		json_array_append_new(row, json_integer(n->lines[arm]));
	return row;
}

static json_t *block_json(const struct profile_block *b)
{
	return json_pack("[I, s, I, I, I]",
			 (json_int_t)(b->addr - BLOCKS_FROM), b->sizes,
			 (json_int_t)b->times[0], (json_int_t)b->times[1],
			 (json_int_t)b->times[2]);
}

json_t *profile_json(const struct profile *p)
{
	json_t *functions = json_array(), *nodes = json_array();
	json_t *events = json_array(), *blocks = json_array(), *record;
	size_t i;

	for (i = 0; i < p->nr_functions; i++)
		json_array_append_new(functions, json_string(p->functions[i]));
	for (i = 0; i < p->nr_nodes; i++)
		json_array_append_new(nodes, node_json(p, &p->nodes[i]));
	for (i = 0; i < p->nr_blocks; i++)
		json_array_append_new(blocks, block_json(&p->blocks[i]));
	if (p->has_lines)
		json_array_append_new(events, json_string(LINES));
	record = json_pack("{s:s, s:s, s:I, s:I, s:o, s:o, s:{s:o, s:o}, s:o, s:o, s:o, s:o}",
			   "type", "profile", "bench", p->bench,
			   "param", (json_int_t)p->param,
			   "pairs", (json_int_t)p->pairs,
			   "samples", arms_json(p->samples),
			   "insns", arms_json(p->insns),
			   "lock", "holds", arms_json(p->holds),
			   "longest", arms_json(p->longest),
			   "events", events, "functions", functions, "nodes", nodes, "blocks", blocks);
	if (!record)
		no_memory();
	if (record && p->event)
		json_object_set_new(record, "sampled",
			json_pack("{s:s, s:{s:f, s:f, s:f}}",
				  "event", p->event, "ns",
				  "empty", p->ns[PROFILE_EMPTY],
				  "off", p->ns[PROFILE_OFF],
				  "on", p->ns[PROFILE_ON]));
	return record;
}

static int damaged(const char *file, const char *what)
{
	return err(EX_USE, "%s: '%s' of a profile record is damaged: measure again",
		   file, what);
}

static int read_arms(const json_t *record, const char *field, long long least,
		     int64_t val[PROFILE_ARMS], const char *file)
{
	for (int arm = 0; arm < PROFILE_ARMS; arm++) {
		const json_t *n = json_object_get(record_at(record, field),
						  profile_arm_name[arm]);

		if (!json_is_integer(n) || json_integer_value(n) < least)
			return damaged(file, field);
		val[arm] = json_integer_value(n);
	}
	return 0;
}

static int read_functions(struct profile *p, const json_t *list,
			  const char *file)
{
	const json_t *name;
	size_t i;

	json_array_foreach(list, i, name) {
		if (!json_is_string(name))
			return damaged(file, "functions");
		p->functions[i] = strdup(json_string_value(name));
		if (!p->functions[i])
			return no_memory();
		p->nr_functions++;
	}
	return 0;
}

static int read_node(struct profile *p, const json_t *row, const char *file)
{
	struct profile_node *n = &p->nodes[p->nr_nodes];
	size_t at = 0, i;
	long long parent, function;
	const json_t *val;

	if (json_array_size(row) != 2 + PROFILE_ARMS * (2U + p->has_lines))
		return damaged(file, "nodes");
	json_array_foreach(row, i, val)
		if (!json_is_integer(val))
			return damaged(file, "nodes");
#define NEXT json_integer_value(json_array_get(row, at++))
	parent = NEXT;
	function = NEXT;
	if (parent < -1 || parent >= (long long)p->nr_nodes || function < 0 ||
	    function >= (long long)p->nr_functions)
		return damaged(file, "nodes");
	n->parent = parent < 0 ? PROFILE_ROOT : parent;
	n->function = function;
	for (int arm = 0; arm < PROFILE_ARMS; arm++)
		n->insns[arm] = NEXT;
	for (int arm = 0; arm < PROFILE_ARMS; arm++)
		n->locked[arm] = NEXT;
	for (int arm = 0; arm < PROFILE_ARMS && p->has_lines; arm++)
		n->lines[arm] = NEXT;
#undef NEXT
	p->nr_nodes++;
	return 0;
}

static int read_blocks(struct profile *p, const json_t *list, const char *file)
{
	json_int_t addr, times[PROFILE_ARMS];
	struct profile_block *b;
	const char *sizes;
	json_t *row;
	size_t i;

	p->blocks = calloc(json_array_size(list) + 1, sizeof(*p->blocks));
	if (!p->blocks)
		return no_memory();
	json_array_foreach(list, i, row) {
		b = &p->blocks[i];
		if (json_unpack(row, "[I, s, I, I, I!]", &addr, &sizes,
				&times[0], &times[1], &times[2]) || addr < 0 ||
		    !*sizes || sizes[strspn(sizes, "123456789abcdef")] ||
		    times[0] < 0 || times[1] < 0 || times[2] < 0)
			return damaged(file, "blocks");
		b->addr = BLOCKS_FROM + addr;
		for (int arm = 0; arm < PROFILE_ARMS; arm++)
			b->times[arm] = times[arm];
		b->sizes = strdup(sizes);
		if (!b->sizes)
			return no_memory();
		p->nr_blocks++;
	}
	return 0;
}

/* Fields of a sampled profile: perf's event, and the times of the arms. */
static int read_sampled(struct profile *p, const json_t *record,
			const char *file)
{
	const json_t *sampled = record_at(record, "sampled"), *ns;

	if (!sampled)
		return 0;
	p->event = record_string(sampled, "event");
	for (int arm = 0; arm < PROFILE_ARMS; arm++) {
		ns = json_object_get(record_at(sampled, "ns"),
				     profile_arm_name[arm]);
		p->ns[arm] = json_number_value(ns);
		if (!p->event || !json_is_number(ns) || p->ns[arm] < 0 ||
		    !p->insns[arm])
			return damaged(file, "sampled");
	}
	return 0;
}

static int read_all(struct profile *p, const json_t *record, const char *file)
{
	const json_t *functions = record_at(record, "functions");
	const json_t *nodes = record_at(record, "nodes"), *row;
	const json_t *events = record_at(record, "events");
	size_t i;
	int e;

	p->kernel = record_string(record, "kernel");
	p->topology = record_string(record, "topology");
	p->bench = record_string(record, "bench");
	p->boot = record_int(record, "boot");
	p->param = record_int(record, "param");
	p->pairs = record_int(record, "pairs");
	if (!p->kernel || !p->topology || !p->bench || p->param < 0 ||
	    p->pairs < 1)
		return damaged(file, "cell");
	e = read_arms(record, "samples", 1, p->samples, file);
	if (!e)
		e = read_arms(record, "insns", 0, p->insns, file);
	if (!e)
		e = read_arms(record, "lock.holds", 0, p->holds, file);
	if (!e)
		e = read_arms(record, "lock.longest", 0, p->longest, file);
	if (!e)
		e = read_sampled(p, record, file);
	if (e)
		return e;
	p->has_lines = json_array_size(events);
	if (p->has_lines &&
	    (json_array_size(events) != 1 ||
	     strcmp(json_string_value(json_array_get(events, 0)) ?: "", LINES)))
		return damaged(file, "events");
	if (!json_is_array(functions) || !json_is_array(nodes))
		return damaged(file, "nodes");
	p->functions = calloc(json_array_size(functions) + 1,
			      sizeof(*p->functions));
	p->nodes = calloc(json_array_size(nodes) + 1, sizeof(*p->nodes));
	if (!p->functions || !p->nodes)
		return no_memory();
	e = read_functions(p, functions, file);
	if (e)
		return e;
	json_array_foreach(nodes, i, row) {
		e = read_node(p, row, file);
		if (e)
			return e;
	}
	e = read_blocks(p, record_at(record, "blocks"), file);
	return e ? e : profile_check(p);
}

int profile_read(struct profile *p, const json_t *record, const char *file)
{
	int e;

	memset(p, 0, sizeof(*p));
	e = read_all(p, record, file);
	if (e)
		profile_free(p);
	return e;
}

void profile_free(struct profile *p)
{
	while (p->nr_functions)
		free(p->functions[--p->nr_functions]);
	while (p->nr_blocks)
		free(p->blocks[--p->nr_blocks].sizes);
	free(p->blocks);
	free(p->functions);
	free(p->nodes);
	memset(p, 0, sizeof(*p));
}
