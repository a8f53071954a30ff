/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths of the project's own files and of its cache. */
#ifndef PCPUBENCH_BASE_PATHS_H
#define PCPUBENCH_BASE_PATHS_H

/* The project's tree: $PCPUBENCH_DATADIR, else the tree it was built in. */
const char *path_data(void);

/* The static /init of guests. */
const char *path_guest_init(void);

/* The TCG plugin of the `profile` instrument. */
const char *path_plugin(void);

/* $XDG_CACHE_HOME/pcpubench, else ~/.cache/pcpubench; created. */
const char *path_cache(void);

#endif
