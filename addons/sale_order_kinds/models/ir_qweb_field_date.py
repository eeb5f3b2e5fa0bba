from odoo import api, models


class IrQwebFieldDate(models.AbstractModel):
    _inherit = "ir.qweb.field.date"

    @api.model
    def record_to_html(self, record, field_name, options):
        """A moment that is shown as a day is the day where the company of its document is."""
        is_moment = record._fields[field_name].type == "datetime"
        company = "company_id" in record and record.sudo().company_id
        if is_moment and company:
            self = self.with_context(tz=company.day_zone)
        return super().record_to_html(record, field_name, options)
