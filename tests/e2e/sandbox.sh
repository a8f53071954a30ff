#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a stranger's makefile can do while it builds: with a source of a few files, so
# that a build takes a second.
# shellcheck source=tests/lib.sh source=tests/small-source.sh
. "$(dirname "$0")/../lib.sh"

builder=$PWD/kernel-patches/build-kernel
export XDG_CACHE_HOME=$tmp/cache XDG_DATA_HOME=$tmp/data HOME=$tmp/home
unset SANDBOX
mkdir "$HOME"

. tests/small-source.sh
small_source "$tmp"
tree=$tmp/linux

# series NAME FILE: a patch $tmp/NAME.patch that puts standard input into FILE.
series() {
	cat >"$tree/$2"
	git -C "$tree" diff >"$tmp/$1.patch"
	git -C "$tree" checkout -q .
}
# builds WORD...: the kernels' lines are in $tmp/lines, messages in $tmp/said.
builds() {
	"$builder" --source="$tmp/plain" --kernel=6.12 "$@" >"$tmp/lines" \
		2>"$tmp/said" || { cat "$tmp/said"; return 1; }
}
# The build tree of the series NAME.
tree_of() {
	dirname "$(grep -l "sandbox of $1" "$tmp"/cache/pcpubench/trees/*/name)"
}

check "there is a sandbox here" [ -z "$("$builder" --try-sandbox)" ]
check "doctor tells" "$pcpubench" doctor

# --------------------------------------------------------------------- the attack

echo "the user's key" >"$HOME/secret"
sleep 600 &
victim=$!
/usr/bin/python3 -c '
import socket, sys, time
s = socket.create_server(("127.0.0.1", 0))
open(sys.argv[1], "w").write(str(s.getsockname()[1]))
time.sleep(600)' "$tmp/port" &
server=$!
# shellcheck disable=SC2064 # as they are now
trap "kill $victim $server 2>/dev/null; rm -rf '$tmp'" EXIT
while [ ! -s "$tmp/port" ]; do sleep .1; done

# attack FILL: harmless, should the sandbox have a hole: what it takes is the test's
# own, else it is only tried whether it could. FILL: MiB to put into TMPDIR.
attack() {
	cat <<END_ATTACK
exec >attack.log 2>&1
got() { echo "GOT \$1"; }
grep -q key $HOME/secret && got secret
cat \$HOME/* | grep "user's key" && got home
echo x >$HOME/written && got write
ls $HOME /etc/passwd /sys/kernel && got files
for fd in /proc/self/fd/*; do
	grep -q key "\$fd/../../../../../../../..$HOME/secret" && got descriptor
done
bash -c 'exec 3<>/dev/tcp/127.0.0.1/$(cat "$tmp/port")' && got network
kill $victim && got process
[ -e /proc/$victim ] && got processes
unshare -Ur true && got namespace
mount -t tmpfs none mm && got mount && umount mm
sysctl=/proc/sys/kernel/core_pattern
pattern=\$(cat \$sysctl)
echo "\$pattern" >\$sysctl && got sysctl
[ -w /usr/bin ] && got usr
[ -w /dev/shm ] && got shm
env | grep SECRET && got environment
dd if=/dev/zero of=\$TMPDIR/pcpubench-fill bs=1M count=$1 && got room
rm \$TMPDIR/pcpubench-fill
grep -i '^capeff:.*[1-9a-f]' /proc/self/status && got capabilities
ln -sf $HOME/symvers Module.symvers
ln -sf $HOME/header ../kmod/pcpu_bench.h
echo attacked
END_ATTACK
}
attack 1100 | series attack scripts/step.sh
# With the home folder in $PATH, as it should not be written.
attacks() {
	PATH=$HOME/:$tmp/../${tmp##*/}/home:$PATH SECRET=s builds "$tmp/attack.patch"
}
check "a patch that attacks builds as any other" attacks
has_nothing() {
	local log

	log=$(tree_of attack)/linux/attack.log
	grep attacked "$log" && ! grep GOT "$log" && return
	cat "$log"
	return 1
}
check "... and got nothing" has_nothing
left_alone() {
	kill -0 "$victim" && [ "$(ls "$HOME")" = secret ] && return
	ls "$HOME"
	return 1
}
check "... and changed nothing" left_alone
not_in_ours() {
	builds baseline &&
		[ "$(ls "$tmp"/cache/pcpubench/trees/*/linux/attack.log)" = \
			"$(tree_of attack)/linux/attack.log" ]
}
check "... nor anything that baseline is built from" not_in_ours
# ------------------------------------------------------------- what it leaves behind

