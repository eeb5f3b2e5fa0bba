from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command, Date

from .common import ContractCommon


class WarrantyCommon(ContractCommon):
    """Ten pumps and two numbered motors, sold and delivered to Bergmann."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.claims = cls.env["sale.warranty.claim"]
        cls.return_kind = cls.env.ref("sale_order_kinds.sale_order_kind_warranty_return")
        cls.replacement_kind = cls.env.ref("sale_order_kinds.sale_order_kind_free_replacement")
        cls.reason = cls.env.ref("sale_order_kinds.sale_warranty_reason_function")
        cls.expense = cls._new_account("Warranty expense", "678901", "expense")
        cls.company.warranty_expense_account_id = cls.expense
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.vendor = cls.env["res.partner"].create({"name": "Pump maker"})
        cls.pump = cls._new_product("Pump", is_storable=True, standard_price=6.0)
        cls.numbered = cls._new_product("Motor", is_storable=True, tracking="serial")
        cls.serials = cls.env["stock.lot"].create(
            [{"name": name, "product_id": cls.numbered.id} for name in ("M-1", "M-2", "M-3")]
        )
        cls._put_in_stock(cls.pump, 100)
        for serial in cls.serials:
            cls._put_in_stock(cls.numbered, 1, serial)
        cls.order = cls._new_sale(cls.pump, 10)
        cls.delivery = cls._deliver(cls.order)
        cls.move = cls.delivery.move_ids

    @classmethod
    def _new_account(cls, name, code, account_type):
        return cls.env["account.account"].create(
            {"name": name, "code": code, "account_type": account_type}
        )

    @classmethod
    def _put_in_stock(cls, product, quantity, lot=None, location=None):
        cls.env["stock.quant"]._update_available_quantity(
            product, location or cls.warehouse.lot_stock_id, quantity, lot_id=lot
        )

    @classmethod
    def _new_sale(cls, product, quantity, **values):
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def _deliver(cls, order, lots=None):
        return cls._finish(order.picking_ids, lots)

    @classmethod
    def _finish(cls, picking, lots=None):
        """Do a transfer whole, with chosen lots where they are given."""
        picking.action_assign()
        for move in picking.move_ids:
            if lots:
                move.move_line_ids.unlink()
                move.move_line_ids = [
                    Command.create(
                        {**move._prepare_move_line_vals(), "lot_id": lot.id, "quantity": 1}
                    )
                    for lot in lots
                ]
            move.picked = True
        picking._action_done()
        return picking

    @classmethod
    def _move_part(cls, picking, quantity):
        """Do a transfer with another quantity than was planned."""
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking._action_done()

    @classmethod
    def _new_claim(cls, quantity=4, move=None, lot=None, **values):
        move = move or cls.move
        line = {
            "origin_move_id": move.id,
            "quantity": quantity,
            "reason_id": cls.reason.id,
            "lot_id": lot.id if lot else False,
        }
        return cls.claims.create(
            {
                "partner_id": cls.customer.id,
                "picking_id": move.picking_id.id,
                "line_ids": [Command.create(line)],
                **values,
            }
        )

    @classmethod
    def _accept(cls, quantity=4, accepted=None, **values):
        claim = cls._new_claim(quantity, **values)
        claim.action_submit()
        if accepted is not None:
            claim.line_ids.accepted_qty = accepted
        claim.action_accept()
        return claim

    @classmethod
    def _return(cls, claim):
        """The order by which the goods of a claim come back, an offer still."""
        return cls.env["sale.order"].browse(claim.action_create_return()["res_id"])

    @classmethod
    def _replace(cls, claim):
        return cls.env["sale.order"].browse(claim.action_create_replacement()["res_id"])

    @classmethod
    def _receive(cls, order):
        """Confirm a return and receive its goods."""
        order.action_confirm()
        picking = order._get_warranty_returns()
        picking.move_ids.picked = True
        picking._action_done()
        return picking

    @classmethod
    def _dispose(cls, claim, decision, quantity, **values):
        return cls.env["sale.warranty.disposition"].create(
            {
                "claim_line_id": claim.line_ids.id,
                "decision": decision,
                "quantity": quantity,
                **values,
            }
        )

    @classmethod
    def _days_ago(cls, days):
        return Date.to_string(cls.today - timedelta(days=days))

    def _assert_claim_order(self, order, claim, kind, **line_values):
        """The order serves the claim, costs nothing and has one line with these values."""
        self.assertRecordValues(
            order,
            [
                {
                    "kind_id": kind.id,
                    "kind_origin_id": self.order.id,
                    "kind_reason": "Does not work",
                    "warranty_claim_id": claim.id,
                    "amount_total": 0,
                }
            ],
        )
        free = {"price_unit": 10, "discount": 100, "price_subtotal": 0}
        self.assertRecordValues(
            order.order_line, [{"product_id": self.pump.id, **free, **line_values}]
        )

    def _assert_account_is_missing(self, *methods):
        """A claim is settled by none of the methods while there is no account for its cost."""
        claim = self._accept()
        self.company.warranty_expense_account_id = False
        for method in methods:
            with (
                self.assertRaisesRegex(UserError, "has no account for warranty expenses"),
                self.cr.savepoint(),
            ):
                getattr(claim, method)()

    def _stock_of(self, product, location):
        return self.env["stock.quant"]._get_available_quantity(product, location)
