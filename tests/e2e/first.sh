#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The distribution's own kernel: fetched as a package, verified, measured while the
# first kernels are built; nothing is left of it when that is interrupted. The
# packages are made here, of a kernel of ours, and so are their counts.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/apt.sh
. tests/apt.sh

manifest=$(kernel-patches/build-kernel baseline | cut -f2)
built=$(dirname "$manifest")
"$pcpubench" boot baseline -t 16c2n -s 64 -o "$tmp/baseline.jsonl" >/dev/null
export XDG_CACHE_HOME=$tmp/cache APT_CONFIG=$tmp/apt/conf FIRST_TEST=$tmp TMPDIR=$tmp/tmp
mkdir "$TMPDIR"
cache=$XDG_CACHE_HOME/pcpubench
release=6.12.0-9-amd64
top=$PWD

# package NAME DEPENDS: of what is in $tmp/x.
package() {
	mkdir -p "$tmp/x/DEBIAN"
	cat >"$tmp/x/DEBIAN/control" <<-END
		Package: $1
		Version: 6.12.0-9
		Architecture: amd64
		Maintainer: A <a@example.org>
		Depends: $2
		Description: of a test
	END
	dpkg-deb -Znone -b "$tmp/x" "$tmp/repo/$1.deb" >/dev/null
	{
		cat "$tmp/x/DEBIAN/control"
		printf 'Filename: ./%s.deb\nSize: %d\nSHA256: %s\n\n' "$1" \
			"$(stat -c %s "$tmp/repo/$1.deb")" \
			"$(sha256sum <"$tmp/repo/$1.deb" | cut -c1-64)"
	} >>"$tmp/repo/Packages"
	rm -rf "$tmp/x"
}
# As Debian's: the headers include the common headers by their absolute path.
make_packages() {
	local headers=$tmp/x/usr/src/linux-headers

	mkdir -p "$tmp/repo"
	package linux-image-amd64 "linux-image-$release (= 6.12.0-9)"
	package linux-headers-amd64 "linux-headers-$release (= 6.12.0-9)"
	mkdir -p "$tmp/x/boot"
	cp "$built/../vmlinux" "$tmp/x/boot/vmlinuz-$release"
	package "linux-image-$release" 'kmod, linux-base (>= 4.3)'
	mkdir -p "$headers-$release/include/config"
	cp "$built/../config" "$headers-$release/.config"
	echo "$release" >"$headers-$release/include/config/kernel.release"
	echo "include /usr/src/linux-headers-$release-common/Makefile" \
		>"$headers-$release/Makefile"
	package "linux-headers-$release" \
		"linux-headers-$release-common (= 6.12.0-9), linux-kbuild-6.12, gcc-12"
	mkdir -p "$headers-$release-common"
	# shellcheck disable=SC2016 # make's
	printf 'modules:\n\tcp %s $(M)/\n' "$built/pcpu_bench.ko" \
		>"$headers-$release-common/Makefile"
	package "linux-headers-$release-common" libc6
	mkdir -p "$tmp/x/usr/lib"
	package linux-kbuild-6.12 libc6
	own_apt "$tmp/apt"
}
# lists OPTION: apt's lists of the packages, trusted or not.
lists() {
	echo "deb [$1] file:$tmp/repo ./" >"$tmp/apt/sources.list"
	rm -rf "$tmp/apt/lists"
	mkdir -p "$tmp/apt/lists/partial"
	apt-get -q -o Dir::Cache="$tmp/apt" update
}
make_packages

# A uname that names no release, so that the kernel that runs is not taken instead.
mkdir "$tmp/bin"
# shellcheck disable=SC2016 # the script's
printf '#!/bin/sh\n[ "$1" != -r ] || { echo none; exit; }\nexec /usr/bin/uname "$@"\n' \
	>"$tmp/bin/uname"
