from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import KindsCommon


@tagged("post_install", "-at_install")
class TestOfferCopies(KindsCommon):
    """Revisions and parts of an offer stay of its kind, under its contract, at its price."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._new_contract(
            {"product_id": cls.bearing.id, "quantity": 100, "price_unit": 6.0}
        )
        cls.second.action_put_in_force()
        cls.order = cls._new_release(contract_id=cls.contract.id)

    def _assert_kept(self, order):
        self.assertRecordValues(
            order, [{"kind_id": self.additional.id, "contract_id": self.contract.id}]
        )
        self.assertRecordValues(
            order.order_line,
            [{"price_unit": 8.0, "discount": 5.0, "contract_line_id": self.bearing_line.id}],
        )

    def test_revision_and_its_revision(self):
        newer = self.order._revise("More of it")
        self._assert_kept(newer)
        self._assert_kept(newer._revise("Less of it"))

    def test_a_revision_keeps_reason_and_order_that_it_follows(self):
        origin = self._new_release(1, contract_id=self.contract.id)
        origin.action_confirm()
        self.order.write({"kind_origin_id": origin.id, "kind_reason": "Broken in use"})
        newer = self.order._revise()
        self.assertRecordValues(
            newer, [{"kind_origin_id": origin.id, "kind_reason": "Broken in use"}]
        )

    def test_a_revision_keeps_what_is_off_contract(self):
        self.order.order_line.is_off_contract = True
        self.order.order_line.price_unit = 9.5
        newer = self.order._revise()
        self.assertRecordValues(
            newer.order_line,
            [{"is_off_contract": True, "price_unit": 9.5, "contract_line_id": False}],
        )

    def test_an_alternative_that_the_contract_does_not_cover(self):
        line = self.order.order_line
        alternative = self.env["sale.offer.alternative"].create(
            {"order_line_id": line.id, "product_id": self.motor.id}
        )
        alternative.action_take()
        self.assertRecordValues(
            line,
            [
                {
                    "product_id": self.motor.id,
                    "is_off_contract": True,
                    "price_unit": 10.0,
                    "contract_line_id": False,
                }
            ],
        )
        alternative.action_take()
        self.assertFalse(line.is_off_contract)
        self._assert_kept(self.order)
        self._assert_kept(self.order._revise())

    def test_the_contract_has_ended(self):
        self.contract.action_close()
        with self.assertRaisesRegex(UserError, f"Contract {self.contract.name} is not in force"):
            self.order._revise()

    def test_split_by_delivery_terms(self):
        origin = self._new_release(1, contract_id=self.contract.id)
        origin.action_confirm()
        self.additional.write({"origin_required": True, "reason_required": True})
        order = self._new_release(
            contract_id=self.contract.id, kind_origin_id=origin.id, kind_reason="Broken"
        )
        order.order_line.copy({"order_id": order.id, "product_uom_qty": 4})
        for line, code in zip(order.order_line, ("EXW", "FCA"), strict=True):
            self.env["sale.offer.term"].create(
                {
                    "order_line_id": line.id,
                    "incoterm_id": self.env.ref(f"account.incoterm_{code}").id,
                    "place": "Prague",
                    "discount": 5.0,
                }
            )
        order.action_confirm()
        part = order.split_order_ids
        self.assertEqual(len(part), 1)
        for one in (order, part):
            self._assert_kept(one)
            self.assertRecordValues(
                one, [{"state": "sale", "kind_origin_id": origin.id, "kind_reason": "Broken"}]
            )
        self.assertEqual(self.bearing_line.released_qty, 15)

    def test_an_order_of_a_schedule_is_not_revised(self):
        schedule = self.env["sale.delivery.schedule"].create(
            {
                "contract_id": self.contract.id,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.bearing.id,
                            "date_due": self.today,
                            "quantity": 3,
                        },
                    )
                ],
            }
        )
        schedule.action_release()
        order = schedule.line_ids._create_orders()
        order._action_cancel()
        with self.assertRaisesRegex(UserError, f"{order.name} follows {schedule.name}"):
            order._revise()
