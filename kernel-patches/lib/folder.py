# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a series folder: patches, a file `series` that names them, and
`origin`, which tells what was taken, in lines of a word, a tab and a text."""
import errno
import hashlib
import os
import re
import sys

PACKED = (".gz", ".xz", ".bz2")
MAILS = (".eml", ".mbox", ".mbx")


def unpacked(name):
    """A file's name without the endings of packers."""
    for ending in PACKED:
        name = name.removesuffix(ending)
    return name


def count(patches):
    return "1 patch" if len(patches) == 1 else "%d patches" % len(patches)


def line_of(text):
    """A text on one line, without what drives a terminal or a GitHub job
    (userspace-runner/base/safe.h has the same)."""
    text = " ".join(re.sub("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
                           "\ufeff\ufffe\uffff]", " ", text).split())
    return re.sub(r"^::|##\[", "?", text)


def put(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8",
              errors="replace") as out:
        out.write(text)


class Series:
    """Patches in order, their title and their origin.

    @patches: mails.Mail or commits.Commit
    @origin: pairs of a word and a text; "passed" may occur several times
    """

    def __init__(self, title, patches, origin):
        self.title = line_of(title)
        self.patches = patches
        self.origin = [(key, line_of(text)) for key, text in origin if text]

    def write(self, folder):
        lines = []
        names = set()
        for place, patch in enumerate(self.patches, 1):
            name = file_name(patch, place)
            if name in names:
                name = "%04d-%s" % (place, name)
            names.add(name)
            with open(os.path.join(folder, name), "wb") as out:
                out.write(patch_text(patch))
            options = [] if patch.options == ("-p1",) else patch.options
            lines.append(" ".join([name, *options]))
        put(folder, "series", "# %s.\n%s" % (self.title, "".join(
            line + "\n" for line in lines)))
        put(folder, "origin", "".join("%s\t%s\n" % item
                                      for item in self.origin))

    def say(self):
        """Print on standard error what was taken."""
        lines = [self.title]
        for place, patch in enumerate(self.patches, 1):
            lines.append("  %d: %s" % (place, line_of("%s%s" % (
                patch.title, patch.id and " <%s>" % patch.id))))
        for key, text in self.origin:
            if key in ("base", "needs"):
                lines.append("  %s: %s" % (key, text))
            elif key == "passed":
                lines.append("  passed over: " + text)
        print("\n".join(lines).encode("utf-8", "replace").decode(),
              file=sys.stderr)


def file_name(patch, place):
    """The patch's own file name, as one word, if it has one."""
    name = unpacked(os.path.basename(patch.name or ""))
    # Another ending might be a name that has a meaning in a series' folder.
    if name.endswith((".patch", ".diff")):
        return re.sub(r"[^A-Za-z0-9._+-]+", "-", name)
    words = re.sub(r"[^A-Za-z0-9._]+", "-", patch.title)[:52]
    return "%04d-%s.patch" % (place, words.strip("-.") or "patch")


def patch_text(patch):
    """A mail in which git mailinfo finds the same patch again. The message has
    no text that looks like a patch, since mailinfo ended it there."""
    commit = "" if "@" in patch.id else patch.id
    lines = ["From %s Mon Sep 17 00:00:00 2001" % (commit or "0" * 40)]
    if patch.id and not commit:
        lines.append("Message-ID: <%s>" % patch.id)
    if patch.author:
        lines.append("From: " + patch.author)
    if patch.date:
        lines.append("Date: " + patch.date)
    lines.append("Subject: [PATCH] " + patch.title)
    return b"%s\n\n%s\n%s" % (
        "\n".join(map(line_of, lines)).encode("utf-8", "replace"), patch.message,
        patch.diff)


def move(folder, path):
    """Move a folder to @path, and not before its files are on the disk. False if there
    is something, which another process may have put there just now."""
    if os.path.lexists(path):
        return False
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as part:
            os.fsync(part.fileno())
    try:
        os.rename(folder, path)
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
            raise
        return False
    return True


def keep(folder, target):
    """Move a folder into @target, named by its content. Returns its path."""
    content = hashlib.sha256()
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as part:
            data = part.read()
        content.update(b"%s\0%d\0" % (name.encode(), len(data)))
        content.update(data)
    named = os.path.join(target, content.hexdigest()[:16])
    # If there is one, it is the same.
    move(folder, named)
    return named
