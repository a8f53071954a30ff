// SPDX-License-Identifier: GPL-2.0-or-later
/* The checks of a gate for people and for the programs of a CI. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/text_stream.h"
#include "doc/doc.h"
#include "report/gate_write.h"

static bool fails(const struct gate_check *check)
{
	return check->state == GATE_REGRESSION ||
	       check->state == GATE_INCONCLUSIVE;
}

void gate_summary(FILE *out, const struct gate *g)
{
	size_t passed = g->count[GATE_PASS] + g->count[GATE_IMPROVED];

	fputs(g->count[GATE_REGRESSION] ? "regression" :
	      g->count[GATE_INCONCLUSIVE] ? "inconclusive" : "pass", out);
	fprintf(out, ": of %zu checks", g->nr);
	if (g->count[GATE_REGRESSION])
		fprintf(out, " %zu regressed,", g->count[GATE_REGRESSION]);
	if (g->count[GATE_INCONCLUSIVE])
		fprintf(out, " %zu cannot be told,",
			g->count[GATE_INCONCLUSIVE]);
	fprintf(out, " %zu passed", passed);
	if (g->count[GATE_IMPROVED])
		fprintf(out, " (%zu improved)", g->count[GATE_IMPROVED]);
	if (g->count[GATE_IGNORED])
		fprintf(out, ", %zu ignored", g->count[GATE_IGNORED]);
}

/* ----------------------------------------------------------- text, Markdown */

static void put_state(struct doc *d, const struct gate *g,
		      enum gate_state state, const char *title)
{
	const struct gate_check *check;

	if (!g->count[state])
		return;
	doc_put(d, DOC_TITLE, "%s:", title);
	for (check = g->checks; check < g->checks + g->nr; check++)
		if (check->state == state)
			doc_put(d, DOC_ITEM, "%s: %s", check->name,
				check->text);
}

/* Is note @i about another subject than the one before? */
static bool begins(const struct gate *g, size_t i)
{
	return !i || strcmp(g->notes[i].about, g->notes[i - 1].about);
}

static void put_notes(struct doc *d, const struct gate *g)
{
	for (size_t i = 0; i < g->nr_notes; i++) {
		if (begins(g, i))
			doc_put(d, DOC_TITLE, "%s:", g->notes[i].about);
		doc_put(d, DOC_ITEM, "%s", g->notes[i].text);
	}
}

static int put_document(struct doc *d, const struct gate *g)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = text_stream(&text, &len);

	if (!out)
		return no_memory();
	gate_summary(out, g);
	if (fclose(out)) {
		free(text);
		return no_memory();
	}
	doc_put(d, DOC_HEADING, "gate: %s", text);
	free(text);
	put_state(d, g, GATE_REGRESSION, "regressions");
	put_state(d, g, GATE_INCONCLUSIVE, "cannot be told");
	put_state(d, g, GATE_IMPROVED, "improved");
	put_state(d, g, GATE_IGNORED, "not judged");
	put_notes(d, g);
	return d->failed ? no_memory() : 0;
}

int gate_text(FILE *out, const struct gate *g)
{
	struct doc d = { .out = out };

	return put_document(&d, g);
}

int gate_md(FILE *out, const struct gate *g)
{
	struct doc d = { .out = out, .md = true };

	return put_document(&d, g);
}

/* --------------------------------------------------------------------- KTAP */

/* Print on one line, and replace '#', which begins a directive. */
static void put_plain(FILE *out, const char *s, const char *instead)
{
	for (; *s; s++)
		fputc((unsigned char)*s < ' ' || *s == 0x7f ||
		      strchr(instead, *s) ? '_' : *s, out);
}

int gate_ktap(FILE *out, const struct gate *g)
{
	size_t i;

	fprintf(out, "KTAP version 1\n1..%zu\n", g->nr);
	for (i = 0; i < g->nr_notes; i++) {
		fprintf(out, "# %s: ", g->notes[i].about);
		put_plain(out, g->notes[i].text, "");
		fputc('\n', out);
	}
	for (i = 0; i < g->nr; i++) {
		const struct gate_check *check = &g->checks[i];

		if (check->text[0]) {
			fprintf(out, "# %s: ", gate_state_name(check->state));
			put_plain(out, check->text, "");
			fputc('\n', out);
		}
		fprintf(out, "%s %zu ", fails(check) ? "not ok" : "ok", i + 1);
		put_plain(out, check->name, "#");
		if (check->state == GATE_IGNORED)
			fputs(" # SKIP a rule says so", out);
		fputc('\n', out);
	}
	return 0;
}

