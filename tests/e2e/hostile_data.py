#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A stranger's results file: hostile_data.py FROM.jsonl TO.jsonl [FIELD...]

Each text of FROM becomes hostile in TO, but for those that say what a record is, and
those of each FIELD. Names that were the same stay the same.
"""
import json
import sys

# Quotes, commands of a shell, of gnuplot, of GitHub, tags, formulas, ways up.
NAME = ("::error::x'\"$(touch ran)`touch ran`;touch ran|<script>alert(1)</script>"
        "<!--&amp; ]]> %0A::error::y ##[error]z ../../../ran $x^$ {/=9 y} -x ")
# What may not be in a name, but in other texts.
TEXT = ("::error::t\n::error::u\r\n\t::error::v\x1b[31mred\x1b]0;title\x07 \x9b31m"
        "\u202egnp\u2066 \u2028 \x7f \u061c\ufeff\uffff ")
KEEP = {"type", "status", "unit", "instrument", "bench", "config_sha256",
        "image_sha256", "module_sha256", "sha256", "source_id", "arm", "gfp",
        "kind", "op", "shape", "cmdline", "events", "blocks"}
NAMES = {"kernel", "topology", "boot_id", "id", "run", "reason"}


def hostile(value, key):
    if isinstance(value, dict):
        return {k: hostile(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [hostile(v, key) for v in value]
    if not isinstance(value, str) or key in KEEP:
        return value
    if key == "kernel":
        # One with a slash would be shown by a short name.
        return NAME.replace("/", "") + value
    if key == "topology":
        return "=1+1 " + NAME + value
    return NAME + value if key in NAMES else TEXT + NAME + value


def main():
    KEEP.update(sys.argv[3:])
    with open(sys.argv[1], encoding="utf-8") as f, \
            open(sys.argv[2], "w", encoding="utf-8") as out:
        for line in f:
            record = json.loads(line)
            host = record.get("host", {})
            record = {k: hostile(v, k) for k, v in record.items()}
            if record["type"] == "run":
                # Its kernel is of the host: a text.
                record["host"] = {k: v if k == "cpus" else TEXT + NAME + v
                                  for k, v in host.items()}
            out.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
