/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tasks of the bench `load` do: a kind is a file load_KIND.c. */
#ifndef PCPUBENCH_MEASURE_BENCHES_LOAD_H
#define PCPUBENCH_MEASURE_BENCHES_LOAD_H

#include <stdbool.h>

/**
 * struct load_kind - operations of a task, that take percpu memory and free it
 * @name: as in load/NAME
 * @begin: prepare; what it needs in *@own. NULL, or with errno what it could not
 *	do, such as "make a file to run".
 * @operate: do one. False if it failed, which is no operation.
 * @hold: have @nr of what an operation makes, no more than LOAD_HELD, until @drop.
 *	NULL, or what it could not do.
 * @end: undo @begin
 */
struct load_kind {
	const char *name;
	const char *(*begin)(void **own);
	bool (*operate)(void *own);
	const char *(*hold)(void *own, unsigned int nr);
	void (*drop)(void *own);
	void (*end)(void *own);
};

#define LOAD_HELD	8

extern const struct load_kind load_exec, load_maps;

#endif
