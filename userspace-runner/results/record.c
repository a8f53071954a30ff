// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules of each record, and access to its fields. */
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "plan/instrument.h"
#include "results/record.h"

enum kind {
	STRING,
	NAME,		/* not empty, no control characters: it goes into tables */
	HASH,		/* SHA-256, lower case; empty if unknown */
	COUNT,		/* 0 to RECORD_INT_MAX */
	POSITIVE,	/* 1 to RECORD_INT_MAX */
	BOOLEAN,
	OBJECT,
	WORDS,		/* array of strings */
	PATCHES,	/* array of objects with a name, and a hash if any */
	ORIGIN,		/* object of strings, or arrays of them */
	STATUS,
	UNIT,
};

static const char * const kind_text[] = {
	[STRING]	= "a string",
	[NAME]		= "a name on one line",
	[HASH]		= "a SHA-256 of 64 hex digits",
	[COUNT]		= "a whole number from 0 to 2^53",
	[POSITIVE]	= "a whole number from 1 to 2^53",
	[BOOLEAN]	= "true or false",
	[OBJECT]	= "an object",
	[WORDS]		= "an array of strings",
	[PATCHES]	= "an array of objects with a name, and a hash if any",
	[ORIGIN]	= "an object of texts",
	[STATUS]	= "ok or failed",
	[UNIT]		= "insn or ns",
};

/* A field in another object MUST exist only if that object does. */
enum need { MAY, MUST };

struct rule {
	const char *type;
	const char *field;
	enum kind kind;
	enum need need;
};

