// SPDX-License-Identifier: GPL-2.0-or-later
/* Chooses the next kernel, and counts each kernel's boots. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "campaign/campaign.h"

struct campaign_count campaign_count(const struct campaign *c,
				     unsigned int kernel)
{
	struct campaign_count n = { 0 };

	for (size_t i = 0; i < c->nr; i++) {
		if (c->list[i].kernel != kernel)
			continue;
		if (c->list[i].outcome == OUTCOME_OK) {
			n.ok++;
			n.in_a_row = 0;
		} else if (c->list[i].outcome == OUTCOME_FAILED) {
			n.failed++;
			n.in_a_row++;
		}
	}
	return n;
}

bool campaign_given_up(const struct campaign *c, unsigned int kernel)
{
	return campaign_count(c, kernel).in_a_row >= CAMPAIGN_FAILURES;
}

/* splitmix64: G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014. */
static unsigned long long draw(unsigned long long *state)
{
	unsigned long long z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* The order of one round: a shuffle (R. A. Fisher, F. Yates) of all kernels. */
static void order(const struct campaign *c, unsigned int round,
		  unsigned int *of)
{
	unsigned long long state = c->seed + round * 0xd1342543de82ef95ULL;
	unsigned int i, j, tmp;

	for (i = 0; i < c->nr_kernels; i++)
		of[i] = i;
	for (i = c->nr_kernels; i > 1; i--) {
		j = draw(&state) % i;
		tmp = of[j];
		of[j] = of[i - 1];
		of[i - 1] = tmp;
	}
}

int campaign_next(const struct campaign *c)
{
	unsigned int of[CAMPAIGN_KERNELS], i, ok, round = c->boots;

	for (i = 0; i < c->nr_kernels; i++) {
		ok = campaign_count(c, i).ok;
		if (!campaign_given_up(c, i) && ok < round)
			round = ok;
	}
	if (round >= c->boots || c->stopped || c->narrow)
		return -1;
	order(c, round, of);
	for (i = 0; i < c->nr_kernels; i++)
		if (!campaign_given_up(c, of[i]) &&
		    campaign_count(c, of[i]).ok == round)
			return of[i];
	return -1;
}

struct campaign_boot *campaign_add(struct campaign *c, unsigned int kernel,
				   const char *from)
{
	struct campaign_boot *b;

	if (array_room(&c->list, c->nr, sizeof(*c->list)))
		return NULL;
	b = &c->list[c->nr++];
	*b = (struct campaign_boot){ .kernel = kernel, .chosen = time(NULL) };
	snprintf(b->from, sizeof(b->from), "%s", from);
	return b;
}

struct campaign_boot *campaign_current(struct campaign *c)
{
	return &c->list[c->nr - 1];
}

size_t campaign_nr_made(const struct campaign *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->nr_kernels; i++)
		n += c->kernels[i].made != MADE_NOT;
	return n;
}

void campaign_stop(struct campaign *c)
{
	if (c->phase == PHASE_BOOTING || c->phase == PHASE_MEASURING)
		free(c->list[--c->nr].reason);
	c->stopped = true;
	c->phase = PHASE_RETURNING;
}

void campaign_token(const struct campaign *c, char *token, size_t room)
{
	snprintf(token, room, "%s.%zu", c->id, c->nr);
}

/* The value of CAMPAIGN_TOKEN on @cmdline, the last one as the kernel does. */
static bool find_token(const char *cmdline, char *token, size_t room)
{
	const char *p = cmdline, *last = NULL;

	while ((p = strstr(p, CAMPAIGN_TOKEN))) {
		if (p == cmdline || p[-1] == ' ')
			last = p + strlen(CAMPAIGN_TOKEN);
		p++;
	}
	if (!last)
		return false;
	snprintf(token, room, "%.*s", (int)strcspn(last, " \n"), last);
	return true;
}

bool campaign_is_boot(const struct campaign *c, const char *cmdline)
{
	char token[64], wanted[64];

	campaign_token(c, wanted, sizeof(wanted));
	return find_token(cmdline, token, sizeof(token)) &&
	       !strcmp(token, wanted);
}

bool campaign_is_ours(const struct campaign *c, const char *cmdline)
{
	char token[64];
	size_t len = strlen(c->id);

	return find_token(cmdline, token, sizeof(token)) &&
	       !strncmp(token, c->id, len) && token[len] == '.';
}
