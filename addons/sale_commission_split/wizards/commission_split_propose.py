from odoo import api, fields, models
from odoo.fields import Command


class CommissionSplitPropose(models.TransientModel):
    """Weights that a party proposes, or that the arbiter decides (S2)."""

    _name = "commission.split.propose"
    _description = "Propose Weights"

    dispute_id = fields.Many2one("commission.split.dispute", required=True)
    kind = fields.Selection(related="dispute_id.kind")
    is_arbiter = fields.Boolean(compute="_compute_is_arbiter")
    is_party = fields.Boolean(compute="_compute_is_arbiter")
    line_ids = fields.One2many(
        "commission.split.propose.line",
        "proposal_id",
        compute="_compute_line_ids",
        compute_sudo=False,  # who may not read the dispute learns nothing from it
        store=True,
        readonly=False,
    )
    reason = fields.Text()

    @api.depends("dispute_id")
    def _compute_is_arbiter(self):
        for proposal in self:
            dispute = proposal.dispute_id
            proposal.is_arbiter = dispute.is_arbiter
            proposal.is_party = dispute.is_mine and dispute.state == "open"

    @api.depends("dispute_id")
    def _compute_line_ids(self):
        """Begin with the weights of today and what is claimed."""
        for proposal in self:
            proposal.dispute_id.check_access("read")
            dispute = proposal.dispute_id.sudo()
            if not dispute or dispute.kind != "share":
                continue
            rows = [
                Command.create(
                    {
                        "person_id": one.person_id.id,
                        "role_id": one.role_id.id,
                        "now": one.weight,
                        "weight": one.weight,
                        "evidence": one.evidence,
                    }
                )
                for one in dispute.deal_id.participant_ids
            ]
            if dispute.claimant_id not in dispute.deal_id.participant_ids.person_id:
                rows.append(
                    Command.create(
                        {
                            "person_id": dispute.claimant_id.id,
                            "role_id": dispute.role_id.id,
                            "weight": dispute.weight,
                            "evidence": dispute.evidence,
                        }
                    )
                )
            proposal.line_ids = [Command.clear(), *rows]

    def _get_weights(self):
        return [
            (line.person_id, line.role_id, line.weight, line.evidence) for line in self.line_ids
        ]

    def action_propose(self):
        """Propose the weights, and accept them oneself."""
        self.ensure_one()
        self.dispute_id._propose(self._get_weights(), self.reason)
        return {"type": "ir.actions.act_window_close"}

    def action_decide(self):
        """Put the weights in force as the arbiter."""
        self.ensure_one()
        self.dispute_id._decide(self._get_weights(), self.reason)
        return {"type": "ir.actions.act_window_close"}


class CommissionSplitProposeLine(models.TransientModel):
    """A person's weight in a proposal, beside that of today."""

    _name = "commission.split.propose.line"
    _description = "Weight in a Proposal"

    proposal_id = fields.Many2one("commission.split.propose", required=True, ondelete="cascade")
    person_id = fields.Many2one("res.partner", required=True)
    role_id = fields.Many2one("commission.split.role", required=True)
    now = fields.Float(string="Weight Now", digits=(16, 6), readonly=True)
    weight = fields.Float(string="Weight Proposed", digits=(16, 6), default=1)
    share = fields.Float(string="Share, %", compute="_compute_share")
    evidence = fields.Char()

    @api.depends("weight", "proposal_id.line_ids.weight")
    def _compute_share(self):
        for line in self:
            total = sum(line.proposal_id.line_ids.mapped("weight"))
            line.share = 100 * line.weight / total if total else 0
