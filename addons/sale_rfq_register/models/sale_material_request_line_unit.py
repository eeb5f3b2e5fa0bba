from odoo import api, models
from odoo.exceptions import UserError

from ..formatting import format_quantity
from ..spreadsheet_columns import normalise_unit


class SaleMaterialRequest(models.Model):
    _inherit = "sale.material.request"

    def _get_offerable_lines(self):
        """Not what is asked for in a unit that is none of its product."""
        return super()._get_offerable_lines().filtered(lambda line: not line._get_unit_problem())

    def _get_offer_obstacle(self):
        obstacle = super()._get_offer_obstacle()
        sold = self.line_ids.filtered(lambda line: line.verdict == "sellable")
        problem = next(filter(None, (line._get_unit_problem() for line in sold)), False)
        if not obstacle or not problem or not self.partner_id:
            return obstacle
        return self.env._(
            "Material request %(request)s: %(problem)s", request=self.name, problem=problem
        )


class SaleMaterialRequestLine(models.Model):
    """The unit that the customer named: found by its word, converted, or left to a person.

    A quantity is never carried into another unit as it is. A line whose unit is not known, or is
    none in which the product can be counted, waits until somebody chooses the unit.
    """

    _inherit = "sale.material.request.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(self._read_unit_words(vals_list))
        lines._note_unit_problems()
        return lines

    def write(self, vals):
        [vals] = self._read_unit_words([vals])
        if not {"product_id", "quantity", "uom_id", "uom_text"} & vals.keys():
            return super().write(vals)
        before = {line: problem for line in self if (problem := line._get_unit_problem())}
        res = super().write(vals)
        self._drop_settled_units(before)
        self._note_unit_problems()
        return res

    @api.model
    def _read_unit_words(self, vals_list):
        """Find the unit by the customer's word for it, where no unit is given."""

        def is_to_read(vals):
            return vals.get("uom_text") and "uom_id" not in vals

        if not any(map(is_to_read, vals_list)):
            return vals_list
        units = self.env["sale.material.request"]._get_units_by_word()
        return [
            {**vals, "uom_id": units.get(normalise_unit(vals["uom_text"]), False)}
            if is_to_read(vals)
            else vals
            for vals in vals_list
        ]

    def _get_unit_problem(self):
        """Why the quantity cannot be offered in a unit of the product, or ``False``."""
        self.ensure_one()
        unit, own = self.uom_id, self.product_id.uom_id
        if not unit and (self.uom_text or "").strip():
            return self.env["sale.material.request"]._describe_row_problem("unit", self.uom_text)
        if not unit or not own or unit._has_common_reference(own):
            return False
        return self.env._(
            "%(quantity)s %(unit)s are asked for, but %(product)s is counted in %(own)s: choose"
            " the unit and enter the quantity in it.",
            quantity=format_quantity(self.env, self.quantity),
            unit=unit.name,
            product=self.product_id.display_name,
            own=own.name,
        )

    def _note_unit_problems(self):
        """The line waits for a person, with the reason."""
        for line in self:
            problem = line._get_unit_problem()
            if problem and problem not in (line.problem or ""):
                line.problem = " ".join(filter(None, [line.problem, problem]))

    def _drop_settled_units(self, before):
        """What was noted of a unit goes away with it; what was noted beside it stays.

        :param before: what there was to note, by line
        """
        for line, problem in before.items():
            if line.problem and problem != line._get_unit_problem():
                line.problem = line.problem.replace(problem, "").strip() or False

    def action_settle(self):
        """A unit is settled by choosing it."""
        problem = self._get_unit_problem()
        if problem:
            raise UserError(
                self.env._(
                    "The line %(line)s of material request %(request)s: %(problem)s",
                    line=self.display_name,
                    request=self.request_id.name,
                    problem=problem,
                )
            )
        return super().action_settle()

    def _get_identity(self):
        """The same quantity in another unit is something else."""
        unit = self.uom_id.id or normalise_unit(self.uom_text)
        return (*super()._get_identity(), unit)
