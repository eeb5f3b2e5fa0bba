from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..locking import lock_rows


class SaleSupplyContract(models.Model):
    """The way of a contract: approved, in force, changed, closed."""

    _inherit = "sale.supply.contract"

    def action_request_approval(self):
        self._check_state("draft")
        for contract in self:
            contract._check_complete()
        self._set({"state": "to_approve", "requested_by_id": self.env.user.id})

    def action_put_in_force(self):
        for contract in self:
            contract._check_state("draft", "to_approve")
            contract._check_complete()
            contract._check_approver(contract, contract.requested_by_id or self.env.user)
            contract._set(contract._prepare_in_force_values())

    def _prepare_in_force_values(self):
        self.ensure_one()
        return {
            "state": "in_force",
            "requested_by_id": (self.requested_by_id or self.env.user).id,
            "approved_by_id": self.env.user.id,
            "approved_on": fields.Datetime.now(),
        }

    def _check_complete(self):
        self.ensure_one()
        lines = self.line_ids
        if not lines or any(not line._get_committed() for line in lines):
            raise UserError(
                self.env._(
                    "Contract %(contract)s needs lines, each with a committed quantity or value.",
                    contract=self.name,
                )
            )

    def action_back_to_draft(self):
        self._check_state("to_approve", "cancel")
        self._set({"state": "draft", "requested_by_id": False})

    def action_close(self):
        self._check_manager()
        self._check_state("in_force", "expired")
        self._set({"state": "closed"})

    def action_cancel(self):
        self._check_manager()
        self._check_state("draft", "to_approve", "in_force")
        if any(line.released_qty for line in self.line_ids):
            raise UserError(
                self.env._("Something was released already: close the contract instead.")
            )
        self._set({"state": "cancel"})

    def action_new_version(self):
        """Open a change or extension that starts from what holds now."""
        self.ensure_one()
        versions = self.env["sale.supply.contract.version"]
        version = lock_rows(self) and versions.search(
            [("contract_id", "=", self.id), ("state", "=", "draft")], limit=1
        )
        if not version:
            self._check_state("in_force", "expired")
            version = versions.create(self._prepare_version_values())
        return version._get_records_action(name=self.env._("Change or Extension"))

    def _prepare_version_values(self):
        self.ensure_one()
        return {
            "contract_id": self.id,
            "line_ids": [Command.create({"contract_line_id": line.id}) for line in self.line_ids],
        }

    def action_open_orders(self):
        return self._open_related(
            self.env._("Releases of %(contract)s", contract=self.name),
            "sale.order",
            "contract_id",
            view_mode="list,form,pivot,graph",
            context={"create": False},
        )

    def action_open_versions(self):
        return self._open_related(
            self.env._("Versions of %(contract)s", contract=self.name),
            "sale.supply.contract.version",
            "contract_id",
        )

    # -- who decides -----------------------------------------------------------------------------

    def _check_manager(self):
        if not self.env.user.has_group("sale_order_kinds.sale_order_kinds_group_manager"):
            raise AccessError(self.env._("Only a contract manager decides on contracts."))

    def _check_approver(self, document, entered):
        """Refuse who may not decide on this contract, or who entered the document himself.

        :param document: the contract, its version or its schedule that is to be approved
        :param entered: the users who entered it or asked for the approval
        """
        self.ensure_one()
        self._check_manager()
        if self.company_id.supply_contract_four_eyes and self.env.user in entered:
            raise UserError(
                self.env._(
                    "You entered %(document)s or asked for its approval yourself: another"
                    " contract manager approves it.",
                    document=document.display_name,
                )
            )
