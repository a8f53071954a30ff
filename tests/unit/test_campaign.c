// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The steps of a campaign on a simulated machine: its power is cut before and
 * after every action of a step, once in each run and then twice, and every time
 * the campaign must end as without a cut. So it must if it is killed while it writes
 * its state.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <stdint.h>
#include <cmocka.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_statistics.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "campaign/campaign.h"
#include "campaign/host.h"
#include "campaign/step.h"
#include "results/reader.h"
#include "results/record.h"
#include "results/table_load.h"
#include "stats/stats.h"

#define HOME	"6.1-home"
#define BOOTS	3

/*
 * @keeps: an armed kernel survives a power cut, as a boot loader's entry does
 *	and kexec's kernel does not
 * @panics: number of boots of the kernel "6.9-bad" that panic; -1: all
 * @bad_runs: number of measurements of "6.9-bad" that fail
 * @home_lost: the machine boots this kernel by itself now
 * @home_gone: the original kernel is not installed any more
 */
struct world {
	char dir[64];
	bool keeps;
	int panics, bad_runs;
	const char *home_lost;
	bool home_gone;

	int boot;
	char release[64], cmdline[256];
	char armed[64], armed_args[256];
	enum { STAYS, GOES, GOES_ARMED } going;
	bool files[100];
	size_t collected;	/* boots in the results file */
	int no_collect;		/* exit code of collecting, once there are boots */
	bool clean;

	/* Of each kernel of a series. */
	bool built[3];
	enum { NOTHING, HALF, ALL } installed[3];
	int builds;
	bool full, no_build, no_install;	/* what fails */
	bool stop;	/* `stop` came when the program was ended at a cut */

	int points, cut[2];
	int kills;	/* still to come, while the state is written */
	jmp_buf power;
	char said[16384];
};

static void point(struct world *w)
{
	w->points++;
	if (w->points == w->cut[0] || w->points == w->cut[1])
		longjmp(w->power, 1);
}

static int boot_id(void *ctx, char id[BOOT_ID_LEN])
{
	struct world *w = ctx;

	snprintf(id, BOOT_ID_LEN, "boot-%d", w->boot);
	return 0;
}

static int cmdline(void *ctx, char *line, size_t room)
{
	struct world *w = ctx;

	snprintf(line, room, "%s", w->cmdline);
	return 0;
}

static int release(void *ctx, char *name, size_t room)
{
	struct world *w = ctx;

	snprintf(name, room, "%s", w->release);
	return 0;
}

/* Nobody handles SIGALRM: it ends this process at once, as SIGKILL does. */
static void kill_within_us(unsigned int us)
{
	const struct itimerval at = { .it_value.tv_usec = us };

	setitimer(ITIMER_REAL, &at, NULL);
}

static int save(void *ctx, const struct campaign *c)
{
	struct world *w = ctx;

	point(w);
	if (w->kills && !(rand() % 4))
		kill_within_us(1 + rand() % 500);
	assert_int_equal(campaign_save(c, w->dir), 0);
	kill_within_us(0);
	point(w);
	return 0;
}

static int arm(void *ctx, const struct campaign *c, const char *kernel,
	       const char *args)
{
	struct world *w = ctx;

	point(w);
	if (w->home_gone && !strcmp(kernel, HOME))
		return err(EX_FAIL, "there is no " HOME);
	for (size_t i = 0; i < c->nr_kernels; i++)
		if (!strcmp(c->kernels[i].release, kernel))
			assert_true(c->kernels[i].made == MADE_NOT ||
				    w->installed[i] == ALL);
	snprintf(w->armed, sizeof(w->armed), "%s", kernel);
	snprintf(w->armed_args, sizeof(w->armed_args), "%s", args ? args : "");
	point(w);
	return 0;
}

static int disarm(void *ctx, const struct campaign *c)
{
	struct world *w = ctx;

	(void)c;
	point(w);
	w->armed[0] = '\0';
	point(w);
	return 0;
}

static int reboot(void *ctx, const struct campaign *c, bool armed)
{
	struct world *w = ctx;

	(void)c;
	point(w);
	if (!armed)
		w->armed[0] = '\0';
	w->going = armed ? GOES_ARMED : GOES;
	point(w);
	return 0;
}

static int build(void *ctx, struct campaign *c, size_t nr)
{
	struct world *w = ctx;

	point(w);
	assert_string_equal(w->release, HOME);
	if (w->no_build && nr == 2)
		return err(EX_FAIL, "mm/percpu.c:1: error");
	w->builds++;
	w->built[nr] = true;
	point(w);
	return text_set(&c->kernels[nr].folder, "/packages/%zu", nr);
}

