"""Commission under real processes: several engines, a closing, a kill.

``prepare`` posts invoices that wait; ``run`` follows them batch by batch as the job does;
``close`` closes the first months; ``check`` looks at all once more; ``tell`` prints as JSON what
there is.
"""

import json
import time
from datetime import date

from psycopg2 import OperationalError
from sessions import connect, session

from odoo.tools import SQL

INVOICES = 4_000
MONTHS = 3
TRIES = 50


def prepare(env):
    """Invoices of this year's first months, for three people each."""
    from odoo.addons.sale_commission_split.tests.bulk import copy_invoices

    env["account.chart.template"].try_loading("generic_coa", env.company, install_demo=False)
    users = env["res.users"].create(
        [{"name": f"Seller {n}", "login": f"seller_{n}"} for n in range(3)]
    )
    team = env["crm.team"].create({"name": "Team", "user_id": users[2].id})
    for code, source in (("first_contact", "customer"), ("account_manager", "leader")):
        env["commission.split.role"].search([("code", "=", code)]).source = source
    plan = env["commission.split.plan"].create(
        {
            "name": "Plan",
            "date_from": "2020-01-01",
            "component_ids": [
                (0, 0, {"name": "S", "event": "invoiced", "rate_ids": [(0, 0, {"percent": 5})]})
            ],
        }
    )
    plan.action_approve()
    env.company.commission_split_start = date(2025, 1, 1)
    partner = env["res.partner"].create({"name": "Customer", "user_id": users[1].id})
    first = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_user_id": users[0].id,
            "team_id": team.id,
            "invoice_date": "2025-01-02",
            "date": "2025-01-02",
            "invoice_line_ids": [(0, 0, {"name": "x", "price_unit": 1, "tax_ids": False})],
        }
    )
    first.action_post()
    source = SQL(
        "SELECT 'K/' || n AS name, %s AS partner_id, make_date(2025, 1 + n %% %s, 5) AS day,"
        " %s AS user_id, 1 AS lines, (n * 7.13 %% 1000 + 1)::numeric(10, 2) AS amount"
        " FROM generate_series(1, %s) n",
        partner.id,
        MONTHS,
        users[0].id,
        INVOICES,
    )
    ids = copy_invoices(env, first, source)
    env["commission.split.todo"]._add(ids)


def persist(database, work):
    """Do a work in transactions of its own, again and again where another was first."""
    for number in range(TRIES):
        try:
            with session(database) as env:
                if not work(env):
                    return
        except OperationalError:  # it failed to serialize
            time.sleep(0.05 * (number % 5 + 1))


def follow(env):
    todo = env["commission.split.todo"]
    taken = todo._take()
    todo._follow(taken)
    return taken


def run(database):
    """Follow batch by batch until nothing waits."""
    for _number in range(TRIES):
        persist(database, follow)
        with session(database) as env:
            if not env["commission.split.todo"].search_count([]):
                return


def close(database):
    """Close the months in order, each in a transaction of its own."""
    for _number in range(MONTHS):

        def one(env):
            period = env["commission.split.period"].search(
                [("state", "=", "open")], order="date_from", limit=1
            )
            if period.date_from < date(2025, 1 + MONTHS, 1):
                period.action_close()

        persist(database, one)


def check(database):
    with session(database) as env:
        env["commission.split.todo"]._run_all(env.company)


def tell(database):
    with session(database) as env:
        read = env.execute_query
        [(pots,)] = read(
            SQL(
                "SELECT sum(round(amount_untaxed * 0.05, 2)) FROM account_move"
                " WHERE state = 'posted' AND move_type = 'out_invoice'"
            )
        )
        [(earned, rows)] = read(SQL("SELECT sum(earned), count(*) FROM commission_split_entry"))
        [(stated,)] = read(SQL("SELECT sum(payable) FROM commission_split_statement"))
        [(on_statements,)] = read(
            SQL("SELECT sum(payable) FROM commission_split_entry WHERE statement_id IS NOT NULL")
        )
        [(deals,)] = read(SQL("SELECT count(*) FROM commission_split_deal"))
        [(late,)] = read(
            SQL(
                "SELECT count(*) FROM commission_split_entry e"
                " JOIN commission_split_period p ON p.id = e.period_id"
                " WHERE p.state = 'closed' AND e.payable <> 0 AND e.statement_id IS NULL"
            )
        )
        print(
            json.dumps(
                {
                    "pots": f"{pots:.2f}",
                    "earned": f"{earned or 0:.2f}",
                    "rows": rows,
                    "statements": f"{stated or 0:.2f}",
                    "on statements": f"{on_statements or 0:.2f}",
                    "deals": deals,
                    "in a closed month without a statement": late,
                }
            )
        )


if __name__ == "__main__":
    database, word = connect()
    if word == "prepare":
        with session(database) as env:
            prepare(env)
    else:
        {"run": run, "close": close, "check": check, "tell": tell}[word](database)
