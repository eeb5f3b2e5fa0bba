from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import ContractCommon, RpcCommon


@tagged("post_install", "-at_install")
class TestRoles(ContractCommon, RpcCommon, HttpCase):
    """What each role may do, asked over RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        salesman = "sales_team.group_sale_salesman"
        cls.seller = cls._new_user("rpc_seller", salesman)
        cls.colleague = cls._new_user("rpc_colleague", salesman)
        cls.head = cls._new_user("rpc_head", "sales_team.group_sale_manager")
        cls.stranger = cls._new_user("rpc_stranger", "base.group_user")
        cls.contract.user_id = cls.seller
        cls.order = cls._new_release(user_id=cls.seller.id)

    def test_seller_sees_his_own(self):
        self._log_in(self.seller)
        found = self._call("sale.supply.contract", "search", [])
        self.assertIn(self.contract.id, found)
        self._log_in(self.colleague)
        self.assertNotIn(self.contract.id, self._call("sale.supply.contract", "search", []))
        self._assert_denied("sale.supply.contract", "read", self.contract.ids, ["name"])
        self._assert_denied(
            "sale.supply.contract.line", "read", self.bearing_line.ids, ["price_unit"]
        )
        self._assert_denied("sale.supply.contract", "action_new_version", self.contract.ids)

    def test_seller_decides_nothing(self):
        version = self._new_version()
        self._log_in(self.seller)
        self._assert_denied("sale.supply.contract", "action_close", self.contract.ids)
        self._assert_denied("sale.supply.contract.version", "action_approve", version.ids)
        self._assert_denied(
            "sale.supply.contract", "write", self.contract.ids, {"address_ids": []}
        )
        self._assert_denied("sale.order.kind", "write", self.standard.ids, {"billable": False})
        self._assert_refused(
            "sale.supply.contract", "write", self.contract.ids, {"state": "draft"}
        )
        self._assert_refused(
            "sale.supply.contract.line", "write", self.bearing_line.ids, {"released_qty": 0}
        )
        self._assert_refused(
            "sale.supply.contract.version", "write", version.ids, {"state": "approved"}
        )
        self.assertEqual(version.state, "requested")

    def test_made_as_if_approved(self):
        self._log_in(self.seller)
        made = self._call(
            "sale.supply.contract",
            "create",
            {
                "partner_id": self.customer.id,
                "date_end": "2099-01-01",
                "state": "in_force",
                "approved_by_id": self.head.id,
                "line_ids": [
                    Command.create({"product_id": self.motor.id, "quantity": 1, "released_qty": 5})
                ],
            },
        )
        contract = self.env["sale.supply.contract"].browse(made)
        self.assertRecordValues(contract, [{"state": "draft", "approved_by_id": False}])
        self.assertEqual(contract.line_ids.released_qty, 0)

    def test_price_over_rpc(self):
        line = self.order.order_line
        self._log_in(self.seller)
        for values in (
            {"price_unit": 1},
            {"discount": 90},
            {"tax_ids": [[6, 0, []]]},
            {"contract_line_id": False},
        ):
            self._assert_refused("sale.order.line", "write", line.ids, values)
        self._assert_refused(
            "sale.order",
            "write",
            self.order.ids,
            {"order_line": [[1, line.id, {"price_unit": 1}]]},
        )
        self.assertEqual((line.price_unit, line.discount, line.tax_ids), (8, 5, self.tax))

    def test_colleague_releases_from_anothers_contract(self):
        """The check looks behind the rules, so that no order goes round a contract."""
        self.order.user_id = self.colleague
        self._log_in(self.colleague)
        self.assertTrue(self._call("sale.order", "action_confirm", self.order.ids))
        self.assertEqual(self.bearing_line.released_qty, 10)

    def test_kind_of_a_confirmed_order(self):
        self.order.action_confirm()
        self._log_in(self.head)
        self._assert_refused("sale.order", "write", self.order.ids, {"kind_id": self.standard.id})

    def test_head_sets_up_kinds(self):
        self._log_in(self.head)
        self.assertTrue(self._call("sale.order.kind", "create", {"name": "Sample"}))

    def test_no_rights_in_sales(self):
        self._log_in(self.stranger)
        for model in ("", ".line", ".version", ".version.line"):
            self._assert_denied(f"sale.supply.contract{model}", "search", [])

    def test_customer_reads_his_own(self):
        buyer = self._new_buyer("rpc_buyer")
        other = self._new_contract(
            {"product_id": self.motor.id, "quantity": 1}, partner_id=self.partner.id
        )
        other.action_put_in_force()
        draft = self._new_contract({"product_id": self.motor.id, "quantity": 1})
        self._log_in(buyer)
        self.assertEqual(self._call("sale.supply.contract", "search", []), self.contract.ids)
        for contract in (other, draft):
            self._assert_denied("sale.supply.contract", "read", contract.ids, ["name"])
            self._assert_denied(
                "sale.supply.contract.line", "read", contract.line_ids.ids, ["quantity"]
            )
        self._assert_denied(
            "sale.supply.contract", "write", self.contract.ids, {"partner_ref": "mine"}
        )
        self._assert_denied("sale.supply.contract.version", "search", [])
