from odoo import models


class SaleMaterialRequest(models.Model):
    """The delivery term that the customer asks for becomes the one of the offer."""

    _inherit = "sale.material.request"

    def _prepare_offer_values(self):
        values = super()._prepare_offer_values()
        if self.incoterm_id:
            values["incoterm"] = self.incoterm_id.id
            values["incoterm_location"] = self.incoterm_location
        return values

    def _prepare_joint_offer_values(self):
        """Requests under different terms make an offer without one, which a person chooses."""
        values = super()._prepare_joint_offer_values()
        if self._has_different_incoterms():
            values.pop("incoterm", None)
            values.pop("incoterm_location", None)
        return values
