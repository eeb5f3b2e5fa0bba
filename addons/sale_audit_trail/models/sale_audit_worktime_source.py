from odoo import api, models


class SaleAuditWorktimeSource(models.AbstractModel):
    """A record on which working time rests: what is in memory is forgotten when it changes."""

    _name = "sale.audit.worktime.source"
    _description = "Record on Which Working Time Rests"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["resource.calendar"]._on_worktime_change()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env["resource.calendar"]._on_worktime_change()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["resource.calendar"]._on_worktime_change()
        return result


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["sale.audit.worktime.source", "resource.calendar"]


class ResourceCalendarAttendance(models.Model):
    _name = "resource.calendar.attendance"
    _inherit = ["sale.audit.worktime.source", "resource.calendar.attendance"]


class ResourceCalendarLeaves(models.Model):
    _name = "resource.calendar.leaves"
    _inherit = ["sale.audit.worktime.source", "resource.calendar.leaves"]


class ResourceResource(models.Model):
    _name = "resource.resource"
    _inherit = ["sale.audit.worktime.source", "resource.resource"]