static const struct rule rules[] = {
	{ "run", "id", NAME, MUST },
	{ "run", "started", STRING, MUST },
	{ "run", "tool", STRING, MAY },
	{ "run", "command", WORDS, MAY },
	{ "run", "host", OBJECT, MUST },
	{ "run", "host.cpu", STRING, MUST },
	{ "run", "host.cpus", POSITIVE, MUST },
	{ "run", "host.kernel", STRING, MUST },
	{ "run", "host.os", STRING, MUST },

	{ "kernel", "kernel", NAME, MUST },
	{ "kernel", "release", STRING, MUST },
	{ "kernel", "compiler", STRING, MUST },
	{ "kernel", "source", STRING, MAY },
	{ "kernel", "source_id", STRING, MAY },
	{ "kernel", "tree", STRING, MAY },
	{ "kernel", "commit", STRING, MAY },
	{ "kernel", "origin", ORIGIN, MAY },
	{ "kernel", "config_sha256", HASH, MAY },
	{ "kernel", "fragment", STRING, MAY },
	{ "kernel", "config", OBJECT, MAY },
	{ "kernel", "image_sha256", HASH, MAY },
	{ "kernel", "module_sha256", HASH, MAY },
	{ "kernel", "cmdline", STRING, MAY },
	{ "kernel", "multi_node_note", STRING, MAY },
	{ "kernel", "patches", PATCHES, MAY },
	{ "kernel", "harness", PATCHES, MAY },

	{ "boot", "boot", POSITIVE, MUST },
	{ "boot", "kernel", NAME, MUST },
	{ "boot", "topology", NAME, MUST },
	{ "boot", "instrument", NAME, MUST },
	{ "boot", "status", STATUS, MUST },
	{ "boot", "reason", STRING, MAY },
	{ "boot", "qemu", STRING, MAY },
	{ "boot", "cpu_model", STRING, MAY },
	{ "boot", "memory_mib", COUNT, MAY },
	{ "boot", "guest", OBJECT, MAY },
	{ "boot", "guest.possible_cpus", COUNT, MAY },
	{ "boot", "guest.online_cpus", COUNT, MAY },
	{ "boot", "guest.nodes", COUNT, MAY },
	{ "boot", "guest.nodes_shift", COUNT, MAY },
	{ "boot", "guest.unit_size", COUNT, MAY },
	{ "boot", "boot_id", NAME, MAY },
	{ "boot", "cpu", COUNT, MAY },
	{ "boot", "cpu_type", STRING, MAY },
	{ "boot", "state", OBJECT, MAY },
	{ "boot", "layout", OBJECT, MAY },
	{ "boot", "layout.seed", COUNT, MUST },
	{ "boot", "taken", OBJECT, MAY },
	{ "boot", "taken.run", NAME, MUST },
	{ "boot", "taken.started", STRING, MUST },
	{ "boot", "again", OBJECT, MAY },
	{ "boot", "again.run", NAME, MUST },
	{ "boot", "again.started", STRING, MUST },

	{ "cell", "boot", POSITIVE, MUST },
	{ "cell", "kernel", NAME, MUST },
	{ "cell", "topology", NAME, MUST },
	{ "cell", "instrument", NAME, MUST },
	{ "cell", "bench", NAME, MUST },
	{ "cell", "param", COUNT, MUST },
	{ "cell", "unit", UNIT, MUST },
	{ "cell", "pairs", POSITIVE, MUST },
	{ "cell", "valid", BOOLEAN, MUST },
	{ "cell", "reason", NAME, MAY },
	{ "cell", "arms", OBJECT, MAY },
	{ "cell", "chunk", OBJECT, MAY },
	{ "cell", "chunk.outside", COUNT, MUST },
	{ "cell", "chunk.offset", COUNT, MAY },
	{ "cell", "chunk.moved", COUNT, MAY },
	{ "cell", "proof", OBJECT, MAY },
	{ "cell", "proof.expected", COUNT, MUST },
	{ "cell", "proof.beyond", COUNT, MAY },
	{ "cell", "proof.before", COUNT, MUST },
	{ "cell", "proof.held", COUNT, MUST },
	{ "cell", "proof.after", COUNT, MUST },
	{ "cell", "proof.off_held", COUNT, MUST },
	{ "cell", "proof.astray", COUNT, MAY },
	{ "cell", "proof.first_chunk", COUNT, MUST },
	{ "cell", "proof.wrong_sums", COUNT, MAY },
	{ "cell", "proof.fresh", COUNT, MAY },
	{ "cell", "proof_other", OBJECT, MAY },
	{ "cell", "proof_other.expected", COUNT, MUST },
	{ "cell", "proof_other.beyond", COUNT, MAY },
	{ "cell", "proof_other.before", COUNT, MUST },
	{ "cell", "proof_other.held", COUNT, MUST },
	{ "cell", "proof_other.after", COUNT, MUST },
	{ "cell", "proof_other.off_held", COUNT, MUST },
	{ "cell", "proof_other.astray", COUNT, MAY },
	{ "cell", "proof_other.first_chunk", COUNT, MUST },
	{ "cell", "seed", COUNT, MAY },
	{ "cell", "stable", BOOLEAN, MAY },
	{ "cell", "counters", OBJECT, MAY },
	{ "cell", "unsupported", OBJECT, MAY },
	{ "cell", "charge", OBJECT, MAY },
	{ "cell", "charge.uses", COUNT, MUST },
	{ "cell", "charge.percpu", COUNT, MUST },
	{ "cell", "charge.values", COUNT, MUST },
	{ "cell", "memcg", OBJECT, MAY },
	{ "cell", "memcg.held", COUNT, MUST },
	{ "cell", "memcg.percpu", COUNT, MUST },
	{ "cell", "memcg.slab", COUNT, MUST },
	{ "cell", "exts", OBJECT, MAY },
	{ "cell", "exts.chunks", COUNT, MUST },
	{ "cell", "exts.arrays", COUNT, MUST },
	{ "cell", "exts.bytes", COUNT, MUST },
	{ "cell", "exts.unit", POSITIVE, MUST },
	{ "cell", "beside", OBJECT, MAY },
	{ "cell", "beside.held", POSITIVE, MUST },
	{ "cell", "beside.percpu", COUNT, MUST },
	{ "cell", "beside.slab", COUNT, MUST },
	{ "cell", "beside.caches", OBJECT, MAY },
	{ "cell", "beside.files", COUNT, MAY },
	{ "cell", "beside.names", COUNT, MAY },
	{ "cell", "footprint", OBJECT, MAY },
	{ "cell", "footprint.percpu", COUNT, MUST },
	{ "cell", "footprint.slab", COUNT, MUST },
	{ "cell", "footprint.structures", COUNT, MUST },
	{ "cell", "footprint.shrinkers", COUNT, MAY },
	{ "cell", "footprint.objcgs", COUNT, MUST },
	{ "cell", "footprint.references", COUNT, MUST },
	{ "cell", "footprint.nr_nodes", COUNT, MUST },
	{ "cell", "footprint.nr_objcgs", COUNT, MUST },
	{ "cell", "mm", OBJECT, MAY },
	{ "cell", "mm.held", COUNT, MUST },
	{ "cell", "mm.percpu", COUNT, MUST },
	{ "cell", "mm.stack", COUNT, MUST },
	{ "cell", "mm.tables", COUNT, MUST },
	{ "cell", "mm.anon", COUNT, MUST },
	{ "cell", "mm.slab", COUNT, MAY },
	{ "cell", "mm.rseq", BOOLEAN, MUST },
	{ "cell", "mm.sums_all", BOOLEAN, MAY },
	{ "cell", "share", OBJECT, MAY },
	{ "cell", "share.owners", POSITIVE, MUST },
	{ "cell", "share.caches", POSITIVE, MUST },
	{ "cell", "share.looks", POSITIVE, MUST },
	{ "cell", "share.live", COUNT, MUST },
	{ "cell", "share.slabs", POSITIVE, MUST },
	{ "cell", "share.last_live", COUNT, MUST },
	{ "cell", "share.last_slabs", COUNT, MUST },
	{ "cell", "share.nr_slabs", COUNT, MUST },
	{ "cell", "share.nr_inside", COUNT, MUST },
	{ "cell", "share.exts", COUNT, MUST },
	{ "cell", "share.computed", COUNT, MUST },
	{ "cell", "share.slabinfo", BOOLEAN, MUST },
	{ "cell", "zswap", OBJECT, MAY },
	{ "cell", "zswap.pages", POSITIVE, MUST },
	{ "cell", "zswap.stored", COUNT, MUST },
	{ "cell", "zswap.pool", COUNT, MUST },
	{ "cell", "zswap.nodes", BOOLEAN, MUST },
	{ "cell", "zswap.compressor", NAME, MUST },

	{ "profile", "boot", POSITIVE, MUST },
	{ "profile", "kernel", NAME, MUST },
	{ "profile", "topology", NAME, MUST },
	{ "profile", "instrument", NAME, MUST },
	{ "profile", "bench", NAME, MUST },
	{ "profile", "param", COUNT, MUST },
	{ "profile", "pairs", POSITIVE, MUST },

	{ "end", "boots", COUNT, MUST },
	{ "end", "failed", COUNT, MUST },
	{ "end", "cells", COUNT, MUST },
	{ "end", "invalid", COUNT, MUST },
};

