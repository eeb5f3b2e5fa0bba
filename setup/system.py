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
FONT_PACKAGE = "fonts-dejavu-core"
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
    if not install(settings, [package]):
        raise Problem(
            f"Python cannot make virtual environments here: apt-get install {package} (as root)."
        )


def need_browser(settings):
    """The tours need Chromium, and letters for it to show."""
    missing = [] if find(CHROMIUM) else ["chromium"]
    missing += [] if has_fonts() else [FONT_PACKAGE]
    if missing and not install(settings, missing) and "chromium" in missing:
        raise Problem(
            "The tests need a browser: apt-get install chromium fonts-dejavu-core (as root)."
        )


def find(programs):
    """The path of the first of the programs that the machine has."""
    return next(filter(None, map(shutil.which, programs)), None)


def has_fonts():
    """Whether a page or a document has letters to show."""
    return any(map(os.path.isdir, FONTS))


def install(settings, packages, quiet=False):
    """Install Debian packages with the machine's own apt where that is allowed.

    :param quiet: do not tell why it failed; the caller knows another way
    :return: whether they are there now
    """
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    log = settings.cache / "logs" / "apt-install.log"
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    try:
        with (
            locked(settings.cache / "apt-install.lock"),
            step(f"Debian packages: {' '.join(packages)}"),
        ):
            run(["apt-get", "update"], "apt-get update", log, env=env)
            run(command, "apt-get install", log, env=env)
    except Failed as failed:
        if not quiet:
            say(f"  {failed}")
        return False
    return True
