// SPDX-License-Identifier: GPL-2.0-or-later
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot.h"
#include "err.h"
#include "profile/fold.h"
#include "profile/symbols.h"

#define CONSOLE_LINES	12
/* A guest's first record is timed: look that often, in ms. */
#define POLL_MS		5

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	interrupted = sig;
}

struct slot {
	struct vm vm;
	struct boot_job *job;	/* NULL: free */
	unsigned int number;
	json_t *profiles;	/* of its cells, or NULL */
};

struct progress {
	size_t done, nr;
	double started;
	bool tty;
};

static void show(const struct progress *p, const struct slot *slots,
		 unsigned int nr_slots, const struct boot_counts *counts)
{
	double spent = vm_now() - p->started;
	char line[200];
	int len;

	if (!p->tty)
		return;
	len = snprintf(line, sizeof(line), "%zu of %zu boots, %u failed",
		       p->done, p->nr, counts->failed);
	if (p->done && spent > 2)
		len += snprintf(line + len, sizeof(line) - len, ", %.0f s left",
				spent * (p->nr - p->done) / p->done);
	for (unsigned int i = 0; i < nr_slots && len < 60; i++)
		if (slots[i].job)
			len += snprintf(line + len, sizeof(line) - len,
					"; %s %s", slots[i].job->kernel->name,
					slots[i].job->spec.topo.name);
	fprintf(stderr, "\r\033[K%.78s", line);
}

/* What is added to a record of the guest's: where it comes from. */
static void add_origin(const struct slot *s, json_t *record)
{
	const struct boot_job *job = s->job;

	json_object_set_new(record, "boot", json_integer(s->number));
	json_object_set_new(record, "kernel", json_string(job->kernel->name));
	json_object_set_new(record, "topology",
			    json_string(job->spec.topo.name));
	json_object_set_new(record, "instrument", json_string(
		instrument_name[job->spec.plan.instrument]));
}

static int record_boot(struct slot *s, struct results_writer *w,
		       struct boot_counts *counts)
{
	const struct boot_job *job = s->job;
	const struct vm *vm = &s->vm;
	json_t *boot, *cell, *guest;
	size_t i;
	int ret;

	boot = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:f}",
			 "type", "boot", "boot", (int)s->number,
			 "kernel", job->kernel->name,
			 "topology", job->spec.topo.name,
			 "instrument",
			 instrument_name[job->spec.plan.instrument],
			 "status", vm->failed[0] ? "failed" : "ok",
			 "qemu", vm_qemu_version(),
			 "cpu_model", vm_cpu_model(job->spec.plan.instrument),
			 "memory_mib", (int)vm->memory_mib,
			 "cmdline", vm->cmdline, "wall_s", vm->wall_s);
	guest = vm->guest ? json_copy(vm->guest) : json_object();
	json_object_del(guest, "type");
	json_object_set_new(guest, "init_s", json_real(vm->init_s));
	json_object_set_new(boot, "guest", guest);
	counts->boots++;
	if (vm->failed[0]) {
		counts->failed++;
		json_object_set_new(boot, "reason", json_string(vm->failed));
		json_object_set_new(boot, "console",
				    vm_console_tail(vm, CONSOLE_LINES));
	}
	ret = results_write(w, boot);
	json_decref(boot);
	/* Numbers of a boot that failed are none. */
	if (vm->failed[0])
		return ret;
	json_array_foreach(vm->cells, i, cell) {
		add_origin(s, cell);
		if (!ret)
			ret = results_write(w, cell);
		counts->cells++;
		counts->invalid += !json_is_true(json_object_get(cell, "valid"));
	}
	json_array_foreach(s->profiles, i, cell) {
		add_origin(s, cell);
		if (!ret)
			ret = results_write(w, cell);
	}
	return ret;
}

/* A boot whose profile is not what it measured has failed. */
static void take_profile(struct slot *s)
{
	struct vm *vm = &s->vm;

	if (vm->profile_fd < 0 || vm->failed[0])
		return;
	s->profiles = json_array();
	if (fold_boot(vm->profile_fd, s->job->kernel->image,
		      s->job->kernel->module,
		      s->job->spec.plan.instrument == INSTRUMENT_MODEL ?
		      s->job->spec.machine : NULL, vm->cells, s->profiles))
		snprintf(vm->failed, sizeof(vm->failed), "%s", err_message());
}

