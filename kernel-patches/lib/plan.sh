# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. What is to be built: for each name its content, and whether
# the cache has that.

# The folder that is to have a kernel of this content.
kernel_folder() {
	printf '%s\n' "$cache/kernels/$(sha <<<"$1 $settings")"
}

# field KEY FILE: a line of what find_kernel() said, or of a manifest.
field() {
	sed -n "s/^$1\t//p" "$2"
}

# set_plan NAME...: what each stands for, in $tmp/meaning-N; whose it is, in $tmp/stranger-N;
# in $tmp/missing the contents that are still to be built.
set_plan() {
	local name n=0

	: >"$tmp/missing"
	for name; do
		find_kernel "$name" >"$tmp/meaning-$n"
		stranger_of "$name" >"$tmp/stranger-$n"
		if [ ! -s "$(kernel_folder "$(field tree "$tmp/meaning-$n")")/manifest" ] &&
			! grep -q '^elsewhere' "$tmp/meaning-$n"; then
			field tree "$tmp/meaning-$n" >>"$tmp/missing"
		fi
		n=$((n + 1))
	done
	gawk '!seen[$0]++' "$tmp/missing" >"$tmp/to-build"
}

show_plan() {
	local name n=0 content

	for name; do
		content=$(field tree "$tmp/meaning-$n")
		printf '%s\t%s\t%s\t%s\n' "$name" \
			"$(basename "$(kernel_folder "$content")")" "$content" \
			"$(grep -qxF "$content" "$tmp/to-build" &&
				echo 'to build' || echo built)"
		n=$((n + 1))
	done
}

# what_of NAME CONTENT: what people are told is being built.
what_of() {
	local total nr

	total=$(wc -l <"$tmp/to-build")
	nr=$(gawk -v content="$2" '$0 == content { print NR }' "$tmp/to-build")
	if [ -n "$nr" ] && [ "$total" -gt 1 ]; then
		printf 'kernel %d of %d, %s\n' "$nr" "$total" "$(basename "$1")"
	else
		printf 'kernel %s\n' "$(basename "$1")"
	fi
}
