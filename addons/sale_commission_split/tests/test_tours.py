from odoo.tests import HttpCase, tagged

from .common import JANUARY
from .test_disputes import DisputeCommon
from .test_statements import StatementCommon


@tagged("post_install", "-at_install")
class TestTours(StatementCommon, HttpCase):
    """What people do with commission, in the browser."""

    def tour(self, name, path, login):
        self.env.flush_all()
        self.start_tour(f"/odoo/{path}", f"commission_{name}", login=login)
        self.env.invalidate_all()

    def thirds(self):
        """An invoice of 2,000 shared by three in equal parts: 33.34 for the first."""
        move = self.new_invoice(2000)
        self.share(self.deal_of(move), 1, 1, 1)

    def test_from_a_statement_to_the_odd_cent(self):
        self.thirds()
        self.close(JANUARY)
        statement = self.statements()
        path = f"{statement._name}/{statement.id}"
        self.tour("statement", path, "commission_one")
        self.tour("statement_right", path, "commission_one")
        self.assertEqual(statement.state, "acknowledged")

    def test_a_plan_is_written_simulated_approved_and_signed(self):
        self.new_invoice(1000)
        self.run_engine()
        action = "action-sale_commission_split.commission_split_start_action"
        self.payroll_clerk.password = "commission_clerk"
        self.tour("plan", action, "commission_clerk")
        plan = self.env["commission.split.plan"].search([], order="id desc", limit=1)
        self.assertEqual((plan.kind, plan.state), ("person", "approved"))
        agreement = self.agree(plan)
        self.tour("sign", f"{agreement._name}/{agreement.id}", "commission_one")
        self.assertTrue(agreement.is_signed)

    def test_a_period_is_closed_and_paid_out(self):
        self.thirds()
        self.run_engine()
        action = "action-sale_commission_split.commission_split_period_action"
        self.tour("close", action, "commission_clerk")
        statement = self.statements()
        self.assertEqual(statement.state, "approved")
        self.tour("pay_out", f"{statement._name}/{statement.id}", "commission_accountant")
        self.assertEqual(statement.state, "posted")
        self.assertEqual(statement.move_id.line_ids.mapped("debit"), [33.34, 0])


@tagged("post_install", "-at_install")
class TestDisputeTour(DisputeCommon, HttpCase):
    def tour(self, name, path, login):
        self.env.flush_all()
        self.start_tour(f"/odoo/{path}", f"commission_{name}", login=login)
        self.env.invalidate_all()

    def test_a_claim_is_negotiated_and_decided(self):
        deal = self.sold(seller=1)
        deal.sudo().name = "S-CLAIM"
        action = "action-sale_commission_split.commission_split_claim_action"
        self.tour("claim", action, "commission_one")
        dispute = self.env["commission.split.dispute"].search([("deal_id", "=", deal.id)])
        self.assertEqual(dispute.claimant_id, self.persons[0])
        path = f"{dispute._name}/{dispute.id}"
        self.tour("propose", path, "commission_one")
        self.tour("escalate", path, "commission_two")
        self.tour("decide", path, "commission_leader")
        self.assertEqual((dispute.state, deal.is_held), ("decided", False))
        self.assertEqual(self.sums()[:2], [900, 2100])
