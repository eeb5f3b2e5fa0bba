from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class SaleWarrantyDisposition(models.Model):
    """How the goods of a decision move."""

    _inherit = "sale.warranty.disposition"

    def _apply_stock(self):
        self._set_picking(self._get_warehouse().lot_stock_id)._action_done()

    def _apply_repair(self):
        self._set_picking(self.company_id._get_warranty_location("repair"))._action_done()

    def _apply_supplier(self):
        """The transfer waits for the carrier; its cost is the supplier's refund to settle."""
        vendor = self.vendor_id or self.product_id.sudo().seller_ids[:1].partner_id
        if not vendor:
            raise UserError(
                self.env._(
                    "Claim %(claim)s: enter the supplier to whom %(product)s goes back.",
                    claim=self.claim_id.name,
                    product=self.product_id.display_name,
                )
            )
        location = vendor.with_company(self.company_id).property_stock_supplier
        self._set({"vendor_id": vendor.id})
        self._set_picking(location, self._get_warehouse().out_type_id)

    def _apply_scrap(self):
        scrap = self.env["stock.scrap"].create(self._prepare_scrap_values())
        self._set({"scrap_id": scrap.id})
        scrap.do_scrap()
        scrap.move_ids.warranty_disposition_id = self

    def _prepare_scrap_values(self):
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "origin": self.claim_id.name,
            "product_id": self.product_id.id,
            "product_uom_id": self.uom_id.id,
            "lot_id": self.lot_id.id,
            "scrap_qty": self.quantity,
            "location_id": self._get_source_location().id,
            "scrap_location_id": self.company_id._get_warranty_location("scrap").id,
        }

    def _set_picking(self, location, picking_type=None):
        """Make the transfer to a location, with the goods picked."""
        self.ensure_one()
        picking = self.env["stock.picking"].create(
            self._prepare_picking_values(location, picking_type)
        )
        self._set({"picking_id": picking.id})
        picking.action_confirm()
        move = picking.move_ids
        move.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            {
                **move._prepare_move_line_vals(quantity=0),
                "quantity": self.quantity,
                "lot_id": self.lot_id.id,
                "picked": True,
            }
        )
        return picking

    def _prepare_picking_values(self, location, picking_type):
        picking_type = picking_type or self._get_warehouse().int_type_id
        source = self._get_source_location()
        return {
            "picking_type_id": picking_type.id,
            "partner_id": self.vendor_id.id,
            "origin": self.claim_id.name,
            "location_id": source.id,
            "location_dest_id": location.id,
            "company_id": self.company_id.id,
            "move_ids": [
                Command.create(self._prepare_move_values(picking_type, source, location))
            ],
        }

    def _prepare_move_values(self, picking_type, source, location):
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "product_uom": self.uom_id.id,
            "picking_type_id": picking_type.id,
            "location_id": source.id,
            "location_dest_id": location.id,
            "company_id": self.company_id.id,
            "warranty_disposition_id": self.id,
        }

    def _get_source_location(self):
        self.ensure_one()
        return self.company_id._get_warranty_location(self.source)

    def _get_warehouse(self):
        self.ensure_one()
        move = self.claim_line_id.origin_move_id.sudo()
        return (move.warehouse_id or move.picking_type_id.warehouse_id).sudo(False)
