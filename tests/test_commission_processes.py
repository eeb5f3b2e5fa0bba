"""Two engines and a closing at once, one engine killed: the result of a sequential run."""

import signal
import time

import pytest
from conftest import Script

PATIENCE = 240  # seconds until a process must have got somewhere
INVOICES = 4_001


class Site(Script):
    """A database with commission, and the script that works on it."""

    def entered(self):
        return self.query("SELECT count(*) FROM commission_split_entry")[0][0]


@pytest.fixture
def site(own_database):
    own_database.odoo("-i", "sale_commission_split")
    found = Site(own_database, "commission.py")
    found.run("prepare")
    return found


def test_engines_a_closing_and_a_kill(site):
    killed = site.start("run")
    end = time.monotonic() + PATIENCE
    while not site.entered():
        assert killed.poll() is None, killed.stderr.read()[-4000:]
        assert time.monotonic() < end, "the engine gets nowhere"
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    assert 0 < site.entered() < 3 * INVOICES

    beside = [site.start("run"), site.start("run"), site.start("close"), site.start("close")]
    for process in beside:
        _out, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, errors[-4000:]
    found = site.tell()
    assert found["earned"] == found["pots"]
    assert found["deals"] == INVOICES
    assert found["statements"] == found["on statements"]
    assert found["in a closed month without a statement"] == 0
    site.run("check")
    assert site.tell() == found, "the nightly check finds nothing"
