"""The suite's addons in a checkout, and what a database takes from each."""

import hashlib
import os

WITHOUT_EFFECT = ("tests", "readme", "__pycache__")  # folders that no database depends on


def states(folder):
    """For each addon of the folder, by name, a hash of all that a database takes from it."""
    manifests = sorted(folder.glob("*/__manifest__.py"))
    return {manifest.parent.name: _state(manifest.parent) for manifest in manifests}


def _state(addon):
    digest = hashlib.sha256()
    for top, folders, files in os.walk(addon):
        folders[:] = sorted(set(folders) - set(WITHOUT_EFFECT))
        for name in sorted(files):
            path = os.path.join(top, name)
            digest.update(os.path.relpath(path, addon).encode())
            with open(path, "rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]
