"""A year of a real wholesaler: the classes are those that pandas computes independently.

UCI "Online Retail" (D. Chen, 2015, CC BY 4.0), summed per invoice.
"""

import unittest
from datetime import date
from pathlib import Path

from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tools import SQL

from .common import AbcCommon

INVOICES = (
    Path(get_module_path("sale_abc_segmentation")).parents[2]
    / "shared/data/online_retail/invoices.csv"
)
DAY = date(2011, 12, 1)
MONTHS = 12


def _load():
    import pandas

    frame = pandas.read_csv(INVOICES, parse_dates=["InvoiceDate"])
    frame["pence"] = (frame["TotalPrice"] * 100).round().astype("int64")
    return frame


def _classify(frame):
    """Number of customers by ``(ABC, XYZ, status)``, in whole pence."""
    frame = frame[frame["InvoiceDate"] < str(DAY)].copy()
    period = frame["InvoiceDate"].dt
    frame["month"] = period.year * 12 + period.month - (2010 * 12 + 12)
    sums = frame.pivot_table(
        index="CustomerID", columns="month", values="pence", aggfunc="sum", fill_value=0
    )
    sums = sums.reindex(columns=range(MONTHS), fill_value=0)
    dates = frame.groupby("CustomerID")["InvoiceDate"].agg(["min", "max"])
    months = frame.groupby("CustomerID")["month"].agg(["min", "max"])
    total = sums.sum(axis=1)
    larger = total.map(
        total.value_counts().sort_index(ascending=False).pipe(
            lambda counts: (counts * counts.index).cumsum() - counts * counts.index
        )
    )
    whole = int(total.sum())
    counted = {}
    for customer in sums.index:
        levels = [int(level) for level in sums.loc[customer]]
        value, periods = sum(levels), MONTHS - int(months.loc[customer, "min"])
        before = int(larger[customer])
        abc = "A" if 100 * before < 80 * whole else "B" if 100 * before < 95 * whole else "C"
        if periods < 3:
            status = "new"
        elif dates.loc[customer, "min"] == dates.loc[customer, "max"]:
            status = "one_off"
        elif MONTHS - 1 - int(months.loc[customer, "max"]) >= 6:
            status = "lost"
        else:
            status = "regular"
        xyz = None
        if status == "regular":
            mean = value / periods
            since = levels[MONTHS - periods :]
            deviation = (sum((level - mean) ** 2 for level in since) / periods) ** 0.5
            xyz = "X" if deviation <= 0.1 * mean else "Y" if deviation <= 0.25 * mean else "Z"
        key = abc, xyz, status
        counted[key] = counted.get(key, 0) + 1
    return counted


@tagged("post_install", "-at_install")
@unittest.skipUnless(INVOICES.exists(), "the shared data is not beside this checkout")
class TestRealData(AbcCommon):
    def _register(self, frame):
        """The invoices as rows of a posted one: 18,532 of them."""
        numbers = frame["CustomerID"].unique().tolist()
        partners = self.env["res.partner"].create([{"name": str(one)} for one in numbers])
        ids = dict(zip(numbers, partners.ids, strict=True))
        move = self._sell(partners[0], date(2000, 1, 1), 1)
        self.env.flush_all()
        changed = ["partner_id", "invoice_date", "amount_untaxed_signed", "name"]
        columns = [
            name
            for name, field in self.env["account.move"]._fields.items()
            if field.store and field.column_type and name not in ("id", "access_token", *changed)
        ]
        self.env.cr.execute(
            SQL(
                """INSERT INTO account_move (%(names)s, partner_id, invoice_date,
                                             amount_untaxed_signed, name)
                   SELECT %(names)s, new.*
                     FROM account_move,
                          unnest(%(partners)s::int[], %(days)s::date[], %(amounts)s::numeric[],
                                 %(numbers)s::text[]) AS new (partner, day, amount, number)
                    WHERE id = %(move)s""",
                names=SQL(", ").join(map(SQL.identifier, columns)),
                partners=[ids[one] for one in frame["CustomerID"].tolist()],
                days=[day.date() for day in frame["InvoiceDate"]],
                amounts=[f"{pence / 100:.2f}" for pence in frame["pence"].tolist()],
                numbers=[str(one) for one in frame["InvoiceNo"].tolist()],
                move=move.id,
            )
        )
        self.env.cr.execute("DELETE FROM account_move WHERE id = %s", [move.id])
        self.env.invalidate_all()

    def test_counts_are_those_of_pandas(self):
        frame = _load()
        self._register(frame)
        run = self._run(day=DAY)
        found = {}
        for abc, xyz, status, count in self.env["sale.abc.result"]._read_group(
            [("run_id", "=", run.id)], ["abc_class", "xyz_class", "status"], ["__count"]
        ):
            found[abc, xyz or None, status] = count
        self.assertEqual(found, _classify(frame))
        self.assertEqual(run.subject_count, 4_297)
        self.assertGreater(len(found), 8)
