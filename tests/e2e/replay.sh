#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Results go to another machine in a bundle, and are measured again there: the same
# cells, or what differs. A bundle that somebody changed is refused.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

p=$pcpubench
export XDG_DATA_HOME=$tmp/data GIT_CONFIG_GLOBAL=$tmp/gitconfig
said() { grep -qE -- "$1" "$tmp/out" || { cat "$tmp/out" "$tmp/err"; return 1; }; }
# run CODE WORD...: pcpubench with these words exits with CODE.
run() {
	local code=0

	"$p" "${@:2}" >"$tmp/out" 2>"$tmp/err" </dev/null || code=$?
	[ "$code" = "$1" ] || { echo "exit code $code"; cat "$tmp/out" "$tmp/err"; return 1; }
}
# replay CODE BUNDLE WORD...: into a new results file.
replay() {
	rm -f "$tmp/again.jsonl"
	run "$1" replay "$2" -o "$tmp/again.jsonl" "${@:3}"
}
change() { /usr/bin/python3 tests/change_bundle.py "$@"; }

bundles() {
	boot_to was baseline -t 16c2n -s 64,256 --append=quiet --again &&
		run 0 bundle "$tmp/was.jsonl" && said "^$tmp/was.tar\$" &&
		cp "$tmp/was.tar" "$tmp/first.tar" && touch "$tmp/was.jsonl" &&
		run 0 bundle "$tmp/was.jsonl" && cmp "$tmp/was.tar" "$tmp/first.tar"
}
check "a results file is bundled, twice to the same bytes" bundles
lists() {
	tar tf "$tmp/was.tar" | paste -sd' ' >"$tmp/list" && cat "$tmp/list" &&
		grep -qx 'manifest.json commands kernels/1-baseline/config kernels/1-baseline/origin kernels/1-baseline/series results.jsonl' "$tmp/list" &&
		tar xOf "$tmp/was.tar" commands |
		grep 'KERNEL=6.12 build/pcpubench boot .*--append=quiet'
}
check "... with commands, config and series" lists
plans() {
	run 0 replay --dry-run "$tmp/was.tar" &&
		said '^  baseline 16c2n, insn, percpu-alloc, 2 cells' &&
		said ', unsigned$' && ! grep -q compiling "$tmp/err"
}
check "--dry-run says what would be measured" plans
# A folder that nobody holds the lock of.
left() {
	local folder

	for folder in /tmp/pcpubench-bundle.*; do
		[ ! -d "$folder" ] || ! flock -n "$folder" true || return 0
	done
	return 1
}
same() {
	replay 0 "$tmp/was.tar" && said '^2 cells: 2 the same$' &&
		said '^  image: the same, ' && said '^  config: the same, ' &&
		grep -q '"cmdline":"[^"]* quiet -- ' "$tmp/again.jsonl" &&
		! grep -q compiling "$tmp/err" && ! left
}
check "all cells are the same, and nothing is left" same
as_json() {
	replay 0 "$tmp/was.tar" --json && /usr/bin/python3 -c '
import json, sys
it = json.load(sys.stdin)
assert [cell["state"] for cell in it["cells"]] == ["same", "same"], it["cells"]
assert all(cell["then"] == cell["now"] for cell in it["cells"])
assert all(fact["same"] for fact in it["facts"]) and not it["left_out"]' <"$tmp/out"
}
check "... in JSON, too" as_json

# In the results, where the manifest's hash finds it.
one_byte() {
	local at

	at=$(grep -abo '"ticks":\[[0-9]' "$tmp/was.tar" | head -n1 | cut -d: -f1)
	cp "$tmp/was.tar" "$tmp/byte.tar"
	printf 5 | dd of="$tmp/byte.tar" bs=1 seek=$((at + 9)) conv=notrunc status=none
	cmp -s "$tmp/was.tar" "$tmp/byte.tar" && return 1
	fails 2 "its member 'results.jsonl' has another content than in its manifest" \
		"$p" replay "$tmp/byte.tar"
}
check "one byte changed: refused" one_byte
# As above, by somebody who makes the manifest fit.
finds_other_counts() {
	change "$tmp/was.tar" "$tmp/other.tar" '
lines = [json.loads(line) for line in parts["results.jsonl"].splitlines()]
for line in lines:
    if line["type"] == "cell" and line["param"] == 64:
        line["arms"]["on"]["ticks"] = [t + 3 for t in line["arms"]["on"]["ticks"]]
parts["results.jsonl"] = "".join(json.dumps(line) + "\n" for line in lines).encode()' &&
		replay 1 "$tmp/other.tar" &&
		said '^2 cells: 1 the same, 1 with other counts$' &&
		said '^baseline, 64 B .* differs  *-  *-3$' &&
		said '^baseline, 256 B .* same ' &&
		grep -q '1 of 2 cells are not what was recorded' "$tmp/err"
}
check "other counts are found, and by how much" finds_other_counts

