"""The words of the Makefile: each is told, and what cannot be done is one line."""

import re
import signal
import subprocess
import sys

import pytest

from setup import __main__ as words
from setup import running
from setup.problems import Problem
from setup.settings import CHECKOUT, OPTIONS, Settings


@pytest.fixture(autouse=True)
def the_signals_of_the_test_run():
    before = {number: signal.getsignal(number) for number in words.STOPS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_makefile_knows_the_same_words():
    makefile = (CHECKOUT / "Makefile").read_text()
    listed = re.findall(r"^([\w-]+):\n\t@\$\(DO\) \1$", makefile, re.M)
    assert sorted(listed) == sorted(words.WORDS)


def test_the_first_step_needs_nothing_but_python():
    """Before there is a virtual environment there is only the standard library (-S: no more)."""
    command = [sys.executable, "-S", "-m", "setup", "help"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "make WORD" in done.stdout


def test_help_tells_every_word_and_option(capsys):
    assert words.command([]) == 0
    shown = capsys.readouterr().out
    assert all(re.search(rf"^  {word} ", shown, re.M) for word in words.WORDS)
    assert all(name in shown and meaning in shown for name, _default, meaning in OPTIONS)


@pytest.mark.parametrize(
    ("word", "env", "told"),
    [
        ("nonsense", {}, "make nonsense: There is no word nonsense: see make help."),
        ("demo", {"PORT": "x"}, "make demo: PORT=x is not a number from 1 to 65535."),
        ("demo", {"ODOO": "/nowhere"}, "make demo: ODOO=/nowhere is not Odoo: "),
        ("demo", {"SUITE_CACHE": "/dev/null/x"}, "make demo: SUITE_CACHE=/dev/null/x cannot be"),
    ],
)
def test_a_refusal_is_one_line_and_no_success(word, env, told, tmp_path):
    ports = {"PORT": "58069", "MAIL_PORT": "58025", "MAIL_WEB_PORT": "58026"}
    env = {"PATH": "/usr/bin:/bin", "SUITE_CACHE": str(tmp_path / "cache"), **ports, **env}
    command = [sys.executable, "-m", "setup", word]
    done = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_test_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Problem, match="TESTS=addons/nothing::test_x is not in this checkout"):
        running._test_paths(Settings(cache=tmp_path, tests=("addons/nothing::test_x",)))


def test_a_part_of_a_file_can_be_run():
    part = "tests/setup/test_setup_words.py::test_a_part_of_a_file_can_be_run"
    assert running._test_paths(Settings(cache=CHECKOUT, tests=(part,))) == [part]


@pytest.mark.parametrize(("workers", "spread"), [(2, ["-n", "2"]), (0, ["-p", "no:xdist"])])
def test_the_tests_are_spread_over_the_workers(tmp_path, workers, spread):
    chosen = Settings(cache=tmp_path, workers=workers, pytest_args=("-k", "this"))
    command = running._pytest(chosen, "db", tmp_path / "conf", ["tests"])
    assert " ".join(spread) in " ".join(command)
    assert command[-3:] == ["-k", "this", "tests"]
    assert "--odoo-database=db" in command and "--odoo-http" in command


def test_benches_are_chosen_by_name(tmp_path):
    folder = tmp_path / "tests" / "bench"
    folder.mkdir(parents=True)
    chosen = Settings(cache=tmp_path, checkout=tmp_path, benches=("two",))
    with pytest.raises(Problem, match="no bench two"):
        running.bench(chosen, None)
    for name in ("one", "two"):
        (folder / f"{name}.py").touch()
    assert running.bench_scripts(chosen) == [folder / "two.py"]
    every = Settings(cache=tmp_path, checkout=tmp_path)
    assert running.bench_scripts(every) == [folder / "one.py", folder / "two.py"]


def test_the_guide_names_the_addresses(tmp_path):
    class Served:
        url, mail_url = "http://localhost:1", "http://localhost:2"

    chosen = Settings(cache=tmp_path, checkout=tmp_path)
    assert "admin" in running.guide(chosen, Served)
    (tmp_path / "tests").mkdir()
    (tmp_path / running.GUIDE).write_text("open {url}, mail {mail_url}")
    assert running.guide(chosen, Served) == "\nopen http://localhost:1, mail http://localhost:2"
