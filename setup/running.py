"""What the words of the Makefile do once the virtual environment stands."""

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import replace

from . import databases, mail, postgres
from .configuration import odoo_command, write_conf
from .problems import STARTED, Problem, say
from .processes import free_port, kept, need_port

PATIENCE = 180  # seconds for Odoo to answer its first page
NO_TESTS = 5  # pytest's exit code when it collected none
REPORTS = "report.url"  # the parameter that tells wkhtmltopdf where styles are
GUIDE = "tests/demo_guide.txt"  # who can log in and what to try, written with the addons


class Demo:
    """The demo database with its mail catcher, ready to be served or to run a script."""

    def __init__(self, settings, odoo, server, ports):
        self.settings, self.server, self.ports = settings, server, ports
        self.databases = databases.Databases(settings, server, odoo)
        self.name = settings.database
        self.mails = settings.cache / "mail" / self.name
        self.log = settings.cache / "logs" / f"serve-{self.name}.log"

    @property
    def url(self):
        """The address that a person on this machine opens."""
        return f"http://{self._host('localhost')}:{self.ports.http}"

    @property
    def local_url(self):
        """The address that programs on this machine open, whatever `localhost` means here."""
        return f"http://{self._host('127.0.0.1')}:{self.ports.http}"

    def _host(self, loopback):
        everywhere = self.settings.interface in ("127.0.0.1", "0.0.0.0")
        return loopback if everywhere else self.settings.interface

    @property
    def mail_url(self):
        """The address of the page with the caught mail."""
        return f"http://localhost:{self.ports.mail_web}"

    @property
    def environment(self):
        """The environment for Odoo and for the scripts that talk to it."""
        return {
            **self.server.environment,
            "SUITE_URL": self.url,
            "SUITE_DB": self.name,
            "SUITE_MAIL_URL": self.mail_url,
            "SUITE_MAIL_FOLDER": str(self.mails),
        }

    def prepare(self):
        """Make the database or bring it up to date."""
        self.databases.for_demo(self.name)
        # links in mails lead to the demo, whoever sends them
        host = self._host("localhost")
        self.databases.set_parameter(
            self.name, "web.base.url", f"http://{host}:{self.settings.port}"
        )

    @contextmanager
    def printing(self):
        """Let documents be printed from the address served here while the block runs."""
        before = self.databases.parameter(self.name, REPORTS)
        self.databases.set_parameter(self.name, REPORTS, self.local_url)
        try:
            yield
        finally:
            if before:  # perhaps a demo that is served beside this command
                self.databases.set_parameter(self.name, REPORTS, before)

    def conf(self, word, **options):
        """Write Odoo's configuration for one word of the Makefile."""
        path = self.settings.cache / "run" / f"{word}-{self.name}.conf"
        ports = {"http_port": self.ports.http, "smtp_port": self.ports.smtp}
        return write_conf(self.databases, path, self.name, **ports, **options)

    @contextmanager
    def served(self, word):
        """Serve the database while the block runs; yields the process once it answers."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.unlink(missing_ok=True)
        conf = self.conf(
            word,
            http_interface=self.settings.interface,
            max_cron_threads=1,
            logfile=self.log,
            log_level="warn",
        )
        options = {"env": self.environment, "cwd": self.settings.checkout}
        with (
            self.printing(),
            self.log.open("a") as log,
            kept(odoo_command("-c", conf), stdout=log, stderr=log, **options) as process,
        ):
            self._wait(process)
            yield process

    def _wait(self, process):
        patience = time.monotonic() + PATIENCE
        while not _answers(f"{self.local_url}/web/login"):
            if process.poll() is not None or time.monotonic() > patience:
                raise Problem(f"Odoo does not answer: see {self.log}")
            time.sleep(0.2)


class Ports:
    """The TCP ports of one command."""

    def __init__(self, http, smtp, mail_web):
        self.http, self.smtp, self.mail_web = http, smtp, mail_web

    @classmethod
    def chosen(cls, settings):
        """Those that the user chose: refused when they are taken."""
        need_port(settings.port, "PORT", settings.interface)
        need_port(settings.mail_port, "MAIL_PORT")
        need_port(settings.mail_web_port, "MAIL_WEB_PORT")
        return cls(settings.port, settings.mail_port, settings.mail_web_port)

    @classmethod
    def free(cls):
        """Any: several commands may run side by side."""
        return cls(free_port(), free_port(), free_port())


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        raise Problem(f"Odoo answers {error.code} to {url}.") from None
    except OSError:
        return False


@contextmanager
def demo_database(settings, odoo, ports):
    """The demo's server, mail catcher and database while the block runs."""
    with postgres.serving(settings, "demo") as server:
        demo = Demo(settings, odoo, server, ports)
        with mail.catching(demo.mails, ports.smtp, ports.mail_web):
            demo.prepare()
            yield demo


