// SPDX-License-Identifier: GPL-2.0-or-later
/* validate: times of a machine beside the emulator's counts. */
#include "base/err.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "report/validate_doc.h"
#include "results/line_model.h"

enum { TEXT, MD, JSON };

static const char *const formats[] = {
	[TEXT] = "text", [MD] = "md", [JSON] = "json", NULL
};

struct arguments {
	int format;
	double k;
	struct words sides;
	struct validate validate;
};

static const struct opt options[] = {
	{ "format", 'f', "FORMAT",
	  "text (72 columns at most, the default), md or json",
	  OPT_WORD(struct arguments, format, formats) },
	{ "json", 0, NULL, "Short for --format=json",
	  OPT_CHOICE(struct arguments, format, JSON) },
	{ "k", 0, "N",
	  "For the model of time: the instructions that clearing a cache line is worth, as 'doctor --calibrate' finds them (from the times, of the dearest kernel at 1024 B)",
	  OPT_REAL(struct arguments, k, LINE_MODEL_MOST_K) },
	{ OPT_WORDS(struct arguments, sides) },
	{ 0 }
};

static int write_validate(FILE *out, const void *what)
{
	const struct arguments *args = what;

	if (args->format == JSON)
		return output_json(out, validate_json(&args->validate));
	return args->format == MD ? validate_md(out, &args->validate) :
	       validate_text(out, &args->validate);
}

static int run(int argc, char **argv)
{
	struct arguments args = { .k = 0 };
	int ret;

	ret = options_parse(&cmd_validate, argc, argv, &args);
	if (!ret && args.sides.nr != 2)
		ret = err(EX_USE, "validate: give two sides, TIMES and COUNTS: 'pcpubench validate --help' has the forms");
	if (!ret)
		ret = validate_load(&args.validate, args.sides.word[0],
				    args.sides.word[1], args.k);
	if (ret)
		return ret;
	warn_torn(&args.validate.sides.old);
	warn_torn(&args.validate.sides.new);
	ret = output_write(NULL, write_validate, &args);
	validate_free(&args.validate);
	return ret;
}

const struct command cmd_validate = {
	.name = "validate",
	.what = "times of a machine beside the emulator's counts",
	.args = "TIMES COUNTS",
	.doc = "Set a machine's times, and what its PMU counts, beside the emulator's counts of the same kernels on the same topology. So you see how far instructions and a model of time tell the times, and whether the PMU finds the same instructions.\vTIMES is what 'pcpubench run' wrote on the machine; COUNTS was measured with --instrument=profile, or insn. Both are FILE[,FILE...][:KERNEL]. Without KERNEL kernels of the same name are paired, or the only one of each side. docs/metal.md has the rest.",
	.example = "  pcpubench validate metal.jsonl:v1 counts.jsonl:v1\n",
	.options = options,
	.run = run,
};
