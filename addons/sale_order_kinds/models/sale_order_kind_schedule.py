from odoo import fields, models


class SaleOrderKind(models.Model):
    _inherit = "sale.order.kind"

    from_schedule = fields.Boolean(
        string="From Delivery Schedules",
        help="Due lines of firm delivery schedules become orders of this kind; nobody makes them"
        " by hand.",
    )

    def _get_for_contracts(self, company):
        """The first kind of ordinary deliveries under a contract, else that of any order."""
        found = self.sudo().search(
            [
                ("contract_required", "=", True),
                ("from_schedule", "=", False),
                ("stock_mode", "=", "deliver"),
                ("billable", "=", True),
                ("company_id", "in", [company.id, False]),
            ],
            limit=1,
        )
        return found.sudo(False) or self.browse(self.env["sale.order"]._default_kind_id())

    def _get_for_schedules(self, company):
        """The kind of the orders that a company's schedules make, or none."""
        return self.sudo().search(
            [("from_schedule", "=", True), ("company_id", "in", [company.id, False])],
            order="company_id, sequence, id",
            limit=1,
        )
