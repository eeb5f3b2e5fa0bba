"""Debian's packages without root and without a change to the machine: fetched and unpacked.

A private apt configuration reads the archive that the machine is set up for, with the signatures
checked, and sees no package as installed.
"""

import os
import shutil
import subprocess

from .problems import Problem
from .processes import Failed, run

KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
)


def has_apt():
    """Whether this machine can fetch and unpack Debian's packages."""
    return all(map(shutil.which, ("apt-get", "dpkg")))


class Apt:
    """apt-get with lists, cache and sources of its own in `folder`, for the named suites."""

    def __init__(self, folder, log, suites):
        self.folder, self.log, self.suites = folder, log, suites
        for name in ("lists/partial", "cache/archives/partial", "debs", "empty"):
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()
        self.sources = folder / "debian.sources"
        self._update()

    def _command(self, *words):
        options = {
            "Dir::Etc::sourcelist": self.sources,
            "Dir::Etc::sourceparts": self.folder / "empty",
            "Dir::Etc::preferencesparts": self.folder / "empty",
            "Dir::State::lists": self.folder / "lists",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            "APT::Install-Recommends": "0",
            "APT::Sandbox::User": "root",  # our folders are closed to apt's own user
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
            "APT::Update::Error-Mode": "any",
        }
        chosen = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        return ["apt-get", *chosen, *words]

    def _run(self, what, *words):
        env = {**os.environ, "LC_ALL": "C"}
        try:
            run(self._command(*words), what, self.log, env=env, cwd=self.folder / "debs")
        except Failed as failed:
            reason = next(
                (line for line in failed.lines if line.startswith(("E:", "Err:"))), failed
            )
            raise Problem(
                f"The Debian archive cannot be reached or lacks a package: {reason}"
            ) from None

    def _update(self):
        keyring = next(filter(os.path.exists, KEYRINGS), None)
        if not keyring:
            raise Problem(
                "Debian's keys are missing: apt-get install debian-archive-keyring (as root)."
            )
        self.sources.write_text(
            f"Types: deb\nURIs: {archive()}\nSuites: {self.suites}\n"
            f"Components: main\nSigned-By: {keyring}\n"
        )
        self._run("apt-get update", "update")

    def download(self, packages):
        """Fetch the packages and return their files."""
        self._run("apt-get download", "download", *packages)
        return sorted((self.folder / "debs").glob("*.deb"))

    def download_with_all_they_need(self, *packages):
        """Fetch the packages and everything below them, down to the C library."""
        self._run("apt-get install", "install", "--download-only", "--yes", *packages)
        return sorted((self.folder / "cache/archives").glob("*.deb"))

    def remove(self):
        """Drop the lists and the packages; what was unpacked stays."""
        shutil.rmtree(self.folder)

    def unpack(self, package, folder):
        """Unpack a fetched package; nothing of it is run."""
        run(["dpkg", "-x", package, folder], f"unpacking {package.name}", self.log)


def archive():
    """The address of the Debian archive that this machine is set up for."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    main = [uri for uri in found if "security" not in uri]
    if not main:
        raise Problem(
            "apt on this machine names no Debian archive:"
            " see /etc/apt/sources.list.d, or set ODOO=…"
        )
    return main[0]
