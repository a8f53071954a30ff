// SPDX-License-Identifier: GPL-2.0-or-later
/* Manual pages in the man(7) language, from the commands' tables. */
#include <ctype.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/manual.h"
#include "kernel/kernel.h"

#ifndef PCPUBENCH_DATE
#define PCPUBENCH_DATE "1970-01-01"
#endif

#define COLUMNS	72	/* a ` takes four */

/*
 * Print @len bytes of text. A - is printed as the ASCII character, so that
 * options can be copied from the page.
 */
static void put(FILE *out, const char *text, size_t len)
{
	static const struct {
		char c;
		const char *troff;
	} special[] = {
		{ '\\', "\\e" }, { '-', "\\-" }, { '\'', "\\(aq" },
		{ '`', "\\(ga" }, { '^', "\\(ha" }, { '~', "\\(ti" },
	};

	for (const char *p = text; p < text + len; p++) {
		const char *troff = NULL;

		for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
			if (special[i].c == *p)
				troff = special[i].troff;
		/* A line with a . in front is a request. */
		if (*p == '.' && (p == text || p[-1] == '\n'))
			troff = "\\&.";
		if (troff)
			fputs(troff, out);
		else
			fputc(*p, out);
	}
}

/* Print text that troff fills, in lines of moderate length. */
static void put_text(FILE *out, const char *text, size_t len)
{
	const char *end = text + len;
	size_t column = 0, n;

	for (; text < end; text += n + 1) {
		n = strcspn(text, " ");
		if (text + n > end)
			n = end - text;
		if (column)
			fputc(column + n < COLUMNS ? ' ' : '\n', out);
		column = column + n < COLUMNS ? column + n + 1 : n;
		put(out, text, n);
	}
	fputc('\n', out);
}

static void put_line(FILE *out, const char *text)
{
	put_text(out, text, strlen(text));
}

static void section(FILE *out, const char *name)
{
	fprintf(out, ".SH %s\n", name);
}

/* "NAME \fR...\fI": what the user replaces is set in italics. */
static void put_args(FILE *out, const char *args, size_t len)
{
	const char *end = args + len;
	size_t n;

	while (args < end) {
		bool name = isupper((unsigned char)*args);

		for (n = 0; args + n < end; n++)
			if (!!isupper((unsigned char)args[n]) != name)
				break;
		fputs(name ? "\\fI" : "", out);
		put(out, args, n);
		fputs(name ? "\\fR" : "", out);
		args += n;
	}
}

static void title(FILE *out, const char *name, const char *what)
{
	fprintf(out, ".\\\" Made by pcpubench help --man\n.TH ");
	for (const char *p = name; *p; p++)
		fputc(toupper((unsigned char)*p), out);
	fprintf(out, " 1 " PCPUBENCH_DATE " pcpubench \"User Commands\"\n.SH NAME\n");
	put(out, name, strlen(name));
	fprintf(out, " \\- ");
	put_line(out, what);
}

static void put_option(const struct opt *o, void *arg)
{
	FILE *out = arg;

	fprintf(out, ".TP\n");
	if (o->key)
		fprintf(out, "\\fB\\-%c\\fR, ", o->key);
	fprintf(out, "\\fB\\-\\-");
	put(out, o->name, strlen(o->name));
	fprintf(out, "\\fR");
	if (o->arg) {
		fputc('=', out);
		put_args(out, o->arg, strlen(o->arg));
	}
	fputc('\n', out);
	put_line(out, o->doc);
}

static void synopsis(FILE *out, const struct command *c)
{
	const char *form = c->args ? c->args : "";

	section(out, "SYNOPSIS");
	for (;;) {
		size_t len = strcspn(form, "\n");

		fprintf(out, ".B pcpubench %s\n[\\fIOPTION\\fR...]%s",
			c->name, len ? "\n" : "");
		put_args(out, form, len);
		fputc('\n', out);
		if (!form[len])
			return;
		fprintf(out, ".br\n");
		form += len + 1;
	}
}

/* A text of tables: \v separates paragraphs. */
static void description(FILE *out, const char *doc)
{
	const char *rest = strchr(doc, '\v');

	section(out, "DESCRIPTION");
	put_text(out, doc, rest ? (size_t)(rest - doc) : strlen(doc));
	if (rest) {
		fprintf(out, ".PP\n");
		put_line(out, rest + 1);
	}
}

