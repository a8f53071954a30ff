#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the builder must not take for something else: a caller's environment, a
# configuration that was not finished, names and files that are alike.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/small-source.sh
. tests/small-source.sh
small_source "$tmp"

builder=$PWD/kernel-patches/build-kernel
export XDG_CACHE_HOME=$tmp/cache XDG_DATA_HOME=$tmp/data KERNEL_SRC=$tmp/linux
own() { git -C "$tmp/linux" -c user.name=x -c user.email=x@example.org "$@"; }

# What an exported variable would do to a kernel is in the release of this one.
cat >"$tmp/linux/scripts/after.sh" <<'END'
echo "6.12.9$LOCALVERSION$KCFLAGS$LLVM" >include/config/kernel.release
END
own commit -qam 'Tell the environment'

release() {
	KERNEL_SRC=$tmp/linux LOCALVERSION=-mine KCFLAGS=-g LLVM=1 "$builder" "$@" \
		baseline >"$tmp/lines" 2>"$tmp/said" || { cat "$tmp/said"; return 1; }
	grep -P '^release\t6\.12\.9$' "$(cut -f2 "$tmp/lines")" && return
	cat "$(cut -f2 "$tmp/lines")"
	return 1
}
check "a caller's environment does not change a kernel" release --sandbox=no
rm -rf "$tmp/cache"
check "... nor one that is built in the sandbox" release --sandbox=yes

# A configuration that was refused is no one for the next kernel.
half_configured() {
	echo 'int percpu = 1;' >"$tmp/linux/mm/percpu.c"
	"$builder" worktree >"$tmp/lines" 2>"$tmp/said" || { cat "$tmp/said"; return 1; }
	sed -i '/^allnoconfig:/{n;s/cat/grep -v MEMCG=/}' "$tmp/linux/Makefile"
	echo '# changed' >>"$tmp/linux/scripts/step.sh"
	! "$builder" worktree >"$tmp/lines" 2>&1 || return
	grep -q 'does not take CONFIG_MEMCG=y' "$tmp/lines" || { cat "$tmp/lines"; return 1; }
	own checkout -q .
	echo 'int percpu = 2;' >"$tmp/linux/mm/percpu.c"
	"$builder" worktree >"$tmp/lines" 2>"$tmp/said" || { cat "$tmp/said"; return 1; }
	own checkout -q .
	grep -h CONFIG_MEMCG= "$(dirname "$(dirname "$(cut -f2 "$tmp/lines")")")/config"
}
check "what was refused in the middle of its configuration is configured anew" half_configured

# A write of equal length in the second in which git wrote its index.
racy() {
	until [[ $(date +%N) == 0* ]]; do
		sleep .02
	done
	echo 'int percpu = 12;' >"$tmp/linux/mm/percpu.c"
	own commit -qam x
	echo 'int percpu = 13;' >"$tmp/linux/mm/percpu.c"
	sleep 1.1
	"$builder" --plan worktree 2>&1 || return
	own checkout -q .
}
check "an edit of equal length in the second of a commit is seen" racy

sed 's/1/2/' "$tmp/linux/mm/percpu.c" >"$tmp/new.c"
cp "$tmp/new.c" "$tmp/linux/mm/percpu.c"
own diff >"$tmp/mine.patch"
own checkout -q .
for name in hoist c-hoist worktree HEAD distribution; do
	check "no kernel of the user's is called $name" \
		fails 2 'take another name' "$pcpubench" kernel add "$name" \
		--from="$tmp/mine.patch"
done
added() {
	KERNEL='' "$pcpubench" kernel add mine --from="$tmp/mine.patch" &&
		"$builder" --plan mine
}
check "a kernel that is added for one's source is found for it" added

for name in series origin headers cmdline; do
	cp "$tmp/mine.patch" "$tmp/$name"
	check "a patch may be called $name" "$builder" --source="$tmp/linux" \
		--plan "$tmp/$name"
done

# A patch that two series have with other options: its hash does not tell which it was.
same_patch() {
	local series=$XDG_DATA_HOME/pcpubench/series/linux-6.12 name

	mkdir -p "$tmp/packed" "$series"/{afix,revert}
	for name in afix revert; do
		cp "$tmp/mine.patch" "$series/$name/"
	done
	echo mine.patch >"$series/afix/series"
	echo mine.patch -R >"$series/revert/series"
	printf '{"type":"kernel","kernel":"revert","patches":[{"name":"mine.patch","sha256":"%s"}]}\n' \
		"$(sha256sum <"$tmp/mine.patch" | cut -c1-64)" >"$tmp/record"
	fails 2 'not to be found' kernel-patches/packed-series "$tmp/record" revert "$tmp/packed" ||
		return
	rm -r "$series/afix"
	kernel-patches/packed-series "$tmp/record" revert "$tmp/packed" &&
		grep -x 'mine.patch .*-R' "$tmp/packed/series" && rm -r "$series/revert"
}
check "a bundle takes no other series' options for a patch" same_patch

