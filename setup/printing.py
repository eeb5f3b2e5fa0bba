"""PDF documents: Odoo prints them with wkhtmltopdf, which Debian carried up to bookworm only.

Where the machine has none and none may be installed, bookworm's goes into the cache together with
everything that it needs, C library included, so that it runs on any newer Debian and for any user.
"""

import os

from . import debian, system
from .cache import in_one_step, locked, need_space
from .problems import Problem, say, step
from .settings import short_hash

SUITE = "bookworm"
RECIPE = "1"  # raise it to have everybody fetch it anew
PROGRAMS = "programs"  # a folder of its own: what is fetched brings its own bin
MEGABYTES = 700  # of disk, while it is unpacked
# drivers of graphics cards and lists of languages: half of the size, and no page needs them
NOT_NEEDED = ("libllvm15_", "libgl1-mesa-dri_", "libz3-4_", "iso-codes_")
PROGRAM = """#!/bin/sh
# Debian {suite}'s wkhtmltopdf with the libraries beside it.
home={home}
libraries=$(echo "$home"/lib/*-linux-gnu*)
export FONTCONFIG_FILE="$home/{programs}/fonts.conf" QT_QPA_PLATFORM=offscreen
export QT_PLUGIN_PATH="$home/usr${{libraries#"$home"}}/qt5/plugins"
exec "$libraries"/ld-linux*.so.* --library-path "$libraries:$home/usr${{libraries#"$home"}}" \\
    "$home/usr/bin/wkhtmltopdf" "$@"
"""

# the machine's letters first, for they may be more
LETTERS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
    <dir>/usr/share/fonts</dir>
    <dir>{home}/usr/share/fonts</dir>
    <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


def want(settings):
    """Have wkhtmltopdf on PATH; everything else works without it, so its lack is a notice."""
    if system.find(["wkhtmltopdf"]):
        return
    if not home(settings).exists() and system.install(settings, _packages(), quiet=True):
        return
    try:
        programs = ensure(settings)
    except Problem as problem:
        say(f"  NOTICE: PDF documents will not print, there is no wkhtmltopdf. {problem}")
        return
    os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def home(settings):
    """Where bookworm's wkhtmltopdf is, or would be."""
    return settings.cache / f"wkhtmltopdf-{short_hash(RECIPE, SUITE)}"


def _packages():
    return ["wkhtmltopdf"] + ([] if system.has_fonts() else [system.FONT_PACKAGE])


def ensure(settings):
    """The folder in the cache that holds a wkhtmltopdf which runs here."""
    with locked(settings.cache / "wkhtmltopdf.lock"):
        if not home(settings).exists():
            _fetch(settings)
    return home(settings) / PROGRAMS


def _fetch(settings):
    if not debian.has_apt():
        raise Problem("There is no apt on this machine either: install it by hand.")
    need_space(settings.cache, MEGABYTES, "wkhtmltopdf")
    log = settings.cache / "logs" / "wkhtmltopdf.log"
    with (
        step(f"wkhtmltopdf from Debian {SUITE} (110 MB to download)"),
        in_one_step(home(settings)) as part,
    ):
        apt = debian.Apt(part / "apt", log, SUITE)
        for package in apt.download_with_all_it_needs("wkhtmltopdf"):
            if not package.name.startswith(NOT_NEEDED):
                apt.unpack(package, part)
        apt.remove()
        _write_programs(part / PROGRAMS, home(settings))


def _write_programs(folder, home):
    folder.mkdir()
    (folder / "fonts.conf").write_text(LETTERS.format(home=home))
    program = folder / "wkhtmltopdf"
    program.write_text(PROGRAM.format(suite=SUITE, home=home, programs=PROGRAMS))
    program.chmod(0o755)
