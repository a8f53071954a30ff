/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_FIT_JSON_H
#define PCPUBENCH_FIT_JSON_H

#include <jansson.h>

#include "fit/fit.h"

/*
 * All results of the fits, for --json and for plots: an array of objects, one
 * for each kernel and parameter, with measured points and fitted curves.
 */
json_t *fit_json(const struct fit_set *set, const struct table *t);

#endif
