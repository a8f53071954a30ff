/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The installed QEMU: its version and features. */
#ifndef PCPUBENCH_VM_QEMU_H
#define PCPUBENCH_VM_QEMU_H

#include <jansson.h>
#include <stdbool.h>

#define QEMU	"qemu-system-x86_64"

/* Its version, such as "7.2.22"; "" without QEMU. */
const char *qemu_version(void);

/*
 * Which build it is: all that it says of its version, and the content of the
 * program and of the firmware that our guests start with. An object; NULL with
 * err() when there is none.
 */
json_t *qemu_identity(void);

/* Can it load a plugin? Some are built without. */
bool qemu_has_plugins(void);

/* Can it confine itself by seccomp? Without libseccomp it is built without. */
bool qemu_has_sandbox(void);

#endif
