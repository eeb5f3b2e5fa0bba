from odoo import api, models


class SaleOrder(models.Model):
    """Who handles the goods of an order sees what leaves and comes back, not what it costs.

    Core's form reads invoices, which the warehouse has no right to.
    """

    _inherit = "sale.order"

    @api.readonly
    def get_formview_id(self, access_uid=None):
        if self._shows_goods_only(access_uid):
            return self.env.ref("sale_order_kinds.sale_order_view_form_goods").id
        return super().get_formview_id(access_uid=access_uid)

    @api.model
    def _shows_goods_only(self, user_id=None):
        """Whether core's form cannot be opened by a person, the one who asks by default."""
        rows = self.env["account.move.line"].with_user(user_id or self.env.uid)
        return not rows.has_access("read")

    @api.model
    def _get_goods_views(self):
        """The list and the form for those who handle the goods."""
        return [
            (self.env.ref(f"sale_order_kinds.sale_order_view_{kind}_goods").id, kind)
            for kind in ("list", "form")
        ]
