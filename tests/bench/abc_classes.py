"""Classes of up to a million customers with four million invoices, beside the bare query.

Run by ``make bench`` as a script of the Odoo shell. ``BENCH_CUSTOMERS`` and ``BENCH_ROUNDS`` make
it smaller or larger. Compared are the run's one statement, the whole run, the same invoices summed
and sorted by SQL alone, and the same classes made record by record through the ORM, where that
comes to an end. Before that, cases in which another published way of classing goes wrong.
"""

import os
import resource
import sys
import time
from datetime import date
from unittest.mock import patch

from odoo.tools import SQL

sys.path.append("tests/bench/lib")
from side_by_side import Race, multiply

LARGEST = int(os.environ.get("BENCH_CUSTOMERS", 1_000_000))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 3))
SIZES = [size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= LARGEST] or [LARGEST]
ORM_UP_TO = 10_000
INVOICES = 4
TODAY = date(2026, 1, 1)


# -- cases -------------------------------------------------------------------------------------

CASES = {
    "a single customer": [100],
    "a giant of 91 % among ten": [910, *[10] * 9],
    "three equal customers": [100, 100, 100],
    "ties across the limit of A": [70, 10, 10, 6, 4],
    "one who brings less than nothing": [60, 40, -50],
    "one who brings nothing": [60, 40, 0],
    "only credit notes": [-40, -10],
}
# shares of the value and of the items that a level may have, A first: the addon's own example
LEVELS = (("A", 80, 20), ("B", 15, 30), ("C", 5, 50))


def step_by_step(values):
    """Levels as OCA's ``product_abc_classification`` gives them, by its published description.

    The largest first, shares of value and of items are summed up, and the level goes one step on
    when their sum passes the sum of its limits. Only what is positive counts.
    """
    values = sorted((value for value in values if value > 0), reverse=True)
    total, limits, limit = sum(values), [], 0
    for _name, of_value, of_items in LEVELS:
        limit += of_value + of_items
        limits.append(limit)
    level, reached, classes = 0, 0, []
    for number, value in enumerate(values, start=1):
        reached += 100 * value / total
        if reached + 100 * number / len(values) > limits[level] and level < len(LEVELS) - 1:
            level += 1
        classes.append(LEVELS[level][0])
    return "".join(classes)


def ours(env, profile, values):
    run = env["sale.abc.run"].new(profile._prepare_run_values(TODAY))
    facts = SQL(
        "SELECT n AS subject_id, date '2025-06-01' AS day, amount::numeric, TRUE AS is_sale"
        " FROM unnest(%s) WITH ORDINALITY AS sales (amount, n)",
        list(values),
    )
    with patch.object(type(run), "_get_facts_query", lambda _self: facts):
        rows = env.execute_query(
            SQL("SELECT abc_raw FROM (%s) c ORDER BY value DESC", run._get_classes_query())
        )
    return "".join(abc for (abc,) in rows)


def show_cases(env, profile):
    print("  cases, classes from the largest to the smallest:")
    for case, values in CASES.items():
        print(
            f"    {case:34} ours {ours(env, profile, values):11} step by step"
            f" {step_by_step(values)}"
        )


# -- a large company ---------------------------------------------------------------------------


def bare_tables(env, *tables):
    """Drop what only slows the filling down; the rollback brings it back."""
    for table in tables:
        rows = env.execute_query(
            SQL(
                "SELECT conname FROM pg_constraint"
                " WHERE conrelid = %s::regclass AND contype = 'f'",
                table,
            )
        )
        for (name,) in rows:
            env.cr.execute(
                SQL(
                    "ALTER TABLE %s DROP CONSTRAINT %s",
                    SQL.identifier(table),
                    SQL.identifier(name),
                )
            )
        rows = env.execute_query(
            SQL(
                "SELECT indexrelid::regclass::text FROM pg_index"
                " WHERE indrelid = %s::regclass AND NOT indisprimary",
                table,
            )
        )
        for (name,) in rows:
            env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(name)))


class Company:
    """A company whose customers and invoices grow."""

    def __init__(self, env):
        self.env, self.size = env, 0
        self.partner = env["res.partner"].create({"name": "x"})
        self.move = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2025-01-01",
                "invoice_line_ids": [(0, 0, {"name": "x", "price_unit": 100, "tax_ids": False})],
            }
        )
        self.move.action_post()
        env.flush_all()
        bare_tables(env, "account_move", "res_partner")

    def grow(self, size):
        """To so many customers, with four invoices each over two years."""
        more, start = size - self.size, time.perf_counter()
        first = multiply(
            self.partner,
            more,
            name=f"'Customer ' || n + {self.size}",
            commercial_partner_id="(SELECT max(id) FROM res_partner) + n",
        )
        multiply(
            self.move,
            more * INVOICES,
            name="'INV' || n",
            partner_id=f"{first} + 1 + (n - 1) % {more}",
            commercial_partner_id=f"{first} + 1 + (n - 1) % {more}",
            invoice_date="date '2024-01-01' + (n * 37) % 731",
            amount_untaxed_signed="round((10 + 1e7 / (1 + n % 9973)), 2)",
            access_token="NULL",
        )
        self.env.cr.execute("ANALYZE account_move, res_partner")
        self.size = size
        print(
            f"  {size} customers, {size * INVOICES} invoices (filled in"
            f" {time.perf_counter() - start:.0f} s)"
        )


