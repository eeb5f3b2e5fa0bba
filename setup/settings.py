"""Everything that a person may set, read from the environment in one place."""

import hashlib
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from .problems import Problem

CHECKOUT = Path(__file__).resolve().parent.parent

# name, default as a person reads it, meaning: what `make help` prints
OPTIONS = (
    ("PORT", "8069", "TCP port on which the demo is served"),
    ("INTERFACE", "127.0.0.1", "network address on which the demo listens"),
    ("DB", "suite_demo", "name of the demo database"),
    ("ODOO", "Debian's package", "folder of an Odoo 19 that you already have"),
    ("PGHOST PGPORT PGUSER PGPASSWORD", "embedded", "a PostgreSQL server that you already have"),
    ("DATABASE_URL", "embedded", "the same as one address: postgresql://user:password@host:port"),
    ("MAIL_PORT", "8025", "TCP port of the mail catcher (SMTP)"),
    ("MAIL_WEB_PORT", "8026", "TCP port of the page that shows the caught mail"),
    ("WORKERS", "number of cores", "test processes side by side; 0 runs the tests in one process"),
    ("TESTS", "addons tests", "files and folders that `make test` runs"),
    ("ONLY", "all", "addons that `make test` and `make bench` install, with what they need"),
    ("PYTEST_ARGS", "", "more arguments for pytest, such as -k or -x"),
    ("BENCH", "all", "names of the benches of tests/bench that `make bench` runs"),
    ("FILE", "the demo's own", "UBL request file that `make story` takes"),
    (
        "SUITE_CACHE",
        "~/.cache/sale-process-suite",
        "folder for everything that is downloaded or made",
    ),
)


@dataclass(frozen=True)
class Postgres:
    """How to reach a PostgreSQL server that the user already has."""

    host: str
    port: int = 5432
    user: str = ""
    password: str = ""


@dataclass(frozen=True)
class Settings:
    """The choices of one command. Ports are TCP ports, paths are absolute."""

    cache: Path
    checkout: Path = CHECKOUT
    port: int = 8069
    interface: str = "127.0.0.1"
    database: str = "suite_demo"
    odoo: Path | None = None
    postgres: Postgres | None = None
    mail_port: int = 8025
    mail_web_port: int = 8026
    workers: int = 1
    tests: tuple[str, ...] = ("addons", "tests")
    only: tuple[str, ...] = ()
    pytest_args: tuple[str, ...] = ()
    benches: tuple[str, ...] = ()
    story_file: Path | None = None

    @property
    def addons(self):
        """The folder that holds the suite's addons."""
        return self.checkout / "addons"

    @property
    def checkout_key(self):
        """A short name for this checkout: two of them may share one cache and one server."""
        return short_hash(str(self.checkout))

    @property
    def story_database(self):
        """The database of `make story`, which nobody changes by working in the demo."""
        return f"{self.database}_story"


def short_hash(*parts):
    """Ten hexadecimal digits that change when any of the texts changes."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


def from_environment(env=None):
    """The settings that the environment asks for."""
    env = os.environ if env is None else env
    return Settings(
        cache=_cache(env),
        port=_port(env, "PORT", 8069),
        interface=env.get("INTERFACE") or "127.0.0.1",
        database=_database(env),
        odoo=_path(env, "ODOO"),
        postgres=_postgres(env),
        mail_port=_port(env, "MAIL_PORT", 8025),
        mail_web_port=_port(env, "MAIL_WEB_PORT", 8026),
        workers=_number(env, "WORKERS", os.cpu_count() or 1, 0, 64),
        tests=tuple(shlex.split(env.get("TESTS", ""))) or ("addons", "tests"),
        only=tuple(sorted(shlex.split(env.get("ONLY", "")))),
        pytest_args=tuple(shlex.split(env.get("PYTEST_ARGS", ""))),
        benches=tuple(shlex.split(env.get("BENCH", ""))),
        story_file=_path(env, "FILE"),
    )


def _cache(env):
    if env.get("SUITE_CACHE"):
        return Path(env["SUITE_CACHE"]).expanduser().absolute()
    base = env.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    return Path(base).absolute() / "sale-process-suite"


def _path(env, name):
    return Path(env[name]).expanduser().absolute() if env.get(name) else None


def _port(env, name, default):
    return _number(env, name, default, 1, 65535)


def _number(env, name, default, least, most):
    text = env.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise Problem(f"{name}={text} is not a number from {least} to {most}.")
    return int(text)


def _database(env):
    name = env.get("DB") or "suite_demo"
    # the name goes into a regular expression (dbfilter), a folder and SQL
    if not name.replace("_", "a").replace("-", "a").isalnum() or len(name) > 40:
        raise Problem(f"DB={name} is no database name: use up to 40 letters, digits, _ and -.")
    return name


def _postgres(env):
    if env.get("DATABASE_URL"):
        return _postgres_from_url(env["DATABASE_URL"])
    if not env.get("PGHOST"):
        return None
    return Postgres(
        host=env["PGHOST"],
        port=_port(env, "PGPORT", 5432),
        user=env.get("PGUSER", ""),
        password=env.get("PGPASSWORD", ""),
    )


def _postgres_from_url(url):
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError:
        parts, port = None, None
    host = parts and (parts.hostname or parse_qs(parts.query).get("host", [""])[0])
    if not host or parts.scheme not in ("postgresql", "postgres"):
        raise Problem("DATABASE_URL must look like postgresql://user:password@host:port.")
    return Postgres(host, port, unquote(parts.username or ""), unquote(parts.password or ""))
