// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * grub: an entry in custom.cfg, which grub.cfg includes at its end, and
 * next_entry in the environment block, which grub clears when it uses it. The
 * default entry and grub.cfg are not changed.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text_stream.h"
#include "campaign/way.h"

#define BEGIN	"### BEGIN " WAY_ENTRY " ###\n"
#define END	"### END " WAY_ENTRY " ###\n"

/* Names of Debian's family, and of Fedora's. */
static const struct grub {
	const char *dir, *reboot, *editenv, *probe;
} grubs[] = {
	{ "/boot/grub", "grub-reboot", "grub-editenv", "grub-probe" },
	{ "/boot/grub2", "grub2-reboot", "grub2-editenv", "grub2-probe" },
};

static const struct grub *grub_here(void)
{
	char path[64];

	for (size_t i = 0; i < sizeof(grubs) / sizeof(grubs[0]); i++) {
		snprintf(path, sizeof(path), "%s/grub.cfg", grubs[i].dir);
		if (!access(path, R_OK))
			return &grubs[i];
	}
	return NULL;
}

static char *read_in(const struct grub *g, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", g->dir, name);
	return read_text(path);
}

/*
 * grub overwrites the blocks of the file in place, and cannot if they are
 * striped or have checksums: then it would boot the same entry forever.
 */
static int can_write(const struct grub *g)
{
	static const char *const cannot[] = { "btrfs", "zfs", "cpiofs" };
	const char *abstraction[] = { g->probe, "--target=abstraction", g->dir,
				      NULL };
	const char *fs[] = { g->probe, "--target=fs", g->dir, NULL };
	char out[256];

	if (process_run(abstraction, out, sizeof(out), 60))
		return err(EX_USE, "%s cannot tell the file system of %s: use --via=kexec",
			   g->probe, g->dir);
	out[strcspn(out, " \n")] = '\0';
	if (out[0])
		return err(EX_USE, "grub cannot clear its entry on %s, where %s is: use --via=kexec",
			   out, g->dir);
	if (process_run(fs, out, sizeof(out), 60))
		return err(EX_USE, "%s cannot tell the file system of %s: use --via=kexec",
			   g->probe, g->dir);
	out[strcspn(out, " \n")] = '\0';
	for (size_t i = 0; i < sizeof(cannot) / sizeof(cannot[0]); i++)
		if (!strcmp(out, cannot[i]))
			return err(EX_USE, "grub cannot clear its entry on %s, where %s is: use --via=kexec",
				   out, g->dir);
	return 0;
}

/* A grub.cfg that is not used, or whose entries are elsewhere, has none of this kernel. */
static int grub_usable(void)
{
	const struct grub *g = grub_here();
	char *cfg = g ? read_in(g, "grub.cfg") : NULL, *entry;
	struct utsname uts;
	int ret = 0;

	if (!cfg)
		return err(EX_USE, "there is no readable grub.cfg in /boot/grub or /boot/grub2");
	uname(&uts);
	entry = grub_entry(cfg, uts.release, "");
	if (loader_booted())
		ret = err(EX_USE, "systemd-boot has booted this machine, and not grub: use --via=kexec");
	else if (!strstr(cfg, "custom.cfg") || !strstr(cfg, "next_entry"))
		ret = err(EX_USE, "the grub.cfg here is not one of grub-mkconfig with next_entry and custom.cfg: use --via=kexec");
	else if (!entry)
		ret = err(EX_USE, "%s/grub.cfg has no entry for the running kernel, %s: use --via=kexec",
			  g->dir, uts.release);
	free(entry);
	free(cfg);
	return ret ? ret : can_write(g);
}

/* -------------------------------------------------------------------- entries */

/* The `linux` line of an entry, from its first word on; else NULL. */
static const char *linux_line(const char *line)
{
	line += strspn(line, " \t");
	for (const char *const *w = (const char *const []){ "linux",
	     "linux16", "linuxefi", NULL }; *w; w++)
		if (!strncmp(line, *w, strlen(*w)) &&
		    strchr(" \t", line[strlen(*w)]))
			return line;
	return NULL;
}

static bool is_kernel(const char *line, size_t len, const char *release)
{
	char word[256];
	const char *p;

	snprintf(word, sizeof(word), "/vmlinuz-%s", release);
	p = memmem(line, len, word, strlen(word));
	return p && strchr(" \t\n", p[strlen(word)]);
}

static bool is_rescue(const char *line, size_t len)
{
	char *copy = strndup(line, len);
	char *word, *rest = copy;
	bool rescue = false;

	while (copy && (word = strsep(&rest, " \t\n")))
		rescue |= !strcmp(word, "single") ||
			  !strcmp(word, "recovery") ||
			  !strncmp(word, "systemd.unit=rescue", 19);
	free(copy);
	return rescue;
}

/* The end of an entry's body: the line with its "}". */
static const char *body_end(const char *body)
{
	const char *line = body, *p;

	while (*line) {
		p = line + strspn(line, " \t");
		if (*p == '}')
			return line;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return NULL;
}

#define UNRESTRICTED	" --unrestricted "

/* With a password, grub boots only entries with this option without asking for it. */
static bool is_unrestricted(const char *head, const char *body)
{
	return memmem(head, body - head, UNRESTRICTED, strlen(UNRESTRICTED));
}

bool grub_asks(const char *dir, const char *entry)
{
	/* grub.cfg reads the others, where they are. */
	static const char *const files[] = { "grub.cfg", "custom.cfg", "user.cfg" };
	char path[PATH_MAX], *cfg;
	bool password = false;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		cfg = read_text(path);
		password |= cfg && strstr(cfg, "superusers=");
		free(cfg);
	}
	return password && !is_unrestricted(entry, strchr(entry, '\n'));
}

static char *copy_entry(const char *head, const char *body, const char *end,
			const char *kernel, const char *args)
{
	const char *eol = kernel + strcspn(kernel, "\n");
	char *entry = NULL;

	if (asprintf(&entry, "menuentry 'pcpubench campaign' --id " WAY_ENTRY
		     "%s{\n%.*s %s%.*s}\n",
		     is_unrestricted(head, body) ? UNRESTRICTED : " ",
		     (int)(eol - body), body, args, (int)(end - eol), eol) < 0)
		return NULL;
	return entry;
}

char *grub_entry(const char *cfg, const char *release, const char *args)
{
	const char *p = cfg, *head, *body, *end, *line, *kernel;
	size_t len;

	while ((p = strstr(p, "menuentry "))) {
		line = p;
		p += strlen("menuentry ");
		/* Only blanks in front, and not a `submenu`. */
		while (line > cfg && strchr(" \t", line[-1]))
			line--;
		if (line > cfg && line[-1] != '\n')
			continue;
		head = line;
		body = strchr(p, '\n');
		end = body ? body_end(++body) : NULL;
		if (!end)
			return NULL;
		for (line = body; line < end; line = strchr(line, '\n') + 1) {
			kernel = linux_line(line);
			len = strcspn(line, "\n");
			if (kernel && is_kernel(line, len + 1, release) &&
			    !is_rescue(line, len))
				return copy_entry(head, body, end, kernel, args);
		}
		p = end;
	}
	return NULL;
}

/* For free(); NULL when memory ran out. */
static char *replace_all(const char *text, const char *from, const char *to)
{
	char *out = NULL;
	const char *p;
	size_t len;
	FILE *f = text_stream(&out, &len);

	if (!f)
		return NULL;
	for (; (p = strstr(text, from)); text = p + strlen(from))
		fprintf(f, "%.*s%s", (int)(p - text), text, to);
	fputs(text, f);
	return text_stream_end(f, &out);
}

/* replace_all() in a text that is freed; NULL stays NULL. */
static char *replaced(char *text, const char *from, const char *to)
{
	char *new = text ? replace_all(text, from, to) : NULL;

	free(text);
	return new;
}

char *grub_entry_like(const char *cfg, const char *like, const char *release,
		      const char *args)
{
	/* way_initrd() has the same names. */
	static const char *const files[] = {
		"vmlinuz-", "initrd.img-", "initramfs-", "initrd-",
	};
	/* No entry has these words of its own, so @args stay as they are. */
	char *entry = grub_entry(cfg, like, "##"), from[256], to[300];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(from, sizeof(from), "/%s%s", files[i], like);
		snprintf(to, sizeof(to), "/" WAY_FOLDER "%s", from);
		entry = replaced(entry, from, to);
	}
	entry = replaced(entry, like, release);
	return replaced(entry, "##", args);
}

char *custom_replace(const char *custom, const char *entry)
{
	const char *begin = strstr(custom, BEGIN), *end;
	char *text = NULL;
	size_t head;

	end = begin ? strstr(begin, END) : NULL;
	if (end)
		end += strlen(END);
	else
		begin = end = custom + strlen(custom);
	head = begin - custom;
	if (asprintf(&text, "%.*s%s%s%s%s%s", (int)head, custom,
		     head && begin[-1] != '\n' ? "\n" : "",
		     entry[0] ? BEGIN : "", entry, entry[0] ? END : "",
		     end) < 0)
		return NULL;
	return text;
}

int custom_write(const char *dir, const char *entry)
{
	char path[PATH_MAX], end[PATH_MAX], *old, *new;
	int ret;

	snprintf(path, sizeof(path), "%s/custom.cfg", dir);
	/* The administrator's may be a link. */
	if (realpath(path, end))
		snprintf(path, sizeof(path), "%s", end);
	old = read_text(path);
	new = custom_replace(old ? old : "", entry);
	if (!new)
		ret = no_memory();
	else if (old && !strcmp(old, new))
		ret = 0;
	else
		ret = new[0] ? install_file(path, new) : remove_file(path);
	free(old);
	free(new);
	return ret;
}

/* ---------------------------------------------------------------- the machine */

static int grub_find(const char *release)
{
	const struct grub *g = grub_here();
	char *cfg = g ? read_in(g, "grub.cfg") : NULL, image[256], *entry;
	int ret;

	ret = way_image(release, image, sizeof(image));
	if (!ret) {
		entry = cfg ? grub_entry(cfg, release, "") : NULL;
		if (!entry)
			ret = err(EX_USE, "grub's menu has no entry for %s: run update-grub",
				  release);
		else if (grub_asks(g->dir, entry))
			ret = err(EX_USE, "grub asks for a password before it boots %s: give its entry --unrestricted, or use --via=kexec",
				  release);
		free(entry);
	}
	free(cfg);
	return ret;
}

static int grub_arm(const struct way_kernel *k)
{
	const struct grub *g = grub_here();
	char *cfg = g ? read_in(g, "grub.cfg") : NULL, *entry;
	const char *argv[] = { NULL, WAY_ENTRY, NULL };
	int ret;

	if (!cfg)
		return err(EX_FAIL, "grub.cfg is gone");
	entry = grub_entry(cfg, k->release, k->args);
	if (!entry && k->home)
		entry = grub_entry_like(cfg, k->home, k->release, k->args);
	free(cfg);
	if (!entry)
		return err(EX_FAIL, "grub's menu has no entry for %s any more: run update-grub",
			   k->release);
	argv[0] = g->reboot;
	ret = custom_write(g->dir, entry);
	if (!ret)
		ret = process_must(argv);
	/* Sync: grub reads the disk, not the page cache. */
	if (!ret)
		ret = sync_system(g->dir);
	free(entry);
	return ret;
}

static int grub_disarm(void)
{
	const struct grub *g = grub_here();
	const char *list[] = { NULL, "-", "list", NULL };
	const char *unset[] = { NULL, "-", "unset", "next_entry", NULL };
	char out[1024];

	if (!g)
		return 0;
	list[0] = unset[0] = g->editenv;
	/* grub leaves an empty value when it has used one. */
	if (process_run(list, out, sizeof(out), 60) ||
	    (!strstr(out, "next_entry=" WAY_ENTRY "\n") &&
	     !strstr(out, "next_entry=\n")))
		return 0;
	return process_must(unset);
}

static int grub_clean(void)
{
	const struct grub *g = grub_here();
	int ret = grub_disarm();

	return ret || !g ? ret : custom_write(g->dir, "");
}

const struct way way_grub = {
	.name = "grub", .usable = grub_usable, .find = grub_find,
	.arm = grub_arm, .disarm = grub_disarm, .unlisted = true, .verb = "reboot",
	.clean = grub_clean,
};
