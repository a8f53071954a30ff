// SPDX-License-Identifier: GPL-2.0-or-later
/* model: compares modelled cycles with measurements on hardware. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "profile/validate.h"

struct arguments {
	const char *calibrate;
	struct words files;
};

static int check(void *into)
{
	const struct arguments *args = into;

	return files_given(&args->files, "made with --instrument model");
}

static const struct opt options[] = {
	{ "calibrate", 'c', "TOPOLOGY",
	  "First fit the factors to this topology's published cells, use them for every machine, and print them",
	  OPT_TEXT(struct arguments, calibrate) },
	{ OPT_WORDS(struct arguments, files) },
	{ OPT_CHECK(check) },
	{ 0 }
};

/* The machine of the model in the first cell of @topology. */
static int machine_of(const struct validate_cell *cells, size_t nr,
		      const char *topology, struct machine *m)
{
	char *path;
	int ret;

	for (size_t i = 0; i < nr; i++) {
		if (strcmp(cells[i].p->topology, topology))
			continue;
		path = machine_path(cells[i].p->machine);
		ret = path ? machine_read(m, path) : EX_FAIL;
		free(path);
		return ret;
	}
	return err(EX_USE, "no modelled cell of %s: name a topology that these files have",
		   topology);
}

static int print_topology(const struct validate_cell *cells, size_t nr,
			  const char *topology, const struct machine *fitted)
{
	struct machine m;
	int ret = machine_of(cells, nr, topology, &m);

	if (ret)
		return ret;
	if (fitted)
		memcpy(m.factor, fitted->factor, sizeof(m.factor));
	putchar('\n');
	validate_print(stdout, &m, cells, nr, topology);
	return 0;
}

static int print_all(const struct validate_cell *cells, size_t nr,
		     const struct machine *fitted)
{
	const char *topology;
	size_t i, j;
	int ret = 0;

	for (i = 0; i < nr && !ret; i++) {
		topology = cells[i].p->topology;
		for (j = 0; j < i; j++)
			if (!strcmp(cells[j].p->topology, topology))
				break;
		if (j == i)
			ret = print_topology(cells, nr, topology, fitted);
	}
	return ret;
}

static int print_model(const struct arguments *args,
		       const struct validate_cell *cells, size_t nr)
{
	struct machine m;
	int ret;

	printf("A model, not a measurement. Published: on hardware; insn: exact\ninstructions; error: of the percentage, relative.\n");
	if (!args->calibrate)
		return print_all(cells, nr, NULL);
	ret = machine_of(cells, nr, args->calibrate, &m);
	if (!ret)
		ret = validate_fit(&m, cells, nr, args->calibrate);
	if (ret)
		return ret;
	printf("\nfitted to %s, for the machines' files:\n", args->calibrate);
	for (int i = 0; i < NR_FACTORS; i++)
		printf("factor %s %.3g\n", machine_factor_name[i],
		       m.factor[i]);
	return print_all(cells, nr, &m);
}

static int run(int argc, char **argv)
{
	const struct profile_filter all = { .param = -1 };
	struct arguments args = { NULL, { NULL, 0 } };
	struct validate_cell *cells;
	struct published published;
	struct profile_set set;
	size_t nr;
	int ret;

	ret = options_parse(&cmd_model, argc, argv, &args);
	if (ret)
		return ret;
	ret = published_read(&published);
	if (ret)
		return ret;
	ret = profile_set_load(&set, args.files.word, args.files.nr, &all);
	if (!ret) {
		ret = validate_cells(&set, &published, &cells, &nr);
		if (!ret) {
			ret = print_model(&args, cells, nr);
			free(cells);
		}
		profile_set_free(&set);
	}
	published_free(&published);
	if (!ret && fflush(stdout))
		ret = err_errno(EX_FAIL, "cannot write the table");
	return ret;
}

const struct command cmd_model = {
	.name = "model",
	.what = "compare the model with published figures",
	.args = "FILE...",
	.doc = "Print published, counted and modelled ACCT COST side by side, with their errors. It is only a model: caches and TLBs of one core, no prefetching, fixed shares of hidden latency.",
	.example = "  pcpubench model results/reference/model-176c1n-6.12.jsonl\n",
	.options = options,
	.run = run,
};
