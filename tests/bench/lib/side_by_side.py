"""What the benches share: copies of databases, bulk rows, and measuring several things in turn.

Nothing here judges a time: the benches print medians and ratios of what ran side by side.
"""

import os
import statistics
import subprocess
import time
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db, db_connect
from odoo.tools import SQL


@contextmanager
def core_copy(name, *addons):
    """An environment in a copy of the database with core only, dropped afterwards.

    :param addons: what is installed into the copy first
    """
    _administer(f'DROP DATABASE IF EXISTS "{name}"')
    _administer(f'CREATE DATABASE "{name}" TEMPLATE "{os.environ["SUITE_TEMPLATE_DB"]}"')
    try:
        if addons:
            _install(name, addons)
        with Registry(name).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            cr.rollback()
    finally:
        Registry.delete(name)
        close_db(name)
        _administer(f'DROP DATABASE "{name}"')


def _install(name, addons):
    options = ["-c", os.environ["SUITE_ODOO_CONF"], "-d", name, "-i", ",".join(addons)]
    python = os.environ["SUITE_PYTHON"]
    subprocess.run([python, "-m", "odoo", *options, "--stop-after-init", "--no-http"], check=True)


def _administer(statement):
    cr = db_connect("postgres").cursor()
    cr._cnx.autocommit = True
    try:
        cr.execute(statement)
    finally:
        cr.close()


def multiply(record, count, **columns):
    """Insert copies of a record's row; ``columns`` are SQL over the number ``n`` from 1.

    :return: the id before the first new one: row ``n`` gets this id plus ``n``
    """
    cr, table = record.env.cr, record._table
    record.env.flush_all()
    cr.execute(SQL("SELECT max(id) FROM %s", SQL.identifier(table)))
    last = cr.fetchone()[0]
    cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    names = [name for (name,) in cr.fetchall() if name != "id"]
    values = [
        SQL(columns[name].replace("%", "%%")) if name in columns else SQL.identifier(name)
        for name in names
    ]
    cr.execute(
        SQL(
            "INSERT INTO %s (id, %s) SELECT %s + n, %s FROM %s, generate_series(1, %s) n"
            " WHERE id = %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, names)),
            last,
            SQL(", ").join(values),
            SQL.identifier(table),
            count,
            record.id,
        )
    )
    cr.execute("SELECT setval(%s, %s)", [f"{table}_id_seq", last + count])
    record.env.invalidate_all()
    return last


@contextmanager
def _undone(env):
    """Begin with an empty cache, and leave no trace of what was done."""
    env.invalidate_all()
    env.cr.execute("SAVEPOINT race")
    yield
    env.invalidate_all(flush=False)
    env.cr.execute("ROLLBACK TO SAVEPOINT race")
    env.cr.precommit.clear()
    env.cr.postcommit.clear()


class Race:
    """Several actions run in turn, each undone again; the first round warms the caches."""

    def __init__(self, rounds, **actions):
        self.times = {name: [] for name in actions}
        self.queries = {}
        for _round in range(rounds + 1):
            for name, (env, action) in actions.items():
                self._run(name, env, action)

    def _run(self, name, env, action):
        with _undone(env):
            before, start = env.cr.sql_log_count, time.perf_counter()
            action()
            env.flush_all()
            self.times[name].append(1000 * (time.perf_counter() - start))
            self.queries[name] = env.cr.sql_log_count - before

    def median(self, name):
        """Milliseconds."""
        return statistics.median(self.times[name][1:])

    def ratio(self, name, other):
        """How many times as long the one takes as the other, round by round."""
        pairs = zip(self.times[name][1:], self.times[other][1:], strict=True)
        return statistics.median(one / two for one, two in pairs)
