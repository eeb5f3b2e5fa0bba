from lxml import html

from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractReport(ContractCommon):
    """The printed contract says what was agreed."""

    def _render(self, contract):
        content, _type = self.env["ir.actions.report"]._render_qweb_html(
            "sale_order_kinds.report_supply_contract", contract.ids
        )
        return " ".join(html.fromstring(content).text_content().split())

    def test_quantities(self):
        self.contract.address_ids = self.plant
        text = self._render(self.contract)
        for shown in (
            self.contract.name,
            "Bergmann",
            "Bearing 6204",
            "100.00 Units",
            "8.00",
            "5.00",
            "Contract tax 7 %",
            "50.00 Dozens",
            "Plant North",
        ):
            self.assertIn(shown, text)

    def test_values(self):
        contract = self._new_contract(
            {"product_id": self.motor.id, "amount": 5000}, commitment_type="value", tolerance=5
        )
        text = self._render(contract)
        self.assertIn("5,000.00", text)
        self.assertIn("Tolerance (%) 5.0", text)
