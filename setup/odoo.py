"""Getting Odoo 19: the one that the user has, or Debian's package unpacked into the cache.

Debian carries Odoo 19 in its suite `sid` only. A private apt configuration fetches it from the
archive that the machine is set up for, with the signatures checked, without root and without a
change to the machine; nothing is installed, the packages are only unpacked.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .cache import in_one_step, locked, need_space
from .problems import Problem, step
from .settings import short_hash

SERIES = "19.0"
RECIPE = "1"  # raise it to have everybody fetch Odoo anew
MEGABYTES = 2200  # of disk: the packages and what they unpack to
SUITES = "sid bookworm"
PACKAGES = (
    "odoo-19/sid",
    # the web client's assets are symbolic links into these
    "libjs-jquery/sid",
    "libjs-jquery-form/sid",
    "libjs-underscore/sid",
    "fonts-roboto-unhinted/sid",
    "fonts-ocr-b/sid",
    "fonts-montserrat/sid",
    # newer ones moved the files that Odoo links to
    "fonts-font-awesome/bookworm",
    "fonts-inconsolata/bookworm",
)
# Debian left this file out for its licence, the assets still name it: without it each page logs
# an error and every tour fails
LEFT_OUT = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Odoo:
    """An Odoo on this disk; `root` is the folder that holds the Python package `odoo`."""

    root: Path
    version: str

    @property
    def addons(self):
        """Folders of core addons that Odoo does not find by itself: those of a source checkout."""
        folder = self.root / "addons"
        return [folder] if (folder / "sale" / "__manifest__.py").is_file() else []


def ensure(settings):
    """The Odoo to use, fetched when it is Debian's and not in the cache yet."""
    if settings.odoo:
        return given(settings.odoo)
    home = settings.cache / f"odoo-{short_hash(RECIPE, SUITES, *PACKAGES)}"
    with locked(settings.cache / "odoo.lock"):
        if not home.exists():
            _fetch(settings, home)
    return Odoo(home / "usr/lib/python3/dist-packages", (home / "VERSION").read_text().strip())


def given(path):
    """The Odoo 19 that the user named: a checkout, odoo-bin, dist-packages, the package itself."""
    folder = path.parent if path.is_file() else path
    for root in (folder, folder / "usr/lib/python3/dist-packages", folder.parent):
        release = root / "odoo" / "release.py"
        if release.is_file() and (root != folder.parent or folder.name == "odoo"):
            return Odoo(root, _given_version(root, release))
    raise Problem(f"ODOO={path} is not Odoo: there is no odoo/release.py in it.")


def _given_version(root, release):
    found = re.search(r"^version_info = \(([^)]*)\)", release.read_text(), re.M)
    numbers = re.findall(r"\d+", found[1])[:2] if found else []
    if ".".join(numbers) != SERIES:
        raise Problem(
            f"ODOO={root} is Odoo {'.'.join(numbers) or 'of an unknown version'}, not {SERIES}."
        )
    git = ["git", "-C", str(root), "rev-parse", "HEAD"]
    head = (
        subprocess.run(git, capture_output=True, text=True) if (root / ".git").exists() else None
    )
    return f"{SERIES} {root} {head.stdout.strip() if head else ''}".strip()


def _fetch(settings, home):
    if not debian.has_apt():
        raise Problem(
            "There is no apt on this machine: name an Odoo 19 that you have with"
            " ODOO=/path/to/odoo."
        )
    need_space(settings.cache, MEGABYTES, "Odoo")
    log = settings.cache / "logs" / "odoo.log"
    with step("Odoo 19 from Debian (130 MB to download)"), in_one_step(home) as part:
        apt = debian.Apt(part / "apt", log, SUITES)
        for package in apt.download(PACKAGES):
            apt.unpack(package, part)
            if package.name.startswith("odoo-19_"):
                (part / "VERSION").write_text(package.name.split("_")[1])
        apt.remove()
        complete(part)


def complete(home):
    """Add what Debian left out, and make sure that no link of the web client leads nowhere."""
    package = home / "usr/lib/python3/dist-packages/odoo"
    left_out = package / LEFT_OUT
    left_out.parent.mkdir(parents=True, exist_ok=True)
    if not left_out.exists():
        left_out.write_text("/* not in Debian's package: video backgrounds are not available */\n")
    broken = [str(path.relative_to(package)) for path in links(package) if not path.exists()]
    if broken:
        raise Problem(
            f"Debian's Odoo does not fit its neighbours today:"
            f" {broken[0]} links to a missing file."
        )


def links(folder):
    """All symbolic links below the folder, made relative so that they stay inside the prefix."""
    prefix = folder.parents[4]
    for top, folders, files in os.walk(folder):
        for path in (Path(top, name) for name in folders + files):
            if path.is_symlink():
                _keep_inside(path, prefix)
                yield path


def _keep_inside(link, prefix):
    target = os.readlink(link)
    if target.startswith("/"):
        link.unlink()
        link.symlink_to(os.path.relpath(prefix / target.lstrip("/"), link.parent))
