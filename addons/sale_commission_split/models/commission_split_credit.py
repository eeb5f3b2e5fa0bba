from odoo import fields, models

from .commission_split_plan import BUSINESS


class CommissionSplitCredit(models.Model):
    """What a line of an invoice counts for a pot: its basis and the rate, pinned.

    A later change of category, customer, salesperson, rate or plan moves nothing. A line that
    changed itself is credited anew; the former row stays, no longer current.
    """

    _name = "commission.split.credit"
    _inherit = ["sale.audit.row"]
    _description = "Credited Line"
    _order = "date desc, id desc"
    _rec_name = "source_id"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    component_id = fields.Many2one(
        "commission.split.component",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    plan_id = fields.Many2one("commission.split.plan", readonly=True, ondelete="restrict")
    rate_id = fields.Many2one("commission.split.rate", readonly=True, ondelete="restrict")
    deal_id = fields.Many2one(
        "commission.split.deal", required=True, readonly=True, ondelete="restrict", index=True
    )
    # no foreign keys: commission holds up no deletion of a draft
    source_id = fields.Many2oneReference(
        string="Document", model_field="source_model", readonly=True, required=True
    )
    source_model = fields.Char(readonly=True, required=True, default="account.move")
    source_line = fields.Integer(readonly=True, required=True, aggregator=None)
    date = fields.Date(required=True, readonly=True)
    currency_id = fields.Many2one(
        "res.currency",
        readonly=True,
        ondelete="restrict",
        help="The company's, or the document's where the plan pays in it.",
    )
    untaxed = fields.Monetary(readonly=True, help="Of the line.")
    quantity = fields.Float(digits=(16, 6), readonly=True, help="In the product's unit.")
    cost = fields.Monetary(readonly=True)
    business = fields.Selection(BUSINESS, readonly=True)
    basis = fields.Monetary(readonly=True)
    raw = fields.Float(
        string="Commission, Unrounded", digits=(32, 12), readonly=True, aggregator="sum"
    )
    origin_credit_id = fields.Many2one(
        "commission.split.credit", string="Gives Back", readonly=True, ondelete="restrict"
    )
    is_current = fields.Boolean(readonly=True, default=True)

    _current_unique = models.UniqueIndex(
        "(component_id, source_model, source_id, source_line, deal_id) WHERE is_current"
    )
    _source_index = models.Index("(source_model, source_id) WHERE is_current")

    def _get_system_fields(self):
        return set(self._fields) - set(models.MAGIC_COLUMNS)

    def _get_changeable_fields(self):
        return {"is_current"}