# Somebody takes out what did not suit, and lets the counts of the end fit.
finds_what_is_gone() {
	change "$tmp/was.tar" "$tmp/less.tar" '
lines = [json.loads(line) for line in parts["results.jsonl"].splitlines()]
lines[-1]["cells"] -= 1
parts["results.jsonl"] = "".join(json.dumps(line) + "\n" for line in lines
                                 if line.get("param") != 256).encode()' &&
		replay 3 "$tmp/less.tar" &&
		said '^2 cells: 1 the same, 1 measured here and not recorded$' &&
		said '^baseline, 256 B  *-  *-  *not recorded ' &&
		grep -q 'lacks 1 of 2 cells that its own boots measure' "$tmp/err" &&
		replay 3 "$tmp/less.tar" --json && /usr/bin/python3 -c '
import json, sys
cell = json.load(sys.stdin)["cells"][1]
assert (cell["state"], cell["param"]) == ("not recorded", 256), cell
assert cell["then"] is None and cell["now"]["off"] > 0, cell' <"$tmp/out"
}
check "a cell that was taken out is found" finds_what_is_gone

# Another source, whose kernel is ours, with a line more at its end if it is patched:
# it takes no time to build, has another hash, and counts the same.
built=$(dirname "$(kernel-patches/build-kernel baseline | cut -f2)")
mkdir -p "$tmp"/linux/{mm,kernel/configs,arch/x86/configs}
touch "$tmp"/linux/{kernel/configs/tiny.config,arch/x86/configs/tiny.config}
printf 'int percpu;\n' >"$tmp/linux/mm/percpu.c"
cat >"$tmp/linux/Makefile" <<END
VERSION = 6
PATCHLEVEL = 12
SUBLEVEL = 0
allnoconfig:
	cp "$built/../config" .config
vmlinux:
	cp "$built/../vmlinux" "$built/../vmlinux.symvers" "$built/../System.map" .
	grep percpu mm/percpu.c >>vmlinux
modules_prepare:
	mkdir -p include/config && echo 6.12.117 >include/config/kernel.release
modules:
	cp "$built/pcpu_bench.ko" \$(M)/
.PHONY: vmlinux
END
git -C "$tmp" -c init.defaultBranch=main init -q linux
in_git() { git -C "$tmp/linux" -c user.name=A -c user.email=a@example.org "$@"; }
in_git add -A
in_git commit -qm base
# patched NAME TEXT: a patch that makes TEXT of the line.
patched() {
	sed -i "s/.*/$2/" "$tmp/linux/mm/percpu.c"
	{ printf 'From: A <a@example.org>\nSubject: [PATCH] mm: %s\n\n---\n' "$1"; in_git diff; } >"$tmp/$1.patch"
	in_git checkout -q .
}
patched more 'int percpu; int more;'
# With a cache of its own.
from_linux() { XDG_CACHE_HOME=$tmp/cache KERNEL_SRC=$tmp/linux "$@"; }

with_a_patch() {
	change "$tmp/was.tar" "$tmp/more.tar" "
parts['kernels/1-baseline/series'] += b'more.patch\\n'
parts['kernels/1-baseline/more.patch'] = open('$tmp/more.patch', 'rb').read()" &&
		from_linux replay 0 "$tmp/more.tar" &&
		said '^2 cells: 2 the same$' &&
		told 'source: linux-source-6.12 [^ ]* there, linux 6.12.0 [0-9a-f]{12} here \(baseline\)' &&
		told 'content with all patches: [0-9a-f]{12} there, [0-9a-f]{12} here ' &&
		told 'image: [0-9a-f]{12} there, [0-9a-f]{12} here \(baseline\)' &&
		told 'compiler: the same' &&
		grep -q '^compiling code of who made this bundle, as your user: 1 patch, unsigned' "$tmp/err"
}
check "a patch more, another source: built after a notice, and told" with_a_patch

