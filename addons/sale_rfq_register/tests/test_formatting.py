from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..formatting import format_quantity
from .dispatch_common import DispatchCommon


@tagged("post_install", "-at_install")
class TestFormatting(DispatchCommon):
    """Messages and tasks have numbers and dates as their reader writes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.env["ir.module.module"]._load_module_terms(["sale_rfq_register"], ["ru_RU"])

    def test_quantity(self):
        russian = self.env(context={"lang": "ru_RU"})
        self.assertEqual(format_quantity(russian, 100.5), "100,5")
        self.assertEqual(format_quantity(self.env(context={"lang": "en_US"}), 0.1 + 0.2), "0.3")

    def test_task_of_a_missing_receipt(self):
        """OdooBot's job writes to each salesperson in his language."""
        for lang, day in (("ru_RU", "31.10.2031"), ("en_US", "10/31/2031")):
            seller = self._new_user(f"fmt_{lang}", "sales_team.group_sale_manager", lang=lang)
            order = self._new_offer(user_id=seller.id)
            dispatch = self._send(order)
            dispatch.flush_recordset()
            self.env.cr.execute(
                "UPDATE sale_dispatch SET receipt_due = %s WHERE id = %s",
                (date(2031, 10, 31), dispatch.id),
            )
            dispatch.invalidate_recordset()
            note = dispatch._prepare_receipt_activity_values()["note"]
            self.assertIn(day, note)

    def test_expired_offer(self):
        order = self._new_offer()
        order.validity_date = fields.Date.today() - timedelta(days=40)
        for lang, shown in (("ru_RU", "%d.%m.%Y"), ("en_US", "%m/%d/%Y")):
            with self.assertRaises(UserError) as refusal, self.cr.savepoint():
                order.with_context(lang=lang).action_confirm()
            self.assertIn(order.validity_date.strftime(shown), str(refusal.exception))

    def test_confirmed_composition(self):
        line = self._new_offer().order_line
        line.product_uom_qty = 100.5
        self.assertTrue(
            line.with_context(lang="ru_RU")._get_composition_text().startswith("100,5 ")
        )
