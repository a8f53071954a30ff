#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random series through import and application: the tree is the one that git
makes.

Usage: import_property.py [COUNT [FIRST]]

Each case is a random series of commits (renames, copies, modes, new and deleted
files, CRLF, no newline at the end, UTF-8, Latin-1, binary files), sent as an mbox
with what else a thread has, as .eml, as a folder, as a quilt series or as a range,
in random encodings. A mail or patch has to give the tree that `git am` gives, or
be refused where that refuses; a range has to give the tree of its last commit. The
user's git configuration is hostile. A case is its number: FIRST repeats it.
"""
import argparse
import base64
import binascii
import gzip
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "kernel-patches", "lib"))

# pylint: disable=wrong-import-position
from own_git import Refused  # noqa: E402
from sources import git_series, path_series  # noqa: E402

CLEAN = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C",
         "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
         "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.org"}
HOSTILE = """
[diff]
	noprefix = true
	external = false
	context = 0
	algorithm = patience
[format]
	coverLetter = true
	attach = true
	subjectPrefix = NOT
	numbered = false
[mailinfo]
	scissors = true
	quotedCr = strip
[apply]
	whitespace = fix
[core]
	autocrlf = true
	attributesFile = %s
	quotePath = false
[i18n]
	commitEncoding = iso-8859-1
[color]
	ui = always
