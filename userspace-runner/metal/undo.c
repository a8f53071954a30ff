// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of changes to this machine that have to be undone. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/output.h"
#include "metal/undo.h"

#define TRIES		50
#define PAUSE_US	100000

static void boot_id(char id[64])
{
	read_first("/proc/sys/kernel/random/boot_id", id, 64);
}

static int dump(FILE *out, const void *what)
{
	return json_dumpf(what, out, JSON_INDENT(2)) ? no_memory() : 0;
}

/* Saved before the change is made; /run is memory, so no sync is needed. */
static int save(struct undo *u)
{
	json_t *state;
	char id[64];
	int ret;

	if (!json_array_size(u->list))
		return unlink(u->path) && errno != ENOENT ?
		       err_errno(EX_FAIL, "cannot remove %s", u->path) : 0;
	boot_id(id);
	state = json_pack("{s:s, s:O}", "boot_id", id, "undo", u->list);
	ret = output_write(u->path, dump, state);
	json_decref(state);
	return ret;
}

static int add(struct undo *u, json_t *deed)
{
	int ret;

	json_array_append_new(u->list, deed);
	ret = save(u);
	if (ret)
		json_array_remove(u->list, json_array_size(u->list) - 1);
	return ret;
}

int undo_rmmod(struct undo *u, const char *module)
{
	return add(u, json_pack("{s:s}", "rmmod", module));
}

int undo_rmdir(struct undo *u, const char *path)
{
	return add(u, json_pack("{s:s}", "rmdir", path));
}

int undo_write(struct undo *u, const char *path, const char *text)
{
	return add(u, json_pack("{s:s, s:s}", "write", path, "text", text));
}

/* A process that was just killed may keep it busy for a moment. */
static int again(int (*deed)(const char *arg), const char *arg)
{
	int i, ret = 0;

	for (i = 0; i < TRIES; i++) {
		ret = deed(arg);
		if (!ret || (errno != EAGAIN && errno != EBUSY))
			break;
		usleep(PAUSE_US);
	}
	return ret;
}

static int rmmod(const char *module)
{
	return syscall(SYS_delete_module, module, O_NONBLOCK) &&
	       errno != ENOENT ? -1 : 0;
}

/* PATH, and PATH.N of the tasks of a parallel bench. */
static int remove_dir(const char *path)
{
	char pattern[300];
	glob_t found;
	int ret = 0;

	snprintf(pattern, sizeof(pattern), "%s.[0-9]*", path);
	if (!glob(pattern, GLOB_NOSORT, NULL, &found)) {
		for (size_t i = 0; i < found.gl_pathc && !ret; i++)
			ret = rmdir(found.gl_pathv[i]) && errno != ENOENT;
		globfree(&found);
	}
	return ret || (rmdir(path) && errno != ENOENT) ? -1 : 0;
}

static int put_back(const json_t *deed)
{
	const char *module = json_string_value(json_object_get(deed, "rmmod"));
	const char *dir = json_string_value(json_object_get(deed, "rmdir"));
	const char *path = json_string_value(json_object_get(deed, "write"));
	const char *text = json_string_value(json_object_get(deed, "text"));

	if (module && again(rmmod, module))
		return err_errno(EX_FAIL, "cannot unload %s", module);
	if (dir && again(remove_dir, dir))
		return err_errno(EX_FAIL, "cannot remove %s", dir);
	if (path && text)
		return write_file(path, text);
	return 0;
}

int undo_all(struct undo *u)
{
	char first[512] = "";
	size_t i = json_array_size(u->list);
	int ret = 0, ret2;

	while (i--) {
		if (put_back(json_array_get(u->list, i))) {
			if (!ret)
				snprintf(first, sizeof(first), "%s",
					 err_message());
			ret = EX_FAIL;
			continue;
		}
		json_array_remove(u->list, i);
		ret2 = save(u);
		ret = ret ? ret : ret2;
	}
	return first[0] ? err(ret, "%s", first) : ret;
}

/* Read the changes that an earlier process did not undo. */
static int take_over(struct undo *u, bool keep)
{
	json_t *state = json_load_file(u->path, 0, NULL), *list;
	const char *boot;
	char id[64];
	int ret = 0;

	if (!state)
		return 0;
	boot_id(id);
	boot = json_string_value(json_object_get(state, "boot_id"));
	list = json_object_get(state, "undo");
	if (!boot || strcmp(boot, id)) {
		/* A reboot since then has undone the changes. */
		unlink(u->path);
	} else if (json_is_array(list)) {
		json_array_extend(u->list, list);
		if (!keep && json_array_size(list)) {
			fprintf(stderr, "undoing the changes of a run that was killed\n");
			ret = undo_all(u);
		}
	}
	json_decref(state);
	return ret;
}

int undo_begin(struct undo *u, const char *dir, const char *name, bool keep)
{
	char path[300];
	int ret;

	snprintf(u->dir, sizeof(u->dir), "%s", dir ? dir : UNDO_DIR);
	u->list = json_array();
	mkdir(u->dir, 0755);
	snprintf(u->path, sizeof(u->path), "%s/%s.json", u->dir, name);
	snprintf(path, sizeof(path), "%s/%s.lock", u->dir, name);
	u->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (u->lock < 0)
		ret = err_errno(EX_FAIL, "cannot write %s: run as root", path);
	else if (flock(u->lock, LOCK_EX | LOCK_NB))
		ret = errno == EWOULDBLOCK ?
		      err(EX_FAIL, "another pcpubench is measuring: wait until it has ended") :
		      err_errno(EX_FAIL, "cannot lock %s", path);
	else
		ret = take_over(u, keep);
	if (ret)
		undo_end(u);
	return ret;
}

void undo_end(struct undo *u)
{
	if (u->lock >= 0)
		close(u->lock);
	u->lock = -1;
	json_decref(u->list);
	u->list = NULL;
}