static void tell(const struct slot *s, const struct progress *p)
{
	json_t *tail, *line;
	size_t i;

	if (p->tty)
		fprintf(stderr, "\r\033[K");
	if (!s->vm.failed[0]) {
		if (!p->tty)
			fprintf(stderr, "%s %s: %zu cells in %.1f s\n",
				s->job->kernel->name, s->job->spec.topo.name,
				json_array_size(s->vm.cells), s->vm.wall_s);
		return;
	}
	fprintf(stderr, "%s %s: boot failed: %s\n", s->job->kernel->name,
		s->job->spec.topo.name, s->vm.failed);
	tail = vm_console_tail(&s->vm, CONSOLE_LINES);
	json_array_foreach(tail, i, line)
		fprintf(stderr, "    | %s\n", json_string_value(line));
	json_decref(tail);
}

/* MiB that running guests may still come to need. */
static bool memory_left(const struct slot *slots, unsigned int nr_slots,
			const struct vm_spec *spec)
{
	unsigned int mib, running = 0;
	struct vm_spec sum = *spec;

	for (unsigned int i = 0; i < nr_slots; i++)
		if (slots[i].job)
			running += slots[i].vm.memory_mib;
	if (!running)
		return true;	/* alone it is tried, and vm_start() tells */
	if (vm_memory(spec, &mib))
		return false;
	sum.memory_mib = mib + running;
	return !vm_memory(&sum, &mib);
}

static int find_lock(struct boot_job *job)
{
	struct symbols symbols;
	int ret = symbols_kernel(&symbols, job->kernel->image);

	if (!ret) {
		job->spec.profile_lock = symbols_address(&symbols,
							 "pcpu_lock");
		symbols_free(&symbols);
	}
	return ret;
}

static int start_job(struct slot *s, struct boot_job *job, unsigned int number)
{
	int ret;

	job->spec.image = job->kernel->image;
	job->spec.module = job->kernel->module;
	job->spec.cmdline = job->kernel->cmdline;
	if (instrument_watched(job->spec.plan.instrument)) {
		ret = find_lock(job);
		if (ret)
			return ret;
	}
	ret = vm_start(&s->vm, &job->spec);
	if (ret) {
		vm_free(&s->vm);
		return ret;
	}
	s->job = job;
	s->number = number;
	return 0;
}

/* Sleep until a guest ends, at most POLL_MS. */
static void wait_some(const struct slot *slots, unsigned int nr_slots)
{
	struct pollfd p[64];
	unsigned int n = 0;

	for (unsigned int i = 0; i < nr_slots && n < 64; i++)
		if (slots[i].job)
			p[n++] = (struct pollfd){ slots[i].vm.pidfd, POLLIN, 0 };
	poll(p, n, POLL_MS);
}

int boot_all(struct boot_job *jobs, size_t nr, unsigned int parallel,
	     unsigned int first, struct results_writer *w,
	     struct boot_counts *counts)
{
	struct sigaction sa = { .sa_handler = on_signal }, old_int, old_term;
	struct progress p = { .nr = nr, .started = vm_now(),
			      .tty = isatty(STDERR_FILENO) };
	unsigned int i, running = 0, tick = 0;
	struct slot *slots;
	size_t next = 0;
	int ret = 0;

	if (!parallel)
		parallel = sysconf(_SC_NPROCESSORS_ONLN);
	if (parallel > 64)
		parallel = 64;
	slots = calloc(parallel, sizeof(*slots));
	if (!slots)
		return err(EX_FAIL, "out of memory");
	interrupted = 0;
	sigaction(SIGINT, &sa, &old_int);
	sigaction(SIGTERM, &sa, &old_term);

	while (!ret && !interrupted && (next < nr || running)) {
		for (i = 0; i < parallel && next < nr && !ret; i++) {
			if (slots[i].job ||
			    !memory_left(slots, parallel, &jobs[next].spec))
				continue;
			ret = start_job(&slots[i], &jobs[next], first + next);
			if (!ret) {
				next++;
				running++;
			}
		}
		if (tick++ % 40 == 0)
			show(&p, slots, parallel, counts);
		wait_some(slots, parallel);
		for (i = 0; i < parallel && !ret; i++) {
			if (!slots[i].job || !vm_poll(&slots[i].vm))
				continue;
			take_profile(&slots[i]);
			tell(&slots[i], &p);
			ret = record_boot(&slots[i], w, counts);
			vm_free(&slots[i].vm);
			json_decref(slots[i].profiles);
			slots[i].profiles = NULL;
			slots[i].job = NULL;
			running--;
			p.done++;
			tick = 0;
		}
	}
	for (i = 0; i < parallel; i++)
		if (slots[i].job)
			vm_free(&slots[i].vm);
	free(slots);
	if (p.tty)
		fprintf(stderr, "\r\033[K");
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGTERM, &old_term, NULL);
	if (interrupted && !ret)
		ret = err(EX_INTR, "interrupted: %zu of %zu boots are in %s",
			  p.done, nr, w->path);
	return ret;
}
