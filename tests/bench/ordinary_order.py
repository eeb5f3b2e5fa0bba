"""What an ordinary order costs with the suite installed, beside the same order on core alone.

Run by ``make bench`` as a script of the Odoo shell on a database with the suite, or with those of
its addons that ``ONLY`` names; ``SUITE_TEMPLATE_DB`` names the database with core only, which is
copied. ``BENCH_ROUNDS`` makes it shorter or longer. Both databases are used in turn in one
process, so that a change of the machine's speed meets both; garbage is collected between the
rounds, as by `timeit`. Printed are the medians in milliseconds, the median of the ratios of each
round, and the queries of one round. *Write* follows on the creation in the same transaction;
*write anew* starts from an empty cache, as the call of a web client does.
"""

import gc
import os
import statistics
import time
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.sql_db import close_db, db_connect

ROUNDS = int(os.environ.get("BENCH_ROUNDS", 61))
LINES = 20
# a write takes a tenth of the others; done more often, its ratio is as sure as theirs
WRITES = 6
COPY = "suite_bench_core"


class Side:
    """One of the two databases, with what an order needs."""

    def __init__(self, name):
        self.cr = Registry(name).cursor()
        self.env = api.Environment(self.cr, SUPERUSER_ID, {"tracking_disable": True})
        self.partner = self.env["res.partner"].create({"name": "Bench"})
        self.products = self.env["product.product"].create(
            [{"name": f"P{n}", "type": "consu", "list_price": 10} for n in range(LINES)]
        )
        self.env.flush_all()
        self.times = {name: [] for name in ("create", "write", "write anew", "confirm")}
        self.queries = {}

    def measure(self, what, action):
        before, start = self.cr.sql_log_count, time.perf_counter()
        result = action()
        self.env.flush_all()
        self.times[what].append(1000 * (time.perf_counter() - start))
        self.queries[what] = self.cr.sql_log_count - before
        return result

    def write(self, order, number):
        self.measure("write", lambda: self.change(order, 2 * number))
        self.env.invalidate_all()
        self.measure("write anew", lambda: self.change(order, 2 * number + 1))

    def change(self, order, number):
        order.client_order_ref = f"changed {number}"
        order.order_line[:5].product_uom_qty = 3 + number % 2

    def create_order(self):
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2})
                    for product in self.products
                ],
            }
        )


def play(sides):
    """One round; each side begins every other time, so that neither runs on a warmer machine."""
    orders = {side: side.measure("create", side.create_order) for side in sides}
    for number in range(WRITES):
        for side in sides if number % 2 else reversed(sides):
            side.write(orders[side], number)
    for side in sides:
        side.measure("confirm", orders[side].action_confirm)
        side.env.invalidate_all()


def administer(statement):
    cr = db_connect("postgres").cursor()
    cr._cnx.autocommit = True
    try:
        cr.execute(statement)
    finally:
        cr.close()


def report(core, suite):
    ours = [path.name for path in sorted(Path("addons").iterdir())]
    installed = [name for name in ours if name in suite.env.registry._init_modules]
    print(f"An ordinary order of {LINES} lines, {ROUNDS} rounds in turn, with")
    print(f"  {', '.join(installed)}:")
    for what in core.times:
        # the first round warms the caches
        first = WRITES if "write" in what else 1
        plain, ours = (side.times[what][first:] for side in (core, suite))
        ratio = statistics.median(one / two for one, two in zip(ours, plain, strict=True))
        print(
            f"  {what:10} core {statistics.median(plain):7.1f} ms,"
            f" with them {statistics.median(ours):7.1f} ms, ratio {ratio:.3f};"
            f" queries {core.queries[what]} and {suite.queries[what]}"
        )


administer(f'DROP DATABASE IF EXISTS "{COPY}"')
administer(f'CREATE DATABASE "{COPY}" TEMPLATE "{os.environ["SUITE_TEMPLATE_DB"]}"')
try:
    core, suite = Side(COPY), Side(env.cr.dbname)  # noqa: F821 - the shell's env
    gc.disable()
    for number in range(ROUNDS):
        play((core, suite) if number % 2 else (suite, core))
        gc.collect()
    gc.enable()
    report(core, suite)
    for side in (core, suite):
        side.cr.rollback()
        side.cr.close()
finally:
    Registry.delete(COPY)
    close_db(COPY)
    administer(f'DROP DATABASE "{COPY}"')