/* -------------------------------------------------------------------- JUnit */

static void put_element(FILE *out, const char *element,
			const struct gate_check *check)
{
	fprintf(out, "><%s message=\"", element);
	text_xml(out, check->text);
	fprintf(out, "\"/></testcase>\n");
}

int gate_junit(FILE *out, const struct gate *g)
{
	const struct gate_check *check;

	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites>\n<testsuite name=\"pcpubench gate\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
		g->nr, g->count[GATE_REGRESSION], g->count[GATE_INCONCLUSIVE],
		g->count[GATE_IGNORED]);
	for (check = g->checks; check < g->checks + g->nr; check++) {
		fputs("<testcase classname=\"pcpubench.gate\" name=\"", out);
		text_xml(out, check->name);
		fputc('"', out);
		if (check->state == GATE_REGRESSION) {
			put_element(out, "failure", check);
		} else if (check->state == GATE_INCONCLUSIVE) {
			put_element(out, "error", check);
		} else if (check->state == GATE_IGNORED) {
			put_element(out, "skipped", check);
		} else {
			fputs("><system-out>", out);
			text_xml(out, check->text);
			fputs("</system-out></testcase>\n", out);
		}
	}
	fputs("<system-out>", out);
	for (size_t i = 0; i < g->nr_notes; i++) {
		fprintf(out, "%s: ", g->notes[i].about);
		text_xml(out, g->notes[i].text);
		fputc('\n', out);
	}
	fputs("</system-out>\n</testsuite>\n</testsuites>\n", out);
	return 0;
}

/* ------------------------------------------------------- GitHub annotations */

/* Write characters that would end a command as %XX. */
static void put_github(FILE *out, const char *s)
{
	for (; *s; s++)
		if (*s == '%' || *s == '\r' || *s == '\n')
			fprintf(out, "%%%02X", (unsigned char)*s);
		else
			fputc(*s, out);
}

static void put_check(FILE *out, const struct gate_check *check)
{
	put_github(out, check->name);
	if (check->text[0])
		fputs(": ", out);
	put_github(out, check->text);
	fputc('\n', out);
}

static void put_annotation(FILE *out, const char *level,
			   const struct gate_check *check)
{
	fprintf(out, "::%s title=pcpubench %s::", level,
		gate_state_name(check->state));
	put_check(out, check);
}

/* GitHub shows only the first ten annotations of a step. */
#define WORST	10

/* Regressions first, the farthest above its limit before others. */
static int by_badness(const void *x, const void *y)
{
	const struct gate_check *a = *(const struct gate_check *const *)x;
	const struct gate_check *b = *(const struct gate_check *const *)y;

	if (a->state != b->state)
		return a->state > b->state ? -1 : 1;
	if (a->above != b->above)
		return a->above > b->above ? -1 : 1;
	return (a > b) - (a < b);
}

/* The worst checks as annotations, the others in a folded group. */
static void put_failed(FILE *out, const struct gate_check **failed, size_t nr)
{
	size_t i;

	for (i = 0; i < nr && i < WORST; i++)
		put_annotation(out, "error", failed[i]);
	if (i == nr)
		return;
	fprintf(out, "::group::%zu more\n", nr - i);
	for (; i < nr; i++) {
		fprintf(out, "%s: ", gate_state_name(failed[i]->state));
		put_check(out, failed[i]);
	}
	fputs("::endgroup::\n", out);
}

int gate_github(FILE *out, const struct gate *g)
{
	const struct gate_check **failed = calloc(g->nr, sizeof(*failed));
	const struct gate_check *check;
	size_t i, nr = 0;

	if (!failed)
		return no_memory();
	for (check = g->checks; check < g->checks + g->nr; check++)
		if (fails(check))
			failed[nr++] = check;
	qsort(failed, nr, sizeof(*failed), by_badness);
	fprintf(out, "::%s title=pcpubench gate::", nr ? "error" : "notice");
	gate_summary(out, g);
	for (i = 0; i < g->nr_notes; i++) {
		fprintf(out, "%%0A%s: ", g->notes[i].about);
		put_github(out, g->notes[i].text);
	}
	fputc('\n', out);
	put_failed(out, failed, nr);
	for (check = g->checks; check < g->checks + g->nr; check++)
		if (check->state == GATE_IMPROVED)
			put_annotation(out, "notice", check);
	free(failed);
	return 0;
}
