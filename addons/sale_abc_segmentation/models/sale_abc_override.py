from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from .sale_abc_result import ABC, XYZ


class SaleAbcOverride(models.Model):
    """A class that a person gives a customer or product, for a time and with a reason."""

    _name = "sale.abc.override"
    _description = "Class Set by Hand"
    _order = "id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null", ondelete="cascade"
    )
    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    abc_class = fields.Selection(ABC, string="ABC")
    xyz_class = fields.Selection(XYZ, string="XYZ")
    reason = fields.Char(required=True)
    date_from = fields.Date(
        string="Since",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._get_today(),
    )
    date_to = fields.Date(
        string="Holds Until",
        required=True,
        help="The last day; from the next one on the class of the last run holds again.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Set By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    ended_on = fields.Date(readonly=True, copy=False)
    ended_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    is_valid = fields.Boolean(compute="_compute_is_valid", search="_search_is_valid")

    _one_subject = models.Constraint(
        "CHECK((partner_id IS NULL) <> (product_tmpl_id IS NULL))",
        "A class is set for one customer or one product.",
    )
    _something_set = models.Constraint(
        "CHECK(abc_class IS NOT NULL OR xyz_class IS NOT NULL)",
        "Choose the class of volume, of regularity, or both.",
    )

    @api.depends("ended_on", "date_to", "company_id")
    def _compute_is_valid(self):
        for override in self:
            today = override.company_id._get_today()
            override.is_valid = not override.ended_on and override.date_to >= today

    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        still = self.env["res.company"]._get_today_domain("date_to", ">=")
        valid = Domain("ended_on", "=", False) & still
        return valid if True in value else ~valid

    @api.depends("partner_id", "product_tmpl_id", "abc_class", "xyz_class")
    def _compute_display_name(self):
        for override in self:
            subject = override.partner_id or override.product_tmpl_id
            cell = f"{override.abc_class or ''}{override.xyz_class or ''}"
            override.display_name = f"{subject.display_name or ''}: {cell}"

    @api.constrains("partner_id")
    def _check_commercial_partner(self):
        for override in self.filtered("partner_id"):
            company = override.partner_id.commercial_partner_id
            if company != override.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(company)s: set the class of the company,"
                        " whose invoices count together.",
                        contact=override.partner_id.display_name,
                        company=company.display_name,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        overrides = super().create([{**vals, **self._prepare_trace(vals)} for vals in vals_list])
        for override in overrides:
            if override.date_to < override.date_from:
                raise ValidationError(
                    self.env._(
                        "A class that is set by hand holds until a day to come: %(day)s is over.",
                        day=format_date(self.env, override.date_to),
                    )
                )
        overrides._replace_former()
        overrides._apply()
        return overrides

    @api.model
    def _prepare_trace(self, vals):
        company = self.env["res.company"].browse(vals.get("company_id"))
        return {
            "user_id": self.env.uid,
            "date_from": company._get_today(),
            "ended_on": False,
            "ended_by_id": False,
        }

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(
            self.env._("What was set by hand stays for the record: end it, or set another class.")
        )

    def _set(self, vals):
        """Write what only buttons and jobs do."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("What was set by hand stays for the record: end it."))

    def _replace_former(self):
        """A new decision takes the place of the former one."""
        for override in self:
            former = self.search(
                [
                    ("id", "!=", override.id),
                    ("company_id", "=", override.company_id.id),
                    ("partner_id", "=", override.partner_id.id),
                    ("product_tmpl_id", "=", override.product_tmpl_id.id),
                    ("ended_on", "=", False),
                ]
            )
            former._end()

    def _end(self):
        for company, overrides in self.grouped("company_id").items():
            overrides._set(overrides._prepare_end_values(company))

    def _prepare_end_values(self, company):
        return {"ended_on": company._get_today(), "ended_by_id": self.env.uid}

    # === ACTIONS === #

    def action_end(self):
        """Let the class of the last run hold again."""
        running = self.filtered(lambda override: not override.ended_on)
        running._end()
        running._apply()

    def _apply(self):
        """Write the classes that hold now to the records of these companies."""
        profiles = self.env["sale.abc.profile"]
        for company, overrides in self.grouped("company_id").items():
            if overrides.partner_id:
                profiles._refresh("customer", company)
            if overrides.product_tmpl_id:
                profiles._refresh("product", company)

    @api.model
    def _end_expired(self):
        """Those whose time is over give way to the class of the last run."""
        over = self.env["res.company"]._get_today_domain("date_to", "<")
        expired = self.search(Domain("ended_on", "=", False) & over)
        for company, overrides in expired.grouped("company_id").items():
            overrides._set({"ended_on": company._get_today()})
        expired._apply()
