from odoo import api, fields, models

KINDS = [("doc", "Document"), ("scope", "Steps and Quota"), ("case", "Case")]
CAUSES = [
    ("document", "Document Changed"),
    ("check", "Found by Check"),
    ("window", "Window Changed"),
    ("case", "Case Confirmed"),
    ("replay", "Computed Anew"),
    ("guarantee", "Guarantee"),
    ("cap", "Penalties above the Cap"),
    ("opening", "Opening Balance"),
]


class CommissionSplitEntry(models.Model):
    """The ledger: by how much a document changed what somebody has earned and may be paid.

    Only the engine adds rows. For a key, what ought to stand there is the sum of its rows.
    """

    _name = "commission.split.entry"
    _inherit = ["sale.audit.row"]
    _description = "Commission Entry"
    _order = "origin desc, id desc"
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
        "commission.split.component", readonly=True, ondelete="restrict"
    )
    case_id = fields.Many2one(
        "commission.split.case", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    person_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="restrict")
    role_id = fields.Many2one("commission.split.role", readonly=True, ondelete="restrict")
    team_id = fields.Many2one("crm.team", readonly=True, ondelete="set null")
    origin = fields.Date(string="Month of the Event", required=True, readonly=True)
    period_id = fields.Many2one(
        "commission.split.period", required=True, readonly=True, ondelete="restrict"
    )
    seq = fields.Integer(required=True, readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    basis = fields.Monetary(readonly=True)
    basis_due = fields.Monetary(readonly=True)
    earned = fields.Monetary(readonly=True)
    payable = fields.Monetary(readonly=True)
    cause = fields.Selection(CAUSES, readonly=True)
    trace = fields.Html(compute="_compute_trace")
    is_mine = fields.Boolean(compute="_compute_is_mine")

    # the first day of the window in which it counts for steps and quotas
    window_date = fields.Date(string="Window", readonly=True)
    is_note = fields.Boolean(string="Credit Note", readonly=True)
    statement_id = fields.Many2one(
        "commission.split.statement", readonly=True, ondelete="restrict", index="btree_not_null"
    )

    _key_unique = models.UniqueIndex(
        "(company_id, kind, currency_id, coalesce(source_model, ''), coalesce(source_id, 0),"
        " coalesce(deal_id, 0),"
        " coalesce(component_id, 0), person_id, coalesce(role_id, 0), origin,"
        " coalesce(case_id, 0), seq)"
    )
    _unpaid_index = models.Index(
        "(person_id, company_id) WHERE statement_id IS NULL AND payable <> 0"
    )
    _window_index = models.Index(
        "(component_id, person_id, window_date) WHERE window_date IS NOT NULL"
    )
    _person_index = models.Index("(person_id, period_id)")
    _source_index = models.Index("(source_model, source_id)")

    @api.model
    def _get_system_fields(self):
        return set(self._fields) - set(models.MAGIC_COLUMNS)

    @api.model
    def _get_changeable_fields(self):
        return {"statement_id"}

    @api.model
    def _read_sums(self, domain, keys, names):
        """Sum amounts in the company's currency, others converted at today's rate.

        :return: ``[(*keys, *amounts), …]``
        """
        sums = {}
        groups = self._read_group(
            domain, [*keys, "company_id", "currency_id"], [f"{name}:sum" for name in names]
        )
        for group in groups:
            company, currency = group[len(keys) : len(keys) + 2]
            row = sums.setdefault(group[: len(keys)], [0] * len(names))
            for place, amount in enumerate(group[len(keys) + 2 :]):
                row[place] += currency._convert(
                    amount, company.currency_id, company, company._get_today()
                )
        return [(*key, *row) for key, row in sums.items()]

    @api.depends("source_name", "component_id", "kind")
    def _compute_display_name(self):
        for entry in self:
            # a case may be another person's, whose name is not for everybody
            case = entry.case_id.sudo()
            is_own = case.person_id == entry.person_id
            entry.display_name = (
                entry.source_name
                or (case.name if is_own else case.reason_id.name)
                or entry.component_id.name
                or "–"
            )

    @api.depends_context("uid")
    def _compute_is_mine(self):
        for entry in self:
            entry.is_mine = entry.person_id == self.env.user.partner_id

    @api.depends_context("lang")
    def _compute_trace(self):
        for entry in self:
            entry.trace = entry._get_trace()
