"""Contracts under real processes: eight that release at once, and a job that is killed."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import CHECKOUT

from setup import postgres, settings

SCRIPTS = CHECKOUT / "tests" / "processes"
PATIENCE = 240  # seconds until a process must have got somewhere
DONE = {
    "wanted": 120,
    "waiting": 0,
    "orders of lines": [1],
    "orders": 40,
    "lines of orders": [3],
    "states": ["sale"],
    "deliveries": [1],
    "released": [40.0],
    "problems": [],
    "all orders": 40,
}


class Site:
    """A database, the environment that reaches it, and the scripts that work on it."""

    def __init__(self, name, conf, env):
        self.name, self.conf, self.env = name, conf, env

    def command(self, script, word):
        return [os.environ["SUITE_PYTHON"], SCRIPTS / script, "-c", self.conf, self.name, word]

    def run(self, script, word):
        """Run a script to its end; returns what it printed."""
        command = self.command(script, word)
        done = subprocess.run(command, capture_output=True, text=True, env=self.env)
        assert not done.returncode, done.stderr[-4000:]
        return done.stdout

    def tell(self, script="schedule_job.py", word="tell"):
        return json.loads(self.run(script, word).splitlines()[-1])

    @contextmanager
    def job(self, word="run"):
        """The schedule job while the block runs; killed at its end if it still lives."""
        process = subprocess.Popen(
            self.command("schedule_job.py", word),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.env,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def count(self):
        """How many orders are committed."""
        counted = subprocess.run(
            ["psql", "-XAtc", "SELECT count(*) FROM sale_order WHERE state = 'sale'", self.name],
            capture_output=True,
            check=True,
            env=self.env,
        )
        return int(counted.stdout)

    def wait_for_a_batch(self, process, before):
        """Until the job has committed something more, in the middle of its work."""
        end = time.monotonic() + PATIENCE
        while self.count() <= before:
            assert process.poll() is None, f"the job ended before it was killed: {self.tell()}"
            assert time.monotonic() < end, "the job gets nowhere"
            time.sleep(0.02)


@pytest.fixture
def site(own_database):
    own_database.odoo("-i", "sale_order_kinds")
    return Site(own_database.name, own_database.conf, dict(os.environ))


def test_eight_processes_release_at_once(site):
    found = site.tell("release_at_once.py", "race")
    assert found["outcomes"] == {"done": 300, "refused with the reason": 200}
    assert (found["confirmed"], found["released"], found["deliveries"]) == (300, 300.0, 300)
    # the lock makes them wait; what is tried again at all is not because of the contract
    assert max(map(int, found["tries"])) <= 5
    print(found)


def test_eight_processes_return_at_once(site):
    """Half by a claim, half by core's return of the same delivery: never more than it brought."""
    found = site.tell("return_at_once.py", "race")
    print(found)
    assert found["outcomes"] == {"done": 119, "refused with the reason": 81}
    assert (found["returns"], found["returned"]) == (120, 120.0)
    assert found["by claim"] == found["orders"] == found["claimed moves"]
    assert 1 < found["by claim"] < 120
    # whoever comes too late begins anew with the lock in hand, and does not come too late again
    assert max(map(int, found["tries"])) <= 3


def test_a_killed_job_leaves_neither_a_double_nor_a_gap(site):
    site.run("schedule_job.py", "prepare")
    for _time in range(3):
        before = site.count()
        with site.job() as process:
            site.wait_for_a_batch(process, before)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
    assert 0 < site.count() < DONE["orders"]
    site.run("schedule_job.py", "run")
    assert site.tell() == DONE


def test_two_jobs_at_once_make_no_double(site):
    site.run("schedule_job.py", "prepare")
    with site.job("run_beside") as one, site.job("run_beside") as other:
        assert one.wait(PATIENCE) == other.wait(PATIENCE) == 0
    site.run("schedule_job.py", "run")
    assert site.tell() == DONE


# -- a PostgreSQL of the test's own, which may crash -------------------------------------------


@pytest.fixture
def private_site(site):
    """The same database on a cluster that belongs to this test."""
    folder = Path(tempfile.mkdtemp(prefix="suite"))
    chosen = settings.Settings(cache=folder)
    server = postgres.EmbeddedServer(chosen, "demo")  # the durable one
    try:
        with server.running():
            _copy(site, server)
            found = Site(site.name, site.conf, server.environment)
            found.server = server
            yield found
    finally:
        shutil.rmtree(postgres.home(chosen), ignore_errors=True)
        shutil.rmtree(folder)


def _copy(site, server):
    subprocess.run(["createdb", site.name], check=True, env=server.environment)
    dump = subprocess.Popen(["pg_dump", "-Fc", site.name], stdout=subprocess.PIPE)
    restore = ["pg_restore", "--no-owner", "--no-comments", "-d", site.name]
    subprocess.run(restore, stdin=dump.stdout, check=True, env=server.environment)
    assert dump.wait() == 0


def test_a_crash_of_postgresql_leaves_neither_a_double_nor_a_gap(private_site):
    site, server = private_site, private_site.server
    site.run("schedule_job.py", "prepare")
    with site.job() as process:
        site.wait_for_a_batch(process, 0)
        server._program(
            "pg_ctl", "-D", server.data, "-l", server.log, "-m", "immediate", "-w", "restart"
        )
        assert process.wait(PATIENCE) != 0, "the job went on without its database"
    assert 0 < site.count() < DONE["orders"]
    site.run("schedule_job.py", "run")
    assert site.tell() == DONE