chmod +x "$tmp/bin/uname"
not_verified() {
	lists allow-insecure=yes || return
	PATH=$tmp/bin:$PATH kernel-patches/build-kernel distribution 2>"$tmp/said" && return 1
	cat "$tmp/said"
	grep -q "no kernel of this distribution: no linux-image from apt's mirror" "$tmp/said" &&
		grep -q authenticated "$cache"/distribution/*/log &&
		[ ! -e "$cache/kernels" ]
}
check "a package that is not verified is not taken" not_verified

# A source whose kernel is not built while the test runs.
source=$tmp/linux
mkdir -p "$source"/{mm,kernel/configs,arch/x86/configs}
touch "$source"/{mm/percpu.c,kernel/configs/tiny.config,arch/x86/configs/tiny.config}
printf 'VERSION = 6\nPATCHLEVEL = 12\nallnoconfig:\n\tsleep 600\n' >"$source/Makefile"

# running PATTERN: whether a process of this test has PATTERN in its command line.
running() {
	local file

	while read -r file; do
		tr '\0' ' ' 2>/dev/null <"${file%environ}cmdline" | grep -q "$1" && return
	done < <(grep -lzs -e "^FIRST_TEST=$tmp\$" -e "^TMPDIR=$tmp/tmp\$" /proc/[0-9]*/environ)
	return 1
}
until_true() {
	local n

	for n in {1..900}; do
		"$@" && return
		sleep .2
	done
	echo "in $n tries not: $*"
	cat "$tmp/said"
	return 1
}
# start COMMAND...: with an empty cache, in a process group of its own, as a
# terminal does, and not deaf to an interrupt, as what a script puts into the
# background is.
start() {
	rm -rf "$cache"
	set -m
	(cd "$tmp" && KERNEL_SRC=$source exec env --default-signal=INT "$@") >"$tmp/out" 2>"$tmp/said" &
	set +m
	echo $! >"$tmp/group"
}
bench=("$top/plots/measure-bench" --topologies=16c2n --sizes=64 baseline)
interrupt() {
	[ ! -s "$tmp/group" ] || kill -INT -- "-$(<"$tmp/group")"
}
trap 'interrupt 2>/dev/null; rm -rf "$tmp"' EXIT
none_runs() {
	! running 'qemu-system\|measure-bench\|build-kernel\|sleep 600\|apt-get'
}
nothing_left() {
	interrupt
	until_true none_runs && [ ! -s "$tmp/out" ] && : >"$tmp/group"
}

goes_on_without() {
	PATH=$tmp/bin:$PATH start "${bench[@]}"
	until_true grep -q 'no first numbers: no kernel of this distribution' "$tmp/said" &&
		until_true running 'sleep 600'
}
check "without a package one line says so, and the kernels are built" goes_on_without
check "... until that is interrupted" nothing_left

# One byte of the image, with a list that has the hash of the whole.
other_byte() {
	local deb=$tmp/repo/linux-image-$release.deb code

	lists trusted=yes || return
	rm -rf "$cache"
	cp "$deb" "$tmp/whole.deb"
	printf '\xff' | dd of="$deb" bs=1 seek=$(($(stat -c %s "$deb") / 2)) \
		conv=notrunc status=none
	cmp -s "$deb" "$tmp/whole.deb" && return 1
	PATH=$tmp/bin:$PATH kernel-patches/build-kernel distribution >"$tmp/out" 2>"$tmp/said"
	code=$?
	mv "$tmp/whole.deb" "$deb"
	cat "$tmp/said"
	[ "$code" != 0 ] && grep -q 'Hash Sum mismatch' "$cache"/distribution/*/log &&
		[ ! -e "$cache/kernels" ]
}
check "a package with another content than the list says is not taken" other_byte

interrupted_early() {
	lists trusted=yes || return
	start "${bench[@]}"
	until_true running qemu-system && nothing_left
}
check "a measurement that is interrupted ends" interrupted_early

has_counts() {
	sed -n 's/^distribution *//p' "$1" >"$tmp/counts"
	"$pcpubench" report --only=percent,off,cost "$tmp/baseline.jsonl" |
		sed -n 's/^baseline *//p' | diff - "$tmp/counts" && [ -s "$tmp/counts" ]
}
first_numbers() {
	start "${bench[@]}"
	until_true grep -q '^results: ' "$tmp/said" &&
		grep -q "^first numbers, .* linux-image-$release 6.12.0-9 of " "$tmp/said" &&
		has_counts "$tmp/said" && running 'sleep 600'
}
check "the first numbers come before the first kernel" first_numbers
check "... and nothing is left after an interrupt" nothing_left

# The end of the terminal ends make, too, unless the caller ignores SIGHUP.
end_all() {
	local files

	mapfile -t files < <(grep -lzs "^FIRST_TEST=$tmp\$" /proc/[0-9]*/environ)
	kill "${files[@]//[!0-9]/}" 2>/dev/null
}

# On a terminal whatever takes long counts its seconds.
moves() {
	start script -qfc "$top/kernel-patches/build-kernel baseline" "$tmp/typescript"
	until_true grep -q 'configuring linux 6.12.: [3-9] s' "$tmp/typescript" || return
	end_all
	until_true none_runs && : >"$tmp/group"
}
check "configuring counts its seconds" moves

quick() {
	make -s bench-qemu QUICK=1 TOPOLOGY=16c2n SIZES=64 >"$tmp/table" 2>"$tmp/said" ||
		{ cat "$tmp/said"; return 1; }
	rm -rf "$(sed -n 's/^results: \(.*\)\.jsonl$/\1/p' "$tmp/table")"{.jsonl,-plots}
	has_counts "$tmp/table"
}
check "QUICK=1 stops there, its table is the output" quick
check "... which is of no kernel that is built" fails 2 \
	'QUICK=1 measures the kernel that the distribution ships: leave out SERIES=' \
	make -s bench-qemu QUICK=1 SERIES=d
finish
