// SPDX-License-Identifier: GPL-2.0-or-later
/* bundle: packs a results file with what is needed to measure it again. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "bundle/pack.h"
#include "cmd/cmd.h"

struct arguments {
	const char *output;
	bool sign;
	struct words files;
};

static int check(void *into)
{
	const struct arguments *args = into;

	return args->files.nr == 1 ? 0 :
	       err(EX_USE, "bundle takes one results file; 'merge' makes one of several");
}

static const struct opt options[] = {
	{ "output", 'o', "FILE", "The bundle to make (the results file's name, with .tar)",
	  OPT_TEXT(struct arguments, output) },
	{ "sign", 0, NULL, "Sign it with the SSH key that git signs with",
	  OPT_FLAG(struct arguments, sign) },
	{ OPT_WORDS(struct arguments, files) },
	{ OPT_CHECK(check) },
	{ 0 }
};

/* "results/x.jsonl" gives "results/x.tar". */
static const char *default_output(const char *file, char path[PATH_MAX])
{
	size_t len = strlen(file);

	if (len > 6 && !strcmp(file + len - 6, ".jsonl"))
		len -= 6;
	snprintf(path, PATH_MAX, "%.*s.tar", (int)len, file);
	return path;
}

static int run(int argc, char **argv)
{
	struct arguments args = { 0 };
	char path[PATH_MAX];
	int ret;

	ret = options_parse(&cmd_bundle, argc, argv, &args);
	if (ret)
		return ret;
	if (!args.output)
		args.output = default_output(args.files.word[0], path);
	ret = bundle_pack(args.files.word[0], args.output, args.sign);
	if (!ret)
		printf("%s\n", args.output);
	return ret;
}

const struct command cmd_bundle = {
	.name = "bundle",
	.what = "pack results with what is needed to repeat them",
	.args = "FILE",
	.doc = "Pack a results file, the patches and configs of its kernels, and its commands into one archive, with which 'pcpubench replay' measures again on another machine. Prints the archive's path.\vThe patches are those that were built, known by their hashes; of a commit or uncommitted work it is the difference to the source. A kernel that was given as an image is not in it. The same file gives the same archive, byte by byte. docs/replay.md has its form.",
	.example = "  pcpubench bundle results/mine.jsonl --sign\n",
	.options = options,
	.run = run,
};
