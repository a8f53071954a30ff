#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Is an output with a stranger's names in it harmless, and whole?

hostile_check.py FORMAT <OUTPUT    FORMAT: text md csv json junit ktap github html svg
"""
import csv
import io
import json
import re
import sys
import xml.etree.ElementTree

OWN_COMMAND = re.compile(r"::(error|notice) title=pcpubench [a-z]+::|::group::\d+ more$"
                         "|::endgroup::$")
ELEMENTS = {"testsuites", "testsuite", "testcase", "failure", "error", "skipped",
            "system-out"}
SVG = {"svg", "g", "path", "text", "tspan", "rect", "line", "title", "desc", "defs",
       "use", "clipPath", "circle", "style", "metadata", "image", "polygon", "RDF",
       "feComposite", "feFlood", "Work", "format", "type", "creator", "Agent", "a", "pattern", "filter"}


def lines(text, form):
    """What any output that goes to a terminal or a CI's log must hold."""
    for number, line in enumerate(text.split("\n"), 1):
        where = f"line {number}: {line!r}"
        assert not re.search("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e"
                             "\u2066-\u2069\ufeff\ufffe\uffff]", line), where
        assert "##[" not in line, where
        if line.lstrip().startswith("::"):
            assert form == "github" and OWN_COMMAND.match(line), where


def md(text):
    width = None
    for line in text.split("\n"):
        bare = re.sub(r"\\.", "", line)
        assert not re.search("[<`]", bare), line
        row = bare.count("|") if bare.startswith("|") else None
        assert row is None or width is None or row == width, line
        width = row


def tables(text):
    rows = list(csv.reader(io.StringIO(text), strict=True))
    assert len(rows) > 1 and len({len(row) for row in rows}) == 1
    for field in (field for row in rows for field in row):
        assert not re.match(r"[=+@]|-[^\d]", field), field


def elements(text, known):
    names = {re.sub("^{.*}", "", e.tag)
             for e in xml.etree.ElementTree.fromstring(text).iter()}
    assert names <= known, names - known


def ktap(text):
    for line in text.rstrip("\n").split("\n"):
        assert re.match(r"KTAP version 1$|1\.\.\d+$|(not )?ok \d+ |# ", line), line
        assert line.startswith("# ") or line.count("#") <= 1, line


def main():
    form, text = sys.argv[1], sys.stdin.buffer.read().decode()
    if form not in ("html", "svg"):
        lines(text, form)
    # The name has this; a test of an output without it would test nothing.
    assert "touch" in text, "no hostile name in it"
    {"md": md, "csv": tables, "json": json.loads, "ktap": ktap,
     "junit": lambda text: elements(text, ELEMENTS),
     "svg": lambda text: elements(text, SVG)}.get(form, lambda text: None)(text)
    if form == "html":
        assert "<script>alert" not in text and text.count("</script>") == 2


if __name__ == "__main__":
    main()
