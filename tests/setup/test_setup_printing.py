"""wkhtmltopdf: the machine's, else bookworm's out of the cache, else a notice."""

import os
import subprocess

import pytest
from programs import program

from setup import debian, printing, system
from setup.settings import Settings

# what apt and dpkg leave behind, as far as the program needs it
APT = """case "$*" in
    *indextargets*) echo http://archive.invalid/ ;;
    *download-only*) for name in wkhtmltopdf_1 libllvm15_1; do
        touch "$PWD/../cache/archives/$name.deb"; done ;;
esac"""
DPKG = """mkdir -p "$3/bin" "$3/usr/bin" "$3/lib/x86_64-linux-gnu"
echo "$2" >> "$3/unpacked"
printf '#!/bin/sh\\necho "$@"\\n' > "$3/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
chmod +x "$3/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" """


@pytest.fixture
def chosen(tmp_path, monkeypatch):
    """A user who may not install packages, on a machine without wkhtmltopdf."""
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system, "find", lambda programs: None)
    return Settings(cache=tmp_path / "cache")


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """An archive of Debian that has it."""
    folder = program(tmp_path / "programs", "apt-get", APT)
    program(folder, "dpkg", DPKG)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    keyring = tmp_path / "keyring"
    keyring.touch()
    monkeypatch.setattr(debian, "KEYRINGS", (str(keyring),))
    return folder


def test_without_apt_the_work_goes_on_with_a_notice(chosen, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    printing.want(chosen)
    assert "NOTICE: PDF documents will not print" in capsys.readouterr().out
    assert os.environ["PATH"] == str(tmp_path)


def test_it_comes_into_the_cache_with_its_libraries(chosen, archive):
    printing.want(chosen)
    home = printing.home(chosen)
    first = os.environ["PATH"].split(":")[0]
    assert first == str(home / printing.PROGRAMS)
    told = subprocess.run([f"{first}/wkhtmltopdf", "a", "b c"], capture_output=True, text=True)
    libraries = f"{home}/lib/x86_64-linux-gnu:{home}/usr/lib/x86_64-linux-gnu"
    assert told.stdout == f"--library-path {libraries} {home}/usr/bin/wkhtmltopdf a b c\n"
    assert "libllvm15" not in (home / "unpacked").read_text()
    assert not (home / "apt").exists()


def test_the_second_time_nothing_is_fetched(chosen, archive):
    printing.want(chosen)
    program(archive, "apt-get", "exit 100")
    assert printing.ensure(chosen) == printing.home(chosen) / printing.PROGRAMS


def test_an_archive_that_does_not_answer_leaves_nothing(chosen, archive, capsys):
    program(archive, "apt-get", APT.replace("for name", "exit 100; for name"))
    printing.want(chosen)
    assert "NOTICE: PDF documents will not print" in capsys.readouterr().out
    assert list(chosen.cache.glob("wkhtmltopdf-*")) == []


def test_a_machine_that_has_one_keeps_it(tmp_path, monkeypatch):
    path = os.environ["PATH"]
    monkeypatch.setattr(system, "find", lambda programs: "/usr/bin/wkhtmltopdf")
    printing.want(Settings(cache=tmp_path))
    assert os.environ["PATH"] == path
