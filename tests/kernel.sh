# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For tests: what they expect was counted on this Linux, unless a test says another.
# To be sourced at the root of the tree.

export KERNEL=${TEST_KERNEL:-6.12}
