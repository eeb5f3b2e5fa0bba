from odoo import api, fields, models


class SaleApprovalLogMixin(models.AbstractModel):
    """What happened to the approval of a document, with what was approved; the truth about it.

    Rows are made as the system only. Reviews and fields of the document are shown to people, but
    whether it is approved is read from here. A model adds its document, the field ``event`` and
    what each event means.
    """

    _name = "sale.approval.log.mixin"
    _description = "Approval Log of Documents"
    _inherit = ["sale.append.only"]
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True, ondelete="restrict"
    )
    date = fields.Datetime(required=True, readonly=True, index=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    comment = fields.Char(readonly=True)
    fingerprint = fields.Char(
        readonly=True,
        required=True,
        help="SHA-256 of the commercial content at that moment: what was approved.",
    )

    @api.depends(lambda self: [self._rec_name, "event"] if self._rec_name else [])
    @api.depends_context("lang")
    def _compute_display_name(self):
        events = dict(self._fields["event"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{row[self._rec_name].display_name}: {events.get(row.event, '')}"

    @api.model
    def _get_statuses(self):
        """Where a document stands after each event, if it has not been changed since."""
        raise NotImplementedError

    def _get_approval_status(self):
        """Where the document stands after this row; ``none`` without a row."""
        return self._get_statuses()[self.event] if self else "none"
