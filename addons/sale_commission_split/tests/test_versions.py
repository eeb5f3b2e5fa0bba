from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import JANUARY, CommissionCommon


@tagged("post_install", "-at_install")
class TestVersions(CommissionCommon):
    """What was approved or is in force is not changed; another version takes its place."""

    def test_an_approved_plan_is_not_changed(self):
        component = self.plan.component_ids
        for change in (
            lambda: self.plan.write({"name": "Other"}),
            lambda: component.write({"event": "invoiced"}),
            lambda: component.rate_ids.write({"percent": 9}),
            lambda: component.rate_ids.unlink(),
            lambda: self.plan.unlink(),
            lambda: self.env["commission.split.rate"].create(
                {"component_id": component.id, "percent": 1}
            ),
        ):
            with self.assertRaisesRegex(UserError, "New Version"), self.cr.savepoint():
                change()
        self.assertTrue(self.plan.digest)

    def test_new_version(self):
        action = self.plan.action_new_version()
        draft = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((draft.state, draft.number), ("draft", 2))
        self.assertEqual(draft.component_ids.rate_ids.percent, 5)
        draft.date_from = self.plan.date_from
        with self.assertRaisesRegex(UserError, "begins on the same day"):
            draft.action_approve()

    def test_a_plan_that_pays_nothing(self):
        plan = self.env["commission.split.plan"].create({"name": "Empty"})
        with self.assertRaisesRegex(UserError, "has no component"):
            plan.action_approve()
        plan.component_ids = [(0, 0, {"name": "Sales"})]
        with self.assertRaisesRegex(UserError, "give it a rate"):
            plan.action_approve()
        with self.assertRaisesRegex(ValidationError, "between 0 and 100"):
            plan.component_ids.rate_ids = [(0, 0, {"percent": 101})]

    def test_a_plan_of_one_team_goes_before(self):
        team = self.env["crm.team"].create({"name": "Pumps", "company_id": self.company.id})
        self.approve_plan(8, name="Pumps", team_ids=[(6, 0, team.ids)])
        move = self.new_invoice(100, post=False)
        move.team_id = team
        move.action_post()
        self.assertEqual(self.sums()[0], 8)
        self.assertEqual(self.sums(moves=self.new_invoice(100))[0], 5)

    def test_a_plan_approved_later_finds_what_had_none(self):
        self.plan.sudo().date_from = date(2027, 1, 1)
        move = self.new_invoice(100)
        self.assertEqual(self.sums(), [0, 0, 0])
        self.approve_plan(4, name="Late")
        self.assertEqual(self.sums(moves=move)[0], 4)

    def test_a_sharing_in_force_is_not_changed(self):
        deal = self.deal_of(self.new_invoice(100))
        sharing = deal.sharing_id
        for change in (
            lambda: sharing.write({"reason": "x"}),
            lambda: sharing.participant_ids.write({"weight": 9}),
            lambda: sharing.participant_ids.unlink(),
            lambda: sharing.unlink(),
        ):
            with self.assertRaisesRegex(UserError, "Change the Shares"), self.cr.savepoint():
                change()
        draft = self.env["commission.split.sharing"].create({"deal_id": deal.id})
        with self.assertRaisesRegex(AccessError, "written by the system only"):
            draft.write({"state": "in_force"})

    def test_another_sharing_needs_a_reason(self):
        deal = self.deal_of(self.new_invoice(100))
        action = deal.action_split()
        draft = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(deal.action_split()["res_id"], draft.id, "one draft at a time")
        with self.assertRaisesRegex(UserError, "Say why"):
            draft.action_put_in_force()
        draft.participant_ids.person_id = self.persons[1]
        draft.reason = "He closed it."
        draft.action_put_in_force()
        self.assertEqual(deal.sharing_ids.mapped("state"), ["superseded", "in_force"])
        self.assertEqual(self.sums()[:2], [0, 5])

    def test_entries_are_never_changed(self):
        self.new_invoice(100, day=JANUARY)
        self.run_engine()
        entry = self.entries()
        for own in (entry, entry.sudo()):
            with self.assertRaisesRegex(UserError, "entry of a register"):
                own.write({"earned": 1})
        with self.assertRaises(AccessError):
            self.env["commission.split.entry"].create({"earned": 1})
        with self.assertRaises(AccessError):
            entry.unlink()

    def test_months_are_closed_in_order(self):
        self.new_invoice(100, day=JANUARY)
        self.run_engine()
        months = self.env["commission.split.period"].search(
            [("company_id", "=", self.company.id)], order="date_from"
        )
        self.assertEqual(months[0].date_from, date(2026, 1, 1))
        with self.assertRaisesRegex(UserError, "2026-01 is open"):
            months[1].action_close()
        months[:2].action_close()
        self.assertEqual(months[:2].mapped("state"), ["closed", "closed"])
