# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are build-kernel's
#
# Part of build-kernel. The source that kernels are built in: got and configured.

# The same for a commit of a git tree.
find_commit() {
	git_tree=$(realpath -e "$1" 2>/dev/null) ||
		die "KERNEL_SRC: no such folder $1" 2
	git_base=$(git -C "$git_tree" rev-parse -q --verify "$2^{commit}") ||
		die "KERNEL_SRC: no commit '$2' in the git tree $1" 2
	git -C "$git_tree" cat-file -e "$git_base:mm/percpu.c" 2>/dev/null ||
		die "$1 is not a kernel source directory" 2
	source_id=$(git -C "$git_tree" rev-parse "$git_base^{tree}")
	source_name="$(basename "$git_tree") $(git -C "$git_tree" describe \
		--tags --always --abbrev=12 "$git_base")"
	version=$(git -C "$git_tree" show "$git_base:Makefile" | version_of)
}

# Sets source_name (for people), source_id (for the cache) and version.
find_source() {
	local stamp

	if [ -z "$src" ]; then
		fetch_source "$version"
	elif [ ! -e "$src" ] && [[ $src == *@* ]]; then
		find_commit "${src%@*}" "${src##*@}"
		return
	else
		src=$(realpath -e "$src" 2>/dev/null) ||
			die "KERNEL_SRC: no such file or directory" 2
		source_name=$(basename "$src")
	fi
	if [ -d "$src" ]; then
		[ -f "$src/mm/percpu.c" ] ||
			die "$src is not a kernel source directory" 2
		# Contents by name, size and time; git's own files do not count.
		source_id=$(cd "$src" && find . -name .git -prune -o -type f \
			-printf '%P %s %T@\n' | sort | sha)
		version=$(version_of <"$src/Makefile")
		return
	fi
	# Reading 150 MB takes a second: remember its hash and its version by
	# name, size and time.
	stamp=$cache/tarball-$(stat -c '%n %s %Y %i' "$src" | sha)
	if [ ! -s "$stamp" ]; then
		mkdir -p "$cache"
		{ sha 64 <"$src"; tar -xO -f "$src" --no-wildcards-match-slash \
			--wildcards --occurrence=1 '*/Makefile' | version_of
		} >"$stamp.$$" || die "$src does not hold a kernel source" 2
		mv "$stamp.$$" "$stamp"
	fi
	{ read -r source_id; read -r version; } <"$stamp"
}

unpack() {
	local to=$1

	if [ -n "$git_tree" ]; then
		say "unpacking $source_name"
		git -C "$git_tree" archive "$git_base" | tar -x -C "$to" ||
			die "cannot unpack $source_name"
	elif [ -d "$src" ]; then
		say "copying the kernel source"
		cp -a "$src/." "$to/"
		rm -rf "$to/.git"
		make -C "$to" -s mrproper >&2
	else
		say "unpacking $source_name"
		tar -x -f "$src" -C "$to" --strip-components=1 ||
			die "cannot unpack $src"
	fi
	[ -f "$to/mm/percpu.c" ] || die "$src does not hold a kernel source" 2
}

# Two builders, and a builder and itself after an interrupt, meet here. Once
# taken it is this builder's until unlock_tree().
lock_tree() {
	[ "$locked" = no ] || return 0
	mkdir -p "$cache/trees/$tree_id"
	exec 9>"$cache/trees/$tree_id/lock"
	if ! flock -n 9; then
		say "waiting for another build in the same tree"
		flock 9
	fi
	locked=yes
}

unlock_tree() {
	[ "$locked" = no ] || exec 9>&-
	locked=no
}

# "dirty" stands while make runs. Where it stands before, that make was killed,
# and a half-written object may look finished: start over from the source.
prepare_tree() {
	if [ -e "$tree/dirty" ]; then
		say "the last build was interrupted: starting over"
		rm -rf "$tree/linux" "$tree/orig" "$tree/dirty"
	fi
	rm -rf "$tree/unpack"
	if [ ! -d "$tree/linux" ]; then
		mkdir -p "$tree/unpack"
		unpack "$tree/unpack"
		rm -rf "$tree/orig"
		mv "$tree/unpack" "$tree/linux"
	fi
	mkdir -p "$tree/orig"
}

# tinyconfig is allnoconfig with the kernel's tiny fragments; so are ours.
configure() {
	local linux=$tree/linux line sym
	local -a refused=()

	cat "$linux"/kernel/configs/tiny*.config \
		"$linux"/arch/x86/configs/tiny.config >"$tree/all.config"
	fragments >>"$tree/all.config"
	make -C "$linux" -s KCONFIG_ALLCONFIG="$tree/all.config" allnoconfig \
		>"$tree/log" 2>&1 || die "configuring failed: see $tree/log"
	while read -r line; do
		case $line in
		CONFIG_*) grep -qxF "$line" "$linux/.config" ;;
		'# CONFIG_'*' is not set')
			sym=${line#\# }
			! grep -q "^${sym%% *}=" "$linux/.config" ;;
		*) true ;;
		esac || refused+=("$line")
	done < <(fragments | gawk '
		# A later fragment overrides an earlier one, as it does for kconfig.
		match($0, /CONFIG_[A-Za-z0-9_]+/) {
			last[substr($0, RSTART, RLENGTH)] = $0
		}
		END { for (symbol in last) print last[symbol] }' | sort)
	[ ${#refused[@]} = 0 ] || die "Linux $version does not take $(
		printf '%s, ' "${refused[@]}" | sed 's/, $//'): say in kernel-patches/config/NAME-$version.config what the kernel has instead, and why"
}

# The tree with the patches "$@", ready to be built.
patched_tree() {
	prepare_tree
	apply_patches "$@"
	[ ! -f "$tree/linux/configured" ] || return 0
	configure
	: >"$tree/linux/configured"
}
