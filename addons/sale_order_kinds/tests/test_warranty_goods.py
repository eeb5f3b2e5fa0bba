from odoo.tests import Form, tagged

from .warranty_common import WarrantyCommon

GOODS_FORM = "sale_order_kinds.sale_order_view_form_goods"


@tagged("post_install", "-at_install")
class TestWarrantyGoods(WarrantyCommon):
    """Logistics opens the orders of a claim, without what they cost and what was invoiced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.logistics = cls._new_user("wg_stock", "stock.group_stock_user")
        cls.seller = cls._new_user("wg_seller", "sales_team.group_sale_salesman_all_leads")
        cls.accountant = cls._new_user("wg_account", "account.group_account_invoice")
        cls.form = cls.env.ref(GOODS_FORM)
        cls.pump.invoice_policy = "delivery"
        cls.order._create_invoices()
        cls.claim = cls._accept()
        cls.back = cls._return(cls.claim)
        cls.free = cls._replace(cls.claim)

    def _open(self, user, method):
        """The view and the record that a button of the claim opens, read as the user does."""
        action = getattr(self.claim.with_user(user), method)()
        view = action["views"][-1][0]
        order = self.env["sale.order"].with_user(user).browse(action["res_id"])
        self.env.invalidate_all()
        Form(order, view)
        return self.env["ir.ui.view"].browse(view or []), order

    def test_buttons_of_the_claim(self):
        for method, order in (
            ("action_open_order", self.order),
            ("action_open_returns", self.back),
            ("action_open_replacements", self.free),
        ):
            self.assertEqual(self._open(self.logistics, method), (self.form, order))
            self.assertNotEqual(self._open(self.seller, method)[0], self.form)

    def test_list_of_orders(self):
        self.back.action_cancel()
        second = self._return(self.claim)
        action = self.claim.with_user(self.logistics).action_open_returns()
        views = action["views"]
        self.assertEqual([mode for _view, mode in views], ["list", "form"])
        found = self.env["sale.order"].with_user(self.logistics).search(action["domain"])
        self.assertEqual(found, self.back | second)
        arch = found.get_views(views)["views"]["list"]["arch"]
        self.assertNotIn("amount", arch)
        self.assertNotIn("button", arch)

    def test_links(self):
        """Wherever an order is opened from."""
        for user, form in (
            (self.logistics, self.form.id),
            (self.accountant, False),
            (self.seller, False),
        ):
            order = self.order.with_user(user)
            self.assertEqual(order.get_formview_id(), form)
            self.assertEqual(order.get_formview_action()["views"], [(form, "form")])

    def test_no_prices(self):
        arch = self.order.with_user(self.logistics).get_view(self.form.id)["arch"]
        for name in ("price_unit", "discount", "amount_total", "invoice"):
            self.assertNotIn(name, arch)
