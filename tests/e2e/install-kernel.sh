#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels that a campaign makes: their names, and that what is installed goes again,
# whatever ended the program before. The system is a folder, the kernel a few files.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=kernel-patches/lib/package.sh
. kernel-patches/lib/package.sh

release=7.3.4-pcpubench-d-12345678
export root=$tmp/root
home=$(uname -r)
PATH=$PATH:/usr/sbin:/sbin
installer() {
	kernel-patches/install-kernel --root="$root" "$@" 2>"$tmp/said" ||
		{ cat "$tmp/said"; return 1; }
}
die() {
	echo "$*" >&2
	exit 1
}

# A system with another kernel, and as root a dpkg of its own.
system() {
	rm -rf "$root"
	mkdir -p "$root"/{boot/grub,usr/lib/modules,usr/src,lib,var/lib}
	echo "menuentry '$home'" >"$root/boot/grub/grub.cfg"
	touch "$root"/usr/{src,lib/modules}/others
	for file in vmlinuz initrd.img; do
		head -c 100000 /dev/zero >"$root/boot/$file-$home"
	done
	chmod 500 "$root/boot"
	[ "$1" = tar ] || mkdir -p "$root"/var/lib/dpkg/{info,updates}
	[ "$1" = tar ] || touch "$root"/var/lib/dpkg/{status,available}
}

# Everything but dpkg's own notes.
files() {
	(cd "$root" && find . -path ./var/lib/dpkg -prune -o -printf '%p %m %y %s\n' | sort)
}

# package KIND: the package of a kernel, as build-kernel makes it.
package() {
	local staged=$tmp/staged lib

	folder=$tmp/package-$1
	lib=$(lib_dir)
	rm -rf "$folder" "$staged"
	mkdir -p "$folder" "$staged/boot/pcpubench" "$staged/$lib/modules/$release/kernel" \
		"$staged/usr/src/linux-headers-$release"
	for file in pcpubench/vmlinuz System.map config; do
		head -c 50000 /dev/zero >"$staged/boot/$file-$release"
	done
	echo module >"$staged/$lib/modules/$release/kernel/x.ko"
	echo make >"$staged/usr/src/linux-headers-$release/Makefile"
	printf 'release\t%s\nboot_bytes\t150000\nsystem_bytes\t300000\n' \
		"$release" >"$folder/manifest"
	if [ "$1" = tar ]; then
		# As where there is no dpkg.
		command() { return 1; }
		make_archive "$release" "$staged" "$folder"
		unset -f command
	else
		make_archive "$release" "$staged" "$folder"
	fi
}

