from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestMissingQuantity(RequestCommon):
    """A line whose quantity nobody knows is to be finished and stays out of every offer."""

    def _read(self, quantity):
        content = f"Item;Article;Qty\nBearing;BRG-6204;{quantity}\nSeal;SEA-35;3"
        request = self.env["sale.material.request"]._create_from_files(
            [("wanted.csv", content.encode())], {"partner_id": self.partner.id}
        )
        request.action_check()
        return request

    def test_line_is_left_out_and_it_is_said(self):
        request = self._read("many")
        line = request.line_ids[0]
        self.assertRecordValues(line, [{"quantity": 0, "verdict": "sellable"}])
        order = request._create_offers()
        self.assertRecordValues(
            order.order_line, [{"product_id": self.seal.id, "product_uom_qty": 3}]
        )
        self.assertIn("The quantity “many” is not a number", line.problem)
        for document in (order, request):
            self.assertIn("no quantity: Bearing.", "".join(document.message_ids.mapped("body")))

    def test_a_request_of_nothing_else_is_not_offered(self):
        request = self._new_request({"product_id": self.seal.id, "quantity": 0})
        request.action_check()
        with self.assertRaisesRegex(UserError, "enter their quantities"):
            request.action_create_offer()

    def test_it_is_work_until_the_quantity_is_known(self):
        line = self._read("many").line_ids[0]
        work = line.search(line._get_open_domain())
        self.assertIn(line, work)
        self.assertEqual(line.request_id.problem_line_count, 1)
        line._take_product(self.bearing)
        self.assertTrue(line.problem)
        with Form(line) as form:
            form.quantity = 7
        self.assertFalse(line.problem)
        self.assertFalse(line.search(line._get_open_domain()) & line)
        order = line.request_id._create_offers()
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [7, 3])
        self.assertFalse(order.message_ids.filtered(lambda message: "no quantity" in message.body))

    def test_whoever_enters_a_line_without_one(self):
        line = self._new_request({"name": "Bearing", "quantity": 0}).line_ids
        self.assertEqual(line.problem, "There is no quantity.")
        line.quantity = 2
        self.assertFalse(line.problem)
        line.quantity = 0.0001  # nothing, in the digits that a quantity has
        self.assertEqual(line.problem, "There is no quantity.")
