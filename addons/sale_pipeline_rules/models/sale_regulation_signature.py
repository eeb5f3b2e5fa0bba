from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleRegulationSignature(models.Model):
    """Somebody read a version of the regulation, rule by rule, and signed it (G2)."""

    _name = "sale.regulation.signature"
    _inherit = ["sale.audit.row"]
    _description = "Signature of the Regulation"
    _order = "regulation_id desc, user_id"
    _rec_name = "user_id"

    regulation_id = fields.Many2one(
        "sale.regulation", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="regulation_id.company_id", store=True)
    user_id = fields.Many2one("res.users", required=True, ondelete="restrict", index=True)
    opened_on = fields.Datetime()
    read_seconds = fields.Integer(string="Read For (Seconds)", aggregator=None)
    signed_on = fields.Datetime()
    digest = fields.Char(string="Fingerprint")

    _once = models.Constraint(
        "UNIQUE (regulation_id, user_id)", "A version is signed once by each person."
    )

    @api.model
    def _get_system_fields(self):
        return {"regulation_id", "user_id", "opened_on", "read_seconds", "signed_on", "digest"}

    def _get_changeable_fields(self):
        return {"opened_on", "read_seconds", "signed_on", "digest"}


class SaleRegulation(models.Model):
    _inherit = "sale.regulation"

    signature_ids = fields.One2many(
        "sale.regulation.signature", "regulation_id", string="Signatures"
    )
    signer_ids = fields.Many2many(
        "res.users", compute="_compute_signers", string="Have to Sign", compute_sudo=True
    )
    unsigned_ids = fields.Many2many(
        "res.users", compute="_compute_signers", string="Have Not Signed", compute_sudo=True
    )
    is_signed = fields.Boolean(compute="_compute_is_signed", string="Signed by Me")

    @api.depends("signature_ids.signed_on", "company_id", "state")
    def _compute_signers(self):
        members = self.env["crm.team.member"].search([])
        for version in self:
            signers = members.user_id.filtered(
                lambda user, version=version: version.company_id in user.company_ids
            )
            signed = version.signature_ids.filtered("signed_on").user_id
            version.signer_ids = signers
            version.unsigned_ids = signers - signed

    @api.depends_context("uid")
    @api.depends("signature_ids.signed_on")
    def _compute_is_signed(self):
        for version in self:
            own = version.sudo().signature_ids.filtered("signed_on").user_id
            version.is_signed = self.env.user in own

    def action_open_signing(self):
        """Open the page on which the version is read and signed, and note since when."""
        self.ensure_one()
        self._check_state("approved", "in_force")
        signature = self._get_own_signature()
        if not signature:
            self.env["sale.regulation.signature"].sudo().create(
                {
                    "regulation_id": self.id,
                    "user_id": self.env.uid,
                    "opened_on": fields.Datetime.now(),
                }
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Read and Sign"),
            "res_model": "sale.regulation.sign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_regulation_id": self.id},
        }

    def _get_own_signature(self):
        self.ensure_one()
        return (
            self.env["sale.regulation.signature"]
            .sudo()
            .search([("regulation_id", "=", self.id), ("user_id", "=", self.env.uid)])
        )

    def _sign(self):
        """Sign for the user; the seconds run since the page was opened."""
        self.ensure_one()
        self._check_state("approved", "in_force")
        signature = self._get_own_signature()
        if signature.signed_on:
            raise UserError(self.env._("You have signed %s already.", self.display_name))
        now = fields.Datetime.now()
        opened = signature.opened_on or now
        values = {
            "signed_on": now,
            "read_seconds": round((now - opened).total_seconds()),
            "digest": self.digest,
        }
        if signature:
            signature.write(values)
        else:
            signature.create(
                {
                    "regulation_id": self.id,
                    "user_id": self.env.uid,
                    "opened_on": opened,
                    **values,
                }
            )

    def _get_changes(self):
        """Return what changed since the former version: new and dropped sentences."""
        self.ensure_one()
        now = self.rule_ids.mapped("sentence")
        before = self.sudo().previous_id.rule_ids.mapped("sentence")
        added = [sentence for sentence in now if sentence not in before]
        dropped = [sentence for sentence in before if sentence not in now]
        return added, dropped
