# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For tests: what they expect was counted on this Linux, unless a test says another.
# Patches of the tests are no strangers'; e2e/sandbox tests what builds those.
# To be sourced at the root of the tree.

export KERNEL=${TEST_KERNEL:-6.12}
export SANDBOX=no
