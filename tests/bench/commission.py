"""What commission costs: the engine beside bare SQL, and documents with and without it.

Run by ``make bench BENCH=commission ONLY=sale_commission_split`` as a script of the Odoo shell;
``SUITE_TEMPLATE_DB`` names the database with core only, which is copied. Everything is measured
in one run, the two sides in turn. Printed are ratios first, then seconds. ``BENCH_LINES`` makes
it shorter or longer.
"""

import os
import statistics
import time
from datetime import date

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.sql_db import close_db, db_connect
from odoo.tools import SQL

from odoo.addons.sale_commission_split.tests.bulk import copy_invoices

env = globals()["env"]  # the shell's
LINES = int(os.environ.get("BENCH_LINES", 200_000))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 15))
COPY = "suite_bench_core"
TABLES = ("deal", "sharing", "participant", "credit", "entry")


def timed(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def ensure_chart(env):
    if not env.company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", env.company, install_demo=False)


def new_user(env, number):
    return env["res.users"].create(
        {
            "name": f"Seller {number}",
            "login": f"bench_seller_{number}",
            "group_ids": [Command.link(env.ref("sales_team.group_sale_salesman").id)],
        }
    )


def new_invoice(env, lines=1, user=None, partner=None, day=None):
    day = day or date.today()
    return env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_user_id": user.id,
            "invoice_date": day,
            "date": day,
            "invoice_line_ids": [
                Command.create({"name": "Goods", "price_unit": 100, "tax_ids": False})
                for _number in range(lines)
            ],
        }
    )


class Engine:
    """Invoices by the hundred thousand, three participants each, and the ledger behind them."""

    def __init__(self):
        ensure_chart(env)
        self.users = [new_user(env, number + 1) for number in range(3)]
        self.team = env["crm.team"].create(
            {"name": "Bench", "company_id": env.company.id, "user_id": self.users[2].id}
        )
        weights = {"closer": 50, "first_contact": 30, "account_manager": 20}
        sources = {"first_contact": "customer", "account_manager": "leader"}
        for role in env["commission.split.role"].search([]):
            role.write(
                {
                    "active": role.code in weights,
                    "weight": weights.get(role.code, 0),
                    **({"source": sources[role.code]} if role.code in sources else {}),
                }
            )
        plan = env["commission.split.plan"].create(
            {
                "name": "Bench",
                "date_from": "2020-01-01",
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
        )
        plan.action_approve()
        env.company.commission_split_start = date(date.today().year, 1, 1)
        self.partners = env["res.partner"].create(
            [{"name": f"Customer {n}", "user_id": self.users[n % 2].id} for n in range(1000)]
        )
        self.first = new_invoice(env, 1, self.users[0], self.partners[0])
        self.first.team_id = self.team
        self.first.action_post()
        env.cr.commit()

    def load(self, count, name):
        source = SQL(
            "SELECT %s || n AS name, (%s::int[])[1 + n %% 1000] AS partner_id,"
            " make_date(%s, 1 + n %% 12, 1 + n %% 28) AS day, (%s::int[])[1 + n %% 2] AS user_id,"
            " 1 AS lines, (100 + n %% 977)::numeric AS amount FROM generate_series(1, %s) n",
            name,
            self.partners.ids,
            date.today().year,
            [user.id for user in self.users],
            count,
        )
        ids = copy_invoices(env, self.first, source)
        env.cr.commit()
        for table in TABLES:
            env.cr.execute(SQL("ANALYZE %s", SQL.identifier(f"commission_split_{table}")))
        return ids

    def count(self):
        env.cr.execute(
            "SELECT (SELECT count(*) FROM commission_split_credit)"
            " + (SELECT count(*) FROM commission_split_entry)"
        )
        return env.cr.fetchone()[0]

    def follow(self, ids):
        env["commission.split.engine"]._follow(ids)
        env.cr.commit()

    def bare(self):
        """Write the same rows with two statements: same columns, indexes and foreign keys."""
        for table in ("credit", "entry"):
            full = f"commission_split_{table}"
            copy = SQL.identifier(f"bare_{table}")
            env.cr.execute(SQL("DROP TABLE IF EXISTS %s", copy))
            env.cr.execute(
                SQL("CREATE TABLE %s (LIKE %s INCLUDING ALL)", copy, SQL.identifier(full))
            )
            env.cr.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conrelid = %s::regclass AND contype = 'f'",
                [full],
            )
            for (definition,) in env.cr.fetchall():
                env.cr.execute(SQL("ALTER TABLE %s ADD %s", copy, SQL(definition)))
        env.cr.commit()

        def write():
            for table in ("credit", "entry"):
                env.cr.execute(
                    SQL(
                        "INSERT INTO %s SELECT * FROM %s",
                        SQL.identifier(f"bare_{table}"),
                        SQL.identifier(f"commission_split_{table}"),
                    )
                )
            env.cr.commit()

        return timed(write)

    def run(self):
        ids = self.load(LINES, "A/")
        engine = env["commission.split.engine"]
        opened = timed(lambda: (engine._open_deals_of_documents(ids), env.cr.commit()))
        print(f"deals of {LINES:,} invoices without orders: {opened:.1f} s")
        before = self.count()
        first = timed(lambda: self.follow(ids))
        rows = self.count() - before
        bare = self.bare()
        print(f"first pass, {LINES:,} lines, three participants: {first / bare:.2f} × bare SQL")
        print(f"  {LINES / first:,.0f} lines/s, {rows / first:,.0f} rows of credit and ledger/s")
        again = timed(lambda: self.follow(ids))
        print(f"replay: {again:.1f} s, {self.count() - before - rows} rows more")
        more = self.load(1000, "B/")
        print(f"1,000 lines on top: {timed(lambda: self.follow(more)):.2f} s")
        period = env["commission.split.period"].search([], order="date_from", limit=1)
        closing = timed(lambda: (period.action_close(), env.cr.commit()))
        statements = env["commission.split.statement"].search_count([])
        print(f"closing a month: {closing:.2f} s, {statements} statements")
        me = self.users[0]
        mine = env["commission.split.position"].with_user(me)
        fields = ["earned", "payable", "waiting", "quota"]
        print(f"My Commission: {timed(lambda: mine.search([]).read(fields)):.2f} s")


