from datetime import date

from odoo.tests import tagged

from .common import FEBRUARY, JANUARY, CommissionCommon


@tagged("post_install", "-at_install")
class TestTrace(CommissionCommon):
    """Every figure says how it came about; a document without one says why."""

    def test_trace(self):
        move = self.new_invoice(2000)
        self.share(self.deal_of(move), 1, 1, 1)
        self.run_engine()
        entry = self.entries(move)[-1]
        trace = str(entry.trace)
        for text in ("Goods", "2,000.00", "5.00 %", "weight 1 of 3", "Percentage of sales"):
            self.assertIn(text, trace)
        own = self.entries(move).filtered(lambda one: one.person_id == self.persons[0])
        self.assertIn("weight 1 of 3", str(own[-1].with_user(self.sellers[0]).trace))

    def test_trace_of_a_closed_month(self):
        self.new_invoice(100, day=JANUARY)
        self.close(JANUARY)
        move = self.new_invoice(100, day=JANUARY)
        self.run_engine()
        self.assertIn("It belongs to 2026-01, which was closed", str(self.entries(move).trace))

    def test_text_of_others_is_escaped(self):
        self.goods.name = "<script>alert(1)</script>"
        move = self.new_invoice(100)
        self.run_engine()
        self.assertNotIn("<script>", str(self.entries(move).trace))

    def test_trace_of_a_deleted_document(self):
        move = self.new_invoice(100)
        self.run_engine()
        entry = self.entries(move)
        move.button_draft()
        self.run_engine()
        self.assertIn("counts for nothing any more", str(entry.trace))

    def test_why_nothing(self):
        early = self.new_invoice(100, day=date(2025, 12, 1))
        draft = self.new_invoice(100, post=False)
        nobody = self.new_invoice(100, post=False, day=FEBRUARY)
        nobody.invoice_user_id = False
        nobody.action_post()
        self.plan.sudo().date_from = date(2026, 2, 1)
        without = self.new_invoice(100, day=JANUARY)
        self.run_engine()
        for move, words in (
            (early, "commission begins"),
            (draft, "not posted"),
            (nobody, "Nobody takes part"),
            (without, "No plan holds"),
        ):
            with self.subTest(words=words):
                self.assertIn(words, move._explain_no_commission())
                if move.state == "posted":
                    action = move.action_explain_commission()
                    self.assertEqual(action["tag"], "display_notification")

    def test_the_button_of_an_invoice_brings_it_up_to_date(self):
        move = self.new_invoice(100)
        action = move.action_explain_commission()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.person_id, self.persons[0])
