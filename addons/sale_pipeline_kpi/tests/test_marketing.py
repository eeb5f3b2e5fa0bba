from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestMarketing(KpiCommon):
    def spend(self, source, amount, **values):
        return self.env["sale.marketing.spend"].create(
            {
                "company_id": self.company.id,
                "month": self.today,
                "source_id": source.id,
                "amount": amount,
                "currency_id": self.company.currency_id.id,
                **values,
            }
        )

    def test_results_beside_spend(self):
        good, bad = self.env["utm.source"].create([{"name": "Good"}, {"name": "Bad"}])
        self.spend(good, 500)
        self.spend(bad, 300)
        start = self.company._get_day_start(self.today.replace(day=1)) + timedelta(hours=1)
        self.past_lead(start, self.days_ago(0), "won", source_id=good.id, expected_revenue=2000)
        self.past_lead(start, source_id=good.id, type="lead")
        self.past_lead(start, self.days_ago(0), "lost", source_id=bad.id)
        rows = {
            row.source_id: row
            for row in self.env["sale.marketing.result"].search(
                [("company_id", "=", self.company.id)]
            )
        }
        found = rows[good]
        self.assertEqual(
            (found.lead_count, found.opportunity_count, found.won_count, found.won_revenue),
            (2, 1, 1, 2000),
        )
        self.assertEqual((found.lead_cost, found.win_cost, found.result), (250, 500, 1500))
        self.assertEqual((rows[bad].won_count, rows[bad].result), (0, -300))
        action = found.action_open_leads()
        self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), 2)

    def test_a_month_has_one_spend_of_a_source(self):
        source = self.env["utm.source"].create({"name": "Fair"})
        spend = self.spend(source, 10)
        self.assertEqual(spend.month.day, 1)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.spend(source, 20)
            self.env.flush_all()

    def test_another_currency_at_the_months_rate(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "name": self.today - timedelta(days=60),
                "currency_id": euro.id,
                "company_id": self.company.id,
                "rate": 0.5,
            }
        )
        self.company.currency_id = self.env.ref("base.USD")
        source = self.env["utm.source"].create({"name": "Fair abroad"})
        self.assertEqual(self.spend(source, 100, currency_id=euro.id).amount_company, 200)

    def test_before_and_after_a_version(self):
        regulation = self.approve({"kind": "first_contact", "limit_minutes": 60})
        self.env.flush_all()
        since = self.days_ago(20)
        self.env.cr.execute(
            "UPDATE sale_regulation SET in_force_since = %s WHERE id = %s",
            [since, regulation.id],
        )
        self.env.invalidate_all()
        for days, count in ((30, 1), (10, 3)):
            for _number in range(count):
                self.past_lead(self.days_ago(days + 5), self.days_ago(days), "won")
        compare = (
            self.env["sale.version.compare"]
            .with_user(self.head)
            .create({"regulation_id": regulation.id, "days": 15})
        )
        compare.action_compare()
        lines = {line.name: line for line in compare.line_ids}
        won = lines["Deals Won"]
        self.assertEqual((won.before, won.after, won.note), ("1", "3", "under 30 cases"))
        self.assertEqual(compare.after_to - compare.after_from, timedelta(days=14))
        self.assertEqual(compare.before_to - compare.before_from, timedelta(days=14))
