"""Databases: a template with Odoo's own modules, and copies of it with the suite's addons.

Installing core takes most of a minute, copying a database a second: so the template is made once
for each Odoo, lock file and list of modules, under another name until it is whole.
"""

import json
import os
import re
import shutil
from dataclasses import dataclass

from . import addons, postgres
from .cache import locked, need_space
from .configuration import NOWHERE, odoo_command, write_conf
from .problems import Problem, say, step
from .processes import Failed, run
from .settings import short_hash

# what the addons build on; a database of each addon alone is made by the tests themselves
CORE = (
    "contacts",
    "calendar",
    "utm",
    "portal",
    "crm",
    "account",
    "stock",
    "stock_account",
    "sale_management",
    "sale_stock",
    "sale_margin",
    "sale_crm",
    "sale_edi_ubl",
    "spreadsheet_dashboard",
    "base_tier_validation",
)
LANGUAGES = "en_US,ru_RU"  # the first is the default one
PREFIX = "suite_"  # names of the databases that `make clean` may drop on a user's own server
STATE = "setup.addons"  # the parameter that tells which addons a database holds, in which state
MEGABYTES = 500  # of disk for the template and a copy


@dataclass(frozen=True)
class Kind:
    """What a family of databases has in common."""

    name: str
    demo: bool

    @property
    def options(self):
        """Odoo's command line for installing into such a database."""
        return ["--with-demo", f"--load-language={LANGUAGES}"] if self.demo else []


DEMO = Kind("demo_core", demo=True)
TEST = Kind("core", demo=False)


