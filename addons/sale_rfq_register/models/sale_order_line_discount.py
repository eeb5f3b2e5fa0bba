from odoo import api, fields, models

from .sale_order_line_term import SALESPERSON

DISCOUNT_SCOPES = [
    ("all", "All delivery terms"),
    ("selected", "Only the selected term"),
]


class SaleOrderLine(models.Model):
    """A discount on a line with several delivery terms: of all of them, or of the chosen one."""

    _inherit = "sale.order.line"

    discount_scope = fields.Selection(
        DISCOUNT_SCOPES,
        string="Discount For",
        compute="_compute_discount_scope",
        inverse="_inverse_discount_scope",
        groups=SALESPERSON,
        help="Whether a changed discount is that of all delivery terms of the line, or of the"
        " selected one alone.",
    )
    has_several_terms = fields.Boolean(compute="_compute_has_several_terms", compute_sudo=True)

    def _compute_discount_scope(self):
        self.discount_scope = "all"

    def _inverse_discount_scope(self):
        """Forget it: it only says how this discount is written."""
        self.invalidate_recordset(["discount_scope"], flush=False)

    @api.depends("term_ids.product_id", "product_id")
    def _compute_has_several_terms(self):
        for line in self:
            line.has_several_terms = len(line._get_applicable_terms()) > 1

    @api.onchange("discount", "discount_scope")
    def _onchange_discount_of_terms(self):
        """Say whose discount it becomes, and where that of one term is changed."""
        if self.discount == self._origin.discount or not self.has_several_terms:
            return None
        if self.discount_scope == "selected":
            return None
        terms = len(self._origin.sudo()._get_applicable_terms())
        message = self.env._(
            "The discount becomes that of all %(count)s delivery terms of the line. For one term"
            " alone, change it under Terms and Alternatives, or choose “Only the selected term” in"
            " the column Discount For.",
            count=terms,
        )
        title = self.env._("Discount of all delivery terms")
        return {"warning": {"title": title, "message": message, "type": "notification"}}

    def _bring_term_along(self, vals):
        super()._bring_term_along(vals)
        scope = vals.get("discount_scope") or self.env.context.get("discount_scope")
        if "discount" in vals and scope != "selected":
            self._spread_discount()

    def _spread_discount(self):
        """Give all delivery terms of each open line its discount."""
        lines = self.filtered(
            lambda line: line.state in ("draft", "sent") and line._is_priced_by_term()
        )
        for discount, some in lines.grouped("discount").items():
            terms = [line._get_applicable_terms() for line in some]
            others = self.env["sale.offer.term"].union(*terms).grouped("discount")
            others.pop(discount, None)
            self.env["sale.offer.term"].union(*others.values()).write({"discount": discount})