/* @held: whether the object that should have the field exists */
static const json_t *walk(const json_t *object, const char *path, bool *held)
{
	for (;;) {
		size_t len = strcspn(path, ".");

		*held = json_is_object(object);
		object = json_object_getn(object, path, len);
		if (!path[len])
			return object;
		path += len + 1;
	}
}

const json_t *record_at(const json_t *record, const char *path)
{
	bool held;

	return walk(record, path, &held);
}

const char *record_string(const json_t *record, const char *path)
{
	return json_string_value(record_at(record, path));
}

long long record_int(const json_t *record, const char *path)
{
	const json_t *value = record_at(record, path);

	return json_is_integer(value) ? json_integer_value(value) : -1;
}

bool record_is(const json_t *record, const char *type)
{
	const char *s = record_string(record, "type");

	return s && !strcmp(s, type);
}

/* What all records of one build have in common. */
static const char *const of_build[] = {
	"release", "image_sha256", "module_sha256", "build_id", "cmdline",
};

#define NR_OF_BUILD	(sizeof(of_build) / sizeof(of_build[0]))

const char *kernel_difference(const json_t *a, const json_t *b)
{
	for (size_t i = 0; i < NR_OF_BUILD; i++) {
		const json_t *x = json_object_get(a, of_build[i]);
		const json_t *y = json_object_get(b, of_build[i]);

		/* A field that both lack is not a difference. */
		if (x != y && !json_equal(x, y))
			return of_build[i];
	}
	return NULL;
}

