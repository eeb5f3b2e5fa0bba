from odoo import api, fields, models
from odoo.tools import format_amount, format_date, format_datetime, formatLang

from ..comparison import pair_positions


class OfferCompare(models.TransientModel):
    """Two revisions of an offer side by side (O7)."""

    _name = "offer.compare"
    _description = "Comparison of Two Revisions"

    old_id = fields.Many2one("sale.order", string="Earlier Revision", required=True)
    new_id = fields.Many2one("sale.order", string="Later Revision", required=True)
    revision_ids = fields.Many2many("sale.order", compute="_compute_revision_ids")
    comparison = fields.Html(compute="_compute_comparison", sanitize=False)

    @api.depends("new_id")
    def _compute_revision_ids(self):
        for wizard in self:
            wizard.revision_ids = wizard.new_id.revision_ids

    @api.depends("old_id", "new_id")
    def _compute_comparison(self):
        for wizard in self:
            wizard.comparison = wizard._render_comparison()

    def _render_comparison(self):
        self.ensure_one()
        if not (self.old_id and self.new_id):
            return False
        return self.env["ir.qweb"]._render(
            "sale_rfq_register.offer_comparison", self._prepare_comparison()
        )

    def _prepare_comparison(self):
        """What the page shows; everything in it is text as the reader sees it."""
        columns = self.env["sale.order.line"]._get_revision_columns()
        return {
            "old": self.old_id,
            "new": self.new_id,
            "headings": [self._get_label("sale.order.line", name) for name in columns],
            "rows": [
                self._prepare_row(old, new, columns)
                for old, new in pair_positions(
                    list(self.old_id.order_line),
                    list(self.new_id.order_line),
                    *self._get_identities(),
                )
            ],
            "facts": [
                {
                    "label": self._get_label("sale.order", name),
                    **self._prepare_cell(self.old_id, self.new_id, name),
                }
                for name in self.env["sale.order"]._get_revision_facts()
            ],
        }

    def _get_identities(self):
        """How a position is found again in the other revision, the surest way first."""
        return (
            self._get_first_line,
            lambda line: line.sudo().request_line_id.id,
            lambda line: line._get_revision_key(),
        )

    def _get_first_line(self, line):
        """The position of the first revision that this one goes back to."""
        line = line.sudo()
        while line.revised_from_line_id:
            line = line.revised_from_line_id
        return line.id

    def _prepare_row(self, old, new, columns):
        cells = [self._prepare_cell(old, new, name) for name in ["name", *columns]]
        options = self._prepare_options(old, new)
        if not old:
            kind = "added"
        elif not new:
            kind = "removed"
        else:
            kind = "changed" if any(cell["is_changed"] for cell in cells + options) else "same"
        return {
            "kind": kind,
            "is_note": bool((new or old).display_type),
            "name": cells[0],
            "cells": cells[1:],
            "options": options,
        }

    def _prepare_options(self, old, new):
        """Delivery terms and alternatives of a position, one cell each with its label."""
        before = old._get_described_options() if old else {}
        after = new._get_described_options() if new else {}
        return [
            {
                "label": label,
                "old": before.get(label, ""),
                "new": after.get(label, ""),
                "is_changed": bool(old and new and before.get(label) != after.get(label)),
            }
            for label in {**before, **after}
        ]

    def _prepare_cell(self, old, new, name):
        before = self._format_value(old, name) if old else ""
        after = self._format_value(new, name) if new else ""
        return {
            "old": before,
            "new": after,
            "is_changed": bool(old and new and before != after),
        }

    def _get_label(self, model, name):
        return self.env[model]._fields[name]._description_string(self.env)

    def _format_value(self, record, name):
        """A value as the reader sees it; a field of any type can be shown."""
        field, value = record._fields[name], record[name]
        if field.type == "monetary":
            return format_amount(self.env, value, record[field.get_currency_field(record)])
        if field.type == "float":
            return formatLang(self.env, value, digits=(field.get_digits(self.env) or (16, 2))[1])
        if field.type == "integer":
            return formatLang(self.env, value, digits=0)
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        return self._format_words(record, field, value) if value else ""

    def _format_words(self, record, field, value):
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "datetime":
            zone = record.company_id.sudo().day_zone if "company_id" in record else None
            return format_datetime(self.env, value, tz=zone, dt_format="short")
        return str(value)
