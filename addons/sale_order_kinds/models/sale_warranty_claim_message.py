from odoo import models


class SaleWarrantyClaim(models.Model):
    """What the customer hears of his claim, in his language, on the claim itself.

    Each letter goes with the step that it tells of. A company that does not want one archives its
    template.
    """

    _inherit = "sale.warranty.claim"

    def _get_message_templates(self):
        """XML ids of the letters for each step."""
        return {
            step: f"sale_order_kinds.mail_template_claim_{step}"
            for step in ("accepted", "rejected", "return", "replacement", "settled")
        }

    def _notify_customer(self, step):
        """Post the letter of a step on the claims; as the system, whoever takes the step."""
        xmlid = self._get_message_templates()[step]
        template = self.env.ref(xmlid, raise_if_not_found=False)
        if not template or not template.sudo().active:
            return
        for claim in self.sudo():
            claim.message_post_with_source(
                template.sudo(),
                message_type="comment",  # the portal shows it
                email_layout_xmlid="mail.mail_notification_light",
                subtype_xmlid="mail.mt_comment",
            )

    def action_accept(self):
        result = super().action_accept()
        self._notify_customer("accepted")
        return result

    def action_reject(self):
        result = super().action_reject()
        self._notify_customer("rejected")
        return result

    def action_settle(self):
        result = super().action_settle()
        self._notify_customer("settled")
        return result

    # -- what the letters and the return note say ------------------------------------------------

    def _get_portal_link(self):
        self.ensure_one()
        return self.get_base_url() + self.get_portal_url()

    def _get_return_note_link(self):
        """The return note is printed when the customer asks for it: no order waits for a PDF."""
        self.ensure_one()
        return self.get_base_url() + self.get_portal_url(report_type="pdf", download=True)

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Return Note %(claim)s", claim=self.name)

    def _get_open_returns(self):
        """The transfers by which goods of the claim are still to come back."""
        returns = self.sudo().order_ids._get_warranty_returns()
        return returns.filtered(lambda picking: picking.state not in ("done", "cancel"))

    def _get_return_moves(self, picking):
        """The goods of this claim in a transfer."""
        self.ensure_one()
        return picking.move_ids.filtered(
            lambda move: (
                move.state != "cancel"
                and move.warranty_order_line_id.order_id.warranty_claim_id == self
            )
        )

    def _get_return_address(self, picking=None):
        """Whom the customer sends the goods to: the warehouse that receives them."""
        self.ensure_one()
        warehouse = (picking or self._get_open_returns()[:1]).picking_type_id.warehouse_id
        return warehouse.sudo().partner_id or self.company_id.sudo().partner_id


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_confirm(self):
        result = super()._action_confirm()
        for order in self:
            if order._is_claim_order() and order._is_kind("stock_mode", "receive"):
                order.warranty_claim_id._notify_customer("return")
        return result


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves._get_replacements().warranty_claim_id._notify_customer("replacement")
        return moves

    def _get_replacements(self):
        """The orders of which these moves brought a replacement to the customer."""
        lines = self.sudo().filtered(lambda move: move.location_dest_id.usage == "customer")
        claimed = lines.sale_line_id.filtered("warranty_claim_line_id")
        return claimed.order_id.filtered("warranty_claim_id").sudo(self.env.su)
