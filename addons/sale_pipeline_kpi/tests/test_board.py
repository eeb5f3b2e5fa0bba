"""Each figure is what its records say, on random data."""

import random
from collections import Counter
from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import KpiCommon


@tagged("post_install", "-at_install")
class TestBoard(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", cls.company, install_demo=False
        )
        cls.source = cls.env["utm.source"].create({"name": "Fair of the board"})

    def random_data(self, seed):
        chosen = random.Random(seed)
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}", "is_company": True} for number in range(4)]
        )
        people = [self.manager, self.colleague, self.junior]
        for number in range(24):
            entered = self.days_ago(chosen.randrange(0, 300))
            outcome = chosen.choice(("won", "lost", "pending"))
            closed = entered + timedelta(days=chosen.randrange(0, 40))
            lead = self.past_lead(
                entered,
                min(closed, self.days_ago(0)) if outcome != "pending" else None,
                outcome,
                user=chosen.choice(people),
                type=chosen.choice(("lead", "opportunity"))
                if outcome == "pending"
                else "opportunity",
                expected_revenue=chosen.randrange(100, 9000),
                partner_id=chosen.choice(customers).id,
                source_id=chosen.choice((False, self.source.id)),
            )
            for _contact in range(chosen.randrange(3)):
                channel = chosen.choice(("call", "meeting", "email"))
                self.log(
                    lead,
                    user=self.head,
                    channel=channel,
                    outcome="held" if channel == "meeting" else "answered",
                    user_id=lead.user_id.id,
                    started_at=self.days_ago(chosen.randrange(0, 200)),
                    no_next_reason="Later",
                )
            if number % 4 == 0:
                self.invoice(chosen, customers)
        for month in range(1, self.today.month + 1):
            self.env["sale.marketing.spend"].create(
                {
                    "company_id": self.company.id,
                    "month": date(self.today.year, month, 1),
                    "source_id": self.source.id,
                    "amount": chosen.randrange(100, 500),
                    "currency_id": self.company.currency_id.id,
                }
            )

    def invoice(self, chosen, customers):
        day = self.today - timedelta(days=chosen.randrange(0, 300))
        move = self.env["account.move"].create(
            {
                "move_type": chosen.choice(("out_invoice", "out_invoice", "out_refund")),
                "partner_id": chosen.choice(customers).id,
                "invoice_user_id": self.manager.id,
                "team_id": self.team.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Pumps", "price_unit": chosen.randrange(50, 5000), "tax_ids": []}
                    )
                ],
            }
        )
        move.action_post()

    def test_every_tile_counts_the_records_that_it_opens(self):
        self.approve({"kind": "first_contact", "limit_minutes": 60})
        self.random_data(7)
        for period in ("month", "quarter", "year", "last_month", "last_year"):
            for team in (False, self.team.id):
                board = self.board(self.accounting_head(), period=period, team_id=team)
                tiles = self.tiles(board)
                self.assertEqual(len(tiles), 20)
                for key, tile in tiles.items():
                    with self.subTest(period=period, team=team, tile=key):
                        records = self.env[tile["model"]].search(tile["domain"])
                        self.assertEqual(len(records), tile["count"])
                        self.assertEqual(tile["value"], self.expected(key, records, board))
                        self.assertTrue(tile["definition"])

    def accounting_head(self):
        self.head.group_ids += self.env.ref("account.group_account_invoice")
        return self.head

    def expected(self, key, records, board):
        """Compute a figure in Python from the records that the tile opens."""
        count = len(records)
        amounts = records.mapped("won_revenue") if "won_revenue" in records._fields else []
        within = [
            ("company_id", "=", self.company.id),
            ("state", "=", "posted"),
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("invoice_date", ">=", board["from"]),
            ("invoice_date", "<=", board["to"]),
        ]

        def percent(part):
            return 100 * len(part) / count if count else None

        def largest(name):
            sums = Counter()
            for move in self.env["account.move"].search(within):
                sums[move[name]] += move.amount_untaxed_signed
            whole = sum(amount for amount in sums.values() if amount > 0)
            return 100 * max(sums.values()) / whole if whole else None

        def new_customers():
            moves = self.env["account.move"].search(
                [
                    ("company_id", "=", self.company.id),
                    ("state", "=", "posted"),
                    ("move_type", "=", "out_invoice"),
                ]
            )
            first = {}
            for move in moves:
                partner = move.commercial_partner_id
                first[partner] = min(move.invoice_date, first.get(partner, date.max))
            start, end = (date.fromisoformat(board[name]) for name in ("from", "to"))
            return [one for one, day in first.items() if start <= day <= end]

        revenue = sum(self.env["account.move"].search(within).mapped("amount_untaxed_signed"))
        spend = sum(records.mapped("amount_company")) if "amount_company" in records._fields else 0
        customers = len(new_customers())
        value = {
            "revenue": lambda: sum(records.mapped("amount_untaxed_signed")),
            "won_revenue": lambda: sum(amounts),
            "average_deal": lambda: sum(amounts) / count if count else None,
            "customer_deal": lambda: sum(amounts) / len(records.partner_id) if count else None,
            "conversion": lambda: percent(records.filtered(lambda one: one.type != "lead")),
            "win_rate": lambda: percent(records.filtered(lambda one: one.outcome == "won")),
            "norms_kept": lambda: percent(records.filtered(lambda one: one.state == "met")),
            "lead_time": lambda: self.mean(
                [(one.closed_at - one.entered_at) / timedelta(days=1) for one in records]
            ),
            "contacts_won": lambda: self.mean(records.mapped("contact_count")),
            "contacts_lost": lambda: self.mean(records.mapped("contact_count")),
            "largest_customer": lambda: largest("commercial_partner_id"),
            "largest_seller": lambda: largest("invoice_user_id"),
            "acquisition_cost": lambda: spend / customers if spend and customers else None,
            "acquisition_share": lambda: 100 * spend / revenue if spend and revenue else None,
            "qualified": lambda: self.qualified_share(records, board),
        }.get(key, lambda: count)()
        return value if not isinstance(value, float) else AlmostEqual(value)

    def mean(self, values):
        return sum(values) / len(values) if values else None

    def qualified_share(self, records, board):
        """How many of the leads of the cohort are among the records."""
        all_leads = self.env["sale.funnel.report"].search(
            [
                ("company_id", "=", self.company.id),
                ("cohort_on", ">=", board["from"]),
                ("cohort_on", "<=", board["to"]),
            ]
        )
        stages = self.env["crm.stage"].search([("sequence", "in", all_leads.mapped("stage_seq"))])
        if len(set(stages.mapped("sequence"))) < 2:
            return None
        return 100 * len(records.lead_id) / len(all_leads.lead_id)

    def test_who_skipped_a_stage_has_reached_it(self):
        straight = self.new_lead()
        straight.stage_id = self.offered
        self.new_lead()
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.tables(self.board(period="month"))["funnel"]["rows"]
        self.assertEqual(
            [row["cells"][:2] for row in rows], [["New (line)", "2"], ["Offered (line)", "1"]]
        )
        for row in rows:
            count = self.env[row["model"]].search_count(row["domain"])
            self.assertEqual(str(count), row["cells"][1])

    def test_what_is_corrected_counts_once(self):
        lead = self.new_lead()
        call = self.log(
            lead,
            user=self.head,
            channel="call",
            user_id=self.manager.id,
            started_at=self.days_ago(0, 0),
            no_next_reason="Later",
        )
        self.assertEqual(self.tiles(self.board())["calls"]["value"], 1)
        call.sudo().copy({"corrects_id": call.id, "started_at": self.days_ago(0, 1)})
        self.assertEqual(self.tiles(self.board())["calls"]["value"], 1)

    def test_a_funnel_of_a_team_that_was_handed_leads(self):
        """Those who came by hand-over have reached the first stage too: no share above 100 %."""
        other = self.env["crm.team"].create({"name": "Closers", "company_id": self.company.id})
        for _number in range(3):
            with self.at(self.days_ago(0, 0)):
                lead = self.new_lead().sudo()
            for minutes, values in (
                (1, {"team_id": other.id, "user_id": False}),
                (2, {"stage_id": self.offered.id}),
            ):
                with self.at(self.days_ago(0, 0) + timedelta(minutes=minutes)):
                    lead.write(values)
        self.env.flush_all()
        self.env.invalidate_all()
        board = self.board(period="month", team_id=other.id)
        rows = self.tables(board)["funnel"]["rows"]
        self.assertEqual([row["cells"][1] for row in rows], ["3", "3"])

    def test_acquisition_cost_is_the_companys(self):
        self.accounting_head()
        chosen = random.Random(1)
        chosen.choice = lambda values: values[0]
        chosen.randrange = lambda low, high: low
        customer = self.env["res.partner"].create({"name": "New", "is_company": True})
        self.invoice(chosen, customer)
        self.env["sale.marketing.spend"].create(
            {
                "company_id": self.company.id,
                "month": self.today,
                "source_id": self.source.id,
                "amount": 500,
                "currency_id": self.company.currency_id.id,
            }
        )
        other = self.env["crm.team"].create({"name": "Closers", "company_id": self.company.id})
        for team in (False, self.team.id, other.id):
            tiles = self.tiles(self.board(period="month", team_id=team))
            self.assertEqual(tiles["acquisition_cost"]["value"], 500)

    def test_time_in_stage_goes_over_a_change_of_owner(self):
        with self.at(self.days_ago(10)):
            lead = self.new_lead(self.manager)
        lead = lead.sudo()
        with self.at(self.days_ago(2)):
            lead.user_id = self.colleague
        with self.at(self.days_ago(1)):
            lead.stage_id = self.qualified
        self.env.flush_all()
        rows = self.tables(self.board(period="year"))["time_in_stage"]["rows"]
        self.assertEqual(rows[0]["cells"][1:], ["1", "9.0", "9.0"])

    def test_a_win_that_is_archived_stays_in_its_month(self):
        with self.at(self.days_ago(40)):
            lead = self.new_lead()
            lead.stage_id = self.won
        self.env.flush_all()
        report = self.env["sale.pipeline.report"]
        before = report.search([("lead_id", "=", lead.id)]).closed_at
        lead.active = False
        self.env.flush_all()
        self.env.invalidate_all()
        found = report.search([("lead_id", "=", lead.id)])
        self.assertEqual(found.outcome, "won")
        self.assertLess(abs(found.closed_at - before), timedelta(seconds=2))

    def test_advice_and_trial_are_no_norms(self):
        regulation = self.approve({"kind": "first_contact", "limit_minutes": 60})
        with self.at(self.days_ago(3)):
            lead = self.new_lead()
        self.sweep(self.days_ago(0))
        clock = self.clocks(lead, "first_contact")
        self.assertEqual(clock.state, "breached")
        self.assertEqual(self.tiles(self.board())["norms_kept"]["count"], 1)
        for table, values in (
            ("sale_regulation", {"trial_until": self.today}),
            ("sale_regulation_rule", {"severity": "advice"}),
        ):
            [(name, value)] = values.items()
            with self.subTest(name), self.env.cr.savepoint() as point:
                record = regulation if table == "sale_regulation" else clock.rule_id
                self.env.cr.execute(
                    f"UPDATE {table} SET {name} = %s WHERE id = %s", [value, record.id]
                )
                self.env.invalidate_all()
                self.assertEqual(self.tiles(self.board())["norms_kept"]["count"], 0)
                point.rollback()
                self.env.invalidate_all()

    def test_revenue_by_product_and_person(self):
        self.accounting_head()
        self.random_data(3)
        board = self.board(period="year")
        rows = self.tables(board)["products"]["rows"]
        lines = self.env[rows[0]["model"]].search(rows[0]["domain"])
        self.assertEqual(rows[0]["cells"][0], "None")
        self.assertAlmostEqual(
            -sum(lines.mapped("balance")), self.tiles(board)["revenue"]["value"], 2
        )
        self.assertIn(self.manager.name, [user["name"] for user in board["users"]])
        own = self.tiles(self.board(period="year", user_id=self.junior.id))
        self.assertEqual(own["revenue"]["value"], 0)
        self.assertFalse(self.board(self.manager)["users"])

    def test_everybody_sees_himself_beside_the_best_and_the_median(self):
        for user, count in ((self.manager, 1), (self.colleague, 3), (self.junior, 2)):
            for _number in range(count):
                with self.at(self.days_ago(0, 0)):
                    lead = self.new_lead(user)
                with self.at(self.days_ago(0, 0) + timedelta(minutes=1)):
                    lead.with_user(user).stage_id = self.qualified
        self.env.flush_all()
        table = self.tables(self.board(self.manager, period="month"))["personal_funnel"]
        self.assertEqual(table["columns"][1:], ["New (line)"])
        self.assertEqual(
            [row["cells"] for row in table["rows"]],
            [[self.manager.name, "1"], ["Best", "3"], ["Median", "2"], ["Least", "1"]],
        )
        head = self.tables(self.board(period="month"))["personal_funnel"]
        self.assertEqual(len(head["rows"]), 6)
        for row in head["rows"][:3]:
            count = self.env[row["model"]].search_count(row["domain"])
            self.assertEqual(str(count), row["cells"][1])

    def test_a_day_is_the_companys(self):
        """What was won at 23:30 in Los Angeles is of that day, whoever asks."""
        self.company.partner_id.tz = "America/Los_Angeles"
        first = self.company._get_today().replace(day=1)
        start = self.company._get_day_start(first)
        self.past_lead(start - timedelta(days=9), start - timedelta(minutes=30), "won")
        self.past_lead(start - timedelta(days=9), start + timedelta(minutes=30), "won")
        for tz in ("Asia/Vladivostok", "America/Los_Angeles"):
            self.head.tz = tz
            tiles = self.tiles(self.board(period="month"))
            self.assertEqual(tiles["won"]["value"], 1)

    def test_no_lead_counts_nowhere(self):
        spam = self.env["crm.lost.reason"].create({"name": "Spam", "is_no_lead": True})
        lead = self.past_lead(self.days_ago(2), self.days_ago(1), "lost")
        self.assertEqual(self.tiles(self.board())["leads"]["value"], 1)
        lead.lost_reason_id = spam
        self.assertEqual(self.tiles(self.board())["leads"]["value"], 0)

    def test_the_period_before(self):
        board = self.env["sale.kpi.board"]
        scope = board._get_scope("last_quarter")._replace(
            first=date(2026, 4, 1), last=date(2026, 6, 30)
        )
        before = scope.before()
        self.assertEqual((before.first, before.last), (date(2026, 1, 1), date(2026, 3, 31)))
        before = scope._replace(last=date(2026, 5, 10)).before()
        self.assertEqual((before.first, before.last), (date(2026, 2, 20), date(2026, 3, 31)))
        self.assertEqual(
            board._get_days("last_year", date(2026, 5, 10)), (date(2025, 1, 1), date(2025, 12, 31))
        )

    def test_another_companys_figures_are_not_among_them(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.past_lead(
            self.days_ago(2),
            self.days_ago(1),
            "won",
            company_id=other.id,
            team_id=False,
            user_id=False,
        )
        self.assertEqual(self.tiles(self.board())["won"]["value"], 0)

    def test_the_board_is_for_the_regulated(self):
        stranger = self.new_user("kpi_stranger", "base.group_user")
        with self.assertRaises(AccessError):
            self.board(stranger)

    def test_the_digest(self):
        self.past_lead(self.days_ago(2), self.days_ago(1), "won")
        digest = self.env["digest.digest"].create(
            {"name": "Day", "company_id": self.company.id, "kpi_pipeline_won": True}
        )
        digest = digest.with_context(
            start_datetime=self.days_ago(3), end_datetime=datetime.now() + timedelta(days=1)
        ).with_company(self.company)
        self.assertEqual(digest.kpi_pipeline_won_value, 1)


class AlmostEqual(float):
    """A number that equals what differs from it by less than a millionth."""

    def __eq__(self, other):
        return other is not None and abs(float(other) - float(self)) < 1e-6

    __hash__ = float.__hash__
