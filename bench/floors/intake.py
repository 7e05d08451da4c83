"""The floor of an intake: copy, hash and fsync every file of a folder, and nothing else."""

import hashlib
import os
import sys
from pathlib import Path

source, target = Path(sys.argv[1]), Path(sys.argv[2])
for root, folders, names in os.walk(source):
    folders.sort()
    here = target / Path(root).relative_to(source)
    here.mkdir(exist_ok=True)
    for name in sorted(names):
        digest = hashlib.sha256()
        handle = os.open(here / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with open(Path(root) / name, "rb") as file:  # noqa: PTH123
            while block := file.read(1 << 20):
                digest.update(block)
                os.write(handle, block)
        os.fsync(handle)
        os.close(handle)
