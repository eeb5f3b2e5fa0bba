from odoo import models


class SaleOrder(models.Model):
    """What a copy keeps: kind and contract, so that no other contract's price slips in.

    A contract that has ended meanwhile is refused by its name, as on any order.
    """

    _inherit = "sale.order"

    def copy_data(self, default=None):
        values_list = super().copy_data(default)
        for order, values in zip(self, values_list, strict=True):
            values.update(order._prepare_copied_kind(values))
        return values_list

    def _prepare_copied_kind(self, values):
        """Orders of schedules are not made by hand; under another kind the contract may end."""
        self.ensure_one()
        kinds = self.env["sale.order.kind"]
        kind = kinds.browse(values.get("kind_id"))
        if kind.id in kinds._get_ids_where("from_schedule", True):
            kind = kinds._get_for_contracts(self.company_id)
        kept = kind == self.kind_id or kind.id in kinds._get_ids_where("contract_required", True)
        return {"kind_id": kind.id} if kept else {"kind_id": kind.id, "contract_id": False}

    def copy(self, default=None):
        copies = super().copy(default)
        for order, copied in zip(self, copies, strict=True):
            if order._is_kind("from_schedule") and copied.kind_id != order.kind_id:
                copied._message_log(
                    body=self.env._(
                        "%(order)s was made of a delivery schedule. This copy is not: it is of the"
                        " kind “%(kind)s”.",
                        order=order._get_html_link(),
                        kind=copied.kind_id.name,
                    )
                )
        return copies
