from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SaleWarrantyDisposition(models.Model):
    """What was decided on goods that came back, and the transfer that does it."""

    _name = "sale.warranty.disposition"
    _description = "Decision on Returned Goods"
    _order = "id desc"
    _check_company_auto = True

    claim_line_id = fields.Many2one(
        "sale.warranty.claim.line",
        string="Returned Goods",
        required=True,
        index=True,
        ondelete="restrict",
    )
    claim_id = fields.Many2one(related="claim_line_id.claim_id", store=True, index=True)
    company_id = fields.Many2one(related="claim_line_id.company_id", store=True)
    product_id = fields.Many2one(related="claim_line_id.product_id", store=True)
    lot_id = fields.Many2one(related="claim_line_id.lot_id")
    uom_id = fields.Many2one(related="claim_line_id.uom_id")
    source = fields.Selection(
        [("quarantine", "Quarantine"), ("repair", "Repair")],
        string="From",
        required=True,
        default="quarantine",
    )
    decision = fields.Selection(
        [
            ("stock", "Back to stock"),
            ("scrap", "Scrap"),
            ("repair", "Repair"),
            ("supplier", "Back to the supplier"),
        ],
        required=True,
    )
    quantity = fields.Float(digits="Product Unit", required=True)
    vendor_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        check_company=True,
        help="Empty: the first supplier of the product.",
    )
    note = fields.Char()
    user_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, default=lambda self: self.env.user
    )
    date = fields.Datetime(string="Decided on", readonly=True, default=fields.Datetime.now)
    scrap_id = fields.Many2one("stock.scrap", readonly=True, copy=False)
    picking_id = fields.Many2one("stock.picking", string="Transfer", readonly=True, copy=False)

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "Decide on more than nothing.")
    _repair_once = models.Constraint(
        "CHECK(source <> 'repair' OR decision <> 'repair')",
        "The goods are in repair: decide where they go from there.",
    )

    # -- append-only -----------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.update(user_id=self.env.uid, date=fields.Datetime.now())
            vals.pop("scrap_id", None)
            vals.pop("picking_id", None)
        decisions = super().create(vals_list)
        decisions.claim_line_id._count()
        for decision in decisions:
            decision._check_available()
            getattr(decision, f"_apply_{decision.decision}")()
        return decisions

    def write(self, vals):
        if vals.keys() - {"note"}:
            raise UserError(
                self.env._(
                    "Goods moved by this decision: it is not changed. Move them by a transfer, or"
                    " decide on what is left."
                )
            )
        return super().write(vals)

    def _set(self, vals):
        """Write what the decision itself brought about: past the refusals of write()."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(
            self.env._("Goods moved by this decision: it stays on record and is not deleted.")
        )

    @api.constrains("claim_line_id", "source", "quantity")
    def _check_repair(self):
        for line in self.filtered(lambda one: one.source == "repair").claim_line_id:
            if line.uom_id.compare(line._get_repair_qty(), 0.0) < 0:
                raise ValidationError(
                    self.env._(
                        "Claim %(claim)s: so much of %(product)s is not in repair.",
                        claim=line.claim_id.name,
                        product=line.product_id.display_name,
                    )
                )

    def _check_available(self):
        """The goods are where they are decided on."""
        self.ensure_one()
        location = self._get_source_location()
        available = self.env["stock.quant"]._get_available_quantity(
            self.product_id, location, lot_id=self.lot_id or None
        )
        if self.product_id.is_storable and self.uom_id.compare(available, self.quantity) < 0:
            raise UserError(
                self.env._(
                    "Claim %(claim)s: there are %(available)s %(unit)s of %(product)s in"
                    " %(location)s, not %(asked)s. Look where the goods were put.",
                    claim=self.claim_id.name,
                    available=available,
                    unit=self.uom_id.name,
                    product=self.product_id.display_name,
                    location=location.display_name,
                    asked=self.quantity,
                )
            )

    def action_confirm(self):
        """The goods have moved when the decision was saved: back to the claim."""
        return {"type": "ir.actions.act_window_close"}

    # -- what each decision does -----------------------------------------------------------------

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
                fields.Command.create(self._prepare_move_values(picking_type, source, location))
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


class SaleWarrantyClaimLine(models.Model):
    _inherit = "sale.warranty.claim.line"

    disposition_ids = fields.One2many("sale.warranty.disposition", "claim_line_id")
    waits_for_decision = fields.Boolean(
        compute="_compute_waits_for_decision",
        store=True,
        help="Goods came back, and nobody has decided what happens to them.",
    )

    @api.depends("received_qty", "disposed_qty", "disposition_ids")
    def _compute_waits_for_decision(self):
        for line in self:
            waiting = line.received_qty - line.disposed_qty
            open_qty = max(waiting, line._get_repair_qty())
            line.waits_for_decision = round(open_qty, 6) > 0

    def _get_repair_qty(self):
        """What is in repair now."""
        self.ensure_one()
        into = self.disposition_ids.filtered(lambda one: one.decision == "repair")
        out = self.disposition_ids.filtered(lambda one: one.source == "repair")
        return sum(into.mapped("quantity")) - sum(out.mapped("quantity"))

    def action_dispose(self):
        """Ask what happens to what came back and waits in quarantine."""
        self.ensure_one()
        waiting = self.uom_id.round(self.received_qty - self.disposed_qty)
        in_repair = self._get_repair_qty()
        if waiting <= 0 and in_repair <= 0:
            raise UserError(
                self.env._(
                    "Claim %(claim)s: nothing of %(product)s waits for a decision. Receive the"
                    " return first.",
                    claim=self.claim_id.name,
                    product=self.product_id.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide on Returned Goods"),
            "res_model": "sale.warranty.disposition",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_claim_line_id": self.id,
                "default_source": "quarantine" if waiting > 0 else "repair",
                "default_quantity": waiting if waiting > 0 else in_repair,
            },
        }


class SaleWarrantyClaim(models.Model):
    _inherit = "sale.warranty.claim"

    disposition_ids = fields.One2many("sale.warranty.disposition", "claim_id")
