from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain


class SaleSupplyContract(models.Model):
    """What a day brings to contracts: versions come into force, ends come near."""

    _inherit = "sale.supply.contract"

    @api.model
    def _cron_review(self):
        """May run at any time and as often as wanted: what is done is not done again."""
        self._apply_due_versions()
        running = self.search([("state", "=", "in_force")])
        running._expire()
        running = running.filtered(lambda contract: contract.state == "in_force")
        running._warn_of_expiry()
        running._warn_of_exhaustion()

    @api.model
    def _apply_due_versions(self):
        due = self.env["sale.supply.contract.version"].search(
            Domain("state", "=", "approved")
            & Domain("applied", "=", False)
            & self.env["res.company"]._get_today_domain("date_from", "<="),
            order="date_from, number",
        )
        due._apply()

    def _expire(self):
        over = self.filtered(lambda contract: contract.date_end < contract.company_id._get_today())
        if over:
            over._set({"state": "expired"})

    def _warn_of_expiry(self):
        for contract in self:
            today = contract.company_id._get_today()
            days = contract.company_id.supply_contract_expiry_days
            if not days or contract.date_end > today + timedelta(days=days):
                continue
            if contract.expiry_warned_for != contract.date_end:
                localized = contract.with_context(lang=contract._get_warned().lang)
                contract._schedule_warning(
                    localized.env._("The contract ends: extend it or let it go"), contract.date_end
                )
                contract._set({"expiry_warned_for": contract.date_end})

    def _warn_of_exhaustion(self):
        for line in self.line_ids:
            limit = line.company_id.supply_contract_exhaustion_percent
            if limit and line.released_rate >= limit and not line.exhaustion_warned:
                localized = line.with_context(lang=line.contract_id._get_warned().lang)
                line.contract_id._schedule_warning(
                    localized.env._("Nearly used up: %(line)s", line=localized.display_name),
                    line.company_id._get_today(),
                )
                line._set({"exhaustion_warned": True})

    def _schedule_warning(self, summary, deadline):
        self.ensure_one()
        self.activity_schedule(
            "sale_order_kinds.mail_activity_supply_contract",
            date_deadline=deadline,
            summary=summary,
            user_id=self._get_warned().id,
        )

    def _get_warned(self):
        """Who learns of what comes."""
        self.ensure_one()
        return self.user_id or self.create_uid
