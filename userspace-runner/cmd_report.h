/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_CMD_REPORT_H
#define PCPUBENCH_CMD_REPORT_H

/* pcpubench report: returns the exit code, with err() when it is not 0. */
int cmd_report(int argc, char **argv);

#endif
