// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs several guests at once: starts them and records their boots. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/progress.h"
#include "boot/answers.h"
#include "boot/boot.h"
#include "measure/cpu.h"
#include "profile/fold.h"
#include "profile/symbols.h"
#include "vm/inputs.h"
#include "vm/qemu.h"

#define CONSOLE_LINES	12
/* Poll interval in ms: short, as a guest's first record is timed. */
#define POLL_MS		5
#define MAX_PARALLEL	64

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	interrupted = sig;
}

struct slot {
	struct vm vm;
	struct boot_job *job;	/* NULL: free */
	json_t *profiles;	/* of its cells, or NULL */
	char unwatched[256];	/* why pcpu_lock was not watched, or "" */
};

/* State of boot_all(). */
struct crew {
	struct slot slots[MAX_PARALLEL];
	unsigned int nr_slots, running;
	struct boot_job *jobs;
	size_t nr_jobs;
	const struct boot_options *opt;
	struct progress progress;
	double guest_s;		/* of ended guests */
};

static void record_numbers(json_t *boot, const char *name, const int *numbers,
			   unsigned int nr)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < nr; i++)
		json_array_append_new(list, json_integer(numbers[i]));
	json_object_set_new(boot, name, list);
}

/* What the guest's CPUs, and its nodes, were bound to. */
static void record_host(json_t *boot, const struct vm_host *host)
{
	if (!host)
		return;
	record_numbers(boot, "host_cpus", host->cpu, host->nr_cpus);
	if (host->nr_nodes > 1)
		record_numbers(boot, "host_nodes", host->node, host->nr_nodes);
}

/* A failed boot has no valid numbers, so record it without cells. */
static int record_boot(struct slot *s, struct recorder *r)
{
	const struct boot_job *job = s->job;
	const struct vm *vm = &s->vm;
	json_t *boot, *guest, *cells = json_array();
	char model[VM_CPU_MODEL];
	int ret, differs = 0;

	boot = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:f}",
			 "type", "boot", "kernel", job->kernel->name,
			 "topology", job->spec.topo.name,
			 "instrument",
			 instruments[job->spec.plan.instrument].name,
			 "status", vm->failed[0] ? "failed" : "ok",
			 "qemu", qemu_version(),
			 "cpu_model", vm_cpu_model(&job->spec, model),
			 "memory_mib", (int)vm->memory_mib,
			 "cmdline", vm->cmdline, "wall_s", vm->wall_s);
	guest = vm->guest ? json_copy(vm->guest) : json_object();
	json_object_del(guest, "type");
	json_object_set_new(guest, "init_s", json_real(vm->init_s));
	json_object_set_new(boot, "guest", guest);
	if (vm->vcpu.cpu >= 0) {
		json_object_set_new(boot, "cpu", json_integer(vm->vcpu.cpu));
		cpu_record_type(boot, vm->vcpu.cpu);
	}
	if (vm->vcpu.bound == vcpu_to_bind(&vm->vcpu))
		record_host(boot, job->spec.host);
	if (vm->stolen_s >= 0)
		json_object_set_new(boot, "stolen_s",
				    json_real(vm->stolen_s));
	if (job->kernel->layout)
		json_object_set(boot, "layout", job->kernel->layout);
	if (s->unwatched[0])
		json_object_set_new(boot, "unwatched",
				    json_string(s->unwatched));
	if (vm->failed[0]) {
		json_object_set_new(boot, "reason", json_string(vm->failed));
		json_object_set_new(boot, "console",
				    vm_console_tail(vm, CONSOLE_LINES));
	} else {
		json_array_extend(cells, vm->cells);
		json_array_extend(cells, s->profiles);
	}
	if (!vm->failed[0])
		differs = known_check(job, boot, cells);
	ret = recorder_boot(r, boot, cells);
	if (!ret)
		ret = results_sync(&r->w);
	if (!ret && !differs && !vm->failed[0] && !s->unwatched[0])
		known_keep(job, r, boot, cells);
	ret = ret ? ret : differs;
	json_decref(boot);
	json_decref(cells);
	return ret;
}

