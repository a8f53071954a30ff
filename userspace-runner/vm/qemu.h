/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The installed QEMU: its version and features. */
#ifndef PCPUBENCH_VM_QEMU_H
#define PCPUBENCH_VM_QEMU_H

#include <stdbool.h>

#define QEMU	"qemu-system-x86_64"

/* Its version, such as "7.2.22"; "" without QEMU. */
const char *qemu_version(void);

/* Can it load plugins? Some builds cannot. */
bool qemu_has_plugins(void);

#endif
