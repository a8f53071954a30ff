// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks: folded, and drawn as a flame graph. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/print.h"
#include "profile/symbols.h"

static double weigh(const struct profile *p, const struct profile_node *n,
		    enum profile_weight weight)
{
	double off = profile_value(p, n->insns, PROFILE_OFF);
	double on = profile_value(p, n->insns, PROFILE_ON);

	return weight == WEIGHT_OFF ? off : weight == WEIGHT_ON ? on : on - off;
}

static uint32_t find(struct stack_node *nodes, size_t *nr, uint32_t parent,
		     const char *function)
{
	size_t i = parent == PROFILE_ROOT ? 0 : parent + 1;

	for (; i < *nr; i++)
		if (nodes[i].parent == parent &&
		    !strcmp(nodes[i].function, function))
			return i;
	nodes[*nr] = (struct stack_node){
		.parent = parent,
		.function = function,
	};
	return (*nr)++;
}

/* @map: the stack node of each node of @p, PROFILE_ROOT for the loop's. */
static void merge(const struct profile *p, enum profile_weight weight,
		  bool into_before, struct stack_node *nodes, size_t *nr,
		  uint32_t *map)
{
	for (size_t i = 0; i < p->nr_nodes; i++) {
		const struct profile_node *n = &p->nodes[i];
		const char *name = p->functions[n->function];
		uint32_t parent = n->parent == PROFILE_ROOT ? PROFILE_ROOT :
							      map[n->parent];

		map[i] = PROFILE_ROOT;
		if (parent == PROFILE_ROOT &&
		    !strncmp(name, SYMBOLS_MODULE, strlen(SYMBOLS_MODULE))) {
			/* All of the loop is one node beside what it calls. */
			uint32_t loop = find(nodes, nr, PROFILE_ROOT,
					     PROFILE_LOOP);

			if (into_before)
				nodes[loop].before += weigh(p, n, weight);
			else
				nodes[loop].self += weigh(p, n, weight);
			continue;
		}
		map[i] = find(nodes, nr, parent, name);
		if (into_before)
			nodes[map[i]].before += weigh(p, n, weight);
		else
			nodes[map[i]].self += weigh(p, n, weight);
	}
}

int profile_stacks(const struct profile *p, const struct profile *before,
		   enum profile_weight weight, struct stack_node **nodes,
		   size_t *nr)
{
	size_t most = p->nr_nodes + (before ? before->nr_nodes : 0) + 1;
	uint32_t *map = calloc(most, sizeof(*map));
	size_t i;

	*nr = 0;
	*nodes = calloc(most, sizeof(**nodes));
	if (!map || !*nodes) {
		free(map);
		free(*nodes);
		return no_memory();
	}
	merge(p, weight, false, *nodes, nr, map);
	/* Without another profile, arm off is what went before: no cost. */
	if (before)
		merge(before, weight, true, *nodes, nr, map);
	else if (weight != WEIGHT_COST)
		merge(p, WEIGHT_OFF, true, *nodes, nr, map);
	free(map);
	for (i = *nr; i-- > 0;) {
		struct stack_node *n = &(*nodes)[i];

		n->sum += n->self;
		n->sum_before += n->before;
		if (n->parent != PROFILE_ROOT) {
			(*nodes)[n->parent].sum += n->sum;
			(*nodes)[n->parent].sum_before += n->sum_before;
		}
	}
	return 0;
}

static void put_path(FILE *out, const struct stack_node *nodes, uint32_t i)
{
	if (nodes[i].parent != PROFILE_ROOT) {
		put_path(out, nodes, nodes[i].parent);
		fputc(';', out);
	}
	fputs(nodes[i].function, out);
}

int profile_folded(FILE *out, const struct profile *p,
		   const struct profile *before, enum profile_weight weight)
{
	struct stack_node *nodes;
	size_t nr, i;
	int e = profile_stacks(p, before, weight, &nodes, &nr);

	if (e)
		return e;
	for (i = 0; i < nr; i++) {
		if (nodes[i].self == 0 && (!before || nodes[i].before == 0))
			continue;
		put_path(out, nodes, i);
		if (before)
			fprintf(out, " %.10g", nodes[i].before);
		fprintf(out, " %.10g\n", nodes[i].self);
	}
	free(nodes);
	return 0;
}

#define IMAGE_WIDTH	1200.0
#define MARGIN		10.0
#define ROW		18.0
#define HEAD		56.0
#define CHAR_WIDTH	6.6	/* of the 11 px monospace below */
#define LEAST		0.3	/* px: narrower ones nobody sees */

