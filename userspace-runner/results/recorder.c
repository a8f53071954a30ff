// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes the records of a run: `run`, kernels, boots and `end`. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "results/recorder.h"

#ifndef PCPUBENCH_VERSION
#define PCPUBENCH_VERSION "unknown"
#endif

void recorder_new_path(char *path, size_t room)
{
	char id[32];

	clock_utc(time(NULL), CLOCK_NAME, id, sizeof(id));
	snprintf(path, room, "results/%s-%d.jsonl", id, (int)getpid());
}

/* Two runs may begin in one second, on one machine or two: jobs of an array do. */
static void new_id(char *id, size_t room, time_t now)
{
	char begun[32];
	uint32_t some;

	clock_utc(now, CLOCK_NAME, begun, sizeof(begun));
	if (getrandom(&some, sizeof(some), GRND_NONBLOCK) != sizeof(some))
		some = (uint32_t)getpid();
	snprintf(id, room, "%s-%08" PRIx32, begun, some);
}

int recorder_begin(struct recorder *r, const json_t *more, int argc,
		   char **argv)
{
	char id[48], started[32], cpu[256], os[256];
	json_t *command = json_array(), *run;
	time_t now = time(NULL);
	struct utsname uts;
	int i;

	new_id(id, sizeof(id), now);
	clock_utc(now, CLOCK_RECORD, started, sizeof(started));
	if (!read_field("/proc/cpuinfo", "model name", cpu, sizeof(cpu)))
		strcpy(cpu, "unknown");
	if (!read_field("/etc/os-release", "PRETTY_NAME", os, sizeof(os)))
		strcpy(os, "unknown");
	uname(&uts);
	for (i = 0; i < argc; i++)
		json_array_append_new(command, json_string(argv[i]));
	run = json_pack("{s:s, s:i, s:s, s:s, s:o, s:s, s:{s:s, s:i, s:s, s:s}}",
			"type", "run", "version", RESULTS_VERSION, "id", id,
			"started", started, "command", command,
			"tool", "pcpubench " PCPUBENCH_VERSION,
			"host", "cpu", cpu,
			"cpus", (int)sysconf(_SC_NPROCESSORS_ONLN),
			"kernel", uts.release, "os", os);
	if (more)
		json_object_update(run, (json_t *)more);
	r->run = run;
	return recorder_write(r, run);
}

int recorder_create(struct recorder *r, const char *output, const json_t *more,
		    int argc, char **argv)
{
	char path[64];
	int ret;

	*r = (struct recorder){ .last = 0 };
	recorder_new_path(path, sizeof(path));
	ret = results_create(&r->w, output ? output : path);
	if (ret)
		return ret;
	ret = recorder_begin(r, more, argc, argv);
	/* A file without a record would be in the way of the next try. */
	if (ret && !r->w.whole)
		remove_file(r->w.path);
	return ret ? recorder_end(r, ret) : 0;
}

int recorder_write(struct recorder *r, const json_t *record)
{
	record_count(record, &r->counts);
	return results_write(&r->w, record);
}

int recorder_boot(struct recorder *r, const json_t *boot, json_t *cells)
{
	static const char *const origin[] = { "boot", "kernel", "topology",
					      "instrument" };
	json_t *numbered, *cell;
	size_t i, j;
	int ret = 0;

	numbered = json_pack("{s:s, s:I}", "type", "boot", "boot",
			     (json_int_t)++r->last);
	json_object_update_missing(numbered, (json_t *)boot);
	json_array_foreach(cells, i, cell) {
		for (j = 0; j < sizeof(origin) / sizeof(origin[0]); j++)
			json_object_set(cell, origin[j],
					json_object_get(numbered, origin[j]));
		if (!ret)
			ret = recorder_write(r, cell);
	}
	if (!ret)
		ret = recorder_write(r, numbered);
	json_decref(numbered);
	return ret;
}

int recorder_close(struct recorder *r)
{
	json_decref(r->run);
	r->run = NULL;
	return results_close(&r->w);
}

int recorder_end(struct recorder *r, int ret)
{
	json_t *end;
	int ret2;

	if (!ret) {
		end = record_end(&r->counts);
		ret = results_write(&r->w, end);
		json_decref(end);
	}
	ret2 = recorder_close(r);
	return ret ? ret : ret2;
}
