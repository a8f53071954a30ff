// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests of prices, of series that work and series with broken patches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/price_doc.h"
#include "series/price.h"

#define NR_STEPS	5
#define SIZE		64

static const char *names[NR_STEPS] = { "s@0", "s@1", "s@2", "s@3", "s@4" };
static char *topology = (char *)"16c1n", *instrument = (char *)"insn";
static char *bench = (char *)"percpu-alloc";

/* A series of four patches, as a table would have it. */
struct series {
	struct price price;
	struct step steps[NR_STEPS];
	char why[NR_STEPS][KERNEL_WHY_LEN];
	struct table_kernel kernels[NR_STEPS];
	struct table_cell cells[NR_STEPS];
	struct table_boot boots[NR_STEPS];
	struct table_block block;
	long long size;
};

/* @off, @on: of each step; NaN: its cell is not valid. */
static void make(struct series *s, const double *off, const double *on)
{
	struct table *t = &s->price.table;

	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < NR_STEPS; i++) {
		s->steps[i] = (struct step){
			(char *)names[i],
			(char *)"a subject that is longer than any column of a table",
			(char *)"id",
		};
		s->kernels[i].name = s->kernels[i].given = names[i];
		s->boots[i] = (struct table_boot){ .kernel = i };
		s->cells[i] = (struct table_cell){
			.kernel = i, .param = SIZE, .unit = "insn",
			.valid = isfinite(off[i]), .off = off[i], .on = on[i],
			.cost = on[i] - off[i],
			.reason = isfinite(off[i]) ? NULL : (char *)"no proof",
		};
	}
	s->size = SIZE;
	s->block = (struct table_block){ .params = &s->size, .nr_params = 1 };
	*t = (struct table){
		.kernels = s->kernels, .nr_kernels = NR_STEPS,
		.topologies = { &topology, 1 },
		.instruments = { &instrument, 1 },
		.benches = { &bench, 1 },
		.boots = s->boots, .nr_boots = NR_STEPS,
		.cells = s->cells, .nr_cells = NR_STEPS,
		.blocks = &s->block, .nr_blocks = 1,
	};
	s->price.name = "s";
	s->price.steps = s->steps;
	s->price.nr = NR_STEPS;
	s->price.why = s->why;
}

static double diff(const struct series *s, size_t step, enum quantity q)
{
	return price_diff(&s->price, &s->block, step, SIZE, q);
}

static void test_all_work(void **state)
{
	const double off[] = { 100, 100, 103, 103, 101 };
	const double on[] = { 110, 117, 120, 120, 120 };
	struct series s;

	(void)state;
	make(&s, off, on);
	assert_true(diff(&s, 1, QUANTITY_COST) == 7);
	assert_true(diff(&s, 1, QUANTITY_OFF) == 0);
	assert_true(diff(&s, 2, QUANTITY_COST) == 0);
	assert_true(diff(&s, 2, QUANTITY_OFF) == 3);
	assert_true(diff(&s, 2, QUANTITY_ON) == 3);
	assert_true(diff(&s, 4, QUANTITY_COST) == 2);
	assert_true(price_sum(&s.price, &s.block, SIZE, QUANTITY_COST) == 9);
	assert_true(price_sum(&s.price, &s.block, SIZE, QUANTITY_OFF) == 1);
	assert_true(isnan(diff(&s, 0, QUANTITY_COST)));
	assert_int_equal(price_check(&s.price), 0);
	assert_int_equal(price_missing(&s.price), 0);
}

/* Values with rounding errors add up, and 0 is not printed as 1e-12. */
static void test_rounding(void **state)
{
	double off[NR_STEPS], on[NR_STEPS];
	struct series s;

	(void)state;
	for (size_t i = 0; i < NR_STEPS; i++) {
		off[i] = 12706;
		on[i] = (12706.0 * 24 + 20000 + 7 * i) / 24;
	}
	make(&s, off, on);
	assert_int_equal(price_check(&s.price), 0);
	assert_true(fabs(diff(&s, 3, QUANTITY_COST) - 7.0 / 24) < 1e-9);
	s.cells[2].on = s.cells[1].on * (1 + 1e-16);
	s.cells[2].cost = s.cells[1].cost + 1e-13;
	assert_true(diff(&s, 2, QUANTITY_COST) == 0);
}

