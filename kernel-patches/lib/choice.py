# SPDX-License-Identifier: GPL-2.0-or-later
"""Which mails are the series, and in what order.

Subjects, senders and threads decide. If they leave it open, an error names the
candidates and the option that chooses.
"""
import re

from mails import MOST_MAILS, Mail
from own_git import Refused


def numbers(mails):
    """"1-3,7": the places of these mails, as --mails takes them."""
    runs = []
    for mail in mails:
        if runs and mail.number == runs[-1][1] + 1:
            runs[-1][1] = mail.number
        else:
            runs.append([mail.number, mail.number])
    return ",".join("%d" % a if a == b else "%d-%d" % (a, b) for a, b in runs)


def short(words):
    """The words, or the first of them."""
    more = " and %d more" % (len(words) - 10) if len(words) > 10 else ""
    return ", ".join(words[:10]) + more


class Choice:
    """Which mails are the series.

    @ordered: the mails are one's own and in order, as git format-patch writes
	them, and not a list's thread, where others write in between
    @version, @author, @wanted: values of --version, --author, --mails, or None
    @passed: receives the mails that were passed over, {mail: why}
    """

    def __init__(self, mails, ordered, version=None, author=None, wanted=None):
        self.mails = mails
        self.ordered = ordered
        self.version = version.lower().lstrip("v") if version else None
        self.author = author
        self.wanted = wanted
        self.passed = {}
        self.older = []

    def make(self):
        """The mails of the series, in order."""
        if self.wanted:
            chosen = self.listed()
        else:
            chosen = self.once(self.candidates())
            chosen = self.of_one_author(chosen)
            chosen = self.of_one_version(chosen)
            chosen = self.in_order(chosen)
        for mail in chosen:
            mail.check()
        return chosen

    def listed(self):
        chosen = []
        for word in self.wanted.split(","):
            found = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", word)
            if found:
                first, last = int(found[1]), int(found[2] or found[1])
                some = [m for m in self.mails if first <= m.number <= last]
                wrong = last < first or len(some) != last - first + 1
            else:
                some = [m for m in self.mails if m.id == word.strip("<>")]
                wrong = len(some) != 1
            if wrong:
                raise Refused("--mails=%s: there is no '%s' among %d mails: "
                              "numbers, or Message-IDs" %
                              (self.wanted, word, len(self.mails)))
            chosen += some
        taken = set(chosen)
        self.pass_over([m for m in self.mails if m not in taken],
                       "not in --mails=" + self.wanted)
        return chosen

    def pass_over(self, mails, why):
        self.passed.update((mail, why) for mail in mails)

    def keep(self, mails, want, why):
        """Return the wanted mails, pass over the others."""
        self.pass_over([m for m in mails if not want(m)], why)
        return [m for m in mails if want(m)]

    def candidates(self):
        rest = self.mails
        # A mail given alone is wanted, whatever it is.
        if len(rest) > 1:
            rest = self.keep(rest, lambda m: m.place != "0", "a cover letter")
            rest = self.keep(rest, lambda m: not m.reply, "an answer")
        # Keep a mail whose subject claims a patch it does not have: for the
        # error.
        rest = self.keep(rest, lambda m: m.has_diff or m.error or
                         (m.claims or m.formatted) and len(self.mails) > 1,
                         "no patch in it")
        if not self.ordered and any(m.tagged for m in rest):
            rest = self.keep(rest, lambda m: m.tagged,
                             "no [PATCH] in its subject")
        for mail in rest:
            if mail.huge:
                raise Refused("%s: a number in its subject that no series of "
                              "%d patches has: correct it, or %s" %
                              (mail, MOST_MAILS, self.hint([rest])))
            if not mail.clear and len(rest) > 1:
                raise Refused("%s: two versions or two numbers in its subject: "
                              "%s" % (mail, self.hint([rest])))
        return rest

    def hint(self, choices):
        return "choose with 'kernel add': " + " or ".join(
            "--mails=" + numbers(mails) for mails in choices if mails)

    def of_one_author(self, mails):
        if self.author:
            want = self.author.lower()
            mails = self.keep(mails, lambda m: want in m.sender.lower(),
                              "not by " + self.author)
        people = {}
        for mail in mails:
            people.setdefault(mail.address, []).append(mail)
        if self.ordered or len(people) < 2:
            return mails
        raise Refused("patches of %d authors: choose with 'kernel add': %s" % (
            len(people), " or ".join("--author=%s (mails %s: %s)" % (
                address, numbers(some), some[-1].subject)
                for address, some in people.items())))

    def of_one_version(self, mails):
        if self.version:
            return self.keep(mails, lambda m: m.version == self.version,
                             "not v" + self.version)
        versions = {}
        for mail in mails:
            versions.setdefault(mail.version, []).append(mail)
        if len(versions) < 2:
            return mails
        if all(v.isdigit() for v in versions):
            order = sorted(versions, key=int, reverse=True)
            if self.supersedes([versions[v] for v in order]):
                self.older = order[1:]
                return self.keep(mails, lambda m: m.version == order[0],
                                 "older than v" + order[0])
        raise Refused("patches of %d versions, which may be several series: "
                      "choose with 'kernel add': %s" % (
                          len(versions), " or ".join(
                              "--version=%s (mails %s: %s)" % (
                                  v, numbers(some), some[0].subject)
                              for v, some in versions.items())))

    def supersedes(self, versions):
        """Whether each of these versions is newer than the next: it shares a
        thread or a title, perhaps the cover letter's, with it; and a patch
        without a number replaces only one patch."""
        titles, threads, mails = set(), set(), {}
        for mail in self.mails:
            if not mail.reply:
                mails.setdefault(mail.version, []).append(mail)
        for some in versions:
            have = [m for m in mails[some[0].version]
                    if self.ordered or m.address == some[0].address]
            if titles and titles.isdisjoint(m.title for m in have) and \
                    threads.isdisjoint(m.root for m in have):
                return False
            titles.update(m.title for m in have)
            threads.update(m.root for m in have)
        numbered = sum(versions, []) if self.ordered else versions[0]
        return all(m.place is not None for m in numbered) or \
            max(map(len, versions)) == 1

    def in_order(self, mails):
        if not mails:
            raise Refused("no patch in it%s" % (
                ": " + "; ".join("%s: %s" % item
                                 for item in list(self.passed.items())[:3])
                if self.passed else ""))
        some = [m for m in mails if m.place is not None]
        # A file of one's own with one patch is whole, whatever its number; a
        # list's mail 2/3 lacks the others.
        alone = len([m for m in self.mails if m.has_diff or m.error]) == 1
        if len(mails) == 1 and (not some or self.ordered and alone):
            return mails
        if len(some) < len(mails):
            return self.without_numbers(mails, some)
        return self.by_numbers(mails)

    def once(self, mails):
        """The mails without those that were sent again."""
        kept = {}
        for mail in mails:
            key = (mail.address, mail.version, mail.place, mail.total,
                   mail.title, mail.diff)
            if kept.setdefault(key, mail) is not mail:
                self.passed[mail] = "sent again"
        return list(kept.values())

    def without_numbers(self, mails, some):
        places = [m.order() for m in some]
        if self.ordered and places == sorted(set(places)) and \
                all(m.whole() for m in some):
            return mails
        loose = [m for m in mails if m.place is None]
        raise Refused("%s has no number, and is not alone: %s" % (
            loose[0], self.hint(([some] if some else []) + [mails])))

    def by_numbers(self, mails):
        mails = sorted(mails, key=Mail.order)
        seen = {}
        for mail in mails:
            same = seen.setdefault(mail.place, mail)
            if same is not mail:
                raise Refused("%s and %s are both patch %s: %s" % (
                    same, mail, mail.place, self.hint(
                        [[m for m in mails if m is not other]
                         for other in (mail, same)])))
        total = max(m.total for m in mails)
        for mail in mails:
            if not mail.whole() or mail.total != total:
                raise Refused("%s does not fit among %d patches: %s" % (
                    mail, total, self.hint(
                        [mails, [m for m in mails if m is not mail]])))
        missing = [str(n) for n in range(1, total + 1) if str(n) not in seen]
        if missing:
            raise Refused("patch %s of %d (v%s) is not in it: save the whole "
                          "thread, or %s%s" % (
                              short(missing), total, mails[0].version,
                              self.hint([mails]), "".join(
                                  " or --version=" + v for v in self.older)))
        return mails
