import unittest
from pathlib import Path

from odoo.exceptions import UserError
from odoo.modules import get_module_path
from odoo.tests import tagged

from odoo.addons.sale_rfq_register.tests.common import RequestCommon

from .test_ubl_request import HEAD, TAIL

# a file as customers send it, where the checkout has the shared data beside it
CASE = Path(get_module_path("sale_rfq_ubl")).parents[2] / "shared/cases/issue-time-zone.xml"


@tagged("post_install", "-at_install")
class TestUblUnit(RequestCommon):
    """The unit of a file is not that of the product: converted, or left to a person."""

    def _register(self, content):
        return self.env["sale.material.request"]._create_from_files([("rfq.xml", content)])

    def _read(self, code):
        body = (
            "<cbc:ID>U-1</cbc:ID><cac:RequestForQuotationLine><cac:LineItem><cbc:ID>1</cbc:ID>"
            f'<cbc:Quantity unitCode="{code}">5</cbc:Quantity><cac:Item><cbc:Name>Bearing'
            "</cbc:Name><cac:SellersItemIdentification><cbc:ID>BRG-6204</cbc:ID>"
            "</cac:SellersItemIdentification></cac:Item></cac:LineItem>"
            "</cac:RequestForQuotationLine>"
        )
        request = self._register(f"{HEAD}{body}{TAIL}".encode())
        request.partner_id = self.partner
        request.action_check()
        self.assertEqual(request.line_ids.product_id, self.bearing)
        return request

    def test_codes(self):
        for code, reason in {"KGM": "5 kg are asked", "XBX": "“XBX” is not known"}.items():
            with self.subTest(code=code):
                request = self._read(code)
                self.assertIn(reason, request.line_ids.problem)
                with self.assertRaisesRegex(UserError, reason):
                    request._create_offers()

    def test_a_code_of_the_same_kind(self):
        order = self._read("DZN")._create_offers()
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "product_uom_qty": 5,
                    "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                    "price_unit": 120,
                }
            ],
        )

    @unittest.skipUnless(CASE.exists(), "the shared data is not beside this checkout")
    def test_a_file_as_it_came(self):
        request = self._register(CASE.read_bytes())
        request.line_ids.product_id = self.bearing
        request.action_check()
        self.assertIn("5 kg are asked", request.line_ids.problem)
        self.assertFalse(request._get_offerable_lines())