def serve(settings, odoo):
    """`make demo`: serve the demo until somebody stops it."""
    with (
        demo_database(settings, odoo, Ports.chosen(settings)) as demo,
        demo.served("demo") as process,
    ):
        waited = time.time() - float(os.environ[STARTED])
        say(f"\nThe demo is served at {demo.url} (ready after {waited:.0f} s)")
        say(f"Mail that it sends: {demo.mail_url} (files in {demo.mails}); Odoo's log: {demo.log}")
        say(guide(settings, demo))
        say("Ctrl-C stops it.")
        try:
            process.wait()
        except KeyboardInterrupt:
            say("\nstopping …")
            return 0
    raise Problem(f"Odoo ended by itself: see {demo.log}")


def guide(settings, demo):
    """Who can log in and what to try."""
    path = settings.checkout / GUIDE
    if not path.exists():
        return "\nLog in as admin, password admin."
    return "\n" + path.read_text().replace("{url}", demo.url).replace("{mail_url}", demo.mail_url)


def shell(settings, odoo):
    """`make shell`: an Odoo shell on the demo database, or a script from standard input."""
    with demo_database(settings, odoo, Ports.free()) as demo:
        conf = demo.conf("shell", max_cron_threads=0, log_level="warn")
        command = odoo_command("shell", "-c", conf, "--no-http")
        if not sys.stdin.isatty():
            return _script(command, demo, sys.stdin)
        # at a terminal the shell is in the foreground and takes Ctrl-C itself
        before = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            with kept(
                command, env=demo.environment, stdin=None, start_new_session=False
            ) as process:
                return process.wait()
        finally:
            signal.signal(signal.SIGINT, before)


def _script(command, demo, source, **env):
    with kept(
        command, env={**demo.environment, **env}, stdin=source, cwd=demo.settings.checkout
    ) as process:
        return process.wait()


def story(settings, odoo):
    """`make story`: the whole path, headless, on a demo database of its own."""
    settings = replace(settings, database=settings.story_database)
    script = _need(settings, "tests/story.py")
    env = {}
    if settings.story_file:
        if not settings.story_file.is_file():
            raise Problem(f"FILE={settings.story_file} is not a file.")
        env["STORY_FILE"] = str(settings.story_file)
    with demo_database(settings, odoo, Ports.free()) as demo, demo.served("story"):
        conf = demo.conf("story-shell", max_cron_threads=0, log_level="warn")
        with script.open() as source:
            return _script(odoo_command("shell", "-c", conf, "--no-http"), demo, source, **env)


def pictures(settings, odoo):
    """`make pictures`: the screenshots of the README, from the demo database."""
    script = _need(settings, "tests/pictures.py")
    with demo_database(settings, odoo, Ports.free()) as demo, demo.served("pictures"):
        env = {**demo.environment, "PICTURES_URL": demo.url, "PICTURES_DB": demo.name}
        with kept([sys.executable, script], env=env, cwd=settings.checkout) as process:
            return process.wait()


