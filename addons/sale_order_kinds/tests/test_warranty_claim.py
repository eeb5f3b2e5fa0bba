from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .warranty_common import WarrantyCommon


@tagged("post_install", "-at_install")
class TestWarrantyClaim(WarrantyCommon):
    """A claim is about goods of one delivery, judged by the warranty of that day."""

    def test_typed(self):
        with Form(self.claims) as form:
            form.partner_id = self.plant
            form.picking_id = self.delivery
            with form.line_ids.new() as line:
                line.product_id = self.pump
                line.quantity = 2
                line.reason_id = self.reason
        claim = form.record
        self.assertRegex(claim.name, r"^WC\d{5}$")
        self.assertRecordValues(
            claim,
            [{"state": "draft", "order_id": self.order.id, "company_id": self.company.id}],
        )
        self.assertRecordValues(
            claim.line_ids,
            [{"origin_move_id": self.move.id, "quantity": 2, "in_warranty": True}],
        )
        self.assertEqual(claim.commercial_partner_id, self.customer)

    def test_whole_is_proposed(self):
        claim = self._new_claim(3)
        claim.action_submit()
        self.assertRecordValues(claim, [{"state": "submitted"}])
        self.assertEqual(claim.line_ids.accepted_qty, 3)

    def test_incomplete(self):
        for values, wanted in (
            ({"picking_id": False, "line_ids": False}, "choose the delivery"),
            ({"line_ids": False}, "enter what is defective"),
            (
                {"line_ids": [Command.create({"origin_move_id": self.move.id})]},
                "choose what is wrong",
            ),
            (
                {"picking_id": False, "line_ids": [Command.create({"product_id": self.pump.id})]},
                "choose the delivery",
            ),
        ):
            claim = self._new_claim(**values)
            with self.assertRaisesRegex(UserError, wanted), self.cr.savepoint():
                claim.action_submit()

    def test_delivery_of_another_customer(self):
        with (
            self.assertRaisesRegex(ValidationError, "choose a delivery of the customer"),
            self.cr.savepoint(),
        ):
            self._new_claim(partner_id=self.partner.id)
        claim = self._new_claim()
        with (
            self.assertRaisesRegex(ValidationError, "choose a delivery of the customer"),
            self.cr.savepoint(),
        ):
            claim.partner_id = self.partner

    def test_delivered_to_anothers_address(self):
        """Who bought complains, not who received."""
        order = self._new_sale(self.pump, 1, partner_shipping_id=self.partner.id)
        delivery = self._deliver(order)
        self.assertTrue(self._new_claim(1, delivery.move_ids))
        with self.assertRaises(ValidationError):
            self._new_claim(1, delivery.move_ids, partner_id=self.partner.id)

    def test_not_delivered(self):
        waiting = self._new_sale(self.pump, 1).picking_ids
        with (
            self.assertRaisesRegex(ValidationError, "not a delivery to a customer that is done"),
            self.cr.savepoint(),
        ):
            self._new_claim(picking_id=waiting.id, line_ids=False)
        with (
            self.assertRaisesRegex(ValidationError, "was not delivered with"),
            self.cr.savepoint(),
        ):
            self._new_claim(1, waiting.move_ids)
        with (
            self.assertRaisesRegex(ValidationError, "only 10 Units of Pump were delivered"),
            self.cr.savepoint(),
        ):
            self._new_claim(11)
        other = self._deliver(self._new_sale(self.pump, 1))
        with (
            self.assertRaisesRegex(ValidationError, "was not delivered with"),
            self.cr.savepoint(),
        ):
            self._new_claim(1, other.move_ids, picking_id=self.delivery.id)

    def test_lot(self):
        order = self._new_sale(self.numbered, 2)
        move = self._deliver(order, self.serials[:2]).move_ids
        claim = self._new_claim(1, move)
        with (
            self.assertRaisesRegex(UserError, "enter the lot or serial number"),
            self.cr.savepoint(),
        ):
            claim.action_submit()
        with (
            self.assertRaisesRegex(ValidationError, "lot M-3 of Motor was not delivered"),
            self.cr.savepoint(),
        ):
            claim.line_ids.lot_id = self.serials[2]
        with self.assertRaisesRegex(ValidationError, "only 1 Units"), self.cr.savepoint():
            self._new_claim(2, move, self.serials[0])
        claim.line_ids.lot_id = self.serials[0]
        claim.action_submit()

    # -- the warranty ----------------------------------------------------------------------------

    def _age(self, days):
        """Make the delivery older."""
        self.move.date -= timedelta(days=days)

    def test_period(self):
        template = self.pump.product_tmpl_id
        for days, values, inside in (
            (0, {}, True),
            (300, {}, True),
            (367, {}, False),
            (300, {"warranty_unit": "day", "warranty_length": 300}, True),
            (301, {"warranty_unit": "day", "warranty_length": 300}, False),
            (367, {"warranty_unit": "month", "warranty_length": 24}, True),
            (0, {"warranty_unit": "none"}, False),
        ):
            template.write({"warranty_unit": "company", **values})
            self._age(days)
            self.assertEqual(self._new_claim().line_ids.in_warranty, inside, (days, values))
            self._age(-days)

    def test_complaint_of_before(self):
        """It counts when the customer complained, not when somebody typed it in."""
        self._age(370)
        claim = self._new_claim(date_complaint=self._days_ago(10))
        self.assertTrue(claim.line_ids.in_warranty)
        self.assertFalse(self._new_claim().line_ids.in_warranty)
        early = self._new_claim(date_complaint=self._days_ago(380))
        self.assertFalse(early.line_ids.in_warranty)

    def test_outside_is_not_accepted(self):
        self._age(400)
        claim = self._new_claim()
        claim.action_submit()
        self.assertEqual(claim.line_ids.accepted_qty, 0)
        with (
            self.assertRaisesRegex(UserError, "enter which quantity you accept"),
            self.cr.savepoint(),
        ):
            claim.action_accept()
        with self.assertRaisesRegex(UserError, "is outside of it"), self.cr.savepoint():
            claim.line_ids.accepted_qty = 1
        self.pump.product_tmpl_id.warranty_unit = "none"
        other = self._new_claim()
        other.action_submit()
        with (
            self.assertRaisesRegex(UserError, "there is no warranty on Pump"),
            self.cr.savepoint(),
        ):
            other.line_ids.accepted_qty = 1

    def test_verdict_stays(self):
        claim = self._accept()
        until = claim.line_ids.warranty_until
        self.pump.product_tmpl_id.warranty_unit = "none"
        self.company.warranty_length = 1
        self.assertRecordValues(claim.line_ids, [{"in_warranty": True, "warranty_until": until}])

    def test_period_without_length(self):
        with (
            self.assertRaisesRegex(ValidationError, "enter how many days or months"),
            self.cr.savepoint(),
        ):
            self.pump.product_tmpl_id.warranty_unit = "day"

    # -- judged ----------------------------------------------------------------------------------

    def test_accept(self):
        claim = self._accept(4, 3)
        self.assertRecordValues(claim, [{"state": "accepted", "decided_by_id": self.env.uid}])
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            claim.line_ids.accepted_qty = 5

    def test_one_piece_is_accepted_once(self):
        self._accept(7)
        second = self._new_claim(4)
        second.action_submit()
        with self.assertRaisesRegex(UserError, "accept 11 together"), self.cr.savepoint():
            second.action_accept()
        second.line_ids.accepted_qty = 3
        second.action_accept()
        with self.assertRaisesRegex(UserError, "accept 11 together"), self.cr.savepoint():
            second.line_ids.accepted_qty = 4

    def test_reject(self):
        claim = self._new_claim()
        claim.action_submit()
        with self.assertRaisesRegex(UserError, "why it is rejected"), self.cr.savepoint():
            claim.action_reject()
        claim.reject_reason = "Run dry"
        claim.action_reject()
        self.assertRecordValues(claim, [{"state": "rejected"}])
        self.assertEqual(claim.line_ids.accepted_qty, 0)
        claim.action_reopen()
        self.assertRecordValues(claim, [{"state": "submitted", "decided_by_id": False}])

    def test_submitted_is_not_changed(self):
        claim = self._new_claim()
        claim.action_submit()
        for record, values in (
            (claim, {"partner_id": self.plant.id}),
            (claim, {"date_complaint": self._days_ago(1)}),
            (claim, {"state": "accepted"}),
            (claim, {"line_ids": [Command.create({"origin_move_id": self.move.id})]}),
            (claim.line_ids, {"quantity": 5}),
            (claim.line_ids, {"replaced_qty": 1}),
            (claim.line_ids, {"in_warranty": False}),
        ):
            with self.assertRaises(UserError, msg=values), self.cr.savepoint():
                record.write(values)
        with self.assertRaisesRegex(UserError, "stays on record"), self.cr.savepoint():
            claim.unlink()
        with self.assertRaisesRegex(UserError, "was submitted"), self.cr.savepoint():
            claim.line_ids.unlink()
        claim.action_cancel()
        with self.assertRaisesRegex(UserError, "stays on record"), self.cr.savepoint():
            claim.unlink()
        claim.action_archive()
        self._new_claim().unlink()

    def test_made_as_if_accepted(self):
        claim = self._new_claim(state="accepted", name="WC1")
        self.assertEqual(claim.state, "draft")
        self.assertNotEqual(claim.name, "WC1")
