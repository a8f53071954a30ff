#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck source=tests/lib.sh
#
# userspace-runner/ is a house of rooms, one folder each, one floor above the
# other: a file includes headers of its own room and of lower floors.
. "$(dirname "$0")/../lib.sh"

# The floors, from the ground up.
floors="base|doc plan stats|results|kernel|measure profile|guest|vm|boot|sweep compare fit lockmodel|metal series|report|campaign bundle|cmd|main.c"

cat >"$tmp/rooms.py" <<'END'
import collections
import os
import re
import sys

top, floors = sys.argv[1:3]
rank = {room: number for number, floor in enumerate(floors.split("|"))
        for room in floor.split()}
include = re.compile(r'^#include "([^"]+)"', re.M)
files = sorted(os.path.relpath(os.path.join(folder, name), top)
               for folder, _, names in os.walk(top)
               for name in names if name.endswith((".c", ".h")))
arrows = {name: [to for to in include.findall(
    open(os.path.join(top, name), encoding="utf-8").read())
    if os.path.exists(os.path.join(top, to))] for name in files}


def room(name):
    return name.split("/")[0]


def up():
    for name, others in arrows.items():
        if room(name) not in rank:
            yield "%s: a room without a floor" % name
            continue
        for other in others:
            if room(other) != room(name) and \
                    rank[room(other)] >= rank[room(name)]:
                yield "%s includes %s" % (name, other)


# A .c and its .h are one unit; functions that the .h declares may be defined in
# several files of its room, but nowhere else.
def circles():
    graph = collections.defaultdict(set)
    for name, others in arrows.items():
        for other in others:
            if other[:-2] != name[:-2]:
                graph[name[:-2]].add(other[:-2])
    state = {}

    def visit(node, path):
        state[node] = "open"
        for other in sorted(graph[node]):
            if state.get(other) == "open":
                yield " -> ".join([*path[path.index(other):], other])
            elif other not in state:
                yield from visit(other, [*path, other])
        state[node] = "done"

    for node in sorted(graph):
        if node not in state:
            yield from visit(node, [node])


def twins():
    by_name = collections.defaultdict(set)
    for name in files:
        by_name[os.path.basename(name)].add(name)
    for name, places in by_name.items():
        if len(places) > 1:
            yield "%s: %s" % (name, " ".join(sorted(places)))


# For external functions: the header that declares and the file that defines
# each.
def functions(ending, after):
    found = collections.defaultdict(set)
    pattern = re.compile(r"^(?!static\b|typedef\b)[a-z_][\w *]*[ *](\w+)"
                         r"\([^;{}]*\)[^;{}()]*(?:\([^;{}]*\))*\s*" + after, re.M)
    for name in files:
        if name.endswith(ending):
            text = open(os.path.join(top, name), encoding="utf-8").read()
            for function in pattern.findall(text):
                found[function].add(name)
    return found


def elsewhere():
    defined = functions(".c", "{")
    for function, headers in functions(".h", ";").items():
        for header in headers:
            if room(header) not in map(room, defined[function]):
                yield "%s: %s() is in %s" % (
                    header, function, " ".join(defined[function]) or "no file")


def at_root():
    for name in files:
        if "/" not in name and name != "main.c":
            yield name


# Measuring the running kernel, also in the guest, is independent of QEMU.
def qemu():
    for name in files:
        if room(name) not in ("measure", "guest", "metal"):
            continue
        todo, seen = [name], set()
        while todo:
            seen.add(todo[-1])
            todo += [to for to in arrows[todo.pop()] if to not in seen]
        for other in sorted(seen):
            if room(other) == "vm":
                yield "%s reaches %s" % (name, other)


found = list({"up": up, "circles": circles, "twins": twins, "root": at_root,
              "qemu": qemu, "elsewhere": elsewhere}[sys.argv[3]]())
print("\n".join(found))
sys.exit(bool(found))
END
rooms() {
	/usr/bin/python3 "$tmp/rooms.py" userspace-runner "$floors" "$1"
}

check "a room includes only lower floors" rooms up
check "no circle between files" rooms circles
check "a file's name is in one room only" rooms twins
check "main.c alone is at the root" rooms root
check "what a header declares is in its room" rooms elsewhere
check "measuring the kernel that runs includes no QEMU" rooms qemu

# only_in FILES PATTERN: no other file of the program has it.
only_in() {
	! grep -rnE --include='*.[ch]' "$2" userspace-runner |
		grep -vE "^userspace-runner/($1):"
}
# guest/place.c, guest/rss*.c, measure/crew.c and busy_clock.c make tasks of their own
# program, which run no other. To run one is what load_exec.c measures.
check "programs are run by base/process.c alone" only_in \
	'base/process.c|guest/place.c|guest/rss(_crew)?.c|measure/crew.c|measure/benches/(busy_clock|load_exec).c' \
	'\<(v?fork|exec[lv]p?e?|popen|posix_spawnp?|system|waitpid|wait4)\('
# The user's choices are passed on as options.
check "the environment is read in few places and written in none" only_in \
	'base/paths.c|base/process.c|kernel/source.c|kernel/kept.c|campaign/units.c' \
	'\<(get|set|put|unset)env\('
check "boots are recorded by results/recorder.c alone" only_in \
	'results/(recorder.c|writer.[ch])' '\<results_write\('
check "boots are read by results/boots.c alone" only_in \
	'results/(boots.[ch]|reader.[ch]|recorder.h)' '\<results_read\('
check "topologies are named by plan/topology.c alone" only_in \
	'plan/topology.c' '%[a-z]+c%[a-z]+n'
finish
