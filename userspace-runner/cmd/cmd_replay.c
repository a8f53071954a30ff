// SPDX-License-Identifier: GPL-2.0-or-later
/* replay: measures a bundle's results again, and says cell by cell what differs. */
#include <stdio.h>

#include "base/err.h"
#include "base/output.h"
#include "bundle/replay_doc.h"
#include "cmd/cmd.h"
#include "kernel/builder.h"

struct arguments {
	const char *output;
	unsigned int jobs;
	bool dry_run, json;
	struct words bundles;
};

static int check(void *into)
{
	const struct arguments *args = into;

	if (args->bundles.nr != 1)
		return err(EX_USE, "replay takes one bundle, as 'pcpubench bundle' makes it");
	return args->dry_run && args->json ?
	       err(EX_USE, "--json prints what was measured, and --dry-run measures nothing") :
	       0;
}

static const struct opt options[] = {
	{ "dry-run", 0, NULL,
	  "Build nothing: print who signed it, its files, and what would be measured",
	  OPT_FLAG(struct arguments, dry_run) },
	{ "jobs", 'j', "N", "Guests at once (one per core)",
	  OPT_COUNT(struct arguments, jobs, 1, 64) },
	{ "output", 'o', "FILE",
	  "Results file of what is measured (results/TIME.jsonl)",
	  OPT_TEXT(struct arguments, output) },
	{ "json", 0, NULL, "Print everything as JSON",
	  OPT_FLAG(struct arguments, json) },
	{ OPT_WORDS(struct arguments, bundles) },
	{ OPT_CHECK(check) },
	{ 0 }
};

static int write_plan(FILE *out, const void *what)
{
	return replay_plan_text(out, what);
}

static int write_text(FILE *out, const void *what)
{
	return replay_text(out, what);
}

static int write_json(FILE *out, const void *what)
{
	return output_json(out, replay_json(what));
}

/* Who made the bundle is trusted with this machine, so it is said before. */
static void warn(const struct replay *r)
{
	const struct kernel_source source = source_asked();
	size_t patches = replay_patches(r);

	if (patches)
		fprintf(stderr, "compiling code of who made this bundle, %s: %zu %s, %s (--dry-run lists them; docs/replay.md)\n",
			builder_confines(&source) ? "in a sandbox" : "as your user",
			patches, patches == 1 ? "patch" : "patches",
			r->bundle.signer);
}

static int measure(struct replay *r, const struct arguments *args, int argc,
		   char **argv)
{
	int ret;

	warn(r);
	ret = replay_measure(r, args->output, args->jobs, argc, argv);
	if (!ret)
		ret = output_write(NULL, args->json ? write_json : write_text, r);
	if (ret)
		return ret;
	if (!args->json && r->output)
		printf("\nresults: %s\n", r->output);
	return replay_verdict(r);
}

static int run(int argc, char **argv)
{
	struct arguments args = { 0 };
	struct err_kept kept;
	struct replay r;
	int ret;

	ret = options_parse(&cmd_replay, argc, argv, &args);
	if (ret)
		return ret;
	ret = replay_open(&r, args.bundles.word[0]);
	if (!ret)
		ret = args.dry_run ? output_write(NULL, write_plan, &r) :
				     measure(&r, &args, argc, argv);
	kept = err_keep();
	return err_first(&kept, ret, replay_free(&r));
}

const struct command cmd_replay = {
	.name = "replay",
	.what = "measure a bundle again, and tell what differs",
	.args = "BUNDLE",
	.doc = "Build the kernels of a bundle, boot them as they were booted, and print cell by cell whether the counts are those recorded, and what source, compiler, config, QEMU and topology were, there and here.\vThe source is Debian's of the same release, or KERNEL_SRC; another source is told. Times, and what was measured on a machine as it ran, are not measured again. The bundle's patches are compiled and booted here: docs/replay.md says what is checked before. Exits with 1 if a cell is not what was recorded, with 2 if the bundle is refused, with 3 if nothing of it could be measured, or a kernel or guest of it not, or if it lacks cells that its boots measure.",
	.example = "  pcpubench replay mine.tar --dry-run\n",
	.options = options,
	.run = run,
};
