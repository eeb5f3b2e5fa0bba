from odoo import api, models
from odoo.exceptions import UserError


class SaleAuditRow(models.AbstractModel):
    """A row of a register: it is added and never changed or deleted.

    A correction is a new row. What a row may still get later, such as its end or a decision, is
    named by the model and written in sudo.
    """

    _name = "sale.audit.row"
    _inherit = ["sale.audit.guard"]
    _description = "Append-Only Row"

    @api.model
    def _get_changeable_fields(self):
        """Return the names of the fields that may be written after the row was added."""
        return set()

    def write(self, vals):
        frozen = vals.keys() - self._get_changeable_fields()
        if self and frozen:
            labels = sorted(self._fields[name]._description_string(self.env) for name in frozen)
            raise UserError(
                self.env._(
                    "%(row)s is an entry of a register and is not changed any more (%(fields)s):"
                    " enter a new one.",
                    row=self[0].display_name,
                    fields=", ".join(labels),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entered(self):
        for row in self[:1]:
            raise UserError(
                self.env._(
                    "%(row)s is an entry of a register and cannot be deleted.",
                    row=row.display_name,
                )
            )