class Databases:
    """The databases of one server, as Odoo knows them: rows and filestore."""

    def __init__(self, settings, server, odoo):
        self.settings, self.server, self.odoo = settings, server, odoo
        self.filestore = settings.cache / "data" / server.key / "filestore"

    # -- what there is -------------------------------------------------------------------------

    def exists(self, name):
        """Whether the server has such a database."""
        return bool(self.server.query("SELECT 1 FROM pg_database WHERE datname = %s", [name]))

    def parameter(self, name, key):
        """The value of a system parameter, or None."""
        rows = self.server.query(
            "SELECT value FROM ir_config_parameter WHERE key = %s", [key], name
        )
        return rows[0][0] if rows else None

    def set_parameter(self, name, key, value):
        """Write a system parameter of a database that no Odoo serves yet."""
        self.server.query(
            "INSERT INTO ir_config_parameter"
            " (key, value, create_uid, write_uid, create_date, write_date)"
            " VALUES (%s, %s, 1, 1, now() at time zone 'utc', now() at time zone 'utc')"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
            [key, value],
            name,
        )

    def drop(self, name):
        """Drop a database and its files, if there."""
        self.server.drop(name)
        shutil.rmtree(self.filestore / name, ignore_errors=True)

    # -- making --------------------------------------------------------------------------------

    def clone(self, source, target):
        """Copy a database; the files, which Odoo never changes in place, become links."""
        shutil.rmtree(self.filestore / target, ignore_errors=True)
        if (self.filestore / source).exists():
            shutil.copytree(
                self.filestore / source, self.filestore / target, copy_function=os.link
            )
        self.server.query(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        # two databases must not share what their sessions and links are signed with
        for key in ("database.uuid", "database.secret"):
            self.server.query(
                "UPDATE ir_config_parameter SET value = gen_random_uuid()::text WHERE key = %s",
                [key],
                target,
            )

    def _rename(self, source, target):
        self.server.query(f'ALTER DATABASE "{source}" RENAME TO "{target}"')
        if (self.filestore / source).exists():
            (self.filestore / source).rename(self.filestore / target)

    def template(self, kind):
        """The name of the template of this kind, made when it is missing."""
        lock = (self.settings.checkout / "requirements" / "suite.txt").read_text()
        key = short_hash(self.odoo.version, lock, *CORE, *kind.options)
        name = f"{PREFIX}{kind.name}_{key}"
        with locked(self.settings.cache / f"{name}.lock"):
            if not self.exists(name):
                need_space(self.settings.cache, MEGABYTES, "the database")
                self._build(name, kind)
        return name

    def _build(self, name, kind):
        building = f"{name}_building"
        self.drop(building)
        shutil.rmtree(self.filestore / name, ignore_errors=True)
        with step("Odoo's own modules, once" + (" with demo data" if kind.demo else "")):
            self.odoo_run(building, "-i", ",".join(CORE), *kind.options)
        self._rename(building, name)

    def odoo_run(self, name, *words):
        """Let Odoo install or update modules of a database."""
        log = self.settings.cache / "logs" / f"{name}.log"
        log.unlink(missing_ok=True)
        conf = self.settings.cache / "run" / f"install-{name}.conf"
        write_conf(self, conf, name, log_level="warn", http_enable=False, max_cron_threads=0)
        command = odoo_command("-c", conf, *words, "--stop-after-init", "--no-http")
        try:
            run(command, "Odoo", log, env=self.server.environment, cwd=self.settings.checkout)
        except Failed as failed:
            raise Problem(f"Odoo could not install into {name}: {_reason(failed)}") from None

    # -- the suite's addons --------------------------------------------------------------------

    def for_demo(self, name):
        """Make the demo database, or bring its addons up to the checkout."""
        with locked(self.settings.cache / f"database-{name}.lock"):
            if self.exists(name) and not self._is_whole(name):
                say(f"  {name} was never finished: it is made anew")
                self.drop(name)
            if not self.exists(name):
                self.clone(self.template(DEMO), name)
            self._keep_inside(name)
            self._bring_up(name, DEMO)

    def _is_whole(self, name):
        tables = self.server.query(
            "SELECT to_regclass('ir_config_parameter')::text", database=name
        )
        return tables[0][0] is not None

    def _keep_inside(self, name):
        for key in ("iap.endpoint", "iap.partner_autocomplete.endpoint", "iap.extract_endpoint"):
            self.set_parameter(name, key, NOWHERE)

    def _bring_up(self, name, kind):
        now = addons.states(self.settings.addons)
        before = json.loads(self.parameter(name, STATE) or "{}")
        new = [addon for addon in now if addon not in before]
        changed = [addon for addon in now if addon in before and before[addon] != now[addon]]
        gone = sorted(set(before) - set(now))
        if gone:
            raise Problem(
                f"{name} holds {', '.join(gone)}, which this checkout lacks:"
                " choose another with DB=…"
            )
        if changed:
            with step(f"updating {', '.join(changed)}"):
                self.odoo_run(name, "-u", ",".join(changed), *kind.options[:1])
        self._install(name, new, *kind.options[:1])
        if new or changed:
            self.set_parameter(name, STATE, json.dumps(now))

    def _install(self, name, names, *options):
        if names:
            with step(f"installing {', '.join(names)}"):
                self.odoo_run(name, "-i", ",".join(names), *options)

    def for_tests(self):
        """A database with every addon as it is in the checkout, without demo data.

        Where ONLY names some of them, with these and what Odoo installs with them.
        """
        states = self._states_for_tests()
        name = "_".join([f"{PREFIX}test", self.settings.checkout_key, *self.settings.only])[:50]
        template = self.template(TEST)
        wanted = json.dumps({"template": template, **states})
        with locked(self.settings.cache / f"database-{name}.lock"):
            if (
                self.exists(name)
                and self._is_whole(name)
                and self.parameter(name, STATE) == wanted
            ):
                return name
            self.drop(name)
            self.clone(template, name)
            self._install(name, list(states))
            self.set_parameter(name, STATE, wanted)
        return name

    def _states_for_tests(self):
        states = addons.states(self.settings.addons)
        only = self.settings.only or tuple(states)
        if unknown := sorted(set(only) - set(states)):
            raise Problem(
                f"ONLY={' '.join(unknown)} is not in this checkout: there are {', '.join(states)}."
            )
        return {name: states[name] for name in only}

    def copy_of_tests(self, purpose):
        """A fresh copy of the test database for a run that may leave traces in it."""
        source = self.for_tests()
        name = f"{PREFIX}{purpose}_{self.settings.checkout_key}"
        self.drop(name)
        self.clone(source, name)
        return name


def drop_ours(settings):
    """Drop on the user's own server the databases that these commands made, and no others."""
    server = postgres.GivenServer(settings.postgres)
    found = Databases(settings, server, None)
    rows = server.query(
        "SELECT datname FROM pg_database"
        " JOIN pg_roles r ON r.oid = datdba AND rolname = current_user"
    )
    made = re.compile(
        rf"{PREFIX}((demo_)?core_[0-9a-f]{{10}}(_.*)?|(test|run|bench)_{settings.checkout_key}.*)"
    )
    for (name,) in rows:
        named = name in (settings.database, settings.story_database) and name.startswith(PREFIX)
        if made.fullmatch(name) or named:
            say(f"dropping the database {name}")
            found.drop(name)


def _reason(failed):
    errors = [line for line in failed.lines if " ERROR " in line or " CRITICAL " in line]
    last = failed.lines[-1] if failed.lines else "it printed nothing"
    first = errors[0].split(": ", 1)[-1] + " — " if errors else ""
    return f"{first}{last} (the whole log: {failed.log})"
