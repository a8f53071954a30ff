# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A source of a few files that the builder takes for Linux 6.12 and builds in a second.

# small_source DIR: as a git tree, DIR/linux, and without git, DIR/plain.
small_source() {
	local tree=$1/linux

	mkdir -p "$tree"/{mm,kernel/configs,arch/x86/configs,scripts,tools}
	touch "$tree/tools/none" "$tree/kernel/configs/tiny.config" "$tree/arch/x86/configs/tiny.config"
	echo 'int percpu;' >"$tree/mm/percpu.c"
	cat >"$tree/Makefile" <<'END_MAKEFILE'
VERSION = 6
PATCHLEVEL = 12
SUBLEVEL = 9
EXTRAVERSION =

all: vmlinux
allnoconfig:
	@{ echo '#'; cat $(KCONFIG_ALLCONFIG); } >.config
vmlinux: scripts/step.sh
	@sh scripts/step.sh
	@gcc -c -o $@ mm/percpu.c
	@echo '0 T percpu' >System.map
	@echo >vmlinux.symvers
	@mkdir -p include/config && echo 6.12.9 >include/config/kernel.release
	@sh scripts/after.sh
modules_prepare:
	@:
modules:
	@echo 'int module;' | gcc -x c -c -o $(M)/pcpu_bench.ko -
.PHONY: vmlinux
END_MAKEFILE
	echo : >"$tree/scripts/step.sh"
	echo : >"$tree/scripts/after.sh"
	git init -q "$tree"
	git -C "$tree" add -A
	git -C "$tree" -c user.name=x -c user.email=x@example.org commit -qm base
	rm -rf "$1/plain"
	git clone -q "$tree" "$1/plain" && rm -rf "$1/plain/.git"
}
