// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel: names the user's own kernels; kernel-patches/own-kernels does it. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/process.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "kernel/kernel.h"

struct arguments {
	const char *from, *version, *author, *mails, *git, *image, *headers;
	bool replace;
	struct words words;
};

static const struct opt options[] = {
	{ "from", 0, "FROM",
	  "Patches: an mbox or Maildir as mailing-list tools save a thread, one patch, a quilt series or a folder of patches",
	  OPT_TEXT(struct arguments, from) },
	{ "version", 0, "N",
	  "Take a thread's patches of version N and not the newest",
	  OPT_TEXT(struct arguments, version) },
	{ "author", 0, "WHO", "Take those whose sender contains WHO",
	  OPT_TEXT(struct arguments, author) },
	{ "mails", 0, "LIST",
	  "Take these mails in this order: numbers from 1, or Message-IDs, as in 1-3,7",
	  OPT_TEXT(struct arguments, mails) },
	{ "git", 0, "DIR", "Patches: commits BASE..HEAD of the tree DIR",
	  OPT_TEXT(struct arguments, git) },
	{ "image", 0, "FILE", "A built kernel, vmlinux or bzImage",
	  OPT_TEXT(struct arguments, image) },
	{ "headers", 0, "DIR", "The headers to build its modules with",
	  OPT_TEXT(struct arguments, headers) },
	{ "replace", 0, NULL,
	  "NAME may be that of a kernel that was added: put this one in its place",
	  OPT_FLAG(struct arguments, replace) },
	{ OPT_WORDS(struct arguments, words) },
	{ 0 }
};

/* For the script: the words, then "--NAME=VALUE" of each option given. */
static int run(int argc, char **argv)
{
	struct arguments args = { .from = NULL };
	char path[PATH_MAX], *given[sizeof(options) / sizeof(options[0])];
	const char **to_script;
	struct process script;
	size_t n = 0, nr_given = 0;
	int ret = options_parse(&cmd_kernel, argc, argv, &args);

	if (ret)
		return ret;
	to_script = calloc(args.words.nr + sizeof(options) / sizeof(options[0]),
			   sizeof(*to_script));
	if (!to_script)
		return no_memory();
	snprintf(path, sizeof(path), "%s/kernel-patches/own-kernels",
		 path_data());
	to_script[n++] = path;
	for (size_t i = 0; i < args.words.nr; i++)
		to_script[n++] = args.words.word[i];
	if (args.replace)
		to_script[n++] = "--replace";
	for (const struct opt *o = options; o->name && !ret; o++) {
		const char *value;

		if (o->kind != OPT_IS_TEXT)
			continue;
		memcpy(&value, (const char *)&args + o->at, sizeof(value));
		if (!value)
			continue;
		given[nr_given] = NULL;
		ret = text_set(&given[nr_given], "--%s=%s", o->name, value);
		to_script[n++] = given[nr_given++];
	}
	/* It ends with us, however we end. */
	script = (struct process){
		.argv = to_script, .orphan_signal = SIGTERM,
	};
	if (!ret)
		ret = process_call(&script);
	while (nr_given)
		free(given[--nr_given]);
	free(to_script);
	return ret;
}

const struct command cmd_kernel = {
	.name = "kernel",
	.what = "add patches or a kernel of your own by name",
	.args = "add NAME [--replace] --from=FROM\nadd NAME [--replace] --git=DIR BASE..HEAD\nadd NAME [--replace] --image=FILE --headers=DIR\nlist\nremove NAME",
	.doc = "Give a kernel of your own a name that boot, sweep and SERIES= take. Patches are for the version in $KERNEL (" KERNEL_DEFAULT ").\v"
	       "The command prints which patches it took, and what it passed over and why. It builds the kernel first, so that a name always stands for a kernel that boot can start; if patches do not apply or build, nothing is added or replaced. 'pcpubench compare' tells two kernels of one name apart by their images.",
	.example = "  pcpubench kernel add mine --from ~/thread.mbox\n",
	.options = options,
	.run = run,
};