# refuses TEXT NAME: its build fails with TEXT.
refuses() {
	! builds "$tmp/$2.patch" >/dev/null && tail -n1 "$tmp/said" | grep -F "$1" &&
		return
	cat "$tmp/said"
	return 1
}
series link scripts/after.sh <<<"ln -sf $HOME/secret System.map"
check "a file that is a link is refused" refuses 'no plain file System.map' link
series pipe scripts/after.sh <<<'rm System.map && mkfifo System.map'
check "a pipe is refused" refuses 'no plain file System.map' pipe
series folder scripts/after.sh <<<"rm -r include && ln -s $HOME include"
check "a link to a folder is refused" refuses 'no plain file include' folder
series release scripts/after.sh \
	<<<"printf '6.12\nimage\t$HOME/secret\n' >include/config/kernel.release"
check "a release that is more than one is refused" refuses "no kernel's release" release
series text scripts/after.sh <<<'echo text >vmlinux'
check "a text as an image is refused" refuses 'no vmlinux of the form' text
series escape scripts/step.sh <<<'printf "error: \033]0;owned\007\n"; exit 1'
no_escape() {
	refuses 'error: ]0;owned' escape
}
check "its messages drive no terminal" no_escape
series wait scripts/step.sh <<<'trap "" TERM INT; touch began; while :; do sleep 1; done'
interrupted() {
	local build begin=$SECONDS

	# A job of its own group gets the signal as from Ctrl-C.
	setsid "$builder" --source="$tmp/plain" --kernel=6.12 "$tmp/wait.patch" \
		>/dev/null 2>"$tmp/said" &
	build=$!
	until ls "$tmp"/cache/pcpubench/trees/*/linux/began 2>/dev/null; do
		[ $((SECONDS - begin)) -lt 20 ] || return 1
		sleep .1
	done
	kill -TERM "$build"
	wait "$build"
	[ "$?" = 130 ] || return 1
	while pgrep -f "$(tree_of wait)"; do
		[ $((SECONDS - begin)) -lt 20 ] || return 1
		sleep .1
	done
}
check "one that does not end is ended" interrupted

# Where a kernel's build has put links to a folder of ours, the module's files, and symbols,
# are copied next.
mkdir "$tmp/ours"
series folders scripts/after.sh <<-END
	ln -sfn $tmp/ours Module.symvers
	rm -f ../kmod/*
	ln -sfn $tmp/ours ../kmod/main.c
END
nothing_there() {
	builds "$tmp/folders.patch" && [ -z "$(ls "$tmp/ours")" ] && return
	ls "$tmp/ours"
	return 1
}
check "a link to a folder is replaced, and nothing put there" nothing_there
series pipes scripts/after.sh <<<'mkfifo Module.symvers; rm -f ../kmod/*; mkfifo ../kmod/main.c'
ends_by_itself() {
	timeout 60 "$builder" --source="$tmp/plain" --kernel=6.12 "$tmp/pipes.patch"
}
check "... and so is a pipe, which nobody reads" ends_by_itself

# What is read before anything is built.
ln -s "$HOME/secret" "$tree/kernel/configs/tiny-x.config"
git -C "$tree" add -N kernel/configs/tiny-x.config
git -C "$tree" diff >"$tmp/fragment.patch"
git -C "$tree" rm -qf kernel/configs/tiny-x.config
fragment() {
	refuses 'no plain file kernel/configs/tiny-x.config' fragment &&
		! grep "user's key" "$tmp"/cache/pcpubench/trees/*/all.config
}
check "a link among the config's fragments is refused" fragment
submodule() {
	cat >"$tmp/submodule.patch" <<-'END'
		diff --git a/sub b/sub
		new file mode 160000
		index 0000000000000000000000000000000000000000..b3b677e5963e2eb70c8aecc0493265fc9381bea2
		--- /dev/null
		+++ b/sub
		@@ -0,0 +1 @@
		+Subproject commit b3b677e5963e2eb70c8aecc0493265fc9381bea2
	END
	fails 1 'has a git submodule' "$builder" --source="$tree" --kernel=6.12 --why=/dev/stderr \
		"$tmp/submodule.patch"
}
check "a submodule, in which git would run what a build left there, is refused" submodule

# ------------------------------------------------------- a stranger's series folder

