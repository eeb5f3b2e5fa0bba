import re

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common import RpcCommon
from .warranty_common import WarrantyCommon


@tagged("post_install", "-at_install")
class TestWarrantyDelivered(WarrantyCommon, RpcCommon, HttpCase):
    """What a replacement promises and what of it has left are told apart."""

    def _assert_figures(self, claim, planned, delivered):
        self.assertRecordValues(
            claim.line_ids, [{"replaced_qty": planned, "replacement_delivered_qty": delivered}]
        )

    def test_offer_and_delivery(self):
        claim = self._accept()
        order = self._replace(claim)
        self._assert_figures(claim, 4, 0)
        order.action_confirm()
        self._assert_figures(claim, 4, 0)
        self._move_part(order.picking_ids, 3)
        self._assert_figures(claim, 4, 3)
        self._deliver(order)
        self._assert_figures(claim, 4, 4)

    def test_return_is_no_replacement(self):
        claim = self._accept()
        self._receive(self._return(claim))
        self._assert_figures(claim, 0, 0)

    def test_closed_when_delivered(self):
        claim = self._accept()
        order = self._replace(claim)
        with self.assertRaisesRegex(UserError, "still to be delivered"), self.cr.savepoint():
            claim.action_settle()
        order.action_confirm()
        self._deliver(order)
        claim.action_settle()
        self.assertEqual(claim.state, "settled")

    def test_closed_without_the_replacement(self):
        """A replacement that is given up holds nothing."""
        claim = self._accept()
        order = self._replace(claim)
        self._receive(self._return(claim))
        self._dispose(claim, "stock", 4)
        order.action_cancel()
        claim.action_settle()
        self.assertEqual(claim.state, "settled")

    def test_portal_shows_what_was_delivered(self):
        buyer = self._new_buyer("wd_buyer")
        claim = self._accept()
        order = self._replace(claim)
        self._log_in(buyer)
        self.assertEqual(self._get_replaced(claim), "0.00")
        order.action_confirm()
        self._deliver(order)
        self.assertEqual(self._get_replaced(claim), "4.00")

    def _get_replaced(self, claim):
        page = self.url_open(f"/my/claims/{claim.id}").text
        return re.search(r'name="replaced">\s*<span>([^<]*)<', page)[1]

    def test_report_counts_what_was_delivered(self):
        claim = self._accept()
        order = self._replace(claim)
        self.assertEqual(self._get_reported(claim), 0)
        order.action_confirm()
        self._deliver(order)
        self.assertEqual(self._get_reported(claim), 4)

    def _get_reported(self, claim):
        self.env.flush_all()
        rows = self.env["sale.warranty.report"].search([("claim_id", "=", claim.id)])
        rows.invalidate_recordset()
        return sum(rows.mapped("replaced_qty"))