def _need(settings, name):
    path = settings.checkout / name
    if not path.is_file():
        raise Problem(f"This checkout has no {name}.")
    return path


def test(settings, odoo):
    """`make test`: every test of the checkout, or those that TESTS names."""
    paths = _test_paths(settings)
    with postgres.serving(settings, "test") as server:
        found = databases.Databases(settings, server, odoo)
        name = found.for_tests() if settings.workers else found.copy_of_tests("run")
        log = settings.cache / "logs" / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}.log"
        conf = settings.cache / "run" / f"{name}.conf"
        write_conf(found, conf, name, logfile=log, max_cron_threads=0)
        env = _environment(found, name, conf)
        say(f"  Odoo's log of this run: {log}")
        # one process may ask a person (--pdb); several may not
        person = {} if settings.workers else {"stdin": None, "start_new_session": False}
        command = _pytest(settings, name, conf, paths)
        with kept(command, env=env, cwd=settings.checkout, **person) as process:
            code = process.wait()
    if code == NO_TESTS:
        raise Problem(f"No test was found in {' '.join(paths)}.")
    return code


def _environment(found, name, conf):
    """What tests and benches that make databases of their own find in the environment.

    SUITE_TEMPLATE_DB, a database with Odoo's own modules only, to be copied; SUITE_TEST_DB, the
    one that this run is about; SUITE_ODOO_CONF, Odoo's configuration; SUITE_PYTHON, the
    interpreter; PGHOST and the like, the server; on PATH createdb and dropdb.
    """
    return {
        **found.server.environment,
        "SUITE_TEMPLATE_DB": found.template(databases.TEST),
        "SUITE_TEST_DB": name,
        "SUITE_ODOO_CONF": str(conf),
        "SUITE_PYTHON": sys.executable,
    }


def _test_paths(settings):
    paths = [
        path for path in settings.tests if path != "addons" or (settings.checkout / path).is_dir()
    ]
    for path in paths:
        if not (settings.checkout / path.split("::")[0]).exists():
            raise Problem(f"TESTS={path} is not in this checkout.")
    return paths


def _pytest(settings, name, conf, paths):
    odoo = [
        f"--odoo-database={name}",
        f"--odoo-config={conf}",
        "--odoo-http",
        "--odoo-log-level=warn",
    ]
    spread = (
        ["-p", "setup.workers", "-n", str(settings.workers), "--dist", "loadscope"]
        if settings.workers
        else ["-p", "no:xdist"]
    )
    # no time limits and the same examples each time: the machine may be busy
    steady = ["--hypothesis-profile=ci"]
    return [sys.executable, "-m", "pytest", *odoo, *spread, *steady, *settings.pytest_args, *paths]


def bench(settings, odoo):
    """`make bench`: the scripts of tests/bench, each on a fresh copy of the test database."""
    scripts = bench_scripts(settings)
    with postgres.serving(settings, "test") as server:
        found = databases.Databases(settings, server, odoo)
        return max(_bench_one(settings, found, script) for script in scripts)


def bench_scripts(settings):
    scripts = {path.stem: path for path in sorted(settings.checkout.glob("tests/bench/*.py"))}
    unknown = [name for name in settings.benches if name not in scripts]
    if unknown or not scripts:
        raise Problem(
            f"tests/bench has no bench {' '.join(unknown)}: there are {', '.join(scripts)}."
        )
    return [scripts[name] for name in settings.benches or scripts]


def _bench_one(settings, found, script):
    name = found.copy_of_tests("bench")
    conf = write_conf(
        found, settings.cache / "run" / f"{name}.conf", name, log_level="warn", max_cron_threads=0
    )
    say(f"{script.name}:")
    command = odoo_command("shell", "-c", conf, "--no-http")
    env = _environment(found, name, conf)
    with (
        script.open() as source,
        kept(command, env=env, stdin=source, cwd=settings.checkout) as process,
    ):
        return process.wait()
