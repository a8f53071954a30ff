# SPDX-License-Identifier: GPL-2.0-or-later
"""Mails as git reads them: it splits an mbox (mailsplit), takes a mail apart
(mailinfo), and tells whether it has a patch (apply). This file reads subjects,
senders and Message-IDs, which tell a mail's place in a series."""
import email.parser
import email.utils
import os
import re
import shutil

from own_git import MOST, Refused, git, read, too_large

# The first line of a patch that git formatted, with the commit.
FORMATTED = re.compile(rb"From ([0-9a-f]{40}|[0-9a-f]{64}) Mon Sep 17 00:00:00 2001")
BASE = re.compile(rb"^base-commit: ([0-9a-f]{7,64})\s*$", re.M)
NEEDS = re.compile(rb"^prerequisite-patch-id: [0-9a-f]{40}", re.M)
REPLY = re.compile(r"\s*(re|aw|sv|antw|回复|答复)\s*(\[\d+\])?\s*[:：]", re.I)
TAGS = re.compile(r"(\s*(fwd?:)?\s*\[[^\]]*\])+", re.I)
NAMED = re.compile(r"((?:patch|rfc|rft|re-?sen[dt]|repost)[-.]?)*v(\d+(?:\.\d+)*)",
                   re.I)
PLACED = re.compile(r"(\d[\w.]*)/(\d+)")
LONG = re.compile(r"\d{10}")

# Mails in all, and patches of a series: far above any thread's.
MOST_MAILS = 10000
# Bytes of a header. Python's parser takes a time that grows with the square of them.
MOST_HEADER = 1 << 18
# Characters of a sender, and of a subject where it is told. Python's parser of
# addresses calls itself for each "(", and must not do so a thousand times.
MOST_TEXT = 300


def ids(headers, name):
    return re.findall(r"<([^<>\s]+)>", str(headers.get(name, "")))


def fields_of(info):
    """git mailinfo's output for a mail as a dict."""
    return dict(line.split(": ", 1) for line in info.decode(
        "utf-8", "surrogateescape").splitlines() if ": " in line)


def header_of(raw):
    return re.split(rb"\r?\n\r?\n", raw[:MOST_HEADER], maxsplit=1)[0]


def header_fields(raw, folder):
    """Subject and sender from the header; the text may have others. No two spaces
    are side by side: regular expressions would take a time that grows with the square
    of their number."""
    return [" ".join(text.split())
            for text in header_texts(header_of(raw), folder)]


def header_texts(top, folder):
    if b"=?" in top or not top.isascii():
        try:
            fields = fields_of(git("mailinfo", "-k", os.devnull, os.devnull,
                                   folder=folder, data=top + b"\n\n"))
            return fields.get("Subject", ""), "%s <%s>" % (
                fields.get("Author", ""), fields.get("Email", ""))
        except Refused:
            pass
    headers = email.parser.BytesHeaderParser().parsebytes(top)
    return [str(headers.get(name, "")) for name in ("Subject", "From")]


