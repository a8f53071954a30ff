# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. Kernels to install on this machine (--package): with a
# config of the user's, complete with modules and headers, as one package that
# install-kernel installs and removes.
#
# The package is made here and not by the kernel's own bindeb-pkg: that one's
# scripts have update-grub make the newest kernel the default, which is ours if the
# series is for a later version than the kernel that runs.

# Before FOLDER: in a system whose /lib is a link, files go where it points to.
lib_dir() {
	if [ -L /lib ]; then echo usr/lib; else echo lib; fi
}

# About how many steps the first build with this config has, of which localmodconfig may
# have left a quarter: our own config has 490 settings that are on, and 1557 steps.
steps_for_config() {
	echo $((3 * $(grep -c '=[ym]$' "$tree/linux/.config")))
}

# configure_own: the config is $own_config, without what only its distributor has:
# keys, and debug information, which is most of what a build takes. Neither is in
# the measured path.
configure_own() {
	local linux=$tree/linux

	put_into "$own_config" "$linux/.config"
	confine "$linux" ${localmod:+"=$(realpath -e "$localmod")"}
	caged "$linux/scripts/config" --file "$linux/.config" \
		--set-str LOCALVERSION '' -d LOCALVERSION_AUTO \
		--set-str SYSTEM_TRUSTED_KEYS '' --set-str SYSTEM_REVOCATION_KEYS '' \
		-e DEBUG_INFO_NONE -d DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT \
		-d DEBUG_INFO_DWARF4 -d DEBUG_INFO_DWARF5
	if [ -n "$localmod" ]; then
		# It asks about what is new; an empty line takes the default.
		caged make -C "$linux" -s LSMOD="$(realpath -e "$localmod")" \
			localmodconfig >"$tree/log" 2>&1 < <(yes '' 2>/dev/null) ||
			die "localmodconfig failed: see $tree/log"
	fi
	caged make -C "$linux" -s olddefconfig >"$tree/log" 2>&1 ||
		die "configuring failed: see $tree/log"
	unconfine
	made_file "$linux" .config >/dev/null
	grep -q '^CONFIG_MODULES=y' "$linux/.config" ||
		die "$own_config has no CONFIG_MODULES: the benchmark is a module" 2
}

# release_for NAME CONTENT: what `uname -r` is going to say. It names series and
# content, so that no two kernels share a file.
release_for() {
	local name

	name=$(basename "$1" | tr 'A-Z_' 'a-z.' | tr -cd 'a-z0-9.@' | tr @ . | cut -c1-20)
	printf '%s-pcpubench-%s-%s\n' "$(release_of "$2")" "${name:-series}" \
		"$(printf '%s' "$2" | cut -c1-8)"
}

# package_folder RELEASE CONTENT: the folder of the cache for a package. Its image was in
# /boot once.
package_folder() {
	printf '%s\n' "$cache/packages/$(sha <<<"$1 $2 $settings $(lib_dir) boot/pcpubench")"
}

# What an external module needs of the build tree, as a tar archive on standard output. A
# folder of it may be a link, so this is read in the sandbox; a name may be of two lines.
# shellcheck disable=SC2016 # another shell expands this
pack_headers='
	set -euo pipefail
	shopt -s nullglob
	cd "$1"
	{
		printf "%s\0" .config Module.symvers Makefile
		find . arch/x86 -maxdepth 1 -type f \
			\( -name "Makefile*" -o -name "Kbuild*" \) -print0
		find include arch/x86/include scripts \( -type f -o -type l \) \
			! -name "*.o" ! -name ".*.cmd" -print0
		# Programs that some configs need.
		for program in tools/objtool/[o]bjtool tools/bpf/resolve_btfids/[r]esolve_btfids; do
			printf "%s\0" "$program"
		done
	} | sed -z "s,^\./,," | sort -zu | tar -c --null -T -'

# stage_headers FOLDER: have these there.
stage_headers() {
	mkdir -p "$1"
	confine "=$tree/linux"
	caged bash -c "$pack_headers" _ "$tree/linux" | tar -x -C "$1"
	unconfine
}

# stage RELEASE FOLDER: the files of the built kernel as they lie below /.
stage() {
	local linux=$tree/linux lib modules=$tree/modules

	lib=$(lib_dir)
	rm -rf "$modules"
	mkdir -p "$2/boot/pcpubench" "$2/$lib/modules" "$modules"
	with_beside "$modules"
	build "modules of $1" LOCALVERSION="${1#"$plain_release"}" INSTALL_MOD_STRIP=1 \
		INSTALL_MOD_PATH="$modules" modules_install
	with_beside
	made_folder "$modules" "lib/modules/$1"
	mv "$modules/lib/modules/$1" "$2/$lib/modules/"
	# Of the boot protocol. "MZ" is there only with CONFIG_EFI_STUB.
	take "$linux" arch/x86/boot/bzImage "$2/boot/pcpubench/vmlinuz-$1" HdrS 514
	take "$linux" System.map "$2/boot/System.map-$1"
	take "$linux" .config "$2/boot/config-$1"
	stage_headers "$2/usr/src/linux-headers-$1"
	rm -rf "$2/$lib/modules/$1/"{build,source}
	ln -s "/usr/src/linux-headers-$1" "$2/$lib/modules/$1/build"
	# Whoever installs it reads the names line by line, as root, and gives the files to
	# root.
	[ -z "$(find "$2" \( -name '*[[:cntrl:]]*' -o ! -type f ! -type d ! -type l \) \
		-print -quit)" ] ||
		die "$1 has a file that is no plain one, or one with control characters in its name"
	chmod -R a-st,u+rwX,go=rX "$2"
}

