"""A million clocks swept by two processes, while managers write leads and one is killed."""

import signal
import time

import pytest
from conftest import Script

PATIENCE = 240  # seconds until a process must have got somewhere
DUE, RUNNING = 5_000, 995_000
DONE = {
    "open": RUNNING,
    "breached": DUE,
    "violations": DUE,
    "of clocks": DUE,
    "without evidence": 0,
    "broken": 0,
}


class Site(Script):
    """A database with the regulation, and the script that works on it."""

    def judged(self):
        text = "SELECT count(*) FROM sale_violation WHERE clock_id IS NOT NULL"
        return self.query(text)[0][0]


@pytest.fixture
def site(own_database):
    own_database.odoo("-i", "sale_pipeline_rules")
    found = Site(own_database, "pipeline_sweep.py")
    found.run("prepare")
    return found


def test_two_sweeps_beside_managers_and_a_kill(site):
    """The same verdicts, none twice and none missing."""
    killed = site.start("run")
    end = time.monotonic() + PATIENCE
    while not site.judged():
        assert killed.poll() is None, killed.stderr.read()[-4000:]
        assert time.monotonic() < end, "the sweep gets nowhere"
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    assert 0 < site.judged() < DUE

    beside = [site.start("run"), site.start("run"), site.start("edit")]
    for process in beside:
        _out, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, errors[-4000:]
    assert site.tell() == DONE
