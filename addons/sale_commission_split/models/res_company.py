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

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        for company in companies.filtered(lambda one: not one.commission_split_start):
            company.commission_split_start = company._get_today().replace(day=1)
        return companies