static int room(void *ctx, const struct campaign *c)
{
	struct world *w = ctx;

	(void)c;
	point(w);
	return w->full ? err(EX_FAIL, "/boot is full") : 0;
}

static int install(void *ctx, const struct campaign *c, size_t nr)
{
	struct world *w = ctx;

	point(w);
	assert_string_equal(w->release, HOME);
	assert_true(w->built[nr]);
	assert_non_null(c->kernels[nr].folder);
	w->installed[nr] = HALF;
	point(w);
	if (w->no_install && nr == 2)
		return err(EX_FAIL, "no initial RAM disk");
	w->installed[nr] = ALL;
	point(w);
	return 0;
}

static int take_away(void *ctx, const struct campaign *c, size_t nr)
{
	struct world *w = ctx;

	point(w);
	assert_string_not_equal(c->kernels[nr].release, w->release);
	/* The power may go: what is booted next is there. */
	assert_string_not_equal(c->kernels[nr].release, w->armed);
	w->installed[nr] = HALF;
	point(w);
	w->installed[nr] = NOTHING;
	point(w);
	return 0;
}

static bool measured(void *ctx, const struct campaign *c, size_t number)
{
	struct world *w = ctx;

	(void)c;
	return w->files[number];
}

static int quiet(void *ctx, const struct campaign *c)
{
	(void)c;
	point(ctx);
	return 0;
}

static int measure(void *ctx, const struct campaign *c, size_t number)
{
	const struct campaign_kernel *k;
	struct world *w = ctx;

	point(w);
	/* The measured kernel is the running one. */
	k = &c->kernels[c->list[number - 1].kernel];
	assert_string_equal(k->release, w->release);
	assert_true(strstr(w->cmdline, k->args) != NULL);
	if (!strcmp(w->release, "6.9-bad") && w->bad_runs) {
		w->bad_runs--;
		return err(EX_FAIL, "no module");
	}
	assert_false(w->files[number]);
	w->files[number] = true;
	point(w);
	return 0;
}

static int collect(void *ctx, const struct campaign *c, bool *narrow)
{
	struct world *w = ctx;

	point(w);
	if (w->no_collect && c->nr)
		return err(w->no_collect, "no room");
	w->collected = 0;
	for (size_t i = 0; i < c->nr; i++) {
		if (c->list[i].outcome != OUTCOME_OK)
			continue;
		assert_true(w->files[i + 1]);
		w->collected++;
	}
	*narrow = false;
	point(w);
	return 0;
}

static int clean(void *ctx, const struct campaign *c)
{
	struct world *w = ctx;

	(void)c;
	point(w);
	w->armed[0] = '\0';
	w->clean = true;
	point(w);
	return 0;
}

static void say(void *ctx, const char *line)
{
	struct world *w = ctx;
	size_t len = strlen(w->said);

	snprintf(w->said + len, sizeof(w->said) - len, "%s\n", line);
}

static const struct campaign_machine played = {
	.boot_id = boot_id, .cmdline = cmdline, .release = release,
	.save = save, .arm = arm, .disarm = disarm, .reboot = reboot,
	.measured = measured,
	.build = build, .room = room, .install = install, .remove = take_away,
	.quiet = quiet, .measure = measure, .collect = collect,
	.clean = clean, .say = say,
};

/* ------------------------------------------------------------------ the machine */

static void boot_default(struct world *w)
{
	snprintf(w->release, sizeof(w->release), "%s",
		 w->home_lost ? w->home_lost : HOME);
	snprintf(w->cmdline, sizeof(w->cmdline), "root=/dev/vda1");
}

/* From off, or from a reboot, to the start of the unit. */
static void come_up(struct world *w, bool power_cut)
{
	bool armed = w->armed[0] && (w->keeps || !power_cut) &&
		     (w->keeps || w->going == GOES_ARMED);

	w->boot++;
	boot_default(w);
	if (armed) {
		snprintf(w->release, sizeof(w->release), "%s", w->armed);
		snprintf(w->cmdline, sizeof(w->cmdline),
			 "root=/dev/vda1 %.200s", w->armed_args);
		if (!strcmp(w->release, "6.9-bad") && w->panics) {
			w->panics -= w->panics > 0;
			w->boot++;
			boot_default(w);
		}
	}
	w->armed[0] = '\0';
	w->going = STAYS;
}

