// SPDX-License-Identifier: GPL-2.0-or-later
/* The maps of one kind and size, their samples, and the cgroup of each arm. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/benches/map_life.h"

int life_init(struct life *l)
{
	size_t len = (size_t)life_value_bytes(l) * l->t->info.possible_cpus;
	unsigned int i;
	enum life_op op;

	l->nr = (size_t)l->plan->rounds * PCPU_BENCH_NR_ARMS;
	l->in = PCPU_BENCH_ARM_ON;
	l->anchor = -1;
	l->value = malloc(len);
	l->fds = calloc(l->plan->pairs, sizeof(*l->fds));
	if (!l->value || !l->fds)
		return err(EX_FAIL, "out of memory for a value of %zu B", len);
	/* Any byte: the kernel must find the pages mapped. */
	memset(l->value, 0x5a, len);
	for (i = 0; i < l->plan->pairs; i++)
		l->fds[i] = -1;
	for (op = OP_CREATE; op < NR_CELLS; op++) {
		l->samples[op] = calloc(l->nr, sizeof(*l->samples[op]));
		if (!l->samples[op])
			return err(EX_FAIL, "out of memory for %zu samples",
				   l->nr);
	}
	return 0;
}

void life_free(struct life *l)
{
	enum life_op op;

	for (op = OP_CREATE; op < NR_CELLS; op++)
		free(l->samples[op]);
	if (l->anchor >= 0)
		close(l->anchor);
	free(l->fds);
	free(l->value);
}

const char *life_op_name(enum life_op op)
{
	static const char *const names[NR_OPS] = {
		[OP_CREATE] = "create",
		[OP_UPDATE] = "update",
		[OP_DELETE] = "delete",
		[OP_DESTROY] = "destroy",
		[OP_DESTROY_WAIT] = "destroy-wait",
	};

	return op < NR_OPS ? names[op] : NULL;
}

void life_name(const struct life *l, const char *op,
	       char name[PLAN_BENCH_LEN])
{
	snprintf(name, PLAN_BENCH_LEN, "%s/%s%s%s",
		 bench_find(l->plan->bench)->name, l->kind->name, op ? "/" : "",
		 op ? op : "");
}

bool life_has_op(const struct life *l, enum life_op op)
{
	if (!l->ops)
		return op == OP_CYCLE;
	if (op == OP_UPDATE || op == OP_DELETE)
		return bpf_map_has_elements(l->kind);
	return op != OP_CYCLE;
}

unsigned int life_value_bytes(const struct life *l)
{
	return (l->size + 7) / 8 * 8;
}

int life_settle(const struct life *l, unsigned long what)
{
	return device_settle(l->t->fd, what);
}

int life_go_to(struct life *l, enum pcpu_bench_arm arm)
{
	int ret;

	if (arm == l->in || arm == PCPU_BENCH_ARM_EMPTY)
		return 0;
	ret = arm == PCPU_BENCH_ARM_ON ? cgroup_enter(&l->t->cg) :
	      cgroup_leave(&l->t->cg);
	l->in = arm;
	return ret;
}

int life_refused(struct life *l)
{
	l->error = errno;
	return EX_INVALID;
}
