// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The machine's watchdog, for boots that do not come up. It could keep counting
 * from one kernel to the next by kexec, but nearly every driver stops it at a
 * reboot. A parameter of the shared watchdog module forbids that; it can be set
 * only when the module is loaded.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "campaign/host.h"

#define SYSTEMD		"/etc/systemd/system.conf.d/50-" CAMPAIGN_NAME ".conf"
#define MODULES		"/etc/modules-load.d/" CAMPAIGN_NAME ".conf"
#define OPTIONS		"/etc/modprobe.d/" CAMPAIGN_NAME ".conf"

#define SHARED		"/sys/module/watchdog/"
#define SOFT		"softdog"

/* How often to try to load the module anew, a second apart. */
#define RESETS		10

/* More than one is rare; then one is softdog. */
#define MAX_DRIVERS	8

struct drivers {
	char name[MAX_DRIVERS][64];
	size_t nr;
};

/* What the last program that failed said. */
static char complaint[256];

static bool runs(const char *program, const char *arg, const char *arg2,
		 const char *arg3)
{
	const char *argv[] = { program, arg, arg2, arg3, NULL };
	char out[256] = "";

	if (!process_run(argv, out, sizeof(out), 60))
		return true;
	memcpy(complaint, out, sizeof(out));
	return false;
}

/* Drivers of watchdogs that can survive their kernel. */
static struct drivers find_drivers(void)
{
	struct drivers d = { .nr = 0 };
	const struct dirent *entry;
	DIR *dir = opendir(SHARED "holders");

	while (dir && d.nr < MAX_DRIVERS && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, SOFT))
			snprintf(d.name[d.nr++], sizeof(d.name[0]), "%.63s",
				 entry->d_name);
	if (dir)
		closedir(dir);
	return d;
}

/* Is the shared module loaded with stop_on_reboot=0? */
static bool never_stops(void)
{
	char *text = read_text(SHARED "parameters/stop_on_reboot");
	bool never = text && text[0] == '0';

	free(text);
	return never;
}

static bool is_asked_for(void)
{
	return !access(OPTIONS, F_OK);
}

bool watchdog_counts_on(void)
{
	return is_asked_for() && never_stops();
}

const char *watchdog_args(void)
{
	/* For an initrd with its own modprobe.d, and for a built-in module. */
	return is_asked_for() ? "watchdog.stop_on_reboot=0 " : "";
}

/*
 * Reload the module with a parameter, unless a watchdog is in use. modprobe -r takes
 * it along with the last driver, but not where something looks at it in that moment.
 */
static void load_anew(const struct drivers *d, const char *parameter)
{
	bool free = true;

	for (size_t i = 0; i < d->nr; i++)
		free &= runs("modprobe", "-r", d->name[i], NULL);
	if (free && !access(SHARED, F_OK))
		runs("modprobe", "-r", "watchdog", NULL);
	runs("modprobe", "watchdog", parameter, NULL);
	for (size_t i = 0; i < d->nr; i++)
		runs("modprobe", d->name[i], NULL, NULL);
}

static int keep_counting(const struct campaign *c)
{
	struct drivers d = find_drivers();
	int ret;

	if (!d.nr || strcmp(c->via, "kexec"))
		return 0;
	/* Without the driver a kernel would be reset during its measurement. */
	for (size_t i = 0; i < c->nr_kernels * d.nr; i++)
		if (!runs("modinfo", "-k", c->kernels[i / d.nr].release,
			  d.name[i % d.nr]))
			return 0;
	ret = install_file(OPTIONS, "options watchdog stop_on_reboot=0\n");
	if (!ret && !never_stops())
		load_anew(&d, "stop_on_reboot=0");
	return ret;
}

void watchdog_wait(void)
{
	runs("udevadm", "settle", NULL, NULL);
}

int watchdog_install(const struct campaign *c)
{
	char *text = NULL;
	int ret = 0;

	watchdog_wait();
	if (access("/dev/watchdog0", F_OK) && runs("modinfo", SOFT, NULL, NULL)) {
		runs("modprobe", SOFT, NULL, NULL);
		ret = install_file(MODULES, SOFT "\n");
	}
	if (!ret)
		ret = keep_counting(c);
	if (!ret)
		ret = text_set(&text, "[Manager]\nRuntimeWatchdogSec=60\n"
				    "RebootWatchdogSec=%u\nKExecWatchdogSec=%u\n",
				    c->boot_wait_s, c->boot_wait_s);
	if (!ret)
		ret = install_file(SYSTEMD, text);
	free(text);
	return ret;
}

int watchdog_remove(void)
{
	int ret = remove_file(SYSTEMD);

	return ret ? ret : remove_file(MODULES);
}

/*
 * Early in a boot drivers may still be loading, and who had the watchdog may let go
 * of it a little later. The file goes last: what is killed before does it again.
 */
int watchdog_reset(void)
{
	if (!is_asked_for())
		return 0;
	watchdog_wait();
	for (int tries = 0; never_stops(); tries++) {
		struct drivers d = find_drivers();

		if (tries == RESETS) {
			complaint[strcspn(complaint, "\n")] = '\0';
			fprintf(stderr, "pcpubench: warning: until the next boot a reboot does not stop the watchdog: %s\n",
				complaint);
			break;
		}
		if (tries)
			sleep(1);
		load_anew(&d, "stop_on_reboot=-1");
	}
	return remove_file(OPTIONS);
}
