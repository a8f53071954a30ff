// SPDX-License-Identifier: GPL-2.0-or-later
/* Builds a bundle's kernels, boots them as they were booted, and judges the cells. */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "boot/boot.h"
#include "boot/order.h"
#include "bundle/archive.h"
#include "bundle/replay.h"
#include "results/cell_name.h"

const char *const replay_state_name[NR_REPLAY_STATES] = {
	[REPLAY_SAME] = "same",
	[REPLAY_COUNTS] = "same counts",
	[REPLAY_DIFFERS] = "differs",
	[REPLAY_MISSING] = "missing",
	[REPLAY_UNRECORDED] = "not recorded",
};

static int find_kernels(struct replay *r)
{
	const char *name;
	json_t *folder;
	size_t i, k;

	r->kernels = calloc(json_object_size(r->bundle.kernels) + 1,
			    sizeof(*r->kernels));
	r->kernel_of = calloc(r->again.nr + 1, sizeof(*r->kernel_of));
	if (!r->kernels || !r->kernel_of)
		return no_memory();
	json_object_foreach((json_t *)r->bundle.kernels, name, folder)
		r->kernels[r->nr_kernels++] = (struct replay_kernel){
			.name = name,
			.then = boots_kernel(&r->bundle.then, name),
		};
	for (i = 0; i < r->again.nr; i++) {
		name = record_string(r->again.list[i].then->record, "kernel");
		for (k = 0; k < r->nr_kernels; k++)
			if (!strcmp(name, r->kernels[k].name))
				r->kernel_of[i] = &r->kernels[k];
	}
	return 0;
}

int replay_open(struct replay *r, const char *path)
{
	int ret;

	memset(r, 0, sizeof(*r));
	ret = bundle_open(&r->bundle, path);
	if (!ret)
		ret = again_find(&r->bundle, &r->again);
	return ret ? ret : find_kernels(r);
}

size_t replay_patches(const struct replay *r)
{
	static const char *const others[] = {
		"series", "origin", "cmdline", "multi-node-note", "config",
	};
	const char *name, *file;
	size_t nr = 0, i;
	json_t *member;

	json_object_foreach(json_object_get(r->bundle.manifest, "members"),
			    name, member) {
		if (strncmp(name, "kernels/", 8))
			continue;
		file = strrchr(name, '/') + 1;
		for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
			if (!strcmp(file, others[i]))
				break;
		nr += i == sizeof(others) / sizeof(others[0]);
	}
	return nr;
}

/* ------------------------------------------------------------------ building */

static bool is_wanted(const struct replay *r, const struct replay_kernel *k)
{
	for (size_t i = 0; i < r->again.nr; i++)
		if (!r->again.list[i].why[0] && r->kernel_of[i] == k)
			return true;
	return false;
}

/* "6.12" of "6.12.117"; "" if it is no release. */
static void version_of(const char *release, char version[16])
{
	size_t len = strspn(release, "0123456789"), more;

	version[0] = '\0';
	if (!len || len > 4 || release[len] != '.')
		return;
	more = strspn(release + len + 1, "0123456789");
	if (more && more <= 4)
		snprintf(version, 16, "%.*s", (int)(len + 1 + more), release);
}

/* What was built without is not measured; it is told why. */
static void give_up(struct replay *r, const struct replay_kernel *k,
		    const char *why)
{
	for (size_t i = 0; i < r->again.nr; i++) {
		struct again *a = &r->again.list[i];

		if (a->why[0] || r->kernel_of[i] != k)
			continue;
		a->lost = true;
		snprintf(a->why, sizeof(a->why),
			 "its kernel does not build here: %.200s", why);
	}
	fprintf(stderr, "%s does not build: %s\n", k->name, why);
}

