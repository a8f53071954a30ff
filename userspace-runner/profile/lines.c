// SPDX-License-Identifier: GPL-2.0-or-later
/* Source lines and inlined functions of addresses, from DWARF. */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "profile/lines.h"
#include "profile/symbols.h"

struct lines {
	struct symbols symbols;
	Dwarf *dwarf;
	int fd;
};

int lines_open(struct lines **lines, const char *dir)
{
	struct lines *l = calloc(1, sizeof(*l));
	char path[PATH_MAX];
	int e;

	*lines = NULL;
	if (!l)
		return no_memory();
	snprintf(path, sizeof(path), "%s/vmlinux.debug", dir);
	e = symbols_kernel(&l->symbols, path);
	if (e) {
		free(l);
		return e;
	}
	l->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (l->fd >= 0)
		l->dwarf = dwarf_begin(l->fd, DWARF_C_READ);
	if (!l->dwarf) {
		lines_close(l);
		return err(EX_FAIL, "%s: no debug information in it: remove its folder and try again",
			   path);
	}
	*lines = l;
	return 0;
}

void lines_close(struct lines *l)
{
	if (l->dwarf)
		dwarf_end(l->dwarf);
	if (l->fd >= 0)
		close(l->fd);
	symbols_free(&l->symbols);
	free(l);
}

static int number(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attr;
	Dwarf_Word val;

	if (!dwarf_attr_integrate(die, name, &attr) ||
	    dwarf_formudata(&attr, &val) || val > INT_MAX)
		return 0;
	return val;
}

/* Names begin with the source's folder, where the kernel is built, or ".". */
static const char *relative(Dwarf_Die *cu, const char *file)
{
	Dwarf_Attribute attr;
	const char *dir;
	size_t len;

	if (!file)
		return "";
	dir = dwarf_formstring(dwarf_attr(cu, DW_AT_comp_dir, &attr));
	len = dir ? strlen(dir) : 0;
	if (len && !strncmp(file, dir, len) && file[len] == '/')
		file += len + 1;
	while (!strncmp(file, "./", 2))
		file += 2;
	return file;
}

/* The place in the surrounding function where an inlined one is called. */
static void call_place(Dwarf_Die *cu, Dwarf_Die *inlined, struct place *p)
{
	Dwarf_Files *files;
	size_t nr;
	int file = number(inlined, DW_AT_call_file);

	p->line = number(inlined, DW_AT_call_line);
	if (!dwarf_getsrcfiles(cu, &files, &nr) && file < (int)nr)
		p->file = relative(cu, dwarf_filesrc(files, file, NULL, NULL));
}

/*
 * The functions around @addr, innermost first, as inlined into each other.
 * dwarf_getscopes() finds the innermost but then follows its declaration;
 * dwarf_getscopes_die() follows the place it was inlined to.
 */
static int chain(Dwarf_Die *cu, uint64_t addr, Dwarf_Die **scopes)
{
	Dwarf_Die *found = NULL;
	int n = dwarf_getscopes(cu, addr, &found);

	*scopes = NULL;
	if (n > 0)
		n = dwarf_getscopes_die(&found[0], scopes);
	free(found);
	return n;
}

void lines_find(const struct lines *l, uint64_t addr, bool inlines,
		struct place *p)
{
	Dwarf_Die cu, *scopes, *outermost = NULL, *function = NULL;
	Dwarf_Line *line;
	int i, n;

	*p = (struct place){
		.function = symbols_name(&l->symbols, addr), .file = "",
	};
	if (!dwarf_addrdie(l->dwarf, addr, &cu))
		return;
	line = dwarf_getsrc_die(&cu, addr);
	if (line && !dwarf_lineno(line, &p->line))
		p->file = relative(&cu, dwarf_linesrc(line, NULL, NULL));
	n = chain(&cu, addr, &scopes);
	for (i = 0; i < n; i++) {
		int tag = dwarf_tag(&scopes[i]);

		if (tag != DW_TAG_inlined_subroutine &&
		    tag != DW_TAG_subprogram)
			continue;
		function = &scopes[i];
		if (inlines || tag == DW_TAG_subprogram)
			break;
		outermost = &scopes[i];
	}
	if (outermost)
		call_place(&cu, outermost, p);
	if (function) {
		p->from = number(function, DW_AT_decl_line);
		if (inlines && dwarf_diename(function))
			p->function = dwarf_diename(function);
	}
	free(scopes);
}
