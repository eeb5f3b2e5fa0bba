from datetime import datetime

from odoo import api, models
from odoo.tools import format_amount, format_date


class DocumentFlow(models.TransientModel):
    """What the tree says about a document: its kind, number, day, state and amount."""

    _inherit = "document.flow"

    @api.model
    def _describe(self, document):
        day = document[self._get_day_fields()[document._name]]
        if isinstance(day, datetime):
            day = document.company_id._get_day(day)
        return {
            "model": document._name,
            "id": document.id,
            "view_id": document.get_formview_id(),
            "kind": self._get_kind(document),
            "name": document.display_name,
            "day": format_date(self.env, day) if day else "",
            "state": self._get_state(document),
            "amount": self._get_amount(document),
        }

    @api.model
    def _get_amount(self, document):
        if document._name not in self._get_amount_fields():
            return ""
        amount, currency = self._get_amount_fields()[document._name]
        return format_amount(self.env, document[amount], document[currency])

    @api.model
    def _get_day_fields(self):
        return {
            "sale.supply.contract": "date_start",
            "sale.delivery.schedule": "released_on",
            "sale.material.request": "date_received",
            "sale.order": "date_order",
            "sale.configuration.confirmation": "date",
            "stock.picking": "scheduled_date",
            "sale.warranty.claim": "date_complaint",
            "account.move": "invoice_date",
            "sale.dispatch": "date",
            "account.payment": "date",
        }

    @api.model
    def _get_amount_fields(self):
        """Amount and its currency, of the models that have one."""
        return {
            "sale.order": ("amount_total", "currency_id"),
            "account.move": ("amount_total", "currency_id"),
            "account.payment": ("amount", "currency_id"),
        }

    @api.model
    def _get_kind(self, document):
        """What the document is, in the user's words."""
        if document._name == "sale.order":
            if document.state in ("draft", "sent", "cancel") and not document.kind_origin_id:
                return self.env._("Offer")
            return document.kind_id.name or self.env._("Sales Order")
        if document._name == "stock.picking":
            return document.picking_type_id.name
        if document._name == "account.move":
            return self._get_label(document, "move_type")
        return self.env["ir.model"]._get(document._name).name

    @api.model
    def _get_state_field(self, document):
        """The field that says best where the document stands, if it has one."""
        if document._name == "sale.order":
            return "offer_state" if document.state in ("draft", "sent") else "state"
        if document._name == "account.move" and document.state == "posted":
            return "payment_state"
        return "state" if "state" in document._fields else None

    @api.model
    def _get_state(self, document):
        name = self._get_state_field(document)
        return self._get_label(document, name) if name else ""

    @api.model
    def _get_label(self, document, name):
        labels = dict(document._fields[name]._description_selection(self.env))
        return labels.get(document[name], "")