# Programs of the distribution: the first dies with its caller when told to. A hook of
# update-initramfs may change the boot loader's menu: nobody calls that.
mkdir "$tmp/bin"
cat >"$tmp/bin/mkinitramfs" <<'END_PROGRAM'
#!/bin/bash
[ ! -e "$root/../cut" ] || { kill -9 "$PPID"; exit; }
head -c 1000 /dev/zero >"$2"
echo "mkinitramfs $*"
END_PROGRAM
cat >"$tmp/bin/update-initramfs" <<'END_PROGRAM'
#!/bin/bash
echo "title ours" >"$root/boot/loader.conf"
END_PROGRAM
cat >"$tmp/bin/kernel-install" <<'END_PROGRAM'
#!/bin/bash
rm "$root"/boot/efi/loader/entries/*"$2"*.conf "$root/boot/efi/$2"
END_PROGRAM
cat >"$tmp/bin/update-grub" <<'END_PROGRAM'
#!/bin/bash
cd "$root/boot" && ls | grep '^vmlinuz-' >grub/grub.cfg
END_PROGRAM
# What is synced is what was written at the end.
cat >"$tmp/bin/sync" <<'END_PROGRAM'
#!/bin/bash
echo "$*" >>"$root/../synced"
exec /bin/sync "$@"
END_PROGRAM
chmod +x "$tmp/bin"/*
PATH=$tmp/bin:$PATH
synced() {
	tail -n 1 "$tmp/synced" | grep -qx -- "-f $root/boot $root/usr $root/var"
}

installed() {
	[ -f "$root/boot/pcpubench/vmlinuz-$release" ] && [ -f "$root/boot/pcpubench/initrd.img-$release" ] &&
		[ -f "$root/usr/src/linux-headers-$release/Makefile" ] &&
		grep -qx "/boot/pcpubench/vmlinuz-$release" "$root/var/lib/pcpubench/kernels/$release" &&
		cmp "$root/boot/grub/grub.cfg" <(echo "menuentry '$home'")
}
as_before() {
	diff "$tmp/before" <(files)
}
# cut_install: the power goes while the initial RAM disk is made.
cut_install() {
	touch "$tmp/cut"
	! installer install "$folder" >/dev/null 2>&1
	rm "$tmp/cut"
	[ -f "$root/boot/pcpubench/vmlinuz-$release" ] && [ ! -f "$root/boot/pcpubench/initrd.img-$release" ]
}

# As another user dpkg refuses to work.
kinds=tar
[ "$(id -u)" != 0 ] || ! command -v dpkg-deb >/dev/null || kinds="deb tar"
for kind in $kinds; do
	package "$kind"
	system "$kind"
	mkdir -p "$root/var/lib/pcpubench/kernels"
	touch "$root/var/lib/pcpubench/kernels/other"
	files >"$tmp/before"
	check "$kind: it says how much room a kernel needs" \
		grep -qE '^/boot	5?[0-9]{6}	[0-9]+$' <(installer room "$folder")
	check "... installs it, and leaves grub's menu alone" installer install "$folder"
	check "... all of it" installed
	check "... on the disk" synced
	check "... and no more room is needed" \
		grep -qP '^/boot\t0\t' <(installer room "$folder")
	check "... again, as after a power cut" installer install "$folder"
	rm "$tmp/synced"
	check "... and removes it" installer remove "$release"
	check "... all of it" as_before
	check "... on the disk" synced
	check "... also when nothing is there" installer remove "$release"
	check "a power cut in the middle" cut_install
	check "... and it is removed" installer remove "$release"
	check "... all of it" as_before
	check "another one" cut_install
	check "... and it is installed" installer install "$folder"
	check "... all of it" installed
	rm -r "$root/usr/src/linux-headers-$release" "$root/boot/pcpubench/vmlinuz-$release"
	check "half of it is gone, and it is removed" installer remove "$release"
	check "... all of it" as_before
done

# made_meanwhile: what services make for each kernel that they meet.
made_meanwhile() {
	local lib

	lib=$root/var/lib
	mkdir -p "$root/boot/efi/loader/entries" "$lib"/{kdump,dkms/zfs/2.1/"$release"}
	touch "$root/boot/initramfs-${release}kdump.img" "$lib/kdump/initrd.img-$release" \
		"$root/boot/efi/loader/entries/1a2b-$release.conf" "$root/boot/efi/$release"
	ln -s "2.1/$release/x86_64" "$lib/dkms/zfs/kernel-$release-x86_64"
}
system tar
mkdir -p "$root"/boot/efi/loader/entries "$root"/var/lib/{kdump,dkms/zfs/2.1,pcpubench}
check "what services made for it" installer install "$folder"
made_meanwhile
files | grep -v "$release\|pcpubench/kernels\|boot/pcpubench" >"$tmp/before"
check "... is removed" installer remove "$release"
check "... with what the boot loader has of it" as_before

head -c 3000000 /dev/zero >"$root/boot/initramfs-${home}kdump.img"
check "room is also for the one of kdump" grep -qE '^/boot	5?3[0-9]{6}	' \
	<(installer room "$folder")

# Where its name is another one, the boot loader's entry has that.
cat >"$tmp/bin/dracut" <<'END_PROGRAM'
#!/bin/bash
head -c 1000 /dev/zero >"$4"
END_PROGRAM
chmod +x "$tmp/bin/dracut"
by_dracut() {
	system tar
	mv "$root/boot/"initrd{.img-"$home",-"$home"}
	mv "$tmp/bin/mkinitramfs" "$tmp/"
	PATH=$tmp/bin:/usr/bin:/bin installer install "$folder"
	mv "$tmp/mkinitramfs" "$tmp/bin/"
	[ -f "$root/boot/pcpubench/initrd-$release" ]
}
# This machine's own programs are in its sbin.
check "an initial RAM disk has the name of the running kernel's" by_dracut

# Another program has dpkg's lock, twice.
[ "$kinds" = tar ] || package deb
cat >"$tmp/bin/dpkg" <<'END_PROGRAM'
#!/bin/bash
echo x >>"$root/../asked"
[ "$(wc -l <"$root/../asked")" -gt 2 ] || {
	echo "dpkg: error: dpkg frontend lock was locked by another process with pid 7" >&2
	exit 2
}
exec /usr/bin/dpkg "$@"
END_PROGRAM
printf '#!/bin/sh\n' >"$tmp/bin/sleep"
chmod +x "$tmp/bin"/{dpkg,sleep}
waits_for_dpkg() {
	system deb
	installer install "$folder" && installed && grep -q 'dpkg is in use' "$tmp/said"
}
[ "$kinds" = tar ] || check "dpkg is waited for" waits_for_dpkg
rm -f "$tmp/bin"/{dpkg,sleep}

system tar
package tar
files | grep -v pcpubench >"$tmp/before"
check "a menu that somebody makes meanwhile" installer install "$folder"
update-grub
check "... does not have it" [ "$(cat "$root/boot/grub/grub.cfg")" = "vmlinuz-$home" ]
# Older versions had the image in /boot.
mv "$root/boot/pcpubench"/* "$root/boot/"
update-grub
check "... or is made again" installer remove "$release"
check "... without it" [ "$(cat "$root/boot/grub/grub.cfg")" = "vmlinuz-$home" ]
check "... and the rest is removed" [ "$(files | grep -c "$release\|boot/pcpubench")" = 0 ]
mkconfig() {
	echo "$release" >"$root/boot/grub/grub.cfg"
	mv "$tmp/bin/update-grub" "$tmp/"
	printf '#!/bin/sh\necho made >%s\n' "$root/boot/grub/grub.cfg" \
		>"$tmp/bin/grub2-mkconfig"
	chmod +x "$tmp/bin/grub2-mkconfig"
	installer remove "$release"
	rm "$tmp/bin/grub2-mkconfig"
	mv "$tmp/update-grub" "$tmp/bin/"
	[ "$(cat "$root/boot/grub/grub.cfg")" = made ]
}
stays_in_menu() {
	echo "$release" >"$root/boot/grub/grub.cfg"
	cp "$tmp/bin/update-grub" "$tmp/"
	echo '#!/bin/sh' >"$tmp/bin/update-grub"
	! installer remove "$release" >/dev/null
	mv "$tmp/update-grub" "$tmp/bin/"
	grep "still has an entry for $release" "$tmp/said"
}
# Where this machine has an update-grub, that is in its sbin.
if [ -z "$(PATH=/usr/sbin:/sbin:/usr/bin command -v update-grub)" ]; then
	check "... where there is no update-grub, too" mkconfig
fi
check "... and it is an error if it stays in there" stays_in_menu

check "another kernel is not removed" fails 2 "no kernel that pcpubench made" \
	kernel-patches/install-kernel --root="$root" remove "$home"
check "... and is there" [ -f "$root/boot/vmlinuz-$home" ]
check "nor is a path" fails 2 "no kernel that pcpubench made" \
	kernel-patches/install-kernel --root="$root" remove "1-pcpubench-/../$home"
check "without a package it says what to give" fails 2 "give install FOLDER" \
	kernel-patches/install-kernel --root="$root" install

# ---------------------------------------------------------------------- names

# A tree of a few files, which is planned and not built.
mkdir -p "$tmp/linux/mm"
printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 9\nEXTRAVERSION = -rc2\n' \
	>"$tmp/linux/Makefile"
echo 'int percpu;' >"$tmp/linux/mm/percpu.c"
sed 's/^+int/+int/' >"$tmp/My_Thread.patch" <<'END_PATCH'
From: A <a@example.org>
Subject: [PATCH] mm: more

---
 mm/percpu.c | 1 +
 1 file changed, 1 insertion(+)

--- a/mm/percpu.c
+++ b/mm/percpu.c
@@ -1 +1,2 @@
 int percpu;
+int more;
END_PATCH
printf 'CONFIG_SMP=y\nCONFIG_NODES_SHIFT=6\nCONFIG_CC_VERSION_TEXT="gcc"\n' >"$tmp/config"
dry() {
	local code=0 plan

	plan=$(XDG_CACHE_HOME=$tmp/cache KERNEL_SRC=$tmp/linux "$pcpubench" campaign start \
		--config="$tmp/config" --dry-run "$@" 2>"$tmp/said") || code=$?
	printf '%s\n' "$plan"
	# A machine that cannot boot kernels by itself has a plan all the same.
	[ "$code" = 0 ] || grep -q '^boots: ' <<<"$plan" || { cat "$tmp/said"; return 1; }
}
no_way() {
	! XDG_CACHE_HOME=$tmp/cache KERNEL_SRC=$tmp/linux "$pcpubench" campaign start \
		--config="$tmp/config" --series=baseline --via=nope --dry-run >"$tmp/plan" 2>"$tmp/said" &&
		grep -q '^boots: ' "$tmp/plan" &&
		grep -q "no way to boot is called 'nope'\|needs systemd" "$tmp/said"
}
check "a plan of a series and its baseline" \
	dry --series="baseline $tmp/My_Thread.patch" --boots=7
dry --series="baseline $tmp/My_Thread.patch" --boots=7 >"$tmp/plan"
check "... has both to build" grep -q "kernels of series: 2, of which 2 are to be built" \
	"$tmp/plan"
check "... names series and content in the release" grep -qE \
	'^  My_Thread.patch: 6\.12\.9-rc2-pcpubench-my\.thread\.patch-[0-9a-f]{8}$' "$tmp/plan"
check "... and counts boots" grep -q '^boots: 14, 7 of each of 2 kernels' "$tmp/plan"
check "... tells the room for them" [ "$(grep -cE \
	'^room: /.* needs at least [1-9][0-9]* MB, and has [0-9]+ MB free$' "$tmp/plan")" = 3 ]
if [ "$(id -u)" = 0 ]; then
	check "... and what start would refuse" no_way
fi
check "... tuned, if it is asked for" grep -q '^tuned: isolcpus=' \
	<(dry --series=baseline --tune)
check "a difference to find is looked for in up to 100 boots of each" \
	grep -q '^boots: 100, 100 of each of 1 kernels' <(dry --series=baseline --find=1%)
# ---------------------------------------------------------------------- build

# A makefile that plays the kernel's.
cat >>"$tmp/linux/Makefile" <<'END_MAKE'
release = 6.12.9-rc2$(LOCALVERSION)
to = $(INSTALL_MOD_PATH)/lib/modules/$(release)
olddefconfig:
	echo CONFIG_MODULES=y >>.config
localmodconfig:
	read answer && [ -z "$$answer" ] && grep -q '^tiny ' $(LSMOD)
	sed -i s/CONFIG_OTHER=m// .config
bzImage:
	mkdir -p include/config arch/x86/boot arch/x86/include scripts
	echo $(release) >include/config/kernel.release
	{ printf '%514sHdrS' "$$MZ"; cat mm/percpu.c; } >arch/x86/boot/bzImage
	echo 0 >System.map
	echo '  CC      mm/percpu.o'
modules:
	echo >Module.symvers
modules_install:
	mkdir -p $(to)/kernel
	echo module >$(to)/kernel/x.ko
	ln -s $(CURDIR) $(to)/build
END_MAKE
mkdir "$tmp/linux/scripts"
cat >"$tmp/linux/scripts/config" <<'END_PROGRAM'
#!/bin/sh
echo "# $*" >>"$2"
END_PROGRAM
chmod +x "$tmp/linux/scripts/config"
make_packages() {
	XDG_CACHE_HOME=$tmp/cache kernel-patches/build-kernel --source="$tmp/linux" \
		--package="$tmp/config" baseline "$tmp/My_Thread.patch" \
		>"$tmp/made" 2>"$tmp/said" || { cat "$tmp/said" "$tmp"/cache/pcpubench/trees/*/log; return 1; }
}
check "packages of a series and its baseline" make_packages
check "... two" [ "$(wc -l <"$tmp/made")" = 2 ]
mapfile -t names < <(cut -f2 "$tmp/made")
mapfile -t folders < <(cut -f3 "$tmp/made")
check "... with other releases" [ "${names[0]}" != "${names[1]}" ]
touch "${folders[0]}/mark"
check "... are made once" make_packages
check "... as the plan says" grep -q "2, of which 0 are to be built" \
	<(dry --series="baseline $tmp/My_Thread.patch")
