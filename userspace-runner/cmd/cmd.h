/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands: each takes its own argv and returns its exit code. */
#ifndef PCPUBENCH_CMD_CMD_H
#define PCPUBENCH_CMD_CMD_H

int cmd_bisect(int argc, char **argv);
int cmd_boot(int argc, char **argv);
int cmd_campaign(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_fit(int argc, char **argv);
int cmd_gate(int argc, char **argv);
int cmd_kernel(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_lkml(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_model(int argc, char **argv);
int cmd_profile(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_selftest(int argc, char **argv);
int cmd_series(int argc, char **argv);
int cmd_sweep(int argc, char **argv);

#endif
