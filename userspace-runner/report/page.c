// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes the page: plots/page/, which is linked into the program, with the data. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "base/text_stream.h"
#include "fit/json.h"
#include "report/gate_write.h"
#include "report/page.h"
#include "report/page_parts.h"
#include "report/repeat.h"
#include "report/report.h"

/* build/page.html, which plots/page/make makes: a NUL ends it. */
asm(".pushsection .rodata, \"a\"\n"
    "	.global page_template\n"
    "page_template:\n"
    "	.incbin \"" PCPUBENCH_PAGE "\"\n"
    "	.byte 0\n"
    "	.popsection\n");

extern const char page_template[];

#define DATA_HERE	"@DATA@"

json_t *page_text(const char *text)
{
	json_t *json = json_string(text);

	return json ? json : json_string("(a text that is not UTF-8)");
}

static int write_report(FILE *out, const struct page *p, size_t run)
{
	const struct report r = { .table = p->table };

	(void)run;
	return report_text(out, &r);
}

static int write_command(FILE *out, const struct page *p, size_t run)
{
	return repeat_command(out, p->table, run);
}

static int write_summary(FILE *out, const struct page *p, size_t run)
{
	(void)run;
	gate_summary(out, p->gate);
	return 0;
}

/* What @fn prints; NULL with err(). */
static json_t *printed(int (*fn)(FILE *out, const struct page *p, size_t run),
		       const struct page *p, size_t run)
{
	char *text = NULL;
	size_t len;
	FILE *out = text_stream(&text, &len);
	json_t *json = NULL;
	int e = out ? fn(out, p, run) : no_memory();

	if (out && fclose(out) && !e)
		e = no_memory();
	if (!e)
		json = page_text(text);
	free(text);
	return json;
}

static json_t *runs_json(const struct page *p)
{
	const struct table *t = p->table;
	json_t *list = json_array();

	for (size_t i = 0; i < t->nr_runs; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:o}",
			"id", t->runs[i].id, "started",
			t->runs[i].started ? t->runs[i].started : "",
			"ended", t->runs[i].boots.file.ended,
			"command", printed(write_command, p, i)));
	return list;
}

static json_t *gate_json(const struct page *p)
{
	const struct gate *g = p->gate;
	json_t *checks, *notes;
	size_t i;

	if (!g)
		return json_null();
	checks = json_array();
	for (i = 0; i < g->nr; i++)
		json_array_append_new(checks, json_pack("{s:o, s:s, s:o}",
			"name", page_text(g->checks[i].name), "state",
			gate_state_name(g->checks[i].state),
			"text", page_text(g->checks[i].text)));
	notes = json_array();
	for (i = 0; i < g->nr_notes; i++)
		json_array_append_new(notes, json_pack("{s:s, s:o}",
			"about", g->notes[i].about,
			"text", page_text(g->notes[i].text)));
	return json_pack("{s:o, s:i, s:o, s:o}",
			 "summary", printed(write_summary, p, 0),
			 "exit", gate_exit(g), "checks", checks, "notes", notes);
}

/* All that the page shows; NULL and @e. */
static json_t *page_json(const struct page *p, int *e)
{
	const struct table *t = p->table;
	json_t *flames = page_flames(t, e), *json;

	if (*e)
		return NULL;
	json = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "tool", PCPUBENCH_VERSION, "figures", page_figures(),
			 "kernels", page_kernels(t), "tables", page_tables(t),
			 "fits", fit_json(p->fits, t),
			 "history", page_history(t), "flames", flames,
			 "gate", gate_json(p), "runs", runs_json(p),
			 "report", printed(write_report, p, 0));
	if (!json)
		*e = no_memory();
	return json;
}

/*
 * Names are strangers' words. '<' is only ever in a string of JSON, and written
 * so that no tag can begin or end there.
 */
static void put_data(FILE *out, const char *json)
{
	for (; *json; json++)
		if (*json == '<')
			fputs("\\u003c", out);
		else
			fputc(*json, out);
}

int page_write(FILE *out, const void *page)
{
	const char *here = strstr(page_template, DATA_HERE);
	json_t *json;
	char *text;
	int e;

	json = page_json(page, &e);
	if (!json)
		return e;
	text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(12));
	json_decref(json);
	if (!text)
		return no_memory();
	fwrite(page_template, 1, here - page_template, out);
	put_data(out, text);
	fputs(here + strlen(DATA_HERE), out);
	free(text);
	return 0;
}
