/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packs a results file with what is needed to measure it again. */
#ifndef PCPUBENCH_BUNDLE_PACK_H
#define PCPUBENCH_BUNDLE_PACK_H

#include <jansson.h>
#include <stdbool.h>

/* Members of a bundle. */
#define BUNDLE_RESULTS	"results.jsonl"
#define BUNDLE_COMMANDS	"commands"

/* Can this kernel be built again: is what it was built from recorded? */
bool bundle_can_build(const json_t *kernel);

/**
 * bundle_pack - write a bundle of one results file
 * @output: replaced if it is there
 * @sign: with git's SSH key
 *
 * It has the file as it is, the commands, and of each kernel that was built here a
 * series folder (kernel-patches/packed-series). The same file gives the same bytes.
 * EX_USE if it is no results file, or if patches are gone.
 */
int bundle_pack(const char *results, const char *output, bool sign);

#endif
