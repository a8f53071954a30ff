# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. What is built and kept: images, modules, layouts and debug
# information, each with the manifest that says what went into it. A function
# that builds is given what people call it, then the folder it makes.

# A manifest's line KEY with the hash of FILE.
put_hash() {
	printf '%s\t%s\n' "$1" "$(sha 64 <"$2")"
}

# put FOLDER NEW: have the finished folder NEW take the place of FOLDER.
put() {
	rm -rf "$1"
	mv "$2" "$1"
}

# make_kernel WHAT TREE: what TREE is, in the build tree. "built" says of which
# kernel the objects and the headers that make generates are.
make_kernel() {
	lay_out "$2"
	rm -f "$tree/built"
	build "$1" vmlinux modules_prepare
	printf '%s\n' "$2" >"$tree/built"
	: >"$tree/changed"
}

# build_kernel WHAT FOLDER TREE: image, symbols and config of what TREE is.
build_kernel() {
	local folder=$2 new=$2/.new.$$ linux=$tree/linux

	make_kernel "$1" "$3"
	cp "$linux/vmlinux" "$linux/System.map" "$linux/vmlinux.symvers" "$folder/"
	cp "$linux/.config" "$folder/config"
	{
		printf 'release\t%s\n' "$(<"$linux/include/config/kernel.release")"
		put_hash config_sha256 "$folder/config"
		printf 'compiler\t%s\n' "$compiler"
		put_hash image_sha256 "$folder/vmlinux"
	} >"$new"
	mv "$new" "$folder/manifest"
	[ -f "$tree/size" ] || du -s --block-size=1 "$tree" | cut -f1 >"$tree/size"
}

copy_module() {
	local file

	for file in "$top"/kmod-bench/*.[ch] "$top/kmod-bench/Kbuild"; do
		cmp -s "$file" "$1/$(basename "$file")" || cp "$file" "$1/"
	done
}

# make_module WHAT FILE [SEED]: the module for what the tree is, in a layout.
make_module() {
	mkdir -p "$tree/kmod"
	copy_module "$tree/kmod"
	build "$1" M="$tree/kmod" ${3:+"PCPU_BENCH_LAYOUT=$3"} modules
	cp "$tree/kmod/pcpu_bench.ko" "$2"
}

# build_module WHAT FOLDER TREE: the module for the kernel that TREE is, next to the
# FOLDER of its image. It wants the headers of that kernel, and no object.
build_module() {
	local new=$2.$$ symbols

	lay_out "$3"
	if [ "$3" != "$(cat "$tree/built" 2>/dev/null)" ]; then
		rm -f "$tree/built"
		build "headers of $1" modules_prepare
	fi
	# Without in-tree modules nobody writes Module.symvers but this.
	symbols=$(dirname "$2")/vmlinux.symvers
	cmp -s "$symbols" "$tree/linux/Module.symvers" ||
		cp "$symbols" "$tree/linux/Module.symvers"
	mkdir -p "$new"
	make_module "module for $1" "$new/pcpu_bench.ko"
	put_hash module_sha256 "$new/pcpu_bench.ko" >"$new/manifest"
	put "$2" "$new"
}

# build_layout WHAT FOLDER TREE SEED: the kernel linked in the order that the
# seed draws, and the module likewise. Nothing is compiled again.
build_layout() {
	local what=$1 new=$2.$$ seed=$4 linux=$tree/linux

	lay_out "$3"
	rm -f "$linux/pcpubench-layout.o"
	build "$what, layout $seed" vmlinux modules_prepare \
		AR="'$here/layout-ar' $seed"
	[ -f "$linux/pcpubench-layout.o" ] ||
		die "$source_name does not link a vmlinux.a: no layouts of it" 2
	rm -rf "$new"
	mkdir -p "$new"
	cp "$linux/vmlinux" "$linux/System.map" "$new/"
	make_module "module for $what, layout $seed" "$new/pcpu_bench.ko" "$seed"
	{
		printf 'image\tvmlinux\nmodule\tpcpu_bench.ko\nlayout\t%s\n' "$seed"
		put_hash image_sha256 "$new/vmlinux"
		put_hash module_sha256 "$new/pcpu_bench.ko"
	} >"$new/manifest"
	put "$2" "$new"
}

# manifest_of MODULE FOUND: print the path of a manifest for the kernel whose
# module is in that folder, with what find_kernel() said of it in a file. The same
# kernel by another name has another.
manifest_of() {
	local lines file

	lines=$(
		printf 'image\t../vmlinux\nmodule\tpcpu_bench.ko\nconfig\t../config\n'
		printf 'source\t%s\n' "$source_name"
		printf 'source_id\t%s\n' "$source_tree"
		cat "$(dirname "$1")/manifest" "$1/manifest"
		grep -E '^(tree|commit|patch|harness|origin)	' "$2"
	)
	file=$1/manifest-$(sha <<<"$lines")
	[ -f "$file" ] || printf '%s\n' "$lines" >"$file"
	printf '%s\n' "$file"
}

# The objects in the tree with one of these functions, clones and parts as well.
objects_of() {
	(cd "$tree/linux" && find . -name '*.o' ! -name 'vmlinux*' \
		! -name '.*' ! -path './arch/x86/boot/*' \
		! -path './arch/x86/entry/vdso/*' ! -path './scripts/*' \
		! -path './tools/*' -printf '%P\0' |
		xargs -0 nm -A --defined-only 2>/dev/null) |
		gawk -v list="$1" '
		BEGIN { n = split(list, names, ","); while (n) want[names[n--]] = 1 }
		$2 ~ /^[tTwW]$/ {
			name = $3; sub(/\..*/, "", name)
			if (name in want) { sub(/:.*/, "", $1); print $1 }
		}' | sort -u
}

