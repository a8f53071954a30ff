# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs git without the user's configuration; reads packed files."""
import bz2
import gzip
import io
import lzma
import os
import subprocess
import zlib


class Refused(Exception):
    """One line: what is wrong with the patches, and what to do."""


# No configuration, attributes, hooks or pager. lib/store.sh has the same.
OWN = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
}


def reason(errors):
    """git's error in one line."""
    lines = errors.decode("utf-8", "replace").splitlines()
    for line in lines:
        for mark in ("error: ", "fatal: "):
            if line.startswith(mark):
                return line[len(mark):]
    return lines[-1] if lines else "git failed without a word"


def run(command, folder, env, data=None):
    """A program's output; raises Refused with its error."""
    done = subprocess.run(command, cwd=folder, env=env, input=data,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode:
        raise Refused(reason(done.stderr))
    return done.stdout


def git(*command, folder, data=None):
    """git's output; raises Refused with its error. The repository is @folder
    itself, not a folder above it."""
    above = os.path.dirname(os.path.realpath(folder))
    return run(["git", *command], folder, dict(OWN, GIT_CEILING_DIRECTORIES=above), data)


def users_git(tree, *command):
    """A line of git's output in a user's repository, with the user's
    configuration, as safe.directory tells whose repositories are trusted."""
    env = {key: value for key, value in os.environ.items()
           if not key.startswith("GIT_") or key.startswith("GIT_CONFIG")}
    env["LC_ALL"] = "C"
    return run(["git", *command], tree, env).decode("utf-8", "surrogateescape").strip()


PACKED = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
ARCHIVES = {b"PK\x03\x04": "a zip", b"\x28\xb5\x2f\xfd": "a zstd"}

# Bytes of all mails, unpacked: a few KiB can unpack to more than any memory holds.
MOST = 64 << 20


def too_large(path):
    return Refused("%s is over %d MiB: save only the thread" %
                   (path, MOST >> 20))


def read_some(source, path):
    """The bytes of an open file, which may be too large or without an end."""
    data = source.read(MOST + 1)
    if len(data) > MOST:
        raise too_large(path)
    return data


def read(path):
    """The bytes of a file, unpacked if it is packed."""
    with open(path, "rb") as source:
        data = read_some(source, path)
    for magic, unpack in PACKED.items():
        if data.startswith(magic):
            try:
                with unpack(io.BytesIO(data)) as source:
                    data = read_some(source, path)
            except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
                raise Refused("%s cannot be unpacked: %s" %
                              (path, error)) from error
    kind = "a tar" if data[257:262] == b"ustar" else None
    for magic, name in ARCHIVES.items():
        if data.startswith(magic):
            kind = name
    if kind:
        raise Refused("%s is %s archive: unpack it, and give its content" %
                      (path, kind))
    return data
