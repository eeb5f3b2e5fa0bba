from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from .common import RpcCommon
from .warranty_common import WarrantyCommon


@tagged("post_install", "-at_install")
class TestWarrantyRoles(WarrantyCommon, RpcCommon, HttpCase):
    """Who sells handles claims, logistics the goods, accountants credit, the customer reads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        salesman = "sales_team.group_sale_salesman"
        cls.seller = cls._new_user("wc_seller", salesman)
        cls.colleague = cls._new_user("wc_colleague", salesman)
        cls.logistics = cls._new_user("wc_stock", "stock.group_stock_user")
        cls.accountant = cls._new_user("wc_account", "account.group_account_invoice")
        cls.stranger = cls._new_user("wc_stranger", "base.group_user")
        cls.buyer = cls._new_buyer("wc_buyer")
        foreigner = cls.env["res.partner"].create({"name": "Foreigner"})
        cls.foreigner = cls._new_buyer("wc_foreign", foreigner)
        cls.order.user_id = cls.seller

    def test_whole_case(self):
        """Each role does its own part, and nobody needs rights of another."""
        self.pump.invoice_policy = "delivery"
        self.order._create_invoices().action_post()
        claims = self.claims.with_user(self.seller)
        claim = self._new_claim(user_id=self.seller.id).with_user(self.seller)
        claim.action_submit()
        claim.action_accept()
        order = self.env["sale.order"].browse(claim.action_create_return()["res_id"])
        order.with_user(self.seller).action_confirm()
        picking = order._get_warranty_returns().with_user(self.logistics)
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        decisions = self.env["sale.warranty.disposition"].with_user(self.logistics)
        line = claim.line_ids
        values = {"claim_line_id": line.id, "quantity": 1}
        for decision in ("stock", "scrap", "repair"):
            decisions.create({**values, "decision": decision})
        decisions.create({**values, "decision": "supplier", "vendor_id": self.vendor.id})
        decisions.create({**values, "decision": "scrap", "source": "repair"})
        with self.assertRaises(AccessError), self.cr.savepoint():
            decisions.with_user(self.seller).create({**values, "decision": "stock"})
        replacement = self.env["sale.order"].browse(claim.action_create_replacement()["res_id"])
        replacement = replacement.with_user(self.seller)
        replacement.order_line.product_uom_qty = 3
        replacement.action_confirm()
        self.assertEqual(line.replaced_qty, 3)
        self._deliver(replacement.sudo())
        with self.assertRaises(AccessError), self.cr.savepoint():
            claim.action_create_credit()
        credit = claim.with_user(self.accountant).action_create_credit()["res_id"]
        self.env["account.move"].browse(credit).with_user(self.accountant).action_post()
        self.assertEqual(line.credited_qty, 1)
        claim.action_settle()
        self.assertEqual(claims.search([("id", "=", claim.id)]).state, "settled")

    def test_forms_open(self):
        """Each role reads all that the form of a claim shows, at the end of its way."""
        claim = self._accept(user_id=self.seller.id)
        self._receive(self._return(claim))
        self._dispose(claim, "scrap", 4)
        self._replace(claim).user_id = self.seller
        for user in (self.seller, self.logistics, self.accountant):
            for record in (claim, self.delivery, claim.order_ids._get_warranty_returns()):
                if user != self.accountant or record == claim:
                    Form(record.with_user(user))
        for order in claim.order_ids | self.order:
            Form(order.with_user(self.seller))

    def test_seller_sees_his_own(self):
        claim = self._new_claim(user_id=self.seller.id)
        self._log_in(self.colleague)
        self.assertNotIn(claim.id, self._call("sale.warranty.claim", "search", []))
        self._assert_denied("sale.warranty.claim", "read", claim.ids, ["name"])
        self._assert_denied("sale.warranty.claim", "action_submit", claim.ids)
        self._assert_denied("sale.warranty.claim.line", "read", claim.line_ids.ids, ["quantity"])

    def test_logistics_decides_on_goods_only(self):
        claim = self._new_claim()
        self._log_in(self.logistics)
        self.assertIn(claim.id, self._call("sale.warranty.claim", "search", []))
        for method in ("action_submit", "action_cancel", "unlink"):
            self._assert_denied("sale.warranty.claim", method, claim.ids)
        self._assert_denied("sale.warranty.claim", "write", claim.ids, {"customer_ref": "x"})
        self._assert_denied(
            "sale.warranty.claim.line", "write", claim.line_ids.ids, {"quantity": 1}
        )
        self._assert_denied("sale.warranty.reason", "create", {"name": "x"})

    def test_past_the_buttons(self):
        claim = self._new_claim(user_id=self.seller.id)
        line = claim.line_ids
        self._log_in(self.seller)
        for model, record, values in (
            ("sale.warranty.claim", claim, {"state": "accepted"}),
            ("sale.warranty.claim", claim, {"decided_by_id": self.seller.id}),
            ("sale.warranty.claim.line", line, {"in_warranty": True}),
            ("sale.warranty.claim.line", line, {"replaced_qty": -5}),
            ("sale.warranty.claim.line", line, {"accepted_qty": 1}),
        ):
            self._assert_refused(model, "write", record.ids, values)
        self._assert_refused("sale.warranty.claim", "action_accept", claim.ids)
        self._assert_denied("sale.warranty.claim", "_set", claim.ids, {"state": "accepted"})

    def test_no_rights_in_sales(self):
        self._log_in(self.stranger)
        for model in ("claim", "claim.line", "disposition"):
            self._assert_denied(f"sale.warranty.{model}", "search", [])

    def test_customer_reads_his_own(self):
        claim = self._new_claim()
        self._log_in(self.buyer)
        self.assertIn(claim.id, self._call("sale.warranty.claim", "search", []))
        self.assertTrue(self._call("sale.warranty.claim", "read", claim.ids, ["state"]))
        self._assert_denied("sale.warranty.claim", "write", claim.ids, {"customer_ref": "x"})
        self._assert_denied("sale.warranty.claim", "action_submit", claim.ids)
        self._assert_denied(
            "sale.warranty.claim",
            "create",
            {"partner_id": self.customer.id, "picking_id": self.delivery.id},
        )
        self._assert_denied("sale.warranty.disposition", "search", [])
        self._log_in(self.foreigner)
        self.assertNotIn(claim.id, self._call("sale.warranty.claim", "search", []))
        self._assert_denied("sale.warranty.claim", "read", claim.ids, ["name"])
        self._assert_denied("sale.warranty.claim.line", "read", claim.line_ids.ids, ["note"])

    def test_another_company(self):
        claim = self._new_claim()
        other = self.env["res.company"].create({"name": "Other"})
        head = self._new_user(
            "wc_other",
            "sales_team.group_sale_manager,stock.group_stock_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        foreign = self.claims.with_user(head)
        self.assertFalse(foreign.search([("id", "=", claim.id)]))
        with self.assertRaises(AccessError):
            foreign.browse(claim.id).read(["name"])
        with self.assertRaises(UserError):
            self._new_claim(company_id=other.id)

    def test_locations_of_each_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        mine = self.company._get_warranty_location("quarantine")
        theirs = other._get_warranty_location("quarantine")
        self.assertNotEqual(mine, theirs)
        self.assertEqual(theirs.company_id, other)
        self.assertEqual(theirs, other._get_warranty_location("quarantine"))
