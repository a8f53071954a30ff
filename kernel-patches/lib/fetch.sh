# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # variables are build-kernel's
#
# Part of build-kernel. Debian's source of a kernel version, from the machine's
# own mirror and kept in the cache. The system's apt only tells the mirror.
# Downloads use lists and a cache of their own, and apt verifies them with
# Debian's archive keyring.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Suites with kernels that the machine's release does not have. A round is tried
# if the ones before failed; the first has the shortest lists.
suite_rounds=('trixie-backports' 'sid experimental' 'trixie bookworm')

# apt-get with only proxy and architecture of the system's configuration.
own_apt() {
	apt-get -q -o Dir::Etc::sourcelist="$apt/sources.list" \
		-o Dir::Etc::sourceparts=- -o Dir::State::lists="$apt/lists" \
		-o Dir::Cache="$apt/cache" "$@"
}

# The mirrors that this machine gets its own release from, one a line.
mirrors() {
	local release

	release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	# shellcheck disable=SC2016 # the variables are apt's
	apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' 'Component: main' |
		awk -v release="$release" '$2 == release && !seen[$1]++ { print $1 }'
}

# Download PACKAGE into the folder $apt: by the machine's own lists if it is
# there, else from the rounds' suites.
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

# Print the name of Debian's linux-source of the version, a tab, and the path of
# its tarball.
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
		show "downloading $package"
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
		hush
	fi
	exec 8>&-
	# PACKAGE_VERSION_ARCHITECTURE, a colon written %3a
	name=$(basename "$(dirname "${found[0]}")")
	printf '%s %s\t%s\n' "$package" "$(sed 's/^[^_]*_//; s/_[^_]*$//; s/%3a/:/' \
		<<<"$name")" "${found[0]}"
}