/* From the source that the user chose, else from Debian's of that release. */
static int build_kernel(struct replay *r, struct replay_kernel *k)
{
	struct kernel_source source = source_asked();
	const char *fragment = record_string(k->then, "fragment");
	char path[PATH_MAX], version[16], why[KERNEL_WHY_LEN];
	int ret;

	version_of(record_string(k->then, "release"), version);
	if (!source.version && version[0])
		source.version = version;
	if (!source.config && fragment && archive_name_ok(fragment) &&
	    !strchr(fragment, '/'))
		source.config = fragment;
	snprintf(path, sizeof(path), "%s/%s", r->bundle.folder.path,
		 json_string_value(json_object_get(r->bundle.kernels, k->name)));
	ret = kernel_try(&source, path, false, &k->built, &k->nr_built, why);
	if (!ret && why[0])
		give_up(r, k, why);
	else if (!ret)
		ret = kernel_rename(k->built, k->name);
	return ret;
}

/* ------------------------------------------------------------------- booting */

/* The words of the guest's own kernel come from here, so the line is made now. */
static int note_cmdlines(struct replay *r, const struct boot_job *jobs, size_t nr)
{
	struct vm_inputs in;
	size_t i, n = 0;
	int ret = 0;

	for (i = 0; i < r->again.nr && n < nr && !ret; i++) {
		if (r->again.list[i].why[0])
			continue;
		ret = inputs_make(&in, &jobs[n++].spec);
		memcpy(r->now_cmdline[i], in.cmdline, VM_CMDLINE);
		inputs_free(&in);
	}
	return ret;
}

static int boot(struct replay *r, struct boot_job *jobs, size_t nr,
		const char *output, unsigned int parallel, int argc, char **argv)
{
	/* What is known here would only be what was measured before. */
	struct known known = { .again = true };
	const struct boot_options how = {
		.parallel = parallel, .tries = BOOT_TRIES, .known = &known,
	};
	struct recorder rec;
	int ret;

	ret = recorder_create(&rec, output, NULL, argc, argv);
	if (ret)
		return ret;
	r->output = strdup(rec.w.path);
	for (size_t i = 0; i < r->nr_kernels && !ret; i++)
		if (r->kernels[i].built)
			ret = recorder_write(&rec, r->kernels[i].built->record);
	if (!ret)
		ret = boot_all(jobs, nr, &how, &rec);
	if (!ret)
		ret = note_cmdlines(r, jobs, nr);
	ret = recorder_end(&rec, ret);
	return ret ? ret : boots_read(r->output, &r->now);
}

static int boot_wanted(struct replay *r, const char *output,
		       unsigned int parallel, int argc, char **argv)
{
	struct boot_job *jobs = calloc(r->again.nr + 1, sizeof(*jobs));
	size_t i, nr = 0;
	int ret = 0;

	r->now_cmdline = calloc(r->again.nr + 1, sizeof(*r->now_cmdline));
	if (!jobs || !r->now_cmdline)
		ret = no_memory();
	for (i = 0; i < r->again.nr && !ret; i++) {
		const struct again *a = &r->again.list[i];

		if (a->why[0])
			continue;
		jobs[nr] = (struct boot_job){
			.kernel = r->kernel_of[i]->built, .nr = 1,
			.cost = order_cost(&a->spec.topo, &a->spec.plan),
			.spec = a->spec,
		};
		nr++;
	}
	if (!ret && nr)
		ret = boot(r, jobs, nr, output, parallel, argc, argv);
	free(jobs);
	return ret;
}

/* ------------------------------------------------------------------- judging */

static bool same_field(const json_t *a, const json_t *b, const char *path)
{
	const json_t *x = record_at(a, path), *y = record_at(b, path);

	return x == y || json_equal(x, y);
}

/* The first count that differs, whatever else does. */
static void find_count(const json_t *then, const json_t *now,
		       char what[DIFFER_LEN])
{
	json_t *counts = json_copy((json_t *)then);

	json_object_set(counts, "arms", json_object_get(now, "arms"));
	if (!cells_differ(then, counts, what))
		cells_differ(then, now, what);
	json_decref(counts);
}