static void example(FILE *out, const char *lines)
{
	section(out, "EXAMPLES");
	fprintf(out, ".nf\n");
	put(out, lines, strlen(lines));
	fprintf(out, ".fi\n");
}

static void command_page(FILE *out, const struct command *c)
{
	char name[64];

	snprintf(name, sizeof(name), "pcpubench-%s", c->name);
	title(out, name, c->what);
	synopsis(out, c);
	description(out, c->doc);
	section(out, "OPTIONS");
	options_each(c, put_option, out);
	example(out, c->example);
	section(out, "SEE ALSO");
	fprintf(out, ".BR pcpubench (1)\n");
}

struct entry {
	const char *name, *what;
};

static void entries(FILE *out, const char *name, const struct entry *e)
{
	section(out, name);
	for (; e->name; e++) {
		fprintf(out, ".TP\n\\fB");
		put(out, e->name, strlen(e->name));
		fprintf(out, "\\fR\n");
		put_line(out, e->what);
	}
}

/* What is true of all commands. The codes are those of base/err.h. */
static const struct entry codes[] = {
	{ "0", "It worked; of gate: no regression" },
	{ "1", "It did not work; of gate: a regression" },
	{ "2", "Wrong usage or unreadable input" },
	{ "3", "Measured, but nothing valid; of gate: no clear result" },
	{ "130", "Interrupted" },
	{ NULL, NULL }
};

static const struct entry environment[] = {
	{ "KERNEL", "Version of the kernels to build, from Debian's linux-source (" KERNEL_DEFAULT ")" },
	{ "KERNEL_SRC", "Kernel source instead of Debian's: a folder, a git tree or a tarball" },
	{ "CONFIG", "Configuration of the kernels (bench)" },
	{ "JOBS", "Jobs of a kernel's build (one for each CPU)" },
	{ "SANDBOX", "Whether kernels are built in bubblewrap, without network and home folder: yes, no, or auto, those of series that are given by a path or were added, if it works here (auto)" },
	{ "PCPUBENCH_CACHE_LIMIT", "Size above which the least recently used kernels are removed (30G)" },
	{ "PCPUBENCH_DATADIR", "A source tree whose patches, scripts and guest are used" },
	{ NULL, NULL }
};

static const struct entry files[] = {
	{ "$XDG_CACHE_HOME/pcpubench", "Built kernels and known boots (~/.cache/pcpubench)" },
	{ "$XDG_DATA_HOME/pcpubench", "Kernels added by pcpubench kernel (~/.local/share/pcpubench)" },
	{ "results/", "Results files, in the current folder, where no --output is given" },
	{ "PREFIX/share/pcpubench", "Patches, scripts and reference results of an installed pcpubench" },
	{ NULL, NULL }
};

static void program_page(FILE *out)
{
	title(out, "pcpubench", "what accounting costs a percpu allocation");
	section(out, "SYNOPSIS");
	fprintf(out, ".B pcpubench\n\\fICOMMAND\\fR [\\fIOPTION\\fR...]\n");
	section(out, "DESCRIPTION");
	put_line(out, PROGRAM_WHAT);
	put_line(out, "pcpubench builds kernels with and without patches, boots them in QEMU with as many CPUs and nodes as you like, and measures percpu allocations with accounting off and on in the same boot.");
	put_line(out, "Only measuring the running kernel needs root: run, campaign, and doctor --tune.");
	section(out, "COMMANDS");
	for (const struct command *const *c = commands; *c; c++) {
		fprintf(out, ".TP\n.BR pcpubench\\-%s (1)\n", (*c)->name);
		put_line(out, (*c)->what);
	}
	entries(out, "EXIT STATUS", codes);
	entries(out, "ENVIRONMENT", environment);
	entries(out, "FILES", files);
	example(out, "  pcpubench sweep baseline d --topologies=176c1n\n"
		"  pcpubench report results/*.jsonl\n");
	section(out, "SEE ALSO");
	fprintf(out, ".BR qemu\\-system\\-x86_64 (1)\n");
}

void manual_print(FILE *out, const struct command *command)
{
	if (command)
		command_page(out, command);
	else
		program_page(out);
}
