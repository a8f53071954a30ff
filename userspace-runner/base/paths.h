/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths of the project's own files and of its cache. */
#ifndef PCPUBENCH_BASE_PATHS_H
#define PCPUBENCH_BASE_PATHS_H

/*
 * The folder with kernel-patches/, plots/ and so on: the tree $PCPUBENCH_DATADIR,
 * or the tree in whose build/ the program lies, or PREFIX/share/pcpubench of a
 * program in PREFIX/bin.
 */
const char *path_data(void);

/* The /init of guests: in TREE/build or PREFIX/lib/pcpubench. */
const char *path_guest_init(void);

/* The TCG plugin of the `profile` instrument. */
const char *path_plugin(void);

/* The command that installs the packages which are missing. */
const char *path_deps(void);

/* $XDG_CACHE_HOME/pcpubench, else ~/.cache/pcpubench; created. */
const char *path_cache(void);

#endif
