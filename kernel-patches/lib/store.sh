# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # settings are build-kernel's
#
# Part of build-kernel. The cache's folders, their locks, and the git store of a
# source, which has the content of each kernel as a tree.

# The folders that this process has locked, each with its file descriptor. Child
# processes inherit them: nobody builds beside a make whose builder was killed.
declare -A held=()

# lock -x|-s FOLDER WHY: make FOLDER and lock it, exclusively or shared, until
# this process ends. `pcpubench cache` removes no locked folder.
lock() {
	local mode=$1 folder=$2 fd=${held[$2]:-} who tries=0

	while [ -z "$fd" ]; do
		# Another process may remove it before it is open, but not ten times.
		tries=$((tries + 1))
		if [ "$tries" -lt 10 ]; then
			{ mkdir -p "$folder" && exec {fd}<"$folder"; } 2>/dev/null || continue
		elif ! { mkdir -p "$folder" && exec {fd}<"$folder"; }; then
			die "cannot make $folder"
		fi
		held[$folder]=$fd
		if ! flock -n "$mode" "$fd"; then
			who=$(cat "$folder/holder" 2>/dev/null) || who=
			show "waiting for ${who:-another process} in $folder"
			flock "$mode" "$fd"
			hush
		fi
		# Another process may have removed it before it was locked.
		[ "$folder" -ef "/proc/self/fd/$fd" ] || unlock "$folder"
		fd=${held[$folder]:-}
	done
	flock "$mode" "$fd"
	[ "$mode" = -s ] || printf 'process %d (%s, since %(%H:%M:%S)T)\n' \
		$$ "$3" -1 >"$folder/holder"
	: >"$folder/used"
}

# locked_folder PREFIX: make a folder PREFIX.XXXXXX, and set $folder to it. Those of runs
# that were killed are not locked, and are removed: so may this one be, until it is
# locked.
locked_folder() {
	local old fd _

	for old in "$1".??????; do
		# Its owner may remove it just now, which flock would tell.
		[ ! -d "$old" ] || [ ! -O "$old" ] || [ -L "$old" ] ||
			flock -n "$old" rm -rf "$old" 2>/dev/null || true
	done
	for _ in {1..20}; do
		folder=$(mktemp -d "$1.XXXXXX")
		{ exec {fd}<"$folder"; } 2>/dev/null && flock -n "$fd" &&
			[ "$folder" -ef "/proc/self/fd/$fd" ] && return
		rm -rf "$folder"
	done
	die "cannot lock $folder: set TMPDIR and XDG_CACHE_HOME to folders of a file system with locks"
}

# new_folder: set $new to an empty folder in the cache. What is made there is moved to
# its place when it is whole: nobody finds a part, whenever this process is killed.
making=
new=
new_folder() {
	local folder

	if [ -z "$making" ]; then
		locked_folder "$cache/.new"
		making=$folder
	fi
	new=$making/made
	rm -rf "$new"
	mkdir "$new"
}

# to_disk: all that was written to the cache is on its disk. Said before a name claims that
# something is whole: where the power is cut, or the kernel dies, the disk may have the
# name and not yet what it stands for.
to_disk() {
	sync -f "$cache"
}

unlock() {
	local fd=${held[$1]:-}

	[ -z "$fd" ] || exec {fd}<&-
	unset "held[$1]"
}

# Ignore the caller's git environment: hooks, or a repository it runs in.
# shellcheck disable=SC2046 # names of variables
unset $(git rev-parse --local-env-vars)
export GIT_OPTIONAL_LOCKS=0
# trustctime: build_debug() makes hard links, which change a file's ctime. fsync: see
# to_disk(); in batches, as a source has thousands of objects.
git_options=(-c core.trustctime=false -c core.autocrlf=false -c core.hooksPath=/dev/null
	-c 'core.fsync=loose-object,index' -c core.fsyncMethod=batch
	-c core.splitIndex=false -c core.fsmonitor=false -c advice.detachedHead=false
	-c checkout.workers=0)

# The folder of the store of that origin's sources.
store_of() {
	printf '%s\n' "$cache/stores/$(sha <<<"$1")"
}

# open_store ORIGIN [OPTION...]: open the store of that origin's sources, and keep
# others from reading into it until close_store(). The options are for git init,
# if the store is new.
open_store() {
	store=$(store_of "$1")
	lock -s "$store"
	lock -x "$store/reading" "reading $1"
	if [ ! -f "$store/info/attributes" ]; then
		# git would take these from a start that did not come to its end.
		rm -f "$store/HEAD" "$store/config"
		git init -q --bare --template= "${@:2}" "$store"
		mkdir -p "$store/applied" "$store/info"
		# Overrides the attributes that the source gives its files.
		echo '* -text !eol -ident !filter !working-tree-encoding' \
			>"$store/attributes"
		to_disk
		mv "$store/attributes" "$store/info/"
	fi
	printf '%s\n' "$1" >"$store/name"
	# Of processes that were killed.
	find "$store/applied" "$store/objects" -type f -mmin +60 \
		\( -name '*.[0-9]*' -o -name 'tmp_obj_*' \) -delete
	find "$store/objects" -maxdepth 1 -name 'tmp_objdir-*' -mmin +60 -exec rm -rf {} +
}

