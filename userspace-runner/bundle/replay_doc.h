/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A replay as people and programs read it. */
#ifndef PCPUBENCH_BUNDLE_REPLAY_DOC_H
#define PCPUBENCH_BUNDLE_REPLAY_DOC_H

#include <stdio.h>

#include "bundle/replay.h"

/* What the bundle has, and what would be measured again. 0 or EX_FAIL. */
int replay_plan_text(FILE *out, const struct replay *r);

/* Cell by cell the same, or by how much not; and what it was made of. */
int replay_text(FILE *out, const struct replay *r);
json_t *replay_json(const struct replay *r);

#endif
