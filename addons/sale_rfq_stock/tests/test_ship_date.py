import doctest
from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.sale_rfq_register.tests.offer_common import OfferCommon
from odoo.addons.sale_rfq_stock import supply


@tagged("post_install", "-at_install")
class TestShipDate(OfferCommon):
    """Ship dates from stock, receipts and vendors, and what of them reaches the transfer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.bearing + cls.motor).is_storable = True
        cls.company = cls.env.company
        cls.today = cls.company._get_today()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.env["stock.quant"]._update_available_quantity(
            cls.bearing, cls.warehouse.lot_stock_id, 10
        )

    @classmethod
    def _day(cls, days):
        return cls.today + timedelta(days=days)

    def _move(self, product, quantity, days, outgoing=False):
        place = self.warehouse.lot_stock_id
        outside = "customers" if outgoing else "suppliers"
        outside = self.env.ref(f"stock.stock_location_{outside}")
        source, target = (place, outside) if outgoing else (outside, place)
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "date": self.company._get_day_moment(self._day(days)),
            }
        )
        move._action_confirm()

    def _order(self, *lines):
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.bearing.id, "product_uom_qty": quantity, **values}
                    )
                    for quantity, values in lines
                ],
            }
        )

    def _days(self, *lines):
        order = self._order(*lines)
        return [(line.offer_ship_date - self.today).days for line in order.order_line]

    def test_examples(self):
        self.assertEqual(doctest.testmod(supply).failed, 0)

    def test_what_is_free_ships_today(self):
        self.assertEqual(self._days((10, {})), [0])

    def test_receipt(self):
        self._move(self.bearing, 20, 12)
        self.assertEqual(self._days((10, {})), [0])
        self.assertEqual(self._days((11, {})), [12])
        self.assertEqual(self._days((11, {"required_date": self._day(30)})), [30])
        order = self._order((11, {"required_date": self._day(5)}))
        self.assertTrue(order.order_line.ship_date_note)
        self.assertEqual(self.company._get_day(order.commitment_date), self._day(12))

    def test_what_others_wait_for_is_not_promised(self):
        self._move(self.bearing, 8, 3, outgoing=True)
        self._move(self.bearing, 8, 9)
        self.assertEqual(self._days((2, {}), (3, {})), [0, 9])

    def test_receipt_that_is_overdue(self):
        self._move(self.bearing, 20, -5)
        self.assertEqual(self._days((11, {})), [1])

    def test_vendor(self):
        self.assertEqual(self._days((11, {})), [0])
        self.env["product.supplierinfo"].create(
            {
                "partner_id": self.partner.id,
                "product_tmpl_id": self.bearing.product_tmpl_id.id,
                "delay": 21,
            }
        )
        self.assertEqual(self._days((11, {})), [21])
        self.assertEqual(self._days((10, {})), [0])

    def test_lead_time_of_the_product_is_the_least(self):
        self.bearing.sale_delay = 4
        self.assertEqual(self._days((10, {})), [4])

    def test_lines_share_the_stock(self):
        self._move(self.bearing, 20, 12)
        self.assertEqual(self._days((6, {}), (6, {}), (4, {})), [0, 12, 12])
        order = self._order((6, {}), (2, {}))
        order.order_line[0].product_uom_qty = 9
        self.assertEqual(order.order_line[0].offer_ship_date, self.today)
        order.order_line[1].product_uom_qty = 3
        self.assertEqual(order.order_line[1].offer_ship_date, self._day(12))

    def test_unit(self):
        self._move(self.bearing, 20, 12)
        dozen = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(self._days((1, {"product_uom_id": dozen.id})), [12])

    def test_alternative_has_a_stock_of_its_own(self):
        self._move(self.motor, 20, 15)
        order = self._order((5, {}))
        alternative = self._new_alternative(order.order_line, self.motor)
        self.assertEqual(alternative.ship_date, self._day(15))
        term = self._new_term(order.order_line, self.exw, 100)
        self.assertEqual(term.ship_date, self.today)

    def test_quantity_moves_the_selected_term_too(self):
        self._move(self.bearing, 20, 12)
        line = self._order((5, {})).order_line
        term = self._new_term(line, self.exw, 100)
        line.product_uom_qty = 15
        self.assertEqual((line.offer_ship_date, term.ship_date), (self._day(12),) * 2)

    def test_promise_reaches_the_transfer(self):
        self._move(self.bearing, 20, 12)
        order = self._order(
            (5, {"required_date": self._day(6)}), (11, {"required_date": self._day(7)})
        )
        order.action_confirm()
        moves = order.picking_ids.move_ids.sorted("product_uom_qty")
        days = [self.company._get_day(move.date_deadline) for move in moves]
        self.assertEqual(days, [self._day(6), self._day(12)])
        self.assertEqual(self.company._get_day(order.picking_ids.scheduled_date), self._day(6))
        self.assertEqual(self.company._get_day(order.commitment_date), self._day(12))

    def test_date_set_by_a_person_reaches_all(self):
        order = self._order((5, {"required_date": self._day(6)}))
        order.commitment_date = self.company._get_day_moment(self._day(20))
        order.action_confirm()
        day = self.company._get_day(order.picking_ids.move_ids.date_deadline)
        self.assertEqual(day, self._day(20))

    def test_queries_do_not_grow_with_the_lines(self):
        products = [
            self._new_product(f"Part {n}", f"P-{n}", False, is_storable=True) for n in range(60)
        ]

        def count(number):
            order = self._order(*[(5, {"product_id": one.id}) for one in products[:number]])
            self.env.flush_all()
            self.env.invalidate_all()
            lines = order.order_line
            before = self.env.cr.sql_log_count
            lines._compute_offer_ship_date()
            return self.env.cr.sql_log_count - before

        count(3)
        self.assertEqual(count(10), count(60))
