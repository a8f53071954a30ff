# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # variables are build-kernel's
#
# Part of build-kernel. Debian's source of a kernel version: got from the
# machine's own mirror, and kept in the cache. The system's apt is only asked
# where that mirror is; what is downloaded has lists and a cache of its own, and
# is verified by apt with Debian's archive keyring.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Suites with kernels that the machine's release has not, and in each round only
# what the rounds before had not: the first has the shortest lists.
suite_rounds=('trixie-backports' 'sid experimental' 'trixie bookworm')

# apt-get with nothing of the system's but its proxy and its architecture.
own_apt() {
	apt-get -q -o Dir::Etc::sourcelist="$apt/sources.list" \
		-o Dir::Etc::sourceparts=- -o Dir::State::lists="$apt/lists" \
		-o Dir::Cache="$apt/cache" "$@"
}

# Where this machine gets its own release from: mirrors, one a line.
mirrors() {
	local release

	release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	# shellcheck disable=SC2016 # the variables are apt's
	apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' 'Component: main' |
		awk -v release="$release" '$2 == release && !seen[$1]++ { print $1 }'
}

# Download PACKAGE into the folder $apt. What the machine's own lists have is
# taken by them; what is not there is looked for in the rounds' suites.
download() {
	local package=$1 mirror suites suite

	cd "$apt" || return
	apt-get -q -o Dir::Cache="$apt/cache" download "$package" && return
	for mirror in $(mirrors); do
		for suites in "${suite_rounds[@]}"; do
			for suite in $suites; do
				printf 'deb [signed-by=%s] %s %s main\n' \
					"$keyring" "$mirror" "$suite"
			done >sources.list
			own_apt update && own_apt download "$package" && return
		done
	done
	return 1
}

# Print what Debian's linux-source of the version is called, a tab, and where its
# tarball is.
debian_source() {
	local package=linux-source-$version dir=$cache/sources deb name
	local -a found

	found=("/usr/src/$package.tar.xz")
	if [ -f "${found[0]}" ]; then
		printf '%s %s\t%s\n' "$package" "$(dpkg-query -W -f '${Version}' \
			"$package" 2>/dev/null || echo 'of unknown version')" \
			"${found[0]}"
		return
	fi
	mkdir -p "$dir"
	exec 8>"$dir/lock"
	flock 8
	found=("$dir/$package"_*/"$package.tar.xz")
	if [ ! -f "${found[0]}" ]; then
		say "downloading $package"
		apt=$dir/.new.$$
		mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
		(download "$package") >"$dir/log" 2>&1 || {
			rm -rf "$apt"
			die "no $package to be had from this machine's mirror: give KERNEL_SRC= (log: $dir/log)"
		}
		deb=("$apt/$package"_*.deb)
		dpkg-deb -x "${deb[0]}" "$apt/x"
		found=("$dir/$(basename "${deb[0]}" .deb)/$package.tar.xz")
		mkdir -p "$(dirname "${found[0]}")"
		mv "$apt/x/usr/src/$package.tar.xz" "${found[0]}"
		rm -rf "$apt"
	fi
	exec 8>&-
	# PACKAGE_VERSION_ARCHITECTURE, a colon written %3a
	name=$(basename "$(dirname "${found[0]}")")
	printf '%s %s\t%s\n' "$package" "$(sed 's/^[^_]*_//; s/_[^_]*$//; s/%3a/:/' \
		<<<"$name")" "${found[0]}"
}