static enum replay_state judge(const json_t *then, const json_t *now,
			       char what[DIFFER_LEN])
{
	what[0] = '\0';
	if (!now)
		return REPLAY_MISSING;
	if (!cells_differ(then, now, what))
		return REPLAY_SAME;
	if (same_field(then, now, "arms.empty.ticks") &&
	    same_field(then, now, "arms.off.ticks") &&
	    same_field(then, now, "arms.on.ticks") &&
	    same_field(then, now, "pairs") && same_field(then, now, "valid"))
		return REPLAY_COUNTS;
	find_count(then, now, what);
	return REPLAY_DIFFERS;
}

/*
 * What is found while cells are judged.
 * @boots: of this machine, by guest_key()
 * @now: their cells, @had: those of @r->cells, each by cell_place()
 */
struct judging {
	struct replay *r;
	struct index boots, now, had;
};

/* A text for each guest here, for free(); NULL with err(). */
static char *guest_key(const json_t *record, const char *cmdline)
{
	static const char *const fields[] = { "kernel", "topology", "instrument",
					      "cpu_model" };
	json_t *all = json_pack("[s]", cmdline ? cmdline : "");
	const json_t *value;
	char *key;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		value = record_at(record, fields[i]);
		json_array_append_new(all, value ? json_incref((json_t *)value) :
					   json_null());
	}
	key = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	if (!key)
		no_memory();
	return key;
}

#define PLACE_LEN	(CELL_KEY_LEN + 24)

/* A text for @cell of a boot, or guest, of that number. */
static const char *cell_place(char place[PLACE_LEN], size_t of, const json_t *cell)
{
	char key[CELL_KEY_LEN];

	snprintf(place, PLACE_LEN, "%zu %s", of, cell_key(cell, key));
	return place;
}

static int add_now(struct judging *j, size_t nr)
{
	const struct boot_records *boot = &j->r->now.list[nr];
	char place[PLACE_LEN], *key;
	const json_t *cell;
	size_t i, had;
	int ret;

	if (!boot_is_ok(boot))
		return 0;
	key = guest_key(boot->record, record_string(boot->record, "cmdline"));
	ret = key ? index_add(&j->boots, key, nr, &had) : EX_FAIL;
	free(key);
	json_array_foreach(boot->cells, i, cell)
		if (!ret)
			ret = index_add(&j->now, cell_place(place, nr, cell), i,
					&had);
	return ret;
}

/* Find the boot of this machine that is guest @nr. */
static int find_now(struct judging *j, size_t nr)
{
	struct again *a = &j->r->again.list[nr];
	char *key = guest_key(a->then->record, j->r->now_cmdline[nr]);

	a->now = key ? index_get(&j->boots, key) : INDEX_NONE;
	free(key);
	return key ? 0 : EX_FAIL;
}

static const json_t *find_cell(const struct judging *j, size_t now,
			       const json_t *cell)
{
	char place[PLACE_LEN];
	size_t i = now == INDEX_NONE ? INDEX_NONE :
		   index_get(&j->now, cell_place(place, now, cell));

	return i == INDEX_NONE ? NULL :
	       json_array_get(j->r->now.list[now].cells, i);
}

/* Boots of one guest agree, or the bundle's own file contradicts itself. */
static int add_cell(struct judging *j, size_t nr, const json_t *cell, size_t now)
{
	char what[DIFFER_LEN], place[PLACE_LEN];
	struct replay *r = j->r;
	struct replay_cell *c;
	size_t had;

	if (index_add(&j->had, cell_place(place, nr, cell), r->nr_cells, &had))
		return EX_FAIL;
	if (had < r->nr_cells) {
		c = &r->cells[had];
		if (judge(cell, c->now, what) > c->state) {
			c->state = judge(cell, c->now, c->what);
			c->then = cell;
		}
		return 0;
	}
	if (array_room(&r->cells, r->nr_cells, sizeof(*r->cells)))
		return EX_FAIL;
	c = &r->cells[r->nr_cells++];
	*c = (struct replay_cell){
		.of = &r->again.list[nr], .then = cell,
		.now = find_cell(j, now, cell),
	};
	c->state = judge(cell, c->now, c->what);
	return 0;
}

