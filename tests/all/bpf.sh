#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# BPF percpu maps in guests, on the newest kernel.
TEST_KERNEL=7.3 exec "$(dirname "$0")/../guest/bpf.sh"
