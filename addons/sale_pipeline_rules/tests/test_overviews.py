from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import MONDAY, PipelineCommon, hours


@tagged("post_install", "-at_install")
class TestOverviews(PipelineCommon):
    """Heat map, duties of the head, territories: each figure is that of its records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approve(
            {"kind": "first_contact", "limit_minutes": 60},
            {"kind": "assignment", "limit_minutes": 30},
            {"kind": "decision", "limit_minutes": 60},
            {"kind": "report", "limit_minutes": 60000},
        )

    def test_heat_map(self):
        """Hours are those of the company, west and east of Greenwich."""
        now = self.env.cr.now().replace(minute=30, second=0, microsecond=0)
        for hour in (3, 3, 22):
            self.env["sale.violation"].create(
                {
                    "kind": "breach",
                    "company_id": self.company.id,
                    "user_id": self.manager.id,
                    "happened_at": now.replace(hour=hour) - timedelta(days=2),
                }
            )
        violations = self.env["sale.violation"].with_user(self.head)
        for zone, shift in (("Etc/GMT-5", 5), ("Etc/GMT+7", -7)):
            self.calendar.tz = self.company.partner_id.tz = zone
            found = violations.get_heat_map(30)
            with self.subTest(zone=zone, shown=found["tz"]):
                [row] = [one for one in found["rows"] if one["user_id"] == self.manager.id]
                expected = {(3 + shift) % 24: 2, (22 + shift) % 24: 1}
                counts = {hour: count for hour, count in enumerate(row["counts"]) if count}
                self.assertEqual(counts, expected)
                self.assertEqual((row["total"], found["highest"]), (3, 2))
                opened = violations.with_context(tz=found["tz"]).search(
                    [
                        *found["domain"],
                        ("user_id", "=", self.manager.id),
                        ("happened_at.hour_number", "=", (3 + shift) % 24),
                    ]
                )
                self.assertEqual(len(opened), 2)
        with self.assertRaises(AccessError):
            violations.with_user(self.manager).get_heat_map(30)

    def duty(self, duty):
        self.env.cr.flush()
        duties = self.env["sale.head.duty"].with_user(self.head)
        found = duties.search([("user_id", "=", self.head.id), ("duty", "=", duty)])
        return found, (found.waiting_count, found.late_count, found.done_count)

    def test_duties(self):
        with self.at(MONDAY):
            self.new_lead(user_id=False)
            lead = self.new_lead()
            self.env["sale.handover"].with_user(self.manager).create(
                {"lead_id": lead.id, "to_user_id": self.colleague.id, "brief": "Call him."}
            )
            self.env["sale.violation"].with_user(self.manager).create(
                {"kind": "complaint", "description": "Too many leads."}
            )
        self.team.crm_team_member_ids[0].role_id = False
        topic = self.env["sale.training.topic"].create({"name": "Asking for the order"})
        for days in (-3, 3):
            start = self.env.cr.now() + timedelta(days=days)
            self.env["calendar.event"].create(
                {
                    "name": "Training",
                    "user_id": self.head.id,
                    "training_topic_id": topic.id,
                    "start": start,
                    "stop": start + hours(1),
                }
            )
        expected = {
            "assign": (1, 1, 0),
            "handover": (1, 0, 0),
            "decide": (1, 1, 0),
            "role": (1, 0, 2),
            "sign": (3, 0, 0),
            "training": (1, 0, 1),
        }
        for duty, figures in expected.items():
            line, found = self.duty(duty)
            with self.subTest(duty=duty):
                self.assertEqual(found, figures)
                action = line.action_open()
                records = self.env[action["res_model"]].with_user(self.head)
                self.assertEqual(records.search_count(action["domain"]), figures[0])
        with self.assertRaises(AccessError):
            line.with_user(self.manager).read(["duty"])

    def test_territories(self):
        other = self.env["crm.team"].create(
            {
                "name": "South",
                "company_id": self.company.id,
                "assignment_domain": "[('city', 'in', ('Rostov', 'Samara'))]",
                "crm_team_member_ids": [Command.create({"user_id": self.owner.id})],
            }
        )
        self.team.assignment_domain = "[('city', 'in', ('Moscow', 'Samara'))]"
        leads = [
            self.new_lead(city=city, partner_id=False)
            for city in ("Moscow", "Moscow", "Samara", "Kazan")
        ]
        gap = self.new_lead(city="Omsk", partner_id=False)
        gap.sudo().write({"user_id": False, "team_id": False})
        lost = self.new_lead(city="Moscow", partner_id=False)
        lost.sudo().action_set_lost()
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "team_id": self.team.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.env["product.product"].create({"name": "P"}).id,
                            "product_uom_qty": 2,
                            "price_unit": 50,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        self.env.flush_all()
        action = self.env["sale.territory.line"].with_user(self.head).action_open_balance()
        lines = self.env["sale.territory.line"].with_user(self.head).search(action["domain"])
        mine = lines.filtered(lambda line: line.team_id == self.team)
        self.assertEqual(
            (mine.lead_count, mine.overlap_count, mine.outside_count, mine.member_count),
            (4, 1, 1, 3),
        )
        self.assertAlmostEqual(mine.load, 4 / 3, 1)
        self.assertEqual((mine.customer_count, mine.revenue), (1, 100))
        self.assertEqual(mine.overlap_ids, leads[2])
        self.assertEqual(mine.outside_ids, leads[3])
        south = lines.filtered(lambda line: line.team_id == other)
        self.assertEqual((south.lead_count, south.overlap_count), (0, 1))
        self.assertEqual(lines.filtered(lambda line: not line.team_id).lead_ids, gap)
        for line in lines:
            for figure in ("leads", "overlap", "outside"):
                getattr(line, f"action_open_{figure}")()
        with self.assertRaises(AccessError):
            self.env["sale.territory.line"].with_user(self.manager).action_open_balance()

    def test_control(self):
        """Norms of today are those of the person's day; the meter counts reports and goals."""
        lead, other = self.new_lead(), self.new_lead(name="Valves")
        now = self.env.cr.now()
        clocks = self.clocks(lead, "first_contact") | self.clocks(other, "first_contact")
        line = self.env["sale.compliance.line"].with_user(self.head)

        def figures(*names):
            self.env.flush_all()
            self.env.invalidate_all()
            [found] = line.search([("user_id", "=", self.manager.id)]).read(names)
            return tuple(found[name] for name in names)

        for zone, shift in (("Etc/GMT-11", 11), ("Etc/GMT+9", -9), ("UTC", 0)):
            self.manager.partner_id.tz = zone
            local = now + hours(shift)
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) - hours(shift)
            with self.subTest(zone=zone):
                clocks.sudo().deadline_at = midnight + hours(23.9)
                self.assertEqual(figures("norms_today"), ("0 / 2",))
                clocks[1].sudo().deadline_at = midnight + hours(24.1)
                self.assertEqual(figures("norms_today"), ("0 / 1",))
                clocks.sudo().deadline_at = midnight - hours(0.1)
                self.assertEqual(figures("norms_today"), (False,))
        clocks.sudo().deadline_at = midnight + hours(23.9)
        self.log(other, outcome="answered")  # whose report is owed
        shown = figures("norms_today", "contact_count", "no_report_count", "introduced_share")
        self.assertEqual(shown, ("1 / 2", 1, 1, 0))
        self.log(lead, outcome="answered", said="Yes.", agreed="An offer.", no_next_reason="Sent.")
        todo = "mail.mail_activity_data_todo"
        lead.activity_schedule(todo, summary="Send the offer", user_id=self.manager.id)
        lead.activity_schedule(todo, user_id=self.manager.id)
        # a report and a task with a goal, of two reports and two tasks
        self.assertEqual(figures("contact_count", "introduced_share"), (2, 50))
        action = line.search([("user_id", "=", self.manager.id)]).action_open_contacts()
        self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), 2)
