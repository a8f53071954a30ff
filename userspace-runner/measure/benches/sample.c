// SPDX-License-Identifier: GPL-2.0-or-later
/* One sample of an operation in user space: its ticks, and what disturbed it. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/benches/sample.h"
#include "measure/benches/stamp.h"

static inline uint64_t now(enum instrument instrument)
{
	struct timespec ts;

	if (instrument == INSTRUMENT_INSN)
		return stamp_insn();
	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static int quiet_read(int fd, struct pcpu_bench_quiet *quiet)
{
	quiet->size = sizeof(*quiet);
	if (ioctl(fd, PCPU_BENCH_QUIET, quiet))
		return err_errno(EX_FAIL, "the module does not count interrupts");
	return 0;
}

/* Context switches of the machine since boot. */
static int switches_read(uint64_t *switches)
{
	static char text[1 << 16];
	ssize_t len;
	char *line;
	int fd;

	fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(EX_FAIL, "cannot read /proc/stat");
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	line = strstr(text, "\nctxt ");
	if (!line)
		return err(EX_FAIL, "/proc/stat does not count switches");
	*switches = strtoull(line + strlen("\nctxt "), NULL, 10);
	return 0;
}

/*
 * Bits of `disturbed` with the switches, from sample_end() to sample_judge().
 */
#define SWITCHES_SHIFT	8
#define SWITCHES_MAX	0xffffffU

/* Then interrupts wake it: of the tick, or of the CPU that did the work. */
static bool waits(const struct sample_clock *clock)
{
	return clock->instrument != INSTRUMENT_INSN &&
	       clock->may & SAMPLE_MAY_SLEEP;
}

static bool counts_switches(const struct sample_clock *clock)
{
	return clock->instrument == INSTRUMENT_INSN &&
	       clock->may & SAMPLE_MAY_SWITCH;
}

static bool stops_tick(const struct sample_clock *clock)
{
	return clock->target->env->tick && clock->may & SAMPLE_WITHOUT_TICK;
}

int sample_ready(struct sample_clock *clock, const struct target *t,
		 enum instrument instrument, unsigned int may)
{
	int ret = 0;

	clock->may = may;
	clock->target = t;
	clock->instrument = instrument;
	/* Under icount sleeping is free, and every tick would count. */
	if (instrument == INSTRUMENT_INSN)
		ret = device_settle(t->fd, PCPU_BENCH_SETTLE_TICK);
	if (!ret && counts_switches(clock))
		ret = switches_read(&clock->switches);
	/* This may raise a last interrupt. */
	if (stops_tick(clock))
		t->env->tick(TICK_STOPPED);
	return ret ? ret : quiet_read(t->fd, &clock->quiet);
}

int sample_done(struct sample_clock *clock, uint64_t ticks,
		struct pcpu_bench_sample *sample)
{
	const struct pcpu_bench_quiet *before = &clock->quiet;
	struct pcpu_bench_quiet after;
	uint64_t switches;
	int ret;

	ret = quiet_read(clock->target->fd, &after);
	if (stops_tick(clock))
		clock->target->env->tick(TICK_SLOW);
	if (!ret && counts_switches(clock))
		ret = switches_read(&switches);
	if (ret)
		return ret;
	sample->ticks = ticks;
	sample->disturbed = 0;
	if (after.irqs != before->irqs && !waits(clock))
		sample->disturbed |= PCPU_BENCH_IRQ;
	if (after.switches != before->switches && !(clock->may & SAMPLE_MAY_SWITCH))
		sample->disturbed |= PCPU_BENCH_SWITCH;
	if (after.cpu != before->cpu)
		sample->disturbed |= PCPU_BENCH_MIGRATED;
	if (counts_switches(clock)) {
		switches -= clock->switches;
		if (switches > SWITCHES_MAX)
			switches = SWITCHES_MAX;
		sample->disturbed |= switches << SWITCHES_SHIFT;
	}
	return 0;
}

int sample_begin(struct sample_clock *clock, const struct target *t,
		 enum instrument instrument, enum pcpu_bench_arm arm,
		 unsigned int may)
{
	int ret = sample_ready(clock, t, instrument, may);

	stamp_mark(arm);
	clock->start = now(instrument);
	return ret;
}

int sample_end(struct sample_clock *clock, struct pcpu_bench_sample *sample)
{
	uint64_t end = now(clock->instrument);

	mark(MARK_END);
	return sample_done(clock, end - clock->start, sample);
}

int sample_rounds(const struct plan *plan, unsigned int warmup, sample_fn *take,
		  void *arg)
{
	static const enum pcpu_bench_arm order[2][PCPU_BENCH_NR_ARMS] =
		PCPU_BENCH_ORDER;
	size_t at = 0;
	int ret = 0;

	for (unsigned int round = 0; round < warmup + plan->rounds; round++) {
		if (round <= warmup)
			at = 0;
		if (measure_stop)
			return err(EX_INTR, "interrupted");
		for (int i = 0; i < PCPU_BENCH_NR_ARMS && !ret; i++)
			ret = take(arg, order[round % 2][i], at++);
		if (ret)
			return ret;
	}
	return 0;
}

void sample_judge(struct pcpu_bench_sample *samples, size_t nr)
{
	uint32_t fewest[PCPU_BENCH_NR_ARMS], n;
	size_t i;

	for (i = 0; i < PCPU_BENCH_NR_ARMS; i++)
		fewest[i] = UINT32_MAX;
	for (i = 0; i < nr; i++) {
		n = samples[i].disturbed >> SWITCHES_SHIFT;
		if (n < fewest[samples[i].arm])
			fewest[samples[i].arm] = n;
	}
	for (i = 0; i < nr; i++) {
		n = samples[i].disturbed >> SWITCHES_SHIFT;
		samples[i].disturbed &= (1U << SWITCHES_SHIFT) - 1;
		if (n > fewest[samples[i].arm])
			samples[i].disturbed |= PCPU_BENCH_SWITCH;
	}
}
