/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds what zsmalloc holds in memory itself, by /proc/kcore, for the /init of a test.
 * Neither zsmalloc nor the memory controller is asked: an object is a word with a
 * handle that points back to this page, and then a block of LZ4 which becomes one of
 * the test's pages. So it is known whose it is, and how long.
 */
#ifndef PCPUBENCH_TESTS_ZS_WALK_H
#define PCPUBENCH_TESTS_ZS_WALK_H

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "measure/benches/zswap_pages.h"

#define WALK_NODES	8
#define WALK_OWNERS	2
#define WALK_NUMBERS	(WALK_OWNERS * ZSWAP_PAGES)
#define WALK_SEGMENTS	64
#define WALK_BLOCKS	256	/* of 128 MiB */

/* Where the kernel has its memory and its struct pages: four and five levels. */
#define WALK_BASE_4	0xffff888000000000UL
#define WALK_PAGES_4	0xffffea0000000000UL
#define WALK_PAGES_5	0xffd4000000000000UL
#define WALK_STRUCT	64	/* sizeof(struct page) */
/* Where the page of a zspage has the next one. */
#define WALK_NEXT	32
/* A location has the page's number above these bits: 52 and 46 of an address. */
#define WALK_SHIFT_52	24
#define WALK_SHIFT_46	30

struct walk {
	long long bytes[WALK_OWNERS][WALK_NODES];
	unsigned int found;
	unsigned int straddle;	/* on two pages... */
	unsigned int split;	/* ...of two nodes */
	unsigned long pfn[WALK_NUMBERS];	/* where each begins, 0: nowhere */
};

static struct {
	int fd;
	Elf64_Phdr segment[WALK_SEGMENTS];
	unsigned int nr;
	uint64_t base, top;	/* of the memory's addresses; its size */
	signed char node[WALK_BLOCKS];
	unsigned long block;
} walk_of = { .fd = -1 };

static bool walk_read(uint64_t addr, void *to, size_t len)
{
	for (unsigned int i = 0; i < walk_of.nr; i++) {
		const Elf64_Phdr *s = &walk_of.segment[i];

		if (addr >= s->p_vaddr && addr - s->p_vaddr + len <= s->p_memsz)
			return pread(walk_of.fd, to, len, s->p_offset +
				     (addr - s->p_vaddr)) == (ssize_t)len;
	}
	return false;
}

static bool walk_is_ram(const Elf64_Phdr *s)
{
	return s->p_type == PT_LOAD && s->p_paddr != (Elf64_Addr)-1 &&
	       s->p_vaddr < 0xffffffff80000000UL;
}

/* Which memory there is. */
static int walk_open(void)
{
	Elf64_Ehdr head;
	uint64_t end;

	if (walk_of.fd >= 0)
		close(walk_of.fd);
	walk_of.fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	if (walk_of.fd < 0 ||
	    pread(walk_of.fd, &head, sizeof(head), 0) != sizeof(head))
		return err_errno(EX_FAIL, "cannot read /proc/kcore");
	walk_of.nr = head.e_phnum;
	if (walk_of.nr > WALK_SEGMENTS ||
	    pread(walk_of.fd, walk_of.segment, walk_of.nr * sizeof(Elf64_Phdr),
		  head.e_phoff) < 0)
		return err(EX_FAIL, "cannot read the segments of /proc/kcore");
	walk_of.top = 0;
	for (unsigned int i = 0; i < walk_of.nr; i++) {
		const Elf64_Phdr *s = &walk_of.segment[i];

		if (!walk_is_ram(s))
			continue;
		walk_of.base = s->p_vaddr - s->p_paddr;
		end = s->p_paddr + s->p_memsz;
		walk_of.top = end > walk_of.top ? end : walk_of.top;
	}
	return walk_of.top ? 0 : err(EX_FAIL, "/proc/kcore has no memory");
}

/* Which node has which block of memory. */
static int walk_nodes(void)
{
	char text[32], path[80];

	if (!read_first("/sys/devices/system/memory/block_size_bytes", text,
			sizeof(text)))
		return err(EX_FAIL, "no blocks of memory in sysfs");
	walk_of.block = strtoul(text, NULL, 16);
	for (int block = 0; block < WALK_BLOCKS; block++) {
		walk_of.node[block] = -1;
		for (int node = 0; node < WALK_NODES; node++) {
			snprintf(path, sizeof(path),
				 "/sys/devices/system/node/node%d/memory%d",
				 node, block);
			if (!access(path, F_OK))
				walk_of.node[block] = node;
		}
	}
	return 0;
}

static int walk_node(unsigned long pfn)
{
	const unsigned long block = pfn * ZSWAP_PAGE / walk_of.block;

	return block < WALK_BLOCKS ? walk_of.node[block] : -1;
}

/* A length of LZ4 goes on as long as bytes are 255. */
static size_t walk_more(const unsigned char **in, const unsigned char *end,
			size_t len)
{
	unsigned char more = 255;

	while (len >= 15 && more == 255 && *in < end) {
		more = *(*in)++;
		len += more;
	}
	return len;
}

