from odoo import api, models
from odoo.tools import ormcache


class CrmStage(models.Model):
    _inherit = "crm.stage"

    @api.model
    @ormcache("self.env.lang")
    def _get_ranks(self):
        """Return ``{stage id: (sequence, id, is won, name)}``, in which stages are compared."""
        stages = self.sudo().search([])
        return {stage.id: (stage.sequence, stage.id, stage.is_won, stage.name) for stage in stages}

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self.env.registry.clear_cache()
        return stages

    def write(self, vals):
        leads = self.env["crm.lead"].sudo()
        if "is_won" in vals:
            leads = leads.search([("stage_id", "in", self.ids)])
        before = leads._get_facts()
        result = super().write(vals)
        if vals.keys() & {"sequence", "is_won", "name"}:
            self.env.registry.clear_cache()
            # norms of deals that are won now end; nobody moved, so that none begins
            leads._keep_changes(before, leads._get_facts())
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