/* Boot after boot until it is over. @stop_at: the boot in which it is stopped. */
static void run(struct world *w, struct campaign *c, int stop_at)
{
	enum step_result result = STEP_REBOOTS;
	volatile bool cut, over = false;

	while (!over) {
		assert_true(w->boot < 200);
		cut = setjmp(w->power);
		if (cut && !w->stop)
			come_up(w, true);
		campaign_free(c);
		assert_int_equal(campaign_load(c, w->dir), 0);
		if ((w->boot == stop_at || (cut && w->stop)) &&
		    c->phase < PHASE_RETURNING)
			campaign_stop(c);
		assert_int_equal(campaign_step(c, &played, w, &result), 0);
		over = result == STEP_OVER;
		if (!over) {
			assert_int_not_equal(w->going, STAYS);
			come_up(w, false);
		}
	}
}

static void begin(struct world *w, struct campaign *c, const char *bad_args)
{
	static const char *const releases[] = { "6.1-home", "6.12", "6.9-bad" };

	memset(w, 0, sizeof(*w));
	snprintf(w->dir, sizeof(w->dir), "%s/campaign-XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	assert_non_null(mkdtemp(w->dir));
	boot_default(w);
	memset(c, 0, sizeof(*c));
	text_set(&c->id, "c0ffee00");
	text_set(&c->via, "grub");
	text_set(&c->home, HOME);
	text_set(&c->home_cmdline, "root=/dev/vda1");
	text_set(&c->output, "/x.jsonl");
	text_set(&c->program, "/pcpubench");
	text_set(&c->directory, "/");
	c->boots = BOOTS;
	c->seed = 42;
	for (size_t i = 0; i < 3; i++) {
		c->kernels[i].name = strdup(releases[i]);
		c->kernels[i].release = strdup(releases[i]);
		c->kernels[i].args = strdup(i == 2 ? bad_args : "");
	}
	c->nr_kernels = 3;
	assert_int_equal(campaign_save(c, w->dir), 0);
}

/* As begin(), with two of the kernels made of series. */
static void begin_series(struct world *w, struct campaign *c)
{
	begin(w, c, "");
	for (size_t i = 1; i < 3; i++) {
		c->kernels[i].made = MADE_WANTED;
		text_set(&c->kernels[i].series, "%s", i == 1 ? "a" : "./b.mbox");
	}
	text_set(&c->from.config, "/config");
	c->phase = PHASE_BUILDING;
	assert_int_equal(campaign_save(c, w->dir), 0);
}

static void end(struct world *w, struct campaign *c)
{
	char path[128];

	campaign_free(c);
	snprintf(path, sizeof(path), "%s/%s", w->dir, CAMPAIGN_STATE);
	unlink(path);
	assert_int_equal(rmdir(w->dir), 0);
}

/* Conditions at the end, whatever happened before. */
static void check_end(const struct world *w, const struct campaign *c)
{
	size_t ok = 0;

	assert_int_equal(c->phase, PHASE_OVER);
	assert_string_equal(w->release, HOME);
	assert_false(campaign_is_ours(c, w->cmdline));
	assert_int_equal(w->armed[0], 0);
	assert_true(w->clean);
	for (size_t i = 0; i < c->nr_kernels; i++)
		ok += campaign_count(c, i).ok;
	assert_int_equal(w->collected, w->no_collect ? 0 : ok);
	for (size_t i = 0; i < c->nr; i++)
		assert_int_not_equal(c->list[i].outcome, OUTCOME_NONE);
	for (size_t i = 0; i < c->nr_kernels; i++)
		if (!c->from.keep)
			assert_int_equal(w->installed[i], NOTHING);
}

/* --------------------------------------------------------------------- tests */

static unsigned int failed(const struct campaign *c)
{
	unsigned int n = 0;

	for (size_t i = 0; i < c->nr; i++)
		n += c->list[i].outcome == OUTCOME_FAILED;
	return n;
}

static void test_plain(void **state)
{
	struct campaign c;
	struct world w;

	(void)state;
	begin(&w, &c, "quiet");
	run(&w, &c, -1);
	check_end(&w, &c);
	assert_int_equal(c.nr, 3 * BOOTS);
	assert_int_equal(failed(&c), 0);
	/* To each kernel and back, and nothing else. */
	assert_int_equal(w.boot, 3 * BOOTS + 1);
	/* A round has each kernel once, and rounds differ. */
	for (size_t i = 0; i < c.nr; i += 3)
		assert_int_equal(1 << c.list[i].kernel |
				 1 << c.list[i + 1].kernel |
				 1 << c.list[i + 2].kernel, 7);
	end(&w, &c);
}

static void test_seed(void **state)
{
	unsigned int first[3] = { 0 };
	struct campaign c;
	struct world w;

	(void)state;
	begin(&w, &c, "");
	for (c.seed = 1; c.seed <= 300; c.seed++)
		first[campaign_next(&c)]++;
	for (size_t i = 0; i < 3; i++)
		assert_in_range(first[i], 70, 130);
	end(&w, &c);
}

static void test_panics(void **state)
{
	struct campaign_count n;
	struct campaign c;
	struct world w;

	(void)state;
	begin(&w, &c, "");
	w.panics = 2;
	run(&w, &c, -1);
	check_end(&w, &c);
	n = campaign_count(&c, 2);
	assert_int_equal(n.ok, BOOTS);
	assert_int_equal(n.failed, 2);
	assert_non_null(strstr(w.said, "did not come up: the machine is back in " HOME));
	end(&w, &c);

	/* One that never comes up takes nothing from the others. */
	begin(&w, &c, "");
	w.panics = -1;
	run(&w, &c, -1);
	check_end(&w, &c);
	n = campaign_count(&c, 2);
	assert_int_equal(n.ok, 0);
	assert_int_equal(n.failed, CAMPAIGN_FAILURES);
	assert_int_equal(campaign_count(&c, 0).ok, BOOTS);
	assert_int_equal(campaign_count(&c, 1).ok, BOOTS);
	assert_non_null(strstr(w.said, "6.9-bad failed 3 times"));
	end(&w, &c);
}

static void test_bad_run(void **state)
{
	struct campaign c;
	struct world w;

	(void)state;
	begin(&w, &c, "");
	w.bad_runs = 1;
	run(&w, &c, -1);
	check_end(&w, &c);
	assert_int_equal(campaign_count(&c, 2).ok, BOOTS);
	assert_int_equal(campaign_count(&c, 2).failed, 1);
	assert_non_null(strstr(w.said, "6.9-bad: no module"));
	end(&w, &c);
}

/* Number of points in a run without a power cut. */
static int points(bool keeps)
{
	struct campaign c;
	struct world w;
	int n;

	begin(&w, &c, "");
	w.keeps = keeps;
	w.panics = 1;
	run(&w, &c, -1);
	n = w.points;
	end(&w, &c);
	return n;
}

/* A cut may only cost the boot that was under way. */
static void cut_at(bool keeps, int first, int second)
{
	struct campaign c;
	struct world w;
	unsigned int cuts;

	begin(&w, &c, "");
	w.keeps = keeps;
	w.panics = 1;
	w.cut[0] = first;
	w.cut[1] = second;
	run(&w, &c, -1);
	check_end(&w, &c);
	cuts = (w.points >= first) + (second && w.points >= second);
	for (size_t i = 0; i < c.nr_kernels; i++)
		if (!campaign_given_up(&c, i))
			assert_int_equal(campaign_count(&c, i).ok, BOOTS);
	assert_in_range(failed(&c), 1, 1 + cuts);
	/* Two cuts and a panic in a row are three failures; else none is given up. */
	if (cuts < 2)
		assert_false(campaign_given_up(&c, 2));
	end(&w, &c);
}

static void test_every_cut(void **state)
{
	(void)state;
	for (int keeps = 0; keeps < 2; keeps++) {
		int n = points(keeps);

		assert_in_range(n, 50, 1000);
		for (int i = 1; i <= n; i++)
			cut_at(keeps, i, 0);
	}
}

static void test_two_cuts(void **state)
{
	(void)state;
	for (int keeps = 0; keeps < 2; keeps++) {
		int n = points(keeps);

		for (int i = 1; i <= n; i += 4)
			for (int j = 1; j <= 23; j += 3)
				cut_at(keeps, i, i + j);
	}
}

static void killed_while_saving(struct world *w, unsigned int seed)
{
	struct campaign c;
	int kills = w->kills, code;
	pid_t pid;

	begin(w, &c, "");
	w->keeps = seed % 2;
	w->kills = kills;
	do {
		pid = fork();
		assert_true(pid >= 0);
		if (!pid) {
			srand(seed + w->points);
			run(w, &c, -1);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &code, 0), pid);
		if (code) {
			assert_true(WIFSIGNALED(code) && WTERMSIG(code) == SIGALRM);
			w->kills -= w->kills > 0;
			come_up(w, true);
		}
	} while (code);
	campaign_free(&c);
	assert_int_equal(campaign_load(&c, w->dir), 0);
	check_end(w, &c);
	end(w, &c);
}

