# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes another bundle of one, for tests: change_bundle.py BUNDLE NEW CODE.

NEW is BUNDLE after the Python CODE, which has `parts`, {name: bytes}, and `manifest`
in it. The manifest's hashes are made again.
"""
import hashlib
import io
import json
import sys
import tarfile

bundle, new, code = sys.argv[1:]
with tarfile.open(bundle) as tar:
    parts = {part.name: tar.extractfile(part).read() for part in tar}
manifest = json.loads(parts.pop("manifest.json"))
sig = parts.pop("manifest.json.sig", None)
exec(code)
manifest["members"] = {name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                       for name, data in parts.items()}
head = {"manifest.json": json.dumps(manifest).encode()}
if sig:
    head["manifest.json.sig"] = sig
with tarfile.open(new, "w", format=tarfile.USTAR_FORMAT) as tar:
    for name, data in [*head.items(), *sorted(parts.items())]:
        part = tarfile.TarInfo(name)
        part.size = len(data)
        tar.addfile(part, io.BytesIO(data))
