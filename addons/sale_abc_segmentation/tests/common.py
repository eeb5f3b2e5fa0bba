from datetime import date

from odoo import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


class AbcCommon(AccountTestInvoicingCommon):
    """A company whose invoices are easily made, and a profile of twelve whole months before
    1 January 2026."""

    TODAY = date(2026, 1, 1)

    @classmethod
    def get_default_groups(cls):
        administrator = "sale_abc_segmentation.sale_abc_segmentation_group_administrator"
        return super().get_default_groups() | cls.env.ref(administrator)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        # the profiles that come with the addon are of other companies
        cls.profile = cls._new_profile("Customers")
        cls.product = cls.env["product.product"].create({"name": "Bearing", "taxes_id": False})

    @classmethod
    def _new_profile(cls, name, **values):
        company = cls.env.company
        return cls.env["sale.abc.profile"].create(
            {"name": name, "company_id": company.id, "is_published": True, **values}
        )

    @classmethod
    def _new_partner(cls, name, **values):
        return cls.env["res.partner"].create({"name": name, **values})

    @classmethod
    def _sell(cls, partner, day, amount, move_type="out_invoice", **values):
        """A posted invoice of one line, negative amounts as a credit note."""
        if amount < 0:
            move_type, amount = "out_refund", -amount
        line = {"product_id": cls.product.id, "price_unit": amount, "tax_ids": False}
        move = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": partner.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [Command.create({"quantity": 1, **line, **values})],
            }
        )
        move.action_post()
        return move

    def _run(self, profile=None, day=None):
        profile = profile or self.profile
        run = profile._create_run(day or self.TODAY)
        run._execute()
        return run

    def _classes(self, run):
        """``{name: (ABC, XYZ, status)}`` of a run."""
        return {
            (result.partner_id or result.product_tmpl_id).name: (
                result.abc_class,
                result.xyz_class,
                result.status,
            )
            for result in run.result_ids
        }
