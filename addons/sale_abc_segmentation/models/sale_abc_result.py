from odoo import api, fields, models
from odoo.exceptions import UserError

ABC = [("A", "A"), ("B", "B"), ("C", "C")]
XYZ = [("X", "X"), ("Y", "Y"), ("Z", "Z")]
STATUSES = [
    ("regular", "Regular"),
    ("new", "New"),
    ("one_off", "One-Off"),
    ("lost", "Lost"),
    ("refunds", "Only Credit Notes"),
]


class UncheckedMany2one(fields.Many2one):
    """A reference without a foreign key, which PostgreSQL would check a million times a run.

    What it points to stays: runs with results and records with posted invoices are not deleted,
    and partners that are merged are followed by ``base.partner.merge.automatic.wizard``.
    """

    def update_db_foreign_key(self, model, column):
        pass


class SaleAbcResult(models.Model):
    """What a run found about one customer or product. Rows are only added.

    They are written by the one statement of the run, see ``sale.abc.run``. ``subject_id`` keeps
    the id under which the subject was classed, also when partners are merged later.
    """

    _name = "sale.abc.result"
    _description = "ABC/XYZ Result"
    _order = "run_id desc, rank, id"
    _log_access = False

    run_id = UncheckedMany2one("sale.abc.run", required=True, readonly=True)
    subject_id = fields.Integer(string="Classed As", required=True, readonly=True, aggregator=None)
    partner_id = UncheckedMany2one(
        "res.partner", string="Customer", readonly=True, index="btree_not_null"
    )
    product_tmpl_id = UncheckedMany2one(
        "product.template", string="Product", readonly=True, index="btree_not_null"
    )
    currency_id = fields.Many2one(related="run_id.currency_id")
    date_to = fields.Date(related="run_id.date_to", string="Until")
    state = fields.Selection(related="run_id.state", string="Status of the Run")
    value = fields.Float(digits=(20, 4), readonly=True)
    share = fields.Float(
        string="Share (%)", digits=(9, 6), readonly=True, help="Of the total of the positive."
    )
    cumulative_share = fields.Float(
        string="Cumulative (%)",
        digits=(9, 6),
        readonly=True,
        aggregator=None,
        help="Share of all that are at least as large.",
    )
    rank = fields.Integer(readonly=True, aggregator=None, help="Equal values share a rank.")
    invoice_count = fields.Integer(string="Invoices", readonly=True)
    bucket_count = fields.Integer(
        string="Periods",
        readonly=True,
        aggregator=None,
        help="Whole periods since the first purchase, at most those of the window.",
    )
    # figures to look at, hence floats: to turn a million into decimals costs time for nothing
    mean = fields.Float(string="Mean per Period", readonly=True, aggregator=None)
    deviation = fields.Float(
        string="Standard Deviation",
        readonly=True,
        aggregator=None,
        help="Of the whole population of periods, those without sales included.",
    )
    variation = fields.Float(
        string="Variation (%)",
        readonly=True,
        aggregator=None,
        help="Coefficient of variation: deviation as a share of the mean.",
    )
    first_date = fields.Date(string="First Purchase", readonly=True)
    last_date = fields.Date(string="Last Purchase", readonly=True)
    status = fields.Selection(STATUSES, readonly=True)
    is_negative = fields.Boolean(
        string="Nothing or Less", readonly=True, help="The total is zero or negative."
    )
    abc_raw = fields.Selection(ABC, string="ABC of the Run", readonly=True)
    xyz_raw = fields.Selection(XYZ, string="XYZ of the Run", readonly=True)
    abc_class = fields.Selection(ABC, string="ABC", readonly=True)
    xyz_class = fields.Selection(XYZ, string="XYZ", readonly=True)
    abc_before = fields.Selection(ABC, string="ABC Before", readonly=True)
    xyz_before = fields.Selection(XYZ, string="XYZ Before", readonly=True)
    abc_streak = fields.Integer(string="Runs Agreeing on ABC", readonly=True, aggregator=None)
    xyz_streak = fields.Integer(string="Runs Agreeing on XYZ", readonly=True, aggregator=None)

    _subject_unique = models.UniqueIndex("(run_id, subject_id)")

    @api.depends("partner_id", "product_tmpl_id", "run_id")
    def _compute_display_name(self):
        for result in self:
            subject = result.partner_id or result.product_tmpl_id
            result.display_name = f"{subject.display_name or ''} ({result.run_id.name})"

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("Results are made by runs: run the profile."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(
            self.env._("Results are not changed: set a class by hand on the customer or product.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_nothing(self):
        raise UserError(self.env._("Results stay: undo the run if it is not to hold."))

    def action_open_subject(self):
        """Show the customer or product itself."""
        self.ensure_one()
        return (self.partner_id or self.product_tmpl_id)._get_records_action()
