"""A year of a real wholesaler: 18,532 invoices, three roles, thirteen closed months."""

import unittest
from datetime import date
from pathlib import Path

from odoo.fields import Command
from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tools import SQL

from .bulk import copy_invoices
from .common import CommissionCommon

INVOICES = (
    Path(get_module_path("sale_commission_split")).parents[2]
    / "shared/data/online_retail/invoices.csv"
)
WEIGHTS = {"closer": 50, "first_contact": 30, "account_manager": 20}
PERCENT = 4


@tagged("post_install", "-at_install")
class TestRetail(CommissionCommon):
    @unittest.skipUnless(INVOICES.exists(), "the shared data is not beside this checkout")
    def test_a_year_of_invoices(self):
        """Each person's total of each month equals pandas, to the cent.

        UCI "Online Retail" (D. Chen, 2015, CC BY 4.0).
        """
        import pandas

        frame = pandas.read_csv(INVOICES, parse_dates=["InvoiceDate"])
        frame["pence"] = (frame["TotalPrice"] * 100).round().astype("int64")
        self.assertEqual(len(frame), 18532)
        self.company.commission_split_start = date(2010, 12, 1)
        for code, weight in WEIGHTS.items():
            self.roles[code].weight = weight
        self.roles["first_contact"].source = "customer"
        self.roles["account_manager"].source = "leader"
        self.plan.sudo().write({"date_from": date(2010, 12, 1)})
        self.plan.sudo().component_ids.event = "invoiced"
        self.plan.sudo().component_ids.rate_ids.percent = PERCENT
        numbers = sorted(frame["CustomerID"].unique().tolist())
        customers = self.env["res.partner"].create(
            [
                {"name": f"Customer {one}", "user_id": self.sellers[int(one) % 2].id}
                for one in numbers
            ]
        )
        ids = dict(zip(numbers, customers.ids, strict=True))
        team = self.env["crm.team"].create(
            {
                "name": "Retail",
                "company_id": self.company.id,
                "user_id": self.sellers[2].id,
                "crm_team_member_ids": [Command.create({"user_id": self.sellers[0].id})],
            }
        )
        first = self.new_invoice(1, post=False)
        first.team_id = team
        first.action_post()
        closers = [self.sellers[int(one) % 3].id for one in frame["CustomerID"]]
        copied = copy_invoices(
            self.env,
            first,
            SQL(
                "SELECT name, partner_id, day, user_id, 1 AS lines, amount"
                " FROM unnest(%s::text[], %s::int[], %s::date[], %s::int[], %s::numeric[])"
                " AS s(name, partner_id, day, user_id, amount)",
                [str(one) for one in frame["InvoiceNo"]],
                [ids[one] for one in frame["CustomerID"]],
                [day.date() for day in frame["InvoiceDate"]],
                closers,
                [f"{pence / 100:.2f}" for pence in frame["pence"]],
            ),
        )
        self.env["commission.split.engine"].sudo()._follow(copied)
        self.close(*[date(2010 + number // 12, number % 12 + 1, 1) for number in range(11, 24)])
        found = {
            (statement.person_id, statement.date_from): statement.payable
            for statement in self.env["commission.split.statement"].search(
                [("company_id", "=", self.company.id)]
            )
        }
        wanted = self.compute(frame)
        self.assertEqual(len(wanted), 3 * 13)
        for (person, month), pence in wanted.items():
            paid = round(100 * found.pop((self.persons[person], month)))
            self.assertEqual(paid, pence, (person, month))
        self.assertFalse(found)

    def compute(self, frame):
        """Divide each invoice's pot in pandas: ``{(person, month): pence}``."""
        pots = frame.assign(
            # half away from zero, in whole pence
            pot=(frame["pence"] * PERCENT + 50) // 100,
            closer=frame["CustomerID"].astype(int) % 3,
            contact=frame["CustomerID"].astype(int) % 2,
            month=frame["InvoiceDate"].dt.to_period("M"),
        )
        parts = {}
        for code, weight in WEIGHTS.items():
            parts[code] = pots["pot"] * weight // 100
            pots[f"rest_{code}"] = pots["pot"] * weight % 100
        left = pots["pot"] - sum(parts.values())
        order = sorted(WEIGHTS, key=lambda code: self.roles[code].sequence)
        ranks = pots[[f"rest_{code}" for code in order]].rank(
            axis=1, method="first", ascending=False
        )
        total = {}
        for code in order:
            units = parts[code] + (ranks[f"rest_{code}"] <= left).astype("int64")
            people = {
                "closer": pots["closer"],
                "first_contact": pots["contact"],
                "account_manager": pots["closer"] * 0 + 2,
            }[code]
            sums = units.groupby([people, pots["month"]]).sum()
            for (person, month), pence in sums.items():
                key = (int(person), month.start_time.date())
                total[key] = total.get(key, 0) + int(pence)
        return total
