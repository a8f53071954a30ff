/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A campaign: boots installed kernels in turn and measures each, boot by boot.
 * Its state is in one file, which is written whole before every step that may
 * lose the machine; docs/campaign.md explains the states.
 */
#ifndef PCPUBENCH_CAMPAIGN_CAMPAIGN_H
#define PCPUBENCH_CAMPAIGN_CAMPAIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define CAMPAIGN_DIR		"/var/lib/pcpubench/campaign"
#define CAMPAIGN_STATE		"state.json"
/* In the names of all files on the machine during a campaign. */
#define CAMPAIGN_NAME		"pcpubench-campaign"
#define CAMPAIGN_KERNELS	16
#define CAMPAIGN_BOOTS		1000	/* of a kernel, at most */
/* A kernel is given up after so many failures in a row. */
#define CAMPAIGN_FAILURES	3
/* On the kernel's command line: names the campaign and its boot. */
#define CAMPAIGN_TOKEN		"pcpubench.campaign="
/* /proc/sys/kernel/random/boot_id, with its NUL */
#define BOOT_ID_LEN		37
#define CMDLINE_LEN		4096

enum campaign_phase {
	PHASE_CHOOSE,		/* between boots */
	PHASE_BOOTING,		/* the last boot of the list is to come up */
	PHASE_MEASURING,	/* the last boot of the list is up */
	PHASE_BUILDING,		/* kernels of series, before any boot */
	PHASE_INSTALLING,
	PHASE_RETURNING,	/* no more boots: back to the original kernel */
	PHASE_OVER,
	NR_PHASES
};

enum campaign_outcome {
	OUTCOME_NONE,		/* under way */
	OUTCOME_OK,
	OUTCOME_FAILED,
};

/* A kernel that the campaign makes of a series, and removes at its end. */
enum campaign_made {
	MADE_NOT,		/* it was installed before, and stays */
	MADE_WANTED,
	MADE_BUILT,
	MADE_INSTALLING,	/* all, a part, or nothing of it is installed */
	MADE_INSTALLED,
	MADE_REMOVED,
	NR_MADE
};

/*
 * @name: its name in the results and on the command line
 * @release: of its image, way_image()
 * @args: its additional command line, or ""
 * @series: what it is made of, a name for build-kernel; else NULL
 * @folder: of its package, in which there is one as soon as it is built
 * @built_s: seconds that building took, 0 if the package was there
 */
struct campaign_kernel {
	char *name, *release, *args;
	enum campaign_made made;
	char *series, *folder;
	unsigned int built_s;
};

/*
 * What kernels of series are built from. Paths are absolute.
 * @config: a kernel's config
 * @modules: output of lsmod for localmodconfig, or NULL
 * @version, @path, @jobs, @sandbox: of struct kernel_source, or NULL
 * @as_running: it is the running kernel's, whole; known at the start only
 * @tree_bytes: that the first build takes in the cache at least; as above
 * @differs: what of the config is other than in the running kernel, or NULL
 */
struct campaign_source {
	char *config, *modules, *version, *path, *jobs, *sandbox, *differs;
	bool keep;		/* leave the kernels installed */
	bool as_running;
	unsigned long long tree_bytes;
};

/*
 * @from: boot ID of the boot in which it was chosen
 * @id: its own boot ID, "" before it is up
 * @leaving: the machine may be rebooting to it
 * @tries: how often a reboot, or measuring, was begun
 */
struct campaign_boot {
	unsigned int kernel;
	enum campaign_outcome outcome;
	char from[BOOT_ID_LEN], id[BOOT_ID_LEN];
	bool leaving;
	unsigned int tries;
	char *reason;		/* of a failed one, else NULL */
	time_t chosen, ended;	/* ended: 0 before it did */
};

/*
 * Seconds of what a campaign does; 0: not known.
 * @first: a build of all
 * @later: one of what differs
 * @boot: from choice to end
 */
struct campaign_pace {
	double first, later, boot;
};

/* The options of `campaign start`, and the progress. */
struct campaign {
	char *id;
	char *via;		/* name of a boot_way */
	char *home;		/* release of the original kernel */
	char *home_cmdline;
	char *output;		/* results file */
	char *program;		/* pcpubench, absolute */
	char *directory;	/* working directory of `campaign start` */
	char **run_args;	/* for `pcpubench run`, NULL-terminated */
	size_t nr_run_args;
	unsigned long long seed;
	unsigned int boots;	/* of each kernel */
	double until_ci;	/* percentage points, 0: none */
	double find;		/* the same, a difference to be found */
	double quiet_load;	/* load average */
	bool tune;		/* the settings of `doctor --tune`, in its boots */
	unsigned int quiet_wait_s, boot_wait_s, run_wait_s;
	struct campaign_kernel kernels[CAMPAIGN_KERNELS];
	size_t nr_kernels;
	struct campaign_source from;
	struct campaign_pace before;	/* of the last campaign on this machine */

	enum campaign_phase phase;
	bool stopped;		/* by `campaign stop` */
	bool narrow;		/* until_ci is reached, or enough boots to find */
	unsigned int home_tries;
	char home_from[BOOT_ID_LEN];
	char *note;		/* why it ended early, or error on the way back */
	struct campaign_boot *list;
	size_t nr;
};

/* Counts of one kernel's boots. */
struct campaign_count {
	unsigned int ok, failed;
	unsigned int in_a_row;	/* failed, since the last success */
};

struct campaign_count campaign_count(const struct campaign *c,
				     unsigned int kernel);

/* Has @kernel failed too often in a row? */
bool campaign_given_up(const struct campaign *c, unsigned int kernel);

/**
 * campaign_next - the kernel to boot next, -1 when there is none
 *
 * Boots all kernels once before any for the second time, in an order that is
 * drawn for each round from c->seed. A failed boot is repeated.
 */
int campaign_next(const struct campaign *c);

/* Add a boot of @kernel; NULL when memory ran out, with err(). */
struct campaign_boot *campaign_add(struct campaign *c, unsigned int kernel,
				   const char *from);

/* The boot under way. */
struct campaign_boot *campaign_current(struct campaign *c);

/* "ID.NUMBER" of the boot under way, the value of CAMPAIGN_TOKEN. */
void campaign_token(const struct campaign *c, char *token, size_t room);

/* Is @cmdline of the boot under way; is it of any boot of this campaign? */
bool campaign_is_boot(const struct campaign *c, const char *cmdline);
bool campaign_is_ours(const struct campaign *c, const char *cmdline);

/**
 * campaign_lock - keep other commands from changing the state
 * @wait_for: wait for another one, else that is an error
 *
 * Makes CAMPAIGN_DIR. @fd is to be closed. 0 or EX_FAIL with err().
 */
int campaign_lock(int *fd, bool wait_for);

/* "built", as people are told. */
const char *campaign_made_name(enum campaign_made made);

/* The number of kernels that are made of series. */
size_t campaign_nr_made(const struct campaign *c);

/* Forget the boot under way; the next step goes home. */
void campaign_stop(struct campaign *c);

/**
 * campaign_load - read DIR/state.json
 *
 * EX_USE when there is none, EX_FAIL when it is damaged.
 */
int campaign_load(struct campaign *c, const char *dir);

/**
 * campaign_save - write DIR/state.json, whole or not at all
 *
 * On return the file and its name are on the disk.
 */
int campaign_save(const struct campaign *c, const char *dir);

void campaign_free(struct campaign *c);

#endif
