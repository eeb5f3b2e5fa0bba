"""Odoo's own tests with the suite's addons installed, against the same tests without them."""

import os
import re
import subprocess
from dataclasses import dataclass

from . import addons, databases, postgres
from .configuration import odoo_command, write_conf
from .problems import Problem, say, step
from .processes import free_port, kept

SUITES = ("sale", "sale_stock", "sale_management", "sale_crm", "crm", "stock_account")
COUNTED = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
FAILED = re.compile(r": (?:FAIL|ERROR): (\S.*)$", re.M)


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
        ours = _run(settings, found, "core_suite", list(addons.states(settings.addons)))
        bare = _run(settings, found, "core", [])
    return compare(bare, ours)


def compare(bare, ours):
    """Tell both outcomes and return the exit code."""
    say(f"bare core: {bare.tests} tests, {len(bare.failed)} failed")
    say(f"with the suite: {ours.tests} tests, {len(ours.failed)} failed")
    broken = sorted(ours.failed - bare.failed)
    for name in broken:
        say(f"  only with the suite: {name}")
    if ours.tests < bare.tests:
        say("  with the suite some tests were not run")
    return 1 if broken or ours.tests < bare.tests else 0


def _run(settings, found, purpose, names):
    """The tests on a fresh database, which these addons are installed into as well."""
    name = f"{databases.PREFIX}test_{settings.checkout_key}_{purpose}"
    found.drop(name)
    log = settings.cache / "logs" / f"{name}.log"
    try:
        with step(f"core's tests {'with the suite' if names else 'on bare core'} (log: {log})"):
            _test(settings, found, name, log, [*databases.CORE, *names])
    finally:
        found.drop(name)
    return Outcome.read(log.read_text(errors="replace"))


def _test(settings, found, name, log, names):
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
    tags = ",".join(f"/{suite}" for suite in SUITES)
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
