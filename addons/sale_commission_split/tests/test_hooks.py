from unittest.mock import patch

from odoo.tests import tagged

from .common import JANUARY, CommissionCommon


@tagged("post_install", "-at_install")
class TestHooks(CommissionCommon):
    """What changes a document says so, once in a transaction; the job follows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.flush()
        cls.env["commission.split.todo"].sudo().search([]).unlink()  # what others committed

    def waiting(self):
        self.env.cr.flush()
        return self.env["commission.split.todo"].search([]).mapped("source_id")

    def run_job(self):
        """Run the job as the scheduler does, without its commits."""
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=100):
            self.env["commission.split.todo"]._cron_follow()

    def test_posting_waits_for_the_job(self):
        moves = self.new_invoice(100) | self.new_invoice(200)
        self.assertFalse(self.entries(), "posting does none of the work")
        self.assertEqual(sorted(self.waiting()), moves.ids)
        self.run_job()
        self.assertFalse(self.waiting())
        self.assertEqual(self.sums()[0], 15)

    def test_many_documents_are_one_statement(self):
        moves = self.new_invoice(100, post=False) | self.new_invoice(200, post=False)
        self.env.cr.flush()
        statements = []
        execute = type(self.cr).execute

        def spy(cursor, query, *args, **kwargs):
            statements.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.cr), "execute", spy):
            moves.action_post()
            self.env.cr.flush()
        ours = [one for one in statements if "INTO commission_split_todo" in one]
        self.assertEqual(len(ours), 1)

    def test_vendor_bills_do_not_wait(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.customer.id,
                "invoice_date": JANUARY,
                "invoice_line_ids": [(0, 0, {"name": "Rent", "price_unit": 10})],
            }
        )
        bill.action_post()
        self.assertFalse(self.waiting())

    def test_a_payment_lets_its_invoice_wait(self):
        move = self.new_invoice(100)
        self.run_engine()
        payment = self.pay(move)
        self.assertEqual(self.waiting(), move.ids)
        self.run_engine()
        payment.action_draft()
        self.assertEqual(set(self.waiting()), set(move.ids))

    def test_confirmation_freezes_who_took_part(self):
        policy = self.env["commission.split.policy"].create(
            {
                "name": "Equal",
                "method": "equal",
                "date_from": "2026-01-01",
                "role_ids": [(6, 0, self.roles["closer"].ids)],
            }
        )
        policy.action_approve()
        self.roles["first_contact"].source = "customer"
        self.customer.user_id = self.sellers[1]
        order = self.new_order(100)
        deal = self.env["commission.split.deal"].search([("order_id", "=", order.id)])
        self.assertEqual(deal.sharing_id.policy_id, policy)
        self.assertEqual(deal.participant_ids.person_id, self.persons[0])
        self.assertEqual(deal.participant_ids.mapped("weight"), [1])
        order.user_id = self.sellers[2]
        self.assertEqual(deal.participant_ids.person_id, self.persons[0])

    def test_roles_of_orders(self):
        """Without a policy every role takes part for which the order names somebody."""
        self.roles["first_contact"].source = "customer"
        self.customer.user_id = self.sellers[1]
        order = self.new_order(1000)
        self.invoice_orders(order)
        self.assertEqual(self.sums()[:2], [35, 15])

    def test_an_order_imported_past_the_hooks_has_its_deal_with_the_invoice(self):
        order = self.new_order(100)
        self.env["commission.split.deal"].search([]).sudo().sharing_ids.participant_ids.unlink()
        self.env.cr.execute("DELETE FROM commission_split_sharing")
        self.env.cr.execute("DELETE FROM commission_split_deal")
        self.env.invalidate_all()
        self.invoice_orders(order)
        self.assertEqual(self.sums()[0], 5)

    def test_the_nightly_check_finds_what_was_missed(self):
        self.new_invoice(100)
        self.env.cr.flush()
        self.env["commission.split.todo"].sudo().search([]).unlink()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=100):
            self.env["commission.split.todo"]._cron_check()
        self.assertEqual(self.entries().mapped("cause"), ["check"])
        self.assertEqual(self.sums()[0], 5)