code_of() {
	objcopy -O binary --only-section=.text "$1" "$tree/text" &&
		sha256sum <"$tree/text"
	rm -f "$tree/text"
}

# build_debug WHAT FOLDER TREE FUNCTIONS: the kernel once more, with debug
# information in the objects of these functions. That changes no code, so what was
# measured can be looked up in it; which is checked.
build_debug() {
	local what=$1 folder=$2 functions=$4 new=$2.$$ object wanted
	local -a objects

	if [ -f "$folder/functions" ]; then
		functions+=,$(paste -sd, "$folder/functions")
	fi
	make_kernel "$what" "$3"
	mapfile -t objects < <(objects_of "$functions")
	# make evaluates it for each object; others keep the command they had.
	wanted="\$(filter ${objects[*]},\$@)"
	build "debug information for $what" vmlinux \
		"CFLAGS_KERNEL=\$(if $wanted,-g)" \
		"AFLAGS_KERNEL=\$(if $wanted,-g)"
	[ "$(code_of "$tree/linux/vmlinux")" = \
		"$(code_of "$(dirname "$folder")/vmlinux")" ] ||
		die "with debug information $what is other code than without: no lines for it"
	rm -rf "$new"
	mkdir -p "$new/source"
	objcopy --only-keep-debug "$tree/linux/vmlinux" "$new/vmlinux.debug"
	# git replaces a file that it changes: links stay what they are.
	(cd "$tree/linux" && for object in "${objects[@]}"; do
		cat "$(dirname "$object")/.$(basename "$object").cmd"
	done | grep -o '[a-zA-Z0-9_./-]*\.[chS]\b' | sort -u |
		while read -r file; do
			[[ $file == /* ]] || [ ! -f "$file" ] ||
				cp -l --parents "$file" "$new/source/"
		done)
	tr , '\n' <<<"$functions" | sort -u >"$new/functions"
	put "$folder" "$new"
}

# prebuilt FOLDER: print the manifest of a kernel that somebody else built,
# FOLDER/image, with our module for it, made with the headers whose folder is named
# in FOLDER/headers.
prebuilt() {
	local folder=$1 headers mdir kmod log

	headers=$(<"$folder/headers")
	mdir=$cache/kernels/own-$(cat "$folder/image" "$folder/headers" |
		sha)/module-$module_id
	if [ ! -f "$mdir/manifest" ]; then
		kmod=$tmp/kmod
		log=$kmod/log
		mkdir -p "$kmod"
		copy_module "$kmod"
		if ! make -C "$headers" M="$kmod" modules >"$log" 2>&1; then
			log=$(first_error "$log" || tail -n1 "$log")
			die "the module for $(basename "$folder") does not build with $headers: $log"
		fi
		rm -rf "$mdir"
		mkdir -p "$mdir"
		cp "$kmod/pcpu_bench.ko" "$folder/image" "$mdir/"
		cp "$headers/.config" "$mdir/config"
		{
			printf 'image\timage\n'
			printf 'module\t%s\n' pcpu_bench.ko
			printf 'config\t%s\n' config
			printf 'release\t%s\n' \
				"$(cat "$headers/include/config/kernel.release")"
			printf 'source\tprebuilt image\n'
			printf 'source_id\t\n'
			put_hash config_sha256 "$headers/.config"
			printf 'compiler\t%s\n' "$(sed -n \
				's/^CONFIG_CC_VERSION_TEXT="\(.*\)"/\1/p' \
				"$headers/.config")"
			put_hash image_sha256 "$folder/image"
			put_hash module_sha256 "$mdir/pcpu_bench.ko"
		} >"$mdir/manifest.new"
		mv "$mdir/manifest.new" "$mdir/manifest"
	fi
	printf '%s\n' "$mdir/manifest"
}
