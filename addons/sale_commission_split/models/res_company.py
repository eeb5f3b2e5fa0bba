from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    commission_split_start = fields.Date(
        string="Commission from",
        help="Documents before this day are neither credited nor released.",
    )
    commission_split_write_off_is_money = fields.Boolean(
        string="Write-Offs Count as Paid",
        help="Whether a cash discount or a written-off rest releases commission.",
    )

    commission_split_journal_ids = fields.Many2many(
        "account.journal",
        "commission_split_journal_rel",
        "company_id",
        "journal_id",
        string="Journals Left Out",
        help="Their invoices earn no commission: those of a point of sale, for example.",
    )
    commission_split_history_months = fields.Integer(
        string="Months of History",
        aggregator=None,
        default=24,
        help="In which a customer's purchases make his next one a renewal or an upsell.",
    )

    commission_split_hold_unsigned = fields.Boolean(
        string="Pay Out Only What Is Signed",
        help="Statements leave out people whose agreement is not signed as it stands.",
    )
    commission_split_has_penalties = fields.Boolean(
        string="Penalties",
        help="Off: none can be reported. In Russia fines are no disciplinary measure, and a cut"
        " bonus may not lower a month's wage by more than a fifth. This is no legal advice.",
    )
    commission_split_penalty_cap = fields.Float(
        string="Penalties at Most, %",
        default=20,
        digits=(16, 2),
        aggregator=None,
        help="Of base pay and commission of the month. What is above it lapses.",
    )
    commission_split_reply_days = fields.Integer(
        string="Days to Explain", default=5, aggregator=None
    )
    commission_split_pay_days = fields.Integer(
        string="Paid within (Days)",
        default=15,
        aggregator=None,
        help="After the end of the period.",
    )
    commission_split_product_id = fields.Many2one(
        "product.product", string="Product of Commission Bills", ondelete="restrict"
    )
    commission_split_journal_id = fields.Many2one(
        "account.journal", string="Payroll Journal", ondelete="restrict"
    )
    commission_split_expense_account_id = fields.Many2one(
        "account.account", string="Commission Expense", ondelete="restrict"
    )
    commission_split_payable_account_id = fields.Many2one(
        "account.account", string="Wages Payable", ondelete="restrict"
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        for company in companies.filtered(lambda one: not one.commission_split_start):
            company.commission_split_start = company._get_today().replace(day=1)
        return companies