class Side:
    """One of two databases, with what documents need."""

    def __init__(self, name):
        self.cr = Registry(name).cursor()
        self.env = api.Environment(self.cr, SUPERUSER_ID, {})
        ensure_chart(self.env)
        self.user = self.env["res.users"].search([("login", "=", "bench_seller_0")])
        self.user = self.user or new_user(self.env, 0)
        self.partner = self.env["res.partner"].create({"name": "Documents"})
        self.product = self.env["product.product"].create({"name": "Goods", "type": "consu"})
        self.cr.commit()
        self.times = {name: [] for name in ("post", "confirm", "reconcile")}
        self.queries = {}

    def measure(self, what, action):
        before = self.cr.sql_log_count
        self.times[what].append(timed(lambda: (action(), self.cr.commit())))
        self.queries[what] = self.cr.sql_log_count - before
        self.env.invalidate_all()

    def play(self):
        move = new_invoice(self.env, 100, self.user, self.partner)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "user_id": self.user.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": 5})
                    for _number in range(10)
                ],
            }
        )
        self.cr.commit()
        self.env.invalidate_all()
        self.measure("post", move.action_post)
        self.measure("confirm", order.action_confirm)
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({})
        )
        self.measure("reconcile", wizard._create_payments)


def compare(core, suite):
    for number in range(ROUNDS + 2):
        for side in (core, suite) if number % 2 else (suite, core):
            side.play()
    for what in core.times:
        pairs = list(zip(core.times[what][2:], suite.times[what][2:], strict=True))
        ratio = statistics.median(ours / theirs for theirs, ours in pairs)
        own = statistics.median(ours for _theirs, ours in pairs)
        print(
            f"{what}: {ratio:.3f} × core ({1000 * own:.0f} ms),"
            f" {suite.queries[what] - core.queries[what]:+d} queries"
        )


def administer(statement):
    cr = db_connect("postgres").cursor()
    cr._cnx.autocommit = True
    try:
        cr.execute(statement)
    finally:
        cr.close()


administer(f'DROP DATABASE IF EXISTS "{COPY}"')
administer(f'CREATE DATABASE "{COPY}" TEMPLATE "{os.environ["SUITE_TEMPLATE_DB"]}"')
try:
    # first, while both databases are of one size
    sides = Side(COPY), Side(env.cr.dbname)
    compare(*sides)
    for side in sides:
        side.cr.close()
finally:
    Registry.delete(COPY)
    close_db(COPY)
    administer(f'DROP DATABASE "{COPY}"')
Engine().run()
