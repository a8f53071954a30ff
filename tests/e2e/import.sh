#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Patches from lists, quilt and archives: the right ones are taken and applied
# as git applies them, or the reason is printed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

import=$PWD/kernel-patches/import-series
tree=$tmp/tree
own_git() {
	env -i PATH="$PATH" HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 \
		GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org \
		GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org \
		git -C "$tree" -c commit.gpgSign=false "$@"
}

# A source, and three independent changes to it: $tmp/p1 to p3 are their diffs,
# t1, t12, ... the trees with them.
git init -q "$tree"
mkdir "$tree/mm"
seq -f '	line_%g();' 60 >"$tree/mm/x.c"
seq -f '	other_%g();' 20 >"$tree/mm/y.h"
echo 'int percpu;' >"$tree/mm/percpu.c"
printf 'VERSION = 6\nPATCHLEVEL = 12\n' >"$tree/Makefile"
own_git add -A
own_git commit -qm base
own_git tag base
for set in 1 12 13 123 2 3 old; do
	own_git checkout -qf base
	for ((i = 0; i < ${#set}; i++)); do
		case $set in
		old) [ "$i" != 0 ] || sed -i 's/line_10()/old()/' "$tree/mm/x.c" ;;
		*) n=${set:i:1}
			sed -i "s/line_${n}0()/new_$n()/" "$tree/mm/x.c" ;;
		esac
	done
	own_git commit -qam "mm: change $set"
	own_git tag "t$set"
	own_git diff base "t$set" >"$tmp/p$set"
done
own_git checkout -qf base

tree_of() {
	own_git rev-parse "$1^{tree}"
}

# mail ID SENDER SUBJECT PATCH [HEADER...]: print a mail of an mbox, with the
# file PATCH, if any, as text and diff.
mail() {
	local id=$1 sender=$2 subject=$3 patch=$4
	shift 4
	printf 'From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: %s\nSubject: %s\n' \
		"$sender" "$subject"
	printf 'Date: Fri, 26 Jun 2026 12:01:00 +0200\nMessage-ID: <%s@example.org>\n' \
		"$id"
	[ $# = 0 ] || printf '%s\n' "$@"
	printf '\nText.\n\n'
	[ -z "$patch" ] || { printf -- '---\n mm/x.c | 2 +-\n\n'; cat "$patch"; }
	printf -- '-- \n2.47.0\n\n'
}
ada='Ada Example <ada@example.org>'
bo='Bo Reviewer <bo@example.org>'

# takes TREE ARGUMENT...: the patches that import-series takes make this tree.
# Its messages are in $tmp/said, the folder is $tmp/taken.
takes() {
	local want got
	want=$(tree_of "$1") || return
	shift
	rm -rf "$tmp/taken"
	"$import" "$@" "$tmp/taken" 2>"$tmp/said" || { cat "$tmp/said"; return 1; }
	cat "$tmp/said"
	got=$(tests/apply-series "$tree/.git" base <<<"$tmp/taken")
	[ "$got" = "$want" ] || { echo "$got instead of $want"; return 1; }
}

# refuses TEXT ARGUMENT...: import-series prints TEXT, and leaves nothing.
refuses() {
	local text=$1
	shift
	rm -rf "$tmp/taken"
	fails 2 "$text" "$import" "$@" "$tmp/taken" 2>/dev/null || return
	[ ! -e "$tmp/taken" ] && ! ls -d "$tmp"/.import-* 2>/dev/null
}

# does_not_apply TEXT ARGUMENT...: the patch is taken, but does not apply.
does_not_apply() {
	local text=$1 got
	shift
	rm -rf "$tmp/taken"
	"$import" "$@" "$tmp/taken" 2>/dev/null || return
	got=$(tests/apply-series "$tree/.git" base <<<"$tmp/taken")
	[[ $got == "refused: "*"$text"* ]] || { echo "$got"; return 1; }
}

said() {
	grep -qF -- "$1" "$tmp/said" || { cat "$tmp/said"; return 1; }
}

# ------------------------------------------------------------------ which version

{ mail m1 "$ada" '[PATCH] mm: one' "$tmp/pold"
	mail m2 "$ada" '[PATCHv2] mm: one' "$tmp/p1"; } >"$tmp/v2.mbox"
newest() {
	takes t1 "$tmp/v2.mbox" && said 'v2, 1 patch by Ada' &&
		said 'passed over: mail 1 ([PATCH] mm: one): older than v2' &&
		said '1: mm: one <m2@example.org>'
}
check "PATCHv2 is version 2, and the older one is told" newest
check "... which --version takes" takes told --version=1 "$tmp/v2.mbox"
check "... and --mails, by number" takes told --mails=1 "$tmp/v2.mbox"
check "... or by Message-ID" takes t1 --mails=m2@example.org "$tmp/v2.mbox"
check "a version that is not there is told" refuses 'not v3' --version=3 \
	"$tmp/v2.mbox"
check "a mail that is not there is told" refuses "there is no '3' among 2 mails" \
	--mails=1,3 "$tmp/v2.mbox"

for subject in '[EXTERNAL] [PATCH v2] mm: one' '[RFC v2 1/1] mm: one' 'mm: one' \
	'[PATCH 6.12] mm: one' '[PATCH v2] [6.12] mm: one' '[linux-mm][PATCH] one' \
	'[RESEND PATCH v2 1/1] mm: one' '=?utf-8?q?=5BPATCH_v2=5D_mm=3A_one?='; do
	mail m1 "$ada" "$subject" "$tmp/p1" >"$tmp/one.mbox"
	check "a mail: $subject" takes t1 "$tmp/one.mbox"
done
{ mail m3 "$ada" '[PATCH 6.12 2/2] mm: two' "$tmp/p2"
	mail m1 "$ada" '[PATCH 6.12 1/2] mm: one' "$tmp/p1"
	mail m4 "$bo" 'Re: [PATCH 6.12 1/2] mm: one' "$tmp/p3"; } >"$tmp/612.mbox"
stable() {
	takes t12 "$tmp/612.mbox" && said '1: mm: one' &&
		said 'mail 3 (Re: [PATCH 6.12 1/2] mm: one): an answer'
}
check "[PATCH 6.12 1/2] is patch 1 of 2, and an answer's diff is told" stable

mail torn "Ada <a@x.org>" 'mm: torn' "$tmp/p1" |
	sed 's/^Text\.$/From nobody Mon Sep 17 00:00:00 2001/' >"$tmp/torn.mbox"
check "a mail that a line of its text tears apart" \
	refuses 'it has no sender' "$tmp/torn.mbox"

# --------------------------------------------------------------- what is ambiguous

{ mail m1 "$ada" '[PATCH v2 1/2] mm: one' "$tmp/p1"
	mail m2 "$ada" '[PATCH v2 2/2] mm: two' "$tmp/p2"
	mail m4 "$bo" '[PATCH v7] mm/slub: elsewhere' "$tmp/pold" \
		'In-Reply-To: <m1@example.org>'; } >"$tmp/two.mbox"
two_authors() {
	refuses '--author=ada@example.org (mails 1-2' "$tmp/two.mbox" &&
		refuses '--author=bo@example.org (mails 3' "$tmp/two.mbox"
}
check "another's higher version is no newer version" two_authors
check "... and --author chooses" takes t12 --author=ada "$tmp/two.mbox"
check "... which has to be one of them" refuses 'patches of 2 authors' \
	--author=example "$tmp/two.mbox"
check "... either" takes told --author=Reviewer "$tmp/two.mbox"

{ mail m1 "$ada" '[PATCH 1/1] mm: one' "$tmp/p1"
	mail m2 "$ada" '[PATCH] mm: fix for the above' "$tmp/p2" \
		'In-Reply-To: <m1@example.org>'; } >"$tmp/fix.mbox"
check "a patch without a number beside a series is told" \
	refuses 'fix for the above) has no number' "$tmp/fix.mbox"
check "... with what chooses" refuses '--mails=1 or --mails=1-2' "$tmp/fix.mbox"
check "... both" takes t12 --mails=1-2 "$tmp/fix.mbox"
check "... or one" takes t1 --mails=1 "$tmp/fix.mbox"

{ mail m0 "$ada" '[PATCH v2 0/2] mm: c' ''
	mail m1 "$ada" '[PATCH v2 1/2] mm: one' "$tmp/p1"
	mail m6 "$ada" '[PATCH v2 0/2] mm: c' ''
	mail m7 "$ada" '[PATCH v2 1/2] mm: one' "$tmp/p1"
	mail m8 "$ada" '[PATCH v2 2/2] mm: two' "$tmp/p2"; } >"$tmp/resent.mbox"
resent() {
	takes t12 "$tmp/resent.mbox" && said 'one): sent again' && said 'mm: c (v2'
}
check "what is sent again counts once" resent
{ cat "$tmp/v2.mbox"
	mail m3 "$ada" '[PATCHv2] mm: one' "$tmp/p1"; } >"$tmp/again.mbox"
check "... of a patch without a number, too" takes t1 "$tmp/again.mbox"
{ mail m1 "$ada" '[PATCH 1/2] mm: one' "$tmp/p1"
	mail m2 "$ada" '[PATCH 1/2] mm: one' "$tmp/pold"
	mail m3 "$ada" '[PATCH 2/2] mm: two' "$tmp/p2"; } >"$tmp/twice.mbox"
check "two different patches of one number are told" \
	refuses 'are both patch 1: choose' "$tmp/twice.mbox"
check "... with what chooses" refuses '--mails=1,3 or --mails=2-3' \
	"$tmp/twice.mbox"

{ mail m1 "$ada" '[PATCH v2 1/2] mm: one' "$tmp/p1"
	mail m2 "$ada" '[PATCH v2 1.5/2] mm: between' "$tmp/p2"
	mail m3 "$ada" '[PATCH v2 2/2] mm: three' "$tmp/p3"; } >"$tmp/half.mbox"
check "half a number is told" refuses '1.5/2] mm: between) does not fit' \
	"$tmp/half.mbox"
check "... with what chooses" refuses '--mails=1-3 or --mails=1,3' "$tmp/half.mbox"
check "... all" takes t123 --mails=1-3 "$tmp/half.mbox"
check "... or without it" takes t13 --mails=1,3 "$tmp/half.mbox"

{ mail m1 "$ada" '[PATCH v1 1/2] mm: one' "$tmp/p1"
	mail m2 "$ada" '[PATCH v1 2/2] mm: two' "$tmp/p2"
	mail m3 "$ada" '[PATCH v2 2/2] mm: two' "$tmp/pold"; } >"$tmp/part.mbox"
check "a new version of a part is told" \
	refuses 'patch 1 of 2 (v2) is not in it' "$tmp/part.mbox"
check "... with what chooses" refuses '--mails=3 or --version=1' "$tmp/part.mbox"
{ mail m1 "$ada" '[PATCH 1/2] mm: one' "$tmp/p1"
	mail m2 "$ada" '[PATCH 2/2] mm: two' "$tmp/p2"
	mail m3 "$ada" '[PATCH v2 1/1] net: other' "$tmp/p3"; } >"$tmp/series.mbox"
check "two series by one author are told" refuses 'may be several series' \
	"$tmp/series.mbox"
check "... with what chooses" takes t12 --version=1 "$tmp/series.mbox"
{ mail m1 "$ada" '[PATCH 1/2] mm: one' "$tmp/p1"
	mail m2 "$ada" '[PATCH 2/2] mm: two' ''; } >"$tmp/lost.mbox"
check "a numbered mail without its patch is told" \
	refuses '[PATCH 2/2] mm: two): there is no patch in it' "$tmp/lost.mbox"

# -------------------------------------------------------------------- what is a patch

# notes TEXT: print a patch with TEXT below its "---".
notes() {
	{ printf '%s\n\n' "$1"; cat "$tmp/p1"; } >"$tmp/notes.patch"
	mail m1 "$ada" '[PATCH v2] mm: one' "$tmp/notes.patch" >"$tmp/notes.mbox"
}
notes "Seen with this on top:

$(sed 's/^/  /' "$tmp/p2")"
check "an indented diff in the notes is no patch" takes t1 "$tmp/notes.mbox"
notes "Interdiff against v1:
$(own_git diff told t1 | sed 's/^/  /')"
check "nor is git's own interdiff" takes t1 "$tmp/notes.mbox"
own_git diff -U1 base t123 | sed 's/^@@ -2/\n&/' >"$tmp/blank.diff"
{ printf 'Subject: [PATCH] mm: all\n\n---\n'; cat "$tmp/blank.diff"; } \
	>"$tmp/blank.patch"
check "a hunk that git cannot read is refused, with git's reason" \
	refuses 'blank.patch ([PATCH] mm: all): patch fragment without header' \
	"$tmp/blank.patch"

label() {
	sed "s,^diff .*,$3,; s,^--- a,--- $1,; s,^+++ b,+++ $2,; /^index/d" "$4"
}
label linux-6.12.orig linux-6.12 'Index: linux-6.12/mm/x.c' "$tmp/p1" >"$tmp/quilt.diff"
label linux-6.12 linux-mine 'diff -ruN linux-6.12/mm/x.c linux-mine/mm/x.c' \
	"$tmp/p1" >"$tmp/plain.diff"
check "a diff with quilt's labels" takes t1 "$tmp/quilt.diff"
check "a diff of two folders" takes t1 "$tmp/plain.diff"
mkdir "$tmp/mixed"
{ printf 'Subject: mm: one\n\nOne.\n\n'; cat "$tmp/quilt.diff"; } >"$tmp/mixed/1-x.patch"
cp "$tmp/p2" "$tmp/mixed/2-x.patch"
cp "$tmp/p3" "$tmp/mixed/10-x.diff"
echo hello >"$tmp/mixed/notes.txt"
mixed() {
	takes t123 "$tmp/mixed" && said 'notes.txt: not named *.patch' &&
		[ "$(sed 1d "$tmp/taken/series")" = $'1-x.patch\n2-x.patch\n10-x.diff' ]
}
check "a folder of both, in the order of its names" mixed

# ------------------------------------------------------------------------ series

# series TEXT: a quilt series of p1, p2 and p3.
series() {
	rm -rf "$tmp/q"
	mkdir -p "$tmp/q/sub"
	cp "$tmp"/p[123] "$tmp/q"
	sed 's,^\(---\|+++\) [ab]/,\1 ,' "$tmp/p2" | sed '/^\(diff\|index\)/d' >"$tmp/q/p2.p0"
	sed 's,^\(---\|+++\) [ab]/,\1 x/y/,; s,^diff.*,,; /^index/d' "$tmp/p3" \
		>"$tmp/q/sub/p3.p2"
	own_git diff -R base t3 >"$tmp/q/p3.back"
	gzip -c "$tmp/p1" >"$tmp/q/p1.gz"
	printf '%b' "$1" >"$tmp/q/series"
}
series 'p1\np2\np3'
check "a series without a newline at its end" takes t123 "$tmp/q"
series 'p1\np2 -p1\n#p3\np3 # last\n'
check "... with options and comments" takes t123 "$tmp/q"
series 'p1\r\np2 -p1\r\n'
check "... with CRLF" takes t12 "$tmp/q"
series 'p1.gz\n\tp2.p0 -p0\n  # why\nsub/p3.p2 -p 2 # x\n'
check "... with folders, other levels and packed" takes t123 "$tmp/q"
series 'p3.back -R\np1\n'
check "... with one taken back" takes t13 "$tmp/q"
series 'p1\np2 --fuzz=3\n'
check "... with what quilt has not is refused" refuses "line 2: '--fuzz=3'" "$tmp/q"
series 'p1\np9\n'
check "... with a patch that is not there is refused" refuses 'q/p9: no such' "$tmp/q"
series 'p1\n'
check "... says what is taken" refuses 'its series file says' --version=2 "$tmp/q"

# ----------------------------------------------------------------------- content

name_of() {
	basename "$("$import" --keep "$1" "$tmp/kept" 2>/dev/null)"
}
patches_of() {
	(cd "$tmp/kept/$(name_of "$1")" && cat -- *.patch p* 2>/dev/null)
}
by_content() {
	mail m1 "$ada" '[PATCH] mm: one' "$tmp/p1" >"$tmp/a.mbox"
	mail m2 "$ada" '[PATCH] mm: two' "$tmp/p2" >"$tmp/b.mbox"
	ln -sfn a.mbox "$tmp/latest.mbox"
	[ "$(patches_of "$tmp/latest.mbox")" = "$(patches_of "$tmp/a.mbox")" ] ||
		return
	takes t1 "$tmp/latest.mbox" || return
	ln -sfn b.mbox "$tmp/latest.mbox"
	[ "$(patches_of "$tmp/latest.mbox")" = "$(patches_of "$tmp/b.mbox")" ] ||
		return
	takes t2 "$tmp/latest.mbox"
}
check "a link is what it points to now" by_content
# Each round, four keep the same at one moment.
all_keep() {
	mkdir "$tmp/moment"
	/usr/bin/python3 -B - kernel-patches/lib "$tmp/moment" <<'END'
import os
import sys
import threading

sys.path.insert(0, sys.argv[1])
from folder import keep, put

start = threading.Barrier(4)
kept = []


def one(number):
    for nr in range(200):
        folder = os.path.join(sys.argv[2], "made-%d-%d" % (number, nr))
        os.mkdir(folder)
        put(folder, "series", "# %d\n" % nr)
        start.wait()
        try:
            kept.append((nr, keep(folder, sys.argv[2])))
        except OSError as error:
            kept.append((nr, error))


threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(set(kept)))
sys.exit(len(kept) != 800 or len(set(kept)) != 200)
END
}
check "several who keep the same at one moment all get it" all_keep
links() {
	mkdir -p "$tmp/links" "$tmp/copies"
	cp "$tmp/p1" "$tmp/copies/1.patch"
	cp "$tmp/p2" "$tmp/copies/2.patch"
	ln -sf "$tmp/copies/1.patch" "$tmp/copies/2.patch" "$tmp/links"
	ln -sfn links "$tmp/folder"
	takes t12 "$tmp/links" && takes t12 "$tmp/folder" || return
	[ "$(patches_of "$tmp/links")" = "$(patches_of "$tmp/copies")" ] || return
	ln -sf "$tmp/p3" "$tmp/links/2.patch"
	takes t13 "$tmp/folder"
}
check "and so is a folder of links" links

# --------------------------------------------------------------------- encodings

mime() {
	mail m1 "$ada" '[PATCH] mm: one' '' 'MIME-Version: 1.0' "$@" | sed '/^$/q'
}
{ mime 'Content-Type: text/plain; charset=utf-8' \
	'Content-Transfer-Encoding: quoted-printable' | sed 1d
	printf 'First =3D best.\n---\n'
	sed 's/=/=3D/g; s/ $/=20/' "$tmp/p1"; } >"$tmp/qp.eml"
check "an .eml, quoted-printable" takes t1 "$tmp/qp.eml"
{ mime 'Content-Type: multipart/mixed; boundary="=b="'
	printf -- '--=b=\nContent-Type: text/plain; charset=utf-8\n\nAttached.\n'
	printf -- '--=b=\nContent-Type: application/octet-stream; name="1.patch"\n'
	printf 'Content-Transfer-Encoding: base64\n\n'
	base64 "$tmp/p1"
	printf -- '\n--=b=--\n'; } >"$tmp/octet.mbox"
check "an attachment of a type that is no text" takes t1 "$tmp/octet.mbox"
mail m1 "$ada" '=?x-unknown-99?Q?[PATCH]_mm:_one?=' "$tmp/p1" \
	'Content-Type: text/plain; charset=x-unknown-99' >"$tmp/charset.mbox"
check "an unknown charset is refused, with git's reason" \
	refuses 'cannot convert from x-unknown-99 to UTF-8' "$tmp/charset.mbox"
for pack in gzip xz bzip2; do
	"$pack" -c "$tmp/two.mbox" >"$tmp/t.mbox.$pack"
	check "an mbox packed by $pack" takes t12 --author=ada "$tmp/t.mbox.$pack"
done
head -c 200 "$tmp/t.mbox.gzip" >"$tmp/cut.mbox.gz"
check "half of one is refused" refuses 'cut.mbox.gz cannot be unpacked' \
	"$tmp/cut.mbox.gz"
tar -czf "$tmp/t.tar.gz" -C "$tmp" one.mbox
check "an archive of several is refused, with what to do" \
	refuses 'is a tar archive: unpack it' "$tmp/t.tar.gz"
mkdir "$tmp/crlf"
mail m1 "$ada" '[PATCH] mm: one' "$tmp/p1" | sed 's/$/\r/' >"$tmp/crlf/1.patch"
check "CRLF in a patch" takes t1 "$tmp/crlf/1.patch"
check "... in a folder" takes t1 "$tmp/crlf"
maildir() {
	mkdir -p "$tmp/maildir/cur" "$tmp/maildir/new" "$tmp/maildir/tmp"
	mail m2 "$ada" '[PATCH 2/2] mm: two' "$tmp/p2" | sed 1d >"$tmp/maildir/new/1"
	mail m1 "$ada" '[PATCH 1/2] mm: one' "$tmp/p1" | sed 1d >"$tmp/maildir/cur/2:2,S"
	takes t12 "$tmp/maildir"
}
check "a Maildir" maildir

# --------------------------------------------------------------- what is too much

# within COMMAND...: with 10 s of CPU time and 1 GiB, of which git and Python have some.
within() {
	(ulimit -t 10 -v 1048576 && "$@")
}
# times NUMBER TEXT: print it so often.
times() {
	printf "%.0s$2" $(seq "$1")
}
one_of() {
	mail m1 "$ada" "[PATCH $1] mm: one" "$tmp/p1" >"$tmp/much.mbox"
}
for place in 1/9999999999 1/10001 "$(times 5000 1)/2" "1/$(times 5000 1)" \
	"v$(times 5000 1)"; do
	one_of "$place"
	check "a number that no series has is refused: ${place:0:12}" \
		within refuses 'a number in its subject that no series' "$tmp/much.mbox"
	check "... with what chooses" within takes t1 --mails=1 "$tmp/much.mbox"
done
one_of 1/10000
check "of many missing patches ten are told" within \
	refuses '2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 9989 more of 10000' --author=ada \
	"$tmp/much.mbox"
check "a number of --mails that is too long is none of the mails" within \
	refuses 'among 1 mails' --mails="$(times 5000 1)" "$tmp/much.mbox"
one_of 1²/3
check "a digit that is none is told" within refuses 'does not fit among 3' \
	"$tmp/much.mbox"
mkdir "$tmp/digits"
cp "$tmp/p1" "$tmp/digits/²1.patch"
check "... and sorted in a file's name" within takes t1 "$tmp/digits"
mail m1 "$ada" "re$(times 100000 '\u2003')x" "$tmp/p1" >"$tmp/wide.mbox"
check "a subject of a hundred thousand spaces takes no time" within \
	takes t1 "$tmp/wide.mbox"
mail m1 "$(times 5000 a:) <ada@example.org>" '[PATCH] mm: one' "$tmp/p1" \
	>"$tmp/groups.mbox"
check "a sender that Python does not take apart" within takes t1 "$tmp/groups.mbox"
{ sed '/^$/,$d' "$tmp/much.mbox"
	printf 'References:\n'
	yes ' <m0@example.org>' | head -n 1000000
	printf '\n'
	cat "$tmp/p1"; } >"$tmp/header.mbox"
check "a header of 18 MB takes no time" within takes t1 --mails=1 \
	"$tmp/header.mbox"
for pack in gzip xz bzip2; do
	head -c 100M /dev/zero | "$pack" -1 >"$tmp/bomb.mbox"
	check "100 MiB, packed by $pack, are refused" within \
		refuses 'bomb.mbox is over 64 MiB: save only' "$tmp/bomb.mbox"
done
check "... and what has no end" within refuses 'zero is over 64 MiB' /dev/zero
mkdir "$tmp/large"
for n in 1 2 3; do
	{ cat "$tmp/p$n"; head -c 30M /dev/zero; } >"$tmp/large/$n.patch"
done
check "... and a folder of so much" within \
	refuses '3.patch is over 64 MiB' "$tmp/large"
times 10001 'From a@x Thu Jan  1 00:00:00 1970\nSubject: x\n\n' >"$tmp/10001.mbox"
check "... and 10 001 mails" within \
	refuses '10001.mbox has over 10000 mails: save only' "$tmp/10001.mbox"

# ----------------------------------------------------- renames, modes, new folders

own_git checkout -qf base
own_git mv mm/x.c mm/z.c
chmod +x "$tree/mm/y.h"
mkdir -p "$tree/tools/new/deep"
echo new >"$tree/tools/new/deep/Makefile"
: >"$tree/tools/new/empty"
head -c 300 /bin/sh >"$tree/logo"
own_git add -A
own_git commit -qm 'mm: move'
own_git tag moved
own_git rm -rqf mm/y.h logo tools
mkdir "$tree/tools"
seq 5 >"$tree/tools/new"
own_git add -A
own_git commit -qm 'mm: remove'
own_git tag removed
for options in '' --no-renames '--find-copies-harder -C'; do
	# shellcheck disable=SC2086 # options are words
	own_git format-patch -q --stdout $options base..removed >"$tmp/moved.mbox"
	check "renames, modes, binary files and new folders ${options:-as git sends them}" \
		takes removed "$tmp/moved.mbox"
done
own_git format-patch -q --stdout --no-binary base..moved >"$tmp/no-binary.mbox"
check "a binary file that is not in the patch is refused, with git's reason" \
	does_not_apply "cannot apply binary patch to 'logo' without full index line" \
	"$tmp/no-binary.mbox"
out_of_the_tree() {
	local path=$1
	sed "s,mm/x.c,$path,g; /^index/d" "$tmp/p1" >"$tmp/out.patch"
	does_not_apply "$path" "$tmp/out.patch" || return
	printf 'diff --git a/%s b/%s\nnew file mode 100644\n--- /dev/null\n+++ b/%s\n@@ -0,0 +1 @@\n+x\n' \
		"$path" "$path" "$path" >"$tmp/out.patch"
	does_not_apply "invalid path '$path'" "$tmp/out.patch" || return
	[ -z "$(find "$tmp" -name escaped)" ] && [ ! -e "$tree/../escaped" ]
}
check "a path that leaves the tree is refused" \
	out_of_the_tree ../escaped
check "... wherever it leaves" out_of_the_tree mm/../../escaped
check "... or goes into git's own" out_of_the_tree .git/escaped
own_git checkout -qf base
ln -s "$tmp" "$tree/out"
own_git add -A
own_git commit -qm 'mm: link'
echo x >"$tmp/link.txt"
printf 'diff --git a/out/escaped b/out/escaped\nnew file mode 100644\n--- /dev/null\n+++ b/out/escaped\n@@ -0,0 +1 @@\n+x\n' \
	>"$tmp/through.patch"
through_a_link() {
	mkdir -p "$tmp/through"
	own_git format-patch -q -1 --stdout >"$tmp/through/1.patch"
	cp "$tmp/through.patch" "$tmp/through/2.patch"
	does_not_apply 'beyond a symbolic link' "$tmp/through" && [ ! -e "$tmp/escaped" ]
}
check "... or goes through a link" through_a_link
own_git diff told t1 >"$tmp/unfit.patch"
check "a hunk that does not fit is told by file and line" \
	does_not_apply 'mm/x.c: patch does not apply, at line 7' "$tmp/unfit.patch"
sed 's,mm/x.c,mm/nowhere.c,g' "$tmp/p1" >"$tmp/nowhere.patch"
check "so is a file that is not there" \
	does_not_apply 'there is no mm/nowhere.c' "$tmp/nowhere.patch"

# ----------------------------------------------------------------------- commits

own_git checkout -qf -b mine t1
own_git checkout -qf -b side t2
own_git commit -q --allow-empty -m 'mm: nothing'
own_git checkout -qf mine
own_git merge -q -m 'Merge side' side
own_git checkout -qf -B trunk base
own_git commit -q --allow-empty -m 'mm: trunk moves'
sed -i 's/other_20/moved_20/' "$tree/mm/y.h"
own_git commit -qam 'mm: trunk'
own_git tag later
own_git checkout -qf -B late t1
own_git merge -q -m 'Merge trunk' later
sed -i 's/line_20/new_2/' "$tree/mm/x.c"
own_git commit -qam 'mm: late'
own_git checkout -qf -B fresh later
merges() {
	takes mine --git base..mine "$tree" && said '2: Merge side' && said 'base: '
}
check "a range with a merge: the tree is that of its end" merges
check "three dots are from where it left" takes mine --git later...mine "$tree"
check "... and so are two" takes mine --git later..mine "$tree"
one_patch() {
	"$import" --git later..late "$tree" "$tmp/one-patch" 2>"$tmp/said" &&
		said 'as one patch, since its base was merged into it' &&
		[ "$(tests/apply-series "$tree/.git" later <<<"$tmp/one-patch")" = \
			"$(tree_of late)" ]
}
check "a base that was merged: one patch, and the same tree" one_patch
hostile() {
	mkdir -p "$tmp/home"
	printf '* -diff\n' >"$tmp/home/attributes"
	printf '[diff]\nnoprefix = true\nexternal = false\n[format]\ncoverLetter = true\nattach = true\n[core]\nattributesFile = %s\nautocrlf = true\n[mailinfo]\nscissors = true\n' \
		"$tmp/home/attributes" >"$tmp/home/.gitconfig"
	cp "$tree/.git/config" "$tmp/config"
	cat "$tmp/home/.gitconfig" >>"$tree/.git/config"
	HOME=$tmp/home takes mine --git base..mine "$tree" && cp -r "$tmp/taken" "$tmp/hostile" &&
		HOME=$tmp/home takes t1 "$tmp/a.mbox"
	local code=$?
	cp "$tmp/config" "$tree/.git/config"
	[ "$code" = 0 ] && takes mine --git base..mine "$tree" &&
		diff -r "$tmp/taken" "$tmp/hostile"
}
check "a user's configuration and attributes change nothing" hostile
cp -r "$tree" "$tmp/theirs"
chown -R 12345:12345 "$tmp/theirs" 2>/dev/null && [ "$(id -u)" = 0 ] &&
	check "a tree owned by somebody else: git's reason" \
		refuses 'detected dubious ownership in repository' \
		--git base..mine "$tmp/theirs"
allowed() {
	printf '[safe]\ndirectory = %s\n' "$tmp/theirs" >"$tmp/home/.gitconfig"
	HOME=$tmp/home takes mine --git base..mine "$tmp/theirs"
}
check "... unless the user trusts it" allowed

# -------------------------------------------------------------------------- base

# based NAME BASE FILE TEXT: make an mbox with a change to FILE, made on BASE.
based() {
	own_git checkout -qf "$2"
	echo "$4" >>"$tree/$3"
	own_git commit -qam "mm: $1"
	own_git tag "$1"
	own_git format-patch -q --stdout --cover-letter --base="$2" "$2..$1" \
		>"$tmp/$1.mbox"
	own_git checkout -qf fresh
}
based on-base base mm/y.h '	here();'
based on-later later mm/y.h '	there();'
tells_base() {
	takes on-base "$tmp/on-base.mbox" && said "base: $(own_git rev-parse base)"
}
check "base-commit is read and told" tells_base

# plan SOURCE NAME...: print the trees of these kernels.
plan() {
	XDG_CACHE_HOME=$tmp/cache kernel-patches/build-kernel --source="$1" --plan \
		"${@:2}" 2>"$tmp/said" >"$tmp/plan" || { cat "$tmp/said"; return 1; }
	cut -f3 "$tmp/plan"
}
is_base() {
	[ "$(plan "$tree" baseline "$tmp/on-base.mbox")" = "$(tree_of base)
$(tree_of on-base)" ] && said "baseline is $(own_git rev-parse --short=12 base)"
}
check "a git tree that has it starts there" is_base
# plan_fails TEXT SOURCE NAME...
plan_fails() {
	! plan "${@:2}" >/dev/null && said "$1"
}
check "... but not if it is told where to start: then it is named" \
	plan_fails "they were made on $(own_git rev-parse base): KERNEL_SRC=" \
	"$tree@later" "$tmp/on-base.mbox"
check "... and not at two places" plan_fails 'measure one at a time' "$tree" \
	"$tmp/on-base.mbox" "$tmp/on-later.mbox"
cp -r "$tree" "$tmp/plain"
rm -rf "$tmp/plain/.git"
check "a source without git has it named" \
	plan_fails "they were made on $(own_git rev-parse base)" "$tmp/plain" \
	"$tmp/on-base.mbox"

# ------------------------------------------------------------------------ random

check "a thousand random series are what git makes of them" \
	tests/import_property.py 1000
finish
