from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class SaleApprovalDelegation(models.Model):
    """A reviewer's deputy for some days: he may approve offers in the reviewer's place."""

    _name = "sale.approval.delegation"
    _description = "Deputy for Approvals"
    _order = "date_from desc, id desc"
    _rec_name = "deputy_id"

    user_id = fields.Many2one(
        "res.users",
        string="Reviewer",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    deputy_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("share", "=", False)],
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.user.company_id._get_today(),
        help="The first day, in the time zone of the reviewer's company.",
    )
    date_to = fields.Date(string="Until", required=True, help="The last day.")
    is_running = fields.Boolean(compute="_compute_is_running", string="Now")

    _dates_in_order = models.Constraint(
        "CHECK(date_from <= date_to)", "The last day of a deputy is before the first one."
    )
    _somebody_else = models.Constraint(
        "CHECK(user_id <> deputy_id)", "A deputy is somebody else than the reviewer."
    )

    @api.depends("date_from", "date_to", "user_id")
    def _compute_is_running(self):
        for delegation in self:
            today = delegation.user_id.company_id._get_today()
            delegation.is_running = bool(
                delegation.date_from
                and delegation.date_to
                and delegation.date_from <= today <= delegation.date_to
            )

    @api.constrains("deputy_id")
    def _check_deputy(self):
        for delegation in self:
            if delegation.deputy_id.share:
                raise ValidationError(
                    self.env._(
                        "%(user)s is not a colleague and cannot be a deputy.",
                        user=delegation.deputy_id.name,
                    )
                )

    def _check_deputy_reads(self):
        """:raise ValidationError: the deputy sees less than the reviewer, and could not decide"""
        everything = "sales_team.group_sale_salesman_all_leads"
        for delegation in self.sudo():
            reviewer, deputy = delegation.user_id, delegation.deputy_id
            if reviewer.has_group(everything) and not deputy.has_group(everything):
                raise ValidationError(
                    self.env._(
                        "%(user)s sees own offers only and could not read those of others: choose"
                        " a deputy who sees all documents of sales.",
                        user=deputy.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        delegations = super().create(vals_list)
        delegations._check_deputy_reads()
        self._renew_reviewers()
        return delegations

    def write(self, vals):
        res = super().write(vals)
        # nobody makes his own row one of another reviewer, whose deputy he then would be
        self.check_access("write")
        self._check_deputy_reads()
        self._renew_reviewers()
        return res

    def unlink(self):
        res = super().unlink()
        self._renew_reviewers()
        return res

    @api.model
    def _renew_reviewers(self):
        """Open reviews of offers are asked of those who are reviewers or deputies today."""
        reviews = (
            self.env["tier.review"]
            .sudo()
            .search(
                Domain("model", "=", "sale.order") & Domain("status", "in", ["waiting", "pending"])
            )
        )
        self.env.add_to_compute(reviews._fields["reviewer_ids"], reviews)
        reviews.modified(["reviewer_ids"])
        reviews.flush_recordset(["reviewer_ids"])

    @api.model
    def _get_deputies(self, users):
        """Who stands in for one of the users today."""
        companies, company = self.env["res.company"], "user_id.company_id"
        running = self.sudo().search(
            Domain("user_id", "in", users.ids)
            & companies._get_today_domain("date_from", "<=", company)
            & companies._get_today_domain("date_to", ">=", company)
        )
        return running.deputy_id.filtered("active")
