// SPDX-License-Identifier: GPL-2.0-or-later
/* Tasks that touch pages of one mm when told, and how far its RSS is off. */
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "guest/rss_crew.h"

#define STACK	(64UL << 10)
#define END	INT_MIN		/* the last order */
#define FLUSH	INT_MAX		/* see rss_crew_flush() */
#define RUSH	(INT_MAX - 1)	/* see rss_crew_rush() */
#define RUSHES	1000
#define RUSH_PAGES	40U	/* at most: more than a batch of up to 16 CPUs */

/*
 * So many pages, of one page table, are counted at once when they go. That is more
 * than a counter keeps for a task or a CPU, so that it gives away all that it has.
 */
#define MANY	512U
#define TABLE	(MANY * RSS_PAGE)
#define TRIES	5	/* to count them so */

static void wait_while(int *word, int value)
{
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value)
		syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
}

static void set(int *word, int value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void touch(char *pages, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		*(volatile char *)(pages + i * RSS_PAGE) = 1;
}

static void *map_at(void *at, size_t size)
{
	return mmap(at, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
		    (at ? MAP_FIXED : 0), -1, 0);
}

/* Small kernels have no madvise(): put new ones there that are not touched. */
static void give_back(char *pages, unsigned int n)
{
	map_at(pages, n * RSS_PAGE);
}

/* From outside, the kernel touches them in the task's name. */
static void touch_for(const struct rss_task *t, char *pages, unsigned int n)
{
	if (t->mem < 0)
		touch(pages, n);
	else
		for (unsigned int i = 0; i < n; i++)
			pwrite(t->mem, "", 1, (off_t)(pages + i * RSS_PAGE));
}

static void flush(char *table)
{
	touch(table, MANY);
	give_back(table, MANY);
}

static void rush(char *table)
{
	for (unsigned int i = 0; i < RUSHES; i++) {
		touch(table, 1 + i % RUSH_PAGES);
		give_back(table, 1 + i % RUSH_PAGES);
	}
}

static void work(struct rss_task *t, int order)
{
	char *end = t->pages + t->held * RSS_PAGE;

	switch (order) {
	case FLUSH:
		flush(t->table);
		return;
	case RUSH:
		rush(t->table);
		return;
	}
	if (order > 0)
		touch_for(t, end, order);
	else
		give_back(end + order * RSS_PAGE, -order);
	t->held += order;
}

/* It may share thread-local storage with others: nothing but system calls. */
static int task_main(void *arg)
{
	struct rss_task *t = arg;
	int order;

	for (;;) {
		wait_while(&t->order, 0);
		order = __atomic_load_n(&t->order, __ATOMIC_ACQUIRE);
		if (order == END)
			break;
		work(t, order);
		set(&t->order, 0);
	}
	return 0;
}

/* RSS in pages: of stat the 24th word, of statm the second. */
static int read_rss(int fd, bool stat, long *rss)
{
	char text[1024], *p = text;
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);

	if (len <= 0)
		return err_errno(EX_FAIL, "cannot read /proc/self/stat*");
	text[len] = '\0';
	if (stat)
		p = strrchr(text, ')');
	for (int i = stat ? 2 : 1; p && i < (stat ? 24 : 2); i++) {
		p = strchr(p, ' ');
		p += p != NULL;
	}
	if (!p)
		return err(EX_FAIL, "/proc/self/stat* has no RSS");
	*rss = strtol(p, NULL, 10);
	return 0;
}

/* Pages held, and not in RSS. */
static int look(const struct rss_crew *c, struct rss_error *lacks)
{
	long held = 0, stat = 0, statm = 0;
	int ret = read_rss(c->stat, true, &stat);

	if (!ret)
		ret = read_rss(c->statm, false, &statm);
	for (unsigned int i = 0; i < c->nr; i++)
		held += c->task[i].held;
	lacks->stat = held - stat - c->zero.stat;
	lacks->statm = held - statm - c->zero.statm;
	return ret;
}

static void keep_most(long *most, long value)
{
	if (labs(value) > *most)
		*most = labs(value);
}

static int look_and_keep(struct rss_crew *c)
{
	int ret = look(c, &c->last);

	keep_most(&c->most.stat, c->last.stat);
	keep_most(&c->most.statm, c->last.statm);
	return ret;
}

static int bind(pid_t pid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(pid, sizeof(set), &set) ?
	       err_errno(EX_FAIL, "cannot bind a task to CPU %d", cpu) : 0;
}

