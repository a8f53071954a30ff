// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the function at an address, by System.map or ELF symbols. */
#include <ctype.h>
#include <fcntl.h>
#include <gelf.h>
#include <libgen.h>
#include <libelf.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "mark.h"
#include "profile/symbols.h"

/* Layout of x86-64 (Documentation/arch/x86/x86_64/mm.rst). */
#define MODULES_START	0xffffffffa0000000ULL
#define MODULES_END	0xffffffffff000000ULL

static int add(struct symbol **list, size_t *nr, uint64_t addr,
	       const char *prefix, const char *name, size_t len)
{
	char *copy;

	if (array_room(list, *nr, sizeof(**list)))
		return EX_FAIL;
	if (asprintf(&copy, "%s%.*s", prefix, (int)len, name) < 0)
		return no_memory();
	(*list)[(*nr)++] = (struct symbol){ addr, copy };
	return 0;
}

/* Length without the suffix of a clone; a leading dot is the name's own. */
static size_t plain_len(const char *name)
{
	return *name ? 1 + strcspn(name + 1, ".") : 0;
}

static int compare(const void *x, const void *y)
{
	const struct symbol *a = x, *b = y;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	/* Of several names for one address always take the same. */
	return strcmp(a->name, b->name);
}

static void sort(struct symbol *list, size_t nr)
{
	if (nr)
		qsort(list, nr, sizeof(*list), compare);
}

/* Take "ADDRESS TYPE NAME\n" apart, in place. */
static bool parse_map(char *line, uint64_t *addr, char *type, char **name)
{
	char *end;

	*addr = strtoull(line, &end, 16);
	if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ')
		return false;
	*type = tolower(end[1]);
	*name = end + 3;
	(*name)[strcspn(*name, "\t\n")] = '\0';
	return true;
}

static int read_map(struct symbols *s, FILE *map)
{
	char line[1024], type, *name;
	uint64_t addr;
	int e = 0;

	while (!e && fgets(line, sizeof(line), map)) {
		if (!parse_map(line, &addr, &type, &name))
			continue;
		/* Padding in front of a function is not a function. */
		if (!strncmp(name, "__pfx_", 6) || type == 'a')
			continue;
		e = add(&s->sym, &s->nr, addr, "", name,
			type == 't' || type == 'w' ? plain_len(name) :
						     strlen(name));
	}
	return e;
}

/* The System.map beside @image; NULL when there is none, or its path too long. */
static FILE *open_map(const char *image)
{
	char path[PATH_MAX], dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%s", image);
	if (snprintf(path, sizeof(path), "%s/System.map", dirname(dir)) >=
	    (int)sizeof(path))
		return NULL;
	return fopen(path, "r");
}

/* Open @path as ELF. Close with elf_end() and close(). */
static Elf *open_elf(const char *path, int *fd)
{
	Elf *elf;

	elf_version(EV_CURRENT);
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return NULL;
	elf = elf_begin(*fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF)
		return elf;
	elf_end(elf);
	close(*fd);
	return NULL;
}

/*
 * The functions of an ELF file, and its data when @text is 0; else only those
 * in section @text.
 */
static int read_symtab(Elf *elf, size_t text, uint64_t base,
		       struct symbol **list, size_t *nr)
{
	Elf_Scn *scn = NULL;
	Elf_Data *data;
	const char *name;
	GElf_Shdr hdr;
	GElf_Sym sym;
	int type, e = 0;

	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &hdr) || hdr.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(scn, NULL);
		for (int i = 0; data && !e && gelf_getsym(data, i, &sym); i++) {
			type = GELF_ST_TYPE(sym.st_info);
			name = elf_strptr(elf, hdr.sh_link, sym.st_name);
			if (!name || !*name || sym.st_shndx == SHN_UNDEF ||
			    !strncmp(name, "__pfx_", 6))
				continue;
			if (text ? sym.st_shndx != text || type != STT_FUNC :
				   type == STT_FILE || type == STT_SECTION ||
				   sym.st_shndx == SHN_ABS)
				continue;
			e = add(list, nr, base + sym.st_value,
				text ? SYMBOLS_MODULE : "", name,
				type == STT_FUNC ? plain_len(name) :
						   strlen(name));
		}
	}
	return e;
}

int symbols_kernel(struct symbols *s, const char *image)
{
	FILE *map = open_map(image);
	Elf *elf;
	int fd, e = 0;

	memset(s, 0, sizeof(*s));
	if (map) {
		e = read_map(s, map);
		fclose(map);
	} else {
		elf = open_elf(image, &fd);
		if (elf) {
			e = read_symtab(elf, 0, 0, &s->sym, &s->nr);
			elf_end(elf);
			close(fd);
		}
	}
	sort(s->sym, s->nr);
	if (!e && !symbols_address(s, "_text"))
		e = err(EX_USE, "no symbols for %s: put its System.map beside it, or give a vmlinux with a symbol table",
			image);
	if (e)
		symbols_free(s);
	return e;
}