/* A label of a table may be what the files call another step. */
static void test_labels(void **state)
{
	const double off[] = { 100, 100, 103, 103, 101 };
	const double on[] = { 110, 117, 120, 120, 120 };
	struct series s;

	(void)state;
	make(&s, off, on);
	s.kernels[4].name = names[1];
	assert_ptr_equal(price_cell(&s.price, &s.block, 1, SIZE), &s.cells[1]);
	assert_true(diff(&s, 1, QUANTITY_COST) == 7);
}

static void test_gap(void **state)
{
	const double off[] = { 100, 100, NAN, 103, 103 };
	const double on[] = { 110, 117, NAN, 125, 125 };
	struct series s;

	(void)state;
	make(&s, off, on);
	assert_null(price_cell(&s.price, &s.block, 2, SIZE));
	assert_true(isnan(diff(&s, 2, QUANTITY_COST)));
	assert_int_equal(price_from(&s.price, &s.block, 3, SIZE), 1);
	assert_true(diff(&s, 3, QUANTITY_COST) == 5);
	assert_true(price_sum(&s.price, &s.block, SIZE, QUANTITY_COST) == 12);
	assert_int_equal(price_check(&s.price), 0);
	assert_int_equal(price_missing(&s.price), 1);
}

static void test_no_ends(void **state)
{
	const double off[] = { NAN, 100, 100, 100, NAN };
	const double on[] = { NAN, 117, 118, 119, NAN };
	struct series s;

	(void)state;
	make(&s, off, on);
	assert_true(isnan(diff(&s, 1, QUANTITY_COST)));
	assert_true(diff(&s, 2, QUANTITY_COST) == 1);
	assert_int_equal(price_last(&s.price, &s.block, SIZE), 3);
	assert_true(isnan(price_sum(&s.price, &s.block, SIZE, QUANTITY_COST)));
	assert_int_equal(price_check(&s.price), 0);
	assert_int_equal(price_missing(&s.price), 2);
}

static char *text_of(const struct series *s,
		     int (*write)(FILE *out, const struct price *p))
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(write(out, &s->price), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_text(void **state)
{
	const double off[] = { 100, 100, NAN, 100, 100 };
	const double on[] = { 110, 117, NAN, 125, 125 };
	struct series s;
	char *text, *line;

	(void)state;
	make(&s, off, on);
	text = text_of(&s, price_text);
	assert_non_null(strstr(text, "\nbefore                    +10\n"));
	assert_non_null(strstr(text, "\n1 a subject that is lo..   +7\n"));
	assert_non_null(strstr(text, "\n2 a subject that is lo..    -\n"));
	assert_non_null(strstr(text, "\nsum                       +15\n"));
	assert_non_null(strstr(text, "\nafter                     +25\n"));
	assert_non_null(strstr(text, "off, instructions per pair: no patch changes it\n"));
	assert_non_null(strstr(text, ": no proof\n"));
	assert_non_null(strstr(text, "3 is priced against 1,"));
	for (line = text; *line; line += strcspn(line, "\n") + 1)
		assert_in_range(strcspn(line, "\n"), 0, 72);
	free(text);
}

static void test_json(void **state)
{
	const double off[] = { 100, 100, NAN, 100, 100 };
	const double on[] = { 110, 117, NAN, 125, 125 };
	json_t *root, *step, *cell;
	struct series s;
	char *text;

	(void)state;
	make(&s, off, on);
	strcpy(s.why[2], "does not compile");
	text = text_of(&s, price_json);
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	step = json_array_get(json_object_get(root, "steps"), 3);
	cell = json_array_get(json_object_get(step, "cells"), 0);
	assert_int_equal(json_integer_value(json_object_get(cell, "against")),
			 1);
	assert_true(json_real_value(json_object_get(json_object_get(cell,
							"adds"), "cost")) == 8);
	step = json_array_get(json_object_get(root, "steps"), 2);
	assert_string_equal(json_string_value(json_object_get(step, "error")),
			    "does not compile");
	json_decref(root);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_work),
		cmocka_unit_test(test_rounding),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_no_ends),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
