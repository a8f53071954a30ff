// SPDX-License-Identifier: GPL-2.0-or-later
/* mm-life: processes come and go, threads too, and pages are touched. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/benches.h"
#include "measure/benches/guarded.h"
#include "measure/benches/kernel_log.h"
#include "measure/benches/lru_batch.h"
#include "measure/benches/mm_life.h"
#include "measure/benches/random_pool.h"
#include "measure/benches/sample.h"
#include "measure/benches/workers.h"
#include "measure/cell_record.h"
#include "measure/flush.h"
#include "measure/stock.h"

/* Rounds until caches of stacks, pages, and slabs have what an operation takes. */
#define WARMUP	4

/* The child's statistics, and those of whom the off arm belongs to. */
static int make_stats_due(const struct mm_life *m)
{
	int ret = flush_make_due();

	if (!ret)
		ret = cgroup_enter(&m->t->cg);
	if (ret)
		return ret;
	ret = flush_make_due();
	return cgroup_leave(&m->t->cg) ? EX_FAIL : ret;
}

/*
 * What an operation would find done or left to do, depending on those before it. The
 * order matters: each call adds to what the next ones settle.
 */
static int settle(const struct mm_life *m)
{
	const bool count = m->plan->instrument == INSTRUMENT_INSN;
	int ret;

	if (!count)
		return mm_settle(m);
	ret = make_stats_due(m);
	if (!ret)
		ret = stock_settle(&m->t->cg);
	if (!ret)
		ret = mm_settle(m);
	if (!ret)
		ret = random_pool_settle();
	return ret ? ret : lru_batch_settle();
}

static int take(void *arg, enum pcpu_bench_arm arm, size_t at)
{
	struct mm_life *m = arg;
	const enum instrument instrument = m->plan->instrument;
	const struct mm_order order = mm_order_of(m, arm);
	struct pcpu_bench_sample *s = &m->samples[at];
	struct mm_answer answer = { 0 };
	struct sample_clock clock;
	struct mm_worker w;
	int ret;

	s->arm = arm;
	ret = mm_worker_start(&w, &order, instrument == INSTRUMENT_INSN);
	if (!ret)
		ret = settle(m);
	if (!ret)
		ret = sample_ready(&clock, m->t, instrument, SAMPLE_MAY_SWITCH |
				   SAMPLE_WITHOUT_TICK);
	if (!ret)
		ret = mm_worker_go(&w, &order, &answer);
	/* An error ends the run, so the sample needs no end. */
	if (!ret)
		ret = sample_done(&clock, answer.ticks, s);
	ret = mm_worker_end(&w, ret);
	if (!ret)
		ret = guarded_samples(m->guard, m->plan, &m->samples, 1, at);
	if (!ret && arm != PCPU_BENCH_ARM_EMPTY) {
		if (m->faults == MM_FAULTS_UNKNOWN)
			m->faults = answer.faults;
		else if (m->faults != answer.faults)
			m->faults = MM_FAULTS_DIFFER;
	}
	return ret ? ret : mm_settle(m);
}

/* Without the syscall the kernel keeps no mm_cid of a process for each CPU. */
static bool has_rseq(void)
{
	return !syscall(SYS_rseq, NULL, 0, 0, 0) || errno != ENOSYS;
}

/* Bytes that the kernel keeps for processes to come; one that keeps none has no line. */
static json_int_t idle(void)
{
	char kib[32];

	if (!read_field("/proc/meminfo", "PercpuIdle", kib, sizeof(kib)))
		return 0;
	return strtoll(kib, NULL, 10) * 1024;
}

static void put_mm(json_t *cell, const struct mm_life *m)
{
	const json_int_t pairs = mm_pairs(m->op);
	const long long *of = m->one.of;

	json_object_set_new(cell, "mm", json_pack(
			    "{s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b}",
			    "held", MM_HELD, "percpu", of[MM_PERCPU] / pairs,
			    "stack", of[MM_STACK] / pairs,
			    "tables", of[MM_TABLES] / pairs,
			    "anon", of[MM_ANON] / pairs,
			    "slab", (json_int_t)m->slab / pairs,
			    "faults", (json_int_t)m->faults, "idle", idle(),
			    "rseq", has_rseq(), "sums_all", m->sums_all));
}

