from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .warranty_common import WarrantyCommon


@tagged("post_install", "-at_install")
class TestWarrantyDisposition(WarrantyCommon):
    """Nothing that came back is forgotten: each piece goes somewhere by a real transfer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.claim = cls._accept()
        cls._receive(cls._return(cls.claim))
        cls.line = cls.claim.line_ids
        cls.quarantine = cls.company.warranty_quarantine_location_id

    def test_mandatory(self):
        with self.assertRaisesRegex(UserError, "decide what happens to 4 Units of Pump"):
            self.claim.action_settle()
        self._dispose(self.claim, "stock", 4)
        self.claim.action_settle()
        self.assertEqual(self.claim.state, "settled")

    def test_stock(self):
        stock = self.warehouse.lot_stock_id
        before = self._stock_of(self.pump, stock)
        decision = self._dispose(self.claim, "stock", 3)
        self.assertEqual(self._stock_of(self.pump, stock), before + 3)
        self.assertEqual(self._stock_of(self.pump, self.quarantine), 1)
        self.assertRecordValues(
            decision.picking_id, [{"state": "done", "warranty_claim_id": self.claim.id}]
        )
        self.assertRecordValues(self.line, [{"disposed_qty": 3, "waits_for_decision": True}])

    def test_scrap(self):
        decision = self._dispose(self.claim, "scrap", 4)
        scrap = decision.scrap_id
        self.assertRecordValues(
            scrap, [{"state": "done", "scrap_qty": 4, "location_id": self.quarantine.id}]
        )
        self.assertEqual(scrap.scrap_location_id.valuation_account_id, self.expense)
        self.assertEqual(scrap.move_ids.warranty_disposition_id, decision)
        self.assertEqual(self._stock_of(self.pump, self.quarantine), 0)

    def test_supplier(self):
        with self.assertRaisesRegex(UserError, "enter the supplier"), self.cr.savepoint():
            self._dispose(self.claim, "supplier", 4)
        self.pump.seller_ids = self.env["product.supplierinfo"].create(
            {"partner_id": self.vendor.id, "product_tmpl_id": self.pump.product_tmpl_id.id}
        )
        decision = self._dispose(self.claim, "supplier", 4)
        picking = decision.picking_id
        self.assertEqual((picking.state, picking.partner_id), ("assigned", self.vendor))
        self.assertEqual(picking.location_dest_id.usage, "supplier")
        self.assertEqual(self.line.disposed_qty, 4)
        picking.action_cancel()
        self.assertEqual(self.line.disposed_qty, 0)
        again = self._dispose(self.claim, "supplier", 4).picking_id
        again._action_done()
        self.assertEqual(self._stock_of(self.pump, self.quarantine), 0)

    def test_repair(self):
        self._dispose(self.claim, "repair", 3)
        self._dispose(self.claim, "scrap", 1)
        repair = self.company.warranty_repair_location_id
        self.assertEqual(self._stock_of(self.pump, repair), 3)
        with self.assertRaisesRegex(UserError, "3 Units of Pump are in repair"):
            self.claim.action_settle()
        action = self.line.action_dispose()
        self.assertEqual(action["context"]["default_source"], "repair")
        self.assertEqual(action["context"]["default_quantity"], 3)
        with self.assertRaisesRegex(ValidationError, "so much of Pump"), self.cr.savepoint():
            self._dispose(self.claim, "stock", 4, source="repair")
        self._dispose(self.claim, "stock", 3, source="repair")
        self.assertEqual(self._stock_of(self.pump, repair), 0)
        self.assertFalse(self.line.waits_for_decision)
        self.claim.action_settle()

    def test_too_much(self):
        with self.assertRaisesRegex(UserError, "4 Units of Pump came back"), self.cr.savepoint():
            self._dispose(self.claim, "stock", 5)
        self._dispose(self.claim, "stock", 4)
        with self.assertRaisesRegex(UserError, "nothing of Pump waits for a decision"):
            self.line.action_dispose()

    def test_gone_from_quarantine(self):
        self._put_in_stock(self.pump, -4, location=self.quarantine)
        with self.assertRaisesRegex(UserError, "there are 0 Units of Pump in"):
            self._dispose(self.claim, "stock", 1)

    def test_not_changed(self):
        decision = self._dispose(self.claim, "stock", 1)
        with self.assertRaisesRegex(UserError, "it is not changed"):
            decision.quantity = 2
        with self.assertRaisesRegex(UserError, "stays on record"):
            decision.unlink()
        decision.note = "Only the seal was missing"

    def test_serial(self):
        delivery = self._deliver(self._new_sale(self.numbered, 1), self.serials[:1])
        claim = self._accept(1, move=delivery.move_ids, lot=self.serials[0])
        self._receive(self._return(claim))
        self._dispose(claim, "stock", 1)
        location = self.serials[0].quant_ids.filtered(lambda quant: quant.quantity > 0)
        self.assertEqual(location.location_id, self.warehouse.lot_stock_id)

    def test_settled_needs_an_end(self):
        claim = self._accept(2)
        with self.assertRaisesRegex(UserError, "neither returned nor replaced nor credited"):
            claim.action_settle()
        order = self._return(claim)
        with self.assertRaisesRegex(UserError, "are still to come back"):
            claim.action_settle()
        order._action_cancel()
        replacement = self._replace(claim)
        replacement.action_confirm()
        self._deliver(replacement)
        claim.action_settle()
        for create in (claim.action_create_return, claim.action_create_replacement):
            with self.assertRaisesRegex(UserError, "possible only for “Accepted”"):
                create()
