#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian package: built, installed in a fresh Debian 12, used there by an
# ordinary user, and removed without a trace. As root; some minutes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/apt.sh
. tests/apt.sh

if [ "$(id -u)" != 0 ]; then
	skip "the Debian package" "not root"
	finish
fi
ci/deps deb debtest || exit 1
builds() {
	make -s deb >"$tmp/deb" && [ -f "$(tail -n1 "$tmp/deb")" ]
}
check "make deb" builds
[ "$nr_bad" = 0 ] || finish
deb=$PWD/$(tail -n1 "$tmp/deb")
tree=${deb%_*.deb}
tree=${tree/pcpubench_/pcpubench-}
# The maintainer is whoever builds it, here the author of the commit.
check "lintian has no error" lintian --fail-on error --allow-root \
	--suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog "$deb"

root=$tmp/root
trap 'umount "$root/proc" 2>/dev/null; rm -rf --one-file-system "$tmp"' EXIT
sources=$(debian_sources | grep -v backports)
bootstraps() {
	local mirror

	mirror=$(awk '$2 == "bookworm" && $3 == "main" { print $1; exit }' <<<"$sources")
	debootstrap --force-check-gpg --variant=minbase bookworm "$root" "$mirror" \
		>"$tmp/log" 2>&1 ||
		{ tail -n 5 "$tmp/log"; return 1; }
	awk '{ print "deb", $1, $2, $3 }' <<<"$sources" >"$root/etc/apt/sources.list"
	echo 'APT::Install-Recommends "false"; Acquire::Languages "none";' \
		>"$root/etc/apt/apt.conf.d/small"
	echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/fast"
	cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
	chmod 755 "$tmp"
	mount -t proc proc "$root/proc" || return
	in_root apt-get update >/dev/null
}
in_root() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/root \
		DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} \
		chroot "$root" "$@"
}
check "a fresh Debian 12" bootstraps
# What packages that were there before, and dpkg's and apt's own records, leave.
files() {
	(cd "$root" && find . -path ./proc -prune -o -path ./sys -prune -o -path ./var/cache \
		-prune -o -path ./var/lib/apt -prune -o -path ./var/lib/dpkg -prune -o \
		-path ./var/log -prune -o -path ./etc/ld.so.cache -prune -o \
		-path ./tmp -prune -o -print | sort)
}
installs() {
	cp "$deb" "$root/tmp/pcpubench.deb" &&
		in_root apt-get install -y /tmp/pcpubench.deb
}
# What it needs goes first, and stays: that is not the package's to remove.
depends() {
	installs && in_root apt-get purge -y pcpubench
}
check "its dependencies are in Debian 12" depends
files >"$tmp/before"
check "it installs" installs
as_user() {
	in_root setpriv --reuid=nobody --regid=nogroup --clear-groups \
		env -C /tmp HOME=/nonexistent XDG_CACHE_HOME=/tmp/cache "$@"
}
works_alone() {
	as_user pcpubench report --published \
		/usr/share/pcpubench/results/reference/bench-6.12.jsonl >"$tmp/report" &&
		"$pcpubench" report --published results/reference/bench-6.12.jsonl |
		diff "$tmp/report" -
}
check "a user reads reports, without the recommended packages" works_alone
check "... is told what is missing" fails 1 'qemu-system-x86_64' \
	as_user pcpubench boot --image=/bin/true --module=/bin/true --topology=1c1n
check "purge" in_root apt-get purge -y pcpubench
check "... leaves nothing behind" diff "$tmp/before" <(files)

check "autopkgtest: a user measures Debian's kernel in QEMU, DKMS builds the module" \
	autopkgtest --no-built-binaries --user=nobody "$deb" "$tree/" -- chroot "$root"
finish
