// SPDX-License-Identifier: GPL-2.0-or-later
/* lkml: the body of a reply with the tables of compared revisions. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/compare_args.h"
#include "compare/sides.h"
#include "report/lkml.h"

struct arguments {
	bool full;
	struct words sides;
};

static int check(void *into)
{
	const struct arguments *args = into;

	return args->sides.nr ? 0 :
	       err(EX_USE, "no results file: give FILE, or OLD and NEW as 'pcpubench compare' takes them");
}

static const struct opt options[] = {
	{ "full", 0, NULL,
	  "All that was measured, what was run on what, and the patches",
	  OPT_FLAG(struct arguments, full) },
	{ OPT_WORDS(struct arguments, sides) },
	{ OPT_CHECK(check) },
	{ 0 }
};

static int leave_out(struct lkml *l, const struct compare *c, const char *why)
{
	char *text = NULL;

	if (array_room(&l->left_out, l->nr_left_out, sizeof(text)))
		return EX_FAIL;
	if (asprintf(&text, "%s is left out, as it is not comparable: %s",
		     c->pairs[0].new_name, why) < 0)
		return no_memory();
	l->left_out[l->nr_left_out++] = text;
	return 0;
}

/* Add what is compared, which is the last one, if @ret is 0 and there is something. */
static int add(struct lkml *l, struct compare *c, int ret)
{
	if (!ret && !c->nr_differs && c->nr_groups)
		ret = compare_judge(c);
	if (ret || c->nr_differs || !c->nr_groups)
		compare_free(c);
	else
		l->nr++;
	return ret;
}

/* Compare what somebody asked to be compared. */
static int add_sides(struct lkml *l, struct compare *all, const char *old,
		     const char *new)
{
	struct compare_options opt;
	struct compare *c = &all[l->nr];
	int ret;

	compare_options_init(&opt);
	ret = compare_load(c, old, new, &opt);
	if (ret)
		return ret;
	if (c->nr_pairs > 1)
		ret = err(EX_USE, "%s and %s have several kernels: say which with FILE:KERNEL, or give one FILE alone",
			  old, new);
	else if (c->nr_differs)
		ret = compare_args_refuse(c, "measure both sides alike");
	else if (!c->nr_groups)
		ret = err(EX_USE, "%s and %s have no cell in common", old, new);
	return add(l, c, ret);
}

/* Compare two kernels of the only table. */
static int add_kernel(struct lkml *l, struct compare *all, const struct table *t,
		      size_t old, size_t new)
{
	struct compare_options opt;
	struct compare *c = &all[l->nr];
	int ret;

	compare_options_init(&opt);
	ret = compare_kernels(c, t, (unsigned int)old, (unsigned int)new, &opt);
	if (ret)
		return ret;
	if (c->nr_differs)
		ret = leave_out(l, c, c->differs[0]);
	else if (!c->nr_groups)
		ret = leave_out(l, c, "no cell of it was measured");
	return add(l, c, ret);
}

/*
 * Compare all kernels of @t, or the one that @s names, with baseline. @files is
 * how errors name its files.
 */
static int add_all(struct lkml *l, struct compare *all, const char *files,
		   const struct side *s, const struct table *t)
{
	unsigned int named;

	size_t first = 0, i;
	int ret;

	ret = side_kernel(s, t, &named);
	for (i = 0; i < t->nr_kernels; i++)
		if (!strcmp(t->kernels[i].name, "baseline"))
			first = i;
	for (i = 0; i < t->nr_kernels && !ret; i++) {
		if (i == first || table_is_control(&t->kernels[i]) ||
		    (named != COMPARE_NO_KERNEL && i != named))
			continue;
		ret = add_kernel(l, all, t, first, i);
	}
	if (!ret && !l->nr)
		ret = err(EX_USE, "%s has no two kernels that can be compared%s%s",
			  files, l->nr_left_out ? ": " : "",
			  l->nr_left_out ? l->left_out[0] : "");
	return ret;
}

/*
 * Parse @arg, FILE[,FILE...][:KERNEL], and load its files. @files is @arg
 * without the kernel, for free().
 */
static int load_alone(struct side *s, char **files, struct table *t,
		      const char *arg)
{
	struct words paths;
	int ret;

	ret = side_parse(s, arg, NULL);
	if (ret)
		return ret;
	*files = strdup(arg);
	if (!*files)
		return no_memory();
	if (s->kernel)
		(*files)[strlen(arg) - strlen(s->kernel) - 1] = '\0';
	paths = (struct words){ s->files, s->nr_files };
	return files_load(t, &paths);
}

static int write_short(FILE *out, const void *what)
{
	return lkml_short(out, what);
}

static int write_full(FILE *out, const void *what)
{
	return lkml_text(out, what);
}

static int run(int argc, char **argv)
{
	struct arguments args = { 0 };
	struct compare *all = NULL;
	struct lkml l = { NULL, 0, NULL, 0 };
	struct table t = { 0 };
	struct side s = { 0 };
	char *files = NULL;
	size_t nr;
	int ret;

	ret = options_parse(&cmd_lkml, argc, argv, &args);
	if (ret)
		return ret;
	nr = args.sides.nr - 1;
	if (!nr) {
		ret = load_alone(&s, &files, &t, args.sides.word[0]);
		nr = t.nr_kernels;
	}
	if (!ret) {
		all = calloc(nr + 1, sizeof(*all));
		ret = all ? 0 : no_memory();
	}
	if (!ret && args.sides.nr == 1)
		ret = add_all(&l, all, files, &s, &t);
	for (size_t i = 1; i < args.sides.nr && !ret; i++)
		ret = add_sides(&l, all, args.sides.word[0], args.sides.word[i]);
	l.compares = all;
	if (!ret)
		ret = output_write(NULL, args.full ? write_full : write_short,
				   &l);
	for (size_t i = 0; i < l.nr; i++)
		compare_free(&all[i]);
	for (size_t i = 0; i < l.nr_left_out; i++)
		free(l.left_out[i]);
	free(l.left_out);
	free(all);
	table_free(&t);
	side_free(&s);
	free(files);
	return ret;
}

const struct command cmd_lkml = {
	.name = "lkml",
	.what = "a mail's body: revisions side by side",
	.args = "FILE[,FILE...][:KERNEL]\nOLD NEW...",
	.doc = "Print what to paste into a mail, 40 lines at most: what was changed, what two or more revisions measured, the function that changed if there is a profile, and how to repeat it, in 72 columns of ASCII that no mailer wraps.\v"
	       COMPARE_ARGS_HELP
	       "With one argument `baseline`, or else the first kernel, is compared with KERNEL or all others; kernels that are not comparable are left out and named.",
	.example = "  pcpubench lkml results/reference/bench-6.12.jsonl:v1 :d\n",
	.options = options,
	.run = run,
};
