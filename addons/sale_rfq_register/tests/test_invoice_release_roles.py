from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import RpcCommon
from .invoice_common import APPROVER, InvoiceReleaseCommon

REFUSED = "odoo.exceptions.UserError"


@tagged("post_install", "-at_install")
class TestInvoiceReleaseRoles(RpcCommon, InvoiceReleaseCommon, HttpCase):
    """What people try from outside, with everything that RPC gives them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("ir_seller", "sales_team.group_sale_salesman", "Sally Seller")
        cls.customer = cls._new_user("ir_customer", "base.group_portal", "Carl Customer")
        cls.customer.partner_id.parent_id = cls.partner_a
        cls._request(cls.invoice)
        cls.row = cls.invoice.invoice_release_log_ids

    def _log_in(self, user):
        self.authenticate(user.login, user.login)

    def _forged_row(self):
        return {
            "move_id": self.invoice.id,
            "company_id": self.company.id,
            "event": "approved",
            "fingerprint": self.invoice._get_invoice_fingerprint(),
        }

    def _assert_waiting(self):
        self.env.invalidate_all()
        self.assertRecordValues(
            self.invoice, [{"state": "draft", "invoice_release_state": "to_approve"}]
        )
        self.assertEqual(self._events(self.invoice), ["requested"])

    def test_nobody_writes_the_log(self):
        for user in (self.clerk, self.approver, self.seller, self.customer):
            self._log_in(user)
            self._assert_denied("invoice.release.log", "create", [self._forged_row()])
            for method, values in (("write", [{"event": "approved"}]), ("unlink", [])):
                answer = self._call("invoice.release.log", method, self.row.ids, *values)
                self.assertIn(answer, (REFUSED, "odoo.exceptions.AccessError"))
            self._assert_denied("invoice.release.log", "copy", self.row.ids)
        self._assert_waiting()

    def test_who_reads_the_log(self):
        for user, allowed in (
            (self.clerk, True),
            (self.approver, True),
            (self.seller, False),
            (self.customer, False),
        ):
            self._log_in(user)
            answer = self._call("invoice.release.log", "search_read", [], ["event"])
            if allowed:
                self.assertEqual([row["event"] for row in answer], ["requested"])
            else:
                self.assertEqual(answer, "odoo.exceptions.AccessError")

    def test_fields_of_the_invoice(self):
        for user in (self.clerk, self.approver):
            self._log_in(user)
            for values in (
                {"invoice_release_state": "approved"},
                {"invoice_release_log_ids": [[0, 0, self._forged_row()]]},
                {"invoice_release_log_ids": [[2, self.row.id, 0]]},
            ):
                self._assert_denied("account.move", "write", self.invoice.ids, values)
            self._assert_denied(
                "account.move",
                "create",
                [{"move_type": "out_invoice", "invoice_release_state": "approved"}],
            )
            self._assert_denied(
                "account.move",
                "create",
                [{"move_type": "out_invoice"}],
                context={"default_invoice_release_state": "approved"},
            )
        self._assert_waiting()

    def test_doors_of_the_clerk(self):
        self._log_in(self.clerk)
        wizard = self._call("validate.account.move", "create", {"move_ids": self.invoice.ids})
        for call in (
            ("account.move", "action_post", self.invoice.ids),
            ("account.move", "action_validate_moves_with_confirmation", self.invoice.ids),
            ("account.move", "write", self.invoice.ids, {"state": "posted"}),
            ("account.move", "unlink", self.invoice.ids),
            ("validate.account.move", "validate_move", [wizard]),
        ):
            self.assertEqual(self._call(*call), REFUSED, call)
        for key in ("invoice_gate_passed", "leave_unreleased_invoices"):
            for method, values in (("action_post", []), ("write", [{"state": "posted"}])):
                self._call("account.move", method, self.invoice.ids, *values, context={key: True})
                self.assertEqual(self.invoice.state, "draft")
        self._assert_denied("account.move", "action_approve_invoice", self.invoice.ids)
        self._assert_denied(
            "invoice.release.reject", "create", {"move_ids": self.invoice.ids, "comment": "No"}
        )
        for method in ("_post", "_log_release", "_reject_invoices", "_settle_releases"):
            self._assert_denied("account.move", method, self.invoice.ids)
        self.assertEqual(self._events(self.invoice), ["requested"])

    def test_doors_of_others(self):
        for user in (self.seller, self.customer):
            self._log_in(user)
            for method in (
                "action_request_invoice_approval",
                "action_approve_invoice",
                "action_post",
            ):
                self._assert_denied("account.move", method, self.invoice.ids)
            self._assert_denied(
                "account.move", "write", self.invoice.ids, {"invoice_release_state": "approved"}
            )
        self._assert_waiting()

    def test_approver_over_rpc(self):
        self._log_in(self.approver)
        self._call("account.move", "action_approve_invoice", self.invoice.ids)
        self.assertEqual(self.invoice.invoice_release_state, "approved")
        self._log_in(self.clerk)
        self._call("account.move", "action_post", self.invoice.ids)
        self.assertEqual(self.invoice.state, "posted")

    def test_clerk_does_not_switch_it_off(self):
        self._log_in(self.clerk)
        self._assert_denied(
            "res.company", "write", self.company.ids, {"invoice_release_required": False}
        )

    # === COMPANIES === #

    def test_companies_stay_apart(self):
        other = self.setup_other_company()["company"]
        stranger = self._new_user(
            "ir_stranger",
            APPROVER,
            "Strange Approver",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertNotIn(stranger, self.invoice.activity_ids.user_id)
        self.assertNotIn(stranger, self.invoice._get_approvers())
        log = self.env["invoice.release.log"].with_user(stranger)
        self.assertFalse(log.search([("move_id", "=", self.invoice.id)]))
        with self.assertRaises(AccessError):
            self.invoice.with_user(stranger).action_approve_invoice()
        self._assert_waiting()

    def test_other_company_posts_freely(self):
        other = self.setup_other_company()["company"]
        invoice = self.init_invoice("out_invoice", amounts=[100], company=other)
        self.assertFalse(invoice.invoice_release_state)
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_both_companies_in_one_go(self):
        other = self.setup_other_company()["company"]
        invoice = self.init_invoice("out_invoice", amounts=[100], company=other)
        with self.assertRaisesRegex(Exception, "1 of 2 documents are not approved"):
            (invoice + self.invoice).sudo().action_post()
