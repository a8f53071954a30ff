#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A bundle's patches are compiled: the kernel is the same image, and each cell the same.
# With another patch both are told, and by how much. Another QEMU counts the same, and
# what another compiler's kernel counts is told.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

export XDG_DATA_HOME=$tmp/data
cp -r tests/patches/one-more "$tmp/one-more"
id=$(kernel-patches/build-kernel --plan "$tmp/one-more" 2>"$tmp/said" | cut -f2)
measured() {
	boot_to was "$tmp/one-more" -t 16c2n -s 64,256,1024,4096 --again &&
		"$pcpubench" bundle "$tmp/was.jsonl" && rm -r "$tmp/one-more"
}
check "a series is measured and bundled" measured

# The kernel is in the cache no more, and the build tree has baseline's source.
forget() {
	"$pcpubench" cache remove "$id" && kernel-patches/build-kernel --tree
}
# replay CODE BUNDLE
replay() {
	local code=0

	rm -f "$tmp/again.jsonl"
	"$pcpubench" replay "$tmp/$2" -o "$tmp/again.jsonl" >"$tmp/out" 2>"$tmp/err" ||
		code=$?
	cat "$tmp/out" "$tmp/err"
	[ "$code" = "$1" ]
}
same() {
	forget && replay 0 was.tar && grep -qx '4 cells: 4 the same' "$tmp/out" &&
		grep -q '^  image: the same, ' "$tmp/out" &&
		grep -q '^compiling code of who made this bundle, .*: 1 patch' "$tmp/err" &&
		"$pcpubench" cache kernels | grep -q "^kernels *$id "
}
check "its patch is compiled, and image and cells are the same" same
differs() {
	/usr/bin/python3 tests/change_bundle.py "$tmp/was.tar" "$tmp/other.tar" '
for name in parts:
    if name.endswith(".patch"):
        parts[name] = parts[name].replace(b"\"nop\"", b"\"nop; nop; nop\"")' &&
		replay 1 other.tar && grep -qx '4 cells: 4 with other counts' "$tmp/out" &&
		grep -q '^  image: [0-9a-f]* there, [0-9a-f]* here' "$tmp/out" &&
		[ "$(grep -c ' differs  *-  *+2$' "$tmp/out")" = 4 ]
}
check "two instructions more in the patch: told, and by how much" differs
other_qemu() {
	local qemu

	qemu=$(tests/backports-qemu) && PATH=$(dirname "$qemu"):$PATH replay 0 was.tar &&
		grep -qx '4 cells: 4 the same' "$tmp/out" &&
		told 'QEMU: [0-9.]+ there, [0-9.]+ here'
}
check "another QEMU, of the backports: each cell is the same" other_qemu
# The first of these that is not this machine's gcc.
other_gcc() {
	local cc

	for cc in gcc-11 gcc-12 gcc-13 gcc-14; do
		if command -v "$cc" >/dev/null &&
				[ "$("$cc" -dumpfullversion)" != "$(gcc -dumpfullversion)" ]; then
			command -v "$cc"
			return
		fi
	done
}
gcc=$(other_gcc)
other_compiler() {
	mkdir "$tmp/bin"
	ln -s "$gcc" "$tmp/bin/gcc"
	PATH=$tmp/bin:$PATH replay 1 was.tar &&
		told 'image: [0-9a-f]{12} there, [0-9a-f]{12} here' &&
		told 'compiler: gcc .* there, gcc .* here' &&
		grep -Eq '^4 cells: .*[1-4] with other counts' "$tmp/out"
}
if [ -n "$gcc" ]; then
	check "another compiler, ${gcc##*/}: told, and by how much" other_compiler
else
	skip "another compiler" "there is none beside gcc"
fi
finish
