from odoo import api, models

from ..spreadsheet_letterhead import read_letterhead


class SaleMaterialRequest(models.Model):
    """What stands above the table of a spreadsheet: who asks, where to and by when."""

    _inherit = "sale.material.request"

    @api.model
    def _prepare_spreadsheet_values(self, table, layout):
        values, problems = super()._prepare_spreadsheet_values(table, layout)
        above = read_letterhead(table.rows[: layout.heading or 0])
        doubts = [
            self.env._(
                "%(label)s: “%(value)s” is no day that is understood.", label=label, value=value
            )
            for label, value in above.problems
        ]
        return {**self._prepare_letterhead_values(above.values), **values}, [*problems, *doubts]

    @api.model
    def _prepare_letterhead_values(self, found):
        """Values of the request; parts of addresses and the Incoterm beside the words."""
        values = dict(found)
        for prefix in ("sender", "delivery"):
            values.update(self._prepare_written_address(prefix, found.get(f"{prefix}_address")))
        incoterm, place = self._find_incoterm(found.get("delivery_terms"))
        sender = {name: found.get(f"sender_{name}") for name in ("name", "email", "phone", "vat")}
        known = any(sender.values()) and self._find_sender(
            self._get_spreadsheet_owner()["company"], **sender
        )
        return {
            **values,
            "incoterm_id": incoterm.id,
            "incoterm_location": place,
            "partner_id": known and known.id,
        }
