#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How much of the module's code a fuzzer reached: coverage.py MODULE
FOLDER LOG..., where FOLDER has the module's source.

The compiler put a call of __sanitizer_cov_trace_pc() into each basic block; the guest
told the addresses behind those calls that were made. A line counts if it is the module's
own, not of the kernel's headers, begins such a block, and is no __init. A function that
ends with a jump to that call is seen at its caller, so such a block does not count. KCOV
does not see interrupts: what runs there counts as not reached. Prints the lines that
nobody reached, by function; those of them that no call can reach in the emulator, with
the reason; and last the percentage of all lines that were reached."""
import collections
import os
import re
import subprocess
import sys

CALL = "__sanitizer_cov_trace_pc"
CODE = (".text", ".text.unlikely")

# Lines that no call reaches in the emulator: file, part of the line, and why.
PMU = "the emulator's CPU has no counters"
SOFTIRQ = "runs in softirq, which KCOV does not see"
BARRED = (
    ("counters.c", "", PMU),
    ("main.c", "run->counters |= 1U << i", PMU),
    ("shape.c", "free_percpu(b->to_free)", SOFTIRQ),
    ("shape.c", "if (!b->empty)", SOFTIRQ),
    ("shape.c", "WRITE_ONCE(b->to_free, NULL)", SOFTIRQ),
)


def run(*words, text=None):
    return subprocess.run(words, input=text, check=True, capture_output=True,
                          text=True).stdout


def blocks(module):
    """{(section, offset behind the call): function}"""
    found, section, function, last, word = {}, None, None, None, None
    for line in run("objdump", "-dr", "--no-show-raw-insn", module).splitlines():
        if m := re.match(r"Disassembly of section (\S+):", line):
            section = m[1]
        elif m := re.match(r"[0-9a-f]+ <(\S+)>:", line):
            function = m[1]
        elif m := re.match(r"\s+([0-9a-f]+):\s+R_X86_64_\S+\s+(\S+?)[-+]0x", line):
            if m[2] == CALL and section in CODE and word == "call":
                found[section, last + 5] = function
        elif m := re.match(r"\s+([0-9a-f]+):\s+(\w+)", line):
            last, word = int(m[1], 16), m[2]
    return found


def reached(logs):
    """(section, offset) of all runs. Each tells where its sections began."""
    found = set()
    for log in logs:
        start, code = {}, []
        for line in open(log):
            if line.startswith("# section "):
                _, _, name, at = line.split()
                start[name] = int(at, 16)
            elif line.startswith("# code: "):
                code += [int(word, 16) for word in line.split()[2:]]
        for name, at in start.items():
            found.update((name, pc - at) for pc in code)
    return found


def lines_of(module, places, folder):
    """{place: file:line}, of lines of files in @folder"""
    own, found = set(os.listdir(folder)), {}
    for section in CODE:
        mine = [p for p in places if p[0] == section]
        if not mine:
            continue
        said = run("addr2line", "-e", module, "-j", section,
                   text="".join(f"{p[1] - 5:x}\n" for p in mine)).splitlines()
        for place, line in zip(mine, said):
            line = re.sub(r" .*", "", line.rsplit("/", 1)[-1])
            if line.split(":")[0] in own:
                found[place] = line
    return found


def why_not(line, folder):
    """Why nobody can reach FILE:LINE here, or None."""
    name, number = line.split(":")
    with open(os.path.join(folder, name)) as f:
        text = f.readlines()[int(number) - 1]
    for file, part, why in BARRED:
        if name == file and part in text:
            return why
    return None


def main(module, folder, *logs):
    all_blocks = blocks(module)
    where = lines_of(module, all_blocks, folder)
    hit = {where[place] for place in reached(logs) & set(where)}
    lines = set(where.values())
    missed, barred = collections.defaultdict(set), collections.defaultdict(set)
    for place, line in where.items():
        if line in hit:
            continue
        why = why_not(line, folder)
        (barred[why] if why else missed[all_blocks[place]]).add(line)
    for function in sorted(missed):
        print(f"# not reached: {function}: {' '.join(sorted(missed[function]))}")
    for why in sorted(barred):
        print(f"# not reached, {why}: {' '.join(sorted(barred[why]))}")
    most = len(lines) - len(set().union(*barred.values()))
    print(f"# {len(hit)} of {len(lines)} lines are reached; "
          f"of {most} that can be reached here {100 * len(hit) / most:.1f} %")
    print(f"{100 * len(hit) / len(lines):.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
