from odoo import api, models
from odoo.exceptions import UserError


class SaleDocumentMixin(models.AbstractModel):
    """A document with a draft, after which only its buttons and jobs change what was agreed.

    A model adopts it first of all that it inherits, so that ``_set`` goes past the refusals alone
    and still reaches those behind. It says what only its buttons set and what is fixed after the
    draft, and in its own words what is refused then.
    """

    _name = "sale.document.mixin"
    _description = "Document with a Draft"

    # -- what a model says -----------------------------------------------------------------------

    def _get_decision_fields(self):
        """Names of the fields that only buttons and jobs set."""
        return set()

    def _get_later_fields(self):
        """Names of the fields that nobody fills in when the record is made."""
        return self._get_decision_fields()

    def _get_content_fields(self):
        """Names of the fields that do not change after the draft: all, unless a model says so."""
        return set(self._fields)

    def _get_decision_refusal(self):
        """Why a field that only buttons and jobs set is not written."""
        raise NotImplementedError

    def _get_draft_refusal(self):
        """Why this document, no draft any more, is not changed."""
        raise NotImplementedError

    def _get_state_refusal(self, state, wanted):
        """Why something is not possible, with the labels of the state and of those wanted."""
        raise NotImplementedError

    def _complete_new_values(self, vals_list):
        """Give new records what nobody enters, such as a number; changes the values."""

    # -- what holds for all ----------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """What comes later begins as the model says, whatever the context or a person says."""
        later = self._get_later_fields()
        values = super().default_get([name for name in fields if name not in later])
        for name in later.intersection(fields):
            if default := self._fields[name].default:
                values[name] = default(self)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        later = self._get_later_fields()
        vals_list = [
            {name: value for name, value in vals.items() if name not in later}
            for vals in vals_list
        ]
        self._complete_new_values(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_changes(vals)
        return super().write(vals)

    def _set(self, vals):
        """Write what buttons, jobs and other documents decide: past the refusals of write()."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._check_draft()

    def _check_changes(self, vals):
        """Refuse what only buttons set, and after the draft what is fixed then."""
        if self._get_decision_fields() & vals.keys():
            raise UserError(self._get_decision_refusal())
        if self._get_content_fields() & vals.keys():
            self._check_draft()

    def _check_draft(self):
        for document in self:
            if document.state != "draft":
                raise UserError(document._get_draft_refusal())

    def _check_state(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for document in self:
            if document.state not in states:
                wanted = "”, “".join(labels[state] for state in states)
                raise UserError(document._get_state_refusal(labels[document.state], wanted))

    def _open_related(self, name, model, path, view_mode="list,form", **values):
        """A window with the records of a model whose ``path`` leads to this document."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": view_mode,
            "domain": [(path, "=", self.id)],
            **values,
        }


class SaleDocumentLineMixin(models.AbstractModel):
    """A line of such a document: it is added, changed and deleted while that is a draft."""

    _name = "sale.document.line.mixin"
    _inherit = ["sale.document.mixin"]
    _description = "Line of a Document with a Draft"

    def _get_document(self):
        """The documents to which these lines belong."""
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        """A line does not move into a document that is no draft either."""
        before = self._get_document()
        result = super().write(vals)
        (self._get_document() - before)._check_draft()
        return result

    def _check_draft(self):
        self._get_document()._check_draft()
