#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A user's own patches, in every form, and with mistakes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

import=kernel-patches/import-series
export XDG_DATA_HOME=$tmp/data PYTHONDONTWRITEBYTECODE=1

# A tree with three commits, and the same as patches.
git init -q "$tmp/tree"
commit() {
	printf '%s\n' "$2" >"$tmp/tree/$1"
	git -C "$tmp/tree" add -A
	git -C "$tmp/tree" -c user.name=Ö -c user.email=o@example.org commit -qm \
		"mm: line $2 – of $1" -m "With an ümlaut, and From here on a word." \
		-m 'From the start of a line too.'
}
mkdir "$tmp/tree/mm"
commit mm/x.c 0
git -C "$tmp/tree" tag base
for i in 1 2 3; do
	commit mm/x.c "$i"
done
git -C "$tmp/tree" format-patch -q -o "$tmp/patches" base..HEAD
git -C "$tmp/tree" format-patch -q -v2 --cover-letter -o "$tmp/v2" base..HEAD

# A thread as mailing-list tools save it: v1, v2 out of order, in other
# encodings, answers that quote or contain a patch, and trailers.
/usr/bin/python3 - "$tmp" <<'END' || exit 1
import email
import email.header
import email.message
import email.mime.text
import glob
import mailbox
import sys

tmp = sys.argv[1]
box = mailbox.mbox(tmp + "/thread.mbox")
box.lock()


def read(path):
    with open(path, "rb") as patch:
        return email.message_from_bytes(patch.read())


def encoded(message, how):
    mail = email.message.EmailMessage()
    for name in ("Subject", "From", "Date"):
        mail[name] = str(email.header.make_header(
            email.header.decode_header(message[name]))).replace("\n", "")
    mail.set_content(message.get_payload(decode=True).decode("utf-8"),
                     cte=how)
    return mail


old = [read(path) for path in sorted(glob.glob(tmp + "/patches/*"))]
new = [read(path) for path in sorted(glob.glob(tmp + "/v2/*"))]
for message in old[::-1]:
    box.add(message)
box.add(encoded(new[3], "quoted-printable"))
answer = email.mime.text.MIMEText(
    "> " + new[2].get_payload(decode=True).decode().replace("\n", "\n> ") +
    "\n\nTry this instead:\n\ndiff --git a/mm/x.c b/mm/x.c\n"
    "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1 +1 @@\n-1\n+9\n"
    "\nReviewed-by: Somebody <s@example.org>\n", "plain", "utf-8")
answer["Subject"] = "Re: " + str(new[2]["Subject"])
answer["From"] = "s@example.org"
box.add(answer)
box.add(new[0])
box.add(encoded(new[1], "base64"))
box.add(new[2])
box.flush()
END

# applied FOLDER NUMBER: the folder has NUMBER patches, which make HEAD's tree.
applied() {
	local made
	[ "$(grep -vc '^#' "$1/series")" = "$2" ] || { cat "$1/series"; return 1; }
	made=$(tests/apply-series "$tmp/tree/.git" base <<<"$1")
	[ "$made" = "$(git -C "$tmp/tree" rev-parse 'HEAD^{tree}')" ] ||
		{ echo "$made"; return 1; }
}

imports() {
	local to=$tmp/to-$nr nr_patches=$1
	shift
	"$import" "$@" "$to" && applied "$to" "$nr_patches"
}
check "a thread: the newest version, in order, without its answers" \
	imports 3 "$tmp/thread.mbox"
check "a folder of patches" imports 3 "$tmp/patches"
check "... with a cover letter" imports 3 "$tmp/v2"
mkdir "$tmp/quilt"
for i in 3 1 2; do
	cp "$tmp"/patches/000$i-* "$tmp/quilt/p$i.diff"
