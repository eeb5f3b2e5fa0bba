"""wkhtmltopdf: the machine's if it is patched, else the wheel's, with libraries that it lacks."""

import os
import subprocess
import sys

import pytest
from programs import program

from setup import debian, printing, system
from setup.settings import Settings

PATCHED = "echo 'wkhtmltopdf 0.12.3 (with patched qt)'"
# the wheel's program: it runs where its libraries are, which the test puts beside it
PACKED = """[ -e "$0.libraries" ] || exit 127
[ "$1" = --version ] && { echo 'wkhtmltopdf 0.12.3 (with patched qt)'; exit; }
echo "$@" """
# what apt and dpkg leave behind, as far as the program needs it
APT = """case "$*" in
    *indextargets*) echo http://archive.invalid/ ;;
    *download-only*) for name in libxrender1_1 libc6_2; do
        touch "$PWD/../cache/archives/$name.deb"; done ;;
esac"""
DPKG = """mkdir -p "$3/lib/x86_64-linux-gnu"
echo "$2" >> "$3/unpacked"
printf '#!/bin/sh\\ntouch "$3.libraries"\\nexec "$3" "$4" "$5"\\n' \\
    > "$3/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
chmod +x "$3/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" """


@pytest.fixture
def packed(tmp_path, monkeypatch):
    """The wheel's program in a virtual environment, on a machine that lacks its libraries."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    return program(tmp_path / "environment" / "bin", printing.PACKED, PACKED) / printing.PACKED


@pytest.fixture
def chosen(tmp_path, monkeypatch, packed):
    """A user who may not install packages, on a machine without wkhtmltopdf."""
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system, "find", lambda programs: None)
    (tmp_path / "cache").mkdir()
    return Settings(cache=tmp_path / "cache")


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """An archive of Debian that has the libraries."""
    folder = program(tmp_path / "programs", "apt-get", APT)
    program(folder, "dpkg", DPKG)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    keyring = tmp_path / "keyring"
    keyring.touch()
    monkeypatch.setattr(debian, "KEYRINGS", (str(keyring),))
    return folder


def printed(*words):
    """What the first wkhtmltopdf on PATH says."""
    first = os.environ["PATH"].split(":")[0]
    done = subprocess.run([f"{first}/wkhtmltopdf", *words], capture_output=True, text=True)
    return done.stdout.strip()


def test_the_wheels_is_taken_as_it_is_where_its_libraries_are(chosen, packed):
    packed.with_name(f"{packed.name}.libraries").touch()
    printing.want(chosen)
    assert printed("a", "b c") == "a b c"
    assert not printing.home(chosen).exists()


def test_libraries_come_into_the_cache(chosen, archive):
    printing.want(chosen)
    assert printed("a b", "c") == "a b c"
    assert "libc6_2" in (printing.home(chosen) / "unpacked").read_text()
    letters = (printing.home(chosen) / "fonts.conf").read_text()
    assert f"<dir>{printing.home(chosen)}/usr/share/fonts</dir>" in letters
    assert not (printing.home(chosen) / "apt").exists()


def test_the_second_time_nothing_is_fetched(chosen, archive, packed):
    printing.want(chosen)
    packed.with_name(f"{packed.name}.libraries").unlink()
    program(archive, "apt-get", "exit 100")
    assert printing.ensure(chosen, packed) == chosen.cache / "programs"


def test_without_apt_the_work_goes_on_with_a_notice(chosen, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(debian, "has_apt", lambda: False)
    before = os.environ["PATH"]
    printing.want(chosen)
    assert "NOTICE: PDF documents will not print" in capsys.readouterr().out
    assert os.environ["PATH"] == before


def test_an_archive_that_does_not_answer_leaves_nothing(chosen, archive, capsys):
    program(archive, "apt-get", APT.replace("for name", "exit 100; for name"))
    printing.want(chosen)
    assert "NOTICE: PDF documents will not print" in capsys.readouterr().out
    assert list(chosen.cache.glob("wkhtmltopdf-*")) == []


def test_a_machine_that_has_a_patched_one_keeps_it(chosen, tmp_path, monkeypatch):
    own = program(tmp_path / "own", "wkhtmltopdf", PATCHED) / "wkhtmltopdf"
    monkeypatch.setattr(system, "find", lambda programs: str(own))
    before = os.environ["PATH"]
    printing.want(chosen)
    assert os.environ["PATH"] == before


def test_one_without_the_patch_is_not_good_enough(chosen, packed, tmp_path, monkeypatch):
    packed.with_name(f"{packed.name}.libraries").touch()
    own = program(tmp_path / "own", "wkhtmltopdf", "echo wkhtmltopdf 0.12.6") / "wkhtmltopdf"
    monkeypatch.setattr(system, "find", lambda programs: str(own))
    printing.want(chosen)
    assert "patched" in printed("--version")


def test_where_the_wheels_does_not_run_the_machines_prints_without_letterhead(
    chosen, tmp_path, monkeypatch, capsys
):
    own = program(tmp_path / "own", "wkhtmltopdf", "echo wkhtmltopdf 0.12.6") / "wkhtmltopdf"
    monkeypatch.setattr(system, "find", lambda programs: str(own))
    monkeypatch.setattr(debian, "has_apt", lambda: False)
    printing.want(chosen)
    assert "no letterhead" in capsys.readouterr().out


def test_outside_the_virtual_environment_there_is_nothing_to_take_yet(
    chosen, packed, monkeypatch, capsys
):
    packed.unlink()
    before = os.environ["PATH"]
    printing.want(chosen)
    assert (os.environ["PATH"], capsys.readouterr().out) == (before, "")