# The same by another compiler, and by another QEMU: by what these say that they are.
other_tools() {
	mkdir "$tmp/bin"
	printf '#!/bin/sh\n%s "$@" | sed "s/12[.][0-9.]*$/99.1.0/"\n' \
		"$(command -v gcc)" >"$tmp/bin/gcc"
	printf '#!/bin/sh\ncase "$*" in *-help*) %s "$@" | sed "s/^QEMU emulator version [0-9.]*/QEMU emulator version 99.2.0/" ;; *) exec %s "$@" ;; esac\n' \
		"$(command -v qemu-system-x86_64)" "$(command -v qemu-system-x86_64)" \
		>"$tmp/bin/qemu-system-x86_64"
	chmod +x "$tmp"/bin/*
	PATH=$tmp/bin:$PATH from_linux replay 0 "$tmp/more.tar" &&
		said '^2 cells: 2 the same$' &&
		told 'compiler: gcc .* there, gcc .* 99[.]1[.]0.* here' &&
		told 'QEMU: .* there, 99[.]2[.]0.* here'
}
check "another compiler and another QEMU are told" other_tools

# Patches of the user's, which are gone when the results are bundled.
own_patches() {
	cp "$tmp/more.patch" "$tmp/mine.patch"
	from_linux boot_to mine "$tmp/mine.patch" -t 1c1n -s 64 || return
	rm "$tmp/mine.patch"
	from_linux run 0 bundle "$tmp/mine.jsonl" &&
		tar xOf "$tmp/mine.tar" --wildcards '*.patch' | grep -q 'Subject: \[PATCH\] mm: more' &&
		from_linux replay 0 "$tmp/mine.tar" && said '^1 cell: 1 the same$' &&
		told 'content with all patches: the same' && told 'image: the same'
}
check "a user's own patch is in it, and gives the same kernel" own_patches
uncommitted() {
	sed -i 's/int/long/' "$tmp/linux/mm/percpu.c"
	from_linux boot_to work worktree -t 1c1n -s 64 || return
	in_git checkout -q .
	from_linux run 0 bundle "$tmp/work.jsonl" &&
		tar xOf "$tmp/work.tar" --wildcards '*/worktree.patch' | grep -q '^+long percpu' &&
		from_linux replay 0 "$tmp/work.tar" && said '^1 cell: 1 the same$' &&
		told 'content with all patches: the same'
}
check "... and uncommitted work, which is gone, too" uncommitted
gone() {
	sed 's/"name":"[^"]*patch"/"name":"none.patch"/; s/"source_id":"..../"source_id":"0000/' \
		"$tmp/mine.jsonl" >"$tmp/gone.jsonl"
	fails 2 'none.patch is not to be found any more' "$p" bundle "$tmp/gone.jsonl"
}
check "... but not what is nowhere any more" gone
does_not_apply() {
	change "$tmp/mine.tar" "$tmp/not.tar" '
for name in parts:
    if name.endswith(".patch"):
        parts[name] = parts[name].replace(b"\n-int", b"\n-short")' &&
		from_linux replay 3 "$tmp/not.tar" &&
		told 'its kernel does not build here: .* does not apply'
}
check "a patch that does not apply is told" does_not_apply
# The same cells again, of a kernel with such a patch.
one_of_two() {
	change "$tmp/more.tar" "$tmp/two.tar" '
lines = [json.loads(line) for line in parts["results.jsonl"].splitlines()]
lines.pop()
for line in lines[1:]:
    it = dict(line, kernel="broken")
    if "boot" in it:
        it["boot"] += 1
    lines.append(it)
parts["results.jsonl"] = "".join(json.dumps(line) + "\n" for line in lines).encode()
for name in list(parts):
    if name.startswith("kernels/1-baseline/"):
        text = parts[name].replace(b"\n-int", b"\n-short")
        parts[name.replace("1-baseline", "2-broken")] = text
manifest["kernels"]["broken"] = "kernels/2-broken"' &&
		from_linux replay 3 "$tmp/two.tar" &&
		said '^2 cells: 2 the same$' &&
		told 'its kernel does not build here: .* does not apply' &&
		grep -q '1 of 2 boots could not be measured again' "$tmp/err"
}
check "... and that a kernel was not measured, beside one that was" one_of_two