def bare(env, run):
    """The floor of ABC: the counted invoices summed up by customer, and sorted."""
    env.cr.execute("SET LOCAL work_mem = '256MB'")
    env.execute_query(
        SQL(
            """SELECT count(subject_id), sum(value) FROM (
                   SELECT subject_id, sum(amount) AS value FROM (%s) fact
                    GROUP BY 1 ORDER BY 2 DESC OFFSET 0) sorted""",
            run._get_facts_query(),
        )
    )


def bare_periods(env, run):
    """The floor of ABC and XYZ: summed up by customer and period, by customer, and sorted.

    Set up as the run's own statement is, for which this is the best plan.
    """
    query = SQL(
        """SELECT count(subject_id), sum(value), sum(squares) FROM (
               SELECT subject_id, sum(amount) AS value, sum(amount * amount) AS squares
                 FROM (SELECT subject_id, %s AS bucket, sum(amount) AS amount
                         FROM (%s) fact GROUP BY 1, 2) bucketed
                GROUP BY 1 ORDER BY 2 DESC OFFSET 0) sorted""",
        SQL("width_bucket(day, %s::date[])", _starts(run)),
        run._get_facts_query(),
    )
    with run._set_up_sorting():
        env.execute_query(query)


def _starts(run):
    module = sys.modules["odoo.addons.sale_abc_segmentation.periods"]
    return module.starts_of(run.date_from, run.bucket_total, run.bucket)


def record_by_record(env, run):
    """What a module without SQL does: each customer's invoices, then each one's class."""
    partners = env["res.partner"].search([("name", "=like", "Customer %")])
    values = {}
    for partner in partners:
        moves = env["account.move"].search(
            [
                ("partner_id.commercial_partner_id", "=", partner.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_receipt", "out_refund")),
                ("invoice_date", ">=", run.date_from),
                ("invoice_date", "<=", run.date_to),
            ]
        )
        values[partner] = sum(moves.mapped("amount_untaxed_signed"))
    total, reached = sum(max(value, 0) for value in values.values()), 0
    for partner, value in sorted(values.items(), key=lambda item: -item[1]):
        partner.ref = "A" if reached < 0.8 * total else "B" if reached < 0.95 * total else "C"
        reached += value
    env.flush_all()


def peak_memory():
    """Of this process, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bench(env, profile):
    company, former = Company(env), None
    for size in SIZES:
        company.grow(size)
        run = profile._create_run(TODAY)
        memory = peak_memory()
        actions = {
            "bare": (env, lambda run=run: bare(env, run)),
            "periods": (env, lambda run=run: bare_periods(env, run)),
            "insert": (env, lambda run=run: run._classify()),
            "whole": (env, lambda run=run: run._execute()),
        }
        race = Race(ROUNDS, **actions)
        grown = peak_memory() - memory
        times = {name: race.median(name) / 1000 for name in actions}
        print(
            f"    bare query {times['bare']:.2f} s, by period too {times['periods']:.2f} s;"
            f" results of the run {times['insert']:.2f} s, ratio"
            f" {race.ratio('insert', 'bare'):.2f} and {race.ratio('insert', 'periods'):.2f};"
            f" whole first run, every customer's class written, {times['whole']:.2f} s, ratio"
            f" {race.ratio('whole', 'bare'):.2f} and {race.ratio('whole', 'periods'):.2f}"
        )
        print(
            f"    queries {race.queries['whole']}; memory of the process grew by {grown:.1f} MiB"
        )
        if former:
            print(
                f"    {size // former[0]} times the customers:"
                f" {times['insert'] / former[1]:.1f} times as long"
            )
        former = size, times["insert"]
        if size <= ORM_UP_TO:
            env.cr.execute("CREATE INDEX ON account_move (partner_id)")
            race = Race(
                1,
                orm=(env, lambda run=run: record_by_record(env, run)),
                run=(env, lambda run=run: run._execute()),
            )
            print(
                f"    record by record {race.median('orm') / 1000:.1f} s with"
                f" {race.queries['orm']} queries:"
                f" {race.ratio('orm', 'run'):.0f} times as long as the whole run"
            )
        else:
            print("    record by record: not tried, hours")


bench_env = env(context={"tracking_disable": True})  # noqa: F821 - the shell's env
bench_profile = bench_env["sale.abc.profile"].create(
    {"name": "Bench", "is_published": False, "company_id": bench_env.company.id}
)
show_cases(bench_env, bench_profile)
bench_env["sale.abc.profile"].search([("id", "!=", bench_profile.id)]).is_published = False
bench_profile.is_published = True
bench(bench_env, bench_profile)
bench_env.cr.rollback()
