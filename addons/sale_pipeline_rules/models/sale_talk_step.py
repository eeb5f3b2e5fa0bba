from odoo import api, fields, models

from .sale_regulation_rule import CHANNELS


class SaleTalkStep(models.Model):
    """A step of the talk with a customer: the script, of which a report says what was skipped."""

    _name = "sale.talk.step"
    _inherit = ["sale.regulation.part.mixin"]
    _description = "Talk Step"
    _order = "regulation_id, sequence, id"

    regulation_id = fields.Many2one(
        "sale.regulation", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    hint = fields.Text(translate=True, help="What to ask, what to say.")
    stage_ids = fields.Many2many(
        "crm.stage",
        "sale_talk_step_stage_rel",
        "step_id",
        "stage_id",
        string="Stages",
        ondelete="restrict",
    )
    role_ids = fields.Many2many(
        "sale.pipeline.role",
        "sale_talk_step_role_rel",
        "step_id",
        "role_id",
        string="Roles",
        ondelete="restrict",
    )
    channel = fields.Selection(CHANNELS, help="Empty: on every channel.")
    is_mandatory = fields.Boolean(help="Skipping it is a violation.")

    @api.model
    def _get_steps(self, lead, role_id, channel):
        """Return the steps in force of a talk on a channel, in order."""
        company = lead._get_pipeline_company()
        regulation = self.env["sale.regulation"]._get_in_force(company)
        return regulation.step_ids.filtered(
            lambda step: (
                (not step.stage_ids or lead.stage_id in step.stage_ids)
                and (not step.role_ids or role_id in step.role_ids.ids)
                and (not step.channel or step.channel == channel)
            )
        )
