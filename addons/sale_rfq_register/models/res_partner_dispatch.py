from odoo import fields, models


class ResPartner(models.Model):
    """The correspondence with a customer, in time order (O8)."""

    _inherit = "res.partner"

    dispatch_count = fields.Integer(
        compute="_compute_dispatch_count",
        groups="sale_rfq_register.sale_rfq_register_group_user,account.group_account_invoice",
    )

    def _compute_dispatch_count(self):
        """Sendings to the partner and to his contacts and addresses."""
        self.dispatch_count = 0
        family = self.with_context(active_test=False).search([("id", "child_of", self.ids)])
        counts = self.env["sale.dispatch"]._read_group(
            [("partner_id", "in", family.ids)], ["partner_id"], ["__count"]
        )
        for partner, count in counts:
            while partner:
                if partner in self:
                    partner.dispatch_count += count
                partner = partner.parent_id

    def action_view_dispatches(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.sale_dispatch_action"
            ),
            "name": self.env._("Sent to %(customer)s", customer=self.display_name),
            "domain": [("partner_id", "child_of", self.id)],
        }
