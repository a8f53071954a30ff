// SPDX-License-Identifier: GPL-2.0-or-later
/* The `kernel` record of the running kernel. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "kernel/config.h"
#include "metal/kernel_info.h"

#define BUILD_ID_LEN	20

void kernel_banner(const char *line, char *compiler, char *build, size_t room)
{
	const char *p = strstr(line, ") ("), *hash = strstr(line, " #");
	int depth = 1;
	size_t n = 0;

	compiler[0] = build[0] = '\0';
	/* The compiler's own name has parentheses in it. */
	for (p = p ? p + 3 : ""; *p && n + 1 < room; p++) {
		depth += (*p == '(') - (*p == ')');
		if (!depth)
			break;
		compiler[n++] = *p;
	}
	compiler[n] = '\0';
	if (hash)
		snprintf(build, room, "%.*s", (int)strcspn(hash + 1, "\n"),
			 hash + 1);
}

char *kernel_cmdline(const char *line)
{
	static const char *const theirs[] = {
		"BOOT_IMAGE=", "initrd=", "root=", "resume=", "pcpubench.", NULL
	};

	return words_without(line, theirs);
}

/* The GNU build ID from the running kernel's ELF notes, as hex; "" if none. */
static void build_id(char id[2 * BUILD_ID_LEN + 1])
{
	unsigned char notes[4096];
	FILE *f = fopen("/sys/kernel/notes", "re");
	size_t len = f ? fread(notes, 1, sizeof(notes), f) : 0, at = 0;

	if (f)
		fclose(f);
	id[0] = '\0';
	while (at + sizeof(Elf64_Nhdr) <= len) {
		Elf64_Nhdr head;
		size_t name, desc;

		memcpy(&head, notes + at, sizeof(head));
		name = at + sizeof(head);
		desc = name + (head.n_namesz + 3) / 4 * 4;
		if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 &&
		    !memcmp(notes + name, "GNU", 4) &&
		    head.n_descsz <= BUILD_ID_LEN && desc + head.n_descsz <= len)
			for (size_t i = 0; i < head.n_descsz; i++)
				sprintf(id + 2 * i, "%02x", notes[desc + i]);
		at = desc + (head.n_descsz + 3) / 4 * 4;
	}
}

/* Hash of the first of @paths that exists; each has a %s for the release. */
static void hash_first(const char *const *paths, const char *release,
		       char path[512], char hash[65])
{
	hash[0] = '\0';
	for (; *paths; paths++) {
		snprintf(path, 512, *paths, release);
		if (!access(path, R_OK) && !hash_file(path, hash))
			return;
	}
}

json_t *kernel_info(const char *name, const char *module_sha256)
{
	static const char *const images[] = {
		"/boot/vmlinuz-%s", "/lib/modules/%s/vmlinuz",
		"/boot/pcpubench/vmlinuz-%s",	/* a campaign's own */
		NULL
	};
	static const char *const configs[] = {
		"/boot/config-%s", "/lib/modules/%s/config",
		"/lib/modules/%s/build/.config", NULL
	};
	char line[1024], compiler[512], build[512], id[2 * BUILD_ID_LEN + 1];
	char image[65], config[65], path[512];
	struct utsname uts;
	json_t *kernel;

	uname(&uts);
	read_first("/proc/version", line, sizeof(line));
	kernel_banner(line, compiler, build, sizeof(compiler));
	build_id(id);
	hash_first(images, uts.release, path, image);
	hash_first(configs, uts.release, path, config);
	kernel = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[], s:[]}",
			 "type", "kernel", "kernel", name ? name : uts.release,
			 "release", uts.release, "source", build,
			 "compiler", compiler, "config_sha256", config,
			 "image_sha256", image, "build_id", id,
			 "module_sha256", module_sha256, "cmdline", "",
			 "patches", "harness");
	if (config[0])
		json_object_set_new(kernel, "config", config_settings(path));
	return kernel;
}
