"""Virtual environments that are built from a lock file and rebuilt when it changes."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from .cache import in_one_step, locked, need_space
from .problems import Problem, step
from .processes import Failed, run
from .settings import short_hash
from .system import need_venv

MEGABYTES = 700  # of disk for one environment
OFFLINE = (
    "Failed to establish",
    "NewConnectionError",
    "Temporary failure",
    "ConnectTimeout",
    "timed out",
    "Connection refused",
    "Name or service not known",
    "ProxyError",
    "No matching distribution",
)


@dataclass(frozen=True)
class Environment:
    """A virtual environment: what the lock file pins, and one folder more to import from."""

    name: str
    lock: Path
    beside: Path | None = None

    @property
    def key(self):
        """Changes with all that the environment is made of."""
        version = "{}.{}".format(*sys.version_info)
        return short_hash(self.lock.read_text(), version, str(self.beside))

    def home(self, settings):
        """The folder of the environment."""
        return settings.cache / f"{self.name}-{self.key}"

    def python(self, settings):
        """The interpreter of the environment."""
        return self.home(settings) / "bin" / "python"

    def ensure(self, settings):
        """Build the environment when it is missing and return its interpreter."""
        python = self.python(settings)
        if not python.exists():
            need_venv(settings)
            with locked(settings.cache / f"{self.name}.lock"):
                if not python.exists():
                    self._build(settings)
        return python

    def _build(self, settings):
        need_space(settings.cache, MEGABYTES, "the Python packages")
        home = self.home(settings)
        log = settings.cache / "logs" / f"{self.name}.log"
        with step(f"Python packages from {self.lock.name}"), in_one_step(home) as part:
            run([sys.executable, "-m", "venv", part], "making the virtual environment", log)
            _install(part, self.lock, log)
            if self.beside:
                _site_packages(part).joinpath("beside.pth").write_text(f"{self.beside}\n")
            _move_scripts(part, home)


def _install(home, lock, log):
    pip = [home / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install"]
    try:
        run([*pip, "--no-deps", "--only-binary=:all:", "--requirement", lock], "pip install", log)
    except Failed as failed:
        reason = next(
            (line for line in failed.lines if any(sign in line for sign in OFFLINE)), None
        )
        if reason is None:
            raise
        raise Problem(
            "The Python package registry that pip is set up for cannot be reached"
            f" or lacks a package: {reason}"
        ) from None


def _site_packages(home):
    return next((home / "lib").glob("python3.*/site-packages"))


def _move_scripts(part, home):
    """Scripts name the interpreter by its path: let them name the final one."""
    for script in (part / "bin").iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        text = script.read_bytes()
        if os.fsencode(part) in text:
            script.write_bytes(text.replace(os.fsencode(part), os.fsencode(home)))


def suite(settings, odoo):
    """The environment in which Odoo, the demo and the tests run."""
    return Environment("python", settings.checkout / "requirements" / "suite.txt", odoo.root)


def lint(settings):
    """The environment of the linters, whose packages exclude Odoo's."""
    return Environment("lint", settings.checkout / "requirements" / "lint.txt")
