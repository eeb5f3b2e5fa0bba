from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AccountMove(models.Model):
    """A credit note that settles a warranty claim."""

    _inherit = "account.move"

    warranty_claim_id = fields.Many2one(
        "sale.warranty.claim",
        copy=False,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.constrains("warranty_claim_id", "partner_id", "move_type")
    def _check_warranty_claim(self):
        for move in self.filtered("warranty_claim_id"):
            customer = move.warranty_claim_id.sudo().commercial_partner_id
            if move.move_type != "out_refund" or move.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "Claim %(claim)s is settled by a credit note for %(customer)s and by"
                        " nothing else.",
                        claim=move.warranty_claim_id.sudo().name,
                        customer=customer.display_name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.line_ids.warranty_claim_line_id._count()
        return result

    def unlink(self):
        counted = self.line_ids.warranty_claim_line_id
        result = super().unlink()
        counted._count()
        return result

    def _stock_account_prepare_realtime_out_lines_vals(self):
        """The cost of a credited sale is a warranty expense, wherever its goods are.

        Core takes a credit note for the goods' return and puts them back into stock. Here they
        come back by their own transfer, or never.
        """
        values_list = super()._stock_account_prepare_realtime_out_lines_vals()
        lines = self.env["account.move.line"].browse(
            [values["cogs_origin_id"] for values in values_list]
        )
        for line, values in zip(lines, values_list, strict=True):
            if (
                line.warranty_claim_line_id
                and values["account_id"] == line._get_stock_account().id
            ):
                values["account_id"] = line.company_id._get_warranty_account().id
        return values_list


class AccountMoveLine(models.Model):
    """Credited goods of a claim."""

    _inherit = "account.move.line"

    warranty_claim_line_id = fields.Many2one(
        "sale.warranty.claim.line",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.constrains("warranty_claim_line_id", "product_id")
    def _check_warranty_claim_line(self):
        for line in self.filtered("warranty_claim_line_id"):
            claimed = line.warranty_claim_line_id.sudo()
            fits = claimed.claim_id == line.move_id.warranty_claim_id.sudo()
            if not fits or claimed.product_id != line.product_id:
                raise ValidationError(
                    self.env._(
                        "%(product)s does not belong to the claim that this credit note settles."
                        " Make credit notes by the button on the claim.",
                        product=line.product_id.display_name or line.name,
                    )
                )

    def _get_stock_account(self):
        self.ensure_one()
        template = self.product_id.with_company(self.company_id).product_tmpl_id
        position = self.move_id.fiscal_position_id
        return template.get_product_accounts(fiscal_pos=position)["stock_valuation"]

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.warranty_claim_line_id._count()
        return lines

    def write(self, vals):
        watched = {"quantity", "product_uom_id", "product_id", "warranty_claim_line_id", "move_id"}
        if not watched & vals.keys():
            return super().write(vals)
        counted = self.warranty_claim_line_id
        result = super().write(vals)
        (counted | self.warranty_claim_line_id)._count()
        return result

    def unlink(self):
        counted = self.warranty_claim_line_id
        result = super().unlink()
        counted._count()
        return result
