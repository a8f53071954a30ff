/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways to boot another kernel once. None changes the machine's default
 * boot: kexec does not use it, and the boot loaders have a place for an entry
 * that they clear when they use it.
 */
#ifndef PCPUBENCH_CAMPAIGN_WAY_H
#define PCPUBENCH_CAMPAIGN_WAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * On the command line of every kernel of a campaign, so that the machine comes
 * back from a crash: a panic reboots after 10 s; an oops and a stuck CPU panic.
 */
#define WAY_ARGS	"panic=10 oops=panic softlockup_panic=1"

/* The boot loader's entry during a campaign. */
#define WAY_ENTRY	"pcpubench-campaign"

/*
 * In /boot, the folder with image and initial RAM disk of a campaign's own kernels, which
 * whoever makes the boot loader's menu does not find there.
 */
#define WAY_FOLDER	"pcpubench"

/*
 * A kernel to boot.
 * @cmdline: the original kernel's, without the boot loader's words
 * @args: further words, or ""
 * @home: the original kernel, whose entry is taken where @release has none
 */
struct way_kernel {
	const char *release, *cmdline, *args, *home;
};

struct way {
	const char *name;
	/* Does this way work here? EX_USE with err() tells what is missing. */
	int (*usable)(void);
	/* Is there such a kernel? EX_USE with err(). */
	int (*find)(const char *release);
	/* Boot @k at the next reboot(), once. */
	int (*arm)(const struct way_kernel *k);
	/* Undo arm(). */
	int (*disarm)(void);
	/* Can it boot a kernel that the boot loader's menu does not have? */
	bool unlisted;
	/* The verb of systemctl to reboot. */
	const char *verb;
	/* Remove what arm() left on the disk. */
	int (*clean)(void);
};

extern const struct way way_kexec, way_grub, way_systemd_boot;

/*
 * The first way that works here and finds all @releases, which end in NULL; for @unlisted
 * kernels the first that boots them. NULL with err().
 */
const struct way *way_auto(bool unlisted, const char *const *releases);

/* The way of that name. NULL with err(). */
const struct way *way_find(const char *name, bool unlisted);

/* The image vmlinuz-RELEASE, in /boot or WAY_FOLDER. EX_USE with err() if there is none. */
int way_image(const char *release, char *path, size_t room);

/* The initial RAM disk of a release in @boot, by any distribution's name; -1: none. */
int way_initrd(const char *boot, const char *release, char *path, size_t room);

/**
 * grub_entry - make our own menu entry for a kernel of a grub.cfg
 * @cfg: text of grub.cfg
 * @args: added to the kernel's command line
 *
 * A copy of the first entry whose `linux` line has vmlinuz-RELEASE and does not
 * start a rescue system. For free(); NULL when there is none.
 */
char *grub_entry(const char *cfg, const char *release, const char *args);

/**
 * grub_entry_like - grub_entry() for a kernel that the menu does not have
 * @like: a release that it has, and whose place in the entry @release takes
 *
 * Image and initial RAM disk of @release are in WAY_FOLDER beside those of @like.
 */
char *grub_entry_like(const char *cfg, const char *like, const char *release,
		      const char *args);

/*
 * Does grub, whose files are in @dir, ask for a password before it boots @entry, which is
 * one of grub_entry()? That stops an unattended machine.
 */
bool grub_asks(const char *dir, const char *entry);

/* Has systemd-boot booted this machine? */
bool loader_booted(void);

/**
 * loader_is_systemd - is it systemd-boot that has set this variable?
 * @info: the file of the EFI variable LoaderInfo: 4 bytes of attributes, and the loader's
 *	name and version in UTF-16. grub sets it, too, from 2.12 on.
 */
bool loader_is_systemd(const char *info, size_t len);

/**
 * loader_entry - as grub_entry(), for a Boot Loader Specification file
 *
 * NULL when @conf, its text, is not for that kernel.
 */
char *loader_entry(const char *conf, const char *release, const char *args);

/**
 * custom_replace - @custom, a custom.cfg, with our part of it replaced
 * @entry: the new part, "" for none
 *
 * The text of others stays unchanged. For free().
 */
char *custom_replace(const char *custom, const char *entry);

/**
 * custom_write - custom_replace() in DIR/custom.cfg
 *
 * Through a link, and with mode and owner as they were; a file without text is removed.
 * 0 or EX_FAIL with err().
 */
int custom_write(const char *dir, const char *entry);

/* A command line without the boot loader's own words. For free(). */
char *way_cmdline(const char *cmdline);

#endif
