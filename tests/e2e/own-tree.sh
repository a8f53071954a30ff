#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A user's kernel tree: which files are read, that the same content is the same
# kernel anywhere, and that an edit costs a relink.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/own_tree.sh
. tests/own_tree.sh

builder=$PWD/kernel-patches/build-kernel
export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@example.org
export GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@example.org

# ------------------------------------------- plans, of a tree of a few files

tree=$tmp/linux
small_cache=$tmp/cache
plan() {
	XDG_CACHE_HOME=$small_cache "$builder" --source="$1" --plan "${@:2}" \
		2>"$tmp/said" || { cat "$tmp/said"; return 1; }
}
# Print the kernel that a source and a name stand for.
kernel() {
	plan "$1" "${2:-baseline}" | cut -f2
}
# same SOURCE [NAME]: is it the kernel $want?
same() {
	local got
	got=$(kernel "$@")
	[ "$got" = "$want" ] || { echo "$got instead of $want"; return 1; }
}
other() {
	! same "$@" >/dev/null
}
commit() {
	git -C "$tree" add -A && git -C "$tree" commit -qm "$1"
}

mkdir -p "$tree/mm" "$tree/include/linux"
cat >"$tree/Makefile" <<'END'
VERSION = 6
PATCHLEVEL = 12
SUBLEVEL = 9
EXTRAVERSION = -rc2
END
echo 'int percpu;' >"$tree/mm/percpu.c"
echo 'int slab;' >"$tree/mm/slab.c"
printf '.*\n!.gitignore\n*.o\n*.patch\n/vmlinux\n' >"$tree/.gitignore"
cp -r "$tree" "$tmp/copy"
git init -q "$tree"
commit one
want=$(kernel "$tree")
check "a git tree without a change is baseline" \
	[ "$(plan "$tree" | cut -f1)" = baseline ]
check "... which is told" grep -q 'all is committed' "$tmp/said"
check "a copy without git is the same kernel" same "$tmp/copy"
tar -C "$tmp" -c --exclude=.git -f "$tmp/linux.tar" linux
check "... and a tarball of it" same "$tmp/linux.tar"
git clone -q --bare "$tree" "$tmp/linux.git"
check "... and a bare repository" same "$tmp/linux.git"
git -C "$tree" worktree add -q --detach "$tmp/linked"
check "... and another worktree of it" same "$tmp/linked"
check "... and the commit" same "$tree@HEAD"
by_tilde() {
	# shellcheck disable=SC2088 # as a shell may leave it
	HOME=$tmp same '~/linux'
}
check "... by a path that begins with ~/" by_tilde
mkdir "$tmp/vendor"
git init -q "$tmp/vendor"
cp -r "$tmp/copy" "$tmp/vendor/kernel"
git -C "$tmp/vendor" add -A
git -C "$tmp/vendor" commit -qm all
check "... and a folder of a larger repository" same "$tmp/vendor/kernel"
check "... whose changes are found" [ "$(echo 'int more;' \
	>>"$tmp/vendor/kernel/mm/slab.c"; plan "$tmp/vendor/kernel" |
	tail -n1 | cut -f1)" = worktree ]

# Files that the build does not read.
echo hello >"$tree/notes.txt"
cp "$tree/notes.txt" "$tree/mm/percpu.o"
cp "$tree/notes.txt" "$tree/0001-mine.patch"
check "notes, objects and patches beside the source do not matter" \
	[ "$(plan "$tree" | cut -f1)" = baseline ]
for file in mm/.percpu.o.cmd mm/percpu.o .config vmlinux include/generated/x.h; do
	mkdir -p "$(dirname "$tmp/copy/$file")"
	echo made >"$tmp/copy/$file"
done
check "what was built in a folder does not matter" same "$tmp/copy"
# As in Debian's source, whose .gitignore ignores everything.
printf '/*\n!/debian/\n' >>"$tmp/copy/.gitignore"
printf '/*\n!/debian/\n' >>"$tree/.gitignore"
check "... nor what its .gitignore says of the source itself" \
	[ "$(plan "$tmp/copy" baseline | cut -f2)" = "$(kernel "$tree" worktree)" ]
git -C "$tree" checkout -q .gitignore