"""
MBOX = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
WISH = {"version": None, "author": None, "wanted": None}
WORDS = "node percpu chunk page charge walk stock free area lock".split()
NASTY = ["From nobody Mon Sep 17 00:00:00 2001", ">From here", "---", "-- ",
         "diff --git a/mm/a.c b/mm/a.c", "@@ -1,3 +1,4 @@", "Index: mm/a.c",
         "+++ b/mm/a.c", "--- a/mm/a.c", "\ttrailing \t", "", "=3D =20", "."]


def git(folder, *command, data=None, check=True):
    done = subprocess.run(["git", *command], cwd=folder, env=CLEAN, input=data,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    if check and done.returncode:
        raise RuntimeError("git %s: %s" % (" ".join(command),
                                           done.stderr.decode()))
    return done.stdout if done.returncode == 0 else None


# ------------------------------------------------------------------- the series

def text(rnd, count, end="\n"):
    lines = []
    for _ in range(count):
        if rnd.random() < .08:
            lines.append(rnd.choice(NASTY))
        else:
            lines.append("\t%s_%s();" % (rnd.choice(WORDS), rnd.choice(WORDS)))
    return "".join(line + end for line in lines).encode()


def first_files():
    rnd = random.Random(0)
    return {
        "Makefile": ("644", text(rnd, 10)),
        "mm/a.c": ("644", text(rnd, 60)),
        "mm/b.c": ("644", text(rnd, 30)),
        "mm/internal.h": ("644", text(rnd, 20)),
        "mm/latin.c": ("644", "/* für Öl */\n".encode("latin-1") +
                       text(rnd, 12)),
        "mm/utf.c": ("644", "/* für Öl – */\n".encode() + text(rnd, 12)),
        "lib/crlf.c": ("644", text(rnd, 20, "\r\n")),
        "lib/no-end.c": ("644", text(rnd, 9) + b"last"),
        "lib/empty": ("644", b""),
        "lib/a name.c": ("644", text(rnd, 15)),
        "lib/ümlaut.c": ("644", text(rnd, 15)),
        "scripts/run.sh": ("755", text(rnd, 15)),
        "logo.bin": ("644", bytes(rnd.randrange(256) for _ in range(300))),
        "link.c": ("120000", b"mm/a.c"),
    }


def new_name(rnd, files):
    while True:
        folder = rnd.choice(["mm/", "lib/", "", "tools/new/deep/", "new%d/" %
                             rnd.randrange(9)])
        name = folder + rnd.choice(["n%d.c", "n%d name.c", "ñ%d.c"]) % \
            rnd.randrange(1000)
        if name not in files:
            return name


def edited(rnd, content):
    lines = content.splitlines(True)
    for _ in range(rnd.randint(1, 3)):
        place = rnd.randint(0, len(lines))
        how = rnd.random()
        end = b"\r\n" if lines and lines[0].endswith(b"\r\n") else b"\n"
        fresh = text(rnd, rnd.randint(1, 3), end.decode())
        if rnd.random() < .15:
            fresh = "/* naïve – größer */\n".encode(
                rnd.choice(["utf-8", "latin-1"]), "ignore")
        if how < .5:
            lines[place:place] = [fresh]
        elif how < .8:
            lines[place:place + rnd.randint(1, 4)] = [fresh]
        else:
            del lines[place:place + rnd.randint(1, 5)]
        lines = b"".join(lines).splitlines(True)
    content = b"".join(lines)
    if rnd.random() < .08:
        content = content.rstrip(b"\r\n")
    if rnd.random() < .03:
        content = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return content


def change(rnd, files, base):
    """One change to the files of a commit; often again of what a commit before it
    changed, so that the order matters."""
    changed = sorted(name for name in files if files[name] != base.get(name))
    name = rnd.choice(changed if changed and rnd.random() < .5
                      else sorted(files))
    mode, content = files[name]
    how = rnd.random()
    if how < .45:
        if mode == "120000":
            files[name] = (mode, content + b"x")
        elif b"\0" in content:
            files[name] = (mode, content[::-1] + bytes([rnd.randrange(256)]))
        else:
            files[name] = (mode, edited(rnd, content))
    elif how < .6:
        content = rnd.choice([b"", text(rnd, rnd.randint(1, 20)),
                              text(rnd, 3, "\r\n"), text(rnd, 3) + b"no end",
                              bytes(rnd.randrange(256) for _ in range(90))])
        files[new_name(rnd, files)] = (rnd.choice(["644", "755"]), content)
    elif how < .7:
        if len(files) > 5:
            del files[name]
    elif how < .85:
        del files[name]
        if rnd.random() < .5 and mode != "120000" and b"\0" not in content:
            content = edited(rnd, content)
        files[new_name(rnd, files)] = (mode, content)
    elif how < .92:
        files[new_name(rnd, files)] = (mode, content)
    elif mode != "120000":
        files[name] = ("755" if mode == "644" else "644", content)


def message_of(rnd, number):
    lines = ["mm: %s %d: %s" % (rnd.choice(WORDS), number, rnd.choice(
        ["change", "größer – naïve", "[x] y", "it's \"so\"", "a: b"])), ""]
    for _ in range(rnd.randint(0, 4)):
        lines.append(rnd.choice(WORDS + [
            "From the start of a line.", "    diff --git a/x b/x",
            "With an ümlaut.", "> quoted", "a @@ b", "  --- a/mm/a.c",
            "  +++ b/mm/a.c", "  @@ -1 +1 @@", "@@ -1 +1 @@"]))
    if rnd.random() < .05:
        lines += [rnd.choice(NASTY), "+++ b/mm/a.c"]
    return "\n".join(lines) + "\n"


class Stream:
    """Commits for git fast-import."""

    def __init__(self):
        self.parts = []

    def commit(self, branch, files, before, message, parent=None,
               encoding="utf-8"):
        data = message.encode(encoding, "replace")
        out = self.parts
        out.append(b"commit refs/heads/%s\n" % branch.encode())
        out.append("author Ö Müller <o@example.org> 1700000000 +0100\n"
                   "committer C <c@example.org> 1700000000 +0000\n".encode(
                       encoding))
        if encoding != "utf-8":
            out.append(b"encoding %s\n" % encoding.encode())
        out.append(b"data %d\n%s\n" % (len(data), data))
        if parent:
            out.append(b"from refs/heads/%s\n" % parent.encode())
        for name in sorted(set(before) - set(files)):
            out.append(b'D "%s"\n' % name.encode())
        for name, (mode, content) in sorted(files.items()):
            if before.get(name) != (mode, content):
                mode = mode if len(mode) == 6 else "100" + mode
                out.append(b'M %s inline "%s"\ndata %d\n%s\n' % (
                    mode.encode(), name.encode(), len(content), content))


def make_series(rnd, stream, branch, base):
    """The number of commits; their tree differs from the base's."""
    files = dict(base)
    parent = "base"
    count = 0
    for number in range(rnd.choice([1, 1, 2, 2, 3, 4])):
        before = dict(files)
        for _ in range(rnd.choice([1, 1, 1, 2, 3])):
            change(rnd, files, base)
        if files == before:
            continue
        stream.commit(branch, files, before, message_of(rnd, number), parent,
                      rnd.choice(["utf-8", "utf-8", "iso-8859-1"]))
        parent = None
        count += 1
    return count


# --------------------------------------------------------------------- the mails