static int by_itself(struct rss_task *t, int order)
{
	int ret = bind(0, t->cpu);

	if (!ret)
		work(t, order);
	return ret;
}

static int by_task(struct rss_task *t, int order)
{
	set(&t->order, order);
	wait_while(&t->order, order);
	return 0;
}

int rss_crew_do(struct rss_crew *c, struct rss_task *t, int pages)
{
	int ret;

	if (!pages)
		return 0;
	ret = c->outside && (pages < 0 || pages == FLUSH) ?
	      by_itself(t, pages) : by_task(t, pages);
	return ret ? ret : look_and_keep(c);
}

int rss_crew_rush(struct rss_crew *c)
{
	for (unsigned int i = 0; i < c->nr; i++)
		set(&c->task[i].order, RUSH);
	for (unsigned int i = 0; i < c->nr; i++)
		wait_while(&c->task[i].order, RUSH);
	return look_and_keep(c);
}

int rss_crew_flush(struct rss_crew *c, struct rss_task *t)
{
	return rss_crew_do(c, t, FLUSH);
}

int rss_crew_move(struct rss_task *t, int cpu)
{
	t->cpu = cpu;
	return bind(t->pid, cpu);
}

/* A mapping that begins with a page table. */
static char *map(size_t size)
{
	char *p = map_at(NULL, size + TABLE);

	return p == MAP_FAILED ? NULL :
	       (char *)(((uintptr_t)p + TABLE - 1) & ~(TABLE - 1));
}

static int start_task(const struct rss_crew *c, struct rss_task *t, int cpu)
{
	char *stack = map(STACK);

	t->pages = map(RSS_ROOM * RSS_PAGE);
	t->table = map(TABLE);
	t->mem = c->outside ? c->mem : -1;
	if (!stack || !t->pages || !t->table)
		return no_memory();
	touch(stack, STACK / RSS_PAGE);
	t->pid = clone(task_main, stack + STACK, (c->outside ? 0 : CLONE_VM) |
		       CLONE_FS | CLONE_FILES | SIGCHLD, t);
	return t->pid < 0 ? err_errno(EX_FAIL, "cannot start a task") :
	       rss_crew_move(t, cpu);
}

int rss_crew_start(struct rss_crew *c, const int *cpus, unsigned int nr,
		   bool outside)
{
	int ret = 0;

	*c = (struct rss_crew){
		.nr = nr, .table = map(TABLE), .outside = outside,
		.task = mmap(NULL, nr * sizeof(*c->task), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0),
	};
	if (!c->table || c->task == MAP_FAILED)
		return no_memory();
	c->stat = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	c->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	c->mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	if (c->stat < 0 || c->statm < 0 || c->mem < 0)
		return err_errno(EX_FAIL, "cannot open files of /proc/self");
	for (unsigned int i = 0; i < nr && !ret; i++)
		ret = start_task(c, &c->task[i], cpus[i]);
	return ret;
}

static int flush_all(struct rss_crew *c)
{
	int ret = 0;

	for (unsigned int i = 0; i < c->nr && !ret; i++)
		ret = rss_crew_flush(c, &c->task[i]);
	/* What this task has counted, and fork() for it. */
	flush(c->table);
	return ret ? ret : look(c, &c->last);
}

/*
 * Give back all pages; then no counter keeps anything. Where a task is preempted while
 * its pages go, the kernel counts them in parts (zap_pte_range()), of which the last
 * may be kept back. So two times in a row must agree.
 */
static int settle(struct rss_crew *c)
{
	bool agree = false;
	long before;
	int ret = 0;

	for (unsigned int i = 0; i < c->nr && !ret; i++)
		ret = rss_crew_do(c, &c->task[i], -(int)c->task[i].held);
	if (!ret)
		ret = flush_all(c);
	for (int i = 0; i < TRIES && !ret && !agree; i++) {
		before = c->last.stat;
		ret = flush_all(c);
		agree = c->last.stat == before;
	}
	return ret;
}

int rss_crew_zero(struct rss_crew *c)
{
	int ret = settle(c);

	c->zero.stat += c->last.stat;
	c->zero.statm += c->last.statm;
	c->most = (struct rss_error){ 0 };
	return ret;
}

int rss_crew_stop(struct rss_crew *c, struct rss_error *end)
{
	int ret = settle(c);

	*end = c->last;
	for (unsigned int i = 0; i < c->nr; i++) {
		set(&c->task[i].order, END);
		waitpid(c->task[i].pid, NULL, 0);
	}
	return ret;
}
