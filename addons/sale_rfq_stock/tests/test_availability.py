from odoo.fields import Command, Date
from odoo.tests import tagged
from odoo.tools.date_utils import add

from odoo.addons.sale_rfq_register.tests.common import RequestCommon


@tagged("post_install", "-at_install")
class TestAvailability(RequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.bearing + cls.motor).is_storable = True
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls._set_stock(cls.bearing, 50)
        cls.soon = add(Date.today(), days=10)

    @classmethod
    def _set_stock(cls, product, quantity):
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.warehouse.lot_stock_id, quantity
        )

    def _receive(self, product, quantity, day):
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "date": day,
            }
        )
        move._action_confirm()

    def _line(self, **values):
        return self._new_request({"product_id": self.bearing.id, **values}).line_ids

    def test_free_and_forecast(self):
        self._receive(self.bearing, 30, add(Date.today(), days=5))
        line = self._line(quantity=60, date_required=self.soon)
        self.assertRecordValues(line, [{"free_qty": 50, "forecast_qty": 80, "is_short": False}])

    def test_what_comes_too_late_does_not_count(self):
        self._receive(self.bearing, 30, add(Date.today(), days=20))
        line = self._line(quantity=60, date_required=self.soon)
        self.assertRecordValues(line, [{"forecast_qty": 50, "is_short": True}])

    def test_unit_of_the_customer(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.assertFalse(self._line(quantity=4, uom_id=dozen.id).is_short)
        self.assertTrue(self._line(quantity=5, uom_id=dozen.id).is_short)

    def test_what_is_not_stored_is_never_short(self):
        line = self._new_request({"product_id": self.seal.id, "quantity": 9}).line_ids
        self.assertRecordValues(line, [{"free_qty": 0, "is_short": False}])
        self.assertFalse(self._new_request({"name": "Words"}).line_ids.is_short)

    def test_day_that_is_over(self):
        self.assertEqual(self._line(date_required="2008-05-10").forecast_qty, 50)

    def test_stock_of_the_company_only(self):
        other = self.env["res.company"].create({"name": "Other"})
        request = self.env["sale.material.request"].create(
            {
                "company_id": other.id,
                "line_ids": [Command.create({"product_id": self.bearing.id, "quantity": 1})],
            }
        )
        self.assertRecordValues(request.line_ids, [{"free_qty": 0, "is_short": True}])

    def test_one_look_for_each_day(self):
        counts = []
        for size in (5, 100):
            lines = self._new_request(
                *[{"product_id": self.bearing.id, "date_required": self.soon}] * size
            ).line_ids
            self.env.flush_all()
            self.env.invalidate_all()
            lines = lines.browse(lines.ids)
            before = self.cr.sql_log_count
            lines.mapped("forecast_qty")
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
