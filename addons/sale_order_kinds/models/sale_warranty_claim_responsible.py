from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    warranty_user_id = fields.Many2one(
        "res.users",
        string="Handles Warranty Claims",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Gets the claims of customers for whom nobody else is responsible.",
        prefetch="order_kind",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    warranty_user_id = fields.Many2one(related="company_id.warranty_user_id", readonly=False)


class SaleWarrantyClaim(models.Model):
    """A claim that is submitted reaches somebody, by an activity and a mail."""

    _inherit = "sale.warranty.claim"

    def action_submit(self):
        result = super().action_submit()
        for claim in self.sudo():
            if not claim.user_id:
                claim.user_id = claim._find_responsible()
            claim._request_decision()
        return result

    def action_accept(self):
        result = super().action_accept()
        self._finish_decision()
        return result

    def action_reject(self):
        result = super().action_reject()
        self._finish_decision()
        return result

    def action_cancel(self):
        result = super().action_cancel()
        self._finish_decision()
        return result

    def _request_decision(self):
        """Give the responsible an activity, of which a mail tells who did not submit himself."""
        self.ensure_one()
        if self.user_id and self.user_id != self.env.user:
            self.activity_schedule(
                "sale_order_kinds.mail_activity_warranty_claim",
                date_deadline=self.company_id._get_today(),
                user_id=self.user_id.id,
                summary=self.with_context(lang=self.user_id.lang).env._(
                    "Decide on warranty claim %(claim)s", claim=self.name
                ),
                note=self.description or "",
            )

    def _finish_decision(self):
        self.sudo().activity_unlink(["sale_order_kinds.mail_activity_warranty_claim"])

    def _find_responsible(self):
        """The first of those in question who may handle claims of the company."""
        self.ensure_one()
        found = (user for users in self._get_responsibles() for user in users)
        return next(filter(self._is_responsible, found), self.env["res.users"])

    def _get_responsibles(self):
        """Users, those asked first at the front: of the order, the customer, the company."""
        order, partner, company = self.order_id, self.partner_id, self.company_id
        yield order.user_id
        yield partner.user_id
        yield partner.commercial_partner_id.user_id
        yield order.team_id.user_id
        yield company.warranty_user_id
        yield self._get_sales_teams().user_id
        yield self.env.ref("sale_order_kinds.sale_order_kinds_group_manager").all_user_ids

    def _get_sales_teams(self):
        return self.env["crm.team"].search(
            [("company_id", "in", [self.company_id.id, False]), ("user_id", "!=", False)]
        )

    @api.model
    def _get_responsible_group(self):
        return "sale_order_kinds.sale_order_kinds_group_user"

    def _is_responsible(self, user):
        return (
            user.active
            and not user.share
            and self.company_id in user.company_ids
            and user.has_group(self._get_responsible_group())
        )