/*
 * Add the plugin's findings to the cells. The counts are the guest's and stand
 * without. But if a profile does not match the cells, the boot failed.
 */
static void take_profile(struct slot *s)
{
	const struct vm_spec *spec = &s->job->spec;
	const struct kernel *kernel = s->job->kernel;
	bool watched = instruments[spec->plan.instrument].watched;
	struct vm *vm = &s->vm;
	json_t *found, *fields;
	size_t i;
	int e;

	s->unwatched[0] = '\0';
	if (vm->profile_fd < 0 || vm->failed[0])
		return;
	found = json_array();
	s->profiles = json_array();
	if (watched)
		e = fold_boot(vm->profile_fd, kernel->image, kernel->module,
			      vm->cells, s->profiles, found);
	else
		e = fold_lock(vm->profile_fd, vm->cells, found);
	if (e && watched)
		snprintf(vm->failed, sizeof(vm->failed), "%s", err_message());
	else if (e)
		snprintf(s->unwatched, sizeof(s->unwatched), "%s",
			 err_message());
	json_array_foreach(found, i, fields)
		if (!e)
			json_object_update_recursive(
				json_array_get(vm->cells, i), fields);
	json_decref(found);
}

static void tell(const struct crew *c, const struct slot *s)
{
	const struct boot_job *job = s->job;
	json_t *tail, *line;
	size_t i;

	if (!s->vm.failed[0]) {
		progress_line(&c->progress, "%s %s: %zu cells in %.1f s",
			      job->kernel->name, job->spec.topo.name,
			      json_array_size(s->vm.cells), s->vm.wall_s);
		if (s->vm.stolen_s > CPU_STOLEN_MUCH * s->vm.wall_s)
			progress_line(&c->progress, "%s %s: others had CPU %d for %.1f of %.1f s: times are longer for it",
				      job->kernel->name, job->spec.topo.name,
				      s->vm.vcpu.cpu, s->vm.stolen_s,
				      s->vm.wall_s);
		if (s->unwatched[0])
			progress_line(&c->progress, "%s %s: no time under pcpu_lock: %s",
				      job->kernel->name, job->spec.topo.name,
				      s->unwatched);
		return;
	}
	progress_clear(&c->progress);
	fprintf(stderr, "%s %s: boot failed: %s%s\n", job->kernel->name,
		job->spec.topo.name, s->vm.failed,
		job->failed < c->opt->tries ? ": trying once more" : "");
	tail = vm_console_tail(&s->vm, CONSOLE_LINES);
	json_array_foreach(tail, i, line)
		fprintf(stderr, "    | %s\n", json_string_value(line));
	json_decref(tail);
}

/*
 * Does another guest fit beside the memory that the running ones may need? If
 * none runs, try it: vm_start() reports an error.
 */
static bool fits(const struct crew *c, unsigned int mib, unsigned int free_mib)
{
	unsigned int running = 0;

	for (unsigned int i = 0; i < c->nr_slots; i++)
		if (c->slots[i].job)
			running += c->slots[i].vm.memory_mib;
	return !c->running || running + mib <= free_mib;
}

/* The longest job that can start now: short ones are left to the end. */
static struct boot_job *next_job(const struct crew *c)
{
	unsigned int free_mib = vm_free_mib();
	struct boot_job *best = NULL, *job;

	for (job = c->jobs; job < c->jobs + c->nr_jobs; job++) {
		if (job->done || job->taken || job->running ||
		    job->failed >= c->opt->tries)
			continue;
		if ((!best || job->cost > best->cost) &&
		    fits(c, job->memory_mib, free_mib))
			best = job;
	}
	return best;
}

/*
 * A profile needs the plugin. Other boots use it if possible, to count the
 * instructions under the allocator's locks.
 */
