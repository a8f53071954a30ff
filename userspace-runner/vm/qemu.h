/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The QEMU that is installed: which one, and what it can do. */
#ifndef PCPUBENCH_VM_QEMU_H
#define PCPUBENCH_VM_QEMU_H

#include <stdbool.h>

#define QEMU	"qemu-system-x86_64"

/* What it says of itself, such as "7.2.22"; "" when there is none. */
const char *qemu_version(void);

/* Can it load a plugin? Some are built without. */
bool qemu_has_plugins(void);

#endif