# refuses CODE: what the Python CODE makes of a bundle.
refuses() {
	change "$tmp/mine.tar" "$tmp/bad.tar" "$2" &&
		fails 2 "$1" "$p" replay "$tmp/bad.tar"
}
folder='folder = list(manifest["kernels"].values())[0]'
check "a series that names another file is refused" refuses \
	'its series names a patch that is not in it' \
	"$folder; parts[folder + '/series'] = b'../../../../etc/passwd\n'"
check "... or another series" refuses 'names a patch that is not in it' \
	"$folder; parts[folder + '/series'] = b'series d\n'"
check "... or another option" refuses 'another option than -pN and -R' \
	"$folder; parts[folder + '/series'] = parts[folder + '/series'].rstrip() + b' --directory=/\n'"
check "an image and somebody's makefile are refused" refuses \
	'it has more than patches' \
	"$folder; parts[folder + '/headers'] = b'/tmp\n'; parts[folder + '/image'] = b'x'"
check "a command line of two lines is refused" refuses 'more than one line' \
	"$folder; parts[folder + '/cmdline'] = b'quiet\nelsewhere\t/tmp\n'"
check "an origin whose lines are no words and texts is refused" refuses \
	'its origin has a line' "$folder; parts[folder + '/origin'] = b'from\tx\nstranger'"
check "... or that has control characters" refuses 'control characters' \
	"$folder; parts[folder + '/origin'] = b'from\tx\rstranger\n'"
for text in series origin cmdline multi-node-note; do
	check "$text of more than 1 MiB is refused" refuses 'larger than 1 MiB' \
		"$folder; parts[folder + '/$text'] = parts.get(folder + '/$text', b'') + b'#' * ((1 << 20) + 1)"
done
check "a kernel that was not measured is refused" refuses 'was not measured' \
	'manifest["kernels"]["x"] = "kernels/1-x"'
check "results that are none are refused" refuses 'results.jsonl' \
	'parts["results.jsonl"] = b"{}\n"'

if command -v ssh-keygen >/dev/null; then
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/key"
fi
needs_key() {
	: >"$GIT_CONFIG_GLOBAL"
	fails 2 'git has no SSH key to sign with' "$p" bundle "$tmp/was.jsonl" --sign
}
check "without a key nothing is signed" needs_key
signs() {
	printf 'somebody@example.org %s\n' "$(<"$tmp/key.pub")" >"$tmp/signers"
	git config --file "$GIT_CONFIG_GLOBAL" user.signingkey "$tmp/key"
	run 0 bundle "$tmp/was.jsonl" --sign -o "$tmp/signed.tar" &&
		run 0 replay --dry-run "$tmp/signed.tar" &&
		told 'signed by an unknown ED25519 key SHA256:' &&
		git config --file "$GIT_CONFIG_GLOBAL" gpg.ssh.allowedSignersFile \
			"$tmp/signers" &&
		run 0 replay --dry-run "$tmp/signed.tar" &&
		told 'signed by somebody@example.org \(ED25519 key SHA256:'
}
check "git's key signs, and git's signers are known" signs
not_of_it() {
	change "$tmp/signed.tar" "$tmp/forged.tar" 'parts["commands"] = b"x\n"' &&
		fails 2 'its signature is not of its manifest' "$p" replay "$tmp/forged.tar"
}
check "a signature of something else is refused" not_of_it

# What was measured on a machine is that machine's.
metal() {
	run 0 bundle results/reference/metal-profile.jsonl -o "$tmp/metal.tar" &&
		run 3 replay "$tmp/metal.tar" &&
		told 'recorded on: QEMU Virtual CPU version 2.5\+, 2 CPUs, Linux 6.12' &&
		told 'not measured again: .* time, .*: measured on a machine as it ran'
}
check "times of a machine are not measured again, but told" metal
check "a bundle that is none" fails 2 'no whole bundle' "$p" replay README.md
finish
