/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the GNU Scientific Library does where it fails. */
#ifndef PCPUBENCH_BASE_GSL_H
#define PCPUBENCH_BASE_GSL_H

/*
 * Have GSL return error codes. By itself it ends the program with SIGABRT. Where there
 * is no memory it ends with the message and EX_FAIL: its own functions would go on with
 * NULL. To be called before each function of GSL that allocates, as often as one likes.
 */
void gsl_tame(void);

#endif
