/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The constant k of results/line_model.h, measured on this machine. */
#ifndef PCPUBENCH_METAL_CALIBRATE_H
#define PCPUBENCH_METAL_CALIBRATE_H

/*
 * Medians over the rounds, each with the least and the most.
 * @insn_ns: an instruction
 * @cold_ns: clearing a cache line of many pages, most of them in memory only; its
 *	instructions included
 * @warm_ns: the same of 256 pages again and again, as a pair does that gets its
 *	object where the last one had it
 * @k_cold, @k_warm: instructions that take as long, without those of the line
 * @bytes: of the many pages
 */
struct calibration {
	struct spread {
		double median, least, most;
	} insn_ns, cold_ns, warm_ns, k_cold, k_warm;
	unsigned long bytes;
};

/**
 * calibrate - measure them, on the CPU that runs, for about two seconds
 *
 * 0, or EX_FAIL with err() if there is not enough memory.
 */
int calibrate(struct calibration *c);

#endif
