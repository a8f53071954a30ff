# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are build-kernel's
#
# Part of build-kernel. Debian's packages from the machine's own mirror: the source
# of a kernel version, kept in the cache. The system's apt only tells the mirror.
# Downloads use lists and a cache of their own, and apt verifies them with
# Debian's archive keyring.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Suites with kernels that the machine's release does not have. A round is tried
# if the ones before failed; the first has the shortest lists.
suite_rounds=('trixie-backports' 'sid experimental' 'trixie bookworm')

# What /etc/os-release says of KEY.
os_release() {
	sed -n "s/^$1=//p" /etc/os-release | tr -d '"'
}

# by_lists TOOL ARGUMENT...: apt's TOOL with a cache of its own, by the lists that
# download() tries.
lists=()
by_lists() {
	start "$1" -q -o Dir::Cache="$apt/cache" "${lists[@]}" "${@:2}"
	finish
}

# The mirrors that this machine gets its own release from, one a line.
mirrors() {
	local release

	release=$(os_release VERSION_CODENAME)
	# shellcheck disable=SC2016 # the variables are apt's
	apt-get indextargets --no-release-info --format '$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' 'Component: main' |
		awk -v release="$release" '$2 == release && !seen[$1]++ { print $1 }'
}

# The folder where download() works, new and empty.
new_apt() {
	apt=$1
	rm -rf "$apt"
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
}

# download GET ROUND...: have GET, which uses by_lists(), download packages into the
# folder $apt: by the machine's own lists if they are there, else by those of a
# round's suites.
download() {
	local get=$1 mirror suites suite

	cd "$apt" || return
	lists=()
	"$get" && return
	lists=(-o Dir::Etc::sourcelist="$apt/sources.list"
		-o Dir::Etc::sourceparts=- -o Dir::State::lists="$apt/lists")
	for mirror in $(mirrors); do
		for suites in "${@:2}"; do
			for suite in $suites; do
				printf 'deb [signed-by=%s] %s %s main\n' \
					"$keyring" "$mirror" "$suite"
			done >sources.list
			by_lists apt-get update && "$get" && return
		done
	done
	return 1
}

# in_background LOG GET ROUND...: download(), in a process that stop() ends.
in_background() {
	(download "${@:2}" || exit) >"$1" 2>&1 &
	running=$!
	finish
}

get_source() {
	by_lists apt-get download "linux-source-$version"
}

# Find Debian's linux-source of the version: the path of its tarball in $found, its
# name in $found_name. Not in a subshell, which would keep a signal waiting.
debian_source() {
	local package=linux-source-$version dir=$cache/sources deb name

	found=("/usr/src/$package.tar.xz")
	if [ -f "${found[0]}" ]; then
		found_name="$package $(dpkg-query -W -f '${Version}' \
			"$package" 2>/dev/null || echo 'of unknown version')"
		return
	fi
	mkdir -p "$dir"
	exec 8>"$dir/lock"
	if ! flock -n 8; then
		show "waiting for another process, which downloads a source"
		flock 8
		hush
	fi
	found=("$dir/$package"_*/"$package.tar.xz")
	if [ ! -f "${found[0]}" ]; then
		show "downloading $package"
		new_apt "$dir/.new"
		in_background "$dir/log" get_source "${suite_rounds[@]}" || {
			rm -rf "$apt"
			die "no $package to be had from this machine's mirror: give KERNEL_SRC= (log: $dir/log)"
		}
		deb=("$apt/$package"_*.deb)
		start dpkg-deb -x "${deb[0]}" "$apt/x"
		finish || die "cannot unpack ${deb[0]}"
		found=("$dir/$(basename "${deb[0]}" .deb)/$package.tar.xz")
		mkdir -p "$(dirname "${found[0]}")"
		to_disk
		mv "$apt/x/usr/src/$package.tar.xz" "${found[0]}"
		rm -rf "$apt"
		hush
	fi
	exec 8>&-
	# PACKAGE_VERSION_ARCHITECTURE, a colon written %3a
	name=$(basename "$(dirname "${found[0]}")")
	found_name="$package $(sed 's/^[^_]*_//; s/_[^_]*$//; s/%3a/:/' <<<"$name")"
}
