from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestPriceLock(ContractCommon):
    """However a line under a contract is touched, it keeps the contract's terms or refuses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sale.group_discount_per_so_line")
        cls.cheap = cls.env["product.pricelist"].create(
            {
                "name": "Cheap",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 50,
                            "applied_on": "3_global",
                        }
                    )
                ],
            }
        )
        cls.position = cls.env["account.fiscal.position"].create({"name": "Export"})
        cls.tax.copy(
            {"original_tax_ids": [Command.set(cls.tax.ids)], "amount": 0}
        ).fiscal_position_ids = cls.position
        cls.order = cls._new_release()
        cls.line = cls.order.order_line

    def _assert_terms(self, line=None, price=8.0):
        """The terms of the contract, by the line's amounts too."""
        line = line or self.line
        self.env.flush_all()
        line.invalidate_recordset()
        self.assertRecordValues(
            line, [{"price_unit": price, "discount": 5.0, "tax_ids": self.tax.ids}]
        )
        self.assertAlmostEqual(line.price_subtotal, price * line.product_uom_qty * 0.95)

    # each way: a name, and what is done with the order and its line
    STAY = {
        "quantity": lambda self: self.line.write({"product_uom_qty": 20}),
        "quantity zero": lambda self: self.line.write({"product_uom_qty": 0}),
        "quantity in the order": lambda self: self.order.write(
            {"order_line": [Command.update(self.line.id, {"product_uom_qty": 30})]}
        ),
        "same price": lambda self: self.line.write({"price_unit": 8.0}),
        "technical price": lambda self: self.line.write({"technical_price_unit": 1.0}),
        "pricelist": lambda self: self.order.write({"pricelist_id": self.cheap.id}),
        "update prices": lambda self: self.order.action_update_prices(),
        "pricelist and update prices": lambda self: (
            self.order.write({"pricelist_id": self.cheap.id}),
            self.order.action_update_prices(),
        ),
        "reset price": lambda self: self.line._reset_price_unit(),
        "forced recomputation": lambda self: self.line.with_context(
            force_price_recomputation=True
        )._compute_price_unit(),
        "discount recomputed": lambda self: self.line._compute_discount(),
        "fiscal position": lambda self: self.order.write({"fiscal_position_id": self.position.id}),
        "fiscal position and update taxes": lambda self: (
            self.order.write({"fiscal_position_id": self.position.id}),
            self.order.action_update_taxes(),
        ),
        "list price": lambda self: (
            self.bearing.write({"list_price": 99}),
            self.order.action_update_prices(),
        ),
        "taxes of the product": lambda self: (
            self.bearing.write({"taxes_id": [Command.set(self.other_tax.ids)]}),
            self.order.action_update_taxes(),
        ),
        "same product again": lambda self: self.line.write({"product_id": self.bearing.id}),
        "requested date": lambda self: self.order.write({"commitment_date": self._in_days(40)}),
        "date of the order": lambda self: self.order.write({"date_order": self._in_days(-5)}),
        "delivery address": lambda self: self.order.write({"partner_shipping_id": self.plant.id}),
        "ordering address": lambda self: self.order.write({"partner_id": self.plant.id}),
        "salesperson": lambda self: self.order.write({"user_id": self.env.uid}),
        "payment term": lambda self: self.order.write(
            {"payment_term_id": self.env.ref("account.account_payment_term_30days").id}
        ),
        "sent": lambda self: self.order.action_quotation_sent(),
        "confirmed": lambda self: self.order.action_confirm(),
        "confirmed, then another quantity": lambda self: (
            self.order.action_confirm(),
            self.line.write({"product_uom_qty": 12}),
        ),
        "cancelled and again a draft": lambda self: (
            self.order.action_confirm(),
            self.order._action_cancel(),
            self.order.action_draft(),
        ),
        "form": lambda self: self._in_form(),
        "another line": lambda self: self.order.write(
            {"order_line": [Command.create({"product_id": self.seal.id})]}
        ),
        "load": lambda self: self._load([["product_uom_qty", "15"]]),
        "load with the same price": lambda self: self._load([["price_unit", "8.0"]]),
    }
    REFUSED = {
        "price": lambda self: self.line.write({"price_unit": 7.0}),
        "price and technical price": lambda self: self.line.write(
            {"price_unit": 7.0, "technical_price_unit": 7.0}
        ),
        "price zero": lambda self: self.line.write({"price_unit": 0}),
        "discount": lambda self: self.line.write({"discount": 10}),
        "discount zero": lambda self: self.line.write({"discount": 0}),
        "taxes": lambda self: self.line.write({"tax_ids": [Command.clear()]}),
        "other taxes": lambda self: self.line.write({"tax_ids": self.other_tax.ids}),
        "price in the order": lambda self: self.order.write(
            {"order_line": [Command.update(self.line.id, {"price_unit": 1})]}
        ),
        "price and quantity": lambda self: self.line.write(
            {"price_unit": 7.0, "product_uom_qty": 3}
        ),
        "price on a confirmed order": lambda self: (
            self.order.action_confirm(),
            self.line.write({"price_unit": 7.0}),
        ),
        "new line with a price": lambda self: self.order.write(
            {"order_line": [Command.create({"product_id": self.bearing.id, "price_unit": 1})]}
        ),
        "discount of every line": lambda self: self._discount("sol_discount"),
        "discount of the order": lambda self: self._discount("so_discount"),
        "contract line taken away": lambda self: self.line.write({"contract_line_id": False}),
        "another contract line": lambda self: self.line.write(
            {"contract_line_id": self.seal_line.id}
        ),
        "load with another price": lambda self: self._load([["price_unit", "7.0"]]),
    }

    def _in_form(self):
        with Form(self.order) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 17

    def _discount(self, kind):
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": self.order.id,
                "discount_type": kind,
                "discount_percentage": 0.2,
            }
        ).action_apply_discount()

    def _load(self, columns):
        names, values = zip(*columns, strict=True)
        result = self.env["sale.order.line"].load([".id", *names], [[str(self.line.id), *values]])
        errors = [one["message"] for one in result["messages"] if one["type"] == "error"]
        if errors:
            raise UserError(errors[0])

    def test_stays(self):
        for way, touch in self.STAY.items():
            with self.subTest(way):
                self.env.cr.execute("SAVEPOINT way")
                touch(self)
                self._assert_terms()
                self.env.cr.execute("ROLLBACK TO SAVEPOINT way")
                self.env.invalidate_all(flush=False)

    def test_refused(self):
        for way, touch in self.REFUSED.items():
            with self.subTest(way):
                with self.assertRaisesRegex(UserError, self.contract.name), self.cr.savepoint():
                    touch(self)
                self._assert_terms()

    def test_refusal_tells_the_terms(self):
        with self.assertRaisesRegex(
            UserError,
            rf"Bearing 6204 is released from contract {self.contract.name}.*8\.00.*5 %",
        ):
            self.line.price_unit = 7

    def test_unit(self):
        self.line.product_uom_qty = 2
        self.line.product_uom_id = self.dozen
        self._assert_terms(price=96.0)
        self.line.product_uom_id = self.unit
        self._assert_terms()

    def test_unit_of_the_contract(self):
        order = self._new_release(12, self.seal)
        self.assertEqual(order.order_line.price_unit, 2.0)

    def test_no_taxes_in_the_contract(self):
        self.seal.taxes_id = self.other_tax
        self.env.company.account_sale_tax_id = False
        contract = self._new_contract(
            {"product_id": self.seal.id, "quantity": 5, "tax_ids": [Command.clear()]}
        )
        contract.action_put_in_force()
        order = self._new_release(1, self.seal, contract_id=contract.id)
        self.assertFalse(order.order_line.tax_ids)

    def test_taxes_of_the_product_by_default(self):
        self.seal.taxes_id = self.other_tax
        contract = self._new_contract({"product_id": self.seal.id, "quantity": 5})
        self.assertEqual(contract.line_ids.tax_ids, self.other_tax)

    def test_changed_to_the_kind(self):
        order = self._new_release(kind_id=self.standard.id)
        self.assertFalse(order.contract_id)
        self.assertEqual(order.order_line.price_unit, 10)
        order.kind_id = self.additional
        self._assert_terms(order.order_line)

    def test_changed_from_the_kind(self):
        self.order.kind_id = self.standard
        self.assertFalse(self.line.contract_line_id)
        self.assertRecordValues(self.line, [{"price_unit": 10.0, "discount": 0.0}])

    def test_ordinary_line_is_free(self):
        order = self._new_release(kind_id=self.standard.id)
        order.order_line.write({"price_unit": 3.0, "discount": 20})
        order.action_confirm()
        self.assertEqual(order.order_line.price_unit, 3.0)

    def test_ordinary_price_survives_another_customer(self):
        """The contract brings no recomputation into orders that have none."""
        order = self._new_release(kind_id=self.standard.id)
        self.bearing.list_price = 50
        order.partner_id = self.partner
        self.assertEqual(order.order_line.price_unit, 10)
        order.commitment_date = self._in_days(3)
        self.assertEqual(order.order_line.price_unit, 10)
