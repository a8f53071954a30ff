// SPDX-License-Identifier: GPL-2.0-or-later
/* Ways to boot a kernel once; and the one that needs no boot loader, kexec. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "campaign/campaign.h"
#include "campaign/way.h"

static const struct way *const ways[] = {
	&way_systemd_boot, &way_grub, &way_kexec,
};

#define NR_WAYS	(sizeof(ways) / sizeof(ways[0]))

/* Does @w work here, and for all @releases? */
static int works(const struct way *w, const char *const *releases)
{
	int ret = w->usable();

	for (; !ret && *releases; releases++)
		ret = w->find(*releases);
	return ret;
}

const struct way *way_auto(bool unlisted, const char *const *releases)
{
	for (size_t i = 0; i < NR_WAYS; i++)
		if ((!unlisted || ways[i]->unlisted) && !works(ways[i], releases))
			return ways[i];
	err(EX_USE, "no way to boot another kernel once: neither systemd-boot nor grub, and for kexec: %s",
	    err_message());
	return NULL;
}

const struct way *way_find(const char *name, bool unlisted)
{
	for (size_t i = 0; i < NR_WAYS; i++) {
		if (strcmp(name, ways[i]->name))
			continue;
		if (!unlisted || ways[i]->unlisted)
			return ways[i];
		err(EX_USE, "%s boots what its menu has, and kernels of a series are not put there: use --via=kexec",
		    name);
		return NULL;
	}
	err(EX_USE, "no way to boot is called '%s': there are auto, systemd-boot, grub and kexec",
	    name);
	return NULL;
}

int way_image(const char *release, char *path, size_t room)
{
	if (!strchr(release, '/')) {
		snprintf(path, room, "/boot/" WAY_FOLDER "/vmlinuz-%s", release);
		if (!access(path, R_OK))
			return 0;
		snprintf(path, room, "/boot/vmlinuz-%s", release);
		if (!access(path, R_OK))
			return 0;
	}
	return err(EX_USE, "no kernel %s is installed: there is no /boot/vmlinuz-%s",
		   release, release);
}

char *way_cmdline(const char *cmdline)
{
	static const char *const theirs[] = {
		"BOOT_IMAGE=", "initrd=", CAMPAIGN_TOKEN, NULL
	};

	return words_without(cmdline, theirs);
}

/* --------------------------------------------------------------------- kexec */

static int kexec_usable(void)
{
	const char *argv[] = { "kexec", "--version", NULL };
	char out[256], *disabled;
	int code = process_run(argv, out, sizeof(out), 10);

	if (code < 0 || code == 127)
		return err(EX_USE, "there is no kexec: install kexec-tools");
	disabled = read_text("/proc/sys/kernel/kexec_load_disabled");
	code = !disabled || disabled[0] != '0';
	free(disabled);
	return code ? err(EX_USE, "this kernel has kexec switched off: see /proc/sys/kernel/kexec_load_disabled") : 0;
}

static int kexec_find(const char *release)
{
	char path[256];

	return way_image(release, path, sizeof(path));
}

static int kexec_disarm(void)
{
	const char *argv[] = { "kexec", "-u", NULL };
	char *loaded = read_text("/sys/kernel/kexec_loaded");
	int ret = loaded && loaded[0] == '1' ? process_must(argv) : 0;

	free(loaded);
	return ret;
}

/* kernel-patches/install-kernel has the same. */
int way_initrd(const char *boot, const char *release, char *path, size_t room)
{
	static const struct {
		const char *before, *after;
	} names[] = {
		{ "initrd.img-", "" },		/* Debian */
		{ "initramfs-", ".img" },	/* dracut, Fedora, Arch */
		{ "initrd-", "" },		/* SUSE */
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, room, "%s/%s%s%s", boot, names[i].before, release,
			 names[i].after);
		if (!access(path, R_OK))
			return 0;
	}
	return -1;
}

static int kexec_arm(const struct way_kernel *k)
{
	char image[256], boot[256], path[256], initrd[280];
	char line[CMDLINE_LEN + 20];
	const char *argv[] = { "kexec", "--load", "--kexec-syscall-auto", image,
			       line, initrd, NULL };
	int ret;

	ret = way_image(k->release, image, sizeof(image));
	if (!ret)
		ret = kexec_disarm();
	if (ret)
		return ret;
	snprintf(boot, sizeof(boot), "%.*s", (int)(strrchr(image, '/') - image),
		 image);
	if (way_initrd(boot, k->release, path, sizeof(path)))
		argv[5] = NULL;	/* it has its drivers built in */
	else
		snprintf(initrd, sizeof(initrd), "--initrd=%s", path);
	snprintf(line, sizeof(line), "--command-line=%s %s", k->cmdline,
		 k->args);
	return process_must(argv);
}

static int nothing(void)
{
	return 0;
}

const struct way way_kexec = {
	.name = "kexec", .usable = kexec_usable, .find = kexec_find,
	.arm = kexec_arm, .disarm = kexec_disarm, .unlisted = true,
	.verb = "kexec", .clean = nothing,
};
