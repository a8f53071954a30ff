# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the series in a file, a folder or a git tree."""
import os
import re

from choice import Choice
from commits import Tree
from folder import MAILS, Series, count, unpacked
from mails import BASE, MOST_MAILS, NEEDS, Mail, split, too_many
from own_git import MOST, OWN, Refused, run, too_large

LOOSE = (".patch", ".diff")
NOT_PATCHES = ("cmdline", "multi-node-note")


def read_mails(sources, scratch):
    """The mails in files; @sources: (path, git apply's options)."""
    found = []
    size = 0
    for path, options in sources:
        try:
            raws = split(path, scratch)
        except Refused as error:
            why = str(error)
            raise Refused(why if why.startswith(path) else
                          "%s: %s" % (path, why)) from error
        if len(found) + len(raws) > MOST_MAILS:
            raise too_many(path)
        size += sum(map(len, raws))
        if size > MOST:
            raise too_large(path)
        name = os.path.basename(path) if len(raws) == 1 else None
        for raw in raws:
            found.append(Mail(raw, len(found) + 1, name, options, scratch))
    return found


# This project's own series have some patches in common, and so have its tests'.
HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
OURS = (HERE, os.path.join(os.path.dirname(HERE), "tests"))


def within(path, folder):
    """Whether a file lies in a folder: a link or `..` of a stranger's may lead to
    any file of the user's."""
    return os.path.commonpath([os.path.realpath(path),
                               os.path.realpath(folder)]) == os.path.realpath(folder)


def plain(path):
    """The text of a file beside the patches; lib/series.sh has the same rules."""
    if os.path.islink(path) or not os.path.isfile(path) or \
            os.path.getsize(path) > 1 << 20:
        raise Refused("%s is no plain file of at most 1 MiB" % path)
    with open(path, encoding="utf-8", errors="surrogateescape",
              newline="") as source:
        return source.read()


def only_line(path):
    """The only line of a file beside the patches."""
    text = plain(path).rstrip("\n")
    if re.search("[\0-\x1f\x7f]", text):
        raise Refused("%s is more than one line, or has control characters" %
                      path)
    return text


def quilt_patches(path):
    """The patches that `series` names, as series.awk reads it."""
    plain(os.path.join(path, "series"))
    above = next((ours for ours in OURS if within(path, ours)), path)
    rules = os.path.join(os.path.dirname(os.path.realpath(__file__)),
                         "series.awk")
    try:
        lines = run(["awk", "-f", rules, "series"], path, OWN)
    except Refused as error:
        raise Refused("%s/series: %s" % (path, error)) from error
    for line in lines.decode("utf-8", "surrogateescape").splitlines():
        name, _, options = line.partition("\t")
        patch = os.path.join(path, name)
        if not options:
            raise Refused("%s/series: '%s': give its path as a kernel's name" %
                          (path, name))
        if not os.path.isfile(patch):
            raise Refused("%s: no such patch: the series file names it" % patch)
        if not within(patch, above):
            raise Refused("%s: this patch lies outside of its series' folder" %
                          patch)
        yield patch, tuple(options.split())


def natural(name):
    """Sorts 2.patch before 10.patch."""
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part)
            for part in re.split(r"(\d+)", name)]


def quilt_series(path, wish, scratch):
    """The patches of a quilt series, in its order."""
    if any(wish.values()):
        raise Refused("%s: its series file says what is taken" % path)
    found = read_mails(quilt_patches(path), scratch)
    for mail in found:
        mail.check()
    return series_of(path, found, found, {})


def folder_series(path, wish, scratch):
    """Patches in the order of their names, or mails."""
    names = sorted((name for name in os.listdir(path)
                    if os.path.isfile(os.path.join(path, name))), key=natural)
    taken = [name for name in names if unpacked(name).endswith(LOOSE + MAILS)]
    if not taken:
        raise Refused("%s: no series file and no *.patch in it" % path)
    found = read_mails([(os.path.join(path, name), ("-p1",))
                        for name in taken], scratch)
    choice = Choice(found, all(unpacked(name).endswith(LOOSE)
                               for name in taken), **wish)
    series = series_of(path, found, choice.make(), choice.passed)
    others = [name for name in names if name not in taken + list(NOT_PATCHES)]
    if others:
        series.origin.append(("passed", "%s: not named *.patch" %
                              ", ".join(others)))
    return series


def mbox_series(path, wish, scratch):
    """An mbox, a Maildir, a mail or a patch."""
    found = read_mails([(path, ("-p1",))], scratch)
    alone = len(found) == 1 and not found[0].raw.startswith(b"From ")
    choice = Choice(found, alone or all(m.formatted for m in found), **wish)
    return series_of(path, found, choice.make(), choice.passed)


def path_series(path, wish, scratch):
    """The series in a file or folder. @wish: what Choice takes."""
    if not os.path.exists(path):
        raise Refused("%s: no such file or folder" % path)
    if os.path.lexists(os.path.join(path, "series")):
        how = quilt_series
    elif os.path.isdir(path) and not os.path.isdir(os.path.join(path, "cur")):
        how = folder_series
    else:
        how = mbox_series
    try:
        return how(path, wish, scratch)
    except Refused as error:
        why = str(error)
        if not why.startswith((path, os.path.basename(path))):
            why = "%s: %s" % (path, why)
        raise Refused(why) from error


def told(passed):
    """Lines for mails passed over: each one with a patch, the others'
    number."""
    lines = ["%s: %s" % (mail, why) for mail, why in passed.items()
             if mail.has_diff or mail.error]
    talk = len(passed) - len(lines)
    if talk:
        lines.append("1 mail without a patch" if talk == 1 else
                     "%d mails without a patch" % talk)
    return lines


def series_of(path, found, chosen, passed):
    """The series of the chosen mails."""
    first = chosen[0]
    covers = [m for m in found if m.place == "0" and not m.reply and
              (m.address, m.version) == (first.address, first.version)]
    bases = sorted({base.decode() for mail in covers + chosen
                    for base in mail.trailers(BASE)})
    needs = sum(len(mail.trailers(NEEDS)) for mail in covers + chosen)
    version = "v" + first.version if first.claims else ""
    authors = {m.author for m in chosen if m.author}
    by = authors.pop() if len(authors) == 1 else "%d authors" % len(authors)
    title = "%s (%s%s%s)" % ((covers or chosen)[0].title,
                             version and version + ", ", count(chosen),
                             " by " + by if first.author else "")
    return Series(title, chosen, [
        ("from", os.path.basename(os.path.abspath(path))),
        ("version", version),
        ("author", first.sender),
        ("base", bases[0] if len(bases) == 1 else ""),
        ("passed", "base-commit: there are several, " + ", ".join(bases)
         if len(bases) > 1 else ""),
        ("needs", "%d patches that are not among these "
         "(prerequisite-patch-id)" % needs if needs else ""),
        *(("passed", line) for line in told(passed))])


def git_series(path, commits, scratch):
    """The commits of a range."""
    tree = Tree(path, scratch)
    base, head = tree.ends(commits)
    found = tree.along(base, head)
    what = "%s of %s" % (commits, os.path.basename(os.path.abspath(path)))
    if found is None:
        found = [tree.whole(base, head)]
        what += ", as one patch, since its base was merged into it"
    chosen = [c for c in found if c.diff]
    if not chosen:
        raise Refused("%s: no commit in %s" % (path, commits))
    return Series("%s (%s)" % (what, count(chosen)), chosen, [
        ("from", "git " + what), ("base", base),
        *(("passed", "%s (%s): changes nothing" % (c.id, c.title))
          for c in found if not c.diff)])
