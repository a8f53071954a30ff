# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. Builds what the cache keeps: images, modules, layouts,
# debug information and the kernel's own tests; a manifest has the inputs. A
# function that builds takes WHAT, a name for messages, then the folder that it
# makes.

# A manifest's line KEY with the hash of FILE.
put_hash() {
	printf '%s\t%s\n' "$1" "$(sha 64 <"$2")"
}

# put FOLDER: replace FOLDER by what was made in $new. If it has a manifest, another
# process made the same from another build tree, and may boot it now. One process at a
# time: the other may do so between two of these lines.
put() {
	local fd

	to_disk
	exec {fd}>"$cache/.putting"
	flock "$fd"
	if [ ! -f "$1/manifest" ]; then
		[ ! -e "$1" ] || mv -T "$1" "$making/before"
		mv -T "$new" "$1"
	fi
	exec {fd}>&-
	rm -rf "$making/before"
}

# make_kernel WHAT TREE: build the kernel TREE in the build tree. The file
# "built" names the kernel that objects and generated headers belong to.
make_kernel() {
	lay_out "$2"
	rm -f "$tree/built"
	build "$1" vmlinux modules_prepare
	printf '%s\n' "$2" >"$tree/built"
	: >"$tree/changed"
}

# build_kernel WHAT FOLDER TREE: image, symbols and config of the kernel TREE.
build_kernel() {
	local folder=$2 linux=$tree/linux release

	make_kernel "$1" "$3"
	release=$(made_release "$linux")
	new_folder
	take "$linux" vmlinux "$new/vmlinux" $'\x7fELF'
	take "$linux" System.map "$new/System.map"
	take "$linux" vmlinux.symvers "$new/vmlinux.symvers"
	take "$linux" .config "$new/config"
	{
		printf 'release\t%s\n' "$release"
		put_hash config_sha256 "$new/config"
		printf 'compiler\t%s\n' "$compiler"
		put_hash image_sha256 "$new/vmlinux"
	} >"$new/manifest"
	to_disk
	mv "$new"/{vmlinux,System.map,vmlinux.symvers,config} "$folder/"
	mv "$new/manifest" "$folder/"
	[ -f "$tree/size" ] || du -s --block-size=1 "$tree" | cut -f1 >"$tree/size"
}

