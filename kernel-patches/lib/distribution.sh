# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. The kernel that this machine's distribution ships, as the
# name "distribution" has it: image and headers, downloaded and unpacked in the
# cache, not installed.

# find_distribution: print what the name stands for, as find_kernel() does: a
# folder with `image`, `headers` and, when they are whole, `name`. It stays locked.
find_distribution() {
	local folder

	folder=$cache/distribution/$(os_release ID)-$(os_release VERSION_ID)
	lock -x "$folder" "the distribution's kernel"
	if [ ! -f "$folder/name" ]; then
		show "downloading the distribution's kernel"
		debian_kernel "$folder" || running_kernel "$folder" ||
			die "no kernel of this distribution: no linux-image from apt's mirror (log: $folder/log), no /boot/vmlinuz-$(uname -r) with headers"
		hush
	fi
	printf 'elsewhere\t%s\n' "$folder"
}

# needs PACKAGE PATTERN: print those that it depends on, if they match.
needs() {
	by_lists apt-cache show --no-all-versions "$1" |
		sed -n 's/^Depends: //p' | sed 's/[|,]/\n/g' |
		sed 's/^ *//; s/[ (:].*//' | grep -E "^linux-($2)-"
}

# The release's own kernel is what these packages of no version depend on.
get_kernel() {
	local arch image headers
	local -a common

	arch=$(dpkg --print-architecture) &&
		image=$(needs "linux-image-$arch" image | head -n1) &&
		headers=$(needs "linux-headers-$arch" headers | head -n1) &&
		mapfile -t common < <(needs "$headers" 'headers|kbuild') &&
		by_lists apt-get download "$image" "$headers" "${common[@]}"
}

# debian_kernel FOLDER: fails with 1 where apt does not get the packages.
debian_kernel() {
	local folder=$1 root=$1/root deb release

	new_apt "$folder/new"
	in_background "$folder/log" get_kernel \
		"$(os_release VERSION_CODENAME)" || return
	rm -rf "$root"
	mkdir "$root"
	for deb in "$apt"/linux-{headers,kbuild}-*.deb; do
		dpkg-deb -x "$deb" "$root" || return
	done
	deb=("$apt"/linux-image-*.deb)
	release=$(dpkg-deb -f "${deb[0]}" Package) || return
	release=${release#linux-image-}
	# The image comes before the modules, which are most of the package.
	{ dpkg-deb --fsys-tarfile "${deb[0]}" 2>/dev/null || true; } |
		tar -x -C "$root" --occurrence=1 "./boot/vmlinuz-$release" || return
	# Installed, it includes the common headers by an absolute path.
	sed -i "s,^include /usr/src/,include $root/usr/src/," \
		"$root/usr/src/linux-headers-$release/Makefile" || return
	put_prebuilt "$folder" "$root/boot/vmlinuz-$release" \
		"$root/usr/src/linux-headers-$release" \
		"linux-image-$release $(dpkg-deb -f "${deb[0]}" Version)" || return
	rm -rf "$apt"
}

# running_kernel FOLDER: the same of the kernel that runs, if its image and headers
# are installed.
running_kernel() {
	local release headers

	release=$(uname -r)
	headers=$(realpath -e "/lib/modules/$release/build" 2>/dev/null) || return
	[ -f "$headers/.config" ] && [ -r "/boot/vmlinuz-$release" ] || return
	put_prebuilt "$1" "/boot/vmlinuz-$release" "$headers" "Linux $release"
}

# Each step's success is asked for: the shell does not end a function that others wait
# for with ||.
put_prebuilt() {
	cp "$2" "$1/image" &&
		printf '%s\n' "$3" >"$1/headers" &&
		printf '%s of %s\n' "$4" "$(os_release PRETTY_NAME)" >"$1/name.new" &&
		to_disk &&
		mv "$1/name.new" "$1/name"
}
