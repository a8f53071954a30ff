#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ci/deps on distributions that this machine is not, and with what is missing.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# A machine with nothing but what ci/deps itself uses, and an apt-get that only
# tells what it was asked.
mkdir "$tmp/bin"
for tool in bash awk id mktemp tail rm grep find dirname env; do
	ln -s "$(command -v $tool)" "$tmp/bin/$tool"
done
printf '#!%s\necho "$*" >>%s\n' "$BASH" "$tmp/asked" >"$tmp/bin/apt-get"
chmod 755 "$tmp/bin/apt-get" "$tmp"
# A user may not be allowed to read the tree.
mkdir "$tmp/ci" && cp ci/deps ci/packages "$tmp/ci" && chmod -R a+rX "$tmp/ci"

# on "ID=..." command...: the command on that distribution.
on() {
	printf '%s\n' "$1" >"$tmp/os-release"
	shift
	OS_RELEASE=$tmp/os-release "$@"
}
names() {
	local word list

	list=" $(on "$1" ci/deps --list | tr '\n' ' ') "
	shift
	for word; do
		[[ $list == *" $word "* ]] || { echo "no $word in $list"; return 1; }
	done
}
ubuntu=$'ID=ubuntu\nID_LIKE=debian'
suse=$'ID=opensuse-tumbleweed\nID_LIKE="opensuse suse"'
check "Debian's names" names ID=debian libdw-dev qemu-system-x86 debian-archive-keyring
check "Ubuntu has them too" names "$ubuntu" libdw-dev qemu-system-x86
check "Fedora's names" names ID=fedora elfutils-devel glibc-static python3-pyyaml
check "openSUSE's names" names "$suse" libdw-devel glibc-devel-static python3-PyYAML
check "Arch's names" names ID=arch libelf python-yaml pkgconf

all_columns() {
	local bad
	bad=$(grep -v '^\(#\|=\|+\|$\)' ci/packages | awk -F'|' 'NF != 6')
	[ -z "$bad" ] || { echo "$bad"; return 1; }
}
check "every need has a name in every column" all_columns

# bare command...: it finds only the programs in $tmp/bin.
bare() {
	PATH=$tmp/bin "$@"
}
asks_apt() {
	rm -f "$tmp/asked"
	bare on ID=debian "$BASH" ci/deps kernels || return 1
	grep -x update "$tmp/asked" >/dev/null || return 1
	grep -q 'install .* bison ' "$tmp/asked" || { cat "$tmp/asked"; return 1; }
}
tells_a_user() {
	local said

	printf '%s\n' ID=fedora >"$tmp/os-release"
	chmod 644 "$tmp/os-release"
	said=$(bare env OS_RELEASE="$tmp/os-release" /usr/bin/setpriv --reuid 65534 \
		--clear-groups "$BASH" "$tmp/ci/deps" kernels 2>&1) && return 1
	[[ $said == *"As root, run:"*"dnf install -y "*bison* ]] ||
		{ echo "$said"; return 1; }
}
if [ "$(id -u)" = 0 ]; then
	check "as root it installs what is missing" asks_apt
	check "a user gets the command" tells_a_user
fi
nixos=$'ID=nixos\nPRETTY_NAME="NixOS 24"'
words() {
	local said
	said=$(bare on "$nixos" "$BASH" ci/deps pictures 2>&1) && return 1
	[[ $said == *"NixOS 24 has no package known here for: gnuplot"* &&
	   $said == *"drawing pictures needs gnuplot"* ]] || { echo "$said"; return 1; }
}
check "elsewhere it says in words what is needed" words
check "and goes on if it is there" on "$nixos" ci/deps
check "unknown group" fails 2 "no group 'picture'" ci/deps picture

state() {
	local said

	said=$(bare on ID=debian "$BASH" ci/deps --state pictures guests) || return 1
	grep -q $'^pictures\tno\tno gnuplot, for drawing pictures$' <<<"$said" ||
		{ echo "$said"; return 1; }
	ci/deps --state pictures | grep -qx $'pictures\tok\tdrawing pictures'
}
check "it tells what is lost" state
doctor_tells() {
	"$pcpubench" doctor | grep -q '^pictures  *ok  *drawing pictures'
}
check "and so does doctor" doctor_tells
finish
