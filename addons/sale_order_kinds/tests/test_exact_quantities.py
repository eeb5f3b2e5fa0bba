import doctest

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .. import quantities
from .schedule_common import ScheduleCommon


@tagged("post_install", "-at_install")
class TestExactQuantities(ScheduleCommon):
    """A limit in a coarse unit is compared by what is really released."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ton = cls.env.ref("uom.product_uom_ton")
        cls.kilogram = cls.env.ref("uom.product_uom_kgm")
        cls.steel = cls._new_product("Steel", uom_id=cls.kilogram.id)
        cls.contract.action_close()
        cls.contract = cls._new_contract(
            {
                "product_id": cls.steel.id,
                "uom_id": cls.ton.id,
                "quantity": 1,
                "price_unit": 800.0,
            },
            {
                "product_id": cls.bearing.id,
                "uom_id": cls.dozen.id,
                "quantity": 2,
                "price_unit": 24.0,
            },
            schedule_lead_days=3,
            schedule_frozen_days=0,
            schedule_tolerance=1000,
        )
        cls.contract.action_put_in_force()
        cls.steel_line, cls.bearing_line = cls.contract.line_ids

    def test_examples(self):
        self.assertFalse(doctest.testmod(quantities).failed)

    def test_release_beyond_a_ton(self):
        with self.assertRaises(UserError):
            self._new_release(1004, self.steel)
        self._new_release(1000, self.steel).action_confirm()
        self.assertEqual(self.steel_line.remaining_qty, 0)

    def test_many_small_releases(self):
        self._new_release(998, self.steel).action_confirm()
        order = self._new_release(2, self.steel)
        order.action_confirm()
        self.assertEqual(self.steel_line.released_qty, 1)
        with self.assertRaises(UserError):
            order.order_line.product_uom_qty = 2.01
        with self.assertRaises(UserError):
            self._new_release(0.01, self.steel)

    def test_thirds_of_a_dozen_add_up(self):
        for _times in range(6):
            self._new_release(4, self.bearing).action_confirm()
        self.assertEqual(self.bearing_line.released_qty, 2)
        with self.assertRaises(UserError):
            self._new_release(0.01, self.bearing)

    def test_tolerance(self):
        self._new_version(contract=self.contract, tolerance=1).action_approve()
        with self.assertRaises(UserError):
            self._new_release(1010.01, self.steel)
        self._new_release(1010, self.steel).action_confirm()

    def test_what_a_schedule_still_orders(self):
        """4 pieces are ordered for the day; the next generation asks for a dozen."""
        self._new_schedule(
            line_ids=[
                Command.create(self._prepare_line(1, 4, uom_id=self.unit.id)),
            ]
        )
        first = self._run()
        self._new_schedule({1: 1})
        second = self._run()
        self.assertEqual(first.order_line.product_uom_qty, 4)
        self.assertRecordValues(
            second.order_line, [{"product_uom_qty": 8, "product_uom_id": self.unit.id}]
        )
        self.assertEqual(self.bearing_line.released_qty, 1)

    def test_a_schedule_takes_nothing_back(self):
        values = self._prepare_line(1, 999.6, self.steel, uom_id=self.kilogram.id)
        self._new_schedule(line_ids=[Command.create(values)])
        self._run()
        less = self._new_schedule(
            release=False,
            line_ids=[Command.create({**values, "quantity": 999.5})],
        )
        with self.assertRaisesRegex(UserError, "ordered already"):
            less.action_release()
