from odoo import api, models

from .document_flow import MAX_FOLLOWERS


class DocumentFlow(models.TransientModel):
    """Which documents follow which. An addon with documents of its own extends the two tables."""

    _inherit = "document.flow"

    @api.model
    def _get_relations(self):
        """For each model in the order of the tree: the fields with the documents that follow."""
        return {
            "sale.supply.contract": ["request_ids", "schedule_ids", "order_ids"],
            "sale.delivery.schedule": ["line_ids.order_line_ids.order_id"],
            "sale.material.request": ["order_ids"],
            "sale.order": [
                "superseded_by_id",
                "confirmation_ids",
                "dispatch_ids",
                "kind_follower_ids",
                "claim_ids",
                "picking_ids",
                "order_line.warranty_return_move_ids.picking_id",
                "invoice_ids",
            ],
            "sale.configuration.confirmation": [],
            "stock.picking": ["return_ids", "warranty_claim_ids"],
            "sale.warranty.claim": [
                "order_ids",
                "credit_ids",
                "line_ids.disposition_ids.picking_id",
            ],
            "account.move": ["reversal_move_ids", "dispatch_ids", "matched_payment_ids"],
            "sale.dispatch": [],
            "account.payment": [],
        }

    @api.model
    def _get_back_relations(self):
        """For each model the fields with the documents that it follows."""
        return {
            "sale.material.request": ["supply_contract_id"],
            "sale.delivery.schedule": ["contract_id"],
            "sale.order": [
                "request_ids",
                "supersedes_ids",
                "contract_id",
                "order_line.schedule_line_id.schedule_id",
                "kind_origin_id",
                "warranty_claim_id",
            ],
            "sale.configuration.confirmation": ["order_id"],
            "stock.picking": [
                "sale_id",
                "return_id",
                "move_ids.warranty_order_line_id.order_id",
                "move_ids.warranty_disposition_id.claim_id",
            ],
            "sale.warranty.claim": ["order_id", "picking_id"],
            "account.move": [
                "line_ids.sale_line_ids.order_id",
                "reversed_entry_id",
                "warranty_claim_id",
            ],
            "sale.dispatch": ["order_id", "move_id"],
            "account.payment": ["invoice_ids"],
        }

    @api.model
    def _get_container_models(self):
        """Models under which there are many documents that have nothing to do with each other."""
        return {"sale.supply.contract", "sale.delivery.schedule"}

    @api.model
    def _get_next(self, documents, hidden):
        return self._get_neighbours(documents, self._get_relations(), hidden)

    @api.model
    def _get_previous(self, documents, hidden):
        return self._get_neighbours(documents, self._get_back_relations(), hidden)

    @api.model
    def _get_neighbours(self, documents, relations, hidden):
        """Read the relations of many documents: a few queries for each model among them.

        :param hidden: set of ``(model, id)``, to which what is not shown is added
        :return: ``{document: [its neighbours]}``
        """
        found = {document: [] for document in documents}
        for name in dict.fromkeys(document._name for document in documents):
            ids = [document.id for document in documents if document._name == name]
            # what follows is read as the system and then measured at the user's rights
            records = self.env[name].sudo().browse(ids)
            for path in relations.get(name, ()):
                self._add_neighbours(found, records, path, hidden)
        return found

    @api.model
    def _add_neighbours(self, found, records, path, hidden):
        everything = records.mapped(path).with_env(self.env)
        readable = set(everything._filtered_access("read")._ids)
        for record in records:
            others = record.mapped(path).with_env(self.env)
            newest = sorted(readable.intersection(others._ids))[-MAX_FOLLOWERS:]
            hidden.update((others._name, other_id) for other_id in others._ids)
            document = record.with_env(self.env)
            found[document] += [
                other
                for other in others.browse(newest)
                if other != document and other not in found[document]
            ]
