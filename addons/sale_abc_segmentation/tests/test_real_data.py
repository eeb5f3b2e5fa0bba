"""A year of a real wholesaler: the classes are those that pandas computes independently."""

import unittest
from datetime import date

from odoo.tests import tagged

from .common import AbcCommon
from .retail import DAY, INVOICES, load, register

MONTHS = 12


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
        total.value_counts()
        .sort_index(ascending=False)
        .pipe(lambda counts: (counts * counts.index).cumsum() - counts * counts.index)
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
    def test_counts_are_those_of_pandas(self):
        frame = load()
        register(self.env, frame, self._sell(self._new_partner("x"), date(2000, 1, 1), 1))
        run = self._run(day=DAY)
        found = {}
        for abc, xyz, status, count in self.env["sale.abc.result"]._read_group(
            [("run_id", "=", run.id)], ["abc_class", "xyz_class", "status"], ["__count"]
        ):
            found[abc, xyz or None, status] = count
        self.assertEqual(found, _classify(frame))
        self.assertEqual(run.subject_count, 4_297)
        self.assertGreater(len(found), 8)