static int find_lock(struct boot_job *job)
{
	struct vm_spec *spec = &job->spec;
	bool must = instruments[spec->plan.instrument].watched;

	spec->lock = spec->mutex = 0;
	spec->watch = must || (spec->watch &&
			       !bench_find(spec->plan.bench)->by_syscalls &&
			       spec->plan.instrument == INSTRUMENT_INSN &&
			       qemu_has_plugins());
	if (spec->watch) {
		spec->lock = symbols_find(spec->image, "pcpu_lock");
		spec->mutex = symbols_find(spec->image, "pcpu_alloc_mutex");
		spec->fault = symbols_find(spec->image, "asm_exc_page_fault");
	}
	if (must && !spec->lock)
		return err(EX_USE, "no symbols for %s: put its System.map beside it, or give a vmlinux with a symbol table",
			   spec->image);
	spec->watch = spec->lock;
	return 0;
}

#define PARALLEL	8	/* CPUs for tasks, if nothing says how many */

/*
 * As many CPUs as tasks, at most those that really run side by side; emulated
 * ones never do.
 */
static unsigned int cpus_for_tasks(const struct vm_spec *spec)
{
	unsigned int most = PARALLEL, here, threads;

	here = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	threads = spec->plan.options.val[BENCH_THREADS];
	if (!instruments[spec->plan.instrument].function && here < most)
		most = here;
	if (threads && threads < most)
		most = threads;
	return spec->topo.cpus < most ? spec->topo.cpus : most;
}

static void find_cpus(struct vm_spec *spec)
{
	const bool parallel = bench_find(spec->plan.bench)->parallel;

	if (spec->host)
		spec->online = spec->topo.cpus;
	else if (parallel)
		spec->online = cpus_for_tasks(spec);
	if (!parallel)
		return;
	spec->lock = symbols_find(spec->image, "pcpu_lock");
	spec->mutex = symbols_find(spec->image, "pcpu_alloc_mutex");
}

/* What the kernel says of the guest. */
static int complete(struct boot_job *jobs, size_t nr)
{
	unsigned int per_node[TOPOLOGY_MAX_NODES];
	struct boot_job *job;
	int ret = 0;

	for (job = jobs; job < jobs + nr && !ret; job++) {
		job->memory_mib = job->spec.memory_mib ? job->spec.memory_mib :
				  vm_needs(&job->spec, per_node);
		job->spec.image = job->kernel->image;
		job->spec.module = job->kernel->module;
		job->spec.cmdline = job->kernel->cmdline;
		if (!job->done)
			ret = find_lock(job);
		find_cpus(&job->spec);
	}
	return ret;
}

/* A CPU for each guest of several at once; -1, any, if there is none left. */
static int cpu_for(size_t slot)
{
	const int first = cpu_choose("", -1), cpu = first - (int)slot;

	return !slot || cpu_usable("", cpu) ? cpu : -1;
}

static int start_job(struct crew *c, struct slot *s, struct boot_job *job)
{
	int ret;

	if (job->spec.plan.instrument == INSTRUMENT_TIME)
		job->spec.cpu = cpu_for(s - c->slots);
	ret = vm_start(&s->vm, &job->spec);
	if (ret) {
		vm_free(&s->vm);
		return ret;
	}
	s->job = job;
	job->running = true;
	c->running++;
	return 0;
}

static int start_some(struct crew *c)
{
	struct boot_job *job;
	int ret = 0;

	for (unsigned int i = 0; i < c->nr_slots && !ret; i++) {
		if (c->slots[i].job)
			continue;
		job = next_job(c);
		if (!job)
			break;
		ret = start_job(c, &c->slots[i], job);
	}
	return ret;
}

static int end_job(struct crew *c, struct slot *s, struct recorder *r)
{
	struct boot_job *job = s->job;
	int ret;

	c->guest_s += s->vm.wall_s;
	answers_check(&s->vm, &job->spec);
	take_profile(s);
	if (s->vm.failed[0])
		job->failed++;
	else
		job->done = true;
	ret = record_boot(s, r);
	if (!s->vm.failed[0] || job->failed >= c->opt->tries)
		progress_done(&c->progress, job->cost, s->vm.failed[0]);
	tell(c, s);
	vm_free(&s->vm);
	json_decref(s->profiles);
	s->profiles = NULL;
	s->job = NULL;
	job->running = false;
	c->running--;
	return ret;
}

