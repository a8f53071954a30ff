// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /init of a guest: load the module, measure, send the results, power off.
 *
 * Results leave by QEMU's debug port, one byte an outb: no driver, nothing to
 * lose in a buffer, and nothing on the console, which is only a log.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "err.h"
#include "measure/measure.h"
#include "results/writer.h"

#define PORT	0xe9
#define MODULE	"/pcpu_bench.ko"

static int port_emit(json_t *record, void *arg)
{
	char *line;
	size_t len;
	int ret;

	(void)arg;
	ret = results_dump_line(record, &line, &len);
	json_decref(record);
	if (ret)
		return ret;
	outsb(PORT, line, len);
	free(line);
	return 0;
}

static int do_mount(const char *type, const char *dir)
{
	mkdir(dir, 0755);
	if (mount(type, dir, type, 0, NULL) && errno != EBUSY)
		return err_errno(EX_FAIL, "guest: cannot mount %s", type);
	return 0;
}

static int mount_all(void)
{
	int ret = do_mount("proc", "/proc");

	if (!ret)
		ret = do_mount("sysfs", "/sys");
	if (!ret)
		ret = do_mount("devtmpfs", "/dev");
	if (!ret)
		ret = do_mount("cgroup2", "/sys/fs/cgroup");
	return ret;
}

static int load_module(void)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return err_errno(EX_FAIL, "guest: no module in the initrd");
	if (syscall(SYS_finit_module, fd, "", 0)) {
		if (errno == ENOEXEC)
			ret = err(EX_FAIL,
				  "the module is for another kernel: build it with this one");
		else
			ret = err_errno(EX_FAIL,
					"the kernel does not take the module");
	}
	close(fd);
	return ret;
}

struct arguments {
	struct plan plan;
	const char *topology;
	int wrong;
};

static const struct argp_option options[] = {
	{ "instrument", 'i', "NAME", 0, "", 0 },
	{ "topology", 't', "NAME", 0, "", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->plan;
		return 0;
	case 'i':
		return instrument_parse(arg, &args->plan.instrument);
	case 't':
		args->topology = arg;
		return 0;
	case ARGP_KEY_ARG:
		/* What the kernel does not know it hands to init. */
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int guest(int argc, char **argv)
{
	const struct argp_child children[] = { { .argp = &plan_argp }, { 0 } };
	const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = children,
	};
	struct arguments args = { 0 };
	int ret;

	plan_init(&args.plan);
	ret = argp_parse(&argp, argc, argv, ARGP_SILENT, NULL, &args);
	if (ret)
		return err_message()[0] ? ret :
		       err(EX_USE, "guest: the runner's options are not mine");
	ret = mount_all();
	if (!ret)
		ret = load_module();
	if (!ret)
		ret = measure(&args.plan, "/sys/fs/cgroup", args.topology,
			      port_emit, NULL);
	return ret;
}

int main(int argc, char **argv)
{
	int ret;

	/* Whatever goes wrong from here on can be told. */
	if (ioperm(PORT, 1, 1))
		perror("init: port 0xe9");
	port_emit(json_pack("{s:s}", "type", "init"), NULL);
	ret = guest(argc, argv);
	if (ret) {
		fprintf(stderr, "init: %s\n", err_message());
		port_emit(json_pack("{s:s, s:i, s:s}", "type", "error", "code",
				    ret, "message", err_message()), NULL);
	} else {
		port_emit(json_pack("{s:s}", "type", "done"), NULL);
	}
	reboot(RB_POWER_OFF);
	/* Without ACPI there is no power-off; a dead init reboots, which ends
	 * the guest as well.
	 */
	return 1;
}
