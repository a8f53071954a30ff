// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the TCG plugin's output. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../tcg-plugin/region.h"
#include "base/err.h"
#include "base/memory.h"
#include "profile/stream.h"
#include "profile/symbols.h"

static int digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

uint64_t stream_insn(const struct stream_block *b, size_t i)
{
	uint64_t addr = b->addr;

	for (size_t k = 0; k < i; k++)
		addr += digit(b->sizes[k]);
	return addr;
}

static int garbled(const char *line)
{
	return err(EX_FAIL, "the plugin wrote '%.40s', which is not a line of a profile",
		   line);
}

/* Of blocks and frames: far above what a guest has, and 100 MiB at most. */
#define MOST_IDS	(1UL << 22)

/* Make room for element @i, with zeros in between. */
static int room_for(void *array, size_t *nr, size_t size, size_t i)
{
	char **p = array, *more;

	if (i < *nr)
		return 0;
	if (i >= MOST_IDS)
		return err(EX_FAIL, "the plugin's numbers are garbled");
	/* A power of two, so that this happens rarely. */
	size_t want = 64;

	while (want <= i)
		want *= 2;
	more = realloc(*p, want * size);
	if (!more)
		return no_memory();
	memset(more + *nr * size, 0, (want - *nr) * size);
	*p = more;
	*nr = want;
	return 0;
}

static int add_block(struct stream *s, const char *line)
{
	unsigned long long addr;
	unsigned int id;
	int at = 0, e;

	if (sscanf(line, "B %u %llx %n", &id, &addr, &at) != 2 || !at ||
	    !line[at] ||
	    line[at + strspn(line + at, "0123456789abcdef")])
		return garbled(line);
	e = room_for(&s->blocks, &s->nr_blocks, sizeof(*s->blocks), id);
	if (e)
		return e;
	s->blocks[id].addr = addr;
	free(s->blocks[id].sizes);
	s->blocks[id].sizes = strdup(line + at);
	return s->blocks[id].sizes ? 0 : no_memory();
}

static int add_frame(struct stream *s, const char *line)
{
	unsigned int id, parent;
	unsigned long long addr;
	int e;

	if (sscanf(line, "N %u %u %llx", &id, &parent, &addr) != 3 ||
	    parent >= id || parent >= s->nr_frames ||
	    !s->frames[parent].there)
		return garbled(line);
	e = room_for(&s->frames, &s->nr_frames, sizeof(*s->frames), id);
	if (!e)
		s->frames[id] = (struct stream_frame){ parent, addr, true };
	return e;
}

static int add_sample(struct stream *s, const char *line, bool watched)
{
	struct stream_sample sample = { .watched = watched };
	unsigned long long insns = 0;

	if (sscanf(line + 1, " %u %llu", &sample.arm, &insns) <
	    (watched ? 2 : 1))
		return garbled(line);
	sample.insns = insns;
	sample.counter = s->nr_counters;
	if (array_room(&s->samples, s->nr_samples, sizeof(sample)))
		return EX_FAIL;
	s->samples[s->nr_samples++] = sample;
	return 0;
}

/* The sample that lines belong to, NULL before the first. */
static struct stream_sample *last_sample(const struct stream *s)
{
	return s->nr_samples ? &s->samples[s->nr_samples - 1] : NULL;
}

static int add_counter(struct stream *s, const char *line)
{
	struct stream_sample *sample = last_sample(s);
	struct stream_counter c = { 0 };
	unsigned long long times, lines;
	long long locked;
	int at = 0;

	if (!sample || !sample->watched ||
	    sscanf(line, "C %u %u %llu %lld %llu%n", &c.frame, &c.block,
		   &times, &locked, &lines, &at) != 5 ||
	    c.frame >= s->nr_frames || !s->frames[c.frame].there ||
	    c.block >= s->nr_blocks || !s->blocks[c.block].sizes ||
	    line[at])
		return garbled(line);
	c.times = times;
	c.locked = locked;
	c.lines = lines;
	if (array_room(&s->counters, s->nr_counters, sizeof(c)))
		return EX_FAIL;
	s->counters[s->nr_counters++] = c;
	sample->nr_counters++;
	return 0;
}

static int add_steps(struct stream *s, const char *line)
{
	struct stream_sample *sample = last_sample(s);
	unsigned long long insns;
	struct stream_step step;
	int len;

	if (!sample || sample->nr_steps)
		return garbled(line);
	sample->step = s->nr_steps;
	for (const char *at = line + 1; *at; at += len) {
		if (sscanf(at, " %u %llu%n", &step.held, &insns, &len) != 2 ||
		    step.held > (REGION_MUTEX | REGION_LOCK))
			return garbled(line);
		step.insns = insns;
		if (array_room(&s->steps, s->nr_steps, sizeof(step)))
			return EX_FAIL;
		s->steps[s->nr_steps++] = step;
		sample->nr_steps++;
	}
	return 0;
}