/* The machine is in memory that outlives the process. */
static void test_killed(void **state)
{
	struct world *w = mmap(NULL, sizeof(*w), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_true(w != MAP_FAILED);
	w->kills = 40;
	for (unsigned int seed = 1; w->kills; seed++) {
		assert_in_range(seed, 1, 40);
		killed_while_saving(w, seed);
	}
	munmap(w, sizeof(*w));
}

static void test_stop(void **state)
{
	struct campaign c;
	struct world w;

	(void)state;
	for (int at = 0; at <= 3 * BOOTS; at++) {
		for (int keeps = 0; keeps < 2; keeps++) {
			begin(&w, &c, "");
			w.keeps = keeps;
			run(&w, &c, at);
			check_end(&w, &c);
			assert_true(at == 3 * BOOTS + 1 || c.stopped);
			assert_in_range(w.boot, at, at + 1);
			end(&w, &c);
		}
	}
}

/* `stop` comes during a measurement, and the power is cut on the way home. */
static void test_stop_and_cut(void **state)
{
	struct campaign c;
	struct world w;

	(void)state;
	for (int cut = 1; cut < 60; cut++) {
		begin(&w, &c, "");
		w.keeps = true;
		w.cut[0] = cut;
		run(&w, &c, 3);
		check_end(&w, &c);
		end(&w, &c);
	}
}

static void test_home_lost(void **state)
{
	struct campaign c;
	struct world w;

	(void)state;
	begin(&w, &c, "");
	w.home_lost = "6.13-new";
	run(&w, &c, -1);
	/* Somebody installed a kernel: it goes by name. */
	check_end(&w, &c);
	assert_null(c.note);
	end(&w, &c);
}

/*
 * Somebody removes the original kernel while another one runs: it ends in what the
 * machine boots now. That kernel stays, if it is one of the campaign's.
 */
static void test_home_gone(void **state)
{
	struct campaign c;
	struct world w;

	(void)state;
	for (int ours = 0; ours < 2; ours++) {
		begin_series(&w, &c);
		w.home_lost = ours ? "6.12" : "6.13-new";
		w.home_gone = true;
		run(&w, &c, -1);
		assert_int_equal(c.phase, PHASE_OVER);
		assert_true(w.clean);
		assert_string_equal(w.release, w.home_lost);
		assert_int_equal(w.installed[1], ours ? ALL : NOTHING);
		assert_int_equal(w.installed[2], NOTHING);
		assert_non_null(strstr(c.note, "come back to " HOME ": there is no " HOME));
		assert_int_equal(!!strstr(c.note, "install-kernel remove 6.12'"), ours);
		end(&w, &c);
	}
}

/* From two series to their boots, and all gone. */
static void test_series(void **state)
{
	struct campaign c;
	struct world w;

	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		begin_series(&w, &c);
		c.from.keep = keep;
		assert_int_equal(campaign_save(&c, w.dir), 0);
		run(&w, &c, -1);
		check_end(&w, &c);
		assert_int_equal(c.nr, 3 * BOOTS);
		assert_int_equal(w.boot, 3 * BOOTS + 1);
		assert_int_equal(w.builds, 2);
		assert_int_equal(w.installed[1], keep ? ALL : NOTHING);
		assert_int_equal(c.kernels[1].made,
				 keep ? MADE_INSTALLED : MADE_REMOVED);
		assert_null(c.note);
		end(&w, &c);
	}
}

