#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""results/schema.json accepts the program's records and refuses broken ones.

Run from anywhere with the system's Python: its jsonschema is a Debian package.
"""
import copy
import glob
import json
import os
import sys

import jsonschema

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RESULTS = os.path.join(ROOT, "results")
DATA = os.path.join(ROOT, "tests", "unit", "data")

DELETE = object()

# (type of record, path, what it becomes): each alone makes a record wrong.
BROKEN = [
    ("run", "type", 1),
    ("run", "type", DELETE),
    ("run", "version", 2),
    ("run", "version", "1"),
    ("run", "id", ""),
    ("run", "id", "two\nlines"),
    ("run", "started", "yesterday"),
    ("run", "command", "pcpubench boot"),
    ("run", "tool", DELETE),
    ("run", "host", "a machine"),
    ("run", "host.cpus", 0),
    ("run", "host.os", DELETE),
    ("kernel", "kernel", DELETE),
    ("kernel", "release", 6.12),
    ("kernel", "compiler", DELETE),
    ("kernel", "image_sha256", "0123"),
    ("kernel", "harness", ["0001.patch"]),
    ("kernel", "patches", [None]),
    ("run", "command", ["pcpubench", 1]),
    ("kernel", "patches", [{"name": "0001.patch"}]),
    ("kernel", "origin", "thread.mbox"),
    ("kernel", "origin", {"from": "thread.mbox", "passed": "mail 1"}),
    ("boot", "boot", 0),
    ("boot", "topology", DELETE),
    ("boot", "status", "hung"),
    ("boot", "status", "failed"),
    ("boot", "guest", 176),
    ("boot", "guest.possible_cpus", -1),
    ("boot", "console", "a line"),
    ("boot", "taken", {"run": "20261126T012901Z"}),
    ("boot", "again", "20261126T012901Z"),
    ("run", "known", {"key": "image", "sum": "0123456789abcdef"}),
    ("cell", "boot", "1"),
    ("cell", "bench", ""),
    ("cell", "param", -4),
    ("cell", "param", 64.5),
    ("cell", "unit", "cycles"),
    ("cell", "unit", "ns"),
    ("cell", "instrument", "time"),
    ("cell", "pairs", 0),
    ("cell", "arms", DELETE),
    ("cell", "arms.on", DELETE),
    ("cell", "arms.on.ticks", []),
    ("cell", "arms.off.ticks", [-1, 1, 1]),
    ("cell", "arms.off.disturbed", [True, False, False]),
    ("cell", "arms.empty.ticks", [1 << 60] * 3),
    ("cell", "chunk", DELETE),
    ("cell", "chunk.outside", -1),
    ("cell", "chunk.offset", -1),
    ("cell", "chunk.moved", "1"),
    ("cell", "proof", DELETE),
    ("cell", "proof.held", DELETE),
    ("cell", "proof.held", "11392"),
    ("cell", "proof_nodes", {}),
    ("cell", "proof_nodes", [{"node": 0}]),
    ("cell", "valid", 1),
    ("cell", "valid", DELETE),
    ("cell", "valid", False),
    ("end", "cells", DELETE),
    ("end", "failed", -1),
]


def lines(path):
    with open(path, encoding="utf-8") as records:
        for number, line in enumerate(records, 1):
            yield "%s:%d" % (os.path.relpath(path, ROOT), number), line


def changed(record, path, value):
    record = copy.deepcopy(record)
    parent = record
    *above, last = path.split(".")
    for key in above:
        parent = parent[key]
    if value is DELETE:
        del parent[last]
    else:
        parent[last] = value
    return record


def main():
    with open(os.path.join(RESULTS, "schema.json"), encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = []

    files = sorted(glob.glob(os.path.join(DATA, "*.jsonl")) +
                   glob.glob(os.path.join(RESULTS, "reference", "*.jsonl")) +
                   sys.argv[1:])
    good = {}
    charged = None
    checked = 0
    for path in files:
        for where, line in lines(path):
            record = json.loads(line)
            checked += 1
            for error in validator.iter_errors(record):
                failures.append("%s: %s" % (where, error.message[:200]))
            if os.path.basename(path) == "typical.jsonl":
                if record.get("valid", True):
                    good.setdefault(record["type"], record)
            if "charge" in record:
                charged = record

    if set(good) != {"run", "kernel", "boot", "cell", "end"}:
        failures.append("typical.jsonl does not have every type of record")
    for kind, path, value in BROKEN:
        if kind in good and validator.is_valid(changed(good[kind], path,
                                                       value)):
            shown = "deleted" if value is DELETE else json.dumps(value)
            failures.append("%s record with %s %s passes" % (kind, path,
                                                             shown))
    for path, value in (("charge.uses", DELETE), ("charge.percpu", -1),
                        ("charge.memlock", -2), ("entries", 0),
                        ("options", 3), ("options", {"entries": -1}),
                        ("options", {"shape": ""})):
        if validator.is_valid(changed(charged, path, value)):
            failures.append("a cell with a charge passes with %s wrong" % path)
    for value in ([], "run", 1, None, {}):
        if validator.is_valid(value):
            failures.append("%s passes" % json.dumps(value))
    if not validator.is_valid({"type": "of later days", "any": "field"}):
        failures.append("a record type that is not known does not pass")

    for failure in failures:
        print("schema_test: " + failure, file=sys.stderr)
    if failures:
        return 1
    print("schema_test: %d records fit, %d broken ones do not" %
          (checked, len(BROKEN)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