def parts_of(mail):
    head, body = mail.split(b"\n\n", 1)
    lines = re.sub(rb"\n[ \t]+", b" ", head).split(b"\n")
    return lines, body


def encoded(rnd, mail):
    """The mail as a mailer may send it."""
    lines, body = parts_of(mail)
    if any(line.startswith(b"Content-Type: multipart") for line in lines):
        return mail
    how = rnd.choice(["as it is", "as it is", "base64", "quoted-printable",
                      "octet-stream", "latin-1", "crlf"])
    if how == "as it is":
        return mail
    if how == "crlf":
        return mail.replace(b"\n", b"\r\n")
    lines = [line for line in lines
             if not line.lower().startswith((b"mime-", b"content-"))]
    lines.append(b"MIME-Version: 1.0")
    charset = b"utf-8"
    if how == "latin-1":
        try:
            body = body.decode("utf-8").encode("latin-1")
            charset = b"iso-8859-1"
        except UnicodeError:
            pass
        how = "quoted-printable"
    if how == "octet-stream":
        top, diff = body.split(b"---\n", 1) if b"---\n" in body else (b"", body)
        return b"\n".join(lines + [
            b'Content-Type: multipart/mixed; boundary="=x="', b"", b"--=x=",
            b"Content-Type: text/plain; charset=utf-8", b"", top, b"--=x=",
            b'Content-Type: application/octet-stream; name="a.patch"',
            b"Content-Transfer-Encoding: base64", b"",
            base64.encodebytes(b"---\n" + diff), b"--=x=--", b""])
    lines += [b"Content-Type: text/plain; charset=" + charset,
              b"Content-Transfer-Encoding: " + how.encode()]
    body = base64.encodebytes(body) if how == "base64" else \
        binascii.b2a_qp(body)
    return b"\n".join(lines) + b"\n\n" + body


def as_sent(mail, number):
    """From a list's archive: no commit's line, and with an address."""
    lines, body = parts_of(mail)
    lines[0] = b"Message-ID: <m%d@example.org>" % number
    return b"\n".join(lines) + b"\n\n" + body


def subject_of(mail):
    for line in parts_of(mail)[0]:
        if line.lower().startswith(b"subject:"):
            return line[8:].strip()
    return b""


def other_mails(rnd, mails, version):
    """Other mails of a thread."""
    found = []
    for mail in mails:
        subject = subject_of(mail)
        if rnd.random() < .5:
            quoted = b"".join(b"> " + line for line in mail.splitlines(True))
            more = b"\ndiff --git a/mm/a.c b/mm/a.c\n--- a/mm/a.c\n" \
                b"+++ b/mm/a.c\n@@ -1 +1 @@\n-x\n+y\n" \
                if rnd.random() < .3 else b""
            found.append(b"From: Bo <bo@example.org>\nSubject: Re: %s\n\n%s%s"
                         % (subject, quoted, more))
        if version > 1 and b"=?" not in subject and rnd.random() < .7:
            older = re.sub(rb"v\d+", b"v%d" % (version - 1), subject, count=1)
            found.append(
                "From: Ö Müller <o@example.org>\n".encode() +
                b"Subject: " + older + b"\n\n---\n"
                b"diff --git a/older b/older\nnew file mode 100644\n"
                b"--- /dev/null\n+++ b/older\n@@ -0,0 +1 @@\n+older\n")
    return found


