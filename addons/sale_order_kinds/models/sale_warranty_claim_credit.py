from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..formatting import format_quantity
from ..locking import lock_rows


class SaleWarrantyClaim(models.Model):
    """Credit notes for what a claim accepts, from the invoices of what was delivered."""

    _inherit = "sale.warranty.claim"

    credit_ids = fields.One2many("account.move", "warranty_claim_id", string="Credit Notes")
    credit_count = fields.Integer(string="Number of Credit Notes", compute="_compute_credit_count")

    @api.depends("credit_ids")
    def _compute_credit_count(self):
        for claim in self:
            claim.credit_count = len(claim.sudo().credit_ids)

    def action_create_credit(self):
        """Draw up a draft credit note for what is accepted and not replaced, per invoice."""
        self.ensure_one()
        if lock_rows(self) and self.credit_ids:
            return self.action_open_credits()
        self._check_state("accepted")
        self.company_id._get_warranty_account()
        shares = {}
        for line, quantity in self._get_open_lines("deliver"):
            for invoice_line, share in line._split_on_invoices(quantity):
                values = line._prepare_credit_line_values(invoice_line, share)
                shares.setdefault(invoice_line.move_id, []).append(values)
        credits = self.env["account.move"].create(
            [self._prepare_credit_values(invoice, lines) for invoice, lines in shares.items()]
        )
        return self._open_credits(credits)

    def _prepare_credit_values(self, invoice, lines):
        """No link to lines of the order: it stays delivered and invoiced, nothing is due anew."""
        return {
            "move_type": "out_refund",
            "warranty_claim_id": self.id,
            "reversed_entry_id": invoice.id,
            "partner_id": invoice.partner_id.id,
            "partner_shipping_id": invoice.partner_shipping_id.id,
            "company_id": invoice.company_id.id,
            "journal_id": invoice.journal_id.id,
            "currency_id": invoice.currency_id.id,
            "fiscal_position_id": invoice.fiscal_position_id.id,
            "invoice_origin": self.name,
            "ref": self.env._(
                "Claim %(claim)s, invoice %(invoice)s", claim=self.name, invoice=invoice.name
            ),
            "invoice_line_ids": [Command.create(values) for values in lines],
        }

    def action_open_credits(self):
        """Show the credit notes of the claim."""
        self.ensure_one()
        return self._open_credits(self.credit_ids)

    def _open_credits(self, credits):
        return self._open_records("account.action_move_out_refund_type", credits)


class SaleWarrantyClaimLine(models.Model):
    _inherit = "sale.warranty.claim.line"

    def _split_on_invoices(self, quantity):
        """Which posted invoice lines of the delivered goods a quantity is credited from.

        :return: pairs of an invoice line and its share, in the unit of the product
        """
        self.ensure_one()
        pairs, rest = [], quantity
        for invoice_line in self._get_invoice_lines():
            share = min(rest, invoice_line._get_uncredited_qty())
            if share > 0:
                pairs.append((invoice_line, share))
                rest = self.uom_id.round(rest - share)
        if rest > 0:
            raise UserError(
                self.env._(
                    "Claim %(claim)s: %(quantity)s %(unit)s of %(product)s are on no posted"
                    " invoice that could be credited. Invoice the order first, or replace the"
                    " goods.",
                    claim=self.claim_id.name,
                    quantity=format_quantity(self.env, rest),
                    unit=self.uom_id.name,
                    product=self.product_id.display_name,
                )
            )
        return pairs

    def _get_invoice_lines(self):
        lines = self.origin_move_id.sudo().sale_line_id.invoice_lines.filtered(
            lambda line: line.move_id.move_type == "out_invoice" and line.move_id.state == "posted"
        )
        return lines.sudo(False).sorted("id")

    def _prepare_credit_line_values(self, invoice_line, quantity):
        self.ensure_one()
        unit, invoiced_in = self.uom_id, invoice_line.product_uom_id
        in_its_unit = unit._compute_quantity(quantity, invoiced_in, rounding_method="HALF-UP")
        back = invoiced_in._compute_quantity(in_its_unit, unit, round=False)
        if unit.compare(back, quantity) == 0:
            unit, quantity = invoiced_in, in_its_unit
        return {
            "product_id": self.product_id.id,
            "name": invoice_line.name,
            "quantity": quantity,
            "product_uom_id": unit.id,
            "price_unit": invoiced_in._compute_price(invoice_line.price_unit, unit),
            "discount": invoice_line.discount,
            "tax_ids": [Command.set(invoice_line.tax_ids.ids)],
            "account_id": invoice_line.account_id.id,
            "analytic_distribution": invoice_line.analytic_distribution,
            "warranty_claim_line_id": self.id,
            "warranty_invoice_line_id": invoice_line.id,
        }


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    warranty_invoice_line_id = fields.Many2one(
        "account.move.line", string="Credited Invoice Line", copy=False, index="btree_not_null"
    )

    def _get_uncredited_qty(self):
        """How much of an invoice line no claim has credited yet, in the unit of the product."""
        self.ensure_one()
        credited = self.search(
            [("warranty_invoice_line_id", "=", self.id), ("parent_state", "!=", "cancel")]
        )
        left = self._get_quantity_of_product() - sum(
            line._get_quantity_of_product() for line in credited
        )
        return self.product_id.uom_id.round(left)

    def _get_quantity_of_product(self):
        """The quantity in the unit of the product, as exact as it is."""
        self.ensure_one()
        unit = self.product_id.uom_id
        return self.product_uom_id._compute_quantity(self.quantity, unit, round=False)
