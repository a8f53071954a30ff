# SPDX-License-Identifier: GPL-2.0-or-later
"""git, with a configuration of the program's own, and files that may be packed."""
import bz2
import gzip
import lzma
import os
import subprocess
import zlib


class Refused(Exception):
    """One line: what is wrong with the patches, and what to do."""


# Nobody's configuration, attributes, hooks or pager. lib/apply.sh has the same.
OWN = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
}


def reason(errors):
    """What git says that is wrong, in one line."""
    lines = errors.decode("utf-8", "replace").splitlines()
    for line in lines:
        for mark in ("error: ", "fatal: "):
            if line.startswith(mark):
                return line[len(mark):]
    return lines[-1] if lines else "git failed without a word"


def run(command, folder, env, data=None):
    """What a program prints; Refused with its reason."""
    done = subprocess.run(command, cwd=folder, env=env, input=data,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode:
        raise Refused(reason(done.stderr))
    return done.stdout


def git(*command, folder, data=None):
    """What git prints; Refused with its reason. A repository is found in
    @folder itself, and not above it."""
    above = os.path.dirname(os.path.realpath(folder))
    return run(["git", *command], folder, dict(OWN, GIT_CEILING_DIRECTORIES=above), data)


def users_git(tree, *command):
    """A line that git prints of a user's own repository. It needs the user's
    configuration: that says whose repositories are trusted (safe.directory)."""
    env = {key: value for key, value in os.environ.items()
           if not key.startswith("GIT_") or key.startswith("GIT_CONFIG")}
    env["LC_ALL"] = "C"
    return run(["git", *command], tree, env).decode("utf-8", "surrogateescape").strip()


PACKED = {
    b"\x1f\x8b": gzip.decompress,
    b"BZh": bz2.decompress,
    b"\xfd7zXZ\x00": lzma.decompress,
}
ARCHIVES = {b"PK\x03\x04": "a zip", b"\x28\xb5\x2f\xfd": "a zstd"}


def read(path):
    """The bytes of a file, unpacked if an archive served it packed."""
    with open(path, "rb") as source:
        data = source.read()
    for magic, unpack in PACKED.items():
        if data.startswith(magic):
            try:
                data = unpack(data)
            except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
                raise Refused("%s cannot be unpacked: %s" %
                              (path, error)) from error
    kind = "a tar" if data[257:262] == b"ustar" else None
    for magic, name in ARCHIVES.items():
        if data.startswith(magic):
            kind = name
    if kind:
        raise Refused("%s is %s archive: unpack it, and give what is in it" %
                      (path, kind))
    return data