class Mail:
    """A mail, or a patch after some text.

    @number: its place among the mails that were given, from 1
    @name: of its file, if the file has no other mail
    @options: git apply's
    """

    def __init__(self, raw, number, name, options, folder):
        self.raw = raw
        self.number = number
        self.name = name
        self.options = options
        headers = email.parser.BytesHeaderParser().parsebytes(header_of(raw))
        subject, sender = header_fields(raw, folder)
        self.subject, self.sender = subject[:MOST_TEXT], sender[:MOST_TEXT]
        self.address = email.utils.parseaddr(self.sender)[1].lower()
        found = FORMATTED.match(raw)
        self.formatted = bool(found)
        commit = found.group(1).decode() if found else ""
        commit = "" if re.fullmatch("0*", commit) else commit
        self.id = "".join(ids(headers, "Message-ID")[:1]) or commit
        self.root = (ids(headers, "References") + ids(headers, "In-Reply-To") +
                     [self.id])[0]
        self.read_tags(subject)
        self.title, self.author, self.date = self.subject, "", ""
        self.message, self.diff = b"", b""
        self.has_diff = False
        self.error = None
        try:
            self.read(folder)
        except Refused as error:
            self.error = str(error)

    def read_tags(self, subject):
        """Version and place: "[PATCH v2 03/9]", "[EXTERNAL] [RFC PATCHv2]"."""
        found = TAGS.match(subject)
        words = re.split(r"[\s,;:\[\]]+", found.group(0) if found else "")
        versions = {m.group(2) for m in map(NAMED.fullmatch, words) if m}
        places = {m.groups() for m in map(PLACED.fullmatch, words) if m}
        # int() refuses thousands of digits.
        self.huge = any(map(LONG.search, versions.union(*places)))
        if self.huge:
            versions, places = set(), set()
        self.claims = bool(places) or any("patch" in w.lower() for w in words)
        self.tagged = self.claims or any("rfc" in w.lower() for w in words)
        self.reply = bool(REPLY.match(subject))
        # v6.12 beside v2 is a kernel version.
        plain = {v for v in versions if v.isdigit()}
        versions = plain or versions or {"1"}
        self.clear = len(versions) == 1 and len(places) <= 1
        self.version = max(versions)
        self.place, self.total = max(places) if places else (None, None)
        if self.place is not None and self.place.isdecimal():
            self.place = str(int(self.place))
        self.total = int(self.total) if self.total else None
        self.huge = self.huge or (self.total or 0) > MOST_MAILS

    def __str__(self):
        return "%s (%s)" % (self.name or "mail %d" % self.number, self.subject)

    def whole(self):
        """Whether the number is one of the series', not 2.5 or 2a."""
        return self.place.isdecimal() and 1 <= int(self.place) <= self.total

    def order(self):
        digits = re.match(r"\d+", self.place).group(0)
        return int(digits), self.place[len(digits):]

    def read(self, folder):
        """Have git take the mail apart."""
        message = os.path.join(folder, "message")
        diff = os.path.join(folder, "diff")
        fields = fields_of(git("mailinfo", message, diff, folder=folder,
                               data=self.raw))
        self.title = fields.get("Subject", "").strip() or self.name or "patch"
        self.date = fields.get("Date", "")
        if fields.get("Email"):
            self.author = "%s <%s>" % (fields.get("Author", ""),
                                       fields["Email"])
        with open(message, "rb") as text:
            self.message = text.read()
        with open(diff, "rb") as text:
            self.diff = text.read()
        if self.diff:
            self.has_diff = bool(git(
                "apply", "--numstat", "-z", "--allow-empty", *self.options,
                diff, folder=folder))
        if self.has_diff and not self.author and self.raw.startswith(b"From "):
            raise Refused('it has no sender: a line of a mail that begins with '
                          '"From " begins another mail')

    def check(self):
        """Raise Refused unless the mail has a patch."""
        if self.error or not self.has_diff:
            raise Refused("%s: %s" % (self, self.error or
                                      "there is no patch in it"))

    def trailers(self, pattern):
        return pattern.findall(self.message + b"\n" + self.diff)


def too_many(path):
    return Refused("%s has over %d mails: save only the thread" %
                   (path, MOST_MAILS))


def split(path, folder):
    """The mails of an mbox, a Maildir, or a file with one."""
    source = os.path.join(folder, "source")
    mails = os.path.join(folder, "mails")
    if os.path.isdir(path):
        source = os.path.abspath(path)
    else:
        data = read(path)
        # Each may be a mail, and becomes a file.
        if data.count(b"\nFrom ") >= MOST_MAILS:
            raise too_many(path)
        with open(source, "wb") as out:
            out.write(data)
    os.mkdir(mails)
    git("mailsplit", "-b", "-d8", "-o" + mails, "--", source, folder=folder)
    found = []
    left = MOST
    for name in sorted(os.listdir(mails)):
        with open(os.path.join(mails, name), "rb") as mail:
            found.append(mail.read(left + 1))
        left -= len(found[-1])
        if left < 0:
            raise too_large(path)
    shutil.rmtree(mails)
    return found
