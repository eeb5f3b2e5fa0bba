from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..models.commission_split_engine import ORDER


class CommissionSplitPreview(models.TransientModel):
    """What an offer would earn: the engine's own answer, taken back at once (S6)."""

    _name = "commission.split.preview"
    _description = "Commission of an Offer"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    currency_id = fields.Many2one(related="order_id.company_id.currency_id")
    discount = fields.Float(string="What If: Further Discount, %", aggregator=None)
    line_ids = fields.One2many(
        "commission.split.preview.line", "preview_id", compute="_compute_line_ids"
    )
    earned = fields.Monetary(string="In All", compute="_compute_line_ids")
    reason = fields.Char(string="Why Nothing", compute="_compute_line_ids")

    @api.depends("order_id", "discount")
    def _compute_line_ids(self):
        for preview in self:
            preview.order_id.check_access("read")
            rows = preview._read_rows()
            preview.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "person_id": person,
                            "role_id": role,
                            "component_id": component,
                            "kind": kind,
                            "currency_id": currency,
                            "earned": earned,
                        }
                    )
                    for person, role, component, kind, currency, earned in rows
                ),
            ]
            preview.earned = sum(
                line.currency_id._convert(
                    line.earned, preview.currency_id, preview.order_id.company_id
                )
                for line in preview.line_ids
            )
            preview.reason = not rows and self.env._(
                "No plan or rate fits, or you take no part in this offer."
            )

    def _read_rows(self):
        """Confirm the order as far as the engine reads it, follow it, read, and take all back.

        :return: ``[(person, role, component, kind, currency, earned), …]`` that the reader may see
        """
        self.ensure_one()
        self.env.flush_all()
        order = self.order_id._origin.sudo()
        cr = self.env.cr
        with cr.savepoint(flush=False) as point:
            cr.execute(
                SQL("UPDATE sale_order SET state = 'sale' WHERE id = %s", order.id),
            )
            if self.discount:
                cr.execute(
                    SQL(
                        "UPDATE sale_order_line SET price_subtotal ="
                        " round(price_subtotal * (100 - %s::numeric) / 100, 2)"
                        " WHERE order_id = %s",
                        self.discount,
                        order.id,
                    )
                )
            last = self._get_last_entry()
            self.env.invalidate_all(flush=False)
            engine = self.env["commission.split.engine"].sudo()
            engine._follow(order.ids, model=ORDER, is_preview=True)
            rows = self._read_new(last)
            point.rollback()
        self.env.invalidate_all(flush=False)
        return rows

    def _get_last_entry(self):
        [(last,)] = self.env.execute_query(
            SQL("SELECT coalesce(max(id), 0) FROM commission_split_entry")
        )
        return last

    def _read_new(self, last):
        """Return what was entered since, of the reader; administrators see everybody."""
        is_administrator = self.env.user.has_group(
            "sale_commission_split.commission_split_group_administrator"
        )
        return self.env.execute_query(
            SQL(
                """
                SELECT person_id, role_id, component_id, kind, currency_id, sum(earned)
                  FROM commission_split_entry
                 WHERE id > %s AND (%s OR person_id = %s)
              GROUP BY person_id, role_id, component_id, kind, currency_id
                HAVING sum(earned) <> 0 ORDER BY 3, 4, 1
                """,
                last,
                is_administrator,
                self.env.user.partner_id.id,
            )
        )


class CommissionSplitPreviewLine(models.TransientModel):
    """What a person would earn by an offer."""

    _name = "commission.split.preview.line"
    _description = "Commission of an Offer, a Line"

    preview_id = fields.Many2one("commission.split.preview", ondelete="cascade")
    currency_id = fields.Many2one("res.currency")
    person_id = fields.Many2one("res.partner")
    role_id = fields.Many2one("commission.split.role")
    component_id = fields.Many2one("commission.split.component")
    kind = fields.Selection([("doc", "Share"), ("scope", "Steps and Quota")])
    earned = fields.Monetary()


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_preview_commission(self):
        """Open what the offer would earn."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Commission of %s", self.name),
            "res_model": "commission.split.preview",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }
