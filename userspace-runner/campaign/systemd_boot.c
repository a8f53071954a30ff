// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * systemd-boot: an entry file, and LoaderEntryOneShot, which the boot loader
 * clears when it uses it.
 */
#include <dirent.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/process.h"
#include "campaign/way.h"

#define ONESHOT "/sys/firmware/efi/efivars/LoaderEntryOneShot-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
#define LOADER_INFO "/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

/*
 * systemd-boot sorts by sort-key, machine-id and version, in which a copy is like its
 * original, and then by the file's name; without a default set it boots the first. With
 * "-" as first character ours is the last of its like. "~" is no valid name for bootctl.
 */
#define ENTRY	"-" WAY_ENTRY ".conf"

/* The folder of the entries, below the partition bootctl names. */
static int entries_dir(char *dir, size_t room)
{
	const char *argv[] = { "bootctl", "--print-boot-path", NULL };
	char out[512];

	if (process_run(argv, out, sizeof(out), 60))
		return err(EX_USE, "bootctl does not know where the boot entries are");
	out[strcspn(out, "\n")] = '\0';
	snprintf(dir, room, "%s/loader/entries", out);
	return 0;
}

bool loader_is_systemd(const char *info, size_t len)
{
	static const char name[] = "systemd-boot";

	for (size_t i = 0; i < strlen(name); i++)
		if (4 + 2 * i + 1 >= len || info[4 + 2 * i] != name[i] ||
		    info[4 + 2 * i + 1])
			return false;
	return true;
}

bool loader_booted(void)
{
	FILE *f = fopen(LOADER_INFO, "re");
	char info[64];
	size_t len = f ? fread(info, 1, sizeof(info), f) : 0;

	if (f)
		fclose(f);
	return loader_is_systemd(info, len);
}

static int usable(void)
{
	char dir[600];
	int ret;

	if (!loader_booted())
		return err(EX_USE, "this machine was not booted by systemd-boot");
	ret = entries_dir(dir, sizeof(dir));
	if (!ret && access(dir, W_OK))
		ret = err(EX_USE, "cannot write to %s", dir);
	return ret;
}

/* The value of @key in @conf, and its length; NULL if there is none. */
static const char *value(const char *conf, const char *key, size_t *len)
{
	const char *line = conf;
	size_t n = strlen(key);

	while (*line) {
		if (!strncmp(line, key, n) && strchr(" \t", line[n])) {
			line += n + strspn(line + n, " \t");
			*len = strcspn(line, "\n");
			return line;
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return NULL;
}

char *loader_entry(const char *conf, const char *release, const char *args)
{
	const char *version, *options, *rest;
	size_t version_len, len, any;
	char *entry = NULL;

	version = value(conf, "version", &version_len);
	options = value(conf, "options", &len);
	if (!version || !options || !value(conf, "linux", &any) ||
	    version_len != strlen(release) ||
	    strncmp(version, release, version_len))
		return NULL;
	rest = options + len;
	if (asprintf(&entry, "%.*s %s%s", (int)(rest - conf), conf, args,
		     rest) < 0)
		return NULL;
	return entry;
}

/* The entry for @release; *@entry is for free(). EX_USE when there is none. */
static int find_entry(const char *release, const char *args, char **entry)
{
	char dir[600], path[900];
	struct dirent *e;
	char *conf;
	DIR *d;
	int ret;

	*entry = NULL;
	ret = entries_dir(dir, sizeof(dir));
	if (ret)
		return ret;
	d = opendir(dir);
	while (d && !*entry && (e = readdir(d))) {
		if (!strstr(e->d_name, ".conf") || !strcmp(e->d_name, ENTRY))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		conf = read_text(path);
		if (conf)
			*entry = loader_entry(conf, release, args);
		free(conf);
	}
	if (d)
		closedir(d);
	return *entry ? 0 :
	       err(EX_USE, "no entry in %s is for %s: run 'kernel-install add'",
		   dir, release);
}

static int find(const char *release)
{
	char *entry;
	int ret = find_entry(release, "", &entry);

	free(entry);
	return ret;
}

static int disarm(void)
{
	const char *argv[] = { "bootctl", "set-oneshot", "", NULL };

	return access(ONESHOT, F_OK) ? 0 : process_must(argv);
}

/*
 * Would our entry be booted without being asked for? loader.conf may have a pattern that
 * it matches. A bootctl that prints no JSON does not tell: then its name has to do.
 */
static bool is_default(void)
{
	const char *argv[] = { "bootctl", "list", "--json=short", NULL };
	static char out[1 << 18];
	bool ours = false;
	const char *id;
	json_t *list, *e;
	size_t i;

	if (process_run(argv, out, sizeof(out), 60) || !strchr(out, '['))
		return false;
	list = json_loads(strchr(out, '['), JSON_DISABLE_EOF_CHECK, NULL);
	json_array_foreach(list, i, e) {
		id = json_string_value(json_object_get(e, "id"));
		ours |= id && !strcmp(id, ENTRY) &&
			json_is_true(json_object_get(e, "isDefault"));
	}
	json_decref(list);
	return ours;
}

/* The entry is the default only if it is so without the one-shot variable. */
static int check_default(const char *path)
{
	int ret;

	if (!is_default())
		return 0;
	ret = remove_file(path);
	return ret ? ret : err(EX_FAIL, "systemd-boot would take the campaign's entry for its default: choose that by 'bootctl set-default', or use --via=kexec");
}

static int arm(const struct way_kernel *k)
{
	const char *argv[] = { "bootctl", "set-oneshot", "--", ENTRY, NULL };
	char dir[600], path[700], *entry;
	int ret;

	ret = disarm();
	if (ret)
		return ret;
	ret = find_entry(k->release, k->args, &entry);
	if (ret)
		return ret;
	ret = entries_dir(dir, sizeof(dir));
	if (!ret) {
		snprintf(path, sizeof(path), "%s/%s", dir, ENTRY);
		ret = install_file(path, entry);
	}
	if (!ret)
		ret = sync_system(dir);
	if (!ret)
		ret = check_default(path);
	if (!ret)
		ret = process_must(argv);
	free(entry);
	return ret;
}

static int clean(void)
{
	char dir[600], path[700];
	int ret = disarm();

	if (!ret)
		ret = entries_dir(dir, sizeof(dir));
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "%s/%s", dir, ENTRY);
	return remove_file(path);
}

const struct way way_systemd_boot = {
	.name = "systemd-boot", .usable = usable, .find = find, .arm = arm,
	.disarm = disarm, .verb = "reboot", .clean = clean,
};
