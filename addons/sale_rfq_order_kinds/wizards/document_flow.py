from odoo import api, fields, models
from odoo.exceptions import UserError

# of one document, so that a contract with thousands of releases still opens; the newest are shown
MAX_FOLLOWERS = 50
MAX_DOCUMENTS = 500


class DocumentFlow(models.TransientModel):
    """Where a document comes from and all that followed, as one tree.

    The tree begins with the oldest documents that the chosen one goes back to. Each document
    stands in it once, under the first that it follows. A contract that is not itself the chosen
    document shows of its releases only those that lead to it. What a person may not read is
    counted, not named.
    """

    _name = "document.flow"
    _description = "Document Flow"

    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", required=True, readonly=True
    )
    flow = fields.Json(compute="_compute_flow")

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_flow(self):
        for dialog in self:
            rows, hidden = dialog._get_rows()
            dialog.flow = {"rows": rows, "hidden": hidden}

    def _get_document(self):
        """The document that the flow is about, if the user may read it."""
        self.ensure_one()
        if self.res_model not in self._get_relations():
            raise UserError(self.env._("%(model)s has no document flow.", model=self.res_model))
        document = self.env[self.res_model].browse(self.res_id)
        document.check_access("read")
        return document

    def _get_rows(self):
        """What the tree shows, from its roots down.

        :return: ``(rows, hidden)``: dicts with the level, words about the document and whether it
            is the chosen one; how many documents are not shown
        """
        document = self._get_document()
        hidden = set()
        before = self._walk([document], self._get_previous, hidden)
        starts = [
            one
            for one in before
            if one == document or one._name not in self._get_container_models()
        ]
        children = self._turn_round(before)
        for parent, found in self._walk(starts, self._get_next, hidden).items():
            children[parent] = list(dict.fromkeys([*children.get(parent, ()), *found]))
        rows, seen = [], set()
        for root in sorted((one for one in before if not before[one]), key=self._get_order):
            self._add_rows(rows, seen, children, root, document, 0)
        shown = {(one._name, one.id) for one in seen}
        return rows, len(hidden - shown)

    def _add_rows(self, rows, seen, children, one, chosen, level):
        if one in seen:
            return
        seen.add(one)
        rows.append({**self._describe(one), "level": level, "is_chosen": one == chosen})
        for child in sorted(children.get(one, ()), key=self._get_order):
            self._add_rows(rows, seen, children, child, chosen, level + 1)

    @api.model
    def _get_order(self, document):
        """Documents of one level: in the order of their kinds, then of their making."""
        return (list(self._get_relations()).index(document._name), document.id)

    @api.model
    def _turn_round(self, found):
        """``{document: those before it}`` as ``{document: those after it}``."""
        turned = {}
        for one, others in found.items():
            for other in others:
                turned.setdefault(other, []).append(one)
        return turned

    def _walk(self, starts, get_neighbours, hidden):
        """Go from document to document, all of one distance at once.

        :param hidden: set of ``(model, id)``, to which what is not shown is added
        :return: ``{document: [its neighbours]}``
        """
        found, front = {}, starts
        while front and len(found) < MAX_DOCUMENTS:
            neighbours = get_neighbours(front, hidden)
            found.update(neighbours)
            reached = dict.fromkeys(one for others in neighbours.values() for one in others)
            front = [one for one in reached if one not in found]
        hidden.update((one._name, one.id) for one in front)
        return found
