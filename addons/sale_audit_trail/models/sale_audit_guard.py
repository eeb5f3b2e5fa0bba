from odoo import api, models
from odoo.exceptions import AccessError


class SaleAuditGuard(models.AbstractModel):
    """A record with fields that only the system writes: its buttons and jobs, in sudo.

    A person who gives such a field a value, in a form, an import or over RPC, is refused. Nothing
    is dropped in silence.
    """

    _name = "sale.audit.guard"
    _description = "Record with Fields of the System"

    @api.model
    def _get_system_fields(self):
        """Return the names of the fields that only the system writes."""
        return set()

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what only the system writes, given as a value or as a default."""
        if not self.env.su:
            names = self._get_system_fields()
            given = {name for vals in vals_list for name in vals if name in names}
            given |= {name for name in names if f"default_{name}" in self.env.context}
            self._check_system_fields(given)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_system_fields(self._get_system_fields() & vals.keys())
        return super().write(vals)

    @api.model
    def _check_system_fields(self, names):
        """Refuse to write fields of the system.

        :raise AccessError: names the fields
        """
        if not names:
            return
        labels = sorted(self._fields[name]._description_string(self.env) for name in names)
        raise AccessError(
            self.env._(
                "%(fields)s of “%(model)s” is written by the system only: use the buttons of the"
                " record.",
                fields=", ".join(labels),
                model=self.env["ir.model"]._get(self._name).sudo().name,
            )
        )
