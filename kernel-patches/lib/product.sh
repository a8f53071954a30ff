# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are build-kernel's
#
# Part of build-kernel. What is built and kept: images, modules, layouts and debug information, each with
# the manifest that says what went into it.

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

say_debug() {
	printf '%s\t%s\n' "$(sed -n 's/^image_sha256\t//p' \
		"$cache/kernels/$kid/manifest")" "$cache/kernels/$kid/debug"
}

# The kernel once more, with debug information in the objects of FUNCTIONS. That
# changes no code, so what was measured can be looked up in it; which is checked.
debug_kernel() {
	local name=$1 functions=$2 ddir=$cache/kernels/$kid/debug
	local tmp object wanted
	local -a objects
	shift 2

	if [ -f "$ddir/functions" ] && [ -z "$(comm -23 \
		<(tr , '\n' <<<"$functions" | sort -u) "$ddir/functions")" ]; then
		say_debug
		return
	fi
	[ ! -f "$ddir/functions" ] ||
		functions+=,$(paste -sd, "$ddir/functions")
	lock_tree
	if [ -f "$cache/kernels/$kid/complete" ]; then
		patched_tree "$@"
		build "kernel $name" vmlinux
	else
		build_kernel "$name" "$@"
	fi
	mapfile -t objects < <(objects_of "$functions")
	# make evaluates it for each object; others keep the command they had.
	wanted="\$(filter ${objects[*]},\$@)"
	build "debug information for $name" vmlinux \
		"CFLAGS_KERNEL=\$(if $wanted,-g)" \
		"AFLAGS_KERNEL=\$(if $wanted,-g)"
	[ "$(code_of "$tree/linux/vmlinux")" = \
		"$(code_of "$cache/kernels/$kid/vmlinux")" ] ||
		die "with debug information $name is other code than without: no lines for it"
	tmp=$ddir.$$
	rm -rf "$tmp"
	mkdir -p "$tmp/source"
	objcopy --only-keep-debug "$tree/linux/vmlinux" "$tmp/vmlinux.debug"
	# The tree replaces a file that a patch changes: links stay what they are.
	(cd "$tree/linux" && for object in "${objects[@]}"; do
		cat "$(dirname "$object")/.$(basename "$object").cmd"
	done | grep -o '[a-zA-Z0-9_./-]*\.[chS]\b' | sort -u |
		while read -r file; do
			[[ $file == /* ]] || [ ! -f "$file" ] ||
				cp -l --parents "$file" "$tmp/source/"
		done)
	tr , '\n' <<<"$functions" | sort -u >"$tmp/functions"
	rm -rf "$ddir"
	mv "$tmp" "$ddir"
	unlock_tree
	say_debug
}

# A manifest's line KEY with the hash of FILE.
put_hash() {
	printf '%s\t%s\n' "$1" "$(sha 64 <"$2")"
}

copy_module() {
	cp "$top"/kmod-bench/*.[ch] "$top/kmod-bench/Kbuild" "$1/"
}

# Build what "$@" (patches) makes, into kernels/$kid.
build_kernel() {
	local name=$1 kdir=$cache/kernels/$kid tmp
	shift

	patched_tree "$@"
	build "kernel $name" vmlinux modules_prepare
	tmp=$cache/kernels/.$kid.$$
	rm -rf "$tmp"
	mkdir -p "$tmp"
	cp "$tree/linux/vmlinux" "$tree/linux/System.map" "$tmp/"
	cp "$tree/linux/.config" "$tmp/config"
	# Without in-tree modules nobody writes Module.symvers but this.
	cp "$tree/linux/vmlinux.symvers" "$tree/linux/Module.symvers"
	{
		printf 'release\t%s\n' "$(<"$tree/linux/include/config/kernel.release")"
		printf 'source\t%s\n' "$source_name"
		printf 'source_id\t%s\n' "$source_id"
		put_hash config_sha256 "$tmp/config"
		printf 'compiler\t%s\n' "$compiler"
		put_hash image_sha256 "$tmp/vmlinux"
	} >"$tmp/manifest"
	rm -rf "$kdir"
	mv "$tmp" "$kdir"
	: >"$cache/kernels/$kid/complete"
}

# $tree/kmod/pcpu_bench.ko, in the layout $2.
make_module() {
	local kmod=$tree/kmod

	rm -rf "$kmod"
	mkdir -p "$kmod"
	copy_module "$kmod"
	build "module for $1" M="$kmod" ${2:+"PCPU_BENCH_LAYOUT=$2"} modules
}

# kernels/$kid, whose manifest is $3, linked in the order that seed $2 draws, and
# the module likewise. Nothing is compiled again.
build_layout() {
	local name=$1 seed=$2 manifest=$3 ldir=$4 tmp=$4.$$
	shift 4

	patched_tree "$@"
	rm -f "$tree/linux/pcpubench-layout.o"
	build "kernel $name, layout $seed" vmlinux modules_prepare \
		AR="'$here/layout-ar' $seed"
	[ -f "$tree/linux/pcpubench-layout.o" ] ||
		die "$source_name does not link a vmlinux.a: no layouts of $name" 2
	rm -rf "$tmp"
	mkdir -p "$tmp"
	cp "$tree/linux/vmlinux" "$tree/linux/System.map" "$tmp/"
	make_module "$name, layout $seed" "$seed"
	cp "$tree/kmod/pcpu_bench.ko" "$tmp/"
	{
		printf 'image\tvmlinux\nmodule\tpcpu_bench.ko\nlayout\t%s\n' "$seed"
		grep -Ev '^(image|module|image_sha256|module_sha256)	' "$manifest"
		put_hash image_sha256 "$tmp/vmlinux"
		put_hash module_sha256 "$tmp/pcpu_bench.ko"
	} >"$tmp/manifest"
	rm -rf "$ldir"
	mv "$tmp" "$ldir"
}

# The module for kernels/$kid. Wants the tree's headers at that kernel's state;
# objects of the kernel itself are not touched.
build_module() {
	local name=$1 mdir=$2 tmp
	shift 2

	if [ ! -d "$tree/linux" ] || [ -e "$tree/dirty" ]; then
		build_kernel "$name" "$@"
	fi
	apply_patches "$@"
	make_module "$name"
	tmp=$mdir.$$
	mkdir -p "$tmp"
	cp "$tree/kmod/pcpu_bench.ko" "$tmp/"
	manifest_of "$name" "$@" >"$tmp/manifest"
	rm -rf "$mdir"
	mv "$tmp" "$mdir"
}

# One line a field, tab after its name; "patch" and "harness" may repeat.
manifest_of() {
	local name=$1 patch kind
	shift

	printf 'image\t%s\n' "../vmlinux"
	printf 'module\t%s\n' "pcpu_bench.ko"
	cat "$cache/kernels/$kid/manifest"
	put_hash module_sha256 "$tree/kmod/pcpu_bench.ko"
	for patch in "$@"; do
		kind='patch'
		[ "$(dirname "$patch")" != "$(harness_dir)" ] ||
			kind=harness
		printf '%s\t%s\t%s\n' "$kind" "$(basename "$patch")" \
			"$(sha 64 <"$patch")"
	done
}

# A kernel that somebody else built, $dir/image, and our module for it, made with
# the headers whose folder $dir/headers names.
prebuilt() {
	local name=$1 dir=$2 mid=$3 headers mdir kmod log
	headers=$(<"$dir/headers")
	mdir=$cache/kernels/own-$(cat "$dir/image" "$dir/headers" | sha)/module-$mid
	if [ ! -f "$mdir/manifest" ]; then
		kmod=$(mktemp -d)
		log=$kmod/log
		copy_module "$kmod"
		if ! make -C "$headers" M="$kmod" modules >"$log" 2>&1; then
			log=$(first_error "$log" || tail -n1 "$log")
			rm -rf "$kmod"
			die "the module for $name does not build with $headers: $log"
		fi
		rm -rf "$mdir"
		mkdir -p "$mdir"
		cp "$kmod/pcpu_bench.ko" "$dir/image" "$mdir/"
		{
			printf 'image\timage\n'
			printf 'module\t%s\n' pcpu_bench.ko
			printf 'release\t%s\n' \
				"$(cat "$headers/include/config/kernel.release")"
			printf 'source\tprebuilt image\n'
			printf 'source_id\t\n'
			put_hash config_sha256 "$headers/.config"
			printf 'compiler\t%s\n' "$(sed -n \
				's/^CONFIG_CC_VERSION_TEXT="\(.*\)"/\1/p' \
				"$headers/.config")"
			put_hash image_sha256 "$dir/image"
			put_hash module_sha256 "$mdir/pcpu_bench.ko"
		} >"$mdir/manifest.new"
		mv "$mdir/manifest.new" "$mdir/manifest"
		rm -rf "$kmod"
	fi
	printf '%s\t%s\t%s\t\n' "$name" "$mdir/manifest" \
		"$(cat "$dir/cmdline" 2>/dev/null || true)"
}