char *kernel_key(const json_t *record, bool build)
{
	json_t *all = json_object();
	char *key;

	json_object_set(all, "kernel", json_object_get(record, "kernel"));
	json_object_set(all, "release", json_object_get(record, "release"));
	for (size_t i = 0; build && i < NR_OF_BUILD; i++)
		json_object_set(all, of_build[i],
				json_object_get(record, of_build[i]));
	key = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(all);
	if (!key)
		no_memory();
	return key;
}

void record_count(const json_t *record, struct record_counts *counts)
{
	if (record_is(record, "boot")) {
		counts->boots++;
		counts->failed += !strcmp(record_string(record, "status"),
					  "failed");
	} else if (record_is(record, "cell")) {
		counts->cells++;
		counts->invalid += !json_is_true(record_at(record, "valid"));
	}
}

json_t *record_end(const struct record_counts *n)
{
	return json_pack("{s:s, s:i, s:i, s:i, s:i}", "type", "end", "boots",
			 (int)n->boots, "failed", (int)n->failed, "cells",
			 (int)n->cells, "invalid", (int)n->invalid);
}

static bool one_line(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == '\177')
			return false;
	return true;
}

static bool in_range(const json_t *value, long long min)
{
	return json_is_integer(value) && json_integer_value(value) >= min &&
	       json_integer_value(value) <= RECORD_INT_MAX;
}

static bool is_kind(const json_t *value, enum kind kind)
{
	const char *s = json_string_value(value), *key;
	json_t *item;
	size_t i;

	switch (kind) {
	case STRING:
		return s;
	case NAME:
		return s && one_line(s);
	case HASH:
		return s && (!*s || strlen(s) == 64) &&
		       strspn(s, "0123456789abcdef") == strlen(s);
	case COUNT:
		return in_range(value, 0);
	case POSITIVE:
		return in_range(value, 1);
	case BOOLEAN:
		return json_is_boolean(value);
	case OBJECT:
		return json_is_object(value);
	case WORDS:
		json_array_foreach(value, i, item)
			if (!json_is_string(item))
				return false;
		return json_is_array(value);
	case PATCHES:
		json_array_foreach(value, i, item)
			if (!record_string(item, "name") ||
			    (record_at(item, "sha256") &&
			     !record_string(item, "sha256")))
				return false;
		return json_is_array(value);
	case ORIGIN:
		json_object_foreach((json_t *)value, key, item)
			if (!is_kind(item, json_is_array(item) ? WORDS : STRING))
				return false;
		return json_is_object(value);
	case STATUS:
		return s && (!strcmp(s, "ok") || !strcmp(s, "failed"));
	case UNIT:
		for (i = 0; s && i < NR_INSTRUMENTS; i++)
			if (!strcmp(s, instruments[i].unit))
				return true;
		return false;
	}
	return false;
}

/* The place in a file that a message names. */
struct place {
	const char *file;
	size_t line;
	const char *type;
};

static int refuse(const struct place *at, const char *field, const char *want)
{
	return err(EX_USE, "%s: line %zu: '%s' of the %s record is not %s: the file is damaged, measure again",
		   at->file, at->line, field, at->type, want);
}

static int check_rules(const json_t *record, const struct place *at)
{
	const struct rule *r;

	for (r = rules; r < rules + sizeof(rules) / sizeof(*rules); r++) {
		const json_t *value;
		bool held;

		if (strcmp(r->type, at->type))
			continue;
		value = walk(record, r->field, &held);
		if (!value && (r->need == MAY || !held))
			continue;
		if (!value)
			return refuse(at, r->field, "there");
		if (!is_kind(value, r->kind))
			return refuse(at, r->field, kind_text[r->kind]);
	}
	return 0;
}

