// SPDX-License-Identifier: GPL-2.0-or-later
/* Damages lines of JSON so that they stay JSON: bytes alone would seldom get far. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* libFuzzer's own, for bytes. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

#define MOST_VALUES	512

/* Where a value of a record stands: in an object by @key, else in an array by @at. */
struct place {
	json_t *in;
	const char *key;
	size_t at;
};

struct places {
	struct place list[MOST_VALUES];
	size_t nr;
};

static void add_places(struct places *p, json_t *in)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(in, key, value) {
		if (p->nr < MOST_VALUES)
			p->list[p->nr++] = (struct place){ in, key, 0 };
		add_places(p, value);
	}
	json_array_foreach(in, i, value) {
		if (p->nr < MOST_VALUES)
			p->list[p->nr++] = (struct place){ in, NULL, i };
		add_places(p, value);
	}
}

static json_t *value_of(const struct place *p)
{
	return p->key ? json_object_get(p->in, p->key) :
			json_array_get(p->in, p->at);
}

static void set_value(const struct place *p, json_t *value)
{
	if (p->key)
		json_object_set_new(p->in, p->key, value);
	else
		json_array_set_new(p->in, p->at, value);
}

static void drop_value(const struct place *p)
{
	if (p->key)
		json_object_del(p->in, p->key);
	else
		json_array_remove(p->in, p->at);
}

/* Cut in the middle it is no UTF-8. */
#define LONG \
	"\u00e4\u20ac a long text, longer than what a table has room for \u00e4\u20ac\u00e4\u20ac\u00e4\u20ac"

static json_t *other_value(unsigned int seed)
{
	static const json_int_t numbers[] = {
		0, 1, -1, 2, 7, 64, 4096, 8192, 1LL << 31, 1LL << 32,
		1LL << 53, (1LL << 53) + 1, INT64_MAX, INT64_MIN,
	};
	static const char *const texts[] = {
		"", "off", "on", "ok", "failed", "insn", "time", "profile",
		"percpu-alloc", "bpf-percpu-map/hash", "mm-life/fork",
		"percpu-contend", "slab-alloc", "4c2n", "176c1n", "d", "baseline",
		"::error::x", "##[group]x", "x\033[31m", "a\nb", "`x`$(x)",
		"<b>|_*", "=1+1", "]]></script>", "\"'\\", "%s%n", "../../x",
		LONG LONG LONG "end", "\u202e\u2028",
	};

	switch (seed % 6) {
	case 0:
		return json_real((double)seed / 7 - 1e8);
	case 1:
		return json_null();
	case 2:
		return json_boolean(seed & 8);
	case 3:
		return json_string(texts[seed / 6 %
				   (sizeof(texts) / sizeof(texts[0]))]);
	default:
		return json_integer(numbers[seed / 6 %
				    (sizeof(numbers) / sizeof(numbers[0]))]);
	}
}

static void damage(json_t *record, unsigned int seed)
{
	struct places p = { .nr = 0 };
	const struct place *at, *from;
	json_int_t number;

	add_places(&p, record);
	if (!p.nr)
		return;
	at = &p.list[seed / 8 % p.nr];
	from = &p.list[seed / 4096 % p.nr];
	switch (seed % 8) {
	case 0:
		drop_value(at);
		break;
	case 1:
	case 2:
		set_value(at, json_deep_copy(value_of(from)));
		break;
	case 3:
		if (json_is_array(at->in))
			json_array_append_new(at->in,
					      json_deep_copy(value_of(from)));
		break;
	case 4:
		number = json_integer_value(value_of(at));
		if (json_is_integer(value_of(at)) && number < INT64_MAX)
			set_value(at, json_integer(number + 1));
		break;
	default:
		set_value(at, other_value(seed / 4096));
	}
}

/* The line of @text, @len bytes of it, that @seed chooses. */
static const char *choose_line(const char *text, size_t size, unsigned int seed,
			       size_t *len)
{
	const char *at = text + seed % size, *end;

	while (at > text && at[-1] != '\n')
		at--;
	end = memchr(at, '\n', text + size - at);
	*len = (end ? end : text + size) - at;
	return at;
}

/* Put @line in the place of @len bytes at @at. The new size, 0 without room. */
static size_t put_line(char *text, size_t size, size_t max, char *at, size_t len,
		       const char *line)
{
	size_t now = strlen(line), behind = text + size - (at + len);

	if (size - len + now > max)
		return 0;
	memmove(at + now, at + len, behind);
	memcpy(at, line, now);
	return size - len + now;
}

size_t fuzz_mutate_lines(uint8_t *data, size_t size, size_t max,
			 unsigned int seed)
{
	char *text = (char *)data, *at, *line;
	size_t len, made;
	json_t *record;

	if (!size || seed % 8 == 0)
		return LLVMFuzzerMutate(data, size, max);
	srand(seed);
	at = (char *)choose_line(text, size, (unsigned int)rand(), &len);
	/* Sometimes a line less. */
	if (seed % 8 == 1) {
		len += at + len < text + size;
		memmove(at, at + len, text + size - (at + len));
		return size - len ? size - len : 1;
	}
	record = json_loadb(at, len, JSON_DECODE_ANY, NULL);
	if (!record)
		return LLVMFuzzerMutate(data, size, max);
	damage(record, (unsigned int)rand());
	line = json_dumps(record, JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(record);
	made = line ? put_line(text, size, max, at, len, line) : 0;
	free(line);
	return made ? made : LLVMFuzzerMutate(data, size, max);
}
