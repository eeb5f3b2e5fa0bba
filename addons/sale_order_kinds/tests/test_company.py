from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestCompany(ContractCommon):
    """Contracts, numbers and kinds of several companies do not mix."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create(
            {"name": "Second Trade", "supply_contract_four_eyes": False}
        )
        cls.head = cls._new_user("company_head", "sales_team.group_sale_manager")

    def test_numbers(self):
        contract = self._new_contract(company_id=self.other.id)
        self.assertEqual(contract.name, "LC00001")

    def test_rules(self):
        contract = self._new_contract(
            {"product_id": self.motor.id, "quantity": 1}, company_id=self.other.id
        )
        contracts = self.env["sale.supply.contract"].with_user(self.head)
        self.assertNotIn(contract, contracts.search([]))
        with self.assertRaises(AccessError):
            contract.with_user(self.head).read(["name"])
        with self.assertRaises(AccessError):
            contract.line_ids.with_user(self.head).read(["quantity"])

    def test_contract_of_another_company(self):
        contract = self._new_contract(
            {"product_id": self.bearing.id, "quantity": 1}, company_id=self.other.id
        )
        contract.action_put_in_force()
        with self.assertRaises(UserError):
            self._new_release(1, contract_id=contract.id)

    def test_kind_of_another_company(self):
        kind = self.env["sale.order.kind"].create({"name": "Theirs", "company_id": self.other.id})
        self.assertNotIn(kind, self.env["sale.order.kind"].with_user(self.head).search([]))
        with self.assertRaises(UserError):
            self._new_release(kind_id=kind.id)
