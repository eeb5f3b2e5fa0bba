from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    commission_split_start = fields.Date(
        related="company_id.commission_split_start", readonly=False
    )
    commission_split_write_off_is_money = fields.Boolean(
        related="company_id.commission_split_write_off_is_money", readonly=False
    )
    commission_split_journal_ids = fields.Many2many(
        related="company_id.commission_split_journal_ids", readonly=False
    )
    commission_split_history_months = fields.Integer(
        related="company_id.commission_split_history_months", readonly=False
    )
    commission_split_pay_days = fields.Integer(
        related="company_id.commission_split_pay_days", readonly=False
    )
    commission_split_hold_unsigned = fields.Boolean(
        related="company_id.commission_split_hold_unsigned", readonly=False
    )
    commission_split_product_id = fields.Many2one(
        related="company_id.commission_split_product_id", readonly=False
    )
    commission_split_expense_account_id = fields.Many2one(
        related="company_id.commission_split_expense_account_id", readonly=False
    )
    commission_split_payable_account_id = fields.Many2one(
        related="company_id.commission_split_payable_account_id", readonly=False
    )
    commission_split_journal_id = fields.Many2one(
        related="company_id.commission_split_journal_id", readonly=False
    )
    commission_split_has_penalties = fields.Boolean(
        related="company_id.commission_split_has_penalties", readonly=False
    )
    commission_split_penalty_cap = fields.Float(
        related="company_id.commission_split_penalty_cap", readonly=False
    )
    commission_split_reply_days = fields.Integer(
        related="company_id.commission_split_reply_days", readonly=False
    )