# Uncommitted changes.
echo 'int percpu; int edited;' >"$tree/mm/percpu.c"
echo 'int new;' >"$tree/mm/new.c"
rm "$tree/mm/slab.c"
worktree=$(kernel "$tree" worktree)
check "what is not committed is a series of its own" \
	[ "$(plan "$tree" | cut -f1 | xargs)" = 'baseline worktree' ]
check "... on HEAD as it is" same "$tree"
lists_changes() {
	XDG_CACHE_HOME=$small_cache KERNEL_SRC=$tree "$pcpubench" list |
		grep 'worktree  *Not committed: mm/new.c (new), mm/percpu.c, mm/slab.c (gone)$'
}
check "... and tells which files" lists_changes
# As a service.
check "... also without a home folder in the environment" \
	[ "$(KERNEL_SRC=$tree XDG_CACHE_HOME=$small_cache env -u HOME "$pcpubench" list |
		grep -c 'worktree  *Not committed')" = 1 ]
git -C "$tree" add -A
git -C "$tree" reset -q -- notes.txt
check "what is staged is part of it" [ "$(kernel "$tree" worktree)" = "$worktree" ]
git -C "$tree" commit -qm two
want=$worktree
check "committed it is the same kernel" same "$tree"
check "... by its branch" same "$tree@HEAD~1" "$(git -C "$tree" symbolic-ref --short HEAD)"
check "... by its hash" same "$tree" "$(git -C "$tree" rev-parse HEAD)"
git -C "$tree" branch topic/percpu
check "... by a branch with a slash" same "$tree" topic/percpu
check "... and as a range" same "$tree" HEAD~1..HEAD
git -C "$tree" format-patch -q -1 -o "$tmp/patches" --no-signature
check "... and as patches on the commit before" same "$tree@HEAD~1" "$tmp/patches"
check "the start of a range is baseline" [ "$(plan "$tree" baseline \
	HEAD~1..HEAD HEAD~1..HEAD@0 HEAD~1..HEAD@1 | cut -f2 | xargs)" = \
	"$(kernel "$tree@HEAD~1") $want $(kernel "$tree@HEAD~1") $want" ]
check "a folder that is edited is another kernel" other "$tmp/copy"

# Series are those for its version.
sed -i 's/^PATCHLEVEL.*/PATCHLEVEL = 1/' "$tree/Makefile"
commit three
check "series go by the version in its Makefile" \
	fails 2 "no series 'v1' for Linux 6.1;" \
	env XDG_CACHE_HOME="$small_cache" "$builder" --source="$tree" --plan v1

# No file of the user's is changed, and no hook is run.
echo 'int last;' >>"$tree/mm/percpu.c"
git -C "$tree" update-index --split-index
for hook in post-index-change pre-commit; do
	printf '#!/bin/sh\ntouch %s/ran\n' "$tmp" >"$tree/.git/hooks/$hook"
	chmod +x "$tree/.git/hooks/$hook"
done
leaves_git_alone() {
	local before
	before=$(find "$tree/.git" -type f -print0 | sort -z | xargs -0 sha256sum)
	[ "$(plan "$tree" | wc -l)" = 2 ] || return 1
	[ ! -e "$tmp/ran" ] &&
		diff - <(find "$tree/.git" -type f -print0 | sort -z |
			xargs -0 sha256sum) <<<"$before"
}
check "a user's repository is left as it is" leaves_git_alone
from_a_hook() {
	(cd "$tmp/vendor" && GIT_DIR=.git GIT_INDEX_FILE=.git/index \
		plan "$tree" | wc -l | grep -qx 2)
}
check "another repository in the environment does not matter" from_a_hook

waits_and_says() {
	local store pid code=0
	store=$(dirname "$(grep -lxF "$tree/.git" "$small_cache"/pcpubench/stores/*/name)")
	exec 9<"$store/reading"
	flock -x 9
	plan "$tree" >"$tmp/late" 9<&- &
	pid=$!
	for _ in {1..300}; do
		! grep -q '^waiting' "$tmp/said" || break
		sleep 0.2
	done
	exec 9<&-
	wait "$pid" || code=$?
	cat "$tmp/said"
	[ "$code" = 0 ] && [ "$(wc -l <"$tmp/late")" = 2 ] &&
		grep -q '^waiting for process [0-9]* (reading .*, since [0-9:]*) in ' \
			"$tmp/said"
}
check "who waits says for whom and since when" waits_and_says