copy_module() {
	local file

	# Kbuild takes each bench that it finds, also one that is gone here.
	for file in "$1"/*.c; do
		[ -f "$top/kmod-bench/$(basename "$file")" ] || rm -rf "$file"
	done
	for file in "$top"/kmod-bench/*.[ch] "$top/kmod-bench/Kbuild"; do
		is_same "$file" "$1/$(basename "$file")" ||
			put_into "$file" "$1/$(basename "$file")"
	done
}

# make_module WHAT FILE [SEED]: the module for the build tree, in a layout.
make_module() {
	mkdir -p "$tree/kmod"
	copy_module "$tree/kmod"
	build "$1" M="$tree/kmod" ${3:+"PCPU_BENCH_LAYOUT=$3"} modules
	take "$tree/kmod" pcpu_bench.ko "$2" $'\x7fELF'
}

# build_module WHAT FOLDER TREE: the module for the kernel TREE; FOLDER lies in
# the folder of its image. Needs that kernel's headers but no objects.
build_module() {
	local symbols

	lay_out "$3"
	if [ "$3" != "$(cat "$tree/built" 2>/dev/null)" ]; then
		rm -f "$tree/built"
		build "headers of $1" modules_prepare
	fi
	# Without in-tree modules make does not write Module.symvers.
	symbols=$(dirname "$2")/vmlinux.symvers
	is_same "$symbols" "$tree/linux/Module.symvers" ||
		put_into "$symbols" "$tree/linux/Module.symvers"
	new_folder
	make_module "module for $1" "$new/pcpu_bench.ko"
	put_hash module_sha256 "$new/pcpu_bench.ko" >"$new/manifest"
	put "$2"
}

# build_layout WHAT FOLDER TREE SEED: kernel and module linked in an order drawn
# from SEED. Nothing is compiled again.
build_layout() {
	local what=$1 seed=$4 linux=$tree/linux

	lay_out "$3"
	rm -rf "$linux/pcpubench-layout.o"
	with_beside "=$here/layout-ar"
	build "$what, layout $seed" vmlinux modules_prepare \
		AR="'$here/layout-ar' $seed"
	with_beside
	[ -f "$linux/pcpubench-layout.o" ] ||
		die "$source_name does not link a vmlinux.a: no layouts of it" 2
	new_folder
	take "$linux" vmlinux "$new/vmlinux" $'\x7fELF'
	take "$linux" System.map "$new/System.map"
	make_module "module for $what, layout $seed" "$new/pcpu_bench.ko" "$seed"
	{
		printf 'image\tvmlinux\nmodule\tpcpu_bench.ko\nlayout\t%s\n' "$seed"
		put_hash image_sha256 "$new/vmlinux"
		put_hash module_sha256 "$new/pcpu_bench.ko"
	} >"$new/manifest"
	put "$2"
}

# The programs of the kernel's own tests that SUITE names, a folder of
# tools/testing/selftests.
kselftest_programs() {
	grep -v '^#' "$here/kselftest/$1"
}

# build_kselftest WHAT FOLDER TREE SUITE: these programs by the kernel's own
# makefile and with the headers that TREE has for user space. Static: a guest has no
# libraries.
build_kselftest() {
	local linux=$tree/linux made=$tree/kselftest program
	local -a programs

	lay_out "$3"
	build "headers of $1 for programs" headers
	rm -rf "$made"
	mkdir "$made"
	mapfile -t programs < <(kselftest_programs "$4" | sed "s,^,$made/,")
	with_beside "$made" "=$here/kselftest"
	build "$4 tests of $1" -C "tools/testing/selftests/$4" OUTPUT="$made" \
		USERCFLAGS="-include $here/kselftest/by-line.h -isystem $linux/usr/include" \
		USERLDFLAGS=-static \
		"${programs[@]}"
	with_beside
	confine "$made"
	caged strip "${programs[@]}" 2>/dev/null || true
	unconfine
	new_folder
	for program in "${programs[@]}"; do
		program=$(basename "$program")
		take "$made" "$program" "$new/$program"
	done
	rm -rf "$made"
	put "$2"
}

# need_manifest MODULE FOUND: have a manifest for the kernel with its module in the
# folder MODULE, and its path in $manifest; the file FOUND has find_kernel()'s output.
# The same kernel under another name has another manifest.
need_manifest() {
	local lines

	lines=$(
		printf 'image\t../vmlinux\nmodule\tpcpu_bench.ko\nconfig\t../config\n'
		printf 'source\t%s\n' "$source_name"
		printf 'source_id\t%s\n' "$source_tree"
		printf 'fragment\t%s\n' "$config"
		cat "$(dirname "$1")/manifest" "$1/manifest"
		grep -E '^(tree|commit|patch|harness|origin)	' "$2"
	)
	manifest=$1/manifest-$(sha <<<"$lines")
	[ ! -f "$manifest" ] || return 0
	new_folder
	printf '%s\n' "$lines" >"$new/manifest"
	to_disk
	mv "$new/manifest" "$manifest"
}

# The objects in the tree with one of these functions or their clones and parts.
objects_of() {
	confine "=$tree/linux"
	find "$tree/linux" -type f -name '*.o' ! -name 'vmlinux*' \
		! -name '.*' ! -path '*/arch/x86/boot/*' \
		! -path '*/arch/x86/entry/vdso/*' ! -path "$tree/linux/scripts/*" \
		! -path "$tree/linux/tools/*" -printf '%P\0' |
		caged env -C "$tree/linux" xargs -0 nm -A --defined-only 2>/dev/null |
		gawk -v list="$1" '
		BEGIN { n = split(list, names, ","); while (n) want[names[n--]] = 1 }
		$2 ~ /^[tTwW]$/ {
			name = $3; sub(/\..*/, "", name)
			if (name in want) { sub(/:.*/, "", $1); print $1 }
		}' | sort -u
}

code_of() {
	local text

	rm -rf "$tmp/code"
	mkdir "$tmp/code"
	confine "=$1" "$tmp/code"
	caged objcopy -O binary --only-section=.text "$1" "$tmp/code/text" \
		2>/dev/null || true
	unconfine
	text=$(made_file "$tmp/code" text) || exit
	sha256sum <"$text"
}

