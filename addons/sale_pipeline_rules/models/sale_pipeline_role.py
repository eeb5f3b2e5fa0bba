from odoo import fields, models


class SalePipelineRole(models.Model):
    """What somebody does in a sale: qualify, close, coordinate, look after the customer."""

    _name = "sale.pipeline.role"
    _description = "Sales Role"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="A short name for data exchange, such as 'junior'.")
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    active = fields.Boolean(default=True)
    member_ids = fields.One2many("crm.team.member", "role_id", string="Members")

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Another role has this code already."
    )
