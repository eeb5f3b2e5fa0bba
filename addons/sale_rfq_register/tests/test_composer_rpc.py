from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import MailCommon

from .common import RequestCommon, RpcCommon


@tagged("post_install", "-at_install")
class TestComposerRpc(RpcCommon, RequestCommon, MailCommon, HttpCase):
    """A client that has no form gets what the form gets."""

    def setUp(self):
        super().setUp()
        self.env.company.offer_receipt_requested = True
        self.order = self._new_offer()
        self._new_user("composes", "sales_team.group_sale_manager", password="composes")
        self.authenticate("composes", "composes")

    def _compose(self, **values):
        context = self._call("sale.order", "action_quotation_send", [self.order.id])["context"]
        made = self._call("mail.compose.message", "create", [values], context=context)
        return self.env["mail.compose.message"].browse(made)

    def _send(self, composer):
        # another call, and no context
        with self.mock_mail_gateway():
            self._call("mail.compose.message", "action_send_mail", composer.ids)
        return self.order.dispatch_ids

    def test_asks_for_the_receipt(self):
        composer = self._compose()
        self.assertTrue(composer.is_sale_dispatch and composer.receipt_requested)
        dispatch = self._send(composer)
        self.assertTrue(dispatch.receipt_requested)
        self.assertEqual(self.order.state, "sent")

    def test_unless_it_says_so(self):
        composer = self._compose(receipt_requested=False)
        self.assertFalse(composer.receipt_requested)
        self.assertFalse(self._send(composer).receipt_requested)

    def test_company_that_asks_for_none(self):
        self.env.company.offer_receipt_requested = False
        self.assertFalse(self._compose().receipt_requested)