/*
 * What the guest measures here and the bundle does not have: whoever made the bundle
 * may have taken out what did not suit.
 */
static int add_unrecorded(struct judging *j, size_t nr, size_t now)
{
	char place[PLACE_LEN];
	struct replay *r = j->r;
	const json_t *cell;
	size_t i;

	if (now == INDEX_NONE)
		return 0;
	json_array_foreach(r->now.list[now].cells, i, cell) {
		if (!record_is(cell, "cell") ||
		    index_get(&j->had, cell_place(place, nr, cell)) != INDEX_NONE)
			continue;
		if (array_room(&r->cells, r->nr_cells, sizeof(*r->cells)))
			return EX_FAIL;
		r->cells[r->nr_cells++] = (struct replay_cell){
			.of = &r->again.list[nr], .now = cell,
			.state = REPLAY_UNRECORDED,
		};
	}
	return 0;
}

static int judge_guest(struct judging *j, size_t nr)
{
	const struct again *a = &j->r->again.list[nr];
	const json_t *cell;
	int ret = find_now(j, nr);
	size_t i, k;

	for (i = a->first; i != INDEX_NONE; i = j->r->again.next[i])
		json_array_foreach(j->r->bundle.then.list[i].cells, k, cell)
			if (!ret && record_is(cell, "cell"))
				ret = add_cell(j, nr, cell, a->now);
	return ret ? ret : add_unrecorded(j, nr, a->now);
}

int replay_judge(struct replay *r)
{
	struct judging j = { .r = r };
	int ret = 0;
	size_t i;

	for (i = 0; i < r->now.nr && !ret; i++)
		ret = add_now(&j, i);
	for (i = 0; i < r->again.nr && !ret; i++)
		if (!r->again.list[i].why[0])
			ret = judge_guest(&j, i);
	index_free(&j.boots);
	index_free(&j.now);
	index_free(&j.had);
	for (i = 0; i < r->nr_cells; i++)
		r->count[r->cells[i].state]++;
	return ret;
}

int replay_verdict(const struct replay *r)
{
	size_t bad = r->count[REPLAY_DIFFERS] + r->count[REPLAY_MISSING];
	size_t lost = 0, boots = 0, i;

	for (i = 0; i < r->again.nr; i++) {
		boots += r->again.list[i].boots;
		if (r->again.list[i].lost)
			lost += r->again.list[i].boots;
	}
	if (r->nr_cells == r->count[REPLAY_UNRECORDED])
		return err(EX_INVALID, "nothing of this bundle could be measured again");
	if (bad)
		return err(EX_FAIL, "%zu of %zu cells are not what was recorded",
			   bad, r->nr_cells);
	if (r->count[REPLAY_UNRECORDED])
		return err(EX_INVALID, "the bundle lacks %zu of %zu cells that its own boots measure: its results are not whole",
			   r->count[REPLAY_UNRECORDED], r->nr_cells);
	return lost ? err(EX_INVALID, "%zu of %zu boots could not be measured again: 'not measured again' above says why",
			  lost, boots) : 0;
}

int replay_measure(struct replay *r, const char *output, unsigned int jobs,
		   int argc, char **argv)
{
	int ret = 0;

	for (size_t i = 0; i < r->nr_kernels && !ret; i++)
		if (is_wanted(r, &r->kernels[i]))
			ret = build_kernel(r, &r->kernels[i]);
	if (!ret)
		ret = boot_wanted(r, output, jobs, argc, argv);
	return ret ? ret : replay_judge(r);
}

int replay_free(struct replay *r)
{
	for (size_t i = 0; i < r->nr_kernels; i++)
		kernels_free(r->kernels[i].built, r->kernels[i].nr_built);
	free(r->kernels);
	free(r->kernel_of);
	again_free(&r->again);
	free(r->now_cmdline);
	free(r->cells);
	free(r->output);
	boots_free(&r->now);
	return bundle_close(&r->bundle);
}
