"""The virtual environment follows its lock file."""

import sys
from types import SimpleNamespace

import pytest

from setup import python, system
from setup.problems import Problem
from setup.settings import CHECKOUT, Settings


def make_lock(folder, text="idna==3.20\n"):
    lock = folder / "suite.txt"
    lock.write_text(text)
    return lock


def test_the_key_changes_with_the_lock_the_odoo_and_the_python(tmp_path, monkeypatch):
    keys = {python.Environment("python", make_lock(tmp_path)).key}
    keys.add(python.Environment("python", make_lock(tmp_path, "idna==3.19\n")).key)
    keys.add(python.Environment("python", make_lock(tmp_path), tmp_path).key)
    monkeypatch.setattr(python.sys, "version_info", (3, 13, 1))
    keys.add(python.Environment("python", make_lock(tmp_path)).key)
    assert len(keys) == 4


def test_a_package_that_the_registry_lacks_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    chosen = Settings(cache=tmp_path / "cache")
    environment = python.Environment("python", make_lock(tmp_path, "no-such-package==1.0\n"))
    with pytest.raises(
        Problem,
        match="The Python package registry .* cannot be reached or lacks a package: .*no-such",
    ):
        environment.ensure(chosen)
    assert list(chosen.cache.glob("python-*")) == []


def test_an_environment_is_built_once_and_again_when_the_lock_changes(tmp_path):
    chosen = Settings(cache=tmp_path / "cache")
    first = python.Environment(
        "python", make_lock(tmp_path, "# nothing\n"), tmp_path / "beside"
    ).ensure(chosen)
    made = first.parent.parent.stat().st_mtime_ns
    assert (
        python.Environment(
            "python", make_lock(tmp_path, "# nothing\n"), tmp_path / "beside"
        ).ensure(chosen)
        == first
    )
    assert first.parent.parent.stat().st_mtime_ns == made
    pip = (first.parent / "pip").read_text().splitlines()[0]
    assert pip.startswith(f"#!{first}")
    assert (
        next(first.parent.parent.glob("lib/*/site-packages/beside.pth")).read_text()
        == f"{tmp_path}/beside\n"
    )
    second = python.Environment("python", make_lock(tmp_path, "# another\n")).ensure(chosen)
    assert second != first and second.exists()


@pytest.mark.parametrize("version", [(3, 8, 1), (3, 10, 12)])
def test_an_old_python_is_refused_in_one_line(monkeypatch, version):
    monkeypatch.setattr(system, "sys", SimpleNamespace(version_info=version))
    with pytest.raises(Problem, match=r"^Python 3\.\d+ is too old: .*3\.11 or newer.*PYTHON="):
        system.need_python()


def test_this_python_is_new_enough():
    system.need_python()
    assert sys.version_info >= system.OLDEST_PYTHON


def test_a_missing_debian_package_is_named(tmp_path, monkeypatch):
    chosen = Settings(cache=tmp_path)
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Problem, match="apt-get install chromium"):
        system.need_browser(chosen)
    monkeypatch.setattr(system.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(Problem, match="apt-get install python3.*-venv"):
        system.need_venv(chosen)


@pytest.mark.parametrize("name", ["suite.txt", "lint.txt"])
def test_every_line_of_a_lock_pins_one_version(name):
    lines = [
        line
        for line in (CHECKOUT / "requirements" / name).read_text().splitlines()
        if line[:1] != "#"
    ]
    assert lines
    assert [line for line in lines if line.split(" ; ")[0].count("==") != 1 or "://" in line] == []
