"""Odoo's own tests with the suite's addons installed, against the same tests without them."""

import os
import re
import subprocess
from dataclasses import dataclass

from . import addons, databases, postgres
from .configuration import odoo_command, write_conf
from .problems import Problem, say, step
from .processes import free_port, kept

SUITES = (
    "account",
    "sale",
    "sale_stock",
    "sale_management",
    "sale_crm",
    "crm",
    "stock_account",
)
TAGS = ",".join(f"/{suite}" for suite in SUITES)
COUNTED = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
FAILED = re.compile(r": (?:FAIL|ERROR): (\S.*)$", re.M)
STARTED = re.compile(r": Starting (\w+\.\w+) \.\.\.")
METHOD = re.compile(r"\b([A-Z]\w*\.test\w*)")


@dataclass(frozen=True)
class Outcome:
    """What a run of the tests came to."""

    tests: int
    failed: frozenset

    @classmethod
    def read(cls, log):
        """From Odoo's log of the run."""
        counted = COUNTED.findall(log)
        if not counted:
            raise Problem("Odoo's tests did not come to their end: no count is in the log.")
        names = frozenset(name.strip() for name in FAILED.findall(log))
        return cls(int(counted[-1][2]), names)


def run(settings, odoo):
    """`make test-core`: fails where core's tests fail with our addons and not without them."""
    with postgres.serving(settings, "test") as server:
        found = databases.Databases(settings, server, odoo)
        suite = list(addons.states(settings.addons))
        ours = Outcome.read(_run(settings, found, "core_suite", suite))
        bare = Outcome.read(_run(settings, found, "core", []))
        passed = _passed_when_repeated(settings, found, suite, ours.failed - bare.failed)
    return compare(bare, ours, passed)


def compare(bare, ours, passed=frozenset()):
    """Tell both outcomes and return the exit code.

    :param passed: which of the failed tests passed when they were run once more
    """
    say(f"bare core: {bare.tests} tests, {len(bare.failed)} failed")
    say(f"with the suite: {ours.tests} tests, {len(ours.failed)} failed")
    for name in sorted(ours.failed - bare.failed):
        say(f"  only with the suite: {name}{', passed when repeated' if name in passed else ''}")
    broken = ours.failed - bare.failed - passed
    if ours.tests < bare.tests:
        say("  with the suite some tests were not run")
    return 1 if broken or ours.tests < bare.tests else 0


def _passed_when_repeated(settings, found, suite, names):
    """Which of the tests pass with the suite when they are run once more on a new database.

    Some of core's tours race with what is still on the screen (``crm_forecast`` presses a button
    of the page before): one failure alone does not tell whether the suite breaks them.
    """
    methods = {name: match[1] for name in names if (match := METHOD.search(name))}
    if not methods:
        return frozenset()
    tags = ",".join(f":{method}" for method in sorted(methods.values()))
    return passed(methods, _run(settings, found, "core_again", suite, tags))


def passed(methods, log):
    """The names whose method was begun and did not fail, by the log of a run.

    :param methods: ``{name of a failed test: Class.method}``
    """
    failed = {match[1] for name in Outcome.read(log).failed if (match := METHOD.search(name))}
    begun = set(STARTED.findall(log)) - failed
    return frozenset(name for name, method in methods.items() if method in begun)


def _run(settings, found, purpose, names, tags=TAGS):
    """The tests on a fresh database, which these addons are installed into as well.

    :return: Odoo's log
    """
    name = f"{databases.PREFIX}test_{settings.checkout_key}_{purpose}"
    found.drop(name)
    log = settings.cache / "logs" / f"{name}.log"
    try:
        with step(f"core's tests {'with the suite' if names else 'on bare core'} (log: {log})"):
            _test(settings, found, name, log, [*databases.CORE, *names], tags)
    finally:
        found.drop(name)
    return log.read_text(errors="replace")


def _test(settings, found, name, log, names, tags):
    """Install, and test each module when it comes and again what is tested when all are there."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    conf = write_conf(
        found,
        settings.cache / "run" / f"{name}.conf",
        name,
        http_port=free_port(),
        logfile=log,
        max_cron_threads=0,
    )
    options = ["--test-tags", tags, "-i", ",".join(names), "--stop-after-init"]
    with kept(
        odoo_command("-c", conf, *options),
        env=found.server.environment,
        cwd=settings.checkout,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.nice(5),
    ) as process:
        process.wait()