own branch d
branch() {
	"$builder" --plan d 2>&1 | grep 'refs/heads/d is the branch'
}
check "a branch that is called as a series is told" branch
own branch -q -D d
own branch some/mine
path_and_branch() {
	mkdir "$tmp/some"
	cp "$tmp/mine.patch" "$tmp/some/mine"
	(cd "$tmp" && "$builder" --plan some/mine) 2>&1 |
		grep 'refs/heads/some/mine is the branch'
}
check "... or as a path" path_and_branch
own branch -q -D some/mine

# Steps from a commit that was merged later do not stand on it.
merged() {
	local first

	first=$(own rev-parse HEAD)
	own checkout -q -b topic
	echo x >"$tmp/linux/mm/topic.c"
	own add -A
	own commit -qm topic
	own checkout -q -b trunk "$first"
	echo 'int percpu = 100;' >"$tmp/linux/mm/percpu.c"
	own commit -qam trunk
	own checkout -q topic
	own merge -q -m merge trunk
	"$builder" --plan trunk..topic || return
	! "$builder" --steps trunk..topic >"$tmp/steps" 2>&1 || return
	grep 'was merged into topic later' "$tmp/steps"
}
check "a range from what was merged into it has no steps" merged

tarballs() {
	local i

	for i in 1 2; do
		mkdir -p "$tmp/tar$i"
		echo "int percpu = $i;" >"$tmp/plain/mm/percpu.c"
		tar -C "$tmp" -cf "$tmp/tar$i/linux.tar" plain
		touch -d '2026-01-01' "$tmp/tar$i/linux.tar"
		KERNEL_SRC=$tmp/tar$i/linux.tar "$builder" --plan baseline | cut -f3 \
			>"$tmp/plan$i" || return
	done
	! cmp "$tmp/plan1" "$tmp/plan2"
}
check "two tarballs of one name, size and time are two sources" tarballs

kept() {
	mkdir -p "$tmp/tmp"
	echo mine >"$tmp/tmp/pcpubench-build.log"
	TMPDIR=$tmp/tmp "$builder" --plan baseline && cat "$tmp/tmp/pcpubench-build.log"
}
check "a user's file in the temporary folder stays" kept

no_version() {
	local makefile=$tmp/plain/Makefile

	rm "$makefile"
	[ -z "$1" ] || echo "$1" >"$makefile"
	KERNEL_SRC=$tmp/plain "$builder" --plan baseline >"$tmp/out" 2>&1
	[ $? = 2 ] && grep 'is not a kernel source: its Makefile does not tell' "$tmp/out"
}
check "a Makefile without a version is no kernel's" no_version 'all:'
check "... nor is a folder without one" no_version ''
relative() {
	mkdir "$tmp/home"
	(cd "$tmp" && HOME=$tmp/home XDG_CACHE_HOME=relative "$builder" --plan baseline &&
		[ -d home/.cache/pcpubench ] && [ ! -e relative ])
}
check "a relative XDG_CACHE_HOME is none" relative
quoted() {
	! make -s gate OLD="it's" NEW=b >"$tmp/out" 2>&1 && grep "it's" "$tmp/out" &&
		! grep 'unexpected EOF' "$tmp/out"
}
check "a quote in a variable of make is no shell's" quoted
# What each verb would run is what a shell can read, and has the word as it is.
quoted_series() {
	local verb

	for verb in kernels bench-qemu bench-kvm bench-metal sweep profile price counters \
		lkml selftest check-debug; do
		make -n "$verb" SERIES="~/it's" 2>/dev/null | sed '/^echo /d; /^gcc /d' \
			>"$tmp/out"
		if ! bash -n "$tmp/out" || ! grep -q "it'\\\\''s" "$tmp/out"; then
			echo "$verb"
			cat "$tmp/out"
			return 1
		fi
	done
	[ "$(make -n sweep SERIES="~/it's" | sed -n 's/.*--jobs=[0-9]* /echo /p' |
		HOME=/home/of bash)" = "/home/of/it's" ]
}
check "... nor in SERIES= of any verb" quoted_series
others_plots() {
	mkdir -p "$tmp/out-folder/plots"
	touch "$tmp/out-folder/plots/mine.svg"
	! OUT=$tmp/out-folder ci/gate.sh baseline d >"$tmp/out" 2>&1 &&
		grep 'give a folder of its own' "$tmp/out" &&
		[ -e "$tmp/out-folder/plots/mine.svg" ]
}
check "the gate removes no plots of others" others_plots
