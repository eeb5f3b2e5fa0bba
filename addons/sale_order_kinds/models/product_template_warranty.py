from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..warranty_period import warranty_end


class ProductTemplate(models.Model):
    """How long the warranty on a product lasts."""

    _inherit = "product.template"

    warranty_unit = fields.Selection(
        [
            ("company", "As in the settings"),
            ("day", "Days"),
            ("month", "Months"),
            ("none", "No warranty"),
        ],
        string="Warranty",
        default="company",
        help="The warranty counts from the day of the delivery.",
    )
    warranty_length = fields.Integer(help="In days or months, as chosen.", aggregator=None)

    @api.constrains("warranty_unit", "warranty_length")
    def _check_warranty_length(self):
        for template in self:
            if template.warranty_unit in ("day", "month") and template.warranty_length <= 0:
                raise ValidationError(
                    self.env._(
                        "%(product)s: enter how many days or months its warranty lasts, or choose"
                        " “No warranty”.",
                        product=template.display_name,
                    )
                )

    def _get_warranty_end(self, delivered_on, company):
        """Last day of the warranty on what was delivered on a day, or False without any."""
        self.ensure_one()
        if self.warranty_unit == "none":
            return False
        if self.warranty_unit in ("day", "month"):
            length, unit = self.warranty_length, self.warranty_unit
        else:
            length, unit = company.warranty_length, company.warranty_unit
        return warranty_end(delivered_on, length, unit) or False