check "... and stay" [ -e "${folders[0]}/mark" ]
system "${kinds%% *}"
for folder in "${folders[@]}"; do
	check "one is installed" installer install "$folder"
done
check "... with the series in the image" grep -q 'int more' "$root/boot/pcpubench/vmlinuz-${names[1]}"
check "... and not in baseline's" [ "$(wc -l <"$root/boot/pcpubench/vmlinuz-${names[0]}")" = 1 ]
check "... headers" grep -q CONFIG_NODES_SHIFT=6 "$root/usr/src/linux-headers-${names[0]}/.config"
check "... to which the modules point" [ "$(readlink \
	"$root/$(lib_dir)/modules/${names[0]}/build")" = "/usr/src/linux-headers-${names[0]}" ]
# with_modules [MODULE]: baseline's package, with no other module than this one.
with_modules() {
	printf 'Module Size Used by\n%s 16384 0\n' "${1:-}" >"$tmp/lsmod"
	XDG_CACHE_HOME=$tmp/cache kernel-patches/build-kernel --source="$tmp/linux" \
		--package="$tmp/config" ${1:+--localmod="$tmp/lsmod"} baseline \
		>"$tmp/one" 2>"$tmp/said" || { tail -n1 "$tmp/said" >&2; return 2; }
}
# others: how many of the other modules the kernel has that with_modules made.
others() {
	local name folder

	IFS=$'\t' read -r _ name folder <"$tmp/one"
	installer install "$folder" >/dev/null &&
		grep -c 'CONFIG_OTHER=m' "$root/boot/config-$name"
	installer remove "$name" >/dev/null
}
echo CONFIG_OTHER=m >>"$tmp/config"
check "a package with all modules" with_modules
check "... has them" [ "$(others)" = 1 ]
check "a package with the loaded modules alone" with_modules tiny
check "... has no other" [ "$(others)" = 0 ]
check "a localmodconfig that fails is an error" fails 2 "localmodconfig failed" \
	with_modules other
