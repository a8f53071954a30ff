/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_CAMPAIGN_STATUS_H
#define PCPUBENCH_CAMPAIGN_STATUS_H

#include <stdbool.h>

/* Print the progress of the campaign in @dir. EX_USE when there is none. */
int campaign_status(const char *dir, bool as_json);

#endif
