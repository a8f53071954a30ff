/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bundle that was unpacked, checked and read. */
#ifndef PCPUBENCH_BUNDLE_OPEN_H
#define PCPUBENCH_BUNDLE_OPEN_H

#include "base/folder.h"
#include "bundle/sign.h"
#include "results/boots.h"

/*
 * @folder: the one that it is unpacked to
 * @signer: as sign_check() says it
 * @kernels: {NAME: folder in @folder} of the kernels that can be built, of @manifest
 * @then: what was measured
 */
struct bundle {
	struct own_folder folder;
	char signer[SIGNER_LEN];
	json_t *manifest;
	const json_t *kernels;
	struct boots then;
};

/**
 * bundle_open - unpack and check a bundle
 *
 * Refuses, with EX_USE, what bundle_pack() would not have written: other members, a
 * signature that is not of it, a series folder that names anything outside of
 * itself. In any case call bundle_close().
 */
int bundle_open(struct bundle *b, const char *path);

/* Remove its folder. 0 or EX_FAIL with err(). */
int bundle_close(struct bundle *b);

#endif