done
printf '# mine\np1.diff -p1\np2.diff # why\n\np3.diff\n' >"$tmp/quilt/series"
check "a quilt series" imports 3 "$tmp/quilt"
check "a range of commits" imports 3 --git base..HEAD "$tmp/tree"
cat "$tmp"/patches/* >"$tmp/one-after-another.mbox"
check "patches in one file" imports 3 "$tmp/one-after-another.mbox"
git -C "$tmp/tree" diff base HEAD >"$tmp/plain.diff"
check "a plain diff" imports 1 "$tmp/plain.diff"
keeps_the_name() {
	"$import" "$tmp/thread.mbox" "$tmp/names-kept" &&
		ls "$tmp/names-kept"/0003-mm-line-3-of-mm-x.c.patch &&
		grep -q 'With an ümlaut' "$tmp/names-kept"/0003-*
}
check "subject and message are kept" keeps_the_name

refused() {
	local text=$1
	shift
	fails 2 "$text" "$import" "$@" "$tmp/refused" || return
	if [ -e "$tmp/refused" ] || ls -d "$tmp"/.import-*; then
		echo "something is left"
		return 1
	fi
} 2>/dev/null
cat "$tmp"/v2/v2-000[013]* >"$tmp/gap.mbox"
check "a patch that is missing in a thread is named" \
	refused 'patch 2 of 3 (v2) is not in it' "$tmp/gap.mbox"
cat "$tmp"/v2/v2-0000* >"$tmp/cover.mbox"
check "a cover letter alone is no series" refused 'no patch in it' \
	"$tmp/cover.mbox"
echo hello >"$tmp/hello"
check "a text is no series" refused 'hello: no patch in it' "$tmp/hello"
mkdir "$tmp/empty"
check "an empty folder is no series" refused 'no series file' "$tmp/empty"
mkdir "$tmp/odd" && echo 'p1.diff --fuzz=3' >"$tmp/odd/series"
check "an option that quilt has not is refused" \
	refused "series: line 1: '--fuzz=3'" "$tmp/odd"
mkdir "$tmp/lost" && echo 'p1.diff' >"$tmp/lost/series"
check "a patch that quilt names and is not there is refused" \
	refused 'no such patch' "$tmp/lost"
check "an empty range is refused" refused 'no commit in' \
	--git HEAD..HEAD "$tmp/tree"
check "a commit that is none is refused" refused 'nosuch' \
	--git base..nosuch "$tmp/tree"
check "one commit is no range" refused 'give a range' --git base "$tmp/tree"
check "a file that is not there is refused" refused 'no such file' "$tmp/none"
check "a file that is there is not written over" \
	fails 2 'is there already' "$import" "$tmp/patches" "$tmp/names-kept"

# -------------------------------------------------------------- real kernels

one=(tests/patches/one-more/*.patch)
boots_by_path() {
	"$pcpubench" sweep --again --topologies=1c1n --sizes=64 \
		--output="$tmp/path.jsonl" "${one[0]}" &&
		grep -q '"cells":1,"invalid":0' "$tmp/path.jsonl"
}
check "a patch is built and booted by its path" boots_by_path

adds() {
	"$pcpubench" kernel add mine --from="${one[0]}" >"$tmp/added" &&
		grep -q '^added mine: mm/percpu: take one instruction more' \
			"$tmp/added" &&
		"$pcpubench" kernel list | grep -q '^mine ' &&
		"$pcpubench" list | grep -q '^  mine ' &&
		"$pcpubench" sweep --again --topologies=1c1n --sizes=64 \
			--output="$tmp/mine.jsonl" baseline mine &&
		! "$pcpubench" gate "$tmp/mine.jsonl:baseline" :mine
}
check "kernel add gives it a name that boots, and the gate finds it" adds
says_what() {
	grep -q '"subject":"mm/percpu: take one instruction more to account' \
		"$tmp/mine.jsonl" &&
		grep -q '"origin":{"from":"0001-mm-percpu-take-' "$tmp/mine.jsonl" &&
		/usr/bin/python3 tests/schema_test.py "$tmp/mine.jsonl"
}
check "the results file says which patch that is" says_what
check "a name that is there is refused" \
	fails 2 "there is a kernel 'mine' already" \
	"$pcpubench" kernel add mine --from "${one[0]}"
check "... and told how to replace it" fails 2 'or --replace it' \
	"$pcpubench" kernel add mine --from "${one[0]}"
check "... and ours too" fails 2 "'a' is a kernel of pcpubench's own" \
	"$pcpubench" kernel add a --replace --from "${one[0]}"
replaces() {
	"$pcpubench" kernel add mine --replace \
		--from=tests/patches/renamed >"$tmp/replaced" &&
		grep -q '^replaced mine: mm/percpu: name the owner' \
			"$tmp/replaced" &&
		[ "$("$pcpubench" kernel list | grep -c '^mine ')" = 1 ] &&
		"$pcpubench" sweep --topologies=1c1n --sizes=64 \
			--output="$tmp/mine-2.jsonl" mine &&
		"$pcpubench" compare "$tmp/mine.jsonl:mine" \
			"$tmp/mine-2.jsonl" >"$tmp/compared" &&
		grep -q 'OLD mine (image ' "$tmp/compared"
}
check "... it is, with --replace, and compare tells both apart" replaces
check "a results file keeps to one of them" \
	fails 2 'was measured with another mine' \
	"$pcpubench" sweep --topologies=1c1n --sizes=64 baseline mine \
	--output="$tmp/mine.jsonl"
check "a name that would leave its folder is refused" \
	fails 2 "is not a valid name" "$pcpubench" kernel add ../x --from "${one[0]}"
check "kernel add without patches is refused" fails 2 'give one of' \
	"$pcpubench" kernel add x

# not_added TEXT FROM: fails with TEXT in the last line, and leaves nothing.
not_added() {
	local out code
	out=$("$pcpubench" kernel add bad --from "$2" 2>&1)
	code=$?
	if [ "$code" = 0 ] || [[ $(tail -n1 <<<"$out") != *"$1"* ]]; then
		echo "exit code $code: $out"
		return 1
	fi
	[ "$(ls -A "$tmp/data/pcpubench/series"/*)" = mine ] ||
		{ ls -lA "$tmp/data/pcpubench/series"/*; return 1; }
}
sed 's/obj_cgroup_get(objcg)/obj_cgroup_gets(objcg)/' "${one[0]}" >"$tmp/hunk.patch"
check "a patch that does not apply is told by its name" \
	not_added '.patch does not apply to linux-source-6.12' "$tmp/hunk.patch"
check "... by file and line" \
	not_added ': mm/percpu.c: patch does not apply, at line 16' \
	"$tmp/hunk.patch"
sed 's/percpu\.c/nowhere.c/' "${one[0]}" >"$tmp/file.patch"
check "a file that is not there is told" not_added 'there is no mm/nowhere.c' \
	"$tmp/file.patch"
sed 's/asm volatile("nop");/asm volatile("nop") oops;/' "${one[0]}" \
	>"$tmp/compile.patch"
check "a patch that does not compile is told by its first error" \
	not_added 'mm/percpu.c:16' "$tmp/compile.patch"
check "what worked before still does" boots_by_path

removes() {
	"$pcpubench" kernel remove mine && ! "$pcpubench" list | grep '^  mine '
}
check "kernel remove takes it away" removes
check "... once" fails 2 "is not an added kernel" \
	"$pcpubench" kernel remove mine
check "ours are not removed" fails 2 "is not an added kernel" \
	"$pcpubench" kernel remove a

# A built image, with its build tree as headers.
tree=$(kernel-patches/build-kernel --tree)
adds_image() {
	"$pcpubench" kernel add built --image "$tree/vmlinux" \
		--headers "$tree" &&
		"$pcpubench" sweep --again --topologies=1c1n --sizes=64 \
			--output="$tmp/built.jsonl" built &&
		grep -q '"cells":1,"invalid":0' "$tmp/built.jsonl"
}
check "a prebuilt image is added and booted" adds_image
check "headers that are none are refused" fails 2 'is not a folder to build' \
	"$pcpubench" kernel add other --image "$tree/vmlinux" --headers "$tmp"
finish
