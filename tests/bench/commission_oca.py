"""The whole way of commission beside OCA's: invoices, settlement, what each is paid.

Run by ``make bench BENCH=commission_oca ONLY=sale_commission_split`` as a script of the Odoo
shell. ``SUITE_TEMPLATE_DB``, a database with core only, is copied twice: one copy stays as it
is, in the other ``commission_oca`` and ``account_commission_oca`` are installed, which pip brings
for this run. The same invoices are made and posted in turn in the three databases, one agent a
line, which is what OCA can do; then each settles. ``BENCH_LINES`` says how many lines.
"""

import os
import subprocess
import sys
import tempfile
import time
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.sql_db import close_db, db_connect

import odoo.addons

env = globals()["env"]  # the shell's
SIZE = int(os.environ.get("BENCH_LINES", 2_000))
LINES = 100  # of an invoice
MONTH = date.today().replace(day=1) - relativedelta(months=1)
PACKAGES = {
    "commission_oca": "odoo-addon-commission-oca",
    "account_commission_oca": "odoo-addon-account-commission-oca",
}
COPIES = "suite_bench_core", "suite_bench_oca"


class Side:
    """A database with what invoices need."""

    name = "core"

    def __init__(self, dbname):
        self.cr = Registry(dbname).cursor()
        self.env = api.Environment(self.cr, SUPERUSER_ID, {})
        if not self.env.company.chart_template:
            self.env["account.chart.template"].try_loading(
                "generic_coa", self.env.company, install_demo=False
            )
        self.product = self.env["product.product"].create(
            {"name": "Goods", "taxes_id": [Command.clear()]}
        )
        self.customer = self.env["res.partner"].create({"name": "Customer"})
        self.user = self.env["res.users"].create(
            {
                "name": "Seller",
                "login": "bench_seller",
                "group_ids": [Command.link(self.env.ref("sales_team.group_sale_salesman").id)],
            }
        )
        self.prepare()
        self.cr.commit()
        self.made = 0

    def prepare(self):
        """Set up who is paid 5 %."""

    def timed(self, action):
        self.env.invalidate_all()
        queries, start = self.cr.sql_log_count, time.perf_counter()
        action()
        self.env.flush_all()
        self.cr.commit()
        return time.perf_counter() - start, self.cr.sql_log_count - queries

    def make_invoice(self):
        self.made += 1
        day = MONTH.replace(day=1 + self.made % 28)
        self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_user_id": self.user.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create({"product_id": self.product.id, "price_unit": 100 + number})
                    for number in range(LINES)
                ],
            }
        ).action_post()


class Oca(Side):
    name = "OCA"

    def prepare(self):
        commission = self.env["commission"].create({"name": "Five", "fix_qty": 5})
        self.agent = self.env["res.partner"].create(
            {"name": "Agent", "agent": True, "settlement": "monthly"}
        )
        self.agent.commission_id = commission
        self.customer.commission_agent_ids = self.agent

    def settle(self):
        wizard = self.env["commission.make.settle"].create(
            {"date_to": date.today(), "settlement_type": "sale_invoice"}
        )
        return [self.timed(wizard.action_settle)]

    def total(self):
        return sum(self.env["commission.settlement"].search([]).mapped("total"))


class Suite(Side):
    name = "suite"

    def prepare(self):
        self.env.company.commission_split_start = MONTH
        self.env["commission.split.plan"].create(
            {
                "name": "Five",
                "date_from": MONTH,
                "component_ids": [
                    Command.create(
                        {
                            "name": "Sales",
                            "event": "invoiced",
                            "rate_ids": [Command.create({"percent": 5})],
                        }
                    )
                ],
            }
        ).action_approve()

    def follow(self):
        todo = self.env["commission.split.todo"]
        while taken := todo._take():
            todo._follow(taken)

    def settle(self):
        engine = self.timed(self.follow)
        period = self.env["commission.split.period"].search([("date_from", "=", MONTH)])
        return [engine, self.timed(period.action_close)]

    def total(self):
        return sum(self.env["commission.split.statement"].search([]).mapped("amount"))


def administer(*statements):
    cr = db_connect("postgres").cursor()
    cr._cnx.autocommit = True
    try:
        for statement in statements:
            cr.execute(statement)
    finally:
        cr.close()


def compare(sides):
    spent = dict.fromkeys(sides, 0.0)
    for number in range(SIZE // LINES):
        for side in sides[number % 3 :] + sides[: number % 3]:
            spent[side] += side.timed(side.make_invoice)[0]
    core, oca, suite = sides
    print(f"{SIZE:,} lines: core makes and posts them in {spent[core]:.1f} s")
    settled = {}
    for side in (oca, suite):
        parts = side.settle()
        settled[side] = sum(seconds for seconds, _queries in parts)
        queries = " + ".join(str(queries) for _seconds, queries in parts)
        print(
            f"  {side.name}: making and posting +{spent[side] - spent[core]:.1f} s,"
            f" settling {settled[side]:.2f} s, {queries} queries, {side.total():,.2f} in all"
        )
    whole = {side: settled[side] + max(0, spent[side] - spent[core]) for side in settled}
    print(f"  settling: OCA takes {settled[oca] / settled[suite]:.1f} × the time")
    print(f"  whole way over core: OCA takes {whole[oca] / whole[suite]:.1f} × the time")
    assert round(oca.total(), 2) == round(suite.total(), 2), "the totals differ"


def drop():
    for name in COPIES:
        Registry.delete(name)
        close_db(name)
    administer(*[f'DROP DATABASE IF EXISTS "{name}"' for name in COPIES])


def run(folder):
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--pre"]
    found = subprocess.run([*command, "--target", folder, *PACKAGES.values()], check=False)
    if found.returncode:
        print("OCA was not measured: pip does not find its addons")
        return
    odoo.addons.__path__.append(f"{folder}/odoo/addons")
    template = os.environ["SUITE_TEMPLATE_DB"]
    administer(*[f'CREATE DATABASE "{name}" TEMPLATE "{template}"' for name in COPIES])
    Registry.new(COPIES[1], update_module=True, install_modules=list(PACKAGES))
    sides = [Side(COPIES[0]), Oca(COPIES[1]), Suite(env.cr.dbname)]
    try:
        compare(sides)
    finally:
        for side in sides:
            side.cr.close()


with tempfile.TemporaryDirectory() as target:
    drop()
    try:
        run(target)
    finally:
        drop()
