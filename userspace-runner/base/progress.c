// SPDX-License-Identifier: GPL-2.0-or-later
/* The line that shows how far a sweep is. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/progress.h"

#define SHOW_EVERY_S	0.2

void progress_begin(struct progress *p)
{
	*p = (struct progress){
		.started = clock_now(),
		.tty = isatty(STDERR_FILENO),
	};
}

void progress_add(struct progress *p, double cost, bool done)
{
	p->nr++;
	if (done)
		p->done++;
	else
		p->cost_left += cost;
}

void progress_done(struct progress *p, double cost, bool failed)
{
	if (failed)
		p->failed++;
	else
		p->done++;
	p->cost_left -= cost;
	p->cost_done += cost;
}

/* Seconds until all is done; -1 before the first job is done. */
static double seconds_left(const struct progress *p, double now)
{
	if (p->cost_done <= 0)
		return -1;
	return p->cost_left * (now - p->started) / p->cost_done;
}

void progress_time(double seconds, char *text, size_t room)
{
	unsigned long s = seconds + 0.5;

	if (s >= 3600)
		snprintf(text, room, "%lu h %02lu min", s / 3600,
			 s / 60 % 60);
	else if (s >= 60)
		snprintf(text, room, "%lu min %02lu s", s / 60, s % 60);
	else
		snprintf(text, room, "%lu s", s);
}

void progress_show(struct progress *p, unsigned int running,
		   const char *names)
{
	double now = clock_now(), left = seconds_left(p, now);
	char line[200], time[40];
	int len;

	if (!p->tty || now - p->shown < SHOW_EVERY_S)
		return;
	p->shown = now;
	len = snprintf(line, sizeof(line),
		       "%zu of %zu boots, %u running, %zu failed", p->done,
		       p->nr, running, p->failed);
	if (left >= 0) {
		progress_time(left, time, sizeof(time));
		len += snprintf(line + len, sizeof(line) - len, ", %s left",
				time);
	}
	snprintf(line + len, sizeof(line) - len, ": %s", names);
	fprintf(stderr, "\r\033[K%.78s", line);
}

void progress_clear(const struct progress *p)
{
	if (p->tty)
		fprintf(stderr, "\r\033[K");
}

void progress_line(const struct progress *p, const char *fmt, ...)
{
	char time[40] = "";
	double left;
	va_list ap;

	if (p->tty)
		return;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, " (%zu of %zu", p->done + p->failed, p->nr);
	if (p->failed)
		fprintf(stderr, ", %zu failed", p->failed);
	left = seconds_left(p, clock_now());
	if (left > 0) {
		progress_time(left, time, sizeof(time));
		fprintf(stderr, ", %s left", time);
	}
	fprintf(stderr, ")\n");
}
