"""What comes from the machine itself: Python's version, Debian packages such as Chromium."""

import importlib.util
import os
import shutil
import sys

from .cache import locked
from .problems import Problem, say, step
from .processes import Failed, run

OLDEST_PYTHON = (3, 11)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONTS = ("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/truetype/liberation")


def need_python():
    """Refuse a Python that Odoo 19 and the locked packages do not run on."""
    if sys.version_info < OLDEST_PYTHON:
        raise Problem(
            "Python {}.{} is too old: Odoo 19 and this suite need 3.11 or newer; name one with "
            "PYTHON=/path/to/python3 make …".format(*sys.version_info)
        )


def need_venv(settings):
    """Debian keeps the module that makes virtual environments in a package of its own."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = "python{}.{}-venv".format(*sys.version_info)
    if not _install(settings, [package]):
        raise Problem(
            f"Python cannot make virtual environments here: apt-get install {package} (as root)."
        )


def need_browser(settings):
    """The tours need Chromium, and letters for it to show."""
    missing = [] if find(CHROMIUM) else ["chromium"]
    missing += [] if any(map(os.path.isdir, FONTS)) else ["fonts-dejavu-core"]
    if missing and not _install(settings, missing) and "chromium" in missing:
        raise Problem(
            "The tests need a browser: apt-get install chromium fonts-dejavu-core (as root)."
        )


def want_printer(settings):
    """Odoo prints PDF documents with wkhtmltopdf; everything else works without it."""
    if find(["wkhtmltopdf"]):
        return
    packages = ["wkhtmltopdf"] + ([] if any(map(os.path.isdir, FONTS)) else ["fonts-dejavu-core"])
    if not _install(settings, packages):
        say("  NOTICE: PDF documents will not print: apt-get install wkhtmltopdf (as root).")


def find(programs):
    """The path of the first of the programs that the machine has."""
    return next(filter(None, map(shutil.which, programs)), None)


def _install(settings, packages):
    """Install Debian packages with the machine's own apt where that is allowed."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    log = settings.cache / "logs" / "apt-install.log"
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with (
        locked(settings.cache / "apt-install.lock"),
        step(f"Debian packages: {' '.join(packages)}"),
    ):
        try:
            run(["apt-get", "update"], "apt-get update", log, env=env)
            install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
            run(install, "apt-get install", log, env=env)
        except Failed as failed:
            say(f"  {failed}")
            return False
    return True