/* Without one of them nothing is booted, and nothing stays. */
static void test_series_fails(void **state)
{
	static const char *const notes[] = {
		"building 6.9-bad: mm/percpu.c:1: error",
		"installing: /boot is full",
		"installing 6.9-bad: no initial RAM disk",
	};
	struct campaign c;
	struct world w;

	(void)state;
	for (int what = 0; what < 3; what++) {
		begin_series(&w, &c);
		w.no_build = what == 0;
		w.full = what == 1;
		w.no_install = what == 2;
		run(&w, &c, -1);
		check_end(&w, &c);
		assert_int_equal(w.boot, 0);
		assert_int_equal(c.nr, 0);
		assert_string_equal(c.note, notes[what]);
		end(&w, &c);
	}
}

/*
 * Results that cannot be written: now, so it goes on, or never, so it ends. In any case
 * the machine is at home, without a kernel of ours.
 */
static void test_no_results(void **state)
{
	static const int codes[] = { EX_FAIL, EX_USE, EX_INVALID };
	struct campaign c;
	struct world w;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (int stop_at = -1; stop_at < 4; stop_at += 4) {
			begin_series(&w, &c);
			w.no_collect = codes[i];
			run(&w, &c, stop_at);
			check_end(&w, &c);
			if (stop_at < 0)
				assert_int_equal(c.nr, i ? 1 : 3 * BOOTS);
			campaign_free(&c);
			assert_int_equal(campaign_load(&c, w.dir), 0);
			assert_non_null(strstr(c.note, "collecting the results: no room"));
			end(&w, &c);
		}
	}
}

