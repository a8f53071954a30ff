# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # variables are build-kernel's
#
# Part of build-kernel. Series, harness patches and config fragments that belong
# to the version of the source.

# not_newer PATH...: of paths like DIR-6.12 or FILE-6.12.config print those that
# are not newer than the source, oldest first.
not_newer() {
	local path since

	printf '%s\n' "$@" | sort -V | while read -r path; do
		since=${path##*-}
		since=${since%.config}
		[ ! -e "$path" ] || ! printf '%s\n' "$since" "$version" |
			sort -V -C || printf '%s\n' "$path"
	done
}

# The folder of the harness patches: of this version or the last one before it.
harness_dir() {
	not_newer "$here"/harness/linux-* | tail -n1
}

# The fragments of a kernel's config; a later line overrides an earlier one.
# NAME-VERSION.config replaces lines of NAME.config from VERSION on. Without the
# comments: they make no other kernel.
fragments() {
	local part
	local -a parts

	if [ -n "$own_config" ]; then
		cat "$own_config" ${localmod:+"$localmod"}
		return
	fi
	IFS=+ read -ra parts <<<"$config"
	for part in bench "${parts[@]}"; do
		cat "$here/config/$part.config"
		not_newer "$here/config/$part"-[0-9]*.config |
			xargs -r -d '\n' cat
		[ "$config" != bench ] || break
	done | grep -e '^CONFIG_' -e '^# CONFIG_[A-Za-z0-9_]* is not set$'
}