# What a stranger's build leaves becomes files of this machine's; its programs run
# while it is configured, too. A campaign's service, which builds it, has no HOME.
hostile() {
	local file

	mkdir "$tmp/mine"
	cp -r "$tmp/linux" "$tmp/theirs"
	sed -i '/^modules_install/,$d' "$tmp/theirs/Makefile"
	printf 'modules_install:\n\tmkdir -p %s && ln -s %s %s\n' "\$(dir \$(to))" \
		"$tmp/mine" "\$(to)" >>"$tmp/theirs/Makefile"
	sed -i "2i echo >$tmp/mine/configured" "$tmp/theirs/scripts/config"
	(cd "$tmp" && for file in Makefile scripts/config; do
		diff -u --label "a/$file" --label "b/$file" "linux/$file" "theirs/$file"
	done >hostile.patch)
	! env -u HOME XDG_CACHE_HOME="$tmp/cache" SANDBOX=auto \
		kernel-patches/build-kernel --source="$tmp/linux" \
		--package="$tmp/config" "$tmp/hostile.patch" 2>"$tmp/said" || return
	cat "$tmp/said"
	tail -n1 "$tmp/said" | grep -q 'the build made no folder lib/modules/' &&
		[ -z "$(ls -A "$tmp/mine")" ]
}
check "a stranger's package is built in the sandbox" hostile
# What its makefile leaves is packed, too: by names, and through folders that it made.
# leaves SHELL: a package of a series whose makefile also runs this.
leaves() {
	rm -rf "$tmp/theirs"
	cp -r "$tmp/linux" "$tmp/theirs"
	printf '%s\n' "$1" >"$tmp/theirs/scripts/leave"
	sed -i 's,^\techo >Module.symvers,&; sh scripts/leave,' "$tmp/theirs/Makefile"
	(cd "$tmp" && diff -uN --label a/Makefile --label b/Makefile \
		linux/Makefile theirs/Makefile
	diff -u --label /dev/null --label b/scripts/leave /dev/null theirs/scripts/leave
	) >"$tmp/leaves.patch"
	XDG_CACHE_HOME=$tmp/cache SANDBOX=auto kernel-patches/build-kernel \
		--source="$tmp/linux" --package="$tmp/config" "$tmp/leaves.patch" \
		>"$tmp/made" 2>"$tmp/said"
}
odd_name() {
	! leaves "touch 'include/a
--add-file=x'" && tail -n1 "$tmp/said" | grep 'control characters in its name' && return
	cat "$tmp/said"
	return 1
}
check "... and a file's name of two lines is refused" odd_name
through_link() {
	mkdir -p "$tmp/mine/objtool"
	echo "the user's key" >"$tmp/mine/objtool/objtool"
	leaves "ln -s $tmp/mine tools" || { cat "$tmp/said"; return 1; }
	! grep -r "user's key" "$tmp"/cache/pcpubench/packages/*/files || return
	system "${kinds%% *}"
	installer install "$(cut -f3 "$tmp/made")" >/dev/null || return
	! grep -r "user's key" "$root" || return
	installer remove "$(cut -f2 "$tmp/made")" >/dev/null
}
check "... and through a link nothing is packed" through_link
echo 'int again;' >>"$tmp/linux/mm/percpu.c"
check "another content is another release" [ "$(dry --series=baseline | grep -cF "${names[0]}")" = 0 ]

no_kernel() {
	sed -i 's/HdrS/none/' "$tmp/linux/Makefile"
	! XDG_CACHE_HOME=$tmp/cache kernel-patches/build-kernel --source="$tmp/linux" \
		--package="$tmp/config" baseline 2>"$tmp/said" >"$tmp/made" || return
	cat "$tmp/said"
	[ ! -s "$tmp/made" ] && tail -n1 "$tmp/said" | grep -q "no arch/x86/boot/bzImage of the form"
}
check "an image without the boot protocol's mark is no kernel" no_kernel
check "a series that is none is told at once" fails 2 "no series 'nope'" \
	env XDG_CACHE_HOME="$tmp/cache" KERNEL_SRC="$tmp/linux" "$pcpubench" campaign \
	start --series=nope --config="$tmp/config" --dry-run
check "... and a config that is none" fails 2 "config $tmp/none" \
	"$pcpubench" campaign start --series=baseline --config="$tmp/none" --dry-run
check "--find and --until-ci exclude each other" fails 2 "by different rules" \
	"$pcpubench" campaign start x --find=1 --until-ci=1
dry_sweep() {
	dry --sweep="$tmp/s.sweep" "$@"
}
echo 'sizes=64,1024 boots=3 kernels=baseline topologies=176c1n' >"$tmp/s.sweep"
dry_sweep -- --depth=1 >"$tmp/plan"
check "a sweep's file says which kernels and how many boots" \
	grep -q '^boots: 3, 3 of each of 1 kernels' "$tmp/plan"
check "... unless an option does" [ "$(dry_sweep --boots=9 | grep -c '^boots: 9, 9')" = 1 ]
check "... and names series alone" fails 2 "leave out --series" \
	"$pcpubench" campaign start --sweep="$tmp/s.sweep" --series=baseline
echo 'sizes=64' >"$tmp/none.sweep"
check "... at least one" fails 2 "names no kernels" \
	"$pcpubench" campaign start --sweep="$tmp/none.sweep"
check "what run will not take is told at once" fails 2 "incomplete argument '--nope'" \
	"$pcpubench" campaign start --sweep="$tmp/s.sweep" -- --nope
check "... two names, too" fails 2 "the campaign's own" \
	"$pcpubench" campaign start --sweep="$tmp/s.sweep" -- --name=x
check "the published loops are of the published table" \
	[ "$(sed -n 's/^\(kernels\|sizes\|topologies\)=//p' results/published/acct-cost.sweep |
		tr ',' '\n' | grep -cvFxf <(tr '\t' '\n' <results/published/acct-cost.tsv))" = 0 ]
sed 's/"ours"/"posted-v1"/g' tests/unit/data/metal.jsonl >"$tmp/times.jsonl"
beside() {
	"$pcpubench" report --published "$tmp/times.jsonl" >"$tmp/table"
	grep -A4 '^here, and published' "$tmp/table" | tee "$tmp/beside"
	[ "$(sed 's/  */ /g' "$tmp/beside" | tail -n 4)" = 'size, B 64 1024
posted-v1 +8.4% +6.8%
176c1n +417.3% +68.5%
80c2n +206.1% +44.5%' ]
}
check "times stand beside those published of other machines" beside
check "... if there are any of that kernel" [ -z "$("$pcpubench" report --published \
	tests/unit/data/metal.jsonl | grep '^here, and')" ]
check "--keep is for series" fails 2 "give --series" "$pcpubench" campaign start x --keep
check "--find wants a number" fails 2 "no number of percentage points" \
	"$pcpubench" campaign start x --find=few
sed 's/"boot_id":"boot-1"/&,"smis":3/' tests/unit/data/metal.jsonl >"$tmp/smis.jsonl"
check "interrupts of the firmware are told" grep -q 'the firmware took the CPU' \
	<("$pcpubench" report "$tmp/smis.jsonl")
check "... and none are not" [ "$("$pcpubench" report tests/unit/data/metal.jsonl |
	grep -c firmware)" = 0 ]
finish