# folder NAME [FILE TEXT]: a series folder $tmp/NAME in our own form.
folder() {
	mkdir "$tmp/$1"
	printf 'diff --git a/mm/percpu.c b/mm/percpu.c\n--- a/mm/percpu.c\n+++ b/mm/percpu.c\n@@ -1 +1 @@\n-int percpu;\n+int %s;\n' \
		"$1" >"$tmp/$1/a.patch"
	echo a.patch >"$tmp/$1/series"
	printf 'from\tx\n' >"$tmp/$1/origin"
	[ $# = 1 ] || printf %b "$3" >"$tmp/$1/$2"
}
folder glued origin 'from\tx'
confined() {
	builds "$tmp/$1" && grep "sandbox of $1" "$tmp"/cache/pcpubench/trees/*/name
}
check "a text without a last newline turns no sandbox off" confined glued
# wrong TEXT FOLDER: it is refused with TEXT, and nothing of the user's printed.
wrong() {
	fails 2 "$1" "$builder" --source="$tmp/plain" --kernel=6.12 "$tmp/$2" || return
	! builds "$tmp/$2" || return
	! grep "user's key" "$tmp/lines" "$tmp/said"
}
folder words cmdline 'quiet\nbaseline\t/tmp/manifest\t\t\n'
check "a command line of two lines is refused" wrong 'more than one line' words
folder notes multi-node-note 'x\ny\n'
check "... and such a note" wrong 'more than one line' notes
folder origins origin 'from\tx\npatch\n'
check "... and a line of origin that is none" wrong 'no word, tab and text' origins
for file in cmdline multi-node-note origin series; do
	folder "link-$file"
	ln -sf "$HOME/secret" "$tmp/link-$file/$file"
	check "a link as $file is refused" wrong 'no plain file' "link-$file"
	folder "quilt-$file"
	rm "$tmp/quilt-$file/origin"
	ln -sf "$HOME/secret" "$tmp/quilt-$file/$file"
	check "... in a quilt series" wrong 'no plain file' "quilt-$file"
done
series good mm/percpu.c <<<'int percpu2;'
cp "$tmp/good.patch" "$HOME/mine.patch"
for name in "$HOME/mine.patch" ../home/mine.patch link.patch; do
	rm -rf "$tmp/leaves"
	folder leaves series "$name\n"
	ln -s "$HOME/mine.patch" "$tmp/leaves/link.patch"
	why='outside of its folder'
	[[ $name != /* ]] || why='not there'
	check "a patch outside of the folder is refused: $name" wrong "$why" leaves
	rm "$tmp/leaves/origin"
	check "... in a quilt series" wrong "outside of its series' folder" leaves
done
rm "$HOME/mine.patch"

# -------------------------------------------------------------- when it is confined

same_bytes() {
	builds --sandbox=yes baseline || return
	cut -f2 "$tmp/lines" | xargs cat | grep sha256 >"$tmp/confined"
	rm -rf "$tmp/cache/pcpubench/kernels"
	builds --sandbox=no baseline || return
	cut -f2 "$tmp/lines" | xargs cat | grep sha256 | diff "$tmp/confined" -
}
check "--sandbox=yes builds all in it, to the same bytes" same_bytes
is_added() {
	SANDBOX=no KERNEL_SRC=$tmp/plain KERNEL=6.12 "$pcpubench" kernel add mine \
		--from="$tmp/good.patch" || return
	rm -rf "$tmp/cache/pcpubench/kernels"
	builds mine && grep -q 'sandbox of mine' "$tmp"/cache/pcpubench/trees/*/name
}
check "a series that was added is confined, too" is_added
# What bubblewrap does where namespaces are off.
no_namespaces() {
	unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' _ \
		"$builder" --source="$tmp/plain" --kernel=6.12 "$@"
}
says_how() {
	fails 2 'as root: sysctl user.max_user_namespaces=' no_namespaces \
		--sandbox=yes "$tmp/good.patch"
}
check "without user namespaces --sandbox=yes says what to do" says_how
warns() {
	rm -rf "$tmp/cache/pcpubench/kernels"
	no_namespaces "$tmp/good.patch" 2>"$tmp/said" >/dev/null &&
		grep -q 'built WITHOUT a sandbox.*sysctl user.max_user_namespaces' "$tmp/said"
}
check "... and without it a stranger's series is built, and that is told" warns
check "another word is refused" fails 2 'yes, no or auto' "$builder" --sandbox=maybe \
	--list
attack 1 | series control scripts/step.sh
works_without() {
	local what log

	mkdir "$tmp/tmpdir"
	TMPDIR=$tmp/tmpdir SECRET=s builds --sandbox=no "$tmp/control.patch" || return
	log=$(grep -L sandbox "$tmp"/cache/pcpubench/trees/*/name)
	log=$(dirname "$log")/linux/attack.log
	for what in secret home write files descriptor network process room; do
		grep "^GOT $what" "$log" || { echo "no $what"; cat "$log"; return 1; }
	done
	# That is kept from every build.
	! grep '^GOT environment' "$log"
}
check "without the sandbox the attack gets what it wants" works_without
finish