# bytes_of FOLDER...: what they take, in bytes.
bytes_of() {
	du -c -s --block-size=1 "$@" | tail -n1 | cut -f1
}

# make_archive RELEASE STAGED FOLDER: a package for dpkg where there is one, else a
# tar archive, with the list of its files.
make_archive() {
	local root=$2

	(cd "$root" && find . ! -type d -printf '/%P\n' | sort) >"$3/files"
	if ! command -v dpkg-deb >/dev/null; then
		tar -C "$root" --owner=0 --group=0 -c -f "$3/kernel.tar" .
		return
	fi
	mkdir "$root/DEBIAN"
	cat >"$root/DEBIAN/control" <<-END_CONTROL
		Package: linux-image-$1
		Version: 1
		Architecture: $(dpkg --print-architecture)
		Section: kernel
		Priority: optional
		Maintainer: pcpubench <root@localhost>
		Description: kernel, modules and headers that pcpubench measures
		 A campaign of pcpubench installed it, and removes it at its end.
	END_CONTROL
	dpkg-deb --root-owner-group -Zgzip -z1 --build "$root" \
		"$3/kernel.deb" >"$tmp/dpkg" 2>&1 ||
		die "dpkg-deb does not make a package of $1: $(tail -n1 "$tmp/dpkg")"
	rm -rf "$root/DEBIAN"
}

# build_package FOLDER CONTENT RELEASE
build_package() {
	local folder=$1 release=$3 linux=$tree/linux root=$tree/staged got

	lay_out "$2"
	plain_release=$(release_of "$2")
	rm -f "$tree/built"
	build "$release" LOCALVERSION="${release#"$plain_release"}" bzImage modules
	: >"$tree/changed"
	got=$(made_release "$linux")
	[ "$got" = "$release" ] ||
		die "$release calls itself $got and not $release: remove the source's localversion file"
	rm -rf "$root"
	new_folder
	stage "$release" "$root"
	make_archive "$release" "$root" "$new"
	take "$linux" .config "$new/config"
	{
		printf 'release\t%s\n' "$release"
		printf 'boot_bytes\t%s\n' "$(bytes_of "$root/boot")"
		printf 'system_bytes\t%s\n' "$(bytes_of "$root/usr" "$root/$(lib_dir)")"
		printf 'compiler\t%s\n' "$compiler"
		put_hash config_sha256 "$new/config"
	} >"$new/manifest"
	rm -rf "$root" "$tree/modules"
	to_disk
	mv "$new"/{files,config,kernel.*} "$folder/"
	mv "$new/manifest" "$folder/"
	[ -f "$tree/size" ] || du -s --block-size=1 "$tree" | cut -f1 >"$tree/size"
}

# What the least of our own configs takes with its source: 1825550336 bytes were measured.
least_tree=1800000000

# tree_needs: about how many bytes more the build tree is going to take: as much as one
# with the same config and compiler, or at least what the smallest takes.
tree_needs() {
	local other bytes=$least_tree has=0

	if [ -f "$tree/size" ]; then
		echo 0
		return
	fi
	for other in "$cache/trees"/*; do
		if [ -f "$other/size" ] &&
			[ "$settings" = "$(cat "$other/settings" 2>/dev/null)" ]; then
			bytes=$(<"$other/size")
		fi
	done
	[ ! -d "$tree" ] || has=$(bytes_of "$tree")
	echo $((bytes > has ? bytes - has : 0))
}

# one_package NAME MEANING STRANGER: build the package if not cached, and print name, release
# and folder.
one_package() {
	local content release folder

	use_tree "$3" "$(basename "$1")"
	content=$(field tree "$2")
	[ -n "$content" ] ||
		die "$1 was built elsewhere: give the release that is installed" 2
	release=$(release_for "$1" "$content")
	folder=$(package_folder "$release" "$content")
	if [ "$action" = plan ]; then
		if [ -f "$folder/manifest" ]; then
			printf '%s\t%s\t%s\tbuilt\t0\n' "$1" "$release" "$folder"
		else
			printf '%s\t%s\t%s\tto build\t%s\n' "$1" "$release" "$folder" \
				"$(tree_needs)"
		fi
		return
	fi
	lock -s "$folder"
	if [ ! -f "$folder/manifest" ]; then
		lock_tree "$release"
		[ -f "$folder/manifest" ] ||
			build_package "$folder" "$content" "$release"
		unlock_tree
	fi
	printf '%s, to install\n' "$release" >"$folder/name"
	printf '%s\t%s\t%s\n' "$1" "$release" "$folder"
}
