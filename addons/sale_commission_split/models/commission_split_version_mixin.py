from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sale_audit_trail.fingerprint import fingerprint

STATES = [("draft", "Draft"), ("approved", "Approved")]


class CommissionSplitVersionMixin(models.AbstractModel):
    """A text with rules that holds from a day on, until the next approved version.

    What was approved is not changed any more: *New Version* copies it into a draft.
    """

    _name = "commission.split.version.mixin"
    _description = "Version with Approval"
    _order = "name, number desc"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    root_id = fields.Integer(readonly=True, copy=False, aggregator=None)
    number = fields.Integer(
        string="Version", readonly=True, copy=False, default=1, aggregator=None
    )
    date_from = fields.Date(
        string="Valid from",
        required=True,
        default=lambda self: self.env.company._get_today().replace(day=1),
        help="Until the day on which the next version begins.",
    )
    state = fields.Selection(STATES, required=True, default="draft", readonly=True, copy=False)
    approver_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    approved_on = fields.Datetime(readonly=True, copy=False)
    digest = fields.Char(
        string="Fingerprint", readonly=True, copy=False, help="SHA-256 of what was approved."
    )
    team_ids = fields.Many2many(
        "crm.team", string="Sales Teams", check_company=True, help="Empty: all of the company."
    )

    @api.depends("name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.name or ''} ({version.number})"

    @api.model_create_multi
    def create(self, vals_list):
        versions = super().create(vals_list)
        for version in versions.filtered(lambda one: not one.root_id):
            version.sudo().root_id = version.id
        return versions

    def write(self, vals):
        approved = self.filtered(lambda version: version.state == "approved")
        if approved and not self.env.su:
            approved._refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        for version in self:
            if version.state == "approved":
                version._refuse_change()

    def _refuse_change(self):
        """Refuse to change what was approved.

        :raise UserError: names the version
        """
        raise UserError(
            self.env._(
                "%s is approved and not changed any more: press New Version.",
                self[:1].display_name,
            )
        )

    def action_approve(self):
        """Let the version hold from its day on."""
        self.check_access("write")
        for version in self:
            if version.state != "draft":
                version._refuse_change()
            version._check_approval()
            version.sudo().write(
                {
                    "state": "approved",
                    "approver_id": self.env.uid,
                    "approved_on": fields.Datetime.now(),
                    "digest": fingerprint(version._get_content()),
                }
            )
        self.env.registry.clear_cache()
        self.env["commission.split.todo"]._add_all(self.company_id)

    def _check_approval(self):
        """Refuse what cannot hold.

        :raise UserError: names the version, what is wrong and the way out
        """
        self.ensure_one()
        others = self.search(
            [
                ("root_id", "=", self.root_id),
                ("date_from", "=", self.date_from),
                ("state", "=", "approved"),
            ],
            limit=1,
        )
        if others:
            raise UserError(
                self.env._(
                    "%(version)s begins on the same day as %(other)s: choose a later day.",
                    version=self.display_name,
                    other=others.display_name,
                )
            )

    def _get_content(self):
        """Return what is approved, in plain values."""
        self.ensure_one()
        return {
            "name": self.name,
            "company": self.company_id.id,
            "from": str(self.date_from),
            "teams": sorted(self.team_ids.ids),
        }

    def action_new_version(self):
        """Copy the version into a draft and open it."""
        self.ensure_one()
        last = self.search([("root_id", "=", self.root_id)], order="number desc", limit=1)
        draft = self.copy({"name": self.name, "date_from": self.company_id._get_today()})
        draft.sudo().write({"root_id": self.root_id, "number": last.number + 1})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "views": [(False, "form")],
        }


class CommissionSplitVersionPartMixin(models.AbstractModel):
    """A part of a version: it is not changed once the version is approved."""

    _name = "commission.split.version.part.mixin"
    _description = "Part of a Version"

    def _get_version(self):
        """Return the versions to which the parts belong."""
        raise NotImplementedError

    def _check_draft(self):
        approved = self._get_version().filtered(lambda version: version.state == "approved")
        if approved and not self.env.su:
            approved._refuse_change()

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_draft()
        return parts

    def write(self, vals):
        self._check_draft()
        result = super().write(vals)
        self._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._check_draft()
