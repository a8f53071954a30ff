#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A kernel's source is taken from a mirror if its package is the one that a list names
# which is signed by a key that is trusted, and not otherwise. The mirror, the package
# and the key are made here.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/apt.sh
. tests/apt.sh

export XDG_CACHE_HOME=$tmp/cache APT_CONFIG=$tmp/conf GNUPGHOME=$tmp/gpg
export KERNEL=9.9
sources=$XDG_CACHE_HOME/pcpubench/sources
release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
arch=$(dpkg --print-architecture)

# suite NAME FILES: a signed list of the mirror with FILES of its pool.
suite() {
	local dir=$tmp/mirror/dists/$1 list file

	list=main/binary-$arch/Packages
	rm -rf "$dir"
	mkdir -p "$dir/${list%/*}"
	for file in ${2:-}; do
		dpkg-deb -f "$tmp/mirror/$file"
		printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' "$file" \
			"$(stat -c %s "$tmp/mirror/$file")" \
			"$(sha256sum <"$tmp/mirror/$file" | cut -c1-64)"
	done >"$dir/$list"
	printf 'Origin: a test\nSuite: %s\nCodename: %s\nDate: %s\nArchitectures: %s\nComponents: main\nSHA256:\n %s %s %s\n' \
		"$1" "$1" "$(date -Ru)" "$arch" "$(sha256sum <"$dir/$list" | cut -c1-64)" \
		"$(stat -c %s "$dir/$list")" "$list" |
		gpg --batch --quiet --clearsign >"$dir/InRelease"
}
package=pool/linux-source-$KERNEL.deb
make_mirror() {
	mkdir -p "$tmp"/x/{DEBIAN,usr/src} "$tmp"/linux/mm "$tmp"/mirror/pool
	printf 'VERSION = 9\nPATCHLEVEL = 9\n' >"$tmp/linux/Makefile"
	echo 'int percpu;' >"$tmp/linux/mm/percpu.c"
	tar -C "$tmp" -cJf "$tmp/x/usr/src/linux-source-$KERNEL.tar.xz" linux
	printf 'Package: linux-source-%s\nVersion: 9.9.1-1\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: of a test\n' \
		"$KERNEL" >"$tmp/x/DEBIAN/control"
	dpkg-deb -Znone -b "$tmp/x" "$tmp/mirror/$package" &&
		install -d -m 700 "$GNUPGHOME" &&
		gpg --batch --quiet --passphrase '' --quick-gen-key a@example.org &&
		gpg --batch --export >"$tmp/key.gpg" || return
	own_apt "$tmp"
	echo "deb [signed-by=$tmp/key.gpg] file:$tmp/mirror $release main" \
		>"$tmp/sources.list"
}
trap 'gpgconf --kill all; rm -rf "$tmp"' EXIT
check "a mirror with a signed list" make_mirror

# The machine's own list has these FILES.
machine() {
	suite "$release" "$@" &&
		apt-get -qq -o Dir::Cache="$tmp/apt" update
}
plan() {
	rm -rf "$XDG_CACHE_HOME"
	kernel-patches/build-kernel --plan baseline >"$tmp/out" 2>"$tmp/said"
}
taken() {
	machine "$package" || return
	plan || { cat "$tmp/said" "$sources/log"; return 1; }
	grep -q '^baseline.*to build$' "$tmp/out" &&
		[ -f "$sources/linux-source-9.9_9.9.1-1_all/linux-source-9.9.tar.xz" ]
}
check "a package that is as the list says is taken" taken

# refused PATTERN: it is not taken, for a reason that apt's log has.
refused() {
	plan && { echo "it was taken"; return 1; }
	cat "$tmp/said" "$sources/log"
	grep -q "^build-kernel: no linux-source-9.9 to be had" "$tmp/said" &&
		grep -q "$1" "$sources/log" &&
		[ "$(ls -A "$sources")" = $'lock\nlog' ]
}
# One byte of the source in it.
other_byte() {
	local at result

	cp "$tmp/mirror/$package" "$tmp/whole.deb"
	at=$(($(stat -c %s "$tmp/whole.deb") / 2))
	printf '\xff' | dd of="$tmp/mirror/$package" bs=1 seek="$at" conv=notrunc status=none
	cmp -s "$tmp/whole.deb" "$tmp/mirror/$package" && return 1
	refused 'Hash Sum mismatch'
	result=$?
	cp "$tmp/whole.deb" "$tmp/mirror/$package"
	return "$result"
}
check "one byte changed: refused" other_byte
unsigned() {
	sed -i 's/\[.*\]/[allow-insecure=yes]/' "$tmp/sources.list"
	suite "$release" "$package"
	sed -i '1,/^$/d; /^-----BEGIN PGP SIGNATURE/,$d' "$tmp/mirror/dists/$release/InRelease"
	mv "$tmp/mirror/dists/$release"/{InRelease,Release}
	rm -rf "$tmp/lists"
	mkdir -p "$tmp/lists/partial"
	apt-get -qq -o Dir::Cache="$tmp/apt" update
	refused 'cannot be authenticated'
}
check "a list without a signature: refused" unsigned
# Where the machine's own list has no such package, others of its mirror are asked, by
# Debian's keys alone.
strange_key() {
	sed -i "s,\[.*\],[signed-by=$tmp/key.gpg]," "$tmp/sources.list"
	machine && suite trixie-backports "$package" && refused 'NO_PUBKEY'
}
if [ -f /usr/share/keyrings/debian-archive-keyring.gpg ]; then
	check "a list that is signed by a key that is not Debian's: refused" strange_key
fi
finish
