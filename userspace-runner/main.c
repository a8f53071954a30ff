// SPDX-License-Identifier: GPL-2.0-or-later
/* pcpubench: runs the subcommand, and prints an error in one line. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "cmd/cmd.h"

#ifndef PCPUBENCH_VERSION
#define PCPUBENCH_VERSION "unknown"
#endif

static bool is(const char *word, const char *name, char letter)
{
	return !strcmp(word, name) || (word[0] == '-' && word[1] == letter &&
				       !word[2]);
}

int main(int argc, char **argv)
{
	int ret = EX_USE;

	if (argc < 2) {
		commands_usage(stderr);
	} else if (is(argv[1], "--version", 'V')) {
		ret = printf("pcpubench %s\n", PCPUBENCH_VERSION) < 0;
	} else {
		if (is(argv[1], "--help", 'h'))
			argv[1] = (char *)"help";
		ret = command_run(argc - 1, argv + 1);
	}
	if (ret && err_message()[0])
		fprintf(stderr, "pcpubench: %s\n", err_message());
	return ret;
}
