/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways to boot another kernel once. None of them changes what the machine
 * boots by itself: kexec leaves it out, and the boot loaders have a place for an
 * entry that they forget as they take it.
 */
#ifndef PCPUBENCH_CAMPAIGN_WAY_H
#define PCPUBENCH_CAMPAIGN_WAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * On the command line of every kernel of a campaign, so that one that crashes
 * comes back: a panic reboots after 10 s, an oops and a CPU that is stuck are
 * one.
 */
#define WAY_ARGS	"panic=10 oops=panic softlockup_panic=1"

/* The entry a boot loader gets for the time of a campaign. */
#define WAY_ENTRY	"pcpubench-campaign"

/*
 * What is to be booted.
 * @cmdline: of the kernel the campaign came from, without its boot loader's
 * @args: more of it, "" for nothing
 */
struct way_kernel {
	const char *release, *cmdline, *args;
};

struct way {
	const char *name;
	/* Can it be used here? EX_USE with err() says what is missing. */
	int (*usable)(void);
	/* Is there such a kernel? EX_USE with err(). */
	int (*find)(const char *release);
	/* Have @k be booted by the next reboot(), once. */
	int (*arm)(const struct way_kernel *k);
	/* Take that back. */
	int (*disarm)(void);
	/* What has to be said to systemctl. */
	const char *verb;
	/* Remove what arm() left on the disk. */
	int (*clean)(void);
};

extern const struct way way_kexec, way_grub, way_systemd_boot;

/* By its name; "auto": the first that is usable. NULL with err(). */
const struct way *way_find(const char *name);

/* Is there /boot/vmlinuz-RELEASE? EX_USE with err(). */
int way_image(const char *release, char *path, size_t room);

/**
 * grub_entry - the menu entry of a kernel in a grub.cfg, as one of our own
 * @cfg: text of grub.cfg
 * @args: added to the kernel's command line
 *
 * The entry of the same `linux` line whose file is vmlinuz-RELEASE, the first
 * that does not start a rescue system. For free(); NULL when there is none.
 */
char *grub_entry(const char *cfg, const char *release, const char *args);

/**
 * loader_entry - the same for the text of a Boot Loader Specification file
 *
 * NULL when @conf is not that kernel's.
 */
char *loader_entry(const char *conf, const char *release, const char *args);

/**
 * custom_replace - @custom, a custom.cfg, with our part of it replaced
 * @entry: the new part, "" for none
 *
 * What others wrote there stays as it is. For free().
 */
char *custom_replace(const char *custom, const char *entry);

/* A command line without what a boot loader put there for itself. For free(). */
char *way_cmdline(const char *cmdline);

#endif
