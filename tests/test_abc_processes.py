"""The job that classes customers under real processes: killed in the middle, and two at once."""

import os
import signal
import subprocess

import pytest
from test_contract_processes import PATIENCE, Site

SCRIPT = "abc_job.py"
DONE = {
    "states": ["done"] * 4,
    "results": [[12, 12]],
    "runs with results": 4,
    "follows": [True] * 3,
    "classed": 12,
    "last": True,
}


@pytest.fixture
def site(own_database):
    own_database.odoo("-i", "sale_abc_segmentation")
    found = Site(own_database.name, own_database.conf, dict(os.environ))
    found.run(SCRIPT, "prepare")
    return found


def test_a_killed_run_is_done_again_whole(site):
    for _time in range(2):
        process = subprocess.Popen(
            site.command(SCRIPT, "run_slowly"), stdout=subprocess.PIPE, env=site.env
        )
        try:
            assert process.stdout.readline() == b"written\n"
            process.send_signal(signal.SIGKILL)
            assert process.wait(PATIENCE) == -signal.SIGKILL
        finally:
            process.kill()
            process.wait()
        told = site.tell(SCRIPT)
        assert told["states"] == ["running", *["queued"] * 3]
        assert told["runs with results"] == 0
    site.run(SCRIPT, "run")
    assert site.tell(SCRIPT) == DONE


def test_two_jobs_at_once_class_once(site):
    jobs = [
        subprocess.Popen(site.command(SCRIPT, "run_beside"), env=site.env) for _time in range(2)
    ]
    for job in jobs:
        job.wait(PATIENCE)
    # the one that came too late starts again, as the scheduler lets it
    site.run(SCRIPT, "run")
    assert site.tell(SCRIPT) == DONE
