"""What is downloaded is whole or not there, and two commands at once do not meet."""

import errno
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from setup import __main__ as words
from setup import cache, processes
from setup.problems import Problem
from setup.settings import CHECKOUT, Settings


def test_a_finished_folder_appears_in_one_step(tmp_path):
    with cache.in_one_step(tmp_path / "odoo") as part:
        (part / "file").write_text("whole")
        assert not (tmp_path / "odoo").exists()
    assert (tmp_path / "odoo" / "file").read_text() == "whole"
    assert os.listdir(tmp_path) == ["odoo"]


@pytest.mark.parametrize(
    "reason", [Problem("broke off"), KeyboardInterrupt(), OSError(errno.ENOSPC, "full")]
)
def test_a_download_that_breaks_off_leaves_nothing(tmp_path, reason):
    with pytest.raises(type(reason)), cache.in_one_step(tmp_path / "odoo") as part:
        (part / "half").write_text("half")
        raise reason
    assert os.listdir(tmp_path) == []


def test_what_a_killed_command_left_is_swept(tmp_path):
    (tmp_path / "odoo.part-1").mkdir()
    (tmp_path / "odoo.part-1" / "half").write_text("half")
    with cache.in_one_step(tmp_path / "odoo"):
        pass
    assert os.listdir(tmp_path) == ["odoo"]


def test_the_lock_makes_another_command_wait(tmp_path):
    script = (
        "import sys, pathlib; from setup.cache import locked\n"
        "with locked(pathlib.Path(sys.argv[1])): print('in', flush=True)"
    )
    lock = tmp_path / "x.lock"
    with cache.locked(lock):
        argv = [sys.executable, "-c", script, str(lock)]
        other = subprocess.Popen(argv, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
        assert "waiting for another command" in other.stdout.readline()
        assert other.poll() is None
    assert other.communicate(timeout=20)[0] == "in\n"


def test_a_full_disk_is_refused_before_the_download(tmp_path, monkeypatch):
    monkeypatch.setattr(cache.shutil, "disk_usage", lambda _path: SimpleNamespace(free=10 * 2**20))
    with pytest.raises(
        Problem, match="The disk is too full for Odoo: .* has 10 MB free, 2200 MB are needed"
    ):
        cache.need_space(tmp_path, 2200, "Odoo")


def test_a_disk_that_fills_up_in_a_program_is_told_in_one_line(tmp_path):
    script = "import sys; print('x: No space left on device'); print('noise'); sys.exit(1)"
    with pytest.raises(Problem, match=r"^The disk is full: pip install could not finish\..*$"):
        processes.run([sys.executable, "-c", script], "pip install", tmp_path / "log")


def test_a_disk_that_fills_up_here_is_told_in_one_line(monkeypatch, capsys):
    def full(_words):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(words, "main", full)
    assert words.command(["demo"]) == 1
    shown = capsys.readouterr().err
    assert shown.startswith("make demo: The disk is full")
    assert shown.count("\n") == 1


def test_a_folder_with_other_files_is_neither_taken_nor_removed(tmp_path, capsys):
    (tmp_path / "letter").write_text("mine")
    with pytest.raises(Problem, match="holds other files"):
        cache.claim(tmp_path)
    assert words.clean(Settings(cache=tmp_path)) == 0
    assert "nothing to remove" in capsys.readouterr().out
    assert (tmp_path / "letter").read_text() == "mine"


def test_clean_removes_what_was_made(tmp_path, capsys):
    chosen = Settings(cache=tmp_path / "cache")
    cache.claim(chosen.cache)
    cache.claim(chosen.cache)
    (chosen.cache / "odoo-1").mkdir()
    assert words.clean(chosen) == 0
    assert f"removing {chosen.cache}" in capsys.readouterr().out
    assert not chosen.cache.exists()
