"""Test processes do not delete one another's files."""

import os
from types import SimpleNamespace

import pytest

from setup import workers

config = pytest.importorskip("odoo.tools").config


def test_a_worker_has_links_of_its_own_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setitem(config.options, "data_dir", str(tmp_path))
    stored = tmp_path / "filestore" / "db" / "aa" / "file"
    stored.parent.mkdir(parents=True)
    stored.write_text("kept")
    with workers.own_filestore("db", "db-gw0"):
        own = tmp_path / "filestore" / "db-gw0" / "aa" / "file"
        assert own.samefile(stored)
        own.unlink()
    assert stored.read_text() == "kept"
    assert os.listdir(tmp_path / "filestore") == ["db"]


def test_under_xdist_the_files_are_those_of_the_worker():
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("this run has one process")
    assert os.path.isdir(config.filestore(config["db_name"][0]))
    assert config.filestore(config["db_name"][0]).endswith(os.environ["PYTEST_XDIST_WORKER"])


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("Skipped: Failed to detect chrome devtools port after 60.0s.", "failed"),
        ("Skipped: Chrome executable not found", "failed"),
        ("Skipped: OASIS's example is not beside this checkout", "skipped"),
    ],
)
def test_a_tour_without_its_browser_fails(reason, outcome):
    report = SimpleNamespace(skipped=True, outcome="skipped", longrepr=reason)
    hook = workers.pytest_runtest_makereport(SimpleNamespace(nodeid="test_tour"), None)
    next(hook)
    with pytest.raises(StopIteration):
        hook.send(SimpleNamespace(get_result=lambda: report))
    assert report.outcome == outcome
