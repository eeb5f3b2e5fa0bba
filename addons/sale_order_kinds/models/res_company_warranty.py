from odoo import fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    """Period, account and locations of warranty cases."""

    _inherit = "res.company"

    warranty_length = fields.Integer(string="Warranty Period", default=12, prefetch="order_kind")
    warranty_unit = fields.Selection(
        [("day", "Days"), ("month", "Months")],
        string="Unit of the Warranty Period",
        default="month",
        prefetch="order_kind",
    )
    warranty_expense_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost', 'expense_other'))]",
        help="Bears the cost of free replacements and of scrapped returns; what comes back"
        " relieves it.",
        prefetch="order_kind",
    )
    warranty_customer_location_id = fields.Many2one(
        "stock.location",
        string="Location of Free Replacements",
        check_company=True,
        domain="[('usage', '=', 'customer')]",
        help="Empty: made with the first replacement.",
        prefetch="order_kind",
    )
    warranty_scrap_location_id = fields.Many2one(
        "stock.location",
        string="Location of Scrapped Returns",
        check_company=True,
        domain="[('usage', '=', 'inventory')]",
        help="Empty: made with the first return that is scrapped.",
        prefetch="order_kind",
    )
    warranty_quarantine_location_id = fields.Many2one(
        "stock.location",
        string="Quarantine of Returns",
        check_company=True,
        domain="[('usage', '=', 'internal')]",
        help="Where returned goods wait for the decision on them. Empty: made with the first"
        " return.",
        prefetch="order_kind",
    )
    warranty_repair_location_id = fields.Many2one(
        "stock.location",
        string="Repair of Returns",
        check_company=True,
        domain="[('usage', '=', 'internal')]",
        help="Empty: made with the first repair.",
        prefetch="order_kind",
    )

    def write(self, vals):
        result = super().write(vals)
        if "warranty_expense_account_id" in vals:
            for company in self:
                company._get_charged_locations().valuation_account_id = (
                    company.warranty_expense_account_id
                )
        return result

    def _get_charged_locations(self):
        """The locations whose moves are charged to the warranty expense, as the system."""
        return (self.warranty_customer_location_id | self.warranty_scrap_location_id).sudo()

    def _get_warranty_account(self):
        """The account of warranty expenses; UserError where nobody has chosen it."""
        self.ensure_one()
        account = self.sudo().warranty_expense_account_id
        if not account:
            raise UserError(
                self.env._(
                    "%(company)s has no account for warranty expenses: choose it in Sales →"
                    " Configuration → Settings → Warranty.",
                    company=self.name,
                )
            )
        return account

    def _get_warranty_location(self, purpose):
        """The location for a purpose, made when it is needed for the first time.

        :param purpose: ``customer``, ``scrap``, ``quarantine`` or ``repair``
        """
        self.ensure_one()
        company, name = self.sudo(), f"warranty_{purpose}_location_id"
        if not company[name]:
            values = company._prepare_warranty_location_values(purpose)
            company[name] = company.env["stock.location"].create(values)
        return company[name]

    def _prepare_warranty_location_values(self, purpose):
        """Outside of the warehouses, so that nothing there is promised to anyone."""
        charged = purpose in ("customer", "scrap")
        return {
            "name": self._get_warranty_location_name(purpose),
            "usage": {"customer": "customer", "scrap": "inventory"}.get(purpose, "internal"),
            "location_id": self._get_warranty_parent(purpose).id,
            "company_id": self.id,
            "valuation_account_id": self._get_warranty_account().id if charged else False,
        }

    def _get_warranty_location_name(self, purpose):
        return {
            "customer": self.env._("Free Replacements"),
            "scrap": self.env._("Scrapped Returns"),
            "quarantine": self.env._("Quarantine of Returns"),
            "repair": self.env._("Repair of Returns"),
        }[purpose]

    def _get_warranty_parent(self, purpose):
        """Replacements go where the rules of a warehouse deliver to."""
        locations = self.env["stock.location"]
        if purpose != "customer":
            return locations
        return self.env["stock.warehouse"]._get_partner_locations()[0]
