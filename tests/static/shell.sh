#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

for file in $(git ls-files -co --exclude-standard); do
	[ -f "$file" ] || continue
	case $file in *.patch) continue ;; esac
	if [[ $file == *.sh ]] || head -n1 "$file" | grep -q '^#!.*\(bash\|/sh\)'; then
		check "shellcheck $file" shellcheck -x "$file"
	fi
done
finish
