// SPDX-License-Identifier: GPL-2.0-or-later
/* A profile by allocator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "profile/parts.h"

static uint32_t add(struct profile *p, uint32_t parent, const char *name,
		    int64_t off, int64_t on)
{
	uint32_t function, node;

	assert_int_equal(profile_function(p, name, &function), 0);
	assert_int_equal(profile_node(p, parent, function, &node), 0);
	p->nodes[node].insns[PROFILE_EMPTY] = 1;
	p->nodes[node].insns[PROFILE_OFF] = off + 1;
	p->nodes[node].insns[PROFILE_ON] = on + 1;
	return node;
}

static void fill(struct profile *p)
{
	uint32_t sys, alloc, worker, at;

	*p = (struct profile){
		.kernel = "k", .topology = "1c1n", .bench = "b", .param = 8,
		.pairs = 1, .samples = { 1, 1, 1 },
	};
	sys = add(p, PROFILE_ROOT, "__sys_bpf", 100, 110);
	alloc = add(p, sys, "pcpu_alloc_noprof", 1000, 1000);
	add(p, alloc, "obj_cgroup_charge", 0, 50);
	/* Slab that percpu takes, and the other way round. */
	at = add(p, alloc, "__kmalloc_noprof", 10, 10);
	add(p, at, "__memcg_slab_post_alloc_hook", 0, 5);
	at = add(p, sys, "kmem_cache_alloc_noprof", 200, 200);
	add(p, at, "__alloc_percpu_gfp", 0, 7);
	/* The name begins alike but is no way in: the module's, an array's. */
	add(p, sys, "pcpu_alloc_area", 3, 3);
	add(p, sys, "pcpu_bench:pcpu_alloc", 4, 4);
	worker = add(p, PROFILE_ROOT, "worker_thread", 20, 20);
	add(p, worker, "free_percpu", 300, 330);
	add(p, worker, "kfree_rcu_work", 40, 40);
	add(p, worker, "pcpu_balance_workfn", 6, 6);
}

static void parts_are_of_who_was_entered_first(void **state)
{
	struct profile_sums s;
	struct profile p;

	(void)state;
	fill(&p);
	assert_int_equal(profile_sum_parts(&p, &s), 0);
	assert_float_equal(s.off[PART_PERCPU], 1000 + 10 + 300 + 6, 0);
	assert_float_equal(s.on[PART_PERCPU], 1000 + 50 + 10 + 5 + 330 + 6, 0);
	assert_float_equal(s.off[PART_SLAB], 200 + 40, 0);
	assert_float_equal(s.on[PART_SLAB], 200 + 7 + 40, 0);
	assert_float_equal(s.off[PART_REST], 100 + 3 + 4 + 20, 0);
	assert_float_equal(s.on[PART_REST], 110 + 3 + 4 + 20, 0);
	profile_free(&p);
}

static void rows_add_up(void **state)
{
	struct profile_set set = { .nr = 1 };
	struct profile p;
	char *text;
	size_t len;
	FILE *f;

	(void)state;
	fill(&p);
	set.profiles = &p;
	f = open_memstream(&text, &len);
	assert_int_equal(profile_parts_csv(f, &set), 0);
	fclose(f);
	assert_non_null(strstr(text, "\nk,1c1n,b,8,percpu,1316,"));
	assert_non_null(strstr(text, ",1401,"));
	free(text);
	f = open_memstream(&text, &len);
	assert_int_equal(profile_parts_text(f, &set), 0);
	fclose(f);
	/* 1316 + 240 + 127 and 1401 + 247 + 137. */
	assert_non_null(strstr(text, "total          1683.0 100.00%       1785.0 100.00%      +102.0  +5.71%\n"));
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) <= 72);
	free(text);
	profile_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_of_who_was_entered_first),
		cmocka_unit_test(rows_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