static void show(struct crew *c)
{
	char names[80] = "";
	int len = 0;

	for (unsigned int i = 0; i < c->nr_slots && len < 60; i++)
		if (c->slots[i].job)
			len += snprintf(names + len, sizeof(names) - len,
					"%s%s %s", len ? ", " : "",
					c->slots[i].job->kernel->name,
					c->slots[i].job->spec.topo.name);
	progress_show(&c->progress, c->running, names);
}

/* Sleep until a guest ends, at most POLL_MS. */
static void wait_some(const struct crew *c)
{
	struct pollfd p[MAX_PARALLEL];
	unsigned int n = 0;

	for (unsigned int i = 0; i < c->nr_slots; i++)
		if (c->slots[i].job)
			p[n++] = (struct pollfd){ c->slots[i].vm.pidfd, POLLIN,
						  0 };
	poll(p, n, POLL_MS);
}

static int run_crew(struct crew *c, struct recorder *r)
{
	int ret = 0;

	while (!ret && !interrupted) {
		ret = start_some(c);
		if (ret || !c->running)
			break;
		show(c);
		wait_some(c);
		for (unsigned int i = 0; i < c->nr_slots && !ret; i++)
			if (c->slots[i].job && vm_poll(&c->slots[i].vm))
				ret = end_job(c, &c->slots[i], r);
	}
	for (unsigned int i = 0; i < c->nr_slots; i++)
		if (c->slots[i].job)
			vm_free(&c->slots[i].vm);
	return ret;
}

static double cpu_seconds(int who)
{
	struct rusage use;

	getrusage(who, &use);
	return use.ru_utime.tv_sec + use.ru_stime.tv_sec +
	       (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

/* CPU time of this process and of the ended guests. */
static double cpu_used(void)
{
	return cpu_seconds(RUSAGE_SELF) + cpu_seconds(RUSAGE_CHILDREN);
}

int boot_all(struct boot_job *jobs, size_t nr, const struct boot_options *opt,
	     struct recorder *r)
{
	struct sigaction sa = { .sa_handler = on_signal }, old_int, old_term;
	struct crew *c = calloc(1, sizeof(*c));
	double cpu_before = cpu_used();
	int ret;

	if (!c)
		return no_memory();
	ret = complete(jobs, nr);
	if (ret) {
		free(c);
		return ret;
	}
	c->jobs = jobs;
	c->nr_jobs = nr;
	c->opt = opt;
	/* Timed guests side by side would disturb each other. */
	c->nr_slots = opt->parallel ? opt->parallel :
		      nr && !instruments[jobs->spec.plan.instrument].exact ? 1 :
		      (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	if (c->nr_slots > MAX_PARALLEL)
		c->nr_slots = MAX_PARALLEL;
	known_find(opt->known, jobs, nr, r);
	progress_begin(&c->progress);
	for (size_t i = 0; i < nr; i++)
		if (!jobs[i].taken)
			progress_add(&c->progress, jobs[i].cost, jobs[i].done);

	interrupted = 0;
	sigaction(SIGINT, &sa, &old_int);
	sigaction(SIGTERM, &sa, &old_term);
	ret = run_crew(c, r);
	if (!ret && !interrupted)
		ret = known_write(jobs, nr, r);
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGTERM, &old_term, NULL);
	progress_clear(&c->progress);
	if (opt->load)
		*opt->load = (struct boot_load){
			.slots = c->nr_slots,
			.wall_s = clock_now() - c->progress.started,
			.guest_s = c->guest_s,
			.cpu_s = cpu_used() - cpu_before,
		};
	if (interrupted && !ret)
		ret = err(EX_INTR, "interrupted: %zu of %zu boots are in %s",
			  c->progress.done, c->progress.nr, r->w.path);
	known_free(jobs, nr);
	free(c);
	return ret;
}