static int check_steps(const struct stream *s,
		       const struct stream_sample *sample)
{
	uint64_t sum = 0, locked = 0;

	for (size_t i = 0; i < sample->nr_steps; i++) {
		const struct stream_step *step = &s->steps[sample->step + i];

		sum += step->insns;
		if (step->held & REGION_LOCK)
			locked += step->insns;
	}
	if (sample->nr_steps &&
	    (sum != sample->insns || locked != sample->locked))
		return err(EX_FAIL, "the plugin's steps of a sample add up to %llu instead of %llu, under the lock to %llu instead of %llu",
			   (unsigned long long)sum,
			   (unsigned long long)sample->insns,
			   (unsigned long long)locked,
			   (unsigned long long)sample->locked);
	return 0;
}

static int end_sample(struct stream *s, const char *line)
{
	struct stream_sample *sample = last_sample(s);
	unsigned long long holds, longest, locked;
	uint64_t sum = 0, locked_sum = 0;
	size_t i;

	if (!sample ||
	    sscanf(line, "L %llu %llu %llu", &holds, &longest, &locked) != 3)
		return garbled(line);
	sample->holds = holds;
	sample->longest = longest;
	sample->locked = locked;
	if (!s->blocks_told)
		return check_steps(s, sample);
	for (i = 0; i < sample->nr_counters; i++) {
		const struct stream_counter *c =
			&s->counters[sample->counter + i];

		sum += c->times * strlen(s->blocks[c->block].sizes);
		locked_sum += c->locked;
	}
	if (sum != sample->insns)
		return err(EX_FAIL, "the plugin's counts of a sample add up to %llu instead of %llu",
			   (unsigned long long)sum,
			   (unsigned long long)sample->insns);
	if (locked_sum != locked)
		return err(EX_FAIL, "the plugin's counts under the lock add up to %llu instead of %llu",
			   (unsigned long long)locked_sum, locked);
	return check_steps(s, sample);
}

static int add_mark(struct stream *s, const char *line)
{
	unsigned long long addr;
	unsigned int mark;

	if (sscanf(line, "M %x %llx", &mark, &addr) != 2)
		return garbled(line);
	s->marked = true;
	/* Marks in the module tell where the module lies. */
	if (addr < SYMBOLS_KERNEL_HALF)
		return 0;
	if (array_room(&s->marks, s->nr_marks, sizeof(*s->marks)))
		return EX_FAIL;
	s->marks[s->nr_marks++] = (struct symbols_mark){ mark, addr };
	return 0;
}

static int take_line(struct stream *s, const char *line, bool *end)
{
	switch (line[0]) {
	case 'l':
		return strcmp(line, "lock 2") ? garbled(line) : 0;
	case 'p':
		s->blocks_told = true;
		return strcmp(line, "profile 3") ? garbled(line) : 0;
	case 'B':
		return add_block(s, line);
	case 'N':
		return add_frame(s, line);
	case 'S':
		return add_sample(s, line, true);
	case '?':
		return add_sample(s, line, false);
	case 'C':
		return add_counter(s, line);
	case 'T':
		return add_steps(s, line);
	case 'L':
		return end_sample(s, line);
	case 'M':
		return add_mark(s, line);
	case 'E':
		*end = true;
		return 0;
	case 'X':
		return err(EX_FAIL, "the plugin:%s", line + 1);
	default:
		return garbled(line);
	}
}

int stream_read(struct stream *s, int fd)
{
	char *line = NULL;
	size_t room = 0;
	bool end = false;
	ssize_t len;
	FILE *f;
	int e;

	memset(s, 0, sizeof(*s));
	/* Frame 0 is the start of a region and has no parent. */
	e = room_for(&s->frames, &s->nr_frames, sizeof(*s->frames), 0);
	if (e)
		return e;
	s->frames[0].there = true;
	fd = dup(fd);
	f = fd < 0 ? NULL : fdopen(fd, "r");
	if (!f) {
		stream_free(s);
		return err_errno(EX_FAIL, "cannot read the profile");
	}
	rewind(f);
	while (!e && (len = getline(&line, &room, f)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		e = take_line(s, line, &end);
	}
	if (!e && !end)
		e = err(EX_FAIL, "the plugin's profile was cut off");
	free(line);
	fclose(f);
	if (e)
		stream_free(s);
	return e;
}

void stream_free(struct stream *s)
{
	for (size_t i = 0; i < s->nr_blocks; i++)
		free(s->blocks[i].sizes);
	free(s->blocks);
	free(s->frames);
	free(s->counters);
	free(s->steps);
	free(s->marks);
	free(s->samples);
	memset(s, 0, sizeof(*s));
}