wrong() {
	local text=$1 source=$2
	shift 2
	fails 2 "$text" env XDG_CACHE_HOME="$small_cache" "$builder" \
		--source="$source" --plan "$@"
}
check "a commit that is none" wrong "no commit 'nope' in the git tree" "$tree@nope"
check "a range that begins nowhere" wrong "no commit 'nope'" "$tree" nope..HEAD
check "a range the wrong way round" wrong "HEAD~1 does not come after" \
	"$tree" HEAD..HEAD~1
check "a range with three dots" wrong "give a range" "$tree" HEAD~1...HEAD
check "two ranges with two starts" wrong "start at two commits" "$tree" \
	HEAD~1..HEAD HEAD~2..HEAD
check "more commits than there are" wrong "has 1 commits" "$tree" HEAD~1..HEAD@2
git -C "$tree" checkout -q .
check "worktree where all is committed" wrong "all is committed" "$tree" worktree
check "worktree where nothing is checked out" wrong "no files are checked out" \
	"$tmp/linux.git" worktree
check "a folder that is no kernel" wrong "not a kernel source" "$tmp"
if [ "$(id -u)" = 0 ]; then
	chown -R nobody "$tree"
	check "somebody else's tree: git's reason, and what to do" \
		wrong "dubious ownership in repository at '$tree'; to allow it: git config --global --add safe.directory" \
		"$tree"
fi

# --------------------------------------------------- a whole kernel, relinked

own=$tmp/own
make_own_tree "$own" || exit 1
trap 'drop_own_tree "$own"; rm -rf "$tmp"' EXIT

built_already() {
	KERNEL=6.1 "$builder" --source="$own" --plan | tee "$tmp/plan" |
		grep '^baseline.*	built$' || { cat "$tmp/plan"; return 1; }
}
check "Debian's source in git is the kernel that is built already" built_already

# The table of the edited tree: its first build starts with existing objects. No
# two runs of this test edit alike, or the second would find its kernel built.
sed -i "s/^void free_percpu(void __percpu \*ptr)\$/int own_tree_edit = $((RANDOM * 32768 + RANDOM));\n&/" \
	"$own/mm/percpu.c"
: >"$tmp/edited"
is_measured() {
	KERNEL_SRC=$own "$pcpubench" sweep --again --topologies=1c1n --sizes=64 \
		--output="$tmp/own.jsonl" 2>"$tmp/said" || { cat "$tmp/said"; return 1; }
	cat "$tmp/said"
	grep -q '^worktree, on own 6.12.*: mm/percpu.c$' "$tmp/said" &&
		grep -q '"cells":2,"invalid":0' "$tmp/own.jsonl"
}
check "what is not committed is built, booted and measured" is_measured
steps_are_counted() {
	grep '^  [A-Z]' "$(own_build_tree "$own")/log"
}
check "... with steps to count, where make is told to be silent" steps_are_counted
image() {
	echo "$own_cache/kernels/$("$builder" --source="$own" --plan worktree 2>/dev/null |
		cut -f2)/vmlinux"
}
has_the_edit() {
	nm "$(image)" | grep ' own_tree_edit$'
}
check "... with the edit in it" has_the_edit
few_objects() {
	local made
	made=$(find "$(own_build_tree "$own")/linux" -name '*.o' -newer "$tmp/edited" | wc -l)
	echo "$made objects"
	[ "$made" -gt 0 ] && [ "$made" -lt 60 ]
}
check "... and hardly more compiled than its file" few_objects
is_recorded() {
	/usr/bin/python3 tests/schema_test.py "$tmp/own.jsonl" &&
		grep '"kernel":"worktree"' "$tmp/own.jsonl" |
		grep '"patches":\[{"name":"worktree","sha256":"[0-9a-f]*"}\]' |
		grep "\"tree\":\"$("$builder" --source="$own" --plan worktree |
			cut -f3)\""
}
check "the results say what it was" is_recorded
again() {
	[ "$("$builder" --source="$own" --plan | cut -f4 | sort -u)" = built ]
}
check "again there is nothing to build" again
rm -rf "$(dirname "$(image)")" # nobody else needs this one
finish
