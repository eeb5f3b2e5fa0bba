from odoo import api, fields, models
from odoo.exceptions import UserError


class MaterialRequestImport(models.TransientModel):
    """Register requests from files: one request a file."""

    _name = "material.request.import"
    _description = "Import Material Requests"

    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    file_kinds = fields.Char(string="Kinds of Files", compute="_compute_file_kinds")

    @api.depends("attachment_ids")
    def _compute_file_kinds(self):
        self.file_kinds = ", ".join(self._get_file_kinds())

    @api.model
    def _get_file_kinds(self):
        """Names of the kinds of files that are read; the others are kept for a person."""
        return []

    def action_import(self):
        self.ensure_one()
        if not self.attachment_ids:
            raise UserError(self.env._("Choose at least one file to register."))
        requests = self.env["sale.material.request"]._create_from_files(
            [(attachment.name, attachment.raw) for attachment in self.attachment_ids]
        )
        return requests._get_records_action(name=self.env._("Registered Requests"))
