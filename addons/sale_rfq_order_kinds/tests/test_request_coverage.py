from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import KindsCommon


@tagged("post_install", "-at_install")
class TestRequestCoverage(KindsCommon):
    """What a contract covers is asked by what is left of it; the rest is offered beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract.action_close()
        cls.small = cls._new_contract(
            {"product_id": cls.motor.id, "quantity": 3, "price_unit": 7.0},
            {"product_id": cls.bearing.id, "quantity": 5, "price_unit": 8.0},
        )
        cls.small.action_put_in_force()
        cls._new_release(3, cls.motor).action_confirm()

    def _request(self, *quantities, **values):
        return self.env["sale.material.request"].create(
            {
                "partner_id": self.customer.id,
                "contract_ref": self.small.name,
                "line_ids": [
                    Command.create({"product_id": product.id, "quantity": quantity, **more})
                    for product, quantity, more in quantities
                ],
                **values,
            }
        )

    def _assert_rows(self, order, *rows):
        self.assertEqual(
            [
                (line.product_id, line.product_uom_qty, line.price_unit, line.is_off_contract)
                for line in order.order_line
            ],
            list(rows),
        )

    def test_one_material_is_used_up(self):
        request = self._request((self.motor, 2, {}), (self.bearing, 2, {}))
        order = self._offer(request)
        self.assertEqual(order.contract_id, self.small)
        self._assert_rows(order, (self.motor, 2, 10.0, True), (self.bearing, 2, 8.0, False))
        self.assertIn("2 Units Gear motor", " ".join(request.message_ids.mapped("body")))
        order.action_confirm()
        self.assertEqual(self.small.line_ids.mapped("released_qty"), [3, 2])

    def test_more_than_is_left(self):
        order = self._offer(self._request((self.bearing, 7, {})))
        self._assert_rows(order, (self.bearing, 5, 8.0, False), (self.bearing, 2, 10.0, True))
        self.assertEqual(order.order_line.request_line_id, order.request_ids.line_ids)
        order.action_confirm()
        self.assertEqual(self.small.line_ids[1].remaining_qty, 0)

    def test_in_another_unit(self):
        order = self._offer(self._request((self.bearing, 1, {"uom_id": self.dozen.id})))
        self._assert_rows(
            order, (self.bearing, 0.41, 96.0, False), (self.bearing, 0.59, 120.0, True)
        )

    def test_several_lines_take_what_is_left_once(self):
        order = self._offer(self._request((self.bearing, 3, {}), (self.bearing, 4, {})))
        self._assert_rows(
            order,
            (self.bearing, 3, 8.0, False),
            (self.bearing, 2, 8.0, False),
            (self.bearing, 2, 10.0, True),
        )

    def test_requests_in_one_offer(self):
        requests = self._request((self.bearing, 4, {})) + self._request((self.bearing, 4, {}))
        requests.action_check()
        order = requests._create_joint_offers([requests])
        self._assert_rows(
            order,
            (self.bearing, 4, 8.0, False),
            (self.bearing, 1, 8.0, False),
            (self.bearing, 3, 10.0, True),
        )

    def test_nothing_is_left(self):
        order = self._offer(self._request((self.motor, 2, {})))
        self.assertRecordValues(order, [{"contract_id": False, "kind_id": self.standard.id}])
        self.assertEqual(order.order_line.price_unit, 10.0)
        told = " ".join(order.message_ids.mapped("body"))
        self.assertIn(f"Not under contract {self.small.name}", told)

    def test_wanted_after_the_contract_ends(self):
        late = self.small.date_end + timedelta(days=5)
        order = self._offer(self._request((self.bearing, 2, {}), delivery_date_to=late))
        self.assertFalse(order.contract_id)
        told = " ".join(order.message_ids.mapped("body"))
        self.assertIn(f"Not under contract {self.small.name}", told)

    def test_a_limit_that_is_only_noted(self):
        self.small.action_new_version()
        self.env.cr.execute(
            "UPDATE sale_supply_contract SET maximum_policy = 'warned' WHERE id = %s",
            [self.small.id],
        )
        self.small.invalidate_recordset(["maximum_policy"])
        order = self._offer(self._request((self.bearing, 7, {})))
        self._assert_rows(order, (self.bearing, 7, 8.0, False))

    def test_a_committed_value(self):
        self.small.action_close()
        self.small = self._new_contract(
            {"product_id": self.bearing.id, "amount": 45.0, "price_unit": 10.0, "discount": 10.0},
            commitment_type="value",
        )
        self.small.action_put_in_force()
        order = self._offer(self._request((self.bearing, 7, {})))
        self._assert_rows(order, (self.bearing, 5, 10.0, False), (self.bearing, 2, 10.0, True))
        self.assertEqual(order.order_line.mapped("discount"), [10.0, 0.0])

    def test_a_unit_that_the_contract_does_not_count_in(self):
        kilogram = self.env.ref("uom.product_uom_kgm")
        self.small.action_close()
        self.small = self._new_contract(
            {
                "product_id": self.bearing.id,
                "uom_id": kilogram.id,
                "quantity": 5,
                "price_unit": 1.0,
            },
            {"product_id": self.seal.id, "quantity": 5, "price_unit": 2.0},
        )
        self.small.action_put_in_force()
        order = self._offer(self._request((self.bearing, 2, {}), (self.seal, 2, {})))
        self._assert_rows(order, (self.bearing, 2, 10.0, True), (self.seal, 2, 2.0, False))

    def test_a_number_that_is_of_no_contract_in_force(self):
        order = self._offer(self._request((self.bearing, 2, {}), contract_ref="K-99"))
        self.assertFalse(order.contract_id)
        self.assertIn("Not under contract K-99", " ".join(order.message_ids.mapped("body")))
