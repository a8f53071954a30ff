// SPDX-License-Identifier: GPL-2.0-or-later
/* help: what the tables of options say, for people, man and shells. */
#include <stdio.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd/complete.h"
#include "cmd/manual.h"

struct arguments {
	bool man, complete;
	struct words words;
};

static int check(void *into)
{
	const struct arguments *args = into;

	if (args->man && args->complete)
		return err(EX_USE, "--man or --complete, not both");
	if (args->complete || args->words.nr < 2)
		return 0;
	return err(EX_USE, "superfluous argument '%s': name one command",
		   args->words.word[1]);
}

static const struct opt options[] = {
	{ "man", 0, NULL, "Print the manual page, for man -l",
	  OPT_FLAG(struct arguments, man) },
	{ "complete", 0, NULL,
	  "Print what the last of the WORDs after pcpubench may become, for a shell's completion",
	  OPT_FLAG(struct arguments, complete) },
	{ OPT_WORDS(struct arguments, words) },
	{ OPT_CHECK(check) },
	{ 0 }
};

static int run(int argc, char **argv)
{
	const struct command *command = NULL;
	struct arguments args = { .man = false };
	char *words[] = { NULL, (char *)"--help", NULL };
	int ret;

	ret = options_parse(&cmd_help, argc, argv, &args);
	if (ret)
		return ret;
	if (args.complete)
		return complete(stdout, args.words.word, args.words.nr);
	if (args.words.nr)
		ret = command_find(args.words.word[0], &command);
	if (ret)
		return ret;
	if (args.man) {
		manual_print(stdout, command);
	} else if (command) {
		words[0] = args.words.word[0];
		return command_run(2, words);
	} else {
		commands_usage(stdout);
	}
	return fflush(stdout) ? err_errno(EX_FAIL, "cannot write") : 0;
}

const struct command cmd_help = {
	.name = "help",
	.what = "the commands, or the options of one",
	.args = "[COMMAND]\n--complete -- WORD...",
	.doc = "Print the commands, or one's options. Pages of man and completion come from the same tables.",
	.example = "  pcpubench help --man sweep | man -l -\n",
	.options = options,
	.run = run,
};
