"""The words of the Makefile: `python3 -m setup WORD`."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time

from .problems import STARTED, Problem, Stopped, say
from .system import need_python

try:
    need_python()
except Problem as problem:
    sys.exit(f"make: {problem}")

# the modules below need a Python that is new enough
from . import cache, core_tests, postgres, printing, python, running, settings, system
from . import odoo as odoos

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(words):
    """Do one word and return the exit code."""
    word = words[0] if words else "help"
    if word not in WORDS:
        raise Problem(f"There is no word {word}: see make help.")
    for number in STOPS:
        signal.signal(number, _stop)
    # kept when the process becomes the virtual environment's Python
    os.environ.setdefault(STARTED, str(time.time()))
    chosen = settings.from_environment()
    if WORDS[word] not in (clean, show_help):
        cache.claim(chosen.cache)
    return WORDS[word](chosen)


def _stop(number, _frame):
    for other in STOPS:  # what is stopping now must not be stopped half-way
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt if number == signal.SIGINT else Stopped(number)


def demo(chosen):
    """get all that is missing, make the demo database, serve it"""
    running.Ports.chosen(chosen)
    return _inside(chosen, "demo", running.serve, printing.want)


def test(chosen):
    """run all tests, tours in Chromium included; TESTS=addons/… runs a part"""
    return _inside(chosen, "test", running.test, system.need_browser, printing.want)


def test_core(chosen):
    """run core's own tests with and without the addons, and compare (an hour)"""
    return _inside(chosen, "test-core", core_tests.run, system.need_browser, printing.want)


def shell(chosen):
    """an Odoo shell on the demo database; a script on standard input is run"""
    return _inside(chosen, "shell", running.shell)


def story(chosen):
    """the path from a request to an invoice, headless, in a database of its own; FILE=…"""
    return _inside(chosen, "story", running.story, printing.want)


def pictures(chosen):
    """make the screenshots of the README"""
    return _inside(chosen, "pictures", running.pictures, system.need_browser, printing.want)


def bench(chosen):
    """measure: every script of tests/bench on a fresh database"""
    return _inside(chosen, "bench", running.bench)


def _inside(chosen, word, job, *needs):
    """Do the job in the suite's virtual environment: this process becomes its Python."""
    odoo = odoos.given(chosen.odoo) if chosen.odoo else None
    for need in needs:
        need(chosen)
    odoo = odoo or odoos.ensure(chosen)
    environment = python.suite(chosen, odoo)
    if os.path.realpath(sys.prefix) == os.path.realpath(environment.home(chosen)):
        return job(chosen, odoo)
    interpreter = environment.ensure(chosen)
    os.chdir(chosen.checkout)
    return os.execv(interpreter, [str(interpreter), "-m", "setup", word])


def lint(chosen):
    """look the sources over: ruff and pylint-odoo"""
    interpreter = str(python.lint(chosen).ensure(chosen))
    folders = [name for name in ("addons", "setup", "tests") if (chosen.checkout / name).is_dir()]
    looks = [["ruff", "check", *folders], ["ruff", "format", "--check", *folders]]
    addons = sorted(str(path.parent) for path in chosen.addons.glob("*/__manifest__.py"))
    if addons:
        looks.append(["pylint", *_pylint_rules(chosen), *addons])
    codes = [
        subprocess.run([interpreter, "-m", *look], cwd=chosen.checkout).returncode
        for look in looks
    ]
    return 1 if any(codes) else 0


def _pylint_rules(chosen):
    project = chosen.checkout / "pyproject.toml"
    if project.exists() and "[tool.pylint" in project.read_text():
        return ["--rcfile=pyproject.toml"]
    return ["--load-plugins=pylint_odoo", "-d", "all", "-e", "odoolint"]


def clean(chosen):
    """drop what these commands made and downloaded"""
    if not cache.is_ours(chosen.cache):
        say(f"There is nothing to remove: {chosen.cache} is not there or not ours.")
        return 0
    postgres.stop_left(chosen)
    _drop_databases(chosen)
    for folder in dict.fromkeys((postgres.home(chosen), chosen.cache)):
        if folder.exists():
            say(f"removing {folder}")
            shutil.rmtree(folder)
    return 0


def _drop_databases(chosen):
    """Drop our databases on the user's own server; only the virtual environment can reach it."""
    interpreter = next(chosen.cache.glob("python-*/bin/python"), None)
    if chosen.postgres and interpreter:
        script = (
            "from setup import databases, settings\n"
            "databases.drop_ours(settings.from_environment())\n"
        )
        subprocess.run([interpreter, "-c", script], cwd=chosen.checkout, check=True)


def show_help(_chosen):
    """what you are reading"""
    say("make WORD, where WORD is one of\n")
    for word, job in WORDS.items():
        say(f"  {word:9} {job.__doc__}")
    say("\nOptions, as make WORD NAME=value or from the environment:\n")
    for name, default, meaning in settings.OPTIONS:
        say(f"  {name:32} {meaning}" + (f" [{default}]" if default else ""))
    return 0


WORDS = {
    "demo": demo,
    "test": test,
    "test-core": test_core,
    "shell": shell,
    "story": story,
    "pictures": pictures,
    "lint": lint,
    "bench": bench,
    "clean": clean,
    "help": show_help,
}


def command(words):
    """Do one word; every foreseeable failure is one line and an exit code."""
    try:
        return main(words)
    except Problem as problem:
        reason = str(problem)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        reason = (
            "The disk is full: free some space, or set SUITE_CACHE to a folder on another disk."
        )
    except Stopped as stopped:
        return 128 + stopped.args[0]
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    print(f"make {words[0] if words else 'help'}: {reason}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(command(sys.argv[1:]))
