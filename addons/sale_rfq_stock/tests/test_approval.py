from odoo.tests import tagged

from odoo.addons.sale_rfq_register.tests.common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApproval(ApprovalCommon):
    def test_delivery_term_is_approved_too(self):
        self._approve()
        for values in (
            {"incoterm": self.env.ref("account.incoterm_EXW").id},
            {"incoterm_location": "Essen"},
        ):
            with self.subTest(values=values):
                self.offer.with_user(self.seller).write(values)
                self._commit(self.offer)
                self.assertEqual(self.offer.approval_state, "voided")
                self._approve()
