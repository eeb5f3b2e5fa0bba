from odoo import api, models
from odoo.exceptions import UserError


class SaleAppendOnly(models.AbstractModel):
    """A register whose rows are added and never changed or deleted."""

    _name = "sale.append.only"
    _description = "Append-Only Register"

    def _get_changeable_fields(self):
        """Names of the fields that may still change after a row was entered."""
        return set()

    def write(self, vals):
        frozen = set(vals) - self._get_changeable_fields()
        if self and frozen:
            labels = [self._fields[name]._description_string(self.env) for name in sorted(frozen)]
            raise UserError(
                self.env._(
                    "%(row)s is an entry of a register and is not changed any more"
                    " (%(fields)s): enter a new one.",
                    row=self[0].display_name,
                    fields=", ".join(labels),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entered(self):
        if self:
            raise UserError(
                self.env._(
                    "%(row)s is an entry of a register and cannot be deleted.",
                    row=self[0].display_name,
                )
            )
