# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are build-kernel's
#
# Part of build-kernel. Bring the source to what a kernel's patches make of it.

patch_files() {
	[ $# -eq 0 ] || sed -n 's,^\(---\|+++\) [ab]/\([^	]*\).*,\2,p' "$@" |
		sort -u
}

# From what patch(1) says, the first that failed: of which file, which hunk.
why_not() {
	gawk '
	/^patching file / { file = substr($0, 15) }
	/^can.t find file to patch/ { lost = 1 }
	/^\|(---|\+\+\+) / && lost {
		sub(/^\|(---|\+\+\+) [ab]\//, ""); sub(/\t.*/, "")
		why = "there is no " $0; exit
	}
	/FAILED|malformed|Reversed|Only garbage/ {
		why = (file == "" ? "" : file ": ") $0; exit
	}
	{ last = $0 }
	END { print why != "" ? why : last }'
}

# Bring the source to what the patches make of it, touching only files whose
# content changes, so that make rebuilds no more than it must. orig/ keeps the
# untouched version of every file that was ever patched (empty: there was none).
apply_patches() {
	local stage=$tree/stage file patch out

	rm -rf "$stage"
	mkdir -p "$stage"
	for file in $(patch_files "$@"); do
		[ -e "$tree/orig/$file" ] && continue
		mkdir -p "$tree/orig/$(dirname "$file")"
		if [ -e "$tree/linux/$file" ]; then
			cp -p "$tree/linux/$file" "$tree/orig/$file.new"
		else
			: >"$tree/orig/$file.new"
		fi
		mv "$tree/orig/$file.new" "$tree/orig/$file"
	done
	cp -a "$tree/orig/." "$stage/"
	find "$stage" -type f -empty -delete
	for patch in "$@"; do
		out=$(patch -d "$stage" -p1 --fuzz=0 --no-backup-if-mismatch \
			--batch --forward <"$patch" 2>&1) || {
			rm -rf "$stage"
			die "$(basename "$patch") does not apply to $source_name: $(
				why_not <<<"$out")"
		}
	done
	(cd "$tree/orig" && find . -type f -printf '%P\n') | while read -r file; do
		if [ ! -e "$stage/$file" ]; then
			rm -f "$tree/linux/$file"
		elif ! cmp -s "$stage/$file" "$tree/linux/$file"; then
			cp "$stage/$file" "$tree/linux/$file.new"
			mv "$tree/linux/$file.new" "$tree/linux/$file"
		fi
	done
	rm -rf "$stage"
}