class Case:
    """One series in one form, and its expected result."""

    def __init__(self, number, bench):
        self.rnd = random.Random("case %d" % number)
        self.number = number
        self.bench = bench
        self.branch = "case-%d" % number
        self.what = ""

    def formatted(self):
        """(patches, cover or None) from git format-patch."""
        rnd = self.rnd
        self.level = "-p1"
        options = []
        self.version = rnd.choice([1, 1, 2, 3])
        self.numbered = rnd.random() < .8
        options.append("--numbered" if self.numbered else
                       rnd.choice(["--no-numbered", "--keep-subject"]))
        if "--keep-subject" in options:
            self.version = 1
        if self.version > 1:
            options.append("--reroll-count=%d" % self.version)
        if "--keep-subject" not in options:
            options += rnd.choice([[], [], ["--subject-prefix=PATCH 6.12"],
                                   ["--rfc"], ["--subject-prefix=x] [PATCH"]])
        if self.numbered and rnd.random() < .3:
            options.append("--cover-letter")
        options += rnd.choice([[], ["--attach"], ["--inline"], ["--no-renames"],
                               ["--find-copies-harder"], ["-U1"], ["-U8"],
                               ["--full-index"], ["--no-binary"],
                               ["--signature=x"], ["-D"], ["--break-rewrites"]])
        if rnd.random() < .1:
            options.append("--no-prefix")
            self.level = "-p0"
        if rnd.random() < .3:
            options.append("--base=base")
        self.what = " ".join(options)
        folder = os.path.join(self.bench.tmp, "formatted")
        git(self.bench.repo, "format-patch", "-q", "-o", folder, *options,
            "base..refs/heads/" + self.branch)
        mails = []
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as mail:
                mails.append(mail.read())
        shutil.rmtree(folder)
        cover = mails.pop(0) if "--cover-letter" in options else None
        return mails, cover

    def am(self, mails):
        """The tree that git am makes of them, or None."""
        repo = self.bench.repo
        names = [self.bench.write("am-%d" % number, mail)
                 for number, mail in enumerate(mails)]
        git(repo, "read-tree", "-u", "--reset", "base")
        git(repo, "update-ref", "--no-deref", "HEAD", "base")
        if git(repo, "am", "-q", self.level, *names, check=False) is None:
            shutil.rmtree(os.path.join(repo, ".git/rebase-apply"))
            return None
        return git(repo, "rev-parse", "HEAD^{tree}").decode().strip()

    def source(self):
        """A path, and the tree that git makes of what lies there."""
        rnd = self.rnd
        mails, cover = self.formatted()
        form = rnd.choice(["mbox", "mbox", "own mbox", "eml", "folder", "quilt"])
        if self.level == "-p0":
            form = "quilt"
        if not self.numbered and len(mails) > 1 and form in ("mbox", "eml"):
            form = "own mbox"
        self.what = "%s: %s" % (form, self.what)
        return getattr(self, form.replace(" ", "_"))(mails, cover)

    def mbox(self, mails, cover):
        rnd = self.rnd
        plain = [as_sent(mail, number) for number, mail in enumerate(mails)]
        mails = [encoded(rnd, mail) for mail in plain]
        tree = self.am([MBOX + mail for mail in mails])
        box = mails + ([as_sent(cover, 99)] if cover else []) + \
            other_mails(rnd, plain, self.version)
        if rnd.random() < .2:
            box.append(rnd.choice(mails))
        rnd.shuffle(box)
        data = b"".join(MBOX + mail + b"\n" for mail in box)
        if rnd.random() < .3:
            return self.bench.write("t.mbox.gz", gzip.compress(data, 1)), tree
        return self.bench.write("t.mbox", data), tree

    def own_mbox(self, mails, cover):
        """git format-patch --stdout"""
        tree = self.am(mails)
        return self.bench.write("own.mbox", b"".join(
            ([cover] if cover else []) + mails)), tree

    def eml(self, mails, cover):
        rnd = self.rnd
        mails = [encoded(rnd, as_sent(mail, number))
                 for number, mail in enumerate(mails)]
        tree = self.am(mails)
        if len(mails) == 1 and not cover:
            return self.bench.write("one.eml", mails[0]), tree
        for mail in mails + ([cover] if cover else []):
            self.bench.write("in/%d.eml" % rnd.randrange(10 ** 9), mail)
        return os.path.join(self.bench.tmp, "in"), tree

    def folder(self, mails, cover):
        rnd = self.rnd
        if rnd.random() < .5:
            mails = [encoded(rnd, mail) for mail in mails]
        tree = self.am(mails)
        for number, mail in enumerate(([cover] if cover else [b""]) + mails):
            if mail:
                self.bench.write("in/%d-x.patch" % number, mail)
        return os.path.join(self.bench.tmp, "in"), tree

    def quilt(self, mails, _):
        rnd = self.rnd
        lines = []
        sent = []
        for number, mail in enumerate(mails):
            if rnd.random() < .4 and b"multipart" not in mail:
                mail = parts_of(mail)[1]
                mail = mail[mail.index(b"\ndiff --git") + 1:] \
                    if b"\ndiff --git" in mail else mail
            sent.append(mail if mail.startswith(b"From ") else
                        b"From: A <a@example.org>\nSubject: x\n\n" + mail)
            name = rnd.choice(["p%d.patch", "sub/p%d.diff", "q%d"]) % number
            self.bench.write("in/" + name, mail)
            option = self.level if self.level != "-p1" else \
                rnd.choice(["", "-p1", "-p 1"])
            lines.append("%s %s%s" % (name, option, rnd.choice(
                ["", "", " # why"])))
            if rnd.random() < .2:
                lines.append(rnd.choice(["", "# a comment", "  # more"]))
        end = rnd.choice(["\n", "\r\n"])
        series = end.join(lines) + rnd.choice(["", end])
        self.bench.write("in/series", series.encode())
        return os.path.join(self.bench.tmp, "in"), self.am(sent)

    def run(self):
        """None, or the error."""
        bench = self.bench
        out = os.path.join(bench.tmp, "out")
        os.mkdir(out)
        scratch = os.path.join(bench.tmp, "scratch")
        os.mkdir(scratch)
        if self.rnd.random() < .2:
            self.what = "range"
            dots = self.rnd.choice(["..", "..."])
            ends = "base%s%s" % (dots, self.branch)
            tree = git(bench.repo, "rev-parse",
                       "refs/heads/%s^{tree}" % self.branch).decode().strip()

            def make():
                return git_series(bench.users, ends, scratch)
        else:
            path, tree = self.source()

            def make():
                return path_series(path, WISH, scratch)
        try:
            make().write(out)
            got = bench.apply(out)
        except Refused as error:
            got = "refused: %s" % error
        bench.clean()
        bench.taken += tree is not None
        if got == tree or got.startswith("refused: ") and tree is None:
            return None
        return "case %d: %s: %s instead of %s" % (self.number, self.what, got,
                                                  tree)


