from odoo import api, fields, models
from odoo.exceptions import UserError

# of one document, so that a contract with thousands of releases still opens; the newest are shown
MAX_FOLLOWERS = 50
MAX_DOCUMENTS = 500


class DocumentFlow(models.TransientModel):
    """Where a document comes from and all that followed, as one tree.

    The tree begins with the oldest documents that the chosen one goes back to. Each document
    stands in it once, under the latest of those that it follows. A contract that is not itself the
    chosen document shows of its releases only those that lead to it. What a person may not read is
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
        parents = self._get_parents(children)
        below = self._turn_round({one: [parent] for one, parent in parents.items()})
        rows = {}
        roots = sorted((one for one in before if one not in parents), key=self._get_order)
        # offers may follow each other in a circle, which has no beginning
        for root in roots or [document]:
            self._add_rows(rows, below, root, document, 0)
        return [*rows.values()], len(hidden - {(one._name, one.id) for one in rows})

    def _add_rows(self, rows, below, one, chosen, level):
        if one in rows:
            return
        rows[one] = {**self._describe(one), "level": level, "is_chosen": one == chosen}
        for child in sorted(below.get(one, ()), key=self._get_order):
            self._add_rows(rows, below, child, chosen, level + 1)

    @api.model
    def _get_parents(self, children):
        """The one document under which each is shown: the farthest from the roots.

        So a return stands under the claim that it settles, not under the order that both follow.
        """
        above, depths = self._turn_round(children), {}

        def depth(one, path=()):
            if one not in depths:
                on = (parent for parent in above.get(one, ()) if parent not in path)
                depths[one] = 1 + max((depth(parent, (*path, one)) for parent in on), default=0)
            return depths[one]

        return {
            one: max(found, key=lambda parent: (depth(parent), -found.index(parent)))
            for one, found in above.items()
        }

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
