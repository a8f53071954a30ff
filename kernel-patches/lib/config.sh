# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. The configuration of the build tree.

# Programs that no kernel of ours is built with. Kbuild writes the version of each one
# that it finds into the config, which would then differ between two machines that
# build the same kernel. A user's own config may use them.
unused_programs() {
	[ -n "$own_config" ] || printf '%s\n' RUSTC=none PAHOLE=none
}

# KCSAN is to look at the module alone, whose Kbuild asks for it: a kernel that is looked
# at as a whole is slow, and watches its own memory nearly all the time.
unchecked() {
	[[ +$config+ != *+kcsan+* ]] || echo KCSAN_SANITIZE=n
}

# As tinyconfig, allnoconfig with the kernel's tiny fragments, then ours.
configure() {
	local linux=$tree/linux line sym file
	local -a refused=()

	if [ -n "$own_config" ]; then
		configure_own
		return
	fi
	: >"$tree/all.config"
	for file in "$linux"/kernel/configs/tiny*.config \
		"$linux/arch/x86/configs/tiny.config"; do
		file=$(made_file "$linux" "${file#"$linux"/}") || exit
		cat "$file" >>"$tree/all.config"
	done
	fragments >>"$tree/all.config"
	confine "$linux" "=$tree/all.config"
	start make -C "$linux" -s "${unused[@]}" KCONFIG_ALLCONFIG="$tree/all.config" \
		allnoconfig >"$tree/log" 2>&1
	finish || die "configuring failed: see $tree/log"
	unconfine
	made_file "$linux" .config >/dev/null
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