static int check_arm(const json_t *record, const char *arm,
		     const struct place *at)
{
	const json_t *samples = record_at(record_at(record, "arms"), arm);
	const json_t *ticks = record_at(samples, "ticks");
	const json_t *disturbed = record_at(samples, "disturbed");
	const json_t *locked = record_at(samples, "locked");
	const json_t *cleared = record_at(samples, "cleared");
	const json_t *value;
	long long sum = 0;
	size_t i;

	if (!json_array_size(ticks) ||
	    json_array_size(ticks) != json_array_size(disturbed))
		return refuse(at, arm, "two arrays of samples, equally long");
	json_array_foreach(ticks, i, value) {
		if (!in_range(value, 0) ||
		    json_integer_value(value) > RECORD_INT_MAX - sum)
			return refuse(at, arm, "within 0 to 2^53 ticks in all");
		sum += json_integer_value(value);
	}
	if (locked && json_array_size(locked) != json_array_size(ticks))
		return refuse(at, arm, "as many locked as ticks, or none");
	if (cleared && json_array_size(cleared) != json_array_size(ticks))
		return refuse(at, arm, "as many cleared as ticks, or none");
	json_array_foreach(cleared, i, value)
		if (!in_range(value, 0))
			return refuse(at, arm, "cleared in whole lines");
	json_array_foreach(locked, i, value)
		if (!in_range(value, 0) ||
		    (!json_integer_value(json_array_get(disturbed, i)) &&
		     json_integer_value(value) >
		     json_integer_value(json_array_get(ticks, i))))
			return refuse(at, arm, "locked for no longer than it took");
	json_array_foreach(disturbed, i, value)
		if (!in_range(value, 0))
			return refuse(at, arm, "marked with whole numbers");
	return 0;
}

static int check_nodes(const json_t *record, const struct place *at)
{
	static const char *const fields[] = {
		"node", "expected", "before", "off_held", "held", "after",
		"first_chunk",
	};
	const json_t *proofs = record_at(record, "proof_nodes"), *proof;
	size_t i, field;

	if (proofs && !json_is_array(proofs))
		return refuse(at, "proof_nodes", "an array");
	json_array_foreach(proofs, i, proof)
		for (field = 0; field < sizeof(fields) / sizeof(fields[0]); field++)
			if (!in_range(record_at(proof, fields[field]), 0))
				return refuse(at, "proof_nodes",
					      "of nodes that have whole numbers");
	return 0;
}

static int check_cell(const json_t *record, const struct place *at)
{
	static const char * const arms[] = { "empty", "off", "on" };
	bool valid = json_is_true(record_at(record, "valid"));
	const char *unit = 
		instrument_find(record_string(record, "instrument"))->unit;
	size_t i;

	if (strcmp(unit, record_string(record, "unit")))
		return refuse(at, "unit", "that of its instrument");
	if (!valid && !record_at(record, "reason"))
		return refuse(at, "reason", "there, and the cell is not valid");
	if (valid && !record_at(record, "chunk"))
		return refuse(at, "chunk", "there");
	if (valid && !record_at(record, "proof"))
		return refuse(at, "proof", "there");
	if (!record_at(record, "arms"))
		return valid ? refuse(at, "arms", "there") : 0;
	for (i = 0; i < 3; i++) {
		int e = check_arm(record, arms[i], at);

		if (e)
			return e;
	}
	return check_nodes(record, at);
}

static int check_version(const json_t *record, const struct place *at)
{
	const json_t *version = record_at(record, "version");

	if (!in_range(version, 1))
		return refuse(at, "version", kind_text[POSITIVE]);
	if (json_integer_value(version) > RESULTS_VERSION)
		return err(EX_USE, "%s: format version %lld is newer than the %d that this pcpubench reads: update pcpubench",
			   at->file, (long long)json_integer_value(version),
			   RESULTS_VERSION);
	return 0;
}

int record_check(const json_t *record, const char *file, size_t line)
{
	struct place at = { file, line, record_string(record, "type") };
	int e;

	if (!json_is_object(record) || !at.type)
		return err(EX_USE, "%s: line %zu is not a record with a 'type': give a file that pcpubench wrote",
			   file, line);
	/* Version first: a newer format may have changed other fields. */
	e = !strcmp(at.type, "run") ? check_version(record, &at) : 0;
	if (e)
		return e;
	e = check_rules(record, &at);
	if (e)
		return e;
	if (!strcmp(at.type, "cell"))
		return check_cell(record, &at);
	if (!strcmp(at.type, "boot") &&
	    !strcmp(record_string(record, "status"), "failed") &&
	    !record_at(record, "reason"))
		return refuse(&at, "reason", "there, and the boot failed");
	return 0;
}