class Bench:
    """The repository of all cases, and calls of the builder's functions."""

    def __init__(self, tmp, numbers):
        self.tmp = os.path.join(tmp, "case")
        os.mkdir(self.tmp)
        self.taken = 0
        self.repo = os.path.join(tmp, "repo")
        git(tmp, "init", "-q", "-b", "none", self.repo)
        base = first_files()
        stream = Stream()
        stream.commit("base", base, {}, "base\n")
        self.cases = []
        for number in numbers:
            rnd = random.Random(number)
            if make_series(rnd, stream, "case-%d" % number, base):
                self.cases.append(Case(number, self))
        git(self.repo, "fast-import", "--quiet", data=b"".join(stream.parts))
        git(self.repo, "checkout", "-q", "--detach", "base")
        for key, value in (("gc.auto", "0"), ("core.fsync", "none")):
            git(self.repo, "config", key, value)
        self.users = os.path.join(tmp, "users")
        git(tmp, "clone", "-q", "--shared", "--bare", self.repo, self.users)
        self.be_hostile(tmp)
        self.builder = subprocess.Popen(
            [os.path.join(ROOT, "tests", "apply-series"), self.repo + "/.git",
             "refs/heads/base"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)

    def be_hostile(self, tmp):
        """The tree's configuration and attributes, and the user's."""
        attributes = os.path.join(tmp, "attributes")
        for path, what in ((attributes, "* -diff eol=crlf text ident\n"),
                           (os.path.join(tmp, ".gitconfig"),
                            HOSTILE % attributes)):
            with open(path, "w", encoding="utf-8") as out:
                out.write(what)
        with open(os.path.join(self.users, "config"), "a",
                  encoding="utf-8") as out:
            out.write(HOSTILE % attributes)
        os.environ["HOME"] = tmp
        os.environ["GIT_DIR"] = "/nonexistent"

    def write(self, name, data):
        path = os.path.join(self.tmp, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(data)
        return path

    def apply(self, folder):
        """The tree that the builder makes of the base with a series."""
        self.builder.stdin.write(folder.encode() + b"\n")
        self.builder.stdin.flush()
        return self.builder.stdout.readline().decode().strip()

    def clean(self):
        shutil.rmtree(self.tmp)
        os.mkdir(self.tmp)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=1000)
    parser.add_argument("first", nargs="?", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        bench = Bench(os.path.realpath(tmp),
                      range(args.first, args.first + args.count))
        wrong = [said for said in map(Case.run, bench.cases) if said]
        bench.builder.stdin.close()
        bench.builder.wait()
    for said in wrong[:20]:
        print(said)
    print("%d series, %d of which git takes: %d different" % (
        len(bench.cases), bench.taken, len(wrong)))
    return 1 if wrong or bench.taken < len(bench.cases) / 2 else 0


if __name__ == "__main__":
    sys.exit(main())
