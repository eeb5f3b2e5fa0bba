from odoo import api, fields, models

from .sale_abc_result import ABC, STATUSES, XYZ

# what runs and decisions write, and nobody else
CLASS_FIELDS = ("abc_class", "xyz_class", "abc_status")
READERS = "sale_abc_segmentation.sale_abc_segmentation_group_user"


class SaleAbcClassMixin(models.AbstractModel):
    """A record that carries classes: a value for each company, written by the runs alone."""

    _name = "sale.abc.class.mixin"
    _description = "Classed Record"

    abc_class = fields.Selection(
        ABC,
        string="ABC Class",
        company_dependent=True,
        readonly=True,
        copy=False,
        groups=READERS,
        help="By volume: A the few that bring most, C the many that bring least.",
    )
    xyz_class = fields.Selection(
        XYZ,
        string="XYZ Class",
        company_dependent=True,
        readonly=True,
        copy=False,
        groups=READERS,
        help="By regularity: X steady, Y varying, Z irregular.",
    )
    abc_status = fields.Selection(
        STATUSES,
        string="Buying Status",
        company_dependent=True,
        readonly=True,
        copy=False,
        groups=READERS,
        help="Only regular ones have a class of regularity.",
    )
    abc_cell = fields.Char(string="ABC/XYZ", compute="_compute_abc_cell", groups=READERS)
    abc_override_id = fields.Many2one(
        "sale.abc.override",
        string="Set by Hand",
        compute="_compute_abc_override_id",
        groups=READERS,
    )

    @api.depends_context("company")
    @api.depends("abc_class", "xyz_class")
    def _compute_abc_cell(self):
        for record in self:
            record.abc_cell = f"{record.abc_class or ''}{record.xyz_class or ''}"

    @api.depends_context("company")
    def _compute_abc_override_id(self):
        name = self._get_abc_subject_field()
        overrides = self.env["sale.abc.override"].search(
            [
                (name, "in", self.ids),
                ("company_id", "=", self.env.company.id),
                ("is_valid", "=", True),
            ]
        )
        held = {override[name].id: override for override in reversed(overrides)}
        for record in self:
            record.abc_override_id = held.get(record.id, False)

    def _get_abc_subject_field(self):
        """The field by which results and overrides refer to records like this."""
        raise NotImplementedError

    def _get_abc_subject(self):
        """The record whose class counts for this one."""
        return self

    @api.model
    def default_get(self, fields):
        return self._leave_out_classes(super().default_get(fields))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._leave_out_classes(vals) for vals in vals_list])

    def write(self, vals):
        """Classes come from runs and from decisions with a reason, on no path otherwise."""
        return super().write(self._leave_out_classes(vals))

    def _leave_out_classes(self, vals):
        return {name: value for name, value in vals.items() if name not in CLASS_FIELDS}

    def action_open_abc_history(self):
        """What the runs found about it, the last one first."""
        self.ensure_one()
        subject = self._get_abc_subject()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Classes of %(record)s", record=subject.display_name),
            "res_model": "sale.abc.result",
            "views": [(False, "list"), (False, "graph"), (False, "form")],
            "domain": [
                (self._get_abc_subject_field(), "=", subject.id),
                ("run_id.state", "in", ("done", "undone")),
            ],
            "context": {"create": False, "abc_history": True},
        }

    def action_set_abc_class(self):
        """Ask for a class, a reason and how long it holds."""
        self.ensure_one()
        subject = self._get_abc_subject()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set the Class of %(record)s", record=subject.display_name),
            "res_model": "sale.abc.override",
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{self._get_abc_subject_field()}": subject.id},
        }

    def action_end_abc_override(self):
        """Let the class of the last run hold again."""
        self._get_abc_subject().abc_override_id.action_end()
