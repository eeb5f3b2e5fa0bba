"""A pytest plugin for test processes side by side: files of their own, and patience.

pytest-odoo lets all processes share the files of the database that they copied. Odoo's test
classes end with a collection of unused files, and what one process stored for its running test
is unused in the database of another: it would be deleted under the first one's hands.

A tour that was skipped because its browser did not start has shown nothing: it fails.
"""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

BROWSER_PATIENCE = 60  # seconds for Chromium to start; Odoo skips a tour after ten


def pytest_configure():
    """Take the place of what pytest-odoo does, and give a busy machine time for its browser."""
    import pytest_odoo

    from odoo.tests import common

    pytest_odoo._shared_filestore = own_filestore
    common.CHECK_BROWSER_ITERATIONS = int(BROWSER_PATIENCE / common.CHECK_BROWSER_SLEEP)
    common.BROWSER_WAIT = BROWSER_PATIENCE


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A skip for want of the browser is a failure."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and "chrome" in str(report.longrepr).lower():
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: {report.longrepr}"


@contextmanager
def own_filestore(original, name):
    """Copy the files for the database `name` while the block runs; the copies are links."""
    if original == name:
        yield
        return
    from odoo.tools import config

    source, target = (Path(config["data_dir"], "filestore", each) for each in (original, name))
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target, copy_function=os.link)
    try:
        yield
    finally:
        shutil.rmtree(target, ignore_errors=True)
