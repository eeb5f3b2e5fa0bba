from odoo import api, fields, models

KINDS = [("doc", "Document")]
CAUSES = [
    ("document", "Document Changed"),
    ("check", "Found by Check"),
]


class CommissionSplitEntry(models.Model):
    """The ledger: by how much a document changed what somebody has earned and may be paid.

    Only the engine adds rows. For a key, what ought to stand there is the sum of its rows.
    """

    _name = "commission.split.entry"
    _inherit = ["sale.audit.row"]
    _description = "Commission Entry"
    _order = "origin desc, id desc"
    _rec_name = "source_name"
    _check_company_auto = True

    kind = fields.Selection(KINDS, required=True, readonly=True, default="doc")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    source_model = fields.Char(readonly=True)
    source_id = fields.Many2oneReference(
        string="Document", model_field="source_model", readonly=True
    )
    source_name = fields.Char(string="Number", readonly=True)
    deal_id = fields.Many2one(
        "commission.split.deal", readonly=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(related="deal_id.partner_id", string="Customer")
    component_id = fields.Many2one(
        "commission.split.component", string="Pot", readonly=True, ondelete="restrict"
    )
    person_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="restrict")
    role_id = fields.Many2one("commission.split.role", readonly=True, ondelete="restrict")
    team_id = fields.Many2one("crm.team", readonly=True, ondelete="set null")
    origin = fields.Date(string="Month of the Event", required=True, readonly=True)
    period_id = fields.Many2one(
        "commission.split.period", required=True, readonly=True, ondelete="restrict"
    )
    seq = fields.Integer(required=True, readonly=True, aggregator=None)
    currency_id = fields.Many2one(related="company_id.currency_id")
    basis = fields.Monetary(readonly=True)
    basis_due = fields.Monetary(readonly=True)
    earned = fields.Monetary(readonly=True)
    payable = fields.Monetary(readonly=True)
    cause = fields.Selection(CAUSES, readonly=True)
    trace = fields.Html(compute="_compute_trace")

    _key_unique = models.UniqueIndex(
        "(kind, source_model, source_id, deal_id, component_id, person_id, role_id, origin, seq)"
    )
    _person_index = models.Index("(person_id, period_id)")
    _source_index = models.Index("(source_model, source_id)")

    @api.model
    def _get_system_fields(self):
        return set(self._fields) - set(models.MAGIC_COLUMNS)

    @api.depends_context("lang")
    def _compute_trace(self):
        for entry in self:
            entry.trace = entry._get_trace()