/*
 * Decode a block of LZ4 (lz4_Block_format.md) that becomes a page. Returns the
 * block's length, 0 if it is none.
 */
static size_t walk_decode(const unsigned char *block, size_t room,
			  unsigned char page[ZSWAP_PAGE])
{
	const unsigned char *in = block, *end = block + room;
	size_t out = 0, len, back;
	unsigned char token;

	while (in < end) {
		token = *in++;
		len = walk_more(&in, end, token >> 4);
		if (len > (size_t)(end - in) || len > ZSWAP_PAGE - out)
			return 0;
		memcpy(page + out, in, len);
		in += len;
		out += len;
		if (out == ZSWAP_PAGE)
			return in - block;
		if (end - in < 2)
			return 0;
		back = in[0] | in[1] << 8;
		in += 2;
		len = walk_more(&in, end, token & 15) + 4;
		if (!back || back > out || len > ZSWAP_PAGE - out)
			return 0;
		for (; len; len--, out++)
			page[out] = page[out - back];
	}
	return 0;
}

/* The page after @pfn in its zspage; 0 if there is none. */
static unsigned long walk_next(unsigned long pfn)
{
	const uint64_t pages = walk_of.base == WALK_BASE_4 ? WALK_PAGES_4 :
			       WALK_PAGES_5;
	uint64_t next;

	if (!walk_read(pages + pfn * WALK_STRUCT + WALK_NEXT, &next,
		       sizeof(next)))
		return 0;
	next -= pages;
	return next % WALK_STRUCT ||
	       next / WALK_STRUCT >= walk_of.top / ZSWAP_PAGE ? 0 :
	       next / WALK_STRUCT;
}

/* Does the handle in the word @word say that its object is on the page? */
static bool walk_here(uint64_t word, unsigned long pfn)
{
	const uint64_t at = word - 1 - walk_of.base;
	uint64_t object;

	return at < walk_of.top && !(at % 8) &&
	       walk_read(word - 1, &object, sizeof(object)) &&
	       (object >> WALK_SHIFT_52 == pfn ||
		object >> WALK_SHIFT_46 == pfn);
}

static void walk_object(struct walk *w, const char *page, unsigned long pfn,
			unsigned int offset)
{
	static unsigned char block[2 * ZSWAP_PAGE], got[ZSWAP_PAGE];
	static char want[ZSWAP_PAGE];
	const size_t room = ZSWAP_PAGE - offset - 8;
	const unsigned long next = walk_next(pfn);
	size_t len, first;
	unsigned int nr;
	int owner;

	memcpy(block, page + offset + 8, room);
	len = next && walk_read(walk_of.base + next * ZSWAP_PAGE, block + room,
				ZSWAP_PAGE) ? ZSWAP_PAGE : 0;
	len = walk_decode(block, room + len, got);
	memcpy(&nr, got, sizeof(nr));
	if (!len || nr >= WALK_NUMBERS)
		return;
	zswap_page_fill(want, nr);
	if (memcmp(got, want, ZSWAP_PAGE))
		return;
	owner = nr / ZSWAP_PAGES;
	first = len < room ? len : room;
	w->found++;
	w->pfn[nr] = pfn;
	w->bytes[owner][walk_node(pfn)] += first;
	if (first == len)
		return;
	w->bytes[owner][walk_node(next)] += len - first;
	w->straddle++;
	w->split += walk_node(next) != walk_node(pfn);
}

/* Sizes of objects, and so their offsets, are multiples of 16. */
static void walk_chunk(struct walk *w, const char *chunk, size_t len,
		       uint64_t from)
{
	for (size_t i = 0; i < len; i += 16) {
		const char *page = chunk + i / ZSWAP_PAGE * ZSWAP_PAGE;
		const unsigned long pfn = (from + i) / ZSWAP_PAGE;
		uint64_t word;

		memcpy(&word, chunk + i, sizeof(word));
		if ((word & 7) == 1 && walk_here(word, pfn))
			walk_object(w, page, pfn, i % ZSWAP_PAGE);
	}
}

/* Find all objects, in all memory. */
static int walk_all(struct walk *w)
{
	static char chunk[64 * ZSWAP_PAGE];
	int ret = walk_open();

	memset(w, 0, sizeof(*w));
	for (unsigned int i = 0; i < walk_of.nr && !ret; i++) {
		const Elf64_Phdr *s = &walk_of.segment[i];
		size_t len;

		if (!walk_is_ram(s))
			continue;
		for (uint64_t at = 0; at < s->p_memsz && !ret; at += len) {
			len = s->p_memsz - at < sizeof(chunk) ?
			      s->p_memsz - at : sizeof(chunk);
			if (walk_read(s->p_vaddr + at, chunk, len))
				walk_chunk(w, chunk, len, s->p_paddr + at);
			else
				ret = err_errno(EX_FAIL, "cannot read memory");
		}
	}
	return ret;
}

#endif
