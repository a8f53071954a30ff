# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. The build tree: the source laid out as files, and the
# objects made of it. All kernels of one origin, config and compiler use one
# tree, in turn.

# The content that this process has laid out since it locked the tree.
laid_out=

# lock_tree WHAT: keep others from building in the tree while WHAT is built.
lock_tree() {
	lock -x "$tree" "$1"
	tell_unconfined
	if [ "$confined" = yes ]; then
		: >"$tree/confined"
		printf '%s, config %s, sandbox of %s\n' "$source_origin" \
			"$config" "$tree_of"
	else
		printf '%s, config %s\n' "$source_origin" "$config"
	fi >"$tree/name"
	printf '%s\n' "$settings" >"$tree/settings"
}

unlock_tree() {
	unlock "$tree"
	laid_out=
}

# prepare_tree TREE: if nothing is laid out yet, lay out TREE or one near it.
#
# The file "dirty" exists while make runs. If it exists now, make was killed,
# and a half-written object may look finished: start over from the source. So it
# does where no object may look older than what is laid out now.
prepare_tree() {
	local reason=

	if [ -e "$tree/dirty" ]; then
		reason="the last build was killed"
	elif clock_went_back; then
		reason="the clock was set back since the last build"
	fi
	if [ -n "$reason" ]; then
		say "$reason: starting over"
		long rm -rf "$tree/linux" "$tree/kmod" "$tree/index" "$tree/made" \
			"$tree/configured" "$tree/built" "$tree/size"
		rm -f "$tree/dirty"
	fi
	rm -f "$tree/index.lock"
	[ ! -d "$tree/linux" ] || return 0
	show "laying out $source_name"
	! copy_near_tree "$1" || return 0
	long rm -rf "$tree/new"
	mkdir "$tree/new"
	case $source_kind in
	tarball)
		[ -d "$store/unpacked" ] || unpack >/dev/null
		mv -T "$store/unpacked" "$tree/new"
		mv "$store/unpacked.index" "$tree/index" ;;
	folder)
		folder_git "$source_folder" "$store/index" ls-files -z |
			tar -C "$source_folder" --null -T - -c |
			tar -C "$tree/new" -x
		folder_tree "$tree/new" "$tree/index" >/dev/null ;;
	esac
	mv "$tree/new" "$tree/linux"
}

# near_tree TREE: print the folder of a build tree of another origin, with the same
# config and compiler, that differs from TREE in few files. One with a "size" has
# been built as a whole. None that a stranger built in.
near_tree() {
	local other near='' files least=1000

	for other in "$cache/trees"/*; do
		if [ "$settings" != "$(cat "$other/settings" 2>/dev/null)" ] ||
			[ ! -f "$other/size" ] || [ -e "$other/confined" ]; then
			continue
		fi
		files=$(folder_git "$other/linux" "$other/index" diff-index \
			--ignore-submodules=all --cached --name-only "$1" | wc -l)
		if [ "$files" -lt "$least" ]; then
			near=$other
			least=$files
		fi
	done
	printf '%s' "$near"
}

# copy_near_tree TREE: start with a copy of a near tree: most of its objects are
# valid. Fails with 1 if there is none.
copy_near_tree() {
	local near

	near=$(near_tree "$1")
	[ -n "$near" ] || return 1
	lock -s "$near"
	long rm -rf "$tree/new"
	if [ -f "$near/size" ] && [ ! -e "$near/dirty" ] &&
		long cp -a --reflink=auto "$near/linux" "$tree/new" &&
		cp "$near/index" "$near/configured" "$tree/"; then
		[ ! -f "$near/built" ] || cp "$near/built" "$tree/"
		[ ! -f "$near/made" ] || cp -p "$near/made" "$tree/"
		unlock "$near"
	else
		unlock "$near"
		return 1
	fi
	# make would build again what has a path in its command: objtool first,
	# and after it every object.
	find "$tree/new/tools" -name '.*.cmd' -print0 |
		xargs -0 -r sed -i "s,$near/linux,$tree/linux,g"
	folder_git "$tree/new" "$tree/index" update-index -q --ignore-submodules \
		--refresh || true
	to_disk
	mv "$tree/new" "$tree/linux"
}

# lay_out TREE: bring the files to the content TREE. git writes only those that
# differ, so that make compiles no more than it must.
lay_out() {
	[ "$laid_out" != "$1" ] || return 0
	prepare_tree "$1"
	# The store needs both kinds of files that git is going to write: those
	# that differ, and those that others changed in the tree. Of a submodule git
	# would ask by running git in there, as the build left it.
	folder_git "$tree/linux" "$tree/index" update-index -q --ignore-submodules \
		--refresh || true
	{
		folder_git "$tree/linux" "$tree/index" diff-files \
			--ignore-submodules=all --name-only
		folder_git "$tree/linux" "$tree/index" diff-index \
			--ignore-submodules=all --cached --name-only "$1"
	} >"$tree/differ"
	tr '\n' '\0' <"$tree/differ" | need "$1"
	cat "$tree/differ" >>"$tree/changed"
	folder_git "$tree/linux" "$tree/index" read-tree --reset -u "$1"
	configure_if_needed
	# Others may read, also while this builds.
	close_store
	[ ! -d "$store/unpacked" ] || show "removing what was unpacked"
	long flock -n --no-fork "$store/reading" rm -rf "$store/unpacked" \
		"$store/unpacked.index" "$store/unpacking" || true
	hush
	laid_out=$1
}

# Configure again if a file that decides the configuration has changed.
configure_if_needed() {
	local made_from

	made_from=$(folder_git "$tree/linux" "$tree/index" ls-files -s -- \
		'*Kconfig*' scripts kernel/configs arch/x86/configs | sha)
	if [ "$made_from" != "$(cat "$tree/configured" 2>/dev/null)" ]; then
		show "configuring $source_name"
		# What is refused or interrupted leaves another kernel's half.
		rm -f "$tree/configured"
		configure
		printf '%s\n' "$made_from" >"$tree/configured"
	fi
}