struct flame {
	FILE *out;
	const struct stack_node *nodes;
	size_t nr;
	double scale;		/* px an instruction */
	double height;
	int deepest;
	bool draw;
};

static double width_of(const struct stack_node *n)
{
	return n->sum > 0 ? n->sum : 0;
}

static void put_xml(FILE *out, const char *text, size_t len)
{
	for (; *text && len; text++, len--) {
		switch (*text) {
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		default: fputc(*text, out);
		}
	}
}

/* Red: more than before; blue: less; the paler, the smaller the change. */
static void colour(const struct stack_node *n, int rgb[3])
{
	double most = fmax(fabs(n->sum), fabs(n->sum_before));
	double change = most > 0 ? (n->sum - n->sum_before) / most : 0;
	int pale = 235 - 165 * fmin(1, fabs(change));

	rgb[0] = change >= 0 ? 240 : pale;
	rgb[1] = change == 0 ? 235 : pale;
	rgb[2] = change <= 0 ? 240 : pale;
	if (change == 0)
		rgb[0] = rgb[2] = 228;
}

static void put_frame(struct flame *f, const struct stack_node *n, int depth,
		      double x)
{
	double w = width_of(n) * f->scale;
	double y = f->height - MARGIN - (depth + 1) * ROW;
	size_t room = w > 8 ? (w - 6) / CHAR_WIDTH : 0;
	int rgb[3];

	colour(n, rgb);
	fputs("<g><title>", f->out);
	put_xml(f->out, n->function, SIZE_MAX);
	fprintf(f->out, ": %.1f instructions per pair (%.1f itself), before %.1f</title>",
		n->sum, n->self, n->sum_before);
	fprintf(f->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"1\" fill=\"rgb(%d,%d,%d)\" stroke=\"white\" stroke-width=\"0.5\"/>",
		x, y, w, ROW - 1, rgb[0], rgb[1], rgb[2]);
	if (room >= 3) {
		fprintf(f->out, "<text x=\"%.1f\" y=\"%.1f\">", x + 3, y + 13);
		put_xml(f->out, n->function, strlen(n->function) > room ?
			room - 1 : room);
		if (strlen(n->function) > room)
			fputs("&#8230;", f->out);
		fputs("</text>", f->out);
	}
	fputs("</g>\n", f->out);
}

static void walk(struct flame *f, uint32_t parent, int depth, double x)
{
	for (uint32_t i = parent == PROFILE_ROOT ? 0 : parent + 1; i < f->nr;
	     i++) {
		const struct stack_node *n = &f->nodes[i];
		double w = width_of(n) * f->scale;

		if (n->parent != parent || w < LEAST)
			continue;
		if (depth > f->deepest)
			f->deepest = depth;
		if (f->draw)
			put_frame(f, n, depth, x);
		walk(f, i, depth + 1, x);
		x += w;
	}
}

int profile_flame(FILE *out, const struct profile *p,
		  const struct profile *before, enum profile_weight weight)
{
	static const char *const what[] = { "off", "on", "on - off" };
	struct flame f = { .out = out };
	struct stack_node *nodes;
	double total = 0;
	int e = profile_stacks(p, before, weight, &nodes, &f.nr);

	if (e)
		return e;
	f.nodes = nodes;
	for (size_t i = 0; i < f.nr; i++)
		if (nodes[i].parent == PROFILE_ROOT)
			total += width_of(&nodes[i]);
	f.scale = total > 0 ? (IMAGE_WIDTH - 2 * MARGIN) / total : 0;
	walk(&f, PROFILE_ROOT, 0, MARGIN);
	f.height = HEAD + (f.deepest + 1) * ROW + 2 * MARGIN;
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" font-family=\"monospace\" font-size=\"11\">\n",
		IMAGE_WIDTH, f.height, IMAGE_WIDTH, f.height);
	fprintf(out, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n<text x=\"%.0f\" y=\"22\" font-size=\"15\">",
		MARGIN);
	put_xml(out, p->kernel, SIZE_MAX);
	fprintf(out, " %s %s %lld B, %s: %.1f instructions per pair</text>\n",
		p->topology, p->bench, p->param, what[weight], total);
	fprintf(out, "<text x=\"%.0f\" y=\"40\" fill=\"#555\">red: more than ",
		MARGIN);
	if (before)
		put_xml(out, before->kernel, SIZE_MAX);
	else
		fputs("with accounting off", out);
	fputs("; blue: less; grey: the same. Exact counts under TCG.</text>\n",
	      out);
	f.draw = true;
	walk(&f, PROFILE_ROOT, 0, MARGIN);
	fputs("</svg>\n", out);
	free(nodes);
	return 0;
}
