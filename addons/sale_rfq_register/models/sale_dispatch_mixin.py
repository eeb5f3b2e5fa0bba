from odoo import api, fields, models


class SaleDispatchMixin(models.AbstractModel):
    """A document whose sendings are registered.

    A model adopts it with a ``One2many`` named ``dispatch_ids`` and ``_prepare_dispatch_values``.
    A message posted with the context key ``sale_dispatch`` carries the document to the customer;
    its row appears when the e-mail has left.
    """

    _name = "sale.dispatch.mixin"
    _inherit = ["mail.thread"]
    _description = "Document with Registered Sendings"

    dispatch_ids = fields.One2many("sale.dispatch", string="Dispatches")
    dispatch_count = fields.Integer(compute="_compute_dispatch_count", compute_sudo=True)

    @api.depends("dispatch_ids")
    def _compute_dispatch_count(self):
        for document in self:
            document.dispatch_count = len(document.dispatch_ids)

    def _is_dispatch_post(self):
        """Whether the message being posted carries the document itself."""
        return bool(self.env.context.get("sale_dispatch"))

    def message_post(self, **kwargs):
        if self._is_dispatch_post():
            kwargs["is_sale_dispatch"] = True
        return super().message_post(**kwargs)

    def _prepare_dispatch_values(self):
        """Values of a row about this document."""
        self.ensure_one()
        return {
            "document_name": self.name,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
        }

    def _on_dispatch(self, dispatch):
        """The document has been sent: what follows from it."""

    def action_view_dispatches(self):
        self.ensure_one()
        return self.dispatch_ids._get_records_action(
            name=self.env._("Dispatches of %(document)s", document=self.name),
            views=[(False, "list"), (False, "form")],
            view_mode="list,form",
            domain=[("id", "in", self.dispatch_ids.ids)],
            res_id=False,
            context={"create": False},
        )
