"""What is overdue by the company's day, for filters and colours of lists.

A filter on ``today`` would mean the day of whoever looks.
"""

from odoo import api, fields, models
from odoo.fields import Domain


class SaleMaterialRequest(models.Model):
    _inherit = "sale.material.request"

    is_answer_overdue = fields.Boolean(
        compute="_compute_is_answer_overdue", search="_search_is_answer_overdue"
    )

    @api.depends("state", "date_due", "company_id")
    def _compute_is_answer_overdue(self):
        for request in self:
            waits = request.state in ("new", "checked") and request.date_due
            today = request.company_id._get_today()
            request.is_answer_overdue = bool(waits and request.date_due < today)

    def _search_is_answer_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "in", ("new", "checked"))
        overdue &= self.env["res.company"]._get_today_domain("date_due", "<")
        return overdue if True in value else ~overdue


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    is_ship_date_over = fields.Boolean(
        compute="_compute_is_ship_date_over", search="_search_is_ship_date_over"
    )

    @api.depends("state", "offer_ship_date", "company_id")
    def _compute_is_ship_date_over(self):
        for line in self:
            waits = line.state in ("draft", "sent") and line.offer_ship_date
            today = line.company_id._get_today()
            line.is_ship_date_over = bool(waits and line.offer_ship_date < today)

    def _search_is_ship_date_over(self, operator, value):
        if operator != "in":
            return NotImplemented
        over = Domain("state", "in", ("draft", "sent"))
        over &= self.env["res.company"]._get_today_domain("offer_ship_date", "<")
        return over if True in value else ~over


class SaleApprovalDelegation(models.Model):
    _inherit = "sale.approval.delegation"

    is_over = fields.Boolean(compute="_compute_is_over", search="_search_is_over")

    @api.depends("date_to", "user_id")
    def _compute_is_over(self):
        for delegation in self:
            today = delegation.user_id.company_id._get_today()
            delegation.is_over = bool(delegation.date_to and delegation.date_to < today)

    def _search_is_over(self, operator, value):
        if operator != "in":
            return NotImplemented
        over = self.env["res.company"]._get_today_domain("date_to", "<", "user_id.company_id")
        return over if True in value else ~over
