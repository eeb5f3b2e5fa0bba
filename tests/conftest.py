"""What the tests across addons share: environment, databases of their own, order of work."""

import json
import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
# each of their tests takes a worker by itself
SLOW = (
    "test_abc_processes.py",
    "test_commission_processes.py",
    "test_contract_processes.py",
    "test_lifecycle.py",
    "test_pipeline_processes.py",
    "test_two_workers.py",
    "test_wheel.py",
)
# these take long too, but their tests share what they made
LONG = ("test_demo_guide.py", "test_roles_walk.py")


# -- the order of work -------------------------------------------------------------------------


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Spread the slow tests over the workers one by one; everything else keeps its scope."""
    if config.getvalue("dist") != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class OneByOne(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return nodeid if is_slow(nodeid) else super()._split_scope(nodeid)

    config.option.loadscopereorder = False  # the slow ones go first, see below
    return OneByOne(config, log)


def pytest_collection_modifyitems(items):
    """With several workers the slow tests begin, so that none of them is left over at the end."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items.sort(key=lambda item: not is_slow(item.nodeid, SLOW + LONG))


def is_slow(nodeid, files=SLOW):
    """Whether a test is in one of the files; by default each of their tests takes a worker."""
    return Path(nodeid.split("::")[0]).name in files


# -- Odoo in this process ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def env():
    """A superuser's environment on the database of this run; nothing done in it stays."""
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    with closing(Registry(get_db_name()).cursor()) as cr:
        yield Environment(cr, SUPERUSER_ID, {})


# -- databases and processes of their own ------------------------------------------------------


class OwnDatabase:
    """A copy of the template with Odoo's own modules, and Odoo as another process on it."""

    def __init__(self, name):
        self.name = name
        self.python = os.environ["SUITE_PYTHON"]
        self.conf = os.environ["SUITE_ODOO_CONF"]
        self.template = os.environ["SUITE_TEMPLATE_DB"]

    def create(self):
        """Copy rows and files, which become links because Odoo never changes a file in place."""
        self.drop()
        if self._filestore(self.template).exists():
            source, target = self._filestore(self.template), self._filestore(self.name)
            shutil.copytree(source, target, copy_function=os.link)
        self._server("createdb", "-T", self.template)

    def drop(self):
        """Leave nothing."""
        # by force the server would have to end its autovacuum too, which not every role may
        try:
            self._server("dropdb", "--if-exists")
        except subprocess.CalledProcessError:
            self._server("dropdb", "--force", "--if-exists")
        shutil.rmtree(self._filestore(self.name), ignore_errors=True)

    def _server(self, *command):
        env = {**os.environ, "PGOPTIONS": "--client-min-messages=warning"}
        subprocess.run([*command, self.name], check=True, env=env)

    def _filestore(self, name):
        import odoo.tools

        return Path(odoo.tools.config["data_dir"]) / "filestore" / name

    def odoo(self, *words, script=None):
        """Run Odoo to its end, a shell if a script is given; returns output and log."""
        command = "shell" if script else "server"
        options = ["-c", self.conf, "-d", self.name, "--no-http", "--logfile=", "--log-level=warn"]
        options += [] if script else ["--stop-after-init"]
        done = subprocess.run(
            [self.python, "-m", "odoo", command, *options, *words],
            input=script,
            stdin=None if script else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=CHECKOUT,
        )
        if done.returncode:
            pytest.fail(f"odoo {' '.join(words)} exit {done.returncode}\n{done.stderr[-8000:]}")
        return done.stdout, done.stderr

    def query(self, text, *values):
        """The rows that a statement returns, past Odoo."""
        import psycopg2

        from odoo.sql_db import connection_info_for

        _name, info = connection_info_for(self.name)
        with closing(psycopg2.connect(**info)) as connection, connection.cursor() as cr:
            cr.execute(text, values or None)
            rows = cr.fetchall()
            connection.commit()
            return rows


class Script:
    """A script of the processes, which works on a database by the word that it is given."""

    def __init__(self, database, path):
        self.name, self.conf, self.query = database.name, database.conf, database.query
        self.path = CHECKOUT / "tests" / "processes" / path

    def command(self, word):
        """What starts the script as a process of its own."""
        return [os.environ["SUITE_PYTHON"], self.path, "-c", self.conf, self.name, word]

    def start(self, word):
        """Start the script; returns the process."""
        return subprocess.Popen(
            self.command(word), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def run(self, word):
        """Run the script to its end; returns what it prints."""
        done = subprocess.run(self.command(word), capture_output=True, text=True)
        assert not done.returncode, done.stderr[-4000:]
        return done.stdout

    def tell(self):
        """What the script finds in the database, from its last line."""
        return json.loads(self.run("tell").splitlines()[-1])


@pytest.fixture
def own_database():
    """A database that belongs to one test and is dropped after it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = OwnDatabase(f"{os.environ['SUITE_TEST_DB']}_own_{worker}")
    database.create()
    yield database
    database.drop()
