from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..periods import window

SUBJECTS = [("customer", "Customers"), ("product", "Products")]
MEASURES = [
    ("revenue", "Revenue"),
    ("margin", "Margin"),
    ("invoices", "Number of Invoices"),
]
BUCKETS = [("week", "Week"), ("month", "Month"), ("quarter", "Quarter")]


class SaleAbcSettingsMixin(models.AbstractModel):
    """What is classed, by what, and where the classes end: of a profile, and frozen on a run."""

    _name = "sale.abc.settings.mixin"
    _description = "ABC/XYZ Settings"

    subject = fields.Selection(SUBJECTS, string="Classes Of", required=True, default="customer")
    measure = fields.Selection(
        MEASURES,
        required=True,
        default="revenue",
        help="Revenue: posted customer invoices less credit notes, untaxed, in the company's"
        " currency at the invoice date. Margin: revenue less quantity at today's cost.",
    )
    window_months = fields.Integer(
        string="Window (Months)",
        required=True,
        default=12,
        help="How far back the sales count, in whole periods before the day of the run.",
        aggregator=None,
    )
    bucket = fields.Selection(
        BUCKETS,
        string="Period",
        required=True,
        default="month",
        help="The periods between which regularity is compared: weekly figures vary more than"
        " quarterly ones, so the limits of X and Y belong to the period.",
    )
    threshold_a = fields.Float(
        string="A up to (%)",
        digits=(5, 2),
        default=80,
        help="The largest with this share of the total are A, the one that crosses it too.",
        aggregator=None,
    )
    threshold_b = fields.Float(string="B up to (%)", digits=(5, 2), default=95, aggregator=None)
    threshold_x = fields.Float(
        string="X up to (%)",
        digits=(7, 2),
        default=10,
        help="Coefficient of variation of the periods: deviation as a share of the mean.",
        aggregator=None,
    )
    threshold_y = fields.Float(string="Y up to (%)", digits=(7, 2), default=25, aggregator=None)
    new_buckets = fields.Integer(
        string="New For (Periods)",
        default=3,
        help="Whoever bought for the first time in fewer periods than these is new: no statement"
        " on regularity yet.",
    )
    lost_buckets = fields.Integer(
        string="Lost After (Periods)",
        default=6,
        help="Whoever bought nothing in this many last periods is lost.",
        aggregator=None,
    )
    class_margin = fields.Float(
        string="Margin (Points)",
        digits=(5, 2),
        default=2,
        help="A class changes at once only where the limit is passed by more than this many"
        " percentage points.",
        aggregator=None,
    )
    agreeing_runs = fields.Integer(
        default=2,
        help="Inside of the margin a class changes after this many runs that say the same. 1:"
        " at once.",
        aggregator=None,
    )
    use_season = fields.Boolean(
        string="Divide Out Season",
        help="Regularity is judged on sales divided by the factor of their month.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: the classes are of all the companies below together.",
    )
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        help="The companies that are classed together.",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False, precompute=True
    )
    rate_date = fields.Date(
        string="Rates Of",
        help="The day whose rates convert several companies' currencies. Empty: the last day of"
        " the window.",
    )

    _thresholds_abc = models.Constraint(
        "CHECK(threshold_a > 0 AND threshold_a <= threshold_b AND threshold_b <= 100)",
        "The limits of A and B rise and stay between 0 and 100 %: A up to 80, B up to 95.",
    )
    _thresholds_xyz = models.Constraint(
        "CHECK(threshold_x >= 0 AND threshold_x <= threshold_y)",
        "The limit of Y is not below that of X, and none is negative.",
    )
    _periods = models.Constraint(
        "CHECK(window_months BETWEEN 1 AND 120 AND new_buckets >= 0 AND lost_buckets >= 1)",
        "The window has between 1 and 120 months, and customers are lost after 1 period at least.",
    )
    _stickiness = models.Constraint(
        "CHECK(class_margin >= 0 AND agreeing_runs >= 1)",
        "The margin is not negative, and one run at least has to agree.",
    )

    @api.depends("company_id", "company_ids")
    def _compute_currency_id(self):
        for record in self:
            company = record.company_id or record.company_ids[:1] or self.env.company
            record.currency_id = record.currency_id or company.currency_id

    @api.constrains("company_id", "company_ids", "currency_id")
    def _check_companies(self):
        for record in self:
            if not record.company_id and not record.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(record)s: choose a company, or several that are classed together.",
                        record=record.display_name,
                    )
                )

    @api.model
    def _get_settings_fields(self):
        """Names of the fields that a run takes over from its profile."""
        return [
            "subject",
            "measure",
            "window_months",
            "bucket",
            "threshold_a",
            "threshold_b",
            "threshold_x",
            "threshold_y",
            "new_buckets",
            "lost_buckets",
            "class_margin",
            "agreeing_runs",
            "use_season",
            "company_id",
            "company_ids",
            "currency_id",
            "rate_date",
        ]

    def _get_companies(self):
        """The companies whose sales are counted."""
        self.ensure_one()
        return self.company_id or self.company_ids

    def _get_today(self):
        """The day where the company is; where the first one is, if there are several."""
        return self.sudo()._get_companies()[:1]._get_today()

    def _get_window(self, day):
        """First day, last day and number of the whole periods before a day."""
        self.ensure_one()
        return window(day, self.window_months, self.bucket)
