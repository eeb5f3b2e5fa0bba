"""A pytest plugin: each test process has files of its own, as it has a database of its own.

pytest-odoo lets all processes share the files of the database that they copied. Odoo's test
classes end with a collection of unused files, and what one process stored for its running test
is unused in the database of another: it would be deleted under the first one's hands.
"""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path


def pytest_configure():
    """Take the place of what pytest-odoo does."""
    import pytest_odoo

    pytest_odoo._shared_filestore = own_filestore


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