close_store() {
	unlock "$store/reading"
}

# git without configuration, attributes or hooks; lib/own_git.py has the same.
own_git() {
	env -i PATH="$PATH" HOME=/nonexistent LC_ALL=C GIT_CONFIG_NOSYSTEM=1 \
		GIT_CONFIG_GLOBAL=/dev/null GIT_ATTR_NOSYSTEM=1 \
		GIT_OPTIONAL_LOCKS=0 \
		${GIT_INDEX_FILE:+"GIT_INDEX_FILE=$GIT_INDEX_FILE"} \
		git "${git_options[@]}" "$@"
}

store_git() {
	own_git --git-dir="$store" "$@"
}

# store_git with a working tree: FOLDER, as INDEX remembers it.
folder_git() {
	GIT_INDEX_FILE=$2 own_git -C "$1" --git-dir="$store" --work-tree="$1" \
		"${@:3}"
}

# Files that a build leaves in a folder and its own .gitignore may not name. The
# first patterns undo a distribution's .gitignore, which ignores source files.
not_source=(--exclude-per-directory=.gitignore -x '!/*' -x '!.*' -x '!tags/')
for pattern in '.*.cmd' '.*.d' '.tmp*' '.*.swp' '/.config*' '/.version' \
	'/.checked-*' '/.vmlinux*' '/.cache.mk' '/.missing-syscalls.d' '/.modules*' '/.builtin*' \
	'*.o' '*.a' '*.ko' '*.mod' '*.mod.c' '*.order' '/vmlinux*' '/System.map' \
	'/Module.symvers' '/modules.*' '/include/config' '/include/generated' \
	'*.orig' '*.rej' '*~'; do
	not_source+=(-x "$pattern")
done

# folder_tree FOLDER INDEX: print the tree of the source in a folder. INDEX
# remembers the files, so that only changed ones are read again.
folder_tree() {
	# Of a process that was killed: whoever comes here has the folder locked.
	rm -f "$2.lock"
	folder_git "$1" "$2" ls-files -z --others --modified "${not_source[@]}" \
		>"$tmp/files"
	if [ -f "$2" ]; then
		folder_git "$1" "$2" update-index -z --add --remove --stdin <"$tmp/files"
	else
		# The first time only hash contents, in a quarter of the time;
		# but git compares a link with its stored content.
		(cd "$1" && xargs -0 -r sh -c \
			'find "$@" -maxdepth 0 -type l -print0' _ <"$tmp/files") |
			folder_git "$1" "$2" update-index -z --add --stdin
		folder_git "$1" "$2" update-index -z --add --info-only \
			--stdin <"$tmp/files"
	fi
	folder_git "$1" "$2" write-tree --missing-ok
}

# not_in_store TREE FILE...: print the files whose content the store does not
# have, with a NUL after each.
not_in_store() {
	store_git ls-tree -r "$@" | sed 's/^[0-7]* blob //' >"$tmp/blobs"
	cut -f1 "$tmp/blobs" | store_git cat-file --batch-check |
		gawk -F '\t' -v ORS='\0' '
		NR == FNR { if (sub(/ missing$/, "")) missing[$0]; next }
		$1 in missing { print $2 }' - "$tmp/blobs"
}

# need TREE: read file names, with a NUL after each, and make sure that the
# store has these files of TREE.
need() {
	local folder
	local -a files

	mapfile -d '' files
	[ ${#files[@]} -gt 0 ] && [ "$source_kind" != git ] || return 0
	for folder in "$store/unpacked" "$tree/linux" "$source_folder" again; do
		mapfile -d '' files < <(not_in_store "$1" "${files[@]}")
		[ ${#files[@]} -gt 0 ] || return 0
		if [ "$folder" = again ] && [ "$source_kind" = tarball ]; then
			unpack >/dev/null
			folder=$store/unpacked
		fi
		[ -d "$folder" ] || continue
		rm -f "$tmp/need-index"
		printf '%s\0' "${files[@]}" | folder_git "$folder" \
			"$tmp/need-index" update-index -z --add --remove --stdin
	done
	[ -z "$(not_in_store "$1" "${files[@]}" | tr -d '\0')" ] ||
		die "${files[0]} of $source_name changes while it is read: run the command again"
}
