from odoo import models


class SaleOrder(models.Model):
    """What revisions and the parts of a split keep of kind and contract."""

    _inherit = "sale.order"

    def _get_lasting_kind_fields(self):
        """Names of the fields of an order of a kind that a duplicate does not take along."""
        return ["kind_origin_id", "kind_reason"]

    def _get_split_fields(self):
        return [*super()._get_split_fields(), *self._get_lasting_kind_fields()]

    def _prepare_revision_values(self):
        return {
            **super()._prepare_revision_values(),
            **{
                name: self._fields[name].convert_to_write(self[name], self)
                for name in self._get_lasting_kind_fields()
            },
        }

    def _get_revision_refusal(self):
        """What follows from a claim or a schedule is changed there."""
        return super()._get_revision_refusal() or self._get_bound_refusal()

    def _get_bound_refusal(self):
        self.ensure_one()
        document = self.sudo().warranty_claim_id or self.sudo().schedule_id
        if not document:
            return False
        return self.env._(
            "%(offer)s follows %(document)s and is not revised: change the order itself, or cancel"
            " it and make another one there.",
            offer=self.name,
            document=document.display_name,
        )
