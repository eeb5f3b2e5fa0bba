from odoo import fields


def post_init_hook(env):
    """Begin with the current month: what was posted before is neither credited nor released."""
    for company in env["res.company"].search([("commission_split_start", "=", False)]):
        today = fields.Date.context_today(company)
        company.commission_split_start = today.replace(day=1)