/* A cut costs a build or an installation that was under way, and no more. */
static void test_series_every_cut(void **state)
{
	struct campaign c;
	struct world w;
	int n = 1;

	(void)state;
	for (int i = 0; i <= n; i++) {
		begin_series(&w, &c);
		w.keeps = true;
		w.panics = 1;
		w.cut[0] = i;
		run(&w, &c, -1);
		n = i ? n : w.points;
		check_end(&w, &c);
		assert_in_range(w.builds, 2, 3);
		for (size_t k = 0; k < 3; k++)
			assert_int_equal(campaign_count(&c, k).ok, BOOTS);
		end(&w, &c);
	}
	assert_in_range(n, 60, 1000);
}

/* `stop` ends the program in the middle of a deed, a build as well. */
static void test_series_stop(void **state)
{
	struct campaign c;
	struct world w;

	(void)state;
	for (int cut = 3; cut < 3 * 60; cut++) {
		begin_series(&w, &c);
		/* The first kernel to be booted is another one in turn. */
		for (c.seed = 1; campaign_next(&c) != cut % 3; c.seed++)
			;
		assert_int_equal(campaign_save(&c, w.dir), 0);
		w.keeps = true;
		w.stop = true;
		w.cut[0] = cut / 3;
		run(&w, &c, -1);
		check_end(&w, &c);
		assert_true(c.stopped);
		end(&w, &c);
	}
}

static void test_state_file(void **state)
{
	char path[128];
	struct campaign c, d;
	struct world w;
	FILE *f;

	(void)state;
	begin(&w, &c, "a=b");
	campaign_add(&c, 2, "boot-0");
	text_set(&c.list[0].reason, "why \"not\"");
	c.list[0].outcome = OUTCOME_FAILED;
	c.phase = PHASE_MEASURING;
	c.until_ci = 0.25;
	c.find = 1.5;
	c.kernels[1].made = MADE_INSTALLING;
	c.kernels[1].built_s = 77;
	text_set(&c.kernels[1].folder, "/packages/1");
	text_set(&c.from.version, "6.12");
	text_set(&c.from.sandbox, "yes");
	c.from.keep = true;
	c.tune = true;
	assert_int_equal(campaign_save(&c, w.dir), 0);
	assert_int_equal(campaign_load(&d, w.dir), 0);
	assert_string_equal(d.list[0].reason, "why \"not\"");
	assert_string_equal(d.kernels[2].args, "a=b");
	assert_int_equal(d.kernels[1].made, MADE_INSTALLING);
	assert_string_equal(d.kernels[1].folder, "/packages/1");
	assert_int_equal(d.kernels[1].built_s, 77);
	assert_int_equal(d.kernels[0].made, MADE_NOT);
	assert_null(d.kernels[0].series);
	assert_string_equal(d.from.version, "6.12");
	assert_null(d.from.modules);
	assert_string_equal(d.from.sandbox, "yes");
	assert_true(d.from.keep);
	assert_true(d.tune);
	assert_true(d.find == 1.5);
	assert_true(d.until_ci == 0.25);
	assert_int_equal(d.seed, 42);
	assert_int_equal(d.phase, PHASE_MEASURING);
	campaign_free(&d);

	snprintf(path, sizeof(path), "%s/%s", w.dir, CAMPAIGN_STATE);
	f = fopen(path, "w");
	fputs("{\"version\": 1", f);
	fclose(f);
	assert_int_equal(campaign_load(&d, w.dir), EX_FAIL);
	unlink(path);
	assert_int_equal(campaign_load(&d, w.dir), EX_USE);
	end(&w, &c);
}

static void test_token(void **state)
{
	struct campaign c;
	struct world w;

	(void)state;
	begin(&w, &c, "");
	campaign_add(&c, 0, "boot-0");
	assert_true(campaign_is_boot(&c, "ro pcpubench.campaign=c0ffee00.1 quiet\n"));
	assert_false(campaign_is_boot(&c, "ro pcpubench.campaign=c0ffee00.12"));
	assert_true(campaign_is_ours(&c, "pcpubench.campaign=c0ffee00.12"));
	assert_false(campaign_is_ours(&c, "pcpubench.campaign=c0ffee01.1"));
	assert_false(campaign_is_ours(&c, "xpcpubench.campaign=c0ffee00.1"));
	/* The last one counts, as it does for the kernel. */
	assert_true(campaign_is_boot(&c, "pcpubench.campaign=c0ffee00.9 pcpubench.campaign=c0ffee00.1"));
	end(&w, &c);
}