/* Why the samples are worth nothing, or "". */
static void judge(struct mm_life *m, char reason[PROOF_REASON_LEN])
{
	reason[0] = '\0';
	if (kernel_log_has(m->log, "BUG: Bad rss-counter"))
		snprintf(reason, PROOF_REASON_LEN,
			 "the kernel's log has 'Bad rss-counter'");
	else if (m->faults < 0)
		snprintf(reason, PROOF_REASON_LEN,
			 "samples differ in their page faults");
	else if (m->op == MM_FAULT && m->faults != MM_FAULTS)
		snprintf(reason, PROOF_REASON_LEN,
			 "%lld page faults, but %d pages were touched",
			 m->faults, MM_FAULTS);
	else
		proof_broken(&m->proof, reason);
}

static int emit(struct mm_life *m, const char *bench)
{
	char reason[PROOF_REASON_LEN];
	json_t *cell;

	judge(m, reason);
	cell = cell_record(m->plan, bench, 0, mm_pairs(m->op), WARMUP, reason);
	cell_record_samples(cell, m->samples, m->nr, &m->proof);
	json_object_set_new(cell, "chunk", json_pack("{s:i}", "outside", 0));
	put_mm(cell, m);
	return target_emit(m->t, cell);
}

static int measure_kind(struct mm_life *m)
{
	const struct bench *bench = bench_find(m->plan->bench);
	char name[PLAN_BENCH_LEN];
	int ret;

	snprintf(name, sizeof(name), "%s/%s", bench->name,
		 bench->kinds[m->op].name);
	if (!bench_covers(m->plan->bench, name))
		return 0;
	m->faults = MM_FAULTS_UNKNOWN;
	ret = guarded_weigh(m->guard, &m->proof, mm_weigh, m);
	if (!ret)
		ret = sample_rounds(m->plan, WARMUP, take, m);
	if (!ret)
		ret = mm_gone(m);
	if (ret)
		return ret;
	sample_judge(m->samples, m->nr);
	return emit(m, name);
}

static int open_procs(struct mm_life *m)
{
	char path[CGROUP_PATH + 20];

	snprintf(path, sizeof(path), "%s/cgroup.procs", m->t->cg.path);
	m->procs = open(path, O_WRONLY | O_CLOEXEC);
	return m->procs < 0 ? err_errno(EX_FAIL, "cannot open %s", path) : 0;
}

/* The task does not belong to the child, where its own pages would be charged. */
static int measure_kinds(struct mm_life *m)
{
	int ret = cgroup_leave(&m->t->cg);

	for (m->op = 0; m->op < NR_MM_OPS && !ret; m->op++)
		ret = measure_kind(m);
	if (cgroup_enter(&m->t->cg) && !ret)
		ret = EX_FAIL;
	return ret;
}

static int begin(struct mm_life *m)
{
	int ret;

	m->nr = (size_t)m->plan->rounds * PCPU_BENCH_NR_ARMS;
	m->samples = calloc(m->nr, sizeof(*m->samples));
	if (!m->samples)
		return err(EX_FAIL, "out of memory for %zu samples", m->nr);
	ret = mm_program_open(&m->program);
	if (!ret)
		ret = kernel_log_open(&m->log);
	return ret ? ret : open_procs(m);
}

static void end(struct mm_life *m)
{
	const int fds[] = { m->program, m->log, m->procs };

	for (int i = 0; i < 3; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(m->samples);
}

/*
 * Each exit adds up the counters, over all CPUs that are online. Where instructions
 * are counted one is: let the others take part.
 */
static int sum_all(struct mm_life *m, int fd)
{
	int ret;

	if (m->plan->instrument != INSTRUMENT_INSN)
		return 0;
	ret = device_sum_all(fd);
	m->sums_all = !ret;
	return ret == EX_INVALID ? 0 : ret;
}

int measure_mm_life(const struct target *t, const struct plan *plan,
		    unsigned int size)
{
	struct mm_life m = {
		.t = t, .plan = plan, .program = -1, .log = -1, .procs = -1,
	};
	int ret;

	(void)size;	/* there is none */
	/* The counters of a process, down to 4 bytes, shall be accounted. */
	ret = device_guard(&m.guard);
	if (ret)
		return ret;
	ret = sum_all(&m, m.guard);
	if (!ret)
		ret = begin(&m);
	if (!ret)
		ret = run_before_workers(true);
	if (!ret) {
		ret = measure_kinds(&m);
		if (run_before_workers(false) && !ret)
			ret = EX_FAIL;
	}
	end(&m);
	close(m.guard);
	return ret;
}
