// SPDX-License-Identifier: GPL-2.0-or-later
/* Windows of tasks that work in user space. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "measure/benches/meeting.h"
#include "measure/target.h"

/* A meeting passes through these again and again. */
enum phase {
	CLOSED,
	GATHER,		/* tasks prepare, and wait for each other */
	START,		/* they work, and nothing counts yet */
	COUNT,		/* the window */
	COOL,		/* they work on until each has seen the end */
	STOP,		/* they clean up */
	NR_PHASES,
};

#define PATIENCE_NS	10000000000ULL
#define LOOK_NS		100000000	/* whether one is gone */

struct seat {
	unsigned long long ops, failed, first_ns, last_ns;
	int cpu;
};

/* Shared with the tasks. @step only grows; modulo NR_PHASES it is the phase. */
struct meeting {
	const struct load_kind *kind;
	unsigned int nr;
	atomic_uint step, gone;
	atomic_uint came, started, cooled, left;
	unsigned long long start_ns, end_ns;
	struct seat seats[];
};

static size_t bytes_of(unsigned int nr)
{
	return sizeof(struct meeting) + nr * sizeof(struct seat);
}

struct meeting *meeting_make(const struct load_kind *kind, unsigned int nr)
{
	struct meeting *m = mmap(NULL, bytes_of(nr), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (m == MAP_FAILED)
		return NULL;
	m->kind = kind;
	m->nr = nr;
	return m;
}

void meeting_free(struct meeting *m)
{
	if (m)
		munmap(m, bytes_of(m->nr));
}

static unsigned long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static enum phase phase_of(struct meeting *m)
{
	return atomic_load(&m->step) % NR_PHASES;
}

static void futex_wait(atomic_uint *at, unsigned int is,
		       const struct timespec *longest)
{
	syscall(SYS_futex, at, FUTEX_WAIT, is, longest, NULL, 0);
}

static void futex_wake(atomic_uint *at)
{
	syscall(SYS_futex, at, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* --------------------------------------------------------------- a task's part */

/* Sleep while the phase is @phase. */
static void sleep_in(struct meeting *m, enum phase phase)
{
	unsigned int step;

	while ((step = atomic_load(&m->step)) % NR_PHASES == phase)
		futex_wait(&m->step, step, NULL);
}

static void count_in(struct meeting *m, atomic_uint *nr)
{
	if (atomic_fetch_add(nr, 1) + 1 == m->nr)
		futex_wake(nr);
}

static void work(struct meeting *m, struct seat *to, void *own)
{
	struct seat seat = { 0 };
	enum phase phase;
	bool done;

	do {
		done = m->kind->operate(own);
		phase = phase_of(m);
		if (phase == COUNT) {
			if (done)
				seat.ops++;
			else
				seat.failed++;
		} else if (!seat.first_ns) {
			seat.first_ns = now_ns();
			count_in(m, &m->started);
		} else if (phase == COOL && !seat.last_ns) {
			seat.last_ns = now_ns();
			count_in(m, &m->cooled);
		}
	} while (phase != STOP);
	seat.cpu = sched_getcpu();
	*to = seat;
}

const char *meeting_join(void *arg, unsigned int seat)
{
	struct meeting *m = arg;
	const char *failed;
	int error;
	void *own;

	for (;;) {
		sleep_in(m, CLOSED);
		failed = m->kind->begin(&own);
		if (failed)
			break;
		count_in(m, &m->came);
		sleep_in(m, GATHER);
		work(m, &m->seats[seat], own);
		m->kind->end(own);
		count_in(m, &m->left);
		sleep_in(m, STOP);
	}
	error = errno;
	m->kind->end(own);
	atomic_fetch_add(&m->gone, 1);
	errno = error;
	return failed;
}

/* -------------------------------------------------------------- who holds it */

static void next_phase(struct meeting *m)
{
	atomic_fetch_add(&m->step, 1);
	futex_wake(&m->step);
}

/* The last one wakes us, so that nothing runs beside the tasks meanwhile. */
static int wait_for(struct meeting *m, atomic_uint *nr)
{
	const unsigned long long late = now_ns() + PATIENCE_NS;
	const struct timespec look = { .tv_nsec = LOOK_NS };
	unsigned int is;

	while ((is = atomic_load(nr)) < m->nr) {
		if (measure_stop)
			return err(EX_INTR, "interrupted");
		if (atomic_load(&m->gone))
			return err(EX_FAIL, "a task ended while it was measured");
		if (now_ns() > late)
			return err(EX_FAIL, "of %u tasks %u were ready within 10 s: does something else keep a CPU busy, or bound to itself?",
				   m->nr, is);
		futex_wait(nr, is, &look);
	}
	return 0;
}

int meeting_open(struct meeting *m)
{
	int ret;

	m->came = m->started = m->cooled = m->left = 0;
	next_phase(m);
	ret = wait_for(m, &m->came);
	if (ret)
		return ret;
	next_phase(m);
	ret = wait_for(m, &m->started);
	if (ret)
		return ret;
	m->start_ns = now_ns();
	next_phase(m);
	return 0;
}

int meeting_wait(unsigned long long ns)
{
	unsigned long long end = now_ns() + ns;
	const struct timespec until = {
		.tv_sec = end / 1000000000, .tv_nsec = end % 1000000000,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) ==
	       EINTR)
		if (measure_stop)
			return err(EX_INTR, "interrupted");
	return 0;
}

int meeting_close(struct meeting *m, struct pcpu_bench_seat *seats,
		  unsigned long long *window_ns)
{
	int ret;

	m->end_ns = now_ns();
	next_phase(m);
	*window_ns = m->end_ns - m->start_ns;
	ret = wait_for(m, &m->cooled);
	if (ret)
		return ret;
	next_phase(m);
	ret = wait_for(m, &m->left);
	for (unsigned int i = 0; i < m->nr && !ret; i++) {
		const struct seat *s = &m->seats[i];

		seats[i] = (struct pcpu_bench_seat){
			.ops = s->ops, .failed = s->failed, .cpu = s->cpu,
			.early_ns = m->start_ns - s->first_ns,
			.late_ns = s->last_ns - m->end_ns,
		};
	}
	if (!ret)
		next_phase(m);
	return ret;
}
