# SPDX-License-Identifier: GPL-2.0-or-later
"""Commits of a user's git tree, as patches.

The tree tells only which commits are meant and where its objects are. All else
happens in our own repository that borrows these objects, so that neither the
tree's configuration nor its attributes change a patch.
"""
import dataclasses
import os
import shutil

from own_git import Refused, git, users_git

FORMAT = "%H%x00%P%x00%an <%ae>%x00%aD%x00%s%x00%b"


@dataclasses.dataclass
class Commit:
    """A commit as a patch; the fields are those of mails.Mail."""
    title: str
    author: str
    id: str
    date: str
    message: bytes
    diff: bytes
    name = None
    options = ("-p1",)


class Tree:
    """A user's git tree, read through @folder, which becomes a repository."""

    def __init__(self, path, folder):
        self.path = path
        self.folder = folder
        if not os.path.isdir(path):
            raise Refused("%s: no such folder" % path)
        where = self.ask("rev-parse", "--path-format=absolute",
                         "--show-object-format", "--git-path", "objects",
                         "--git-path", "shallow").splitlines()
        git("init", "-q", "--bare", "--template=", "--object-format=" + where[0],
            ".", folder=folder)
        with open(os.path.join(folder, "objects/info/alternates"), "w",
                  encoding="utf-8", errors="surrogateescape") as out:
            out.write(where[1] + "\n")
        if os.path.exists(where[2]):
            shutil.copy(where[2], os.path.join(folder, "shallow"))

    def ask(self, *command):
        try:
            return users_git(self.path, *command)
        except Refused as error:
            raise Refused("%s: %s" % (self.path, error)) from error

    def own(self, *command):
        return git(*command, folder=self.folder)

    def commit(self, name):
        return self.ask("rev-parse", "--verify", "--end-of-options",
                        name + "^{commit}")

    def ends(self, commits):
        """Where A..B and A...B begin and end: at the commit where B left A, and
        at B, as for git diff A...B."""
        if commits.startswith("-"):
            raise Refused("'%s': give a range of commits, BASE..HEAD" % commits)
        words = self.ask("rev-parse", "--revs-only", commits, "--").split()
        if len(words) < 2:
            raise Refused("'%s': give a range of commits, BASE..HEAD" % commits)
        head = self.commit(words[0])
        return self.ask("merge-base", words[1].lstrip("^"), head), head

    def difference(self, old, new):
        return self.own("diff-tree", "-p", "--binary", "--full-index",
                        "--no-renames", old, new)

    def along(self, base, head):
        """A patch for each commit along first parents; a merge is one patch.
        None if this path does not start at the base, since the base was merged
        later."""
        fields = self.own("log", "-z", "--first-parent", "--reverse",
                          "--encoding=UTF-8", "--format=" + FORMAT,
                          "%s..%s" % (base, head)).split(b"\0")
        found = []
        previous = base
        for at in range(0, len(fields) - 5, 6):
            commit, parents, author, date, title, body = [
                field.decode("utf-8", "surrogateescape")
                for field in fields[at:at + 6]]
            if parents.split()[:1] != [previous]:
                return None
            found.append(Commit(title, author, commit, date, indented(body),
                                self.difference(previous, commit)))
            previous = commit
        return found

    def whole(self, old, new):
        """The difference of two commits as one patch."""
        return Commit("All from %.12s to %.12s" % (old, new), "", new,
                      "", b"", self.difference(old, new))


def indented(text):
    """A message, indented so that git takes no line of it for a patch."""
    return "".join("    %s\n" % line if line else "\n"
                   for line in text.strip().splitlines()).encode(
                       "utf-8", "surrogateescape")
