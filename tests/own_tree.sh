# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For tests: a kernel tree of the user's own, in git, made from what is laid out
# for Debian's kernels. To be sourced at the root of the tree.

own_cache=${XDG_CACHE_HOME:-$HOME/.cache}/pcpubench

# make_own_tree FOLDER: as in a partial clone, git has the content of what is
# looked at here, and of the rest the names, which will do where its objects can be
# had from the tree that it is made from.
make_own_tree() {
	local laid_out names=--info-only
	local git=(git -C "$1" -c user.name=x -c user.email=x@example.org)

	kernel-patches/build-kernel baseline >/dev/null &&
		laid_out=$(kernel-patches/build-kernel --tree) || return
	[ -f "$laid_out/../size" ] || names=
	mkdir "$1" && git init -q "$1" || return
	(cd "$laid_out" && GIT_INDEX_FILE=$laid_out/../index \
		git --git-dir="$1/.git" ls-files -z |
		xargs -0 cp -a --parents -t "$1") || return
	(cd "$1" && printf 'Makefile\0mm/percpu.c\0' &&
		find . -type l -printf '%P\0') |
		"${git[@]}" update-index -z --add --stdin
	"${git[@]}" ls-files -z --others |
		"${git[@]}" update-index -z --add ${names:+"$names"} --stdin
	"${git[@]}" reset -q --soft "$("${git[@]}" commit-tree -m base \
		"$("${git[@]}" write-tree --missing-ok)")"
}

# The folder of the cache with its objects.
own_build_tree() {
	dirname "$(grep -lxF "$1/.git, config bench" "$own_cache"/trees/*/name)"
}

# Remove from the cache what there is of it.
drop_own_tree() {
	local name
	for name in "$own_cache"/{trees,stores}/*/name; do
		! grep -qF "$1/.git" "$name" || rm -rf "$(dirname "$name")"
	done
}