#define MARK_BYTES	7

static void mark_bytes(unsigned int what, uint8_t bytes[MARK_BYTES])
{
	const uint8_t all[MARK_BYTES] = {
		MARK_NOP_0, MARK_NOP_1, MARK_NOP_2, what,
		MARK_MAGIC & 0xff, MARK_MAGIC >> 8 & 0xff, MARK_MAGIC >> 16,
	};

	memcpy(bytes, all, MARK_BYTES);
}

/* Is every mark in @text, if that lies at @base? */
static bool marks_fit(const char *text, size_t size, uint64_t base,
		      const struct symbols_mark *marks, size_t nr)
{
	uint8_t bytes[MARK_BYTES];
	uint64_t at;

	for (size_t i = 0; i < nr; i++) {
		at = marks[i].addr - base;
		mark_bytes(marks[i].what, bytes);
		if (at > size || size - at < MARK_BYTES ||
		    memcmp(text + at, bytes, MARK_BYTES))
			return false;
	}
	return true;
}

uint64_t symbols_base(const void *text, size_t size,
		      const struct symbols_mark *marks, size_t nr)
{
	const char *at = text, *const end = at + size;
	uint8_t bytes[MARK_BYTES];
	uint64_t base;

	mark_bytes(marks[0].what, bytes);
	while ((at = memmem(at, end - at, bytes, MARK_BYTES))) {
		base = marks[0].addr - (at - (const char *)text);
		if (marks_fit(text, size, base, marks, nr))
			return base;
		at++;
	}
	return 0;
}

int symbols_module(struct symbols *s, const char *path,
		   const struct symbols_mark *marks, size_t nr)
{
	Elf_Scn *scn = NULL;
	uint64_t base = 0;
	size_t names = 0;
	GElf_Shdr hdr;
	const char *name;
	Elf_Data *data;
	Elf *elf;
	int fd, e = 0;

	elf = open_elf(path, &fd);
	if (!elf)
		return err(EX_USE, "%s is not a kernel module", path);
	elf_getshdrstrndx(elf, &names);
	while (!base && (scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &hdr))
			continue;
		name = elf_strptr(elf, names, hdr.sh_name);
		data = elf_getdata(scn, NULL);
		if (!name || strcmp(name, ".text") || !data || !data->d_buf)
			continue;
		base = symbols_base(data->d_buf, data->d_size, marks, nr);
		if (!base)
			continue;
		s->module_base = base;
		s->module_end = s->module_base + hdr.sh_size;
		e = read_symtab(elf, elf_ndxscn(scn), s->module_base,
				&s->module, &s->nr_module);
	}
	elf_end(elf);
	close(fd);
	sort(s->module, s->nr_module);
	if (!base)
		return err(EX_USE, "%s has no marks for the profile: build it from this kmod-bench/",
			   path);
	return e;
}

/* The last symbol not above @addr; of several at one address the first. */
static const struct symbol *below(const struct symbol *list, size_t nr,
				  uint64_t addr)
{
	size_t lo = 0, hi = nr, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (list[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	for (lo--; lo && list[lo - 1].addr == list[lo].addr; lo--)
		;
	return &list[lo];
}

const char *symbols_name(const struct symbols *s, uint64_t addr)
{
	const struct symbol *sym;

	if (addr < SYMBOLS_KERNEL_HALF)
		return "[user]";
	if (addr >= s->module_base && addr < s->module_end) {
		sym = below(s->module, s->nr_module, addr);
		return sym ? sym->name : "[module]";
	}
	if (addr >= MODULES_START && addr < MODULES_END)
		return "[module]";
	sym = below(s->sym, s->nr, addr);
	return sym ? sym->name : "[unknown]";
}

uint64_t symbols_address(const struct symbols *s, const char *name)
{
	for (size_t i = 0; i < s->nr; i++)
		if (!strcmp(s->sym[i].name, name))
			return s->sym[i].addr;
	return 0;
}

uint64_t symbols_find(const char *image, const char *name)
{
	char line[1024], type, *here;
	FILE *map = open_map(image);
	struct symbols s;
	uint64_t addr;

	while (map && fgets(line, sizeof(line), map)) {
		if (!strstr(line, name) ||
		    !parse_map(line, &addr, &type, &here) || strcmp(here, name))
			continue;
		fclose(map);
		return addr;
	}
	if (map)
		fclose(map);
	if (map || symbols_kernel(&s, image))
		return 0;
	addr = symbols_address(&s, name);
	symbols_free(&s);
	return addr;
}

static void free_list(struct symbol *list, size_t nr)
{
	while (nr)
		free(list[--nr].name);
	free(list);
}

void symbols_free(struct symbols *s)
{
	free_list(s->sym, s->nr);
	free_list(s->module, s->nr_module);
	memset(s, 0, sizeof(*s));
}
