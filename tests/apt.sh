# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For tests that are a mirror of packages, or need another one. To be sourced.

# Of Debian's own sources that apt knows here, a line each: URI release component.
debian_sources() {
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(ORIGIN)	$(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' | sed -n 's/^Debian\t//p' | sort -u
}

# own_apt FOLDER: have apt know FOLDER/sources.list alone, and no package installed. The
# file is $APT_CONFIG.
own_apt() {
	mkdir -p "$1/lists/partial"
	: >"$1/status"
	cat >"$APT_CONFIG" <<-END
		Dir::Etc::sourcelist "$1/sources.list";
		Dir::Etc::sourceparts "-";
		Dir::State::lists "$1/lists";
		Dir::State::status "$1/status";
		APT::Sandbox::User "root";
	END
}