# sources_of OBJECT...: of the files that these objects are made of, by what make
# noted, those in the build tree.
sources_of() {
	local file within path

	within=$(realpath -e "$tree/linux")
	for file; do
		path=.${file##*/}.cmd
		[[ $file != */* ]] || path=${file%/*}/$path
		path=$(made_file "$within" "$path") || exit
		cat "$path"
	done | grep -ao '[a-zA-Z0-9_./-]*\.[chS]\b' | sort -u |
		while read -r file; do
			if [[ $file != /* && $(realpath -e "$within/$file" 2>/dev/null) == \
				"$within/$file" ]] && [ -f "$within/$file" ]; then
				printf '%s\n' "$file"
			fi
		done
}

# build_debug WHAT FOLDER TREE FUNCTIONS: the kernel once more, with debug
# information in the objects of these functions. Checks that the code is the
# same, so that addresses of the measured kernel can be looked up in it.
build_debug() {
	local what=$1 folder=$2 functions=$4 wanted
	local -a objects

	if [ -f "$folder/functions" ]; then
		functions+=,$(paste -sd, "$folder/functions")
	fi
	make_kernel "$what" "$3"
	mapfile -t objects < <(objects_of "$functions")
	# make evaluates this for each object; other objects keep their command.
	wanted="\$(filter ${objects[*]},\$@)"
	build "debug information for $what" vmlinux \
		"CFLAGS_KERNEL=\$(if $wanted,-g)" \
		"AFLAGS_KERNEL=\$(if $wanted,-g)"
	[ "$(code_of "$tree/linux/vmlinux")" = \
		"$(code_of "$(dirname "$folder")/vmlinux")" ] ||
		die "with debug information the code of $what differs: no lines for it"
	new_folder
	mkdir "$new/source" "$new/made"
	confine "=$tree/linux/vmlinux" "$new/made"
	caged objcopy --only-keep-debug "$tree/linux/vmlinux" "$new/made/vmlinux.debug" \
		2>/dev/null || true
	unconfine
	made_file "$new/made" vmlinux.debug >/dev/null
	mv "$new/made/vmlinux.debug" "$new/"
	rm -rf "$new/made"
	# Links are safe: git replaces a file that it changes.
	sources_of "${objects[@]}" |
		(cd "$tree/linux" && xargs -r -d '\n' cp -l --parents -t "$new/source")
	tr , '\n' <<<"$functions" | sort -u >"$new/functions"
	put "$folder"
}

# A kernel that somebody else built is a folder with its image; the file FOLDER/headers
# names the folder of its headers. prebuilt_folder FOLDER: where the cache has our module
# for it, and its image.
prebuilt_folder() {
	printf '%s\n' "$cache/kernels/own-$(cat "$1/image" "$1/headers" |
		sha)/module-$module_id"
}

# build_prebuilt FOLDER MODULE: make MODULE, with a manifest.
build_prebuilt() {
	local folder=$1 headers kmod=$tmp/kmod log=$tmp/kmod.log release

	headers=$(<"$folder/headers")
	# What another kernel's makefile left is none of this one's.
	rm -rf "$kmod"
	mkdir "$kmod"
	copy_module "$kmod"
	tell_unconfined
	confine "$kmod" "=$headers" "=$folder"
	start make -C "$headers" -j"$jobs" M="$kmod" modules >"$log" 2>&1
	finish || {
		log=$(first_error "$log" || tail -n1 "$log" | tr -cd '[:print:]')
		die "the module for $(basename "$folder") does not build with $headers: $log"
	}
	unconfine
	release=$(made_release "$headers")
	new_folder
	take "$kmod" pcpu_bench.ko "$new/pcpu_bench.ko" $'\x7fELF'
	take "$folder" image "$new/image"
	take "$headers" .config "$new/config"
	{
		printf 'image\timage\nmodule\tpcpu_bench.ko\nconfig\tconfig\n'
		printf 'release\t%s\n' "$release"
		if [ -e "$folder/name" ]; then
			side_line "$folder" name source
		else
			printf 'source\tprebuilt image\n'
		fi
		printf 'source_id\t\n'
		put_hash config_sha256 "$new/config"
		printf 'compiler\t%s\n' "$(sed -n \
			'0,/^CONFIG_CC_VERSION_TEXT="\(.*\)"/s//\1/p' "$new/config")"
		put_hash image_sha256 "$new/image"
		put_hash module_sha256 "$new/pcpu_bench.ko"
	} >"$new/manifest"
	put "$2"
}
