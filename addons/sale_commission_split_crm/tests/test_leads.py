from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sale_commission_split.tests.test_person_plans import PersonPlanCommon


@tagged("post_install", "-at_install")
class TestLeads(PersonPlanCommon):
    """Leads: who qualified them takes part, and is paid for them once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.commission_split_start = cls.company._get_today().replace(day=1)
        cls.caller = cls.sellers[1]
        for user in cls.sellers:
            user.group_ids = [
                Command.link(cls.env.ref("sales_team.group_sale_salesman_all_leads").id)
            ]

    def qualify(self, lead=None, user=None):
        lead = lead or self.env["crm.lead"].create(
            {"name": "Pumps", "type": "lead", "partner_id": self.customer.id}
        )
        lead.with_user(user or self.caller).convert_opportunity(self.customer)
        return lead

    def deal_from(self, lead):
        """Confirm an order of the first seller for a lead; returns its deal."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.sellers[0].id,
                "opportunity_id": lead.id,
                "order_line": [Command.create({"product_id": self.goods.id})],
            }
        )
        order.action_confirm()
        self.env.cr.flush()
        return self.env["commission.split.deal"].search([("order_id", "=", order.id)])

    def lead_plan(self, **values):
        model = self.env["ir.model"]._get("commission.split.qualification")
        by_name = {
            field.name: field.id
            for field in self.env["ir.model.fields"].search([("model_id", "=", model.id)])
        }
        values = {
            "event": "records",
            "basis": "quantity",
            "model_id": model.id,
            "date_field_id": by_name["date"],
            "person_field_id": by_name["user_id"],
            **values,
        }
        return self.person_plan("Leads", None, **values)

    def count(self):
        self.env.cr.flush()
        return self.env["commission.split.engine"].sudo()._follow_records(self.company)

    def test_roles_from_the_lead(self):
        self.roles["first_contact"].write({"source": "qualifier", "weight": 30})
        lead = self.qualify()
        lead.user_id = self.sellers[0]
        deal = self.deal_from(lead)
        weights = {one.person_id: one.weight for one in deal.participant_ids}
        self.assertEqual(weights[self.persons[1]], 30)
        self.assertIn(self.persons[0], weights)

    def test_old_evidence_proposes_nobody(self):
        self.roles["first_contact"].write({"source": "qualifier", "window_days": 150})
        lead = self.qualify()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE commission_split_qualification SET date = date - interval '151 days'"
            " WHERE lead_id = %s",
            [lead.id],
        )
        deal = self.deal_from(lead)
        self.assertNotIn(self.persons[1], deal.participant_ids.person_id)

    def test_who_held_the_meeting(self):
        self.roles["first_contact"].source = "organiser"
        lead = self.qualify()
        start = self.env.cr.now() - timedelta(hours=3)
        self.env["calendar.event"].create(
            {
                "name": "Visit",
                "opportunity_id": lead.id,
                "user_id": self.sellers[2].id,
                "start": start,
                "stop": start + timedelta(hours=1),
            }
        )
        deal = self.deal_from(lead)
        self.assertIn(self.persons[2], deal.participant_ids.person_id)

    def test_70_requalified_is_paid_once(self):
        plan = self.lead_plan(pays="unit", rates=[{"amount": 50}])
        self.agree(plan, 1, date_from=self.company.commission_split_start)
        lead = self.qualify()
        self.assertEqual(self.count(), 1)
        self.assertEqual(self.sums("payable")[1], 50)
        lead.action_set_lost()
        lead.action_restore()
        lead.type = "lead"
        self.qualify(lead, self.sellers[2])
        self.assertEqual(self.count(), 0)
        self.assertEqual(self.sums("payable"), [0, 50, 0])
        lead.unlink()
        self.assertEqual(self.count(), 0)
        self.assertEqual(self.sums("payable")[1], 50)

    def test_49_leads_against_a_quota(self):
        plan = self.lead_plan(pays="attainment", window_kind="month", cap=1800)
        agreement = self.agree(
            plan, 1, target_year=14400, date_from=self.company.commission_split_start
        )
        self.quota(agreement, 4, day=self.company.commission_split_start)
        for _number in range(5):
            self.qualify()
        self.count()
        self.assertEqual(sum(self.kinds(1)), 1500)
        for _number in range(5):
            self.qualify()
        self.count()
        self.assertEqual(sum(self.kinds(1)), 1800)

    def test_a_salesperson_sees_his_own(self):
        self.qualify()
        mine = self.env["commission.split.qualification"].with_user(self.caller)
        self.assertEqual(len(mine.search([])), 1)
        self.assertFalse(mine.with_user(self.sellers[0]).search([]))
