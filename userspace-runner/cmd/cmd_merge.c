// SPDX-License-Identifier: GPL-2.0-or-later
/* merge: makes one results file of the shards of a sweep, or of any runs. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "sweep/merge.h"

struct arguments {
	const char *output;
	struct words files;
};

static int check(void *into)
{
	const struct arguments *args = into;
	int ret = files_given(&args->files, "such as the shards of a sweep");

	if (!ret && !args->output)
		ret = err(EX_USE, "merge into which file? Give --output");
	return ret;
}

static const struct opt options[] = {
	{ "output", 'o', "FILE", "The file to make",
	  OPT_TEXT(struct arguments, output) },
	{ OPT_WORDS(struct arguments, files) },
	{ OPT_CHECK(check) },
	{ 0 }
};

static void tell(const struct merge *m, const char *output)
{
	size_t i, shown = 0;
	const char *name;
	json_t *count;

	if (m->twice)
		fprintf(stderr, "%zu boots were there twice and are kept once\n",
			m->twice);
	if (m->agreed)
		fprintf(stderr, "%zu boots were there twice, measured apart, agree, and are left out\n",
			m->agreed);
	if (m->interrupted)
		fprintf(stderr, "pcpubench: warning: %s was interrupted, so %s has no end either: the gate does not pass it\n",
			m->interrupted, output);
	if (!m->nr_missing)
		return;
	fprintf(stderr, "%zu of %zu wanted boots are missing:", m->nr_missing,
		m->nr_wanted);
	json_object_foreach(m->missing, name, count) {
		if (shown++ == 6) {
			fprintf(stderr, " ...");
			break;
		}
		i = json_integer_value(count);
		fprintf(stderr, "%s %s", shown > 1 ? "," : "", name);
		if (i > 1)
			fprintf(stderr, " (%zu)", i);
	}
	fprintf(stderr, "\n");
	if (m->open_shards)
		fprintf(stderr, "shards without an end: %s\n", m->open_shards);
}

static int run(int argc, char **argv)
{
	struct arguments args = { 0 };
	struct merge m;
	int ret;

	ret = options_parse(&cmd_merge, argc, argv, &args);
	if (ret)
		return ret;
	ret = merge_files(&m, args.output, args.files.word, args.files.nr, argc,
			  argv);
	if (ret)
		return ret;
	tell(&m, args.output);
	printf("%s\n", args.output);
	merge_free(&m);
	return 0;
}

const struct command cmd_merge = {
	.name = "merge",
	.what = "one results file of several, such as shards",
	.args = "FILE...",
	.doc = "Make one results file of several, such as the shards of a sweep.\vA boot that several files have is kept once. For insn, boots of one kernel and topology in several files must agree to the last instruction: the first is kept, and a difference is an error. Missing boots of shards are listed, and the shards that have no end; start those again, or 'pcpubench sweep' with the merged file as --output, which measures what is missing.",
	.example = "  pcpubench merge --output=sweep.jsonl results/shard-*.jsonl\n",
	.options = options,
	.run = run,
};