static void read_back(const char *path, size_t boots, size_t failures)
{
	size_t i, nr = 0, nr_failed = 0;
	struct results file;
	json_t *rec;

	assert_int_equal(results_read(path, &file), 0);
	assert_true(file.ended);
	json_array_foreach(file.records, i, rec) {
		if (!record_is(rec, "boot"))
			continue;
		nr++;
		nr_failed += !strcmp(record_string(rec, "status"), "failed");
		assert_string_equal(record_string(rec, "topology"), "16c1n");
	}
	assert_int_equal(nr, boots);
	assert_int_equal(nr_failed, failures);
	results_free(&file);
}

/* A campaign whose first kernel is that of the results that are returned. */
static char *begin_collect(struct world *w, struct campaign *c, char output[128])
{
	char *text = read_text("tests/unit/data/times.jsonl");

	assert_non_null(text);
	begin(w, c, "");
	snprintf(output, 128, "%s/all.jsonl", w->dir);
	text_set(&c->output, "%s", output);
	text_set(&c->kernels[0].name, "baseline");
	return text;
}

static void end_collect(struct world *w, struct campaign *c, char *text)
{
	char path[128];

	unlink(c->output);
	for (size_t i = 1; i <= c->nr; i++) {
		boot_path(c, w->dir, i, path, sizeof(path));
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/%s/failed.jsonl", w->dir, c->id);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	free(text);
	end(w, c);
}

/* The file of a boot is one with five in it, four of which are valid. */
static void test_collect(void **state)
{
	char path[128], output[128], *text;
	struct campaign c;
	struct world w;
	bool narrow;

	(void)state;
	text = begin_collect(&w, &c, output);
	c.nr_kernels = 2;
	free(c.kernels[2].name);
	free(c.kernels[2].release);
	free(c.kernels[2].args);
	assert_int_equal(campaign_collect(&c, w.dir, &narrow), 0);
	assert_int_equal(access(output, F_OK), -1);

	campaign_add(&c, 1, "boot-0")->outcome = OUTCOME_FAILED;
	campaign_add(&c, 0, "boot-0")->outcome = OUTCOME_OK;
	campaign_add(&c, 0, "boot-0")->outcome = OUTCOME_FAILED;
	text_set(&c.list[0].reason, "it \"hung\"");
	text_set(&c.list[2].reason, "it went down");
	campaign_add(&c, 0, "boot-0");
	c.until_ci = 100;
	boot_path(&c, w.dir, 2, path, sizeof(path));
	assert_int_equal(install_file(path, text), 0);
	for (int again = 0; again < 2; again++) {
		if (campaign_collect(&c, w.dir, &narrow))
			fail_msg("%s", err_message());
		read_back(output, 7, 2);
	}
	assert_false(narrow);

	/* Four values have no interval. */
	assert_true(interval_widest(&c) > 1e6);

	end_collect(&w, &c, text);
}

/* Write the results of the last boot, with what is in @text, as of the kernel @name. */
static void add_measured(struct world *w, struct campaign *c, const char *text,
			 unsigned int kernel, const char *name)
{
	char path[128], *own = strdup(text), *at;

	campaign_add(c, kernel, "boot-0")->outcome = OUTCOME_OK;
	assert_int_equal(strlen(name), strlen("baseline"));
	for (at = own; (at = strstr(at, "baseline")); at += strlen(name))
		memcpy(at, name, strlen(name));
	/* Boots that agree in all are the same ones. */
	for (at = own; (at = strstr(at, "\"wall_s\":1.31")); at++)
		at[strlen("\"wall_s\":")] = '0' + c->nr;
	boot_path(c, w->dir, c->nr, path, sizeof(path));
	assert_int_equal(install_file(path, own), 0);
	free(own);
}

/*
 * A kernel that is given up after its first boot gets no more boots: what the others
 * need does not depend on it.
 */
static void test_given_up_early(void **state)
{
	char output[128], *text;
	struct campaign c;
	struct world w;
	bool narrow;

	(void)state;
	text = begin_collect(&w, &c, output);
	text_set(&c.kernels[1].name, "patched.");
	free(c.kernels[2].name);
	free(c.kernels[2].release);
	free(c.kernels[2].args);
	c.nr_kernels = 2;
	c.boots = 100;
	add_measured(&w, &c, text, 1, "patched.");
	for (int i = 0; i < 6; i++)
		add_measured(&w, &c, text, 0, "baseline");
	for (int failures = 0; failures <= CAMPAIGN_FAILURES; failures++) {
		if (failures) {
			campaign_add(&c, 1, "boot-0")->outcome = OUTCOME_FAILED;
			text_set(&campaign_current(&c)->reason, "a panic");
		}
		for (int find = 0; find < 2; find++) {
			c.find = find ? 50 : 0;
			c.until_ci = find ? 0 : 50;
			if (campaign_collect(&c, w.dir, &narrow))
				fail_msg("%s", err_message());
			assert_int_equal(narrow, failures == CAMPAIGN_FAILURES);
		}
	}
	/* Each has four values of 51 ns on 1000 to 1030: 4.95 to 5.1 %. */
	assert_in_range(1e6 * interval_widest(&c), 1000, 75000);
	/* It is their difference that takes so many, and not just the least. */
	c.find = 0.01;
	assert_in_range(boots_to_find(&c), LEAST_BOOTS + 1, 100000);
	end_collect(&w, &c, text);
}

/* The share of campaigns of two kernels, so far apart, that find the difference. */
static double found(gsl_rng *rng, double apart, int campaigns)
{
	enum { MOST = 2000 };
	double x[MOST], y[MOST], u, p;
	int n = 0;

	for (int i = 0; i < campaigns; i++) {
		size_t nr = LEAST_BOOTS, k;

		for (k = 0; k < MOST; k++) {
			x[k] = gsl_ran_gaussian(rng, 1);
			y[k] = gsl_ran_gaussian(rng, 1) + apart;
		}
		k = boots_for(apart, (gsl_stats_variance(x, 1, nr) +
				      gsl_stats_variance(y, 1, nr)) / 2,
			      2 * (LEAST_BOOTS - 1));
		nr = k < nr ? nr : k;
		assert_true(nr <= MOST);
		assert_int_equal(mann_whitney(x, nr, y, nr, &u, &p), 0);
		n += p <= 0.05;
	}
	return (double)n / campaigns;
}

/* --find finds what it says in four of five campaigns, though it knows five boots. */
static void test_find(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	(void)state;
	assert_non_null(rng);
	for (int i = 2; i < 4; i++) {
		double share = found(rng, 1.0 / i, 3000);

		if (share < 0.785 || share > 0.87)
			fail_msg("a difference of 1/%d is found in %g", i, share);
	}
	gsl_rng_free(rng);
}

/* The first kernel of the campaign is the first of the file, whatever was drawn. */
static void test_collect_order(void **state)
{
	char output[128], *file = output, *text;
	struct campaign c;
	struct world w;
	struct table t;
	bool narrow;

	(void)state;
	text = begin_collect(&w, &c, output);
	text_set(&c.kernels[1].name, "patched.");
	add_measured(&w, &c, text, 1, "patched.");
	add_measured(&w, &c, text, 0, "baseline");
	if (campaign_collect(&c, w.dir, &narrow))
		fail_msg("%s", err_message());
	assert_int_equal(table_load(&t, &file, 1), 0);
	assert_int_equal(t.nr_kernels, 2);
	assert_string_equal(t.kernels[0].name, "baseline");
	assert_string_equal(t.kernels[1].name, "patched.");
	table_free(&t);
	end_collect(&w, &c, text);
}

/* A kernel whose module is another one than in its first boot. */
static void test_same_kernel(void **state)
{
	char path[128], output[128], *text, *hash;
	struct campaign c;
	struct world w;

	(void)state;
	text = begin_collect(&w, &c, output);
	add_measured(&w, &c, text, 0, "baseline");
	campaign_add(&c, 0, "boot-1");
	boot_path(&c, w.dir, 2, path, sizeof(path));
	assert_int_equal(install_file(path, text), 0);
	assert_int_equal(campaign_same_kernel(&c, w.dir, 2, path), 0);
	hash = strstr(text, "\"module_sha256\":\"");
	assert_non_null(hash);
	hash += strlen("\"module_sha256\":\"");
	*hash = *hash == 'f' ? 'e' : 'f';
	assert_int_equal(install_file(path, text), 0);
	assert_int_equal(campaign_same_kernel(&c, w.dir, 2, path), EX_FAIL);
	assert_string_equal(err_message(), "baseline is another build than in its first boot: its module_sha256 differs");
	end_collect(&w, &c, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_panics),
		cmocka_unit_test(test_bad_run),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_two_cuts),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_stop_and_cut),
		cmocka_unit_test(test_home_lost),
		cmocka_unit_test(test_home_gone),
		cmocka_unit_test(test_series),
		cmocka_unit_test(test_series_fails),
		cmocka_unit_test(test_no_results),
		cmocka_unit_test(test_series_every_cut),
		cmocka_unit_test(test_series_stop),
		cmocka_unit_test(test_state_file),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_collect),
		cmocka_unit_test(test_given_up_early),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_collect_order),
		cmocka_unit_test(test_same_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
