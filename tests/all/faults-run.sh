#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `pcpubench run` on the kernel of an emulated machine is killed at random moments, 20
# times (KILLS): no module, cgroup or process stays, and no boot is lost. SEED=N repeats
# the moments.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/kernel.sh
. tests/kernel.sh
seed=${SEED:-$RANDOM}
echo "# SEED=$seed"
build/guest/run build/guest/metal_init baseline 4c2n "kills=${KILLS:-20} seed=$seed"
