from odoo import api, models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    @api.model
    def _on_worktime_change(self):
        """Open deadlines are computed anew by a job; a verdict is never rewritten."""
        super()._on_worktime_change()
        job = self.env.ref(
            "sale_pipeline_rules.ir_cron_recompute_deadlines", raise_if_not_found=False
        )
        if job:
            job.sudo()._trigger()
