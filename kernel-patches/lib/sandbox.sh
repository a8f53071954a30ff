# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # settings are build-kernel's
#
# Part of build-kernel. Building a stranger's series runs the stranger's code:
# makefiles, scripts, host programs. It runs in bubblewrap, with the build tree and
# no other file of the user, without network, capabilities or other processes; what it
# leaves behind is read as a stranger's file. One stranger's build tree is no other
# kernel's: what is built there would be the stranger's, too.

# The words before a command that runs confined; none if it need not.
cage=()
# Why a stranger's series is built without a sandbox, and whether that was said.
unconfined=
said_unconfined=

# close_files: close what this process has open but standard input, output and error.
# From a folder of ours, `..` would lead out of the sandbox. In a subshell.
close_files() {
	local fd

	for fd in /proc/self/fd/*; do
		fd=${fd##*/}
		[ "$fd" -le 2 ] || [ "$fd" = 255 ] || exec {fd}>&-
	done
}

# set_cage PATH...: confine what is run next; it may write to these files and folders,
# and read those that begin with "=".
set_cage() {
	# A service has no HOME.
	local path real home=${HOME:-/root}

	cage=(bwrap --unshare-all --unshare-user --uid 1000 --gid 1000
		--disable-userns --hostname pcpubench --cap-drop ALL
		--die-with-parent --new-session --clearenv
		--setenv LC_ALL C --setenv HOME /nonexistent --setenv TMPDIR /tmp
		--setenv PATH "$PATH" --ro-bind /usr /usr)
	for path in "${!KBUILD_BUILD_@}"; do
		cage+=(--setenv "$path" "${!path}")
	done
	for path in /bin /sbin /lib /lib32 /lib64 /libx32; do
		if [ -L "$path" ]; then
			cage+=(--symlink "$(readlink "$path")" "$path")
		else
			cage+=(--ro-bind-try "$path" "$path")
		fi
	done
	# Where this system has its choice of awk, and of libraries.
	for path in /etc/alternatives /etc/ld.so.cache /etc/ld.so.conf /etc/ld.so.conf.d; do
		cage+=(--ro-bind-try "$path" "$path")
	done
	# Without capabilities root is still root for files in /proc: none is written.
	cage+=(--proc /proc --remount-ro /proc --dev /dev --remount-ro /dev
		--size $((1 << 30)) --tmpfs /tmp)
	[[ $home != /usr/* ]] || cage+=(--tmpfs "$home")
	# Tools elsewhere, but not the home folder because of one in it, however it is written.
	while read -r path; do
		[[ $path == /* && ! $path =~ ^/(usr/|s?bin$) ]] || continue
		real=$(realpath -m -- "$path")
		[[ $(realpath -m -- "$home")/ == "${real%/}"/* ]] ||
			cage+=(--ro-bind-try "$path" "$path")
	done < <(tr : '\n' <<<"$PATH")
	for path; do
		if [[ $path == =* ]]; then
			cage+=(--ro-bind "${path#=}" "${path#=}")
		else
			cage+=(--bind "$path" "$path")
		fi
	done
	# As many processes as the build of a kernel needs, and no file above 8 GiB.
	cage+=(--remount-ro / --chdir / --
		prlimit --nproc=8192 --fsize=$((8 << 30)) --core=0)
}

# Why bubblewrap does not work here, in one line with what to do; nothing if it does.
why_no_sandbox() {
	local said advice='see bwrap(1)'

	command -v bwrap >/dev/null || {
		echo "bubblewrap is not installed: run '$top/ci/deps kernels'"
		return
	}
	set_cage
	! said=$(close_files; exec "${cage[@]}" true 2>&1 </dev/null) || return 0
	if [ "$(cat /proc/sys/user/max_user_namespaces 2>/dev/null)" = 0 ]; then
		advice="as root: sysctl user.max_user_namespaces=10000"
	elif [ "$(cat /proc/sys/kernel/unprivileged_userns_clone 2>/dev/null)" = 0 ]; then
		advice="as root: sysctl kernel.unprivileged_userns_clone=1"
	elif [ "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)" = 1 ]; then
		advice="AppArmor must let bwrap make user namespaces: install a profile of it"
	fi
	printf '%s; %s\n' "$(tail -n1 <<<"$said")" "$advice"
}

# use_tree STRANGER [NAME]: choose the build tree, and whether it is confined.
# STRANGER is the content of somebody's series, "" stands for what the user trusts.
use_tree() {
	local whose=$1

	confined=no
	tree_of=${2-all}
	unconfined=
	case $sandbox in
	yes) confined=yes ;;
	auto)
		if [ -n "$whose" ]; then
			sandbox_error=${sandbox_error-$(why_no_sandbox)}
			[ -n "$sandbox_error" ] || confined=yes
			unconfined=$sandbox_error
		fi ;;
	esac
	cage=()
	tree=$own_tree
	[ "$confined" = no ] ||
		tree=$cache/trees/$(sha <<<"$source_origin $settings sandbox $whose")
}

# confine PATH...: the same for the next command, if it is to be confined at all.
confine() {
	cage=()
	[ "$confined" = no ] || set_cage "$@"
}

unconfine() {
	cage=()
}

# Once: somebody's code is about to run as the user.
tell_unconfined() {
	[ -n "$unconfined" ] && [ -z "$said_unconfined" ] || return 0
	said_unconfined=yes
	say "built WITHOUT a sandbox, as $(id -un): $unconfined"
}

# caged COMMAND...: run a short command, confined as confine() said. Where the files
# that it reads are the stranger's, its messages are, too.
caged() {
	local around

	around "$1"
	if [ ${#cage[@]} = 0 ]; then
		"${around[@]}" "$@"
	else
		(close_files; exec "${around[@]}" "$@")
	fi
}

# The process in the sandbox $1 that was started there: bwrap has a child, the first
# in there, and that has the command.
inside() {
	local pid=$1 _

	for _ in 1 2; do
		read -r pid _ <"/proc/$pid/task/$pid/children" || return
	done 2>/dev/null
	printf '%s\n' "$pid"
}

# end_caged PID: let make in the sandbox remove half-written files; not for long, it
# may be the stranger's. Fails with 1 if it had to be killed.
end_caged() {
	local pid=$1 make nr

	make=$(inside "$pid") || make=
	[ -z "$make" ] || kill -TERM "$make" 2>/dev/null || true
	for ((nr = 0; nr < 25; nr++)); do
		if [ -z "$make" ] || ! kill -0 "$pid" 2>/dev/null; then
			break
		fi
		pause .2
	done
	! kill -KILL "$pid" 2>/dev/null
}

# made_file FOLDER NAME: print the path of a file that a build or a stranger has made. It
# may be a link to any file of ours, or a pipe that ends never, or more than the disk.
made_file() {
	local path

	path=$(realpath -e -- "$1")/$2
	if [ "$(realpath -e -- "$path" 2>/dev/null)" != "$path" ] ||
		[ ! -f "$path" ] || [ "$(stat -c %s "$path")" -gt $((4 << 30)) ]; then
		die "no plain file $2 of at most 4 GiB in ${1#"$PWD"/}"
	fi
	printf '%s\n' "$path"
}

# is_same FILE MADE: whether what a build may have changed is a plain file with FILE's content.
is_same() {
	[ -f "$2" ] && [ ! -L "$2" ] && cmp -s "$1" "$2"
}

# put_into FILE TO: have a copy of FILE where a build may have put a link, a pipe or a folder.
put_into() {
	rm -rf "$2"
	cp -T "$1" "$2"
}

# made_folder FOLDER NAME: die if a build has not made this folder, or a link.
made_folder() {
	local path

	path=$(realpath -e -- "$1")/$2
	if [ "$(realpath -e -- "$path" 2>/dev/null)" != "$path" ] || [ ! -d "$path" ]; then
		die "the build made no folder $2: see ${tree#"$PWD"/}/linux"
	fi
}

# take FOLDER NAME TO [MAGIC [AT]]: copy what a build has made; MAGIC is at byte AT, or
# where it begins.
take() {
	local path

	path=$(made_file "$1" "$2") || exit
	if [ -n "${4:-}" ] && ! cmp -s -n "${#4}" -i "${5:-0}:0" "$path" <(printf %s "$4"); then
		die "the build made no $2 of the form that it should have"
	fi
	put_into "$path" "$3"
}

# made_release LINUX: the release that a build says it is of: it becomes a line of a
# manifest, and part of texts.
made_release() {
	local path release

	path=$(made_file "$1" include/config/kernel.release) || exit
	release=$(head -c 200 "$path" | tr '\0' '\n')
	[[ $release =~ ^[0-9][A-Za-z0-9._+~-]{0,63}$ ]] ||
		die "the build calls itself '$(head -n1 <<<"$release" | tr -cd '[:print:]')', which is no kernel's release"
	printf '%s\n' "$release"
}
