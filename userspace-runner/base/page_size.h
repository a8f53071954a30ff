/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PCPUBENCH_BASE_PAGE_SIZE_H
#define PCPUBENCH_BASE_PAGE_SIZE_H

/* Bytes of a page of x86-64, the only architecture that is measured. */
#define PAGE	4096L

#endif
