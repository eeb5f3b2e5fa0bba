from odoo import api, models
from odoo.exceptions import UserError


class SaleOrderLine(models.Model):
    """Confirmed lines are counted on the lines of their contracts, whatever changes them."""

    _inherit = "sale.order.line"

    @api.model
    def _get_release_triggers(self):
        """Names of the fields that change what a line releases."""
        return {
            "order_id",
            "product_id",
            "contract_line_id",
            "is_off_contract",
            "product_uom_qty",
            "product_uom_id",
            "price_unit",
            "discount",
            "tax_ids",
        }

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        contracted = lines._filter_contracted()
        if contracted:
            contracted.order_id._check_contract()
            contracted._count_releases()
        else:
            lines._check_covered()
        return lines

    def write(self, vals):
        if not self._get_release_triggers() & vals.keys():
            return super().write(vals)
        self._check_coverage_fixed(vals)
        contracted = self._filter_contracted()
        before = contracted._filter_counted()._start_counting() if contracted else {}
        result = super().write(vals)
        if "is_off_contract" in vals:
            self._follow_coverage(contracted, vals)
        if contracted or (
            {"order_id", "product_id", "contract_line_id"} & vals.keys()
            and self._filter_contracted()
        ):
            self.order_id._check_contract()
            self._count_releases(before)
        return result

    def _follow_coverage(self, contracted, vals):
        """Ordinary prices for lines that left the contract, its own for those that joined it.

        :param contracted: the lines that were under the contract before
        """
        if "price_unit" not in vals:
            (contracted - self._filter_contracted())._leave_contract()
        self._apply_contract_terms()
        self._check_covered()

    def unlink(self):
        counted = self._filter_counted().contract_line_id.sudo()
        result = super().unlink()
        counted._forget_released()
        return result

    def _check_coverage_fixed(self, vals):
        """Whether a line is under the contract was agreed on with the order."""
        if "is_off_contract" not in vals:
            return
        wanted = bool(vals["is_off_contract"])
        fixed = self.filtered(lambda x: x.state == "sale" and x.is_off_contract != wanted)
        if fixed:
            raise UserError(
                self.env._(
                    "Order %(order)s is confirmed: its %(field)s is not changed any more. Cancel"
                    " it first.",
                    order=fixed[0].order_id.name,
                    field=self._fields["is_off_contract"]._description_string(self.env),
                )
            )

    def _check_covered(self):
        """A line that no contract covers has no place in an order under a contract."""
        self.order_id.filtered("contract_id")._check_contract()

    def _filter_counted(self):
        return self.filtered(lambda line: line.contract_line_id and line.state == "sale")

    def _get_release(self):
        """How much the line takes: in the unit of its contract line, or in value."""
        self.ensure_one()
        contract_line = self.contract_line_id.sudo()
        if contract_line.commitment_type == "value":
            return self.price_subtotal
        return self.product_uom_id._compute_quantity(
            self.product_uom_qty, contract_line.uom_id, round=False
        )

    def _start_counting(self):
        """Before a change: let nobody else release from the contracts of the lines.

        :return: what is released until now, in the measure of each contract line
        """
        contract_lines = self.contract_line_id.sudo()
        contract_lines.contract_id._lock_releases()
        return {line: line._get_released() for line in contract_lines}

    def _follow_contract(self, before, counted):
        """After a change of the order: terms of the contract, or ordinary ones without it.

        :param before: the lines that were under a contract
        :param counted: what was released before, for each contract line
        """
        before.filtered(lambda line: not line.contract_line_id)._leave_contract()
        self._apply_contract_terms()
        self._count_releases(counted)

    def _count_releases(self, before=None):
        """Count on the contract lines of now and of before, and refuse what is too much.

        :param before: what was released before the change, for each contract line
        """
        before = before or {}
        counted = self._filter_counted()
        contract_lines = counted.contract_line_id.sudo()
        contract_lines.contract_id._lock_releases()
        counted.order_id._mark_as_counted()
        (contract_lines | contract_lines.browse([line.id for line in before]))._forget_released()
        grown = contract_lines.filtered(
            lambda line: (
                line not in before or line._compare(line._get_released(), before[line]) > 0
            )
        )
        released = grown._get_released_in_all() if grown else {}
        counted.filtered(lambda line: line.contract_line_id in grown)._check_commitment(released)

    def _check_commitment(self, released):
        """Refuse or note what goes beyond the commitment.

        :param released: quantity and value that are released in all, for each contract line's id
        """
        allowed = self._get_allowed()
        for line in self:
            contract_line = line.contract_line_id.sudo()
            by_quantity = contract_line.commitment_type == "quantity"
            figure = released[contract_line.id][0 if by_quantity else 1]
            problem = line._get_commitment_problem(figure, allowed[line])
            if problem and contract_line.contract_id.maximum_policy == "enforced":
                raise UserError(problem)
            if problem:
                line.order_id.message_post(body=problem)

    def _get_allowed(self):
        """What may be released in all by the ship date of each line, the tolerance included."""
        allowed = {}
        for day, lines in self._group_by_ship_date().items():
            found = lines.contract_line_id.sudo()._get_allowed_at(day)
            allowed.update({line: found[line.contract_line_id.sudo()] for line in lines})
        return allowed

    def _get_commitment_problem(self, released, allowed):
        """Why so much may not be released in all, or nothing."""
        self.ensure_one()
        contract_line = self.contract_line_id.sudo()
        if contract_line._compare(released, allowed) <= 0:
            return False
        return self.env._(
            "%(order)s: contract %(contract)s allows %(allowed)s %(unit)s of %(material)s, and"
            " %(released)s would be released in all. Order less, extend the contract, or mark what"
            " is beyond it as “Off Contract”.",
            contract=contract_line.contract_id.name,
            allowed=contract_line._format_measure(allowed),
            unit=contract_line._get_commitment_unit(),
            material=contract_line.display_name,
            order=self.order_id._get_label(),
            released=contract_line._format_measure(released),
        )
