from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """A position knows which one of the previous revision it continues (O7)."""

    _inherit = "sale.order.line"

    revised_from_line_id = fields.Many2one(
        "sale.order.line",
        string="Position of the Previous Revision",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        prefetch="offer",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.order_id._check_not_superseded()
        return lines

    def write(self, vals):
        self.order_id._check_not_superseded()
        if "order_id" in vals:
            self.env["sale.order"].browse(vals["order_id"])._check_not_superseded()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_superseded(self):
        self.order_id._check_not_superseded()

    def _prepare_revision_values(self):
        """Values for the positions of the next revision, one dict for each of these."""
        return [
            {
                **values,
                "revised_from_line_id": line.id,
                "request_line_id": line.sudo().request_line_id.id,
            }
            for line, values in zip(self, self.copy_data(), strict=True)
        ]

    @api.model
    def _get_revision_columns(self):
        """Fields that a comparison shows side by side; extend it with your own."""
        return [
            "product_uom_qty",
            "product_uom_id",
            "price_unit",
            "discount",
            "customer_lead",
            "price_subtotal",
        ]

    def _get_described_options(self):
        """``{label: price}`` of delivery terms and alternatives, as a comparison shows them."""
        self.ensure_one()
        line = self.sudo()
        return {
            **{term._get_described_term(): term._get_described_price() for term in line.term_ids},
            **{
                self.env._(
                    "Alternative: %(product)s", product=option._get_described_product()
                ): option._get_described_price()
                for option in line.alternative_ids
            },
        }

    def _get_revision_key(self):
        """What a position is matched by when it does not say which one it continues."""
        self.ensure_one()
        return (self.display_type, self.product_id.id or self.name)
